"""How many pairs of a kind a broker would introduce, were the groups dealt out at random."""

from dataclasses import dataclass
from functools import lru_cache
from math import sqrt

import numpy as np

from graph.columns import Floats, Ints, Mask

_CERTAIN = 1e-12  # a smaller variance is rounding


@dataclass(frozen=True, slots=True)
class Chance:
    """Mean and variance of a count under random labels."""

    mean: float
    variance: float

    def z(self, count: float) -> float:
        """By how many standard deviations a count exceeds chance; 0 where nothing can vary."""
        if self.variance <= _CERTAIN:
            return 0.0
        return (count - self.mean) / sqrt(self.variance)


@dataclass(frozen=True, slots=True)
class Shape:
    """What matters of a set of ordered pairs without loops: how two of them meet.

    Attributes:
        pairs: how many.
        reversed: of them, those whose reverse is there too.
        same_start, same_end: ordered choices of two different ones that share it, no other node.
        chained: ordered choices of (a, b), (b, c), a and c different.
    """

    pairs: int
    reversed: int
    same_start: int
    same_end: int
    chained: int

    @property
    def apart(self) -> int:
        """Ordered choices of two that share no node."""
        meeting = self.reversed + self.same_start + self.same_end + 2 * self.chained
        return self.pairs * (self.pairs - 1) - meeting


def shape_of(starts: Ints, ends: Ints) -> Shape:
    """The shape of some ordered pairs, none of them twice; arrays of shape (m,)."""
    if not len(starts):
        return Shape(0, 0, 0, 0, 0)
    count = int(max(starts.max(), ends.max())) + 1
    keys = starts.astype(np.int64) * count + ends
    back = int(np.isin(ends.astype(np.int64) * count + starts, keys).sum())
    leaving = np.bincount(starts, minlength=count).astype(np.int64)
    arriving = np.bincount(ends, minlength=count).astype(np.int64)
    return Shape(
        len(starts),
        back,
        int((leaving * (leaving - 1)).sum()),
        int((arriving * (arriving - 1)).sum()),
        int((leaving * arriving).sum()) - back,
    )


def relabelled(shape: Shape, sizes: tuple[int, ...], counts: Mask) -> Chance:
    """Mean and variance of the pairs that count, under random labels with group sizes fixed.

    Every way of dealing the labels out to the nodes is as likely (Gould & Fernandez 1989). Exact:
    two pairs may share nodes in five ways, and up to four nodes draw without replacement.

    Args:
        shape: of the pairs.
        sizes: of the groups, over all nodes that could be an end.
        counts: whether a pair of groups (of its start, of its end) counts; k × k.
    """
    if not shape.pairs or sum(sizes) < 2:
        return Chance(0.0, 0.0)
    one = counts.astype(np.float64)
    two, three, four = (_draws(sizes, number) for number in (2, 3, 4))
    mean = shape.pairs * float((two * one).sum())
    square = (
        mean
        + shape.reversed * float((two * one * one.T).sum())
        + shape.same_start * float(np.einsum("ijk,ij,ik->", three, one, one))
        + shape.same_end * float(np.einsum("ijk,ik,jk->", three, one, one))
        + 2 * shape.chained * float(np.einsum("ijk,ij,jk->", three, one, one))
        + shape.apart * float(np.einsum("ijkl,ij,kl->", four, one, one))
    )
    return Chance(mean, max(square - mean**2, 0.0))


@lru_cache(maxsize=64)
def _draws(sizes: tuple[int, ...], number: int) -> Floats:
    """The probability that nodes drawn without replacement are of these groups, in order."""
    size = np.array(sizes, dtype=np.float64)
    total = size.sum()
    found = np.ones(())
    taken: Floats = np.zeros((1, len(sizes)))  # of each group, for each sequence drawn so far
    for drawn in range(number):
        left = np.maximum(size - taken, 0) / max(total - drawn, 1)
        found = found.reshape(-1, 1) * left
        taken = (taken[:, None, :] + np.eye(len(sizes))).reshape(-1, len(sizes))
    return np.asarray(found.reshape((len(sizes),) * number))
