"""What is hidden, who asks, and which answers are right."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
from scipy import sparse

from graph.columns import Floats, Ints, Mask
from graph.view import View
from queries.matching.features import Asker
from queries.matching.history import (
    Alliances,
    History,
    Organisations,
    Participations,
    history,
    organisations_of,
)
from queries.matching.words import Vocabulary

PER_ALLIANCE = 10  # askers, known and new each, so that large alliances do not weigh by the square
PER_STRATUM = 2_000
_SEED = 2018


class Stratum(StrEnum):
    """What kind of partner is looked for, by whom."""

    NEW = "new"
    """A known organisation, and partners that it never worked with: past ones are not ranked."""
    NEWCOMER = "newcomer"
    """An organisation without any alliance before the split."""
    REPEAT = "repeat"
    """A known organisation, and partners that it worked with before."""


@dataclass(frozen=True, slots=True)
class Split:
    """Alliances that begin in [day, end) are hidden; years (2017.25)."""

    day: float
    end: float


@dataclass(frozen=True, eq=False)
class Query:
    """Who joins this organisation in a hidden alliance?

    Attributes:
        alliance: the number of the hidden one among all, for the intervals.
        organisation: the number of who asks: that of its row, or a higher one of a newcomer.
        asker: what is known of who asks; without what the project states (form A).
        relevant, excluded: rows of the known organisations: the right answers, and those that are
            never ranked: itself, right answers of another stratum, past partners in `NEW`.
        themes, site: what the project states (form B).
    """

    alliance: int
    organisation: int
    stratum: Stratum
    asker: Asker
    relevant: Ints
    excluded: Ints
    themes: Ints
    site: int | None

    @property
    def stated(self) -> Asker:
        """Who asks, with what the project states."""
        return replace(self.asker, themes=self.themes, site=self.site)

    @property
    def states(self) -> bool:
        """Whether the project states anything."""
        return self.site is not None or len(self.themes) > 0


@dataclass(frozen=True, eq=False)
class Trial:
    """All that may be read at a split, and what is asked.

    Attributes:
        history: of the organisations that had an alliance before the split, which are those that
            are eligible as answers.
            queries: by stratum.
        alliances: how many are hidden.
        truths, unseen: pairs (asker, member), and those of them whose member was in no alliance
            before the split: nobody can rank it.
    """

    split: Split
    history: History
    queries: Mapping[Stratum, Sequence[Query]]
    alliances: int
    truths: int
    unseen: int

    def __len__(self) -> int:
        return len(self.history.organisations)


def trial(
    view: View,
    alliances: Alliances,
    participations: Participations,
    split: Split,
    per_stratum: int = PER_STRATUM,
) -> Trial:
    """The trial of a split.

    Args:
        view: organisations as they were known on the day; see `freezing`.
        alliances: all of them.
        participations: all, with rows of all the organisations of the view.
        split: where to cut.
        per_stratum: at most so many queries, drawn by lot.
    """
    begin = beginnings(alliances, participations)
    members = _organisations(view, participations, begin, split)
    known = members.known
    past = history(
        _rows(members.described, np.flatnonzero(known)),
        alliances,
        _of(participations, members.rank, known),
        split.day,
    )
    asked = _Asking(past, alliances, members, np.random.default_rng(_SEED))
    hidden = hidden_members(participations, begin, split, members.rank)
    for alliance, found in hidden.items():
        asked.ask(alliance, found)
    return Trial(
        split,
        past,
        asked.drawn(per_stratum),
        len(hidden),
        asked.truths,
        asked.unseen,
    )


def beginnings(alliances: Alliances, participations: Participations) -> Floats:
    """When each participation is known to begin: its own day, that of its alliance, or NaN."""
    own = alliances.began[participations.alliance]
    return np.where(np.isnan(participations.since), own, participations.since)


# The organisations ---------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class _Members:
    """The organisations of the file: the known ones first.

    Attributes:
        described: their attributes, in that order.
        known: whether it had an alliance before the split; shape (n,).
        rank: of each organisation of the view its row here, or -1.
    """

    described: Organisations
    known: Mask
    rank: Ints


def _organisations(
    view: View, participations: Participations, begin: Floats, split: Split
) -> _Members:
    """Those with an alliance before the split, then those that only begin in the window."""
    past = np.unique(participations.organisation[~(begin >= split.day)])
    window = np.unique(participations.organisation[(begin >= split.day) & (begin < split.end)])
    rows = np.concatenate([past, np.setdiff1d(window, past)])
    everyone = organisations_of(view)
    names = [view.names[ordinal] for ordinal in everyone.ordinals[rows].tolist()]
    # The rarity of words is that among those that were known.
    words = Vocabulary.of(names[: len(past)]).rows(names)
    rank = np.full(len(everyone), -1)
    rank[rows] = np.arange(len(rows))
    described = replace(_rows(everyone, rows), words=words)
    return _Members(described, np.arange(len(rows)) < len(past), rank)


def _rows(organisations: Organisations, rows: Ints) -> Organisations:
    return Organisations(
        ordinals=organisations.ordinals[rows],
        world=organisations.world[rows],
        places=organisations.places[:, rows],
        centre=organisations.centre[rows],
        words=organisations.words[rows],
    )


def _of(participations: Participations, rank: Ints, known: Mask) -> Participations:
    """The participations of those that are known, with their rows."""
    row = rank[participations.organisation]
    kept = (row >= 0) & known[row]
    return Participations(
        organisation=row[kept],
        alliance=participations.alliance[kept],
        since=participations.since[kept],
        until=participations.until[kept],
        led=participations.led[kept],
    )


def hidden_members(
    participations: Participations, begin: Floats, split: Split, rank: Ints
) -> Mapping[int, Ints]:
    """The members (rows) of each alliance of two or more that begins in the window.

    An alliance begins with its first member.
    """
    first = np.full(int(participations.alliance.max(initial=-1)) + 1, np.inf)
    np.minimum.at(first, participations.alliance, np.where(np.isnan(begin), -np.inf, begin))
    start = first[participations.alliance]
    inside = (start >= split.day) & (start < split.end) & (begin < split.end)
    pairs = np.unique(
        np.stack([participations.alliance[inside], rank[participations.organisation[inside]]]),
        axis=1,
    )
    alliances, starts = np.unique(pairs[0], return_index=True)
    groups = np.split(pairs[1], starts[1:])
    return {int(a): g for a, g in zip(alliances, groups, strict=True) if len(g) > 1}


# The questions -------------------------------------------------------------------------------


class _Asking:
    """The queries, alliance after alliance, with one generator of lots."""

    def __init__(
        self, past: History, alliances: Alliances, members: _Members, lots: np.random.Generator
    ) -> None:
        self._alliances = alliances
        self._members = members
        self._lots = lots
        self._count = len(past.organisations)
        self._met = sparse.csr_array(past.member @ past.member.T)
        self._queries: dict[Stratum, list[Query]] = {stratum: [] for stratum in Stratum}
        self._asked = -1
        self.truths = 0
        self.unseen = 0

    def ask(self, alliance: int, members: Ints) -> None:
        """Let members of a hidden alliance ask for the others."""
        self._asked += 1
        known = members < self._count
        askers = [_draw(members[part], PER_ALLIANCE, self._lots) for part in (~known, known)]
        for asker in np.concatenate(askers).tolist():
            others = members[members != asker]
            warm = others[others < self._count]
            self.truths += len(others)
            self.unseen += len(others) - len(warm)
            if len(warm):
                self._ask(alliance, asker, warm)

    def _ask(self, alliance: int, asker: int, warm: Ints) -> None:
        itself = np.array([asker])
        if asker >= self._count:
            self._add(Stratum.NEWCOMER, alliance, asker, warm, itself[:0])
            return
        met = self._met.indices[self._met.indptr[asker] : self._met.indptr[asker + 1]]
        again, new = np.intersect1d(warm, met), np.setdiff1d(warm, met)
        if len(again):
            self._add(Stratum.REPEAT, alliance, asker, again, np.union1d(itself, new))
        if len(new):
            self._add(Stratum.NEW, alliance, asker, new, np.union1d(itself, met))

    def _add(
        self, stratum: Stratum, alliance: int, row: int, relevant: Ints, excluded: Ints
    ) -> None:
        described = self._members.described
        asker = Asker(
            row=row if row < self._count else None,
            world=int(described.world[row]),
            places=described.places[:, row],
            centre=described.centre[row],
            words=described.words[[row]],
            themes=np.array([], dtype=np.int64),
            site=None,
        )
        themes, sites = (
            _row(self._alliances.themes, alliance),
            _row(self._alliances.sites, alliance),
        )
        site = int(sites[0]) if len(sites) else None
        query = Query(self._asked, row, stratum, asker, relevant, excluded, themes, site)
        self._queries[stratum].append(query)

    def drawn(self, most: int) -> Mapping[Stratum, Sequence[Query]]:
        """At most so many queries of each stratum, drawn by lot."""
        found = {}
        for stratum, queries in self._queries.items():
            kept = _draw(np.arange(len(queries)), most, self._lots)
            found[stratum] = tuple(queries[k] for k in kept.tolist())
        return found


def _row(matrix: sparse.csr_array, row: int) -> Ints:
    return np.sort(matrix.indices[matrix.indptr[row] : matrix.indptr[row + 1]])


def _draw(rows: Ints, most: int, lots: np.random.Generator) -> Ints:
    return rows if len(rows) <= most else np.sort(lots.choice(rows, most, replace=False))
