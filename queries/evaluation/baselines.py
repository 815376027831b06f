"""What a method must beat: the simple ways to suggest partners."""

from collections.abc import Mapping, Sequence

import numpy as np
from scipy import sparse

from graph.columns import Floats, Mask
from graph.model import Level
from queries.evaluation.metrics import Scorer
from queries.evaluation.protocol import Query, Trial
from queries.matching.seats import LEVELS
from queries.matching.walk import Walk, lift

_RESTART = 0.15
_ROUNDS = 40  # 0.85 ** 40 is below 0.2 % of the walk
_SAME_REGION = 0.05  # of the best of .02, .05, .1, .2 on earlier splits; see `docs/evaluation`
_SEED = 7


class Baselines:
    """The baselines of a trial, by name.

    Where a baseline of the network has nothing to say of an asker (a newcomer), it falls back on
    popularity, which can only help it. Where the project states something (form B), each has a
    second form that ranks first who is active in what is stated.
    """

    def __init__(self, trial: Trial) -> None:
        self._count = len(trial)
        self._places = trial.history.organisations.places
        member = trial.history.member
        self._member = member
        self._popularity = np.diff(member.indptr).astype(np.float64)
        together = sparse.csr_array(member @ member.T)
        together.setdiag(0)
        together.eliminate_zeros()
        self._together = together
        self._tied = together.copy()
        self._tied.data[:] = 1.0
        self._degree = np.diff(self._tied.indptr)
        self._walk = Walk(member, np.ones(member.shape[1]))
        self._active = [
            sparse.csr_array(member @ of).tocsc()
            for of in (trial.history.themes, trial.history.sites)
        ]

    def all(self) -> Mapping[str, Scorer]:
        """Each baseline of the protocol."""
        return {
            "hasard": self.chance,
            "popularité": self.popular,
            "anciens partenaires": self.memory,
            "même région": self.same_region,
            "même région, puis popularité": self.region_then_popular,
            "voisins communs": self.common_neighbours,
            "Adamic–Adar": self.adamic_adar,
            "allocation de ressources": self.resource_allocation,
            "PageRank": self.pagerank,
            "PageRank + même région": self.pagerank_and_region,
        }

    def all_stated(self) -> Mapping[str, Scorer]:
        """Those of form B: also some that rank last who has no part in what is stated.

        And PageRank from who has.
        """
        plain = self.all()
        told = {f"{name}, dans ce qui est dit": self._within(plain[name]) for name in _FILTERED}
        return {**plain, **told, "PageRank depuis ce qui est dit": self.pagerank_stated}

    # Without any network ---------------------------------------------------------------------

    def chance(self, queries: Sequence[Query]) -> Floats:
        """By lot, another one for each query."""
        return np.stack(
            [
                np.random.default_rng([_SEED, query.alliance, query.organisation]).random(
                    self._count
                )
                for query in queries
            ]
        )

    def popular(self, queries: Sequence[Query]) -> Floats:
        """The number of past alliances."""
        return np.tile(self._popularity, (len(queries), 1))

    def same_region(self, queries: Sequence[Query]) -> Floats:
        """In the same région, or the same country where the région is unknown; the rest by lot."""
        return np.stack([self._neighbours(query) for query in queries]).astype(np.float64)

    def region_then_popular(self, queries: Sequence[Query]) -> Floats:
        """The most popular of the same région first, then the most popular."""
        near = self.same_region(queries)
        return np.asarray(near * (1 + self._popularity.max()) + self._popularity)

    def _neighbours(self, query: Query) -> Mask:
        for level in (Level.REGION, Level.NATION):
            row = LEVELS.index(level)
            if query.asker.places[row] >= 0:
                return np.asarray(self._places[row] == query.asker.places[row])
        return np.zeros(self._count, dtype=np.bool_)

    # Through the network ---------------------------------------------------------------------

    def memory(self, queries: Sequence[Query]) -> Floats:
        """The number of past alliances together."""
        return self._of_askers(self._together, queries).toarray()

    def common_neighbours(self, queries: Sequence[Query]) -> Floats:
        """The number of common past partners."""
        return self._by_neighbours(queries, np.ones(self._count))

    def adamic_adar(self, queries: Sequence[Query]) -> Floats:
        """Common past partners, each by 1 / log of its partners (Adamic & Adar 2003)."""
        return self._by_neighbours(queries, 1 / np.log(np.maximum(self._degree, 2)))

    def resource_allocation(self, queries: Sequence[Query]) -> Floats:
        """Common past partners, each by 1 / its partners (Zhou, Lü & Zhang 2009)."""
        return self._by_neighbours(queries, 1 / np.maximum(self._degree, 1))

    def pagerank(self, queries: Sequence[Query]) -> Floats:
        """Personalised PageRank over organisations and alliances, restart 0.15."""
        return self._or_popular(self._walked(self._seeds(queries)))

    def pagerank_and_region(self, queries: Sequence[Query]) -> Floats:
        """The logarithm of PageRank, and a little for the same région.

        A newcomer has the same région, then popularity.
        """
        walked = lift(self._walked(self._seeds(queries)), self._count)
        score = walked + _SAME_REGION * self.same_region(queries)
        cold = [query.asker.row is None for query in queries]
        score[cold] = self.region_then_popular(queries)[cold]
        return score

    def _by_neighbours(self, queries: Sequence[Query], weight: Floats) -> Floats:
        first = self._of_askers(self._tied, queries) * weight
        return self._or_popular((first @ self._tied).toarray())

    def _of_askers(self, matrix: sparse.csr_array, queries: Sequence[Query]) -> sparse.csr_array:
        """The row of each asker, empty for a newcomer."""
        rows = np.array([-1 if q.asker.row is None else q.asker.row for q in queries])
        return sparse.csr_array(matrix[rows] * (rows >= 0)[:, None])

    def _seeds(self, queries: Sequence[Query]) -> Floats:
        seeds = np.zeros((self._count, len(queries)))
        for column, query in enumerate(queries):
            if query.asker.row is not None:
                seeds[query.asker.row, column] = 1
        return seeds

    def _walked(self, seeds: Floats) -> Floats:
        return self._walk.pagerank(seeds, _RESTART, _ROUNDS).T

    def _or_popular(self, scores: Floats) -> Floats:
        silent = scores.max(axis=1) <= 0
        return np.where(silent[:, None], self._popularity, scores)

    # What is stated --------------------------------------------------------------------------

    def _stated(self, query: Query) -> Floats:
        """The share that each has of the participations on the stated themes, at the site."""
        found = np.zeros(self._count)
        sites = np.array([] if query.site is None else [query.site], dtype=np.int64)
        for active, columns in zip(self._active, (query.themes, sites), strict=True):
            for column in columns.tolist():
                took = active[:, [column]].toarray().ravel()
                found += took / max(took.sum(), 1.0)
        return found

    def _within(self, other: Scorer) -> Scorer:
        """The share in what is stated, times another baseline."""

        def scored(queries: Sequence[Query]) -> Floats:
            stated = np.stack([self._stated(query) for query in queries])
            rest = other(queries)
            best = np.maximum(rest.max(axis=1, keepdims=True), 1e-12)
            # The little that is added keeps those apart of whom the other says nothing.
            mixed = stated * (1e-3 + rest / best)
            return np.where(stated.max(axis=1, keepdims=True) > 0, mixed, rest)

        return scored

    def pagerank_stated(self, queries: Sequence[Query]) -> Floats:
        """PageRank, half from the asker, half from those active in what is stated."""
        seeds = np.stack([self._stated(query) for query in queries], axis=1)
        seeds /= np.maximum(seeds.sum(axis=0), 1e-12)
        own = self._seeds(queries)
        both = np.where(own.sum(axis=0) > 0, (seeds + own) / 2, seeds)
        return self._or_popular(self._walked(both))


_FILTERED = ("popularité", "même région, puis popularité", "Adamic–Adar", "PageRank")
