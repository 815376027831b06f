"""The strongest of the pairs of one's contacts, found without going through them all."""

from collections.abc import Callable

import numpy as np

from graph.columns import Floats, Ints, Mask

_FIRST = 16  # rows, and columns, that are looked at first
_DIGITS = 6  # of a strength: beyond them is rounding


def strongest(
    way: Floats, rows: Ints, columns: Ints, counts: Callable[[Ints, Ints], Mask], most: int
) -> tuple[Ints, Ints]:
    """The pairs of a row with a column whose product of ways is greatest.

    With bounds: a product is no more than that of the row with the best of the columns, and of the
    column with the best of the rows.

    Args:
        way: of each node; shape (n,).
        rows: some nodes, ascending, at least one; shape (r,).
        columns: as `rows`; shape (c,).
        counts: whether each of some rows with each of some columns is a pair at all.
        most: how many are needed.

    Returns:
        Among others, in no order, the `most` that come first by their product, then by the row,
        then by the column.
    """
    lines: Ints = rows[np.argsort(-way[rows], kind="stable")]
    against: Ints = columns[np.argsort(-way[columns], kind="stable")]
    some = many = _FIRST
    while True:
        # Columns that tie with the last one are looked at with it.
        least_way = way[against[:many][-1]]
        many = int(np.searchsorted(-way[against], -least_way, side="right"))
        row, column = np.nonzero(counts(lines[:some], against[:many]))
        one, other = lines[row], against[column]
        least, last = _last(one, _product(way[one], way[other]), most)
        left, right = lines[some:], against[many:]
        best = _product(way[left], way[against[0]])
        # Of rows that tie, those before the last that is needed have all been looked at.
        rows_left = bool((best > least).any() or (left[best == least] < last).any())
        columns_left = bool((_product(way[lines[0]], way[right]) >= least).any())
        if not rows_left and not columns_left:
            return one, other
        some, many = some * (4 if rows_left else 1), many * (4 if columns_left else 1)


def _product(one: Floats, other: Floats) -> Floats:
    return np.asarray((one * other).round(_DIGITS))


def _last(rows: Ints, strength: Floats, most: int) -> tuple[float, int]:
    """The strength and the row of the last pair that is needed; below all where some lack."""
    if len(rows) < most:
        return -1.0, 0
    least = -np.partition(-strength, most - 1)[most - 1]
    of_least = np.sort(rows[strength == least])
    return float(least), int(of_least[most - 1 - np.count_nonzero(strength > least)])
