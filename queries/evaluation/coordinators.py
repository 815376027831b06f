"""Would the real coordinator of an alliance have been found among the brokers between its worlds?

Alliances that begin after a day are hidden. The worlds of the members of each are asked of
`queries.bridges.ranked`, over the contacts of before that day, and the rank of the organisation
that came to coordinate it is looked up; and so for the measures that brokers are usually ranked by.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

import numpy as np
from scipy import stats

from graph.columns import Floats, Ints, Mask
from graph.model import ORGANISATION, Level
from graph.view import View
from queries.bridges import ranked
from queries.evaluation.centrality import betweenness, constraints, open_pairs
from queries.evaluation.intervals import Bootstrap, Estimate
from queries.evaluation.protocol import Split, beginnings, hidden_members
from queries.matching.history import Alliances, Participations
from queries.matching.seats import LEVELS, places_of
from queries.meetings import Meetings, meetings

_ALIKE = 0.1  # how far the contacts of an organisation as large may be from as many


class Measure(StrEnum):
    """What candidates are ranked by."""

    ALLIAGE = "alliage"
    """The order of the answers: `queries.bridges.ranked`."""
    DEGREE = "degree"
    """The number of contacts."""
    BETWEENNESS = "betweenness"
    """Freeman (1977)."""
    CONSTRAINT = "constraint"
    """Burt (1992), the least first, over weighed contacts."""
    OPEN_PAIRS = "open_pairs"
    """Gould and Fernandez (1989): the number of open pairs between the worlds."""
    CREDIT = "credit"
    """The same with partial credit, weight and conveners: what `ranked` has before it divides."""


class Among(StrEnum):
    """Who is ranked."""

    KNOWN = "known"
    """All organisations with an alliance before the day."""
    NEAR = "near"
    """Those of them with a seat in a région of a member; in its country where that is unknown."""
    AS_LARGE = "as_large"
    """Those of them with as many contacts as the coordinator, a tenth more or less."""
    MEMBERS = "members"
    """The members of the hidden alliance that were known, where there are two or more."""


@dataclass(frozen=True, eq=False)
class Hidden:
    """An alliance whose coordinator is looked for.

    Attributes:
        members, coordinator: rows of organisations.
        worlds: of the members, as indices into `World`, ascending.
    """

    members: Ints
    coordinator: int
    worlds: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Gatherings:
    """The alliances that begin in a window, and what was known before.

    Attributes:
        view: organisations as they were known on the day.
        asked: those whose coordinator is looked for.
        alliances: how many begin in the window, of two members or more.
        one_world: how many of them have members of less than two known worlds.
        not_one: how many of the others do not have one coordinator.
        unseen: how many of the others have one that was in no alliance before: nobody can rank it.
        known: whether each organisation had an alliance before; shape (n,).
    """

    view: View
    split: Split
    asked: Sequence[Hidden]
    alliances: int
    one_world: int
    not_one: int
    unseen: int
    known: Mask


def gatherings(
    view: View, alliances: Alliances, participations: Participations, split: Split
) -> Gatherings:
    """The alliances of a window; for the arguments see `queries.evaluation.protocol.trial`."""
    begin, ordinals = beginnings(alliances, participations), view.of_kind(ORGANISATION)
    known = np.zeros(len(ordinals), dtype=np.bool_)
    known[participations.organisation[~(begin >= split.day)]] = True
    hidden = hidden_members(participations, begin, split, np.arange(len(ordinals)))
    leading = participations.led & (begin < split.end)
    led = zip(participations.alliance[leading], participations.organisation[leading], strict=True)
    leaders: dict[int, set[int]] = {alliance: set() for alliance in hidden}
    for alliance, organisation in led:
        leaders.get(int(alliance), set()).add(int(organisation))
    asked, one_world, not_one, unseen = [], 0, 0, 0
    for alliance, members in hidden.items():
        worlds = np.unique(view.world[ordinals[members]])
        worlds = worlds[worlds >= 0]
        if len(worlds) < 2:
            one_world += 1
        elif len(leaders[alliance]) != 1:
            not_one += 1
        elif not known[(coordinator := min(leaders[alliance]))]:
            unseen += 1
        else:
            asked.append(Hidden(members, coordinator, tuple(worlds.tolist())))
    return Gatherings(view, split, asked, len(hidden), one_world, not_one, unseen, known)


@dataclass(frozen=True)
class Finding:
    """How well each measure ranks the coordinators among some candidates.

    Attributes:
        queries: alliances that were asked for.
        candidates: the mean number of candidates.
        reciprocal: the mean reciprocal rank, with its interval over alliances.
        ratio: of Alliage to each other measure, paired.
    """

    among: Among
    queries: int
    candidates: float
    reciprocal: Mapping[Measure, Estimate]
    ratio: Mapping[Measure, Estimate]


@dataclass(frozen=True)
class Verdict:
    """What came out for one set.

    Attributes:
        gathered: what was hidden.
        findings: by who is ranked; those that could not be asked are missing.
        size: Spearman's rank correlation of each measure with the number of contacts, over the
            brokers between the worlds asked most often.
    """

    gathered: Gatherings
    findings: Sequence[Finding]
    size: Mapping[Measure, float]


def evaluate(gathered: Gatherings) -> Verdict:
    """Rank the coordinators by each measure, among each set of candidates."""
    field = _Field(gathered)
    ranks: dict[Among, list[list[float]]] = {among: [] for among in Among}
    sizes: dict[Among, list[int]] = {among: [] for among in Among}
    for hidden in gathered.asked:
        scores = field.scores(hidden.worlds)
        for among in Among:
            candidates = field.candidates(hidden, among)
            if len(candidates) > 1 or among is not Among.MEMBERS:
                at = np.flatnonzero(candidates == hidden.coordinator)[0]
                ranks[among].append([reciprocal_rank(s[candidates], at) for s in scores.values()])
                sizes[among].append(len(candidates))
    findings = [_finding(a, np.array(ranks[a]), sizes[a]) for a in Among if ranks[a]]
    return Verdict(gathered, findings, field.size())


def reciprocal_rank(scores: Floats, at: int) -> float:
    """The reciprocal rank of one of some scores, the highest first.

    Equals are in any order, each as likely: the mean of what each would give (McSherry and Najork
    2008).
    """
    above = int((scores > scores[at]).sum())
    equal = int((scores == scores[at]).sum())
    return float((1 / np.arange(above + 1, above + equal + 1)).mean())


def _finding(among: Among, ranks: Floats, sizes: Sequence[int]) -> Finding:
    sure = Bootstrap(np.arange(len(ranks)))
    columns = dict(zip(Measure, ranks.T, strict=True))
    own = columns[Measure.ALLIAGE]
    return Finding(
        among,
        len(ranks),
        float(np.mean(sizes)),
        {measure: sure.mean(column) for measure, column in columns.items()},
        {m: sure.ratio(own, c) for m, c in columns.items() if m is not Measure.ALLIAGE},
    )


class _Field:
    """The organisations of a window by row, with the scores of each question asked of them."""

    def __init__(self, gathered: Gatherings) -> None:
        self._gathered = gathered
        view = gathered.view
        self._ordinals = view.of_kind(ORGANISATION)
        self._graph: Meetings = meetings(view, None, day=gathered.split.day)
        self._row = np.searchsorted(self._ordinals, self._graph.nodes)
        self._known = np.flatnonzero(gathered.known)
        self._scores: dict[tuple[int, ...], Mapping[Measure, Floats]] = {}
        places = places_of(view, self._ordinals)
        region, nation = (places[LEVELS.index(level)] for level in (Level.REGION, Level.NATION))
        self._place = np.where(region >= 0, region, nation)

    def candidates(self, hidden: Hidden, among: Among) -> Ints:
        """The rows that are ranked, the coordinator among them."""
        known = self._known
        match among:
            case Among.NEAR:
                places = self._place[hidden.members]
                near = np.isin(self._place[known], places[places >= 0])
                return np.asarray(known[near | (known == hidden.coordinator)])
            case Among.AS_LARGE:
                contacts = self._whole[Measure.DEGREE][known]
                same = self._whole[Measure.DEGREE][hidden.coordinator]
                return np.asarray(known[np.abs(contacts - same) <= _ALIKE * same])
            case Among.MEMBERS:
                return np.intersect1d(hidden.members, known)
            case _:
                return known

    def scores(self, worlds: tuple[int, ...]) -> Mapping[Measure, Floats]:
        """For each measure the score of each row, -inf for those that it cannot place."""
        if worlds not in self._scores:
            graph = self._graph
            group = self._gathered.view.world[graph.nodes]
            ranking = ranked(graph.introductions, group, worlds)
            credit = ranking.share * np.maximum(ranking.possible, 1)
            pairs = open_pairs(graph.contacts.strength, group, np.array(worlds))
            self._scores[worlds] = {
                Measure.ALLIAGE: self._by_row(ranking.score),
                **self._whole,
                Measure.OPEN_PAIRS: self._by_row(pairs),
                Measure.CREDIT: self._by_row(credit),
            }
        return self._scores[worlds]

    @cached_property
    def _whole(self) -> Mapping[Measure, Floats]:
        """The measures that no world enters."""
        strength = self._graph.contacts.strength
        degree = np.diff(strength.indptr).astype(np.float64)
        return {
            Measure.DEGREE: np.maximum(self._by_row(degree), 0.0),
            Measure.BETWEENNESS: self._by_row(betweenness(strength)),
            Measure.CONSTRAINT: self._by_row(-constraints(strength)),
        }

    def _by_row(self, values: Floats) -> Floats:
        found = np.full(len(self._ordinals), -np.inf)
        found[self._row] = values
        return found

    def size(self) -> Mapping[Measure, float]:
        """How each measure goes with the number of contacts; see `Verdict`."""
        asked = [hidden.worlds for hidden in self._gathered.asked]
        scores = self.scores(max(sorted(set(asked)), key=asked.count))
        broker = np.isfinite(scores[Measure.ALLIAGE])
        degree = scores[Measure.DEGREE][broker]
        return {m: _spearman(values[broker], degree) for m, values in scores.items()}


def _spearman(one: Floats, other: Floats) -> float:
    """The rank correlation, NaN where one of the two does not vary."""
    if not np.ptp(one) or not np.ptp(other):
        return float("nan")
    return float(stats.spearmanr(one, other).statistic)
