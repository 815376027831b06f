"""« Alliances » : those that work and those that do not; and the life of one of them."""

from dataclasses import dataclass

import numpy as np
from starlette.responses import RedirectResponse

from graph.columns import Ints
from graph.errors import AlliageError, UnknownId
from graph.model import (
    ALLIANCE,
    MEMBER_OF,
    NEEDS,
    OFFERS,
    USES,
    AllianceType,
    Means,
    Phase,
)
from graph.text import fold
from graph.view import View
from queries.masks import means_in
from queries.places import Place, resolve_place
from queries.presence import presence
from queries.show import ShownTie
from queries.things import place_name
from viz import french
from viz.pages.actor_page import described, known
from viz.pages.asked import Answer, Asked, Page
from viz.pages.downloads import FORMATS, download
from viz.pages.rendering import thing_path

_A_PAGE = 30
_MOST_IN_A_FILE = 500


@dataclass(frozen=True, slots=True)
class Listed:
    """An alliance in the list."""

    id: str
    name: str
    form: AllianceType | None
    phase: Phase | None
    since: str
    place: str | None
    members: int


@dataclass(frozen=True, slots=True)
class Member:
    """A member of an alliance, with what it offers and what it seeks, as far as is known."""

    tie: ShownTie
    gives: tuple[Means, ...]
    seeks: tuple[Means, ...]


def alliances_page(asked: Asked) -> Answer:
    """The alliances here, by words, form and phase."""
    view, problem, place = asked.view, None, None
    nodes = view.of_kind(ALLIANCE)
    try:
        nodes, place = _here(asked, nodes)
    except AlliageError as error:
        problem = error
    nodes = _filtered(asked, nodes)
    keys = [view.keys[node] for node in nodes.tolist()]
    if asked.suffix in FORMATS:
        kept = keys[:_MOST_IN_A_FILE]
        return download(view, kept, asked.suffix, asked.base, "alliances")
    page = asked.number("page", 1, 10_000)
    shown = nodes[(page - 1) * _A_PAGE : page * _A_PAGE].tolist()
    name = place.name if place else ""
    title = asked.say("{place} : alliances", place=name) if place else asked.say("Alliances")
    return Page(
        "alliances.html.j2",
        title,
        {
            "rows": [_listed(view, node) for node in shown],
            "count": len(nodes),
            "page": page,
            "pages": -(-len(nodes) // _A_PAGE),
            "problem": problem,
            "candidates": getattr(problem, "candidates", []),
            "forms": tuple(AllianceType),
            "phases": tuple(Phase),
            "formats": FORMATS,
        },
        400 if problem else 200,
    )


def _here(asked: Asked, nodes: Ints) -> tuple[Ints, Place | None]:
    text = asked.meant("territoire")
    if not text:
        return nodes, None
    rank, place = resolve_place(asked.view, text)
    near = presence(asked.view, rank)
    # By what it says of its territory; where nothing is said of that, it cannot be here.
    return nodes[(near.nearness[nodes] > 0) & (near.through[nodes] >= 0)], place


def _filtered(asked: Asked, nodes: Ints) -> Ints:
    """Those of a form, of a phase, with all the words; running ones first, then by name."""
    view = asked.view
    form, phase = asked.one("forme"), asked.one("phase")
    forms, phases = [each.value for each in AllianceType], [each.value for each in Phase]
    if form in forms:
        nodes = nodes[view.form[nodes] == forms.index(form)]
    if phase in phases:
        nodes = nodes[view.phase[nodes] == phases.index(phase)]
    words = fold(asked.one("q")).split()
    kept = [node for node in nodes.tolist() if _speaks_of(view, node, words)]
    kept.sort(key=lambda node: (bool(view.ended[node]), fold(view.names[node])))
    return np.array(kept, dtype=np.int64)


def _speaks_of(view: View, node: int, words: list[str]) -> bool:
    if not words:
        return True
    said = fold(view.purposes[node])
    return all(word in said for word in words)


def _listed(view: View, node: int) -> Listed:
    day = int(view.started[node])
    form, phase = int(view.form[node]), int(view.phase[node])
    return Listed(
        view.keys[node],
        view.names[node],
        tuple(AllianceType)[form] if form >= 0 else None,
        tuple(Phase)[phase] if phase >= 0 else None,
        str(day // 10_000) if day else "",
        place_name(view, node),
        len(view.ties[MEMBER_OF].by_end[node]),
    )


def alliance_page(asked: Asked) -> Answer:
    """One alliance: its life, its members, its levers, what came of it."""
    found = known(asked)
    path = thing_path(asked.view, found.id)
    if found.kind is not ALLIANCE:
        raise UnknownId(asked.key, [])
    if found.id != asked.key:
        return RedirectResponse(str(asked.to(path)), 308)
    if asked.suffix in FORMATS:
        return download(asked.view, [found.id], asked.suffix, asked.base, "alliance")
    members = [t for t in found.ties if t.tie == MEMBER_OF.name and t.direction == "in"]
    apart = {MEMBER_OF.name, USES.name, OFFERS.name, NEEDS.name}
    shown = described(asked, found)
    verbs = {asked.language.verb(tie, outward=False) for tie in (MEMBER_OF,)}
    groups = [(v, t) for v, t in _groups(shown) if v not in verbs and t[0].tie not in apart]
    node = asked.view.ordinal(found.id) or 0
    return Page(
        "alliance.html.j2",
        french.shown_name(found.name),
        {
            **shown,
            "groups": groups,
            "members": [_member(asked.view, tie) for tie in members],
            "member_count": len(asked.view.ties[MEMBER_OF].by_end[node]),
            "levers": [t for t in found.ties if t.tie == USES.name],
            "formats": FORMATS,
        },
    )


def _groups(shown: dict[str, object]) -> list[tuple[str, tuple[ShownTie, ...]]]:
    groups = shown["groups"]
    assert isinstance(groups, list)
    return groups


def _member(view: View, tie: ShownTie) -> Member:
    node = view.ordinal(tie.other.id)
    if node is None:
        return Member(tie, (), ())
    gives, seeks = (means_in(int(mask[node])) for mask in (view.offers, view.needs))
    return Member(tie, tuple(gives), tuple(seeks))
