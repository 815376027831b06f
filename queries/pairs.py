"""Which organisations here could work together, and do not?"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from graph.columns import Ints
from graph.errors import RequestError
from graph.model import World
from graph.view import View, latest_of_view
from queries import partner_request
from queries.answers import Named, Reason
from queries.eligibility import Advice, advice, eligible
from queries.matching.history import this_day
from queries.matching.ranking import band
from queries.matching.weights import FULL_SCORE
from queries.pair_scores import Mutual, mutual
from queries.partner_request import Question, Search, asked_by, understand
from queries.partner_scores import matching_of
from queries.partners import kinds_of
from queries.presence import By
from queries.promising_pairs import promising
from queries.things import named

_CANDIDATES = 2_000  # organisations of which something is known, the nearest to the place first
_EACH = 2  # how often an organisation is shown
_FEW = 3


@dataclass(frozen=True, slots=True)
class Pair:
    """Two organisations that could work together.

    Attributes:
        score: the mean of what each is for the other, in [0, 1].
        for_one: why the other could be a partner of the one; `for_other` the other way round.
    """

    one: Named
    other: Named
    worlds: tuple[World | None, World | None]
    band: str
    score: float
    for_one: tuple[Reason, ...]
    for_other: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Pairs:
    """The answer: the best pairs of a place.

    Attributes:
        considered: organisations here of which a means, a goal, a purpose or an alliance is known.
        advice: what would give more, where there are few or none.
    """

    question: Question
    answers: tuple[Pair, ...]
    considered: int
    advice: Advice | None


def pairs(view: View, request: partner_request.Request) -> Pairs:
    """Pairs of organisations here that fit each other and are not together yet.

    Bounded, in two steps. Of at most 2,000 organisations, the nearest to the place first, the 200
    most promising pairs by what they exchange, their goals, their words and their common partners
    (a lower bound of the score, from sparse products); of these the best in full, in both
    directions, as `queries.partners` scores. An organisation is in two of the shown pairs at most.

    Raises:
        RequestError: no place; UnknownPlace, AmbiguousPlace, UnknownTerm: see their sentences.
    """
    return _pairs_on(view, request, this_day())


@latest_of_view(64)
def _pairs_on(view: View, request: partner_request.Request, day: float) -> Pairs:
    """`day`: today, so that an answer is kept until tomorrow, when what is recent is another."""
    search = understand(view, request)
    if search.me is not None:
        raise RequestError("Les paires d'un lieu se demandent sans organisation (--for).")
    nodes = _candidates(view, search)
    one, other = promising(view, nodes)
    answers: tuple[Pair, ...] = ()
    if len(one):
        answers = tuple(_spread(view, search, mutual(view, search, one, other), request.limit))
    more = advice(view, search) if len(answers) < min(_FEW, request.limit) else None
    return Pairs(search.question, answers, len(nodes), more)


def _candidates(view: View, search: Search) -> Ints:
    """Who is known to be here and of whom something is known, ascending.

    Not a group that the sources name without its members: nobody can introduce it.
    """
    here, _ = eligible(view, search)
    here = here[(search.here.by[here] != By.UNKNOWN) & ~view.collective[here]]
    matching = matching_of(view)
    past = matching.history.past[np.searchsorted(matching.history.organisations.ordinals, here)]
    stated = (view.offers[here] > 0) | (view.needs[here] > 0) | (search.goals_of[here] > 0)
    here = here[past | stated]
    order = np.lexsort((here, -search.here.nearness[here]))
    return np.sort(here[order[:_CANDIDATES]])


def _spread(view: View, search: Search, found: Mutual, limit: int) -> Iterator[Pair]:
    """The best pairs for which something speaks, no organisation in more than two of them."""
    shown: Counter[int] = Counter()
    asking = cache(lambda me: asked_by(view, search, me))
    for at in _ranked(found):
        ends = int(found.me[at]), int(found.other[at])
        if max(shown[end] for end in ends) >= _EACH:
            continue
        ways = zip(ends, found.ways(at), strict=True)
        reasons = tuple(found.told(view, asking(me), way) for me, way in ways)
        kinds = kinds_of([reason for each in reasons for reason in each])
        if kinds:
            shown.update(ends)
            yield _pair(view, ends, float(found.mean[at]), kinds, reasons)
        if shown.total() == 2 * limit:
            return


def _ranked(found: Mutual) -> list[int]:
    """The pairs, the best first, then by their ids."""
    pairs = len(found.mean)
    order: list[int] = np.lexsort((found.other[:pairs], found.me[:pairs], -found.mean)).tolist()
    return order


def _pair(
    view: View,
    ends: tuple[int, int],
    raw: float,
    kinds: int,
    reasons: Sequence[tuple[Reason, ...]],
) -> Pair:
    one, other = ends
    return Pair(
        named(view, one),
        named(view, other),
        (view.world_of(one), view.world_of(other)),
        band(raw, kinds).name,
        round(min(max(raw, 0.0) / FULL_SCORE, 1.0), 4),
        reasons[0],
        reasons[1],
    )
