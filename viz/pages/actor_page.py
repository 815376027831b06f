"""« Fiche acteur » and « Réseau d'un acteur » : all that is known, who says so, and who is near."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from starlette.responses import RedirectResponse

from graph.claims import Value
from graph.errors import UnknownId
from graph.model import (
    ACTS_IN,
    AIMS_AT,
    NEEDS,
    OFFERS,
    ORGANISATION,
    SEATED_IN,
    TIES,
    Term,
    Tie,
)
from graph.view import View
from queries.acquaintance import ACTORS
from queries.show import Shown, ShownTie, ShownValue, show
from viz import french
from viz.pages.asked import Answer, Asked, Page
from viz.pages.beside import in_rooms, legend
from viz.pages.downloads import FORMATS, answer, download, rdf
from viz.pages.network_files import NETWORK_FORMATS, network_file, ties_table
from viz.pages.rendering import thing_path
from viz.pages.salles import FARTHEST, Drawings, Picture, in_words

_TIE = {tie.name: tie for tie in TIES}
_DRAWINGS = Drawings()
_HALF_A_PAGE = 360  # half the width in which names can be read there
_APART = (SEATED_IN, ACTS_IN, AIMS_AT, OFFERS, NEEDS)
Group: TypeAlias = tuple[str, tuple[ShownTie, ...]]


@dataclass(frozen=True, slots=True)
class Line:
    """A value as the page shows it, with the claims behind it."""

    name: str
    label: str
    texts: tuple[str, ...]
    said: ShownValue


def known(asked: Asked) -> Shown:
    """The thing of the id in the path.

    Raises:
        UnknownId: there is none.
    """
    if asked.view.ordinal(asked.key) is None:
        raise UnknownId(asked.key, [])
    return show(asked.view, asked.key)


def actor_page(asked: Asked) -> Answer:
    """Who it is, where, for what, with what means and with whom; each with its source."""
    found = known(asked)
    path = thing_path(asked.view, found.id)
    if found.id != asked.key or not path.startswith("/acteurs/"):
        return RedirectResponse(str(asked.to(path)), 308)
    if asked.suffix in FORMATS:
        return download(asked.view, [found.id], asked.suffix, asked.base, "fiche")
    node = asked.view.ordinal(found.id) or 0
    acts = any(asked.view.is_kind(node, kind) for kind in ACTORS)
    return Page(
        "actor.html.j2",
        french.shown_name(found.name),
        {
            **described(asked, found),
            "is_organisation": found.kind is ORGANISATION,
            "picture": _around(asked.view, node) if acts else None,
            "formats": FORMATS,
        },
    )


def _around(view: View, node: int) -> tuple[Picture, ...]:
    """The direct ties, small: with names too where they can be read in half a page."""
    _, names, numbers = _DRAWINGS.draw(view, node, 1)
    return (names, numbers) if names.half_width < _HALF_A_PAGE else (numbers,)


def described(asked: Asked, found: Shown) -> dict[str, object]:
    """What the page of a thing shows, whatever its kind."""
    return {
        "found": found,
        "lines": lines(asked, found),
        "seats": _of(found, SEATED_IN, "out"),
        "terrain": _of(found, ACTS_IN, "out"),
        "aims": _of(found, AIMS_AT, "out"),
        "offers": _of(found, OFFERS, "out"),
        "needs": _of(found, NEEDS, "out"),
        "groups": groups(asked, found),
        "when": when,
        "role": lambda tie: _role(asked, tie),
        "licences": sorted({c.licence for line in found.values.values() for c in line.claims}),
    }


def lines(asked: Asked, found: Shown) -> list[Line]:
    """The values, labelled in the language of the page."""
    shown = []
    for declared in found.kind.properties:
        said = found.values.get(declared.name)
        if said is None or declared.name == "name":
            continue
        label = declared.en if asked.language.prefix else declared.fr
        vocabulary = declared.type if isinstance(declared.type, type) else None
        texts = tuple(_told(asked, item, vocabulary) for item in _items(said.value))
        shown.append(Line(declared.name, label, texts, said))
    return shown


def _items(value: Value) -> Sequence[str | int | float | bool]:
    return value if isinstance(value, list) else [value]


def _told(asked: Asked, value: object, vocabulary: type[Term] | None) -> str:
    if isinstance(value, bool):
        return asked.say("oui") if value else asked.say("non")
    if vocabulary is not None:
        term = next((each for each in vocabulary if each == value), None)
        return asked.language.term(term) if term else str(value)
    if isinstance(value, int):
        return asked.language.number(value)
    return str(value)


def _of(found: Shown, tie: Tie, direction: str) -> tuple[ShownTie, ...]:
    return tuple(t for t in found.ties if t.tie == tie.name and t.direction == direction)


def groups(asked: Asked, found: Shown) -> list[Group]:
    """The other ties, by how they read, in the order of the model."""
    apart = {tie.name for tie in _APART}
    by_verb: dict[str, list[ShownTie]] = {}
    for tie in found.ties:
        if tie.tie not in apart or tie.direction == "in":
            verb = asked.language.verb(_TIE[tie.tie], outward=tie.direction == "out")
            by_verb.setdefault(verb, []).append(tie)
    return [(verb, tuple(ties)) for verb, ties in by_verb.items()]


def when(tie: ShownTie) -> str:
    """The period of a tie in words, empty when not known."""
    return french.period(tie.properties.get("since"), tie.properties.get("until"))


def _role(asked: Asked, tie: ShownTie) -> str:
    declared = _TIE[tie.tie].property("role")
    code = tie.properties.get("role")
    if declared is None or not isinstance(code, str) or not isinstance(declared.type, type):
        return ""
    term = next((each for each in declared.type if each == code), None)
    return asked.language.term(term) if isinstance(term, Term) else ""


# The network -----------------------------------------------------------------------------------


def network_page_of(asked: Asked) -> Answer:
    """The rooms around an actor, drawn and told; as a file that travels by e-mail."""
    found = known(asked)
    node = asked.view.ordinal(found.id)
    if node is None or not any(asked.view.is_kind(node, kind) for kind in ACTORS):
        raise UnknownId(asked.key, [])
    reach = asked.number("portee", FARTHEST, FARTHEST)
    around, names, numbers = _DRAWINGS.draw(asked.view, node, reach)
    if asked.suffix == "csv":
        return answer(ties_table(around.network), "csv", "reseau")
    title = asked.say("Le réseau : {name}", name=french.shown_name(found.name))
    keys = [actor.id for actor in around.network.actors]
    if asked.suffix in ("ttl", "jsonld"):
        content = rdf(asked.view, keys, asked.base, asked.suffix, within=True)
        return answer(content, asked.suffix, "reseau")
    if asked.suffix == "geojson":
        return download(asked.view, keys, asked.suffix, asked.base, "reseau")
    if asked.suffix in NETWORK_FORMATS:
        network = replace(around.network, title=title)
        return network_file(asked, network, asked.suffix, "reseau", names)
    return Page(
        "network.html.j2",
        title,
        {
            "found": found,
            "around": around,
            "picture": (names, numbers),
            "reach": reach,
            "marks_drawn": legend(asked, around.network),
            "in_words": in_words,
            "rows": in_rooms(asked, around.network.actors),
            "formats": (*FORMATS, *NETWORK_FORMATS),
        },
    )
