"""Which pairs of some organisations are worth scoring in full?"""

from collections.abc import Iterator

import numpy as np
from scipy import sparse

from graph.columns import Floats, Ints
from graph.model import MEMBER_OF
from graph.view import View
from queries.matching.history import incidence
from queries.matching.text import vectors
from queries.matching.weights import WEIGHTS, Feature
from queries.matching.words import dots
from queries.partner_scores import DIRECT, matching_of

PROMISING = 200  # pairs
_ROWS = 256  # of organisations compared at once: they stay in the cache of a processor
_ROUGHLY = 1e-4  # more than single precision gets wrong in a sum of some parts
_NEARLY = 5  # how many times as many pairs are looked at in double precision, at most


def promising(view: View, nodes: Ints) -> tuple[Ints, Ints]:
    """The ends of the `PROMISING` best pairs by what they exchange, goals, words and partners.

    A lower bound of the score, by sparse products; of equal ones those of the first nodes, and none
    of those who work together already. In single precision first, and what is near the last one
    again in double precision.
    """
    if len(nodes) < 2:
        return nodes[:0], nodes[:0]
    one, other = _Rough(view, nodes).greatest()
    return nodes[one], nodes[other]


class _Rough:
    """What pairs among n organisations exchange, their goals, words and common partners."""

    def __init__(self, view: View, nodes: Ints) -> None:
        matching = matching_of(view)
        rows = np.searchsorted(matching.history.organisations.ordinals, nodes)
        stated = (each[nodes].astype(np.int64) for each in (view.needs, view.offers, view.goals))
        kinds, kind = np.unique(np.stack([*stated]), axis=1, return_inverse=True)
        self._kind = kind.ravel()
        self._said = _exchanged(*kinds[:2]) + _goals(kinds[2])  # of those who say each the same
        self._words = vectors(view)[nodes]
        self._ties = sparse.csr_array(matching.ties[rows])
        self._together = _together(view, nodes)

    def greatest(self) -> tuple[Ints, Ints]:
        """The ends of the greatest pairs, by position, the greatest first."""
        one, other = self._nearly_greatest()
        total = self._said[self._kind[one], self._kind[other]]
        total = total + WEIGHTS[Feature.PURPOSE] * dots(self._words[one], self._words[other])
        total += self._jaccard(one, other, dots(self._ties[one], self._ties[other]))
        best = np.argsort(-total, kind="stable")[:PROMISING]
        return one[best], other[best]

    def _nearly_greatest(self) -> tuple[Ints, Ints]:
        """The pairs that are greatest in single precision, and those near the last; by rows."""
        size = len(self._kind)
        at, value, least = np.zeros(0, np.int64), np.zeros(0, np.float32), 0.0
        for first, block in self._blocks():
            row, column = np.nonzero(block > max(least - _ROUGHLY, 0))
            at = np.concatenate([at, (first + row) * size + first + column])
            value = np.concatenate([value, block[row, column]])
            if len(at) > PROMISING:
                least = float(np.partition(value, -PROMISING)[-PROMISING])
                near = value >= least - _ROUGHLY
                at, value = at[near], value[near]
        found = np.sort(at[np.argsort(-value, kind="stable")[: PROMISING * _NEARLY]])
        one, other = np.divmod(found, size)
        return one, other

    def _blocks(self) -> Iterator[tuple[int, Floats]]:
        """Of some rows after others, from the column of the first of them on; 0 below the diagonal.

        A sparse table times a dense one: no library's threads wait for a core that others use.
        """
        size = len(self._kind)
        words = self._words[:, np.flatnonzero(np.bincount(self._words.indices) > 1)]
        kinds = sparse.eye_array(len(self._said), format="csr")[self._kind]
        said = sparse.csr_array(self._said[self._kind])
        left = _single(sparse.hstack([WEIGHTS[Feature.PURPOSE] * words, said]))
        right = np.ascontiguousarray(_single(sparse.hstack([words, kinds])).T.toarray())
        added, barred = _single(self._partners()), incidence(*self._together, shape=2 * (size,))
        below = np.tri(_ROWS, dtype=np.bool_)
        for first in range(0, size, _ROWS):
            rows = slice(first, first + _ROWS)
            block = left[rows] @ np.ascontiguousarray(right[:, first:])
            cells = added[rows, first:].tocoo()
            block[cells.row, cells.col] += cells.data
            cells = barred[rows, first:].tocoo()
            block[cells.row, cells.col] = 0
            block[:, : len(block)][below[: len(block), : len(block)]] = 0
            yield first, block

    def _partners(self) -> sparse.csr_array:
        """What the common past partners add."""
        cells = (self._ties @ self._ties.T).tocoo()
        alike = self._jaccard(cells.row, cells.col, cells.data)
        return sparse.csr_array((alike, (cells.row, cells.col)), cells.shape)

    def _jaccard(self, one: Ints, other: Ints, common: Floats) -> Floats:
        """Common past partners as a share of those of both (Jaccard), times its weight."""
        many = np.diff(self._ties.indptr)
        weight = WEIGHTS[Feature.CIRCLE] + WEIGHTS[Feature.PARTNERS]
        return np.asarray(weight * common / np.maximum(many[one] + many[other] - common, 1))


def _single(table: sparse.csr_array | sparse.coo_array) -> sparse.csr_array:
    return sparse.csr_array(table).astype(np.float32)


def _exchanged(needs: Ints, offers: Ints) -> Floats:
    """What each offers of what the other needs, in both directions; shape (n, n)."""
    asked = np.maximum(np.bitwise_count(needs), 1)[:, None]
    share = np.bitwise_count(needs[:, None] & offers[None, :]).astype(np.float32) / asked
    weight = (WEIGHTS[Feature.GIVEN] + WEIGHTS[Feature.RECEIVED]) / 2
    return np.asarray(weight * (share + share.T), dtype=np.float32)


def _goals(goals: Ints) -> Floats:
    """The goals in common, of those of who has most; shape (n, n)."""
    shared = np.bitwise_count(goals[:, None] & goals[None, :]).astype(np.float32)
    most = np.maximum(np.bitwise_count(goals), 1)
    share = shared / np.maximum(most[:, None], most[None, :])
    return np.asarray(WEIGHTS[Feature.GOAL] * share, dtype=np.float32)


def _together(view: View, nodes: Ints) -> tuple[Ints, Ints]:
    """The pairs that work together already, or are tied directly, and each with itself."""
    members = view.ties[MEMBER_OF]
    running = (members.until == 0) & ~view.ended[members.end]
    at = running & np.isin(members.start, nodes)
    of_each = incidence(
        np.searchsorted(nodes, members.start[at]), members.end[at], (len(nodes), len(view))
    )
    found = (of_each @ of_each.T).tocoo()
    rows, columns = [np.arange(len(nodes)), found.row], [np.arange(len(nodes)), found.col]
    for columns_of in (view.ties[tie] for tie in DIRECT):
        both = np.isin(columns_of.start, nodes) & np.isin(columns_of.end, nodes)
        ends = [np.searchsorted(nodes, end[both]) for end in (columns_of.start, columns_of.end)]
        rows += ends
        columns += ends[::-1]
    return np.concatenate(rows), np.concatenate(columns)
