"""The brokerage roles of Gould and Fernandez (1989), and what they would be if ties fell at random.

A broker v stands on an open two-path a → v → b when a and b differ and no tie goes from a to b. A
symmetric matrix is an undirected graph: each pair is then counted from both ends, and gatekeeper
and representative are the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from scipy import sparse

from graph.columns import Array, Floats, Ints, Mask


class Role(IntEnum):
    """The columns of a table of roles, in the order of `sna::brokerage`.

    The groups of a, v, b are: coordinator AAA, itinerant ABA, representative AAB, gatekeeper ABB,
    liaison ABC; `TOTAL` is their sum.
    """

    COORDINATOR = 0
    ITINERANT = 1
    REPRESENTATIVE = 2
    GATEKEEPER = 3
    LIAISON = 4
    TOTAL = 5


@dataclass(frozen=True)
class Brokerage:
    """The brokerage of n nodes by role; the columns of each are those of `Role`; shape (n, 6).

    Attributes:
        counts: open two-paths.
        expected, variance: were the ties dealt at random, each as likely as the density says.
    """

    counts: Floats
    expected: Floats
    variance: Floats

    @property
    def z(self) -> Floats:
        """By how many standard deviations the counts exceed chance; NaN where there is none."""
        return z_scores(self.counts, self.expected, self.variance)


def z_scores(counts: Floats, expected: Floats, variance: Floats) -> Floats:
    """(counts − expected) / √variance, NaN where the variance is 0."""
    with np.errstate(invalid="ignore", divide="ignore"):
        score = (counts - expected) / np.sqrt(variance)
    return np.where(variance > 0, score, np.nan)


def brokerage(adjacency: Array, groups: Sequence[int] | Ints) -> Brokerage:
    """Counts, expectation and variance by role, as `sna::brokerage` of R gives them.

    Args:
        adjacency: n × n, a tie from row to column where it is not 0; the diagonal is ignored.
        groups: of each node; shape (n,).

    The chance is a graph of independent ties with the density of this one (Gould & Fernandez 1989,
    appendix; Butts, `sna` 2.7): groups and their sizes are given. For chance over the groups, see
    `queries.brokerage.labels`. Dense: for graphs of some thousand nodes; for large ones see
    `queries.brokerage.introductions`.
    """
    ties = np.asarray(adjacency) != 0
    np.fill_diagonal(ties, val=False)
    _, group, sizes = np.unique(np.asarray(groups), return_inverse=True, return_counts=True)
    expected, variance = _by_density(sizes.astype(np.float64), ties)
    return Brokerage(_counts(ties, group), expected[group], variance[group])


def _counts(ties: Mask, group: Ints) -> Floats:
    count = len(ties)
    found = np.zeros((count, len(Role)))
    graph = sparse.csr_array(ties)
    back = sparse.csr_array(ties.T)
    for v in range(count):
        before = back.indices[back.indptr[v] : back.indptr[v + 1]]
        after = graph.indices[graph.indptr[v] : graph.indptr[v + 1]]
        is_open = ~ties[np.ix_(before, after)] & (before[:, None] != after)
        same_a, same_b = (group[before] == group[v])[:, None], group[after] == group[v]
        alike = group[before][:, None] == group[after]
        found[v, : Role.TOTAL] = [
            np.count_nonzero(is_open & of_role)
            for of_role in (
                same_a & same_b,
                alike & ~same_a,
                same_a & ~same_b,
                ~same_a & same_b,
                ~alike & ~same_a & ~same_b,
            )
        ]
    found[:, Role.TOTAL] = found.sum(axis=1)
    return found


def _by_density(sizes: Floats, ties: Mask) -> tuple[Floats, Floats]:
    """Expectation and variance for a member of each group; shapes (groups, 6).

    Two two-paths through v that share an end are not independent: they have one tie of v in common.
    """
    count = sizes.sum()
    density = np.count_nonzero(ties) / (count * (count - 1)) if count > 1 else 0.0
    one = density**2 * (1 - density)
    two = density**3 * (1 - density) ** 3
    ways, sharing = _ways(sizes)
    return one * ways, one * ways * (1 - one) + 2 * two * sharing


def _ways(sizes: Floats) -> tuple[Floats, Floats]:
    """For a member of each group: ordered pairs (a, b) of each role, and pairs of such pairs.

    The second counts those that share one end, halved, as `sna` does.
    """
    count = sizes.sum()
    ways = np.zeros((len(sizes), len(Role)))
    sharing = np.zeros_like(ways)
    for g, own in enumerate(sizes):
        other = np.delete(sizes, g)
        mates, strangers = own - 1, count - own
        crossing = mates * _pairs(strangers) + strangers * _pairs(mates)
        ways[g] = (
            mates * (own - 2),
            (other * (other - 1)).sum(),
            strangers * mates,
            strangers * mates,
            strangers**2 - (other**2).sum(),
            (count - 1) * (count - 2),
        )
        sharing[g] = (
            mates * (own - 2) * (own - 3),
            (other * (other - 1) * (other - 2)).sum(),
            crossing,
            crossing,
            2 * (other * _pairs(strangers - other)).sum(),
            (count - 1) * (count - 2) * (count - 3),
        )
    return ways, sharing


def _pairs(count: Floats) -> Floats:
    return np.asarray(count * (count - 1) / 2)
