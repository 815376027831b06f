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
    ties, group, sizes = _prepared(adjacency, groups)
    expected, variance = _by_density(sizes, _density(ties))
    return Brokerage(_counts(ties, group), expected[group], variance[group])


def brokerage_of_network(adjacency: Array, groups: Sequence[int] | Ints) -> Brokerage:
    """The sums over all nodes, with the variance of these; the rest as in `brokerage`.

    Gives a table of one row: shape (1, 6).
    """
    ties, group, sizes = _prepared(adjacency, groups)
    density = _density(ties)
    expected = _by_density(sizes, density)[0][group].sum(axis=0, keepdims=True)
    counts = _counts(ties, group).sum(axis=0, keepdims=True)
    return Brokerage(counts, expected, _variance_of_sums(sizes, density, expected))


def _prepared(adjacency: Array, groups: Sequence[int] | Ints) -> tuple[Mask, Ints, Floats]:
    """The ties without loops, the rank of the group of each node, the sizes of the groups."""
    ties = np.asarray(adjacency) != 0
    np.fill_diagonal(ties, val=False)
    _, group, sizes = np.unique(np.asarray(groups), return_inverse=True, return_counts=True)
    return ties, group, sizes.astype(np.float64)


def _density(ties: Mask) -> float:
    count = len(ties)
    return np.count_nonzero(ties) / (count * (count - 1)) if count > 1 else 0.0


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


def _by_density(sizes: Floats, density: float) -> tuple[Floats, Floats]:
    """Expectation and variance for a member of each group; shapes (groups, 6).

    Two two-paths through v that share an end are not independent: they have one tie of v in common.
    """
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


def _variance_of_sums(sizes: Floats, density: float, expected: Floats) -> Floats:
    """The variance of the counts of a whole network by role; shape (1, 6).

    Two open two-paths are not independent where they share a tie, or where the tie that one lacks
    is one of the other's; in each role so many choices of two of them do so in each way.

    Args:
        sizes: of the groups.
        density: the probability of a tie.
        expected: the expectation of the counts; shape (1, 6).
    """
    d, missing = density, 1 - density
    # Sharing a tie; lacking a tie that the other has; both at once.
    ways = np.array([d**3 * missing**3, -(d**4) * missing**2, d**5 * missing])
    meeting = np.stack(
        [
            _meeting_of_alike(sizes),
            _meeting_of_itinerants(sizes),
            _meeting_at_a_border(sizes),
            _meeting_at_a_border(sizes),
            _meeting_of_liaisons(sizes),
            _meeting_of_alike(sizes.sum(keepdims=True)),
        ],
        axis=1,
    )
    return np.asarray(expected * (1 - d**2 * missing) + ways @ meeting)


def _meeting_of_alike(n: Floats) -> Floats:
    """Choices of two two-paths within a group that meet in each of the three ways; shape (3,)."""
    paths = n * (n - 1) * (n - 2)
    return np.array([paths @ (4 * n - 10), paths @ (4 * (n - 3)), paths @ (n - 3)])


def _meeting_of_itinerants(n: Floats) -> Floats:
    ends, middle = n[:, None], n[None, :]
    paths = ends * middle * (ends - 1) * ~np.eye(len(n), dtype=np.bool_)
    sharing = paths * (2 * ends + 2 * middle - 6)
    return np.array([sharing.sum(), 0.0, (paths * (n.sum() - ends - 1)).sum()])


def _meeting_at_a_border(n: Floats) -> Floats:
    count = n.sum()
    paths = n * (count - n) * (n - 1)
    return np.array([paths.sum() * (count - 3), 0.0, paths @ (n - 2)])


def _meeting_of_liaisons(n: Floats) -> Floats:
    count, own = n.sum(), np.arange(len(n))
    i, j, k = n[:, None, None], n[None, :, None], n[None, None, :]
    apart = own[:, None] != own
    paths = i * j * k * (apart[:, :, None] & apart[None] & apart[:, None, :])
    sharing = 4 * (count - j) - 2 * (i + k + 1)
    lacking = 4 * (count - k) - 2 * (i + j + 1)
    return np.array([(paths * each).sum() for each in (sharing, lacking, count - (i + k + 1))])
