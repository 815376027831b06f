"""What is counted in a territory, so that the counts of its parts add up: one entry a fact."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from graph.columns import Floats, Ints, Mask
from graph.model import (
    AIMS_AT,
    ALLIANCE,
    CALL,
    NEEDS,
    OFFERS,
    ORGANISATION,
    PROJECT,
    Means,
    Outcome,
    Phase,
    Role,
    World,
    means_lever,
)
from graph.view import View, once_a_view
from queries.answers import Fact
from queries.fates import ends_of
from queries.ledger import TAKING_PART, Ledger, Taking, ledger, of_kinds, taking
from queries.masks import GOALS
from queries.things import goal_named

_CATALYST = 1 << tuple(Role).index(Role.CATALYST)
_ENDED = tuple(Phase).index(Phase.ENDED)
UNKNOWN = "unknown"


@dataclass(frozen=True)
class Tally:
    """All that one number counts, in all places.

    Attributes:
        name, label: of the number.
        thing: the node of each entry; other: the one it is told with, else -1; shape (e,).
        rank: the territory where it is counted, -1 when not known; weight: how much; shape (e,).
        fact: the fact that an entry is, from its thing and the other.
    """

    name: str
    label: str
    thing: Ints
    other: Ints
    rank: Ints
    weight: Floats
    fact: Callable[[View, int, int], Fact]


def facts_of(view: View, tally: Tally, entries: Ints) -> tuple[Fact, ...]:
    """Some entries of a tally as facts."""
    pairs = zip(tally.thing[entries].tolist(), tally.other[entries].tolist(), strict=True)
    return tuple(tally.fact(view, thing, other) for thing, other in pairs)


@once_a_view
def tallies(view: View) -> list[Tally]:
    """Everything that is counted, in the order of a profile; made once per generation."""
    known, taken = ledger(view), taking(view)
    return [
        *_actors(view, known),
        *_goals(view, known),
        *_means(view, known),
        *_alliances(view, known),
        *_lives(view, known, taken),
    ]


def _of_ledger(
    name: str, label: str, known: Ledger, kept: Mask, fact: Callable[[View, int, int], Fact]
) -> Tally:
    """The entries of the ledger for some things; `kept` has the shape of the ledger."""
    thing = known.thing[kept]
    none = np.full(len(thing), -1)
    return Tally(name, label, thing, none, known.rank[kept], known.weight[kept], fact)


def _says(name: str) -> Callable[[View, int, int], Fact]:
    """The fact that a thing has a property."""
    return lambda view, thing, _: Fact(view.keys[thing], name)


def _tied(name: str, end: str) -> Callable[[View, int, int], Fact]:
    """The fact that a thing has a tie to another."""
    return lambda view, thing, _: Fact(view.keys[thing], name, end)


def _aims(number: int) -> Callable[[View, int, int], Fact]:
    return lambda view, thing, _: aim_fact(view, thing, number)


def aim_fact(view: View, thing: int, number: int) -> Fact:
    """The fact that a thing aims at a goal, or at the first of its targets that it aims at."""
    ends = [view.keys[end] for end in view.ties[AIMS_AT].ends_of(thing).tolist()]
    goal, target = f"goal:{number}", f"target:{number}."
    return Fact(
        view.keys[thing],
        AIMS_AT.name,
        goal if goal in ends else min(end for end in ends if end.startswith(target)),
    )


def _actors(view: View, known: Ledger) -> Iterator[Tally]:
    actor = of_kinds(view, known.thing, ORGANISATION) & ~view.ended[known.thing]
    world = view.world[known.thing]
    for index, term in enumerate(World):
        yield _of_ledger(
            f"actors.{term.value}", term.fr, known, actor & (world == index), _says("world")
        )
    yield _of_ledger(
        f"actors.{UNKNOWN}", "monde inconnu", known, actor & (world < 0), _says("world")
    )
    catalyst = actor & ((view.roles[known.thing] & _CATALYST) > 0)
    yield _of_ledger("catalysts.all", "catalyseurs", known, catalyst, _says("roles"))
    for kind, name, label in ((PROJECT, "projects", "projets"), (CALL, "calls", "appels")):
        yield _of_ledger(
            f"{name}.all", label, known, of_kinds(view, known.thing, kind), _says("name")
        )


def _goals(view: View, known: Ledger) -> Iterator[Tally]:
    goals = view.goals[known.thing]
    for number in range(1, GOALS + 1):
        label = f"ODD {number} {goal_named(view, number).name}"
        aiming = (goals >> (number - 1) & 1) > 0
        yield _of_ledger(f"goals.{number}", label, known, aiming, _aims(number))


def _means(view: View, known: Ledger) -> Iterator[Tally]:
    for tie, name, masks in ((OFFERS, "offers", view.offers), (NEEDS, "needs", view.needs)):
        for index, means in enumerate(Means):
            having = (masks[known.thing] >> index & 1) > 0
            fact = _tied(tie.name, means_lever(means))
            yield _of_ledger(f"{name}.{means.value}", means.fr, known, having, fact)


def _alliances(view: View, known: Ledger) -> Iterator[Tally]:
    """Alliances, each shared out where it has no place of its own; by phase and by outcome."""
    alliance = of_kinds(view, known.thing, ALLIANCE)
    yield _of_ledger("alliances.all", "alliances", known, alliance, _says("name"))
    # What has an end has ended, whether or not a source names a phase.
    phase = np.where((view.phase < 0) & view.ended, _ENDED, view.phase)[known.thing]
    outcome = ends_of(view).outcome[known.thing]
    for name, terms, indices in (
        ("phases", [(t.value, t.fr) for t in Phase], phase),
        ("outcomes", [(t.value, t.fr) for t in Outcome], outcome),
    ):
        said = _says(name.removesuffix("s"))
        for index, (value, label) in enumerate(terms):
            yield _of_ledger(f"{name}.{value}", label, known, alliance & (indices == index), said)
        unknown = alliance & (indices < 0)
        yield _of_ledger(f"{name}.{UNKNOWN}", "inconnue", known, unknown, said)


def _lives(view: View, known: Ledger, taken: Taking) -> Iterator[Tally]:
    """What came and what went, by year: alliances, and those who take part."""
    home = known.home[taken.organisation]
    ones = np.ones(len(home))
    alliance = of_kinds(view, known.thing, ALLIANCE)
    for group, label, days in (
        ("started", "alliances commencées en", view.started),
        ("stopped", "alliances terminées en", view.stopped),
    ):
        year = days[known.thing] // 10_000
        for each in np.unique(year[alliance & (year > 0)]).tolist():
            mine = alliance & (year == each)
            yield _of_ledger(f"{group}.{each}", f"{label} {each}", known, mine, _says(_DATE[group]))
    for group, label, days in (
        ("joined", "participations commencées en", taken.since),
        ("left", "participations terminées en", taken.until),
    ):
        year = days // 10_000
        for each in np.unique(year[year > 0]).tolist():
            mine = year == each
            yield Tally(
                f"{group}.{each}",
                f"{label} {each}",
                taken.organisation[mine],
                taken.alliance[mine],
                home[mine],
                ones[mine],
                _taking_part,
            )


_DATE = {"started": "started", "stopped": "ended"}


def _taking_part(view: View, organisation: int, alliance: int) -> Fact:
    ties: Sequence[str] = [
        tie.name for tie in TAKING_PART if view.ties[tie].holds(organisation, alliance)
    ]
    return Fact(view.keys[organisation], ties[0], view.keys[alliance])
