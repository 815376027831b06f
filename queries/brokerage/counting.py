"""How many introduce each pair of one's contacts, counted by the groups of the two, unlisted.

A broker of thousands of contacts has millions of pairs. How many introduce each is laid out in
tiles of bytes, a row being the sum of the rows of 0 and 1 of all who know its node; a node whom at
most 255 know shares no more with anybody. A histogram of each tile is taken. The pairs of those
who know few of the contacts are listed instead, and moved from one number to the next. All is
counted in integers, exactly.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
from scipy import sparse

from graph.columns import Array, Ints

_BYTE = 255
_SIDE = 1 << 10  # of a tile: 1 MiB, which stays in the cache of a processor
_MOST_DENSE = 1 << 10
_SPARSE = 300  # who knows less than one in so many is quicker to list than to lay out
_SHORT = 1 << 15  # so few bytes are counted one by one


def numbers_by_group(
    reached: sparse.csr_array, met: sparse.csr_array, group: Ints, groups: int
) -> Ints:
    """Of the pairs of N nodes who have not met, how many have each number of brokers in common.

    Args:
        reached: with which of b brokers each node is in contact, 0 or 1; one broker at least is in
            contact with all, unless all have met; N × b.
        met: an entry for each two who have met, both ways; N × N.
        group: of each node; shape (N,).
        groups: how many.

    Returns:
        Unordered pairs by the groups of the two, one of the two ways round, and by the number of
        brokers; shape (groups, groups, most + 1).
    """
    # In the order of the groups; those whose numbers may not fit in a byte are laid out apart.
    great = np.diff(reached.indptr) > _BYTE
    order = np.lexsort((great, group))
    place = np.argsort(order)
    met = sparse.csr_array((met.data, place[met.indices], met.indptr), shape=met.shape)[order]
    reached = reached[order]
    group, great = group[order].astype(np.int64), great[order]
    bounds = np.flatnonzero(np.diff(2 * group + great)) + 1
    most = max(int(np.diff(reached.indptr).max(initial=0)), _BYTE)
    found = np.zeros((groups, groups, most + 1), dtype=np.int64)
    by_most, by_few = _by_how_many(reached)
    for columns in _parts([0, len(group)]):
        to_most = by_most[columns].T.toarray(order="C")
        to_few = sparse.csr_array(by_few[columns].T)
        met_these = met[: columns.stop, columns]
        before = bounds[bounds < columns.stop].tolist()
        for rows in _parts(sorted({0, columns.start, columns.stop, *before})):
            number = _sums(by_most[rows], to_most, wide=bool(great[rows.start]))
            of_rows = met_these[rows]
            number[_rows_of(of_rows), of_rows.indices] = 0
            if rows.start >= columns.start:  # each pair once, and nobody with itself
                first, last = rows.start - columns.start, rows.stop - columns.start
                number[:, :first] = 0
                number[:, first:last][np.tri(last - first, dtype=np.bool_)] = 0
            counts = found[group[rows.start]]
            _add_dense(counts, number, group[columns])
            _move_sparse(counts, number, by_few[rows] @ to_few, group[columns])
    return found


def _by_how_many(reached: sparse.csr_array) -> tuple[sparse.csr_array, sparse.csr_array]:
    """The columns of the brokers who know many of the nodes, and of those who know but a few."""
    known = np.bincount(reached.indices, minlength=reached.shape[1])
    brokers = np.argsort(-known, kind="stable")[: np.count_nonzero(known > 1)]
    dense = np.count_nonzero(known[brokers[:_MOST_DENSE]] * _SPARSE >= reached.shape[0])
    by_most, by_few = reached[:, brokers[:dense]], reached[:, brokers[dense:]]
    return by_most.astype(np.uint8), by_few.astype(np.int32)


def _parts(bounds: Sequence[int]) -> Iterator[slice]:
    """What lies between bounds, in parts no longer than the side of a tile."""
    for start, end in pairwise(bounds):
        for first in range(start, end, _SIDE):
            yield slice(first, min(first + _SIDE, end))


def _sums(rows: sparse.csr_array, columns: Array, *, wide: bool) -> Array:
    if wide:
        return np.asarray(rows.astype(np.uint32) @ columns.astype(np.uint32))
    return np.asarray(rows @ columns)


def _add_dense(counts: Ints, number: Array, group: Ints) -> None:
    bounds = np.searchsorted(group, np.arange(len(counts) + 1))
    for other in np.unique(group).tolist():
        times = histogram(number[:, bounds[other] : bounds[other + 1]])
        counts[other, : len(times)] += times


def histogram(values: Array) -> Ints:
    """How often each number comes. Many bytes are read two at a time."""
    flat = np.ascontiguousarray(values).reshape(-1)
    if flat.dtype != np.uint8 or len(flat) < _SHORT:
        return np.bincount(flat)
    even = len(flat) // 2 * 2
    twos = np.bincount(flat[:even].view(np.uint16), minlength=1 << 16).reshape(256, 256)
    found = twos.sum(axis=0) + twos.sum(axis=1)
    found[flat[even:]] += 1
    return np.asarray(found)


def _move_sparse(counts: Ints, number: Array, more: sparse.csr_array, group: Ints) -> None:
    """Count the pairs that `more` brokers introduce at what they are with these."""
    before = number[_rows_of(more), more.indices].astype(np.int64)
    open_ = before > 0
    before, at = before[open_], group[more.indices[open_]] * counts.shape[1]
    for sign, key in ((-1, at + before), (1, at + before + more.data[open_])):
        counts += sign * np.bincount(key, minlength=counts.size).reshape(counts.shape)


def _rows_of(matrix: sparse.csr_array) -> Ints:
    """The row of each entry."""
    return np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
