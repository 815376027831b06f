"""Who could partner with whom here?"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from graph.columns import Floats, Ints
from graph.model import World
from graph.view import View
from queries.answers import Reason, ReasonKind
from queries.eligibility import Advice, advice, eligible
from queries.matching.ranking import band, raised, ranked
from queries.matching.weights import FULL_SCORE
from queries.partner_grounds import ground_reasons
from queries.partner_reasons import reasons_for
from queries.partner_request import Question, Request, Search, understand
from queries.partner_scores import Past, features, matching_of, past_of, scores
from queries.things import place_name

_NO_REASON_TO_MEET = {ReasonKind.PLACE, ReasonKind.WORLD, ReasonKind.FRESH, ReasonKind.CONVENER}
_ORDER = (
    ReasonKind.GIVEN,
    ReasonKind.RECEIVED,
    ReasonKind.GOAL,
    ReasonKind.TEXT,
    ReasonKind.TOGETHER,
    ReasonKind.DIRECT,
    ReasonKind.PATH,
    ReasonKind.PARTNERS,
    ReasonKind.THEME,
    ReasonKind.EXPERIENCE,
    ReasonKind.HOME,
    ReasonKind.PLACE,
    ReasonKind.KIN,
    ReasonKind.CONVENER,
    ReasonKind.FRESH,
    ReasonKind.WORLD,
    ReasonKind.COMPETITION,
    ReasonKind.CEASED,
    ReasonKind.FUNCTION,
)
_FEW = 3  # candidates under which we say what would give more


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
    """The answer: the partners, how many were considered, and why the others were left out.

    Attributes:
        advice: what would give more, where there are few or none.
    """

    question: Question
    answers: tuple[Partner, ...]
    considered: int
    left_out: dict[str, int]
    advice: Advice | None


def partners(view: View, request: Request) -> Partners:
    """Organisations that could work together with a project or an actor, at a place.

    Eligible is who is here by its seat, its perimeter of action or an alliance, or whose place is
    not known. The score is the weighted sum of the features (`queries.matching.weights`); an actor
    of another world counts ×1.10. The page mixes worlds and keeps a place for newcomers
    (`queries.matching.ranking`).

    Raises:
        RequestError: the request contradicts itself or lacks a place.
        UnknownPlace, AmbiguousPlace, UnknownTerm, UnknownId, AmbiguousName: see their sentences.
    """
    search = understand(view, request)
    candidates, left_out = eligible(view, search)
    past = past_of(view, search, candidates)
    chosen, raw = _chosen(view, search, candidates, past)
    answers = tuple(_partner(view, search, int(candidates[i]), float(raw[i]), past) for i in chosen)
    more = advice(view, search) if len(candidates) < _FEW else None
    return Partners(search.question, answers, len(candidates), left_out, more)


def _chosen(view: View, search: Search, candidates: Ints, past: Past) -> tuple[Ints, Floats]:
    """The positions of those to show among the candidates, the first first; all their scores."""
    if not len(candidates):
        return np.zeros(0, np.int64), np.zeros(0)
    worlds = view.world[candidates].astype(np.int64)
    mine = int(view.world[search.me]) if search.me is not None else -1
    raw = scores(features(view, search, candidates, past))
    matching = matching_of(view)
    rows = np.searchsorted(matching.history.organisations.ordinals, candidates)
    little = matching.little[rows]
    limit, factor = search.question.limit, search.question.difference
    order = ranked(raw, worlds, little, mine, limit, factor)
    return order[:limit], raised(raw, worlds, mine, factor)


def _partner(view: View, search: Search, node: int, raw: float, past: Past) -> Partner:
    reasons = told(view, search, node, past)
    return Partner(
        view.keys[node],
        view.names[node],
        view.world_of(node),
        place_name(view, node),
        band(raw, kinds_of(reasons)).name,
        round(min(max(raw, 0.0) / FULL_SCORE, 1.0), 4),
        reasons,
    )


def told(view: View, search: Search, node: int, past: Past) -> tuple[Reason, ...]:
    """Why somebody could be a partner: what the request meets, then the past, then what is against.

    What the request meets comes first; the past does not tell the same facts again.
    """
    reasons = reasons_for(view, search, node)
    for found in ground_reasons(view, search, node, past):
        cited = {fact for reason in reasons for fact in reason.facts}
        if found.kind not in {reason.kind for reason in reasons} and set(found.facts) - cited:
            reasons.append(found)
    return tuple(sorted(reasons, key=lambda r: (r.against, _ORDER.index(r.kind))))


def kinds_of(reasons: Sequence[Reason]) -> int:
    """How many kinds of reasons to meet there are, known ones that speak for it."""
    known = {r.kind for r in reasons if not r.to_check and not r.against}
    return len(known - _NO_REASON_TO_MEET)
