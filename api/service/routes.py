"""The addresses of the API: each translates what is asked, and decides nothing."""

from typing import Annotated, TypeAlias

from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from api import as_json
from api.missed import day
from api.service import asked
from api.service.answering import AnsweringDep
from graph.errors import RequestError
from queries import (
    alike,
    alike_request,
    bridges,
    cartography,
    ecosystem,
    find,
    gaps,
    missed,
    pairs,
    partner_request,
    partners,
    path,
    show,
    signals,
    team,
)
from queries.charter import charter
from queries.matching.text import text_index
from queries.spots import box_of
from queries.suggest import suggest

Thing: TypeAlias = Annotated[
    str, Path(max_length=300, description="Un identifiant (siren:…, goal:11), ou un nom.")
]

router = APIRouter(prefix="/api/v1")


@router.get("/partners")
def get_partners(
    question: Annotated[asked.PartnersAsked, Query()], answering: AnsweringDep
) -> Response:
    """Qui pourrait faire alliance avec ce projet ou cette organisation, ici."""
    request = partner_request.Request(
        question.at,
        tuple(question.goal),
        tuple(question.need),
        tuple(question.offer),
        question.organisation,
        tuple(question.world),
        question.limit,
        question.text,
        question.difference,
        seats=box_of(question.seats, "--seats") if question.seats else None,
    )
    if not partner_request.has_profile(request):
        raise RequestError(
            "Dites pour qui ou pour quoi : une organisation (--for), un objectif (--goal), un "
            "moyen (--need, --offer) ou des mots (--text). "
            "Les paires d'un lieu sont à /api/v1/pairs."
        )
    return answering(lambda held: as_json.plain(partners.partners(held.view, request)))


@router.get("/pairs")
def get_pairs(question: Annotated[asked.PairsAsked, Query()], answering: AnsweringDep) -> Response:
    """Qui pourrait travailler avec qui, dans un lieu."""
    request = partner_request.Request(
        question.at, worlds=tuple(question.world), limit=question.limit
    )
    return answering(lambda held: as_json.plain(pairs.pairs(held.view, request)))


@router.get("/team")
def get_team(question: Annotated[asked.TeamAsked, Query()], answering: AnsweringDep) -> Response:
    """Quel petit groupe, de plusieurs mondes, pour ces objectifs, ici."""
    request = team.Request(
        question.at,
        tuple(question.goal),
        question.organisation,
        tuple(question.world),
        question.size,
    )
    return answering(lambda held: as_json.plain(team.team(held.view, request)))


@router.get("/missed")
def get_missed(
    question: Annotated[asked.MissedAsked, Query()], answering: AnsweringDep
) -> Response:
    """Quels projets et quels financeurs se sont manqués, ici."""
    request = missed.Request(question.at, day(question.on), question.limit)
    return answering(lambda held: as_json.plain(missed.missed(held.view, request)))


@router.get("/alike")
def get_alike(question: Annotated[asked.AlikeAsked, Query()], answering: AnsweringDep) -> Response:
    """Quelles alliances ressemblent à ce projet, et ce qu'elles sont devenues."""
    request = alike_request.Request(
        day(question.on),
        question.thing,
        tuple(question.goal),
        question.at,
        tuple(question.need),
        tuple(question.world),
        question.text,
        question.limit,
    )
    return answering(
        lambda held: as_json.plain(alike.alike(held.view, request, text_index(held.view)))
    )


@router.get("/bridges")
def get_bridges(
    question: Annotated[asked.BridgesAsked, Query()], answering: AnsweringDep
) -> Response:
    """Quel catalyseur relie ces mondes, ici."""
    request = bridges.Request(
        tuple(question.between), question.place, tuple(question.goal), question.limit
    )
    return answering(lambda held: as_json.plain(bridges.bridges(held.view, request)))


@router.get("/path")
def get_path(question: Annotated[asked.PathAsked, Query()], answering: AnsweringDep) -> Response:
    """Comment ces deux-là se connaissent-ils ; les alliances et les liens qui les séparent."""

    def form(answer: path.Paths) -> as_json.Json:
        ends = {"from": as_json.plain(answer.start), "to": as_json.plain(answer.end)}
        return {"question": ends, "answers": as_json.plain(answer.introductions)}

    return answering(lambda held: form(path.paths(held.view, question.start, question.end)))


@router.get("/gaps")
def get_gaps(question: Annotated[asked.GapsAsked, Query()], answering: AnsweringDep) -> Response:
    """Ce que rien ne relie ici, et les territoires sans catalyseur."""
    return answering(
        lambda held: as_json.plain(gaps.gaps(held.view, question.place, question.limit))
    )


@router.get("/ecosystem")
def get_ecosystem(
    question: Annotated[asked.EcosystemAsked, Query()], answering: AnsweringDep
) -> Response:
    """Le profil d'un territoire : qui, pour quoi, avec quels moyens, dans quelles alliances."""
    words = question.place, question.listed, question.limit
    return answering(lambda held: as_json.plain(ecosystem.ecosystem(held.view, *words)))


@router.get("/signals")
def get_signals(
    question: Annotated[asked.SignalsAsked, Query()], answering: AnsweringDep
) -> Response:
    """Ce qui est nouveau ici, et plus que le hasard ne l'apporterait."""
    words = question.place, day(question.since), day(question.on), question.limit
    return answering(lambda held: as_json.plain(signals.signals(held.view, *words)))


@router.get("/search")
def get_search(
    question: Annotated[asked.SearchAsked, Query()], answering: AnsweringDep
) -> Response:
    """Ce qui porte un nom semblable, quels que soient les accents et les petites fautes."""

    def form(found: list[find.Match]) -> as_json.Json:
        return {"question": {"text": question.text}, "answers": as_json.plain(found)}

    return answering(lambda held: form(find.find(held.view, question.text, question.limit)))


@router.get("/suggest")
def get_suggest(
    question: Annotated[asked.SuggestAsked, Query()], answering: AnsweringDep
) -> Response:
    """Les territoires et les acteurs que l'on veut peut-être dire, pendant que l'on tape."""
    return answering(lambda held: as_json.plain(suggest(held.view, question.text, question.limit)))


@router.get("/things/{id:path}")
def get_thing(
    id: Thing, question: Annotated[asked.NothingAsked, Query()], answering: AnsweringDep
) -> Response:
    """Tout ce qui est connu d'une fiche, et qui le dit."""
    return answering(lambda held: as_json.shown(show.show(held.view, id)))


@router.get("/map")
def get_map(question: Annotated[asked.MapAsked, Query()], answering: AnsweringDep) -> Response:
    """Combien d'acteurs de chaque monde dans chaque territoire d'un échelon, pour la carte."""
    request = cartography.Request(
        question.place,
        question.level,
        box_of(question.box) if question.box else None,
        question.at,
        question.organisation,
        tuple(question.world),
        box_of(question.seats, "--seats") if question.seats else None,
        question.uncovered,
    )
    return answering(lambda held: as_json.plain(cartography.cartography(held.view, request)))


@router.get("/charter")
def get_charter(
    question: Annotated[asked.NothingAsked, Query()], answering: AnsweringDep
) -> Response:
    """Les 21 leviers de la charte du faire alliance, avec leurs questions."""
    return answering(lambda held: as_json.plain(charter(held.view)))


@router.get("/sources")
def get_sources(
    question: Annotated[asked.NothingAsked, Query()], answering: AnsweringDep
) -> Response:
    """D'où viennent les données."""
    return answering(lambda held: {"answers": as_json.plain(held.store.sources())})
