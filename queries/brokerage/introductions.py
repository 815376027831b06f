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

# Those in contact with most others are counted by one dense product; all others path by path.
_HUBS = 64
_BLOCK = 1 << 20  # pairs that are laid out at a time
_THREADS = 2
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
class Pairs:
    """Pairs that one broker introduces: some of its contacts, in rows, with some in columns.

    Attributes:
        rows, columns: nodes; shapes (r,), (c,).
        number: how many introduce that pair, 0 where this one does not; r × c.
        weight: of the way through the broker; r × c.
    """

    rows: Ints
    columns: Ints
    number: Floats
    weight: Floats


class Introductions:
    """The introductions of a graph of contacts."""

    def __init__(self, contacts: Contacts) -> None:
        self.contacts = contacts
        brokers = np.flatnonzero(contacts.may_broker)
        degree = np.diff(contacts.strength.indptr)[brokers]
        most = brokers[np.argsort(-degree, kind="stable")[:_HUBS]]
        self._hubs = np.sort(most) if len(brokers) > 4 * _HUBS else brokers[:0]
        usual = contacts.may_broker.copy()
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
        with ThreadPoolExecutor(_THREADS) as pool:
            halves = [slice(first, None, _THREADS) for first in range(_THREADS)]
            for credit in pool.map(lambda h: self._between(rows[h], ends, met[h]), halves):
                found += credit
        within = self._within(rows, columns, met)
        credit = within.weight / within.number
        return found + np.bincount(within.broker, credit, minlength=len(found))

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
        member, direct = self.contacts.member, self.contacts.direct
        shared = member[rows] @ sparse.csr_array(member[columns].T)
        return _sorted(shared + 0.5 * direct[rows][:, columns])

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

    # One broker ------------------------------------------------------------------------------

    def pairs(self, broker: int, rows: Ints, columns: Ints) -> Iterator[Pairs]:
        """The pairs of its contacts `rows` with its contacts `columns` that a broker introduces.

        In blocks of rows. Rows and columns may have nodes in common: a node makes no pair with
        itself, and a pair comes twice.
        """
        way = np.zeros(len(self.contacts), dtype=np.float64)
        way[self.contacts.of(broker)] = self._root.data[
            self._root.indptr[broker] : self._root.indptr[broker + 1]
        ]
        alliances = row_of(self._convener, broker)
        met = self._met(rows, columns)
        within = self._within(rows, columns, met, np.unique(alliances))
        within = within.chosen((within.broker == broker) & (within.one != within.other))
        column_rank = np.full(len(self.contacts), -1)
        column_rank[columns] = np.arange(len(columns))
        step = max(1, _BLOCK // max(len(columns), 1))
        for first in range(0, len(rows), step):
            block = rows[first : first + step]
            number = self._numbers(block, columns, met[first : first + step])
            weight = way[block][:, None] * way[columns]
            rank_of = np.full(len(self.contacts), -1)
            rank_of[block] = np.arange(len(block))
            here = within.chosen(rank_of[within.one] >= 0)
            at = rank_of[here.one], column_rank[here.other]
            number[at], weight[at] = here.number, here.weight
            yield Pairs(block, columns, number, weight)

    def _numbers(self, rows: Ints, columns: Ints, met: sparse.csr_array) -> Floats:
        """How many are in contact with both ends of a pair; 0 where these have met."""
        usual = [_ones(self._usual[nodes]) for nodes in (rows, columns)]
        hubs = [(self._to_hubs[nodes] > 0).astype(np.float32) for nodes in (rows, columns)]
        number = (usual[0] @ sparse.csr_array(usual[1].T)).toarray() + hubs[0] @ hubs[1].T
        number[_rows_of(met), met.indices] = 0
        number[rows[:, None] == columns] = 0
        return np.asarray(number, dtype=np.float64)


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
