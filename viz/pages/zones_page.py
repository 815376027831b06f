"""« Zones blanches » : where nothing known connects two worlds, serves a goal, or is a catalyst."""

from collections.abc import Mapping
from dataclasses import dataclass

from graph.model import Level
from graph.territories import LEVELS
from queries.gap_reasons import GapState
from queries.places import resolve_place
from queries.white_zones import ON, Lack, Zones, lack, white_zones
from viz.pages import maps
from viz.pages.asked import Answer, Asked
from viz.pages.downloads import FORMATS, download
from viz.pages.lacks import lack_choices, lack_label
from viz.pages.outcome import Outcome

_LIMIT = 50
_LEVEL_BELOW = {Level.NATION: Level.DEPARTEMENT, Level.REGION: Level.DEPARTEMENT}


@dataclass(frozen=True, slots=True)
class Area:
    """A territory on the map: what it is called, its state, the `d` of its outline."""

    name: str
    state: GapState | None
    path: str


def zones_page(asked: Asked) -> Answer:
    """The territories where something is lacking, as a map and as a list."""
    place, code = asked.meant("territoire"), asked.one("manque")
    outcome = Outcome.of(bool(place and code), lambda: _zones(asked, lack(code), place))
    answer = outcome.answer
    if answer and asked.suffix in FORMATS:
        return _file(asked, answer)
    return outcome.page(
        "zones.html.j2",
        asked.say("Zones blanches"),
        FORMATS,
        lack_label=lack_label(asked, lack(code)) if answer else "",
        lacks=lack_choices(asked),
        echelons=[(level.value, asked.language.term(level)) for level in ON],
        map=answer and _map(asked, answer),
    )


def _zones(asked: Asked, what: Lack, place: str) -> Zones:
    limit = asked.number("nombre", _LIMIT, 500)
    return white_zones(asked.view, what, place, _level(asked, place), limit)


def _level(asked: Asked, place: str) -> Level:
    """The level that is asked; else the one below the place."""
    for level in ON:
        if level == asked.one("echelon"):
            return level
    rank, _ = resolve_place(asked.view, place)
    return _LEVEL_BELOW.get(LEVELS[int(asked.view.territories.level[rank])], Level.EPCI)


def _map(asked: Asked, answer: Zones) -> tuple[maps.Areas, list[Area]] | None:
    states: dict[str, GapState | None] = dict.fromkeys(answer.others)
    states |= {key: state for state, keys in answer.ids.items() for key in keys}
    drawn = maps.areas(asked.view, asked.outlines, answer.question.place.id, list(states))
    if drawn is None:
        return None
    view = asked.view
    names = {key: view.names[node] for key in states if (node := view.ordinal(key)) is not None}
    return drawn, [Area(names[key], states[key], path) for key, path in drawn.paths.items()]


def _file(asked: Asked, answer: Zones) -> Answer:
    """The zones as a file, each with its state."""
    said: dict[str, Mapping[str, str]] = {
        key: {"manque": lack_code(answer), "état": state.fr}
        for state, keys in answer.ids.items()
        for key in keys
    }
    name = "zones-blanches"
    return download(asked.view, list(said), asked.suffix, asked.base, name, said)


def lack_code(answer: Zones) -> str:
    """What was asked, by its code."""
    goal = answer.question.goal
    return Lack(answer.question.worlds, int(goal.id.partition(":")[2]) if goal else 0).code
