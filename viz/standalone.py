"""The network of an answer in one file, that travels by e-mail and never calls anybody."""

import base64
import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from itertools import groupby
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from graph.claims import Source
from graph.model import ORGANISATION, World
from queries.answers import Evidence, Reason
from viz import french, marks
from viz.layout import NAMES, NUMBERS, Layout, Spot, layout
from viz.network import Actor, Link, Network, Part

_TEMPLATES = Path(__file__).parent / "templates"
_LIBRARY = "templates/lib/vis-*/vis-network.min.js"
_LONGEST_ADDRESS = 1000
_SENTENCE = 600  # characters
_TITLE = 90
_GROUPS = {
    Part.CENTRE: "Au centre",
    Part.ANSWER: "Les réponses",
    Part.BETWEEN: "Sur les chemins",
}
_OPTIONS: dict[str, Any] = {
    "physics": {"enabled": False},
    "layout": {"improvedLayout": False, "randomSeed": 1},
    "interaction": {"hover": True, "dragNodes": False, "zoomView": False},
    "nodes": {"shape": "custom", "chosen": False},
    "edges": {
        "smooth": False,
        "width": 1.4,
        "selectionWidth": 2,
        "color": {"color": "#76767c", "highlight": "#161616", "hover": "#161616"},
    },
}


@dataclass(frozen=True, slots=True)
class Citation:
    """Where a fact comes from, as the page writes it.

    Attributes:
        number: of the source at the bottom of the page, None where it is not described there.
        address: the page of the source, None where there is none that may be linked.
    """

    title: str
    number: int | None
    address: str | None


@dataclass(frozen=True, slots=True)
class Sentence:
    """A fact with its citations."""

    text: str
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """A tie in the table: who, the verb with role and words, with whom, when, says who."""

    start: int
    end: int
    start_name: str
    end_name: str
    verb: str
    detail: str
    period: str
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Card:
    """All that the page says of one actor."""

    number: int
    name: str
    mark: marks.Mark
    catalyst: bool
    what: str
    place: str
    reasons: tuple[Sentence, ...]
    ties: tuple[Sentence, ...]


def write_network(network: Network, path: Path, title: str = "") -> None:
    """Write the network as one HTML file in UTF-8, that opens without any network.

    Args:
        network: what to draw.
        path: the file; it is replaced.
        title: instead of the network's own.

    Raises:
        OSError: the file cannot be written.
    """
    path.write_bytes(network_page(network, title).encode())


def network_page(network: Network, title: str = "") -> str:
    """The page that `write_network` writes; the same network always gives the same bytes."""
    library, program, style = _library(), _read("network.js"), _read("network.css")
    numbers = {actor.id: number for number, actor in enumerate(network.actors, 1)}
    rows = _rows(network, numbers)
    return (
        _environment()
        .get_template("network.html.j2")
        .render(
            title=french.shown(title or network.title),
            lead=french.shown(network.lead, _SENTENCE),
            policy=_policy([library, program], style),
            style=style,
            library=library,
            program=program,
            data=_as_json(_drawing(network)),
            symbols=marks.ALL,
            star=marks.STAR,
            legend=_legend(network),
            groups=_groups(network, rows),
            others=[(_mark(world).label, french.thousands(n)) for world, n in network.others],
            rows=rows,
            sources=[_described(source) for source in network.sources],
            as_of=french.date(max((s.date for s in network.sources), default="")),
        )
    )


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


# The drawing ---------------------------------------------------------------------------------


def _drawing(network: Network) -> dict[str, Any]:
    """What the program draws from: pyvis's nodes, edges and options, our spots and rooms."""
    from pyvis.network import Network as Drawing  # here, for it loads IPython

    drawing = Drawing(directed=False)
    # Set, not added: pyvis compares each edge that one adds with all others.
    drawing.nodes = [_node(number, actor) for number, actor in enumerate(network.actors, 1)]
    drawing.edges = _edges(network)
    drawing.set_options(json.dumps(_OPTIONS))
    nodes, edges, _, _, _, options = drawing.get_network_data()
    return {
        "nodes": nodes,
        "edges": edges,
        "options": json.loads(options),
        "layouts": [_placed(layout(network, style)) for style in (NAMES, NUMBERS)],
        "marks": {m.name: [m.colour, m.path, m.detail] for m in marks.ALL},
        "star": marks.STAR,
    }


def _node(number: int, actor: Actor) -> dict[str, Any]:
    return {
        "id": number,
        "label": "",
        "shape": "custom",
        "mark": marks.mark_of(actor.kind, actor.world).name,
        "catalyst": actor.catalyst,
        "part": actor.part.value,
    }


def _edges(network: Network) -> list[dict[str, Any]]:
    """One line between two actors however many ties they have; dashed when all have ended."""
    numbers = {actor.id: number for number, actor in enumerate(network.actors, 1)}
    lasting: dict[tuple[int, int], bool] = {}
    for link in network.links:
        a, b = sorted((numbers[link.start], numbers[link.end]))
        lasting[a, b] = lasting.get((a, b), False) or not link.ended
    return [
        {"id": i, "from": a, "to": b, "dashes": not lasts}
        for i, ((a, b), lasts) in enumerate(sorted(lasting.items()), 1)
    ]


def _placed(picture: Layout) -> dict[str, Any]:
    style = picture.style
    return {
        "font": style.font,
        "radius": style.radius,
        "width": picture.half_width,
        "height": picture.half_height,
        "spots": [_spot(spot) for spot in picture.spots],
        "rooms": [
            {
                "labels": [_mark(room.world).label, _mark(room.world).short],
                "colour": _mark(room.world).colour,
                "start": round(room.start, 4),
                "end": round(room.end, 4),
                "others": _spot(room.others) if room.others else None,
            }
            for room in picture.rooms
        ],
    }


def _spot(spot: Spot) -> dict[str, Any]:
    return {"x": spot.x, "y": spot.y, "lines": spot.lines, "width": spot.width}


def _mark(world: World | None) -> marks.Mark:
    return marks.mark_of(ORGANISATION, world)


# What the page says --------------------------------------------------------------------------


def _legend(network: Network) -> list[tuple[marks.Mark, str]]:
    """Every world, then what else is drawn."""
    drawn = [marks.mark_of(actor.kind, actor.world) for actor in network.actors]
    others = (marks.UNKNOWN, marks.ALLIANCES, marks.PLACES, marks.OTHERS)
    listed = [*marks.WORLDS.values(), *(mark for mark in others if mark in drawn)]
    return [(mark, french.shown(mark.label)) for mark in listed]


def _groups(network: Network, rows: Iterable[Row]) -> list[tuple[str, list[Card]]]:
    sources = _numbered(network.sources)
    ties: dict[int, list[Sentence]] = {}
    for row in rows:
        sentence = _spoken(row)
        for number in {row.start, row.end}:
            ties.setdefault(number, []).append(sentence)
    cards = [
        (actor.part, _card(number, actor, tuple(ties.get(number, ())), sources))
        for number, actor in enumerate(network.actors, 1)
    ]
    grouped = groupby(cards, key=lambda card: card[0])
    return [(_GROUPS[part], [card for _, card in group]) for part, group in grouped]


def _card(
    number: int, actor: Actor, ties: tuple[Sentence, ...], sources: dict[str, tuple[int, Source]]
) -> Card:
    what = actor.world.fr if actor.world else actor.kind.fr
    if actor.kind is ORGANISATION and not actor.world:
        what = marks.UNKNOWN.label
    return Card(
        number,
        french.shown_name(actor.name),
        marks.mark_of(actor.kind, actor.world),
        actor.catalyst,
        french.shown(what),
        french.shown(actor.place or ""),
        tuple(_reason(reason, sources) for reason in actor.reasons),
        ties,
    )


def _reason(reason: Reason, sources: dict[str, tuple[int, Source]]) -> Sentence:
    return Sentence(french.shown(reason.text, _SENTENCE), _citations(reason.evidence, sources))


def _rows(network: Network, numbers: dict[str, int]) -> list[Row]:
    sources = _numbered(network.sources)
    names = {actor.id: french.shown_name(actor.name) for actor in network.actors}
    return [
        Row(
            numbers[link.start],
            numbers[link.end],
            names[link.start],
            names[link.end],
            french.shown(link.verb),
            french.shown(_detail(link)),
            french.shown(link.period),
            _citations(link.evidence, sources),
        )
        for link in network.links
    ]


def _detail(link: Link) -> str:
    return " ; ".join([*([link.role] if link.role else []), *link.words])


def _spoken(row: Row) -> Sentence:
    when = f", {row.period}" if row.period else ""
    detail = f" ({row.detail})" if row.detail else ""
    text = f"{row.start_name} {row.verb} {row.end_name}{detail}{when}."
    return Sentence(text, row.citations)


# Sources -------------------------------------------------------------------------------------


def _numbered(sources: Iterable[Source]) -> dict[str, tuple[int, Source]]:
    return {source.name: (number, source) for number, source in enumerate(sources, 1)}


def _citations(
    evidence: Iterable[Evidence], sources: dict[str, tuple[int, Source]]
) -> tuple[Citation, ...]:
    """One citation for each source, with all the places in it."""
    places: dict[str, list[Evidence]] = {}
    for one in evidence:
        places.setdefault(one.source, []).append(one)
    return tuple(_citation(name, found, sources.get(name)) for name, found in places.items())


def _citation(name: str, found: list[Evidence], known: tuple[int, Source] | None) -> Citation:
    number, source = known or (None, None)
    title = _short(source.title if source else name)
    locators = dict.fromkeys(one.locator for one in found if one.locator)
    listed = french.shown(", ".join([title, *locators]), _SENTENCE)
    addresses = [one.url for one in found if _is_web(one.url)]
    return Citation(listed, number, addresses[0] if addresses else None)


def _short(title: str) -> str:
    """A title, without what ends it in brackets where it is long."""
    return french.shown(
        re.sub(r" \([^()]*\)$", "", title) if len(title) > _TITLE else title, _TITLE
    )


def _described(source: Source) -> dict[str, str]:
    said = [source.publisher, french.date(source.date), source.licence]
    return {
        "title": french.shown(source.title or source.name),
        "said": french.shown(" ; ".join(text for text in said if text), _SENTENCE),
        "address": source.url if _is_web(source.url) else "",
    }


def _is_web(address: str) -> bool:
    """Whether an address may be a link: nothing but http and https, to a named host."""
    if len(address) > _LONGEST_ADDRESS or not address.isprintable() or " " in address:
        return False
    try:
        parts = urlsplit(address)
        return parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return False


# Safety --------------------------------------------------------------------------------------


def _as_json(value: dict[str, Any]) -> str:
    """JSON that cannot end the script element it stands in."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def _policy(scripts: Iterable[str], style: str) -> str:
    """The policy that lets these scripts and this style run, and nothing be fetched."""
    allowed = " ".join(_digest(script) for script in scripts)
    return (
        f"default-src 'none'; script-src {allowed}; style-src {_digest(style)}; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _read(name: str) -> str:
    return (_TEMPLATES / name).read_text(encoding="utf-8")


@cache
def _library() -> str:
    """The newest vis-network that pyvis brings, fit to stand inside a script element."""
    found = find_spec("pyvis")
    folders = (found and found.submodule_search_locations) or []
    files = [f for folder in folders for f in Path(folder).glob(_LIBRARY)]
    newest = max(files, key=lambda file: [int(n) for n in file.parent.name[4:].split(".")])
    text = newest.read_text(encoding="utf-8")
    return text.replace("</script", "<\\/script").replace("<!--", "<\\!--")
