"""« Relier des mondes » : the catalysts that connect them here; and the path between two actors."""

from dataclasses import dataclass
from math import log1p, pi

from graph.model import World
from queries import bridges, path
from viz.layout import NAMES, NUMBERS
from viz.network import Network, network_of_bridges
from viz.pages.asked import Answer, Asked
from viz.pages.beside import in_rooms, legend
from viz.pages.downloads import FORMATS, download
from viz.pages.maps import arc
from viz.pages.network_files import NETWORK_FORMATS, network_file
from viz.pages.outcome import Outcome
from viz.pages.rendering import world_label
from viz.pages.salles import picture

_RADIUS = 44.0
_HUB = 9.0
_LIMIT = 12


@dataclass(frozen=True, slots=True)
class Petal:
    """A world in a rose: how many organisations of it a broker is in contact with."""

    world: World
    label: str
    count: int
    path: str


def relate_page(asked: Asked) -> Answer:
    """Who stands between the chosen worlds here, the best connected first."""
    place, worlds = asked.meant("territoire"), asked.all("monde")
    limit = asked.number("nombre", _LIMIT, 500)
    outcome = Outcome.of(
        bool(place) and len(set(worlds)) > 1,
        lambda: bridges.bridges(
            asked.view, bridges.Request(worlds, place, asked.all("odd"), limit)
        ),
    )
    answer = outcome.answer
    if answer is not None and asked.suffix in FORMATS:
        keys = [bridge.id for bridge in answer.answers]
        return download(asked.view, keys, asked.suffix, asked.base, "catalyseurs")
    drawn = None
    if answer is not None and (asked.suffix in NETWORK_FORMATS or asked.one("vue") == "reseau"):
        drawn = network_of_bridges(asked.view, answer)
        if asked.suffix in NETWORK_FORMATS:
            return network_file(asked, drawn, asked.suffix, "catalyseurs")
    title = asked.say("Relier des mondes")
    if answer is not None:
        place_name = answer.question.place.name
        title = asked.say("{place} : qui relie ces mondes ?", place=place_name)
    return outcome.page(
        "relate.html.j2",
        title,
        (*FORMATS, *NETWORK_FORMATS),
        asked_worlds=worlds,
        lacking=bool(place) and len(set(worlds)) < 2,
        rose=lambda bridge: rose(asked, bridge.worlds),
        drawn=drawn and _in_salles(asked, drawn),
    )


def _in_salles(asked: Asked, network: Network) -> dict[str, object]:
    """The answers in rooms, with those whom they link; beside it the same in text."""
    return {
        "pictures": [picture(network, style) for style in (NAMES, NUMBERS)],
        "legend": legend(asked, network),
        "rows": in_rooms(asked, network.actors),
    }


def rose(asked: Asked, counts: dict[World, int]) -> list[Petal]:
    """A petal for each world, of equal angles; its length grows as the logarithm of the count."""
    most = max(max(counts.values(), default=0), 3)
    turn = 2 * pi / max(len(counts), 1)
    petals = []
    for index, world in enumerate(w for w in World if w in counts):
        start = -pi / 2 + index * turn
        count = counts[world]
        length = _HUB + (_RADIUS - _HUB) * log1p(count) / log1p(most) if count else 0
        drawn = arc(length, start + 0.04, start + turn - 0.04) if count else ""
        petals.append(Petal(world, world_label(asked.language, world), count, drawn))
    return petals


def path_page(asked: Asked) -> Answer:
    """How two actors know each other, as sentences with their sources."""
    start, end = asked.meant("de"), asked.meant("vers")
    outcome = Outcome.of(bool(start and end), lambda: path.paths(asked.view, start, end))
    if outcome.answer and asked.suffix in FORMATS:
        ways = outcome.answer.introductions
        keys = list(dict.fromkeys(key for way in ways for key in way.ids))
        return download(asked.view, keys, asked.suffix, asked.base, "chemin")
    return outcome.page("path.html.j2", asked.say("Le chemin entre deux acteurs"), FORMATS)
