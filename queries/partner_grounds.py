"""What past alliances say for a partner, in sentences with their evidence."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

import numpy as np

from graph.model import (
    AIMS_AT,
    CALL,
    FOUNDED,
    GAVE_RISE_TO,
    MEMBER_OF,
    PART_OF,
    RUNS,
    SEATED_IN,
    TARGET,
    Level,
    Tie,
)
from graph.store import StoredTie
from graph.territories import LEVELS
from graph.view import View
from queries.answers import Fact, Reason, ReasonKind, evidence_of, reason_of
from queries.matching.grounds import Ground, grounds
from queries.matching.weights import WEIGHTS, Feature
from queries.matching.words import words_of
from queries.partner_request import Search
from queries.partner_scores import Past, asker, matching_of
from queries.path import period
from queries.wording import listed, quoted

_GROUNDS_SHOWN = 5
_SHOWN = 2
_JOINING = (MEMBER_OF, FOUNDED, RUNS)


def ground_reasons(view: View, search: Search, node: int, past: Past) -> Iterator[Reason]:
    """The reasons that rest on past alliances and seats, those that weigh most first.

    `past`: what `queries.partner_scores.past_of` gives for the search, with this node.
    """
    matching = matching_of(view)
    row = int(np.searchsorted(matching.history.organisations.ordinals, node))
    told: set[ReasonKind] = set()
    at = {feature: float(value[0]) for feature, value in past.of(np.array([node])).items()}
    for ground in grounds(matching, asker(view, search), row, at, WEIGHTS):
        found = _SENTENCES[ground.feature](view, search, node, ground)
        if found is not None and found.kind not in told:
            told.add(found.kind)
            yield found
        if len(told) == _GROUNDS_SHOWN:
            return


def _way(view: View, search: Search, node: int, ground: Ground) -> Reason | None:
    """How the asker and the other are linked, through whom."""
    length = next((i + 1 for i, each in enumerate(ground.nodes) if each == node), 0)
    way = ground.nodes[:length]
    ties = [tie for a, b in pairwise(way) for tie in joining(view, a, b)]
    if not ties:
        return None
    text = f"Vous êtes reliés ainsi : {' → '.join(view.names[each] for each in way)}."
    return reason_of(ReasonKind.PATH, text, ties)


def _partners(view: View, search: Search, node: int, ground: Ground) -> Reason | None:
    """Who has worked with both, and in which alliance with the other."""
    shared = ground.nodes[:_SHOWN]
    ties: list[StoredTie] = []
    for partner in shared:
        for one in (node, search.me):
            if one is not None:
                ties += met(view, one, partner)
    text = f"Vous avez des partenaires communs : {listed([view.names[p] for p in shared])}."
    return reason_of(ReasonKind.PARTNERS, text, ties)


def met(view: View, one: int, other: int) -> list[StoredTie]:
    """The two ties by which two organisations met in an alliance, the first of them."""
    mine, theirs = _alliances_of(view, one), _alliances_of(view, other)
    for alliance in sorted(mine & theirs)[:1]:
        return [*joining(view, one, alliance), *joining(view, other, alliance)]
    return []


def _alliances_of(view: View, node: int) -> set[int]:
    return {end for tie in _JOINING for end in view.ties[tie].ends_of(node).tolist()}


def joining(view: View, a: int, b: int, kinds: Sequence[Tie] = _JOINING) -> list[StoredTie]:
    """The ties between two, in either direction; those of taking part where not told."""
    ends = [(tie, *pair) for tie in kinds for pair in ((a, b), (b, a))]
    known = [e for e in ends if e[2] in view.ties[e[0]].ends_of(e[1])]
    return [tie for tie in (view.tie(*each) for each in known) if tie is not None]


def _themes(view: View, search: Search, node: int, ground: Ground) -> Reason | None:
    """The goals and calls of its alliances that are those of the asker, or of its likes."""
    themes = [each for each in ground.nodes if each != node][:_SHOWN]
    ties = [tie for theme in themes for tie in _on_theme(view, node, theme)]
    if not ties:
        return None
    names = listed([quoted(view.names[theme]) for theme in themes])
    whose = "les mêmes thèmes que vous"
    if ground.guessed:
        whose = "des thèmes d'organisations dont le nom ressemble au vôtre"
    return reason_of(ReasonKind.THEME, f"Agit sur {whose} : {names}.", ties)


def _on_theme(view: View, node: int, theme: int) -> list[StoredTie]:
    """That it takes part in an alliance on that theme, the first of them."""
    tie = GAVE_RISE_TO if view.is_kind(theme, CALL) else AIMS_AT
    about = view.ties[tie]
    if tie is GAVE_RISE_TO:
        of_theme = set(about.ends_of(theme).tolist())
    else:
        goals = _goal_and_targets(view, theme)
        of_theme = {start for goal in goals for start in about.starts_of(goal).tolist()}
    for alliance in sorted(_alliances_of(view, node) & of_theme)[:1]:
        ends = (theme, alliance) if tie is GAVE_RISE_TO else (alliance, theme)
        stored = view.tie(tie, *ends)
        return [*joining(view, node, alliance), *([stored] if stored else [])]
    return []


def _goal_and_targets(view: View, goal: int) -> list[int]:
    parts = view.ties[PART_OF].starts_of(goal).tolist()
    return [goal, *(part for part in parts if view.is_kind(part, TARGET))]


def _kin(view: View, search: Search, node: int, ground: Ground) -> Reason | None:
    """The alliances where it met organisations of the asker's places and world."""
    places = [view.names[view.territory_of(rank)] for rank in ground.places[:1]]
    like = f"du même lieu que vous ({places[0]})" if places else "du même monde que vous"
    if ground.feature is Feature.WELCOME:
        verb = f"A accueilli la première alliance d'organisations {like}"
    else:
        verb = f"A déjà fait alliance avec des organisations {like}"
    return _with_alliances(view, node, ground, ReasonKind.KIN, verb)


def _fresh(view: View, search: Search, node: int, ground: Ground) -> Reason | None:
    """Its last alliances."""
    return _with_alliances(view, node, ground, ReasonKind.FRESH, "A des alliances récentes")


def _convener(view: View, search: Search, node: int, ground: Ground) -> Reason | None:
    """The alliances that it brought together."""
    return _with_alliances(
        view, node, ground, ReasonKind.CONVENER, "A réuni d'autres organisations"
    )


def _site(view: View, search: Search, node: int, ground: Ground) -> Reason | None:
    """Its alliances on the territory of the project."""
    return _with_alliances(view, node, ground, ReasonKind.EXPERIENCE, "A déjà fait alliance ici")


def _with_alliances(
    view: View, node: int, ground: Ground, kind: ReasonKind, verb: str
) -> Reason | None:
    shown = list(dict.fromkeys(ground.nodes))[:_SHOWN]
    ties = [tie for alliance in shown for tie in joining(view, node, alliance)]
    if not ties:
        return None
    names = listed([f"{quoted(view.names[each])}{_when(ties, view.keys[each])}" for each in shown])
    return reason_of(kind, f"{verb} : {names}.", ties)


def _when(ties: Iterable[StoredTie], alliance: str) -> str:
    said = next((tie.properties for tie in ties if alliance in (tie.end, tie.start)), {})
    return period(said.get("since"), said.get("until"))


def _home(view: View, search: Search, node: int, ground: Ground) -> Reason | None:
    """The finest place that both are of."""
    ties = _seats(view, search, node)
    everyone = LEVELS[int(view.territories.level[ground.places[0]])] is Level.NATION
    if not ties or everyone:
        return None
    place = view.names[view.territory_of(ground.places[0])]
    return reason_of(ReasonKind.HOME, f"A son siège au même endroit que vous : {place}.", ties)


def _distance(view: View, search: Search, node: int, ground: Ground) -> Reason | None:
    """How far the two seats are from each other."""
    ties = _seats(view, search, node)
    if len(ground.places) < 2 or not ties:
        return None
    km = view.territories.distance_km(ground.places[0], ground.places[1])
    if km is None:
        return None
    text = f"Son siège est à {round(km)} km du vôtre : {view.names[_territory(view, ground)]}."
    return reason_of(ReasonKind.HOME, text, ties)


def _territory(view: View, ground: Ground) -> int:
    return view.territory_of(ground.places[-1])


def _seats(view: View, search: Search, node: int) -> list[StoredTie]:
    """The seat of the other, and that of the asker."""
    ends = [
        (one, view.territory_of(int(view.seat[one])))
        for one in (node, search.me)
        if one is not None and view.seat[one] >= 0
    ]
    return [tie for tie in (view.tie(SEATED_IN, *pair) for pair in ends) if tie is not None]


def _words(view: View, search: Search, node: int, ground: Ground) -> Reason | None:
    """The words that both names have."""
    if search.me is None:
        return None
    common = sorted(words_of(view.names[search.me]) & words_of(view.names[node]))
    if not common:
        return None
    claims = [c for c in view.claims(node) if "name" in c.properties]
    facts = (Fact(view.keys[node], "name"),)
    text = f"Son nom et le vôtre disent tous deux {listed([quoted(w) for w in common[:_SHOWN]])}."
    return Reason(ReasonKind.TEXT, text, evidence_of(claims), facts=facts)


_Sentence = Callable[[View, Search, int, Ground], Reason | None]
_SENTENCES: Mapping[Feature, _Sentence] = {
    Feature.CIRCLE: _way,
    Feature.GROUND: _way,
    Feature.PARTNERS: _partners,
    Feature.THEME: _themes,
    Feature.THEME_ALIKE: _themes,
    Feature.KIN: _kin,
    Feature.WELCOME: _kin,
    Feature.FRESH: _fresh,
    Feature.CONVENER: _convener,
    Feature.SITE: _site,
    Feature.HOME: _home,
    Feature.DISTANCE: _distance,
    Feature.TEXT: _words,
}
