"""What organisations worked on together: the goals and calls of their alliances."""

from collections.abc import Sequence

import numpy as np
from scipy import sparse

from graph.columns import Floats, Ints
from queries.matching.circles import Circles
from queries.matching.groups import EVERYONE, FEW
from queries.matching.walk import lift
from queries.matching.words import unit

_LIKE = 0.1  # texts less alike than this tell nothing of each other's themes
_GUESSED = 0.3  # what the themes of organisations of a like text weigh, the asker's own being 1
_HABIT = 0.3  # what the asker's own past weighs where it states the themes of its project


class Themes:
    """The themes of each organisation, by recency.

    Attributes:
        nodes: the columns of the history that some circle has, ascending; shape (t,).
        own: what each organisation did on each theme, by recency; organisations × themes.
        active: the rows of those that did something on some theme, ascending.
        rarity: log(circles / circles on the theme); shape (t,).
        profile: √(own × rarity), rows of length 1; organisations × themes.
    """

    def __init__(self, circles: Circles, past: int) -> None:
        self._past = past
        self.nodes = np.unique(circles.themes.indices)
        themes = sparse.csr_array(circles.themes[:, self.nodes])
        self.own = sparse.csr_array((circles.member * circles.recency) @ themes)
        self.active = np.flatnonzero(np.diff(self.own.indptr))
        self._active = self.own[self.active]
        together = circles.recency * np.sqrt(np.maximum(circles.size - 1, 0))
        taken = sparse.csr_array((circles.member * together) @ themes)
        total = np.asarray(taken.sum(axis=0)).ravel()
        self._share = sparse.csr_array(taken * (1 / (total + FEW)))
        counts = np.asarray(themes.sum(axis=0)).ravel()
        self.rarity = np.log(max(len(circles.size), 2) / np.maximum(counts, 1)).clip(min=0)
        profile = sparse.csr_array(self.own * self.rarity)
        profile.data = np.sqrt(profile.data)
        self.profile = unit(profile)

    def columns(self, nodes: Ints) -> Ints:
        """The themes among these that some circle has, as rows of `nodes`."""
        return np.flatnonzero(np.isin(self.nodes, nodes))

    def wanted(self, rows: Ints, near: sparse.csr_array, stated: Sequence[Ints]) -> Floats:
        """What each asker works on: its past, that of organisations of a like text, what it states.

        `rows`: of the askers, -1 for who has none; `near`: how alike the texts of those of
        `active` are, (askers, active); `stated`: theme nodes of each. Rows sum to 1, or to 0
        where nothing is known; shape (askers, t).
        """
        known = np.flatnonzero(rows >= 0)
        found: Floats = np.zeros((len(rows), len(self.nodes)))
        found[known] = self.own[rows[known]].toarray()
        found = _shares(found)
        alike = near.copy()
        alike.data = np.where(near.data > _LIKE, near.data, 0) ** 2
        found += _GUESSED * _shares((alike @ self._active).toarray())
        different = {nodes.tobytes(): nodes for nodes in stated}
        columns = {mark: self.columns(nodes) for mark, nodes in different.items()}
        for asker, nodes in enumerate(stated):
            told = columns[nodes.tobytes()]
            if len(told):
                found[asker] *= _HABIT / max(found[asker].sum(), 1e-9)
                found[asker, told] += 1 / len(told)
        return _shares(found)

    def taken(self, wanted: Floats, kept: Ints | slice = EVERYONE) -> Floats:
        """Each one's share of what was done on these themes, log scale; (askers, organisations).

        `kept`: the rows of the organisations that are wanted.
        """
        share = self._share[kept] if isinstance(kept, np.ndarray) else self._share
        return lift((share @ wanted.T).T, self._past)

    def alike(self, wanted: Floats, kept: Ints | slice = EVERYONE) -> Floats:
        """The cosine between profiles of themes; shape (askers, organisations)."""
        asked = np.sqrt(wanted * self.rarity)
        asked /= np.maximum(np.linalg.norm(asked, axis=1, keepdims=True), 1e-9)
        profile = self.profile[kept] if isinstance(kept, np.ndarray) else self.profile
        return np.asarray((profile @ asked.T).T, dtype=np.float32)


def _shares(rows: Floats) -> Floats:
    return np.asarray(rows / np.maximum(rows.sum(axis=1, keepdims=True), 1e-9))
