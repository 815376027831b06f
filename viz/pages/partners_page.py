"""« Trouver des partenaires » : a list with reasons; the same query as a map or a table."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from graph.columns import Ints
from graph.errors import AlliageError, RequestError
from graph.model import Means, World
from graph.view import View
from queries import pairs as pair_queries
from queries import partner_request
from queries.answers import Reason
from queries.cartography import Spot, spot_of
from queries.coverage import FRANCE
from queries.matching.weights import BANDS
from queries.partner_request import Question, understand
from queries.partners import Partner, Partners, partners
from queries.places import Place
from queries.spots import Box, box_of
from viz.network import network_of_partners
from viz.pages import facets, maps
from viz.pages.address import Address
from viz.pages.asked import Answer, Asked, Page
from viz.pages.criteria import Criterion, criteria
from viz.pages.downloads import FORMATS, download
from viz.pages.lacks import lack_choices
from viz.pages.live_map import live_map
from viz.pages.network_files import NETWORK_FORMATS, network_file
from viz.pages.rendering import goal_label, world_label

VIEWS = ("liste", "carte", "tableau")
_STEPS = (10, 20, 50)


@dataclass(frozen=True, slots=True)
class Row:
    """A partner as the page shows it.

    Attributes:
        band: how sure we are, in words.
        speaking, to_check, against: the reasons, by what they say.
        criteria: every criterion, with yes, no or not known.
        spot: where it stands on the map, None where that is not known.
    """

    partner: Partner
    band: str
    speaking: tuple[Reason, ...]
    to_check: tuple[Reason, ...]
    against: tuple[Reason, ...]
    criteria: list[Criterion]
    spot: Spot | None


@dataclass(frozen=True, slots=True)
class Chip:
    """Something that was asked, and the page without it."""

    label: str
    address: Address


def request_of(asked: Asked, limit: int) -> partner_request.Request:
    """The question that the parameters put."""
    frame = frame_of(asked)
    for_someone = asked.meant("pour") or None
    return partner_request.Request(
        # A box of the map stands alone: what lies in it, wherever that is.
        at=asked.meant("territoire") or (FRANCE if frame and not for_someone else None),
        goals=asked.all("odd"),
        needs=asked.all("besoin"),
        offers=asked.all("offre"),
        organisation=for_someone,
        worlds=asked.all("monde"),
        limit=limit,
        text=asked.one("q"),
        seats=frame,
    )


def frame_of(asked: Asked) -> Box | None:
    """The box of the map in which one searches.

    Raises:
        RequestError: it is no box.
    """
    text = asked.one("cadre")
    return box_of(text, "cadre") if text else None


def partners_page(asked: Asked) -> Answer:
    """Partners for a project or an actor; without either, pairs of the place."""
    limit = asked.number("nombre", _STEPS[0], 500)
    try:
        request = request_of(asked, limit)
    except RequestError as problem:
        return _page(asked, problem)
    if not (request.at or request.organisation):
        return _page(asked, None)
    try:
        if not partner_request.has_profile(request):
            return _pairs(asked, request)
        answer = partners(asked.view, request)
    except AlliageError as problem:
        return _page(asked, problem)
    if asked.suffix in FORMATS:
        return _file(asked, answer)
    if asked.suffix in NETWORK_FORMATS:
        drawn = network_of_partners(asked.view, answer)
        return network_file(asked, drawn, asked.suffix, "partenaires")
    return _answered(asked, request, answer)


def _page(asked: Asked, problem: AlliageError | None, **shown: object) -> Page:
    """The form, with what else there is to show; what was typed stays."""
    empty: dict[str, object] = {
        "answer": None,
        "of_place": None,
        "rows": [],
        "problem": problem,
        "candidates": getattr(problem, "candidates", []),
        "chips": [],
        "view_name": asked.one("vue", VIEWS[0]),
        "views": VIEWS,
        "drawing": None,
        "heading": asked.say("Trouver des partenaires"),
        "facets": _facets(asked, None),
        "steps": _STEPS,
        "formats": FORMATS,
        "live": None,
        "lacks": lack_choices(asked),
    }
    heading = shown.get("heading", empty["heading"])
    status = 400 if problem else 200
    return Page("partners.html.j2", str(heading), {**empty, **shown}, status)


# An answer -------------------------------------------------------------------------------------


def _answered(asked: Asked, request: partner_request.Request, answer: Partners) -> Page:
    view, question = asked.view, answer.question
    everybody = understand(view, replace(request, worlds=()))
    here = facets.candidates(view, everybody)
    shown = _within(view, here, question.worlds)
    return _page(
        asked,
        None,
        answer=answer,
        rows=[_row(asked, question, partner) for partner in answer.answers],
        chips=_chips(asked, question),
        heading=_heading(asked, question.place, "{place} : partenaires possibles"),
        formats=(*FORMATS, *NETWORK_FORMATS),
        facets=_facets(asked, (here, everybody.goals_of)),
        drawing=_drawing(asked, question.place.id, shown),
        live=live_map(asked, question.place.id, question.organisation, question.worlds),
    )


def _heading(asked: Asked, place: Place, text: str) -> str:
    alone = asked.one("cadre") and not asked.one("territoire")
    name = asked.say("Zone de la carte") if alone else place.name
    return asked.say(text, place=name)


def _within(view: View, nodes: Ints, worlds: tuple[World, ...]) -> Ints:
    if not worlds:
        return nodes
    wanted = [tuple(World).index(world) for world in worlds]
    kept: Ints = nodes[[int(view.world[node]) in wanted for node in nodes.tolist()]]
    return kept


def _row(asked: Asked, question: Question, partner: Partner) -> Row:
    against = tuple(r for r in partner.reasons if r.against)
    to_check = tuple(r for r in partner.reasons if r.to_check and not r.against)
    speaking = tuple(r for r in partner.reasons if not r.to_check and not r.against)
    told = criteria(asked.view, asked.language, question, partner)
    node = asked.view.ordinal(partner.id)
    spot = None if node is None else spot_of(asked.view, node)
    return Row(partner, _band(asked, partner.band), speaking, to_check, against, told, spot)


_BANDS = {
    "strong": "Plusieurs raisons fortes",
    "plausible": "Des raisons plausibles",
    "to_explore": "À explorer",
}


def _band(asked: Asked, name: str) -> str:
    return asked.say(_BANDS[next(band.name for band in BANDS if band.name == name)])


def _drawing(asked: Asked, place: str, nodes: Ints) -> maps.Drawing | None:
    if asked.one("vue") != "carte":
        return None
    return maps.drawing(asked.view, asked.outlines, place, nodes)


def _chips(asked: Asked, question: Question) -> list[Chip]:
    """What was understood, each with the page without it."""
    here = asked.here
    found = []
    if question.organisation:
        name = question.organisation.name
        found.append(Chip(asked.say("Pour : {name}", name=name), here.drop("pour")))
    if question.text:
        short = question.text if len(question.text) < 60 else f"{question.text[:58]} …"
        found.append(Chip(asked.say("Mots : {words}", words=short), here.drop("q")))
    if question.seats:
        found.append(Chip(asked.say("Zone de la carte"), here.drop("cadre")))
    labels = {
        "odd": lambda value: asked.say("ODD {number}", number=value),
        "besoin": lambda value: asked.say("Je cherche : {means}", means=value),
        "offre": lambda value: asked.say("J'offre : {means}", means=value),
        "monde": lambda value: asked.say("Monde : {world}", world=value),
    }
    for name, value in here.pairs:
        if name in labels:
            found.append(Chip(labels[name](_label(asked, name, value)), here.minus(name, value)))
    return found


def _label(asked: Asked, name: str, value: str) -> str:
    if name in ("besoin", "offre"):
        means = next((each for each in Means if each == value), None)
        return asked.language.term(means) if means else value
    world = next((each for each in World if each == value), None)
    return world_label(asked.language, world) if name == "monde" and world else value


def _facets(asked: Asked, here: tuple[Ints, Ints] | None) -> Mapping[str, list[facets.Choice]]:
    """The choices of each facet; with counts where a place is known."""
    view, language = asked.view, asked.language
    nodes, goals_of = here or (None, None)
    worlds = facets.by_world(view, nodes) if nodes is not None else None
    goals = facets.by_goal(goals_of, nodes) if goals_of is not None and nodes is not None else None
    offered = facets.by_means(view.offers, nodes) if nodes is not None else None
    needed = facets.by_means(view.needs, nodes) if nodes is not None else None
    address = asked.here.drop("nombre")
    world_labels = [
        (w.value, world_label(language, w), worlds.get(w, 0) if worlds else None) for w in World
    ]
    goal_labels = [
        (str(n), goal_label(asked, n), goals[n] if goals else None) for n in range(1, 18)
    ]
    return {
        "monde": facets.choices(address, "monde", world_labels, asked.all("monde")),
        "odd": facets.choices(address, "odd", goal_labels, asked.all("odd")),
        "besoin": facets.choices(
            address, "besoin", _means_labels(asked, offered), asked.all("besoin")
        ),
        "offre": facets.choices(address, "offre", _means_labels(asked, needed), asked.all("offre")),
    }


def _means_labels(
    asked: Asked, counted: dict[Means, int] | None
) -> list[tuple[str, str, int | None]]:
    return [
        (means.value, asked.language.term(means), counted[means] if counted else None)
        for means in Means
    ]


# Without a profile -----------------------------------------------------------------------------


def _pairs(asked: Asked, request: partner_request.Request) -> Answer:
    """Who could work with whom in a place: what there is to show before anybody asks for more."""
    view = asked.view
    answer = pair_queries.pairs(view, request)
    search = understand(view, replace(request, worlds=()))
    here = facets.candidates(view, search)
    if asked.suffix in FORMATS:
        ends = [end.id for pair in answer.answers for end in (pair.one, pair.other)]
        return download(view, list(dict.fromkeys(ends)), asked.suffix, asked.base, "paires")
    return _page(
        asked,
        None,
        of_place=answer,
        count=len(here),
        chips=_chips(asked, answer.question),
        heading=_heading(asked, answer.question.place, "{place} : qui pourrait s'allier ?"),
        facets=_facets(asked, (here, search.goals_of)),
        drawing=_drawing(asked, answer.question.place.id, here),
        live=live_map(asked, answer.question.place.id, None, request.worlds),
    )


def _file(asked: Asked, answer: Partners) -> Answer:
    more = {
        partner.id: {
            "pourquoi": " ".join(r.text for r in partner.reasons if not r.to_check),
            "a_verifier": " ".join(r.text for r in partner.reasons if r.to_check),
            "sources": " ; ".join(
                dict.fromkeys(
                    f"{e.source} {e.locator}".strip() for r in partner.reasons for e in r.evidence
                )
            ),
        }
        for partner in answer.answers
    }
    return download(asked.view, list(more), asked.suffix, asked.base, "partenaires", more)
