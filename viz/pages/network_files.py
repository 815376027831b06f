"""A network as a file: the page that travels by e-mail, a picture, a graph, its ties as a table."""

from dataclasses import dataclass, replace

from starlette.responses import Response

from viz import french
from viz.gexf import gexf, sources_of
from viz.layout import NAMES, wrapped
from viz.marks import Mark
from viz.network import Actor, Network
from viz.pages.asked import Asked
from viz.pages.beside import legend
from viz.pages.downloads import answer, written
from viz.pages.rendering import STATIC, rendered
from viz.pages.salles import Picture, picture
from viz.standalone import network_page

NETWORK_FORMATS = ("html", "svg", "gexf")
_LEAST = 360  # half the width of a picture with room for its legend and its sources
_LINE = 18
_MOST_SOURCES = 30
_BESIDE = 215  # from one mark of the legend to the next


@dataclass(frozen=True, slots=True)
class Placed:
    """A mark of the legend with its label and its place beneath the picture."""

    mark: Mark
    label: str
    catalyst: bool
    x: int
    y: int


def network_file(
    asked: Asked, network: Network, suffix: str, name: str, drawn: Picture | None = None
) -> Response:
    """A network as a file.

    Args:
        asked: in which language.
        network: what is shown.
        suffix: one of `NETWORK_FORMATS`.
        name: of the file, without its suffix.
        drawn: its picture with names, where there is one already.
    """
    if suffix == "html":
        content = network_page(network)
    elif suffix == "gexf":
        content = gexf(network)
    else:
        content = svg(asked, network, drawn or picture(network, NAMES))
    return answer(content, suffix, name)


def svg(asked: Asked, network: Network, drawn: Picture) -> str:
    """A picture that stands alone: title, legend, sources and their date are in it."""
    wide = max(drawn.half_width, _LEAST)
    top = wrapped(french.shown(network.title), replace(NAMES, font=20, width=2 * wide - 40))
    legend = _legend(asked, network, wide, drawn.half_height + 2 * _LINE)
    under = max(placed.y for placed in legend) + 2 * _LINE
    sources = _sources(asked, network, 2 * wide - 40)
    above = drawn.half_height + 26 * len(top) + _LINE
    return rendered(
        asked,
        "salles.svg.j2",
        {
            "title": french.shown(network.title),
            "described": french.shown(" ".join(sources), 2000),
            "lines": [(line, 26 * (i + 1) - above) for i, line in enumerate(top)],
            "picture": drawn,
            "legend": legend,
            "sources": [(line, under + i * _LINE) for i, line in enumerate(sources)],
            "left": 20 - wide,
            "box": (-wide, -above, 2 * wide, above + under + len(sources) * _LINE),
            "style": (STATIC / "salles.css").read_text(encoding="utf-8"),
        },
    )


def _legend(asked: Asked, network: Network, wide: int, y: int) -> list[Placed]:
    """The marks that are drawn, in rows as wide as the picture."""
    row = max((2 * wide - 40) // _BESIDE, 1)
    return [
        Placed(mark, label, star, 32 - wide + i % row * _BESIDE, y + i // row * 26)
        for i, (mark, label, star) in enumerate(legend(asked, network))
    ]


def _sources(asked: Asked, network: Network, width: int) -> list[str]:
    """Who says what is drawn, and when, in lines of at most that width."""
    told = [
        f"{french.shown(s.title or s.name, 120)} ({asked.language.date(s.date)})"
        if s.date
        else french.shown(s.title or s.name, 120)
        for s in network.sources[:_MOST_SOURCES]
    ]
    text = asked.say("Sources : {names}.", names=" · ".join(told)) if told else "Alliage"
    return list(wrapped(text, replace(NAMES, width=width, lines=_MOST_SOURCES)))


def ties_table(network: Network) -> str:
    """The ties as CSV, from whom to whom, each with where it is said."""
    actors = {actor.id: actor for actor in network.actors}
    rows = [
        {
            **_end("de", actors[link.start]),
            "lien": link.tie.name,
            "verbe": link.verb,
            **_end("vers", actors[link.end]),
            "role": link.role,
            "periode": link.period,
            "mots": " ; ".join(link.words),
            "fini": "oui" if link.ended else "",
            "sources": sources_of(link),
        }
        for link in network.links
    ]
    return written(rows)


def _end(column: str, actor: Actor) -> dict[str, str]:
    return {
        column: actor.id,
        f"{column}_nom": actor.name,
        f"{column}_monde": actor.world.fr if actor.world else "",
        f"{column}_lieu": actor.place or "",
    }
