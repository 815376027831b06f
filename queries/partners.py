"""Who could partner with whom here?"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from graph.model import World
from graph.view import View
from queries.answers import Reason, ReasonKind
from queries.partner_reasons import reasons_for
from queries.partner_request import Question, Request, Search, understand
from queries.partner_scores import eligible, features, mix_worlds, scores
from queries.things import place_name
from queries.weights import BANDS

_NO_REASON_TO_MEET = {ReasonKind.PLACE, ReasonKind.WORLD}


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


def partners(view: View, request: Request) -> Partners:
    """Organisations that could work together with a project or an actor, at a place.

    Eligible is who is here by its seat, its perimeter of action or an alliance, or whose place is
    not known. The score is the weighted mean of the features that apply to the request
    (`queries.weights`); an actor of another world counts ×1.10. The page mixes worlds.

    Raises:
        RequestError: the request contradicts itself or lacks a place.
        UnknownPlace, AmbiguousPlace, UnknownTerm, UnknownId, AmbiguousName: see their sentences.
    """
    search = understand(view, request)
    candidates, left_out = eligible(view, search)
    raw = scores(view, search, candidates, features(view, search, candidates))
    order = np.lexsort((candidates, -raw))
    chosen = mix_worlds(view, candidates[order], raw[order], search.question.limit)
    answers = tuple(_partner(view, search, node, score) for node, score in chosen)
    return Partners(search.question, answers, len(candidates), left_out)


def _partner(view: View, search: Search, node: int, raw: float) -> Partner:
    reasons = tuple(reasons_for(view, search, node))
    score = round(min(raw, 1.0), 4)
    return Partner(
        view.keys[node],
        view.names[node],
        view.world_of(node),
        place_name(view, node),
        _band(score, reasons),
        score,
        reasons,
    )


def _band(score: float, reasons: Sequence[Reason]) -> str:
    kinds = len({r.kind for r in reasons if not r.to_check} - _NO_REASON_TO_MEET)
    return next(b.name for b in BANDS if score >= b.score and kinds >= b.kinds)
