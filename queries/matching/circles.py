"""Who has worked together: past alliances, those of the same members counted once."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import sparse

from graph.columns import Floats, Ints, Mask
from queries.matching.history import History, incidence

HALF_LIFE = 3.0  # years: an alliance last alive three years ago weighs half
UNDATED = 0.5  # what an alliance weighs of which no date is known


@dataclass(frozen=True)
class Circles:
    """The c distinct sets of organisations that an alliance gathered, the oldest first.

    Alliances with the same members are one circle, as recent as the last of them, with the themes
    and the sites of all: working again with the same partners adds no partner.

    Attributes:
        member, led: organisations × circles, 0 or 1.
        dated: whether the last day known alive of its last alliance is known; shape (c,).
        recency: in (0, 1], halved by each `HALF_LIFE`; shape (c,).
        size: members; shape (c,).
        began: years, NaN when unknown; shape (c,).
        themes, sites: circles × themes, circles × territories, 0 or 1.
        alliance: the column in the history of the last alliance of each; shape (c,).
    """

    member: sparse.csr_array
    led: sparse.csr_array
    dated: Mask
    recency: Floats
    size: Ints
    began: Floats
    themes: sparse.csr_array
    sites: sparse.csr_array
    alliance: Ints

    @cached_property
    def members(self) -> sparse.csr_array:
        """Circles × organisations, 0 or 1."""
        return sparse.csr_array(self.member.T)

    @property
    def shared(self) -> Floats:
        """1 for a circle of several, 0 for an organisation on its own; shape (c,)."""
        return (self.size > 1).astype(np.float64)


def circles(history: History) -> Circles:
    """The circles of a history."""
    recency = _recency(history)
    order = np.argsort(recency, kind="stable")
    groups = _same_members(history.member)
    # Of each group the last in order, and the groups in the order of those.
    last = np.zeros(groups.max(initial=-1) + 1, dtype=np.int64)
    last[groups[order]] = np.arange(len(order))
    kept = np.sort(last)
    rank = np.searchsorted(kept, last)[groups]
    alliance = order[kept]
    into = incidence(rank, np.arange(len(rank)), (len(kept), len(rank)))
    began = np.full(len(kept), np.inf)
    np.minimum.at(began, rank, np.where(np.isnan(history.began), np.inf, history.began))
    member = sparse.csr_array(history.member[:, alliance])
    return Circles(
        member=member,
        led=_once(history.led @ into.T),
        dated=~np.isnan(history.last[alliance]),
        recency=recency[alliance],
        size=history.size[alliance],
        began=np.where(np.isinf(began), np.nan, began),
        themes=_once(into @ history.themes),
        sites=_once(into @ history.sites),
        alliance=alliance,
    )


def _recency(history: History) -> Floats:
    age = np.maximum(history.day - history.last, 0)
    return np.where(np.isnan(age), UNDATED, 0.5 ** (age / HALF_LIFE))


def _same_members(member: sparse.csr_array) -> Ints:
    """For each alliance the number of its set of members (Zobrist hashing, 1970, of 128 bits)."""
    marks = np.random.default_rng(0).integers(0, 2**64, size=(member.shape[0], 2), dtype=np.uint64)
    pairs = member.tocoo()
    sums = np.zeros((member.shape[1], 2), dtype=np.uint64)
    np.add.at(sums, pairs.col, marks[pairs.row])  # wraps around
    _, groups = np.unique(sums, axis=0, return_inverse=True)
    return np.asarray(groups.ravel(), dtype=np.int64)


def _once(counts: sparse.csr_array) -> sparse.csr_array:
    found = sparse.csr_array(counts)
    found.data[:] = 1.0
    return found
