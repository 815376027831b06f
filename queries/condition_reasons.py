"""The conditions of one pair in sentences, each with its evidence and how far off it is."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date

import numpy as np

from graph.columns import Ints
from graph.model import CARRIES, FUNDED, NEEDS, OFFERS, Means, Tie, World, means_lever
from graph.store import StoredClaim
from graph.territories import LEVELS
from graph.view import View
from queries.answers import evidence_of
from queries.conditions import Condition, ConditionKind, Gap, Judged, State, Unit, dates
from queries.funders import Funder
from queries.goals import aim_claims, goals_named
from queries.masks import goals_in, means_in, worlds_in
from queries.seekers import Seekers, carriers
from queries.terrain import (
    Coverage,
    Terrain,
    place_claims,
    smallest_around,
    tie_claims,
)
from queries.wording import listed, quoted

_STATES = {
    Judged.SATISFIED: State.SATISFIED,
    Judged.UNKNOWN: State.TO_CHECK,
    Judged.REFUSED: State.REFUSED,
    Judged.APART: State.TOLD,
}
_WHOLE = 0.999


class Sides:
    """The two sides of one pair, to be explained."""

    def __init__(
        self, view: View, ground: Terrain, funder: Funder, seekers: Seekers, position: int
    ) -> None:
        self.view = view
        self.funder = funder
        self.node = int(seekers.nodes[position])
        self.goals = int(seekers.goals[position])
        self.needs = int(seekers.needs[position])
        self.worlds = int(seekers.worlds[position])
        self.coverage = Coverage(view, ground.known[self.node])
        self.places = self.coverage.places
        self.ground = ground
        self.side = "l'appel" if funder.is_call else "le financeur"
        self.of_side = "de l'appel" if funder.is_call else "du financeur"

    def name(self, rank: int) -> str:
        """The name of a territory."""
        return self.view.names[self.view.territory_of(rank)]


def explained(
    sides: Sides, states: Mapping[ConditionKind, Judged], day: date
) -> Iterator[Condition]:
    """The conditions that a funder puts to a seeker, those that apply to it."""
    for kind, judged in states.items():
        if kind is ConditionKind.DATES:
            if judged is not Judged.APART:
                yield _dates(sides, day)
        elif (condition := _SAYING[kind](sides, _STATES[judged])) is not None:
            yield condition


# The perimeter --------------------------------------------------------------------------------


def _perimeter(sides: Sides, state: State) -> Condition:
    kind, view, funder = ConditionKind.PERIMETER, sides.view, sides.funder
    if not len(sides.places):
        text = "Le lieu du projet n'est pas connu : à vérifier."
        return Condition(kind, state, text, ())
    if state is State.SATISFIED:
        return _inside(sides)
    if state is State.TO_CHECK:
        return _unknown_perimeter(sides)
    here, there, distance = _nearest(sides, funder.declared)
    text = f"{sides.name(here)} est hors du périmètre {sides.of_side}, {sides.name(there)}"
    gap = None
    if distance is not None:
        gap = Gap(round(distance, 1), Unit.KM)
        text += f" : {_km(distance)} de centre à centre"
    around = smallest_around(view, here, there)
    if around is not None:
        text += f" ; tous deux sont dans ce territoire : {sides.name(around)}{_level(view, around)}"
    claims = place_claims(view, sides.node, here) + place_claims(view, funder.node, there)
    return Condition(kind, state, f"{text}.", evidence_of(claims), gap)


def _inside(sides: Sides) -> Condition:
    """By its perimeter, else by its seat, else by what it financed."""
    funder = sides.funder
    for own, told in (
        (funder.declared, _in_perimeter),
        (funder.known, _seated_here),
        (funder.financed_in, _financed_here),
    ):
        share = np.nan_to_num(sides.coverage.by(own))
        if share.max() > 0:
            here = int(sides.places[np.argmax(share)])
            return told(sides, here, float(share.max()))
    raise ValueError("the perimeter is not satisfied")


def _in_perimeter(sides: Sides, here: int, part: float) -> Condition:
    """By the territory of the funder's that contains most of the project's."""
    view, funder = sides.view, sides.funder
    there = _most_in_common(view, here, funder.declared)
    place, perimeter = sides.name(here), sides.name(there)
    if here == there:
        text = f"{place} est le périmètre {sides.of_side}."
    elif part > _WHOLE:
        text = f"{place} est dans le périmètre {sides.of_side} : {perimeter}."
    else:
        text = (
            f"{place} est en partie dans le périmètre {sides.of_side}, {perimeter} : "
            f"{_percent(part)} de ses habitants."
        )
    claims = place_claims(view, sides.node, here) + place_claims(view, funder.node, there)
    return Condition(ConditionKind.PERIMETER, State.SATISFIED, text, evidence_of(claims))


def _seated_here(sides: Sides, here: int, _: float) -> Condition:
    view, funder = sides.view, sides.funder
    there = _most_in_common(view, here, funder.known)
    text = f"Le financeur a son siège dans le territoire du projet : {sides.name(there)}."
    claims = place_claims(view, sides.node, here) + place_claims(view, funder.node, there)
    return Condition(ConditionKind.PERIMETER, State.SATISFIED, text, evidence_of(claims))


def _most_in_common(view: View, here: int, ranks: Ints) -> int:
    """The territory that covers most of another, the smallest of several."""
    population = view.territories.population
    _, covered = view.territories.shares(here)
    best = np.lexsort((ranks, population[ranks], -np.round(covered[ranks], 6)))[0]
    return int(ranks[best])


def _financed_here(sides: Sides, here: int, _: float) -> Condition:
    """By something that the funder financed in the project's territory."""
    view, funder = sides.view, sides.funder
    inside, covered = view.territories.shares(here)
    touching = (inside + covered) > 0
    financed = view.ties[FUNDED].ends_of(funder.node).tolist()
    end, rank = next(
        (end, int(rank)) for end in financed for rank in sides.ground.known[end] if touching[rank]
    )
    where = sides.name(here) if rank == here else f"{sides.name(here)} ({sides.name(rank)})"
    text = f"Le financeur a déjà financé à cet endroit, {where} : {quoted(view.names[end])}."
    claims = tie_claims(view, FUNDED, funder.node, end) + place_claims(view, end, rank)
    return Condition(ConditionKind.PERIMETER, State.SATISFIED, text, evidence_of(claims))


def _unknown_perimeter(sides: Sides) -> Condition:
    view, funder = sides.view, sides.funder
    text, claims = f"Le périmètre {sides.of_side} n'est pas connu", []
    if len(funder.declared):
        mine = bool(sides.coverage.vague.any())
        whose = "du territoire du projet" if mine else f"du périmètre {sides.of_side}"
        text = f"La composition {whose} n'est pas connue"
        claims = place_claims(view, funder.node, int(funder.declared[0]))
    elif len(near := funder.financed_in if len(funder.financed_in) else funder.known):
        _, there, distance = _nearest(sides, near)
        does = "il a financé au plus près" if len(funder.financed_in) else "il a son siège"
        if distance is not None:
            text += f" ; {does} à {_km(distance)}, dans ce territoire : {sides.name(there)}"
        claims = [] if len(funder.financed_in) else place_claims(view, funder.node, there)
    text += f" ; à vérifier pour {sides.name(int(sides.places[0]))}."
    return Condition(ConditionKind.PERIMETER, State.TO_CHECK, text, evidence_of(claims))


def _nearest(sides: Sides, ranks: Ints) -> tuple[int, int, float | None]:
    """A territory of the project's and one of some others, the nearest, and their kilometres."""
    distances, others = sides.coverage.nearest(ranks)
    best = int(np.argmin(distances))
    here, there = int(sides.places[best]), int(others[best])
    if there < 0:
        return here, int(ranks[0]), None
    return here, there, sides.view.territories.distance_km(here, there)


def _km(distance: float) -> str:
    return f"{max(distance, 1):.0f} km"


def _level(view: View, rank: int) -> str:
    level = int(view.territories.level[rank])
    return f" ({LEVELS[level].fr})" if level >= 0 else ""


def _percent(share: float) -> str:
    return "moins de 1 %" if share < 0.01 else f"{min(share, 0.99):.0%}".replace("%", " %")


# The dates ------------------------------------------------------------------------------------


def _dates(sides: Sides, day: date) -> Condition:
    kind, funder = ConditionKind.DATES, sides.funder
    claims = [
        claim
        for claim in sides.view.claims(funder.node)
        if claim.properties.get("opens") or claim.properties.get("closes")
    ]
    state, gap = _STATES[dates(funder, day)], None
    if funder.closes is not None and day > funder.closes:
        gap = Gap(float((day - funder.closes).days), Unit.DAYS_LATE)
        text = f"L'appel a fermé le {_day(funder.closes)}, il y a {_days(gap.value)}."
    elif funder.opens is not None and day < funder.opens:
        gap = Gap(float((funder.opens - day).days), Unit.DAYS_EARLY)
        text = f"L'appel ouvre le {_day(funder.opens)}, dans {_days(gap.value)}."
    elif funder.closes is not None:
        text = f"L'appel est ouvert jusqu'au {_day(funder.closes)}."
    elif funder.opens is not None:
        text = f"L'appel est ouvert depuis le {_day(funder.opens)}, sans date de clôture connue."
    else:
        text = "Les dates de l'appel ne sont pas connues : à vérifier."
    return Condition(kind, state, text, evidence_of(claims), gap)


def _day(day: date) -> str:
    return f"{day:%d/%m/%Y}"


def _days(count: float) -> str:
    if count <= 90:
        return "1 jour" if count == 1 else f"{count:.0f} jours"
    return f"{count / 30.44:.0f} mois" if count < 730 else f"{count / 365.25:.0f} ans"


# The worlds -----------------------------------------------------------------------------------


def _world(sides: Sides, state: State) -> Condition | None:
    kind, view = ConditionKind.WORLD, sides.view
    theirs = worlds_in(sides.worlds)
    if not sides.funder.is_call:
        return _worlds_financed(sides, theirs)
    admitted = worlds_in(sides.funder.worlds)
    claims = [c for c in view.claims(sides.funder.node) if c.properties.get("worlds")]
    if not admitted:
        text = "L'appel ne dit pas quels mondes il admet : à vérifier."
    elif not theirs:
        text = f"L'appel admet {_names(admitted)} ; le monde du porteur est à vérifier."
    elif state is State.SATISFIED:
        both = [world for world in theirs if world in admitted]
        text = f"L'appel admet le monde de qui porte le projet : {_names(both)}."
    else:
        text = (
            f"L'appel n'admet que {_names(admitted)} ; qui porte le projet : {_names(theirs)}. "
            "Un partenaire d'un monde admis pourrait le porter."
        )
    evidence = evidence_of([*claims, *_world_claims(view, sides.node)])
    return Condition(kind, state, text, evidence)


def _worlds_financed(sides: Sides, theirs: Sequence[World]) -> Condition | None:
    """Whom a funder financed before: told, for or against nothing."""
    before = worlds_in(sides.funder.worlds)
    if not before or not theirs:
        return None
    if both := [world for world in theirs if world in before]:
        text = f"A déjà financé ce monde : {_names(both)}."
        wanted = sides.funder.worlds & sides.worlds
    else:
        text = f"N'a financé jusqu'ici, à notre connaissance, que ces mondes : {_names(before)}."
        wanted = sides.funder.worlds
    claims = _first_financed(sides, lambda end: bool(int(sides.ground.worlds[end]) & wanted))
    return Condition(ConditionKind.WORLD, State.TOLD, text, evidence_of(claims))


def _first_financed(sides: Sides, suits: Callable[[int], bool]) -> list[StoredClaim]:
    """The claims of the first thing that the funder financed and that suits."""
    financed = sides.view.ties[FUNDED].ends_of(sides.funder.node).tolist()
    end = next((end for end in financed if suits(end)), None)
    return tie_claims(sides.view, FUNDED, sides.funder.node, end) if end is not None else []


def _world_claims(view: View, seeker: int) -> list[StoredClaim]:
    claims = []
    for node in carriers(view, seeker) or [seeker]:
        claims += tie_claims(view, CARRIES, node, seeker)
        claims += [claim for claim in view.claims(node) if claim.properties.get("world")]
    return claims


def _names(worlds: Sequence[World]) -> str:
    return listed([world.fr for world in worlds])


# The goals ------------------------------------------------------------------------------------


def _goals(sides: Sides, state: State) -> Condition:
    kind, view, funder = ConditionKind.GOALS, sides.view, sides.funder
    mine, theirs = goals_in(sides.goals), goals_in(funder.goals)
    if not mine:
        text = "Les objectifs du projet ne sont pas dits : à vérifier."
        return Condition(kind, state, text, ())
    if state is State.SATISFIED:
        return _shared_goals(sides)
    if not theirs:
        text = f"Les objectifs {sides.of_side} ne sont pas dits : à vérifier."
        if funder.financed_goals:
            before = goals_named(view, goals_in(funder.financed_goals))
            text = f"{text[:-13]} ; ce qu'il a financé vise {before} : à vérifier."
        return Condition(kind, state, text, evidence_of(aim_claims(view, sides.node, mine)))
    share = _seen_together(view, sides.goals, funder.goals)
    text = (
        f"Pas d'objectif commun : le projet vise {goals_named(view, mine)}, {sides.side} "
        f"{goals_named(view, theirs)}. Parmi les acteurs qui visent l'un, au mieux "
        f"{_percent(share)} visent aussi l'autre."
    )
    claims = aim_claims(view, sides.node, mine) + aim_claims(view, funder.node, theirs)
    return Condition(kind, state, text, evidence_of(claims), Gap(round(share, 4), Unit.SHARE))


def _shared_goals(sides: Sides) -> Condition:
    view, funder = sides.view, sides.funder
    if said := goals_in(sides.goals & funder.goals):
        text = f"Le projet et {sides.side} visent {goals_named(view, said)}."
        theirs = aim_claims(view, funder.node, said)
    else:
        said = goals_in(sides.goals & funder.financed_goals)
        text = f"Le projet vise {goals_named(view, said)}, comme ce que {sides.side} a financé."
        mask = sides.goals & funder.financed_goals
        theirs = _first_financed(sides, lambda end: bool(int(view.goals[end]) & mask))
    evidence = evidence_of(aim_claims(view, sides.node, said) + theirs)
    return Condition(ConditionKind.GOALS, State.SATISFIED, text, evidence)


def _seen_together(view: View, mine: int, theirs: int) -> float:
    """Of the actors that have a goal of one side, the share with one of the other: the greatest."""
    goals = view.goals[view.goals > 0].astype(np.int64)
    shares = [0.0]
    for a in goals_in(mine):
        for b in goals_in(theirs):
            one, other = goals >> (a - 1) & 1, goals >> (b - 1) & 1
            both = int((one & other).sum())
            shares += [both / max(int(one.sum()), 1), both / max(int(other.sum()), 1)]
    return max(shares)


# The means ------------------------------------------------------------------------------------


def _means(sides: Sides, state: State) -> Condition:
    sought, offered = means_in(sides.needs), means_in(sides.funder.offers)
    if state is State.SATISFIED:
        sought = offered = [means for means in sought if means in offered]
    mine, mine_said = _with_words(sides.view, NEEDS, sides.node, sought)
    theirs, theirs_said = _given(sides, offered)
    seeks, offers = f"le projet cherche {listed(mine_said)}" if mine_said else "", ""
    if theirs_said:
        only = "n'offre que" if state is State.REFUSED else "offre"
        offers = f"{sides.side} {only} {listed(theirs_said)}"
    if not sought:
        seeks = "ce que le projet cherche n'est pas dit"
    elif not offered:
        offers = f"ce qu'offre {sides.side} n'est pas dit"
    text = " ; ".join(part for part in (seeks, offers) if part)
    check = " : à vérifier" if state is State.TO_CHECK else ""
    gap = Gap(float(len(sought)), Unit.MEANS) if state is State.REFUSED else None
    text = f"{text[0].upper()}{text[1:]}{check}."
    return Condition(ConditionKind.MEANS, state, text, evidence_of(mine + theirs), gap)


def _given(sides: Sides, offered: Sequence[Means]) -> tuple[list[StoredClaim], list[str]]:
    """What the funder offers in its words; what is known by what it financed only, by that."""
    claims, said = _with_words(sides.view, OFFERS, sides.funder.node, offered)
    declared = means_in(int(sides.view.offers[sides.funder.node]))
    if Means.VALUE in offered and Means.VALUE not in declared:
        claims += _first_financed(sides, lambda _: True)
        said.append("des financements, d'après ce qu'il a déjà fait")
    return claims, said


def _with_words(
    view: View, tie: Tie, node: int, wanted: Sequence[Means]
) -> tuple[list[StoredClaim], list[str]]:
    claims: list[StoredClaim] = []
    said = []
    for means in wanted:
        lever = view.ordinal(means_lever(means))
        stored = view.tie(tie, node, lever) if lever is not None else None
        if stored is None:
            continue
        words = stored.properties.get("words", [])
        quote = f" ({quoted(words[0])})" if isinstance(words, list) and words else ""
        claims += stored.claims
        said.append(f"{means.fr}{quote}")
    return claims, said


_SAYING: dict[ConditionKind, Callable[[Sides, State], Condition | None]] = {
    ConditionKind.PERIMETER: _perimeter,
    ConditionKind.WORLD: _world,
    ConditionKind.GOALS: _goals,
    ConditionKind.MEANS: _means,
}
