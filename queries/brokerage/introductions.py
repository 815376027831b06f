"""Which pairs does each broker introduce, and for how much of the credit, on a large graph?

Alliances stay nodes. Two who share one have met there, and need nobody; but where all that they
share was convened by others, those who convened all of it introduced them. Two who share nothing
are introduced by whoever is in contact with both. A pair that k introduce is 1/k for each.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import sparse

from graph.columns import Array, Floats, Ints, Mask
from queries.brokerage.counting import numbers_by_group
from queries.brokerage.strongest import strongest

# Those in contact with most others are counted by one dense product; all others path by path.
_HUBS = 64
_BLOCK = 1 << 20  # pairs that are laid out at a time
_CACHED = 1 << 17  # pairs of which a number each stays in the cache of a processor
THREADS = 2
_ALONE = 1 << 18  # multiplications of one product that one thread does


@dataclass(frozen=True)
class Contacts:
    """Who is in contact with whom, n nodes, and through which of p alliances.

    Attributes:
        strength: of each contact, in (0, 1]; symmetric, nothing on the diagonal; n × n.
        direct: whether two have a tie of their own, 0 or 1; symmetric; n × n.
        member: who takes part in what, whoever convenes it included, 0 or 1; n × p.
        convener: who convenes what, 0 or 1; n × p.
        weight: of each alliance, in [0, 1]; shape (p,).
        may_broker: who counts as an intermediary; shape (n,).
    """

    strength: sparse.csr_array
    direct: sparse.csr_array
    member: sparse.csr_array
    convener: sparse.csr_array
    weight: Floats
    may_broker: Mask

    def __len__(self) -> int:
        return len(self.may_broker)

    def of(self, node: int) -> Ints:
        """Those in contact with a node."""
        return row_of(self.strength, node)


@dataclass(frozen=True)
class Introduced:
    """Introductions within alliances; m of them, each a pair (one, other) by a broker.

    Attributes:
        number: how many introduce that pair; shape (m,).
        weight: of the way between them; shape (m,).
    """

    one: Ints
    other: Ints
    broker: Ints
    number: Ints
    weight: Floats

    def chosen(self, kept: Mask) -> "Introduced":
        """Some of them."""
        return Introduced(
            self.one[kept],
            self.other[kept],
            self.broker[kept],
            self.number[kept],
            self.weight[kept],
        )


@dataclass(frozen=True)
class Tally:
    """What is counted over the pairs that one broker introduces, by the groups of the two.

    Each pair is counted once, one of the two ways round; shapes (groups, groups).

    Attributes:
        pairs: how many.
        only: of them, those that nobody else introduces.
        credit: each 1 over the number of those who introduce it.
        sharing: ordered choices of two different pairs that share an end.
    """

    pairs: Ints
    only: Ints
    credit: Floats
    sharing: int


class Introductions:
    """The introductions of a graph of contacts."""

    def __init__(self, contacts: Contacts) -> None:
        self.contacts = contacts
        brokers = np.flatnonzero(contacts.may_broker)
        degree = np.diff(contacts.strength.indptr)[brokers]
        most = brokers[np.argsort(-degree, kind="stable")[:_HUBS]]
        self._hubs = np.sort(most) if len(brokers) > 4 * _HUBS else brokers[:0]
        # All contacts of who is in one alliance alone have met there.
        meetings = np.diff(contacts.member.indptr) + np.diff(contacts.direct.indptr)
        self._connects = contacts.may_broker & (meetings > 1)
        usual = self._connects.copy()
        usual[self._hubs] = False
        # The root of the strength: the weight of a way is the geometric mean of its two contacts.
        root = contacts.strength.astype(np.float32)
        root.data = np.sqrt(root.data)
        self._root = root
        self._usual = sparse.csr_array(root * usual[None, :].astype(np.float32))
        self._usual.eliminate_zeros()
        self._to_hubs = root[:, self._hubs].toarray()

    # All brokers at once ---------------------------------------------------------------------

    def credit(self, rows: Ints, columns: Ints) -> Floats:
        """For each node the pairs of one of `rows` with one of `columns` that it introduces.

        Each pair counts 1 over the number of those who introduce it, times the weight of the way;
        shape (n,). No node is in both; the pairs are counted in blocks.
        """
        found = np.zeros(len(self.contacts))
        if not len(rows) or not len(columns):
            return found
        # Those in contact with a hub first: the products with hubs are over them alone.
        by_hub = np.asarray(self._to_hubs.any(axis=1))
        rows, columns = (
            nodes[np.argsort(~by_hub[nodes], kind="stable")] for nodes in (rows, columns)
        )
        met = self._met(rows, columns)
        ends = _Ends.of(columns, self._usual, self._to_hubs[columns[by_hub[columns]]])
        with ThreadPoolExecutor(THREADS) as pool:
            halves = [slice(first, None, THREADS) for first in range(THREADS)]
            for credit in pool.map(lambda h: self._between(rows[h], ends, met[h]), halves):
                found += credit
        return found + self._credit_within(rows, columns, met)

    def _credit_within(self, rows: Ints, columns: Ints, met: sparse.csr_array) -> Floats:
        within = self._within(rows, columns, met)
        # Where a goal is asked, not all who share an alliance are contacts.
        keys = within.broker * len(self.contacts)
        ends = (_at(self.contacts.strength, keys + end) for end in (within.one, within.other))
        within = within.chosen(np.logical_and(*ends))
        credit = within.weight / within.number
        return np.bincount(within.broker, credit, minlength=len(self.contacts)).astype(np.float64)

    def _between(self, rows: Ints, ends: "_Ends", met: sparse.csr_array) -> Floats:
        """The credit of each node for pairs that share no alliance."""
        found = np.zeros(len(self.contacts))
        step = min(max(1, _BLOCK // len(ends.nodes)), max(len(rows), 1))
        room = np.empty((step, len(ends.nodes)), dtype=np.float32)
        for first in range(0, len(rows), step):
            block = slice(first, first + step)
            self._add_between(found, rows[block], ends, met[block], room)
        return found

    def _add_between(
        self, found: Floats, rows: Ints, ends: "_Ends", met: sparse.csr_array, room: Floats
    ) -> None:
        """Add the credit of one block of rows.

        `room` is written over: memory that is asked for anew costs as much as what is done in it.
        """
        left, entry, at = _two_paths(self._usual[rows], ends.usual)
        keys = _rows_of(left)[entry] * len(ends.nodes) + ends.usual.indices[at]
        to_hubs = self._to_hubs[rows]
        any_hub = to_hubs.any()
        share = room[: len(rows)]
        share[:, len(ends.to_hubs) if any_hub else 0 :] = 0
        beside = share[:, : len(ends.to_hubs)]
        if any_hub:
            is_hub = (to_hubs > 0).astype(np.float32)
            for part in _parts(beside.shape, to_hubs.shape[1]):
                np.matmul(is_hub, ends.is_hub[:, part], out=beside[:, part])
        np.add.at(share.reshape(-1), keys, np.float32(1))
        # Where nobody is in contact with both, any finite number will do: nothing multiplies it.
        np.reciprocal(np.maximum(share, 1, out=share), out=share)
        share[_rows_of(met), met.indices] = 0
        if len(left.data):
            starts = np.searchsorted(entry, np.arange(len(left.data)))
            sums = np.add.reduceat(ends.usual.data[at] * share.reshape(-1)[keys], starts)
            found += np.bincount(left.indices, left.data * sums, minlength=len(found))
        if any_hub:
            reached = np.zeros_like(to_hubs)
            for part in _parts(beside.shape, to_hubs.shape[1]):
                reached += beside[:, part] @ ends.to_hubs[part]
            found[self._hubs] += (to_hubs * reached).sum(axis=0, dtype=np.float64)

    def _met(self, rows: Ints, columns: Ints) -> sparse.csr_array:
        """In how many alliances each pair has met, and a half for a tie of their own."""
        return _sorted(self._all_met[rows][:, columns])

    @cached_property
    def _all_met(self) -> sparse.csr_array:
        member, direct = (
            each.astype(np.float32) for each in (self.contacts.member, self.contacts.direct)
        )
        return _sorted(member @ member.T + 0.5 * direct)

    def _within(
        self, rows: Ints, columns: Ints, met: sparse.csr_array, alliances: Ints | None = None
    ) -> Introduced:
        """The introductions by those who convene all the alliances that two share.

        `alliances`: only in those; by default in all that somebody convenes.
        """
        contacts = self.contacts
        chosen = np.unique(self._convener.indices) if alliances is None else alliances
        convener = self._convener[:, chosen]
        plain = self._plain[:, chosen]
        left, right = plain[rows], sparse.csr_array(plain[columns].T)
        left, entry, at = _two_paths(left, right)
        row, column, alliance = _rows_of(left)[entry], right.indices[at], left.indices[entry]
        by = sparse.csr_array(convener.T)
        each, at = _expanded(alliance, by)
        pair = row[each].astype(np.int64) * len(columns) + column[each]
        key, index, times = np.unique(
            pair * len(contacts) + by.indices[at], return_inverse=True, return_counts=True
        )
        weight = np.zeros(len(key))
        np.maximum.at(weight, index.ravel(), contacts.weight[chosen[alliance[each]]])
        pair, broker = key // len(contacts), key % len(contacts)
        kept = times == _at(met, pair)
        pair, broker, weight = pair[kept], broker[kept], weight[kept]
        _, index, number = np.unique(pair, return_inverse=True, return_counts=True)
        one, other = rows[pair // max(len(columns), 1)], columns[pair % max(len(columns), 1)]
        return Introduced(one, other, broker, number[index.ravel()], weight)

    @cached_property
    def _convener(self) -> sparse.csr_array:
        """Who convenes what, of those who may be brokers."""
        may = self.contacts.may_broker.astype(np.float64)
        found = sparse.csr_array(self.contacts.convener * may[:, None])
        found.eliminate_zeros()
        return found

    @cached_property
    def _plain(self) -> sparse.csr_array:
        """Who takes part in what without convening it."""
        found = sparse.csr_array(self.contacts.member - self.contacts.convener)
        found.eliminate_zeros()
        return found

    # Some brokers ----------------------------------------------------------------------------

    def at_most(self, rows: Ints, columns: Ints) -> tuple[Floats, Floats]:
        """The credit of each node within alliances, and a bound of the rest of its credit.

        As of `credit`, of which the sum is a bound: as if nobody had met, and each pair had but one
        broker; shapes (n,), (n,).
        """
        reached = np.zeros((len(self.contacts), 2))
        reached[rows, 0] = reached[columns, 1] = 1
        bound = np.prod(self._root.astype(np.float64) @ reached, axis=1)
        within = self._credit_within(rows, columns, self._met(rows, columns))
        return within, np.where(self._connects, bound, 0.0)

    def credit_between(self, broker: int, rows: Mask, columns: Mask) -> float:
        """The credit of a broker for pairs that share no alliance; see `credit`.

        `rows`, `columns`: whether each node is one; shape (n,).
        """
        of_contact = slice(self._root.indptr[broker], self._root.indptr[broker + 1])
        near, way = self._root.indices[of_contact], self._root.data[of_contact]
        one, other = rows[near], columns[near]
        left, right = (self._known[near[ends]] for ends in (one, other))
        common = np.flatnonzero(np.logical_and(*(_columns_of(each) for each in (left, right))))
        most = np.min_scalar_type(min(np.diff(k.indptr).max(initial=0) for k in (left, right)))
        left = left[:, common].astype(most)
        right = right[:, common].T.astype(most).toarray(order="C")
        met = self._met(near[one], near[other])
        way_one, way_other = (way[ends].astype(np.float64) for ends in (one, other))
        credit, step = 0.0, max(1, _CACHED // max(1, right.shape[1]))
        for first in range(0, left.shape[0], step):
            share = 1 / np.maximum(left[first : first + step] @ right, 1).astype(np.float64)
            of_block = met[first : first + step]
            share[_rows_of(of_block), of_block.indices] = 0
            share *= way_other  # a product of matrices would wait for threads, see `_parts`
            credit += float((share.sum(axis=1) * way_one[first : first + step]).sum())
        return credit

    # One broker ------------------------------------------------------------------------------

    def tally(self, broker: int, group: Ints, groups: int) -> Tally:
        """What a broker introduces, among its contacts of known group.

        `group`: of each node, -1 when unknown; shape (n,).
        """
        near, met, within = self._around(broker, group)
        numbers = numbers_by_group(self._known[near], met, group[near], groups)
        lacking = max(0, int(within.number.max(initial=0)) + 1 - numbers.shape[2])
        numbers = np.pad(numbers, ((0, 0), (0, 0), (0, lacking)))
        np.add.at(numbers, (group[within.one], group[within.other], within.number), 1)
        introduced = numbers[:, :, 1:]
        has_met = _rows_of(met)[_rows_of(met) != met.indices]
        of_each = len(near) - 1 - np.bincount(has_met, minlength=len(near))
        ends = np.concatenate([within.one, within.other])
        of_each += np.bincount(ends, minlength=len(self.contacts))[near]
        return Tally(
            introduced.sum(axis=2),
            introduced[:, :, 0],
            introduced @ (1 / np.arange(1, introduced.shape[2] + 1)),
            int((of_each * (of_each - 1)).sum()),
        )

    def strongest(
        self, broker: int, group: Ints, across: Mask, most: int
    ) -> Iterator[tuple[Ints, Ints, Floats]]:
        """The strongest of the pairs of two groups that a broker introduces.

        One part of its contacts after the other, so that those of a great broker have not all one
        end in common: ends, the lesser node first, and weights; the `most` that come first by
        weight, one end and the other, and perhaps others.

        Args:
            broker: a node.
            group: of each node, -1 when unknown; shape (n,).
            across: of which two groups; symmetric, shape (groups, groups).
            most: how many are needed of each part.
        """
        near, met, within = self._around(broker, group)
        within = within.chosen(across[group[within.one], group[within.other]])
        of_contact = slice(self._root.indptr[broker], self._root.indptr[broker + 1])
        known = group[self._root.indices[of_contact]] >= 0
        way = self._root.data[of_contact][known].astype(np.float64)
        asked = np.flatnonzero(np.any(across, axis=1)[group[near]])

        def apart(rows: Ints, columns: Ints) -> Mask:
            of_rows = met[rows]
            found = np.ones((len(rows), len(near)), dtype=np.bool_)
            found[_rows_of(of_rows), of_rows.indices] = False
            of_two = across[np.ix_(group[near[rows]], group[near[columns]])]
            return np.asarray(found[:, columns] & (rows[:, None] < columns) & of_two)

        step = max(1, _BLOCK // max(len(near), 1))
        for first in range(0, len(near), step):
            here = within.chosen(np.isin(within.one, near[first : first + step]))
            rows = asked[(asked >= first) & (asked < first + step)]
            one, other = strongest(way, rows, asked, apart, most) if len(rows) else (rows, rows)
            yield (
                np.concatenate([near[one], here.one]),
                np.concatenate([near[other], here.other]),
                np.concatenate([way[one] * way[other], here.weight]),
            )

    def _around(self, broker: int, group: Ints) -> tuple[Ints, sparse.csr_array, Introduced]:
        """The contacts of known group, who of them have met, and the pairs within alliances."""
        near = self.contacts.of(broker)
        near = near[group[near] >= 0]
        met = self._met(near, near)
        within = self._within(near, near, met, np.unique(row_of(self._convener, broker)))
        return near, met, within.chosen((within.broker == broker) & (within.one < within.other))

    @cached_property
    def _known(self) -> sparse.csr_array:
        """With which of those who may connect two that have not met each is in contact, 0 or 1."""
        connects = self._connects.astype(np.uint8)
        known = _ones(self.contacts.strength).astype(np.uint8)
        found = sparse.csr_array(known * connects[None, :])
        found.eliminate_zeros()
        return found


@dataclass(frozen=True)
class _Ends:
    """Those at the far end of pairs.

    Attributes:
        nodes: shape (c,).
        usual: from each broker that is no hub to them, the root of the strength; n × c.
        is_hub, to_hubs: of the first h, in contact with a hub, whether each hub is it, and the root
            of the strength; hubs × h and h × hubs.
    """

    nodes: Ints
    usual: sparse.csr_array
    is_hub: Floats
    to_hubs: Floats

    @classmethod
    def of(cls, nodes: Ints, usual: sparse.csr_array, to_hubs: Floats) -> "_Ends":
        is_hub = np.ascontiguousarray((to_hubs > 0).T.astype(np.float32))
        return cls(nodes, sparse.csr_array(usual[nodes].T), is_hub, to_hubs)


def _parts(shape: tuple[int, ...], hubs: int) -> Iterator[slice]:
    """The columns of a product in parts so small that OpenBLAS works them out on one thread.

    On busy processors its threads wait for each other longer than they work.
    """
    width = max(1, _ALONE // max(1, shape[0] * hubs))
    for first in range(0, shape[1], width):
        yield slice(first, first + width)


def _ones(matrix: sparse.csr_array) -> sparse.csr_array:
    return sparse.csr_array(
        (np.ones_like(matrix.data), matrix.indices, matrix.indptr), shape=matrix.shape
    )


def row_of(matrix: sparse.csr_array, row: int) -> Ints:
    """The columns of the entries of one row."""
    return np.asarray(matrix.indices[matrix.indptr[row] : matrix.indptr[row + 1]])


def _columns_of(matrix: sparse.csr_array) -> Mask:
    """Whether each column has an entry."""
    return np.bincount(matrix.indices, minlength=matrix.shape[1]) > 0


def _rows_of(matrix: sparse.csr_array) -> Ints:
    """The row of each entry."""
    return np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))


def _two_paths(
    left: sparse.csr_array, right: sparse.csr_array
) -> tuple[sparse.csr_array, Ints, Ints]:
    """All ways row → middle → column, as entries of `left` and of `right`.

    Of `left` only the entries that lead on are kept.
    """
    leads = np.diff(right.indptr)[left.indices] > 0
    kept: Array = np.concatenate([[0], np.cumsum(leads)])
    left = sparse.csr_array(
        (left.data[leads], left.indices[leads], kept[left.indptr]), shape=left.shape
    )
    return left, *_expanded(left.indices, right)


def _expanded(rows: Ints, matrix: sparse.csr_array) -> tuple[Ints, Ints]:
    """For each of some rows each entry of it: which of the rows, and where the entry is."""
    count = np.diff(matrix.indptr)[rows]
    before = np.cumsum(count) - count
    which = np.repeat(np.arange(len(rows)), count)
    return which, np.arange(len(which)) + np.repeat(matrix.indptr[rows] - before, count)


def _sorted(matrix: sparse.csr_array) -> sparse.csr_array:
    found = sparse.csr_array(matrix)
    found.sort_indices()
    return found


def _at(matrix: sparse.csr_array, keys: Ints) -> Floats:
    """The entries at row · columns + column, 0 where there is none; `matrix` has sorted rows."""
    if not matrix.nnz:
        return np.zeros(len(keys))
    there = _rows_of(matrix).astype(np.int64) * matrix.shape[1] + matrix.indices
    at = np.minimum(np.searchsorted(there, keys), len(there) - 1)
    return np.where(there[at] == keys, matrix.data[at], 0.0)
