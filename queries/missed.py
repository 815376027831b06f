"""Which projects and which funders fit here, and never met?"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import numpy as np

from graph.columns import Ints, Mask
from graph.errors import RequestError
from graph.model import KINDS, Kind
from graph.view import View, latest_of_view
from queries.answers import Named
from queries.condition_reasons import Sides, explained
from queries.conditions import Condition, ConditionKind, Judged, Judgements, State
from queries.eligibility import catalysts_of
from queries.funders import Funder, funders, openers
from queries.places import Place, resolve_place
from queries.presence import presence
from queries.seekers import Seekers, carriers, described, seekers_at
from queries.terrain import Terrain, terrain
from queries.things import named
from queries.verdicts import Verdict, blocked_by, judgements, promising, verdicts
from queries.wider import Wider, widened

_MOST = 500


@dataclass(frozen=True, slots=True)
class Request:
    """The question as a person put it; `day` is that on which calls must be open."""

    at: str | None
    day: date
    limit: int = 10


@dataclass(frozen=True, slots=True)
class Question:
    """The question as it was understood."""

    place: Place
    day: str
    limit: int


class Fit(StrEnum):
    """How well a pair fits."""

    FITS = "fits"
    """Every condition is known and satisfied."""
    TO_CHECK = "to_check"
    """None is refused, some are not known."""
    NEAR = "near_miss"
    """One is refused, and that one only."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A project and a funder or call that have not met, as far as is known.

    Attributes:
        carriers: who carries the project.
        openers: who opened the call.
        satisfied: how many conditions are known to be satisfied.
        blocked_by: the one that is refused, of a near miss.
    """

    fit: Fit
    seeker: Named
    seeker_kind: Kind
    carriers: tuple[Named, ...]
    funder: Named
    funder_kind: Kind
    openers: tuple[Named, ...]
    satisfied: int
    blocked_by: ConditionKind | None
    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Counts:
    """What was looked at, and what was found.

    Attributes:
        seekers, calls, funders: those considered; funders without the calls.
        met: pairs that have met, or are one and the same.
        faint: pairs that have not, and of which too little is known or fits to speak of them.
        fits, to_check, near_misses: pairs, before the limit.
        blocked_by: near misses by the condition that blocks.
        seekers_ended, funders_ended: left out, because they are no more.
    """

    seekers: int
    calls: int
    funders: int
    met: int
    faint: int
    fits: int
    to_check: int
    near_misses: int
    blocked_by: dict[ConditionKind, int]
    seekers_ended: int
    funders_ended: int


@dataclass(frozen=True, slots=True)
class Missed:
    """The answer.

    Attributes:
        fits, to_check, near_misses: each at most `limit` pairs, those with the most satisfied
            conditions first.
        wider: where nothing fits, territories around that have more pairs to offer.
        catalysts: where nothing fits, the territorial catalysts of the place.
    """

    question: Question
    fits: tuple[Pair, ...]
    to_check: tuple[Pair, ...]
    near_misses: tuple[Pair, ...]
    counts: Counts
    wider: tuple[Wider, ...]
    catalysts: tuple[Named, ...]


@dataclass(frozen=True)
class _Candidate:
    """A pair by the positions of its two sides, with what it is ordered by."""

    satisfied: int
    rarity: float
    distance: float
    seeker: int
    funder: int
    states: dict[ConditionKind, Judged]

    @classmethod
    def of(cls, judged: Judgements, seeker: int, funder: int) -> "_Candidate":
        states = {kind: Judged(int(states[seeker])) for kind, states in judged.states.items()}
        satisfied = sum(state is Judged.SATISFIED for state in states.values())
        rarity, distance = float(judged.rarity[seeker]), float(judged.distance[seeker])
        return cls(satisfied, rarity, distance, seeker, funder, states)

    @property
    def sides(self) -> tuple[tuple[str, int], tuple[str, int]]:
        """Its two sides, told apart."""
        return ("seeker", self.seeker), ("funder", self.funder)

    @property
    def order(self) -> tuple[int, bool, float, float, int, int]:
        """The most satisfied conditions, a known place, the rarest goal, the nearest, the ids."""
        elsewhere = self.states[ConditionKind.PERIMETER] is not Judged.SATISFIED
        return (
            -self.satisfied,
            elsewhere,
            -self.rarity,
            self.distance,
            self.seeker,
            self.funder,
        )


@dataclass(frozen=True)
class _Sifted:
    """The best pairs of each kind, and the number of all."""

    candidates: dict[Fit, list[_Candidate]]
    counts: Counter[Fit]
    blocked_by: Counter[ConditionKind]
    others: Counter[str]  # « met », « faint »


@latest_of_view(64)
def missed(view: View, request: Request) -> Missed:
    """The pairs of a project and a funder that fit in a place and never met, and the near misses.

    Of a pair, the place is known to fit, or two other conditions are. No funder and no project
    takes more than its share of a page: among pairs with as many satisfied conditions, those of a
    side that was shown less come first.

    Raises:
        RequestError: there is no place, or the limit is out of range.
        UnknownPlace, AmbiguousPlace: see their sentences.
    """
    if not request.at:
        raise RequestError("Dites où : donnez un territoire (--at).")
    if not 1 <= request.limit <= _MOST:
        raise RequestError(f"Le nombre de réponses doit être entre 1 et {_MOST}.")
    rank, place = resolve_place(view, request.at)
    ground = terrain(view)
    funding, funders_ended = funders(view)
    at, seekers_ended = seekers_at(view, ground, rank)
    seeking = described(view, ground, at)
    found = _sift(view, seeking, at, request.day, request.limit)
    lists = {fit: _page(found.candidates[fit], request.limit) for fit in Fit}
    pairs = {
        fit: tuple(_pair(view, ground, fit, seeking, funding, c, request.day) for c in chosen)
        for fit, chosen in lists.items()
    }
    counts = _counts(found, seeking, funding, seekers_ended, funders_ended)
    wider, catalysts = _advice(view, ground, rank, request.day, counts)
    question = Question(place, request.day.isoformat(), request.limit)
    return Missed(
        question,
        pairs[Fit.FITS],
        pairs[Fit.TO_CHECK],
        pairs[Fit.NEAR],
        counts,
        wider,
        catalysts,
    )


def _sift(view: View, seeking: Seekers, at: Ints, day: date, limit: int) -> _Sifted:
    """`at`: the places of those that seek among all of them."""
    found = verdicts(view, day, at)
    times = np.bincount(found.ravel(), minlength=len(ConditionKind) + Verdict.NEAR)
    fitting = {fit: _of_fit(found, fit) for fit in Fit}
    sifted = _Sifted(
        {fit: [] for fit in Fit},
        Counter({fit: int(mask.sum()) for fit, mask in fitting.items()}),
        Counter({kind: int(times[blocked_by(kind)]) for kind in ConditionKind}),
        Counter(met=int(times[Verdict.MET]), faint=int(times[Verdict.FAINT])),
    )
    for position in np.flatnonzero((found >= Verdict.FITS).any(axis=1)).tolist():
        judged = judgements(view, position, seeking, at, day)
        for fit, mask in fitting.items():
            best = _best(judged, np.flatnonzero(mask[position]), limit)
            each = (_Candidate.of(judged, seeker, position) for seeker in best)
            sifted.candidates[fit].extend(each)
    return sifted


def _of_fit(verdicts: Ints, fit: Fit) -> Mask:
    if fit is Fit.NEAR:
        return np.asarray(verdicts >= Verdict.NEAR)
    return np.asarray(verdicts == (Verdict.FITS if fit is Fit.FITS else Verdict.TO_CHECK))


def _best(judged: Judgements, chosen: Ints, limit: int) -> list[int]:
    """The first of some seekers of one funder, in the order of `_Candidate`."""
    if not len(chosen):
        return []
    elsewhere = judged.states[ConditionKind.PERIMETER] != Judged.SATISFIED
    keys = (
        chosen,
        judged.distance[chosen],
        -judged.rarity[chosen],
        elsewhere[chosen],
        -judged.count(Judged.SATISFIED)[chosen],
    )
    found: list[int] = chosen[np.lexsort(keys)][:limit].tolist()
    return found


def _page(candidates: Sequence[_Candidate], limit: int) -> list[_Candidate]:
    """The first of them, no side shown again while another is as good (greedy)."""
    waiting = sorted(candidates, key=lambda c: c.order)
    shown: Counter[tuple[str, int]] = Counter()
    page: list[_Candidate] = []
    while waiting and len(page) < limit:
        as_good = [each for each in waiting if each.satisfied == waiting[0].satisfied]
        chosen = min(as_good, key=lambda c: sum(shown[side] for side in c.sides))
        waiting.remove(chosen)
        shown.update(chosen.sides)
        page.append(chosen)
    return page


def _pair(
    view: View,
    ground: Terrain,
    fit: Fit,
    seeking: Seekers,
    funding: Sequence[Funder],
    candidate: _Candidate,
    day: date,
) -> Pair:
    seeker, funder = int(seeking.nodes[candidate.seeker]), funding[candidate.funder]
    sides = Sides(view, ground, funder, seeking, candidate.seeker)
    conditions = tuple(explained(sides, candidate.states, day))
    blocking = (each.kind for each in conditions if each.state is State.REFUSED)
    return Pair(
        fit,
        named(view, seeker),
        KINDS[view.kind[seeker]],
        tuple(named(view, node) for node in carriers(view, seeker)),
        named(view, funder.node),
        KINDS[view.kind[funder.node]],
        tuple(named(view, node) for node in openers(view, funder.node)),
        candidate.satisfied,
        next(blocking, None),
        conditions,
    )


def _counts(found: _Sifted, seeking: Seekers, funding: Sequence[Funder], *ended: int) -> Counts:
    calls = sum(funder.is_call for funder in funding)
    return Counts(
        len(seeking),
        calls,
        len(funding) - calls,
        found.others["met"],
        found.others["faint"],
        found.counts[Fit.FITS],
        found.counts[Fit.TO_CHECK],
        found.counts[Fit.NEAR],
        {kind: n for kind, n in found.blocked_by.items() if n},
        *ended,
    )


def _advice(
    view: View, ground: Terrain, rank: int, day: date, counts: Counts
) -> tuple[tuple[Wider, ...], tuple[Named, ...]]:
    """What to do where no pair fits: a wider territory, a catalyst to ask."""
    if counts.fits + counts.to_check:
        return (), ()

    def fitting(place: int) -> int:
        at, _ = seekers_at(view, ground, place)
        return int(promising(view, day)[at].sum())

    catalysts = catalysts_of(view, presence(view, rank))
    return widened(view, rank, fitting, known=0), tuple(named(view, node) for node in catalysts)
