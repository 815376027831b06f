"""Who could partner with whom here?"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from graph.columns import Floats, Ints, Mask
from graph.errors import RequestError
from graph.model import (
    ACTS_IN,
    AIMS_AT,
    MEMBER_OF,
    NEEDS,
    OFFERS,
    ORGANISATION,
    SEATED_IN,
    Means,
    Tie,
    World,
    means_lever,
)
from graph.view import View
from queries import terms
from queries.answers import Named, Reason, ReasonKind, evidence_of
from queries.network import proximity
from queries.path import period, shortest, step
from queries.places import Place, place_of, resolve_place
from queries.presence import Presence, place_reason, presence
from queries.things import named, resolve_thing, seat_name
from queries.weights import BANDS, OTHER_WORLD, SAME_WORLD_AGAIN, WEIGHTS, Feature

_MOST = 500
_POOL = 4  # how many times the asked number is looked at when worlds are mixed
_MEANS = tuple(Means)
_NO_REASON_TO_MEET = {ReasonKind.PLACE, ReasonKind.WORLD}


@dataclass(frozen=True, slots=True)
class Request:
    """The question as a person put it; see `understand`."""

    at: str | None = None
    goals: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    offers: tuple[str, ...] = ()
    organisation: str | None = None
    worlds: tuple[str, ...] = ()
    limit: int = 10


@dataclass(frozen=True, slots=True)
class Question:
    """The question as it was understood, with resolved ids."""

    place: Place
    goals: tuple[Named, ...]
    needs: tuple[Means, ...]
    offers: tuple[Means, ...]
    organisation: Named | None
    worlds: tuple[World, ...]
    limit: int


@dataclass(frozen=True, slots=True)
class Partner:
    """One who could be a partner, with the reasons.

    Attributes:
        score: in [0, 1]; the order is by a second key that is not clipped.
        place: the name of the territory of its seat, None when unknown.
    """

    id: str
    name: str
    world: World | None
    place: str | None
    band: str
    score: float
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Partners:
    """The answer: the partners, how many were considered, and why the others were left out."""

    question: Question
    answers: tuple[Partner, ...]
    considered: int
    left_out: dict[str, int]


@dataclass(frozen=True)
class _Search:
    """A question in ordinals and masks, and what was computed for it over all nodes."""

    question: Question
    me: int | None
    needs: int
    offers: int
    goals: int
    here: Presence
    goals_of: Ints
    network: Floats


def partners(view: View, request: Request) -> Partners:
    """Organisations that could work together with a project or an actor, at a place.

    Eligible is who is here by its seat, its perimeter of action or an alliance, or whose place is
    not known. The score is the weighted mean of the features that apply to the request
    (`queries.weights`); an actor of another world counts ×1.10. The page mixes worlds.

    Raises:
        RequestError: the request contradicts itself or lacks a place.
        UnknownPlace, AmbiguousPlace, UnknownTerm, UnknownId, AmbiguousName: see their sentences.
    """
    search = _search(view, request)
    eligible, left_out = _eligible(view, search)
    features = _features(view, search, eligible)
    raw = _scores(view, search, eligible, features)
    order = np.lexsort((eligible, -raw))
    chosen = _mix_worlds(view, eligible[order], raw[order], search.question.limit)
    answers = tuple(_partner(view, search, node, score) for node, score in chosen)
    return Partners(search.question, answers, len(eligible), left_out)


# Understanding -------------------------------------------------------------------------------


def _search(view: View, request: Request) -> _Search:
    me = None
    if request.organisation:
        me = resolve_thing(view, request.organisation, [ORGANISATION])
    if not 1 <= request.limit <= _MOST:
        raise RequestError(f"Le nombre de réponses doit être entre 1 et {_MOST}.")
    rank, place = _place(view, request, me)
    goals = sorted({terms.goal(text) for text in request.goals})
    needs = {terms.means(text) for text in request.needs}
    offers = {terms.means(text) for text in request.offers}
    if me is not None:
        # What is known of the actor completes what the person did not say.
        needs = needs or _means_in(int(view.needs[me]))
        offers = offers or _means_in(int(view.offers[me]))
        goals = goals or _goals_in(int(_all_goals(view)[me]))
    question = Question(
        place,
        tuple(_goal(view, number) for number in goals),
        tuple(m for m in _MEANS if m in needs),
        tuple(m for m in _MEANS if m in offers),
        named(view, me) if me is not None else None,
        tuple(dict.fromkeys(terms.world(text) for text in request.worlds)),
        request.limit,
    )
    return _Search(
        question,
        me,
        _bits(question.needs),
        _bits(question.offers),
        sum(1 << (number - 1) for number in goals),
        presence(view, rank),
        _all_goals(view),
        proximity(view, np.array([me])) if me is not None else np.zeros(len(view)),
    )


def _place(view: View, request: Request, me: int | None) -> tuple[int, Place]:
    if request.at:
        return resolve_place(view, request.at)
    if me is None:
        raise RequestError("Dites où : donnez un territoire (--at), ou une organisation (--for).")
    for tie in (ACTS_IN, SEATED_IN):
        territories = view.ties[tie].ends_of(me)
        if len(territories):
            rank = view.territories.rank(int(territories[0]))
            return rank, place_of(view, rank)
    raise RequestError(
        f"Nous ne savons pas où agit « {view.names[me]} » : ajoutez un territoire (--at)."
    )


def _bits(means: Sequence[Means]) -> int:
    return sum(1 << _MEANS.index(m) for m in means)


def _means_in(bits: int) -> set[Means]:
    return {m for index, m in enumerate(_MEANS) if bits >> index & 1}


def _goals_in(bits: int) -> list[int]:
    return [number for number in range(1, 18) if bits >> (number - 1) & 1]


def _goal(view: View, number: int) -> Named:
    ordinal = view.ordinal(f"goal:{number}")
    return named(view, ordinal) if ordinal is not None else Named(f"goal:{number}", f"ODD {number}")


def _all_goals(view: View) -> Ints:
    """The goals of each node, with those of the alliances that it takes part in."""
    members = view.ties[MEMBER_OF]
    goals = np.array(view.goals)
    np.bitwise_or.at(goals, members.start, view.goals[members.end])
    return goals


# Choosing ------------------------------------------------------------------------------------


def _eligible(view: View, search: _Search) -> tuple[Ints, dict[str, int]]:
    """The ordinals of those who could answer, and how many others for each reason."""
    organisations = view.of_kind(ORGANISATION)
    rules: list[tuple[str, Mask]] = [
        ("elsewhere", search.here.nearness[organisations] > 0),
        ("ended", ~view.ended[organisations]),
    ]
    if search.question.worlds:
        wanted = [tuple(World).index(w) for w in search.question.worlds]
        rules.append(("other_world", np.isin(view.world[organisations], wanted)))
    if search.me is not None:
        rules.append(("itself", organisations != search.me))
        together = _together_now(view, search.me)
        rules.append(("already_together", ~np.isin(organisations, together)))
    keep = np.ones(len(organisations), dtype=np.bool_)
    left_out: Counter[str] = Counter()
    for reason, passes in rules:
        left_out[reason] += int((keep & ~passes).sum())
        keep &= passes
    return organisations[keep], {reason: n for reason, n in left_out.items() if n}


def _together_now(view: View, me: int) -> list[int]:
    """Who is in a running alliance with `me` already."""
    members = view.ties[MEMBER_OF]
    running = [
        int(members.end[p])
        for p in members.by_start[me]
        if not members.until[p] and not view.ended[members.end[p]]
    ]
    return [
        int(members.start[p])
        for alliance in running
        for p in members.by_end[alliance]
        if not members.until[p]
    ]


# Scoring -------------------------------------------------------------------------------------


def _features(view: View, search: _Search, eligible: Ints) -> dict[Feature, Floats]:
    """Each feature that applies to the request, in [0, 1]; shape (eligible,)."""
    found = {Feature.PLACE: search.here.nearness[eligible]}
    if search.needs:
        given = _popcount(view.offers[eligible] & search.needs)
        found[Feature.GIVEN] = given / search.needs.bit_count()
    if search.offers:
        wanted = _popcount(view.needs[eligible])
        met = _popcount(view.needs[eligible] & search.offers)
        found[Feature.RECEIVED] = met / np.maximum(wanted, 1)
    if search.goals:
        found[Feature.GOAL] = _goal_feature(view, search, eligible)
    if search.me is not None:
        found[Feature.NETWORK] = search.network[eligible]
    found[Feature.EXPERIENCE] = _experienced(view, search)[eligible].astype(np.float64)
    return found


def _popcount(bits: Ints) -> Ints:
    return np.asarray(np.bitwise_count(bits), dtype=np.int64)


def _goal_feature(view: View, search: _Search, eligible: Ints) -> Floats:
    """Shared goals among those asked, each weighted by log((1 + N) / (1 + n)).

    N organisations have a goal, n of them this one: the goal of all tells little.
    """
    organisations = view.of_kind(ORGANISATION)
    known = search.goals_of[organisations]
    total = int((known > 0).sum())
    shared = np.zeros(len(eligible))
    possible = 0.0
    for number in _goals_in(search.goals):
        bit = 1 << (number - 1)
        rarity = np.log((2 + total) / (1 + int(((known & bit) > 0).sum())))
        shared += rarity * ((search.goals_of[eligible] & bit) > 0)
        possible += rarity
    return shared / possible


def _experienced(view: View, search: _Search) -> Mask:
    """Who takes or took part in an alliance whose territory touches the place."""
    members = view.ties[MEMBER_OF]
    mask = np.zeros(len(view), dtype=np.bool_)
    mask[members.start[search.here.share[members.end] > 0.5]] = True
    return mask


def _scores(view: View, search: _Search, eligible: Ints, features: dict[Feature, Floats]) -> Floats:
    """The weighted mean of the features, raised for another world; not clipped."""
    total = sum(WEIGHTS[feature] for feature in features)
    scores = np.zeros(len(eligible))
    for feature, values in features.items():
        scores += WEIGHTS[feature] / total * values
    if search.me is not None and view.world[search.me] >= 0:
        world = view.world[eligible]
        other = (world >= 0) & (world != view.world[search.me])
        scores = np.where(other, scores * OTHER_WORLD, scores)
    return scores


def _mix_worlds(view: View, nodes: Ints, scores: Floats, limit: int) -> list[tuple[int, float]]:
    """The best, each further actor of a world already chosen costing a little (greedy, as MMR).

    After Carbonell & Goldstein 1998, maximal marginal relevance, with the world as similarity.
    """
    pool = [(int(n), float(s)) for n, s in zip(nodes, scores, strict=True)][: limit * _POOL]
    chosen: list[tuple[int, float]] = []
    shown: Counter[int] = Counter()
    while pool and len(chosen) < limit:
        best = max(
            range(len(pool)),
            key=lambda i: (pool[i][1] - SAME_WORLD_AGAIN * shown[int(view.world[pool[i][0]])], -i),
        )
        node, score = pool.pop(best)
        shown[int(view.world[node])] += 1
        chosen.append((node, score))
    return chosen


# Explaining ----------------------------------------------------------------------------------


def _partner(view: View, search: _Search, node: int, raw: float) -> Partner:
    reasons = tuple(_reasons(view, search, node))
    score = round(min(raw, 1.0), 4)
    return Partner(
        view.keys[node],
        view.names[node],
        view.world_of(node),
        seat_name(view, node),
        _band(score, reasons),
        score,
        reasons,
    )


def _band(score: float, reasons: Sequence[Reason]) -> str:
    kinds = len({r.kind for r in reasons if not r.to_check} - _NO_REASON_TO_MEET)
    return next(b.name for b in BANDS if score >= b.score and kinds >= b.kinds)


def _reasons(view: View, search: _Search, node: int) -> list[Reason]:
    question = search.question
    reasons = [
        *_means_reasons(view, node, OFFERS, question.needs, ReasonKind.GIVEN),
        *_means_reasons(view, node, NEEDS, question.offers, ReasonKind.RECEIVED),
        *_goal_reasons(view, search, node),
    ]
    if search.me is not None:
        reasons += _path_reasons(view, search.me, node)
    reasons += _experience_reasons(view, search, node)
    reasons.append(place_reason(view, search.here, node, question.place.name))
    world = view.world_of(node)
    if search.me is not None and world and world is not view.world_of(search.me):
        claims = [c for c in view.claims(node) if c.properties.get("world") == world.value]
        text = f"Vient d'un autre monde que vous : {world.fr}."
        reasons.append(Reason(ReasonKind.WORLD, text, evidence_of(claims)))
    return reasons


def _means_reasons(
    view: View, node: int, tie: Tie, asked: Sequence[Means], kind: ReasonKind
) -> list[Reason]:
    reasons = []
    for means in asked:
        lever = view.ordinal(means_lever(means))
        stored = view.tie(tie, node, lever) if lever is not None else None
        if stored is not None:
            words = stored.properties.get("words", [])
            said = f" : « {words[0]} »" if isinstance(words, list) and words else ""
            verb = "Offre ce que vous cherchez" if tie is OFFERS else "Cherche ce que vous offrez"
            text = f"{verb}, {means.fr}{said}."
            reasons.append(Reason(kind, text, evidence_of(stored.claims)))
    return reasons


def _goal_reasons(view: View, search: _Search, node: int) -> list[Reason]:
    reasons = []
    for goal in search.question.goals:
        bit = 1 << (int(goal.id.partition(":")[2]) - 1)
        if int(search.goals_of[node]) & bit:
            for actor in _who_aims(view, node, bit):
                through = "" if actor == node else f", à travers {view.names[actor]}"
                number = goal.id.partition(":")[2]
                text = f"Vise aussi l'ODD {number}, {goal.name}{through}."
                aims = [t for t in view.ties_of(actor) if t.tie is AIMS_AT and t.start != t.end]
                claims = [c for t in aims for c in t.claims if _is_of_goal(t.end, number)]
                reasons.append(Reason(ReasonKind.GOAL, text, evidence_of(claims)))
    return reasons


def _who_aims(view: View, node: int, bit: int) -> list[int]:
    """The node itself, or else the first of its alliances that aims at the goal."""
    if int(view.goals[node]) & bit:
        return [node]
    alliances = view.ties[MEMBER_OF].ends_of(node).tolist()
    return [a for a in alliances if int(view.goals[a]) & bit][:1]


def _is_of_goal(key: str, number: str) -> bool:
    return key == f"goal:{number}" or key.startswith(f"target:{number}.")


def _path_reasons(view: View, me: int, node: int) -> list[Reason]:
    found = shortest(view, me, node, limit=1)
    if not found:
        return []
    steps = [step(view, a, b) for a, b in pairwise(found[0])]
    text = f"Vous pouvez vous rencontrer ainsi : {' ; '.join(s.text for s in steps)}."
    evidence = tuple(dict.fromkeys(e for s in steps for e in s.evidence))
    return [Reason(ReasonKind.PATH, text, evidence)]


def _experience_reasons(view: View, search: _Search, node: int) -> list[Reason]:
    members = view.ties[MEMBER_OF]
    here = [p for p in members.by_start[node] if search.here.share[members.end[p]] > 0.5]
    if not here:
        return []
    stored = view.tie(MEMBER_OF, node, int(members.end[here[0]]))
    if stored is None:
        return []
    when = period(stored.properties.get("since"), stored.properties.get("until"))
    text = f"A déjà fait alliance ici : {view.names[int(members.end[here[0]])]}{when}."
    return [Reason(ReasonKind.EXPERIENCE, text, evidence_of(stored.claims))]
