"""The addresses of the pages, in both languages, and of the files that they need."""

from collections.abc import Callable
from dataclasses import replace

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from graph.errors import AlliageError, RequestError, UnknownId, UnknownPlace
from viz.outlines.territories import Outlines, bundled_outlines
from viz.pages import map_files
from viz.pages import other_pages as others
from viz.pages.actor_page import actor_page, network_page_of
from viz.pages.address import Address, kept
from viz.pages.alliances_page import alliance_page, alliances_page
from viz.pages.asked import Answering, Asked, Page
from viz.pages.downloads import FORMATS
from viz.pages.language import Language
from viz.pages.network_files import NETWORK_FORMATS
from viz.pages.partners_page import partners_page
from viz.pages.place_page import place_form, place_page
from viz.pages.reading import Reading
from viz.pages.relate_page import path_page, relate_page
from viz.pages.rendering import render
from viz.pages.static_files import own_file
from viz.pages.zones_page import zones_page

_NOT_PAGES = ("/api/", "/carte/", "/static/", "/health", "/ready", "/metrics")
_BASE = "https://alliage.example"
_FILES = (*FORMATS, *NETWORK_FORMATS)

# A path that ends in `{key:path}` takes the rest: those under it come first.
ROUTES: tuple[tuple[str, Answering], ...] = (
    ("/", others.home),
    ("/partenaires", partners_page),
    ("/acteurs/{key:path}/reseau", network_page_of),
    ("/acteurs/{key:path}", actor_page),
    ("/relier", relate_page),
    ("/relier/chemin", path_page),
    ("/territoires", place_form),
    ("/territoires/{key:path}", place_page),
    ("/alliances", alliances_page),
    ("/alliances/{key:path}", alliance_page),
    ("/charte", others.charter_page),
    ("/rendez-vous", others.missed_page),
    ("/zones-blanches", zones_page),
    ("/recherche", others.search_page),
    ("/selection", others.selection_page),
    ("/donnees", others.data_page),
    ("/methode", others.method_page),
    ("/lexique", others.lexicon_page),
    ("/accessibilite", others.accessibility_page),
)
# Made to be shown within other sites (`/embed/partenaires?…`); their links open the whole pages.
EMBEDDED = "/embed"
EMBEDDABLE = ("/partenaires", "/acteurs/{key:path}/reseau", "/territoires/{key:path}")
_WITHOUT_FILE = {
    "/",
    "/charte",
    "/donnees",
    "/methode",
    "/lexique",
    "/accessibilite",
    "/territoires",
}


def pages(reading: Reading, base: str = _BASE, outlines: Outlines | None = None) -> APIRouter:
    """The pages over the present generation of a graph.

    Args:
        reading: holds the view of the present generation still.
        base: the IRI under which things are published in RDF.
        outlines: what draws territories; the bundled ones where it is not said.
    """
    outlines = outlines or bundled_outlines()
    router = APIRouter(include_in_schema=False)
    router.add_api_route("/static/{name:path}", own_file, response_class=Response)
    router.add_api_route(
        "/carte/{what}.json", _map_file(reading, outlines), response_class=Response
    )
    for language in Language:
        for path, answering in ROUTES:
            endpoint = _endpoint(reading, base, outlines, language, answering)
            if path not in _WITHOUT_FILE and not path.endswith("{key:path}"):
                router.add_api_route(
                    f"{language.prefix}{path}.{{suffix}}", endpoint, response_class=Response
                )
            router.add_api_route(f"{language.prefix}{path}", endpoint, response_class=Response)
            if path in EMBEDDABLE:
                within = f"{EMBEDDED}{language.prefix}{path}"
                router.add_api_route(within, endpoint, response_class=Response)
    router.add_api_route("/en", _endpoint(reading, base, outlines, Language.EN, others.home))
    return router


def _endpoint(
    reading: Reading, base: str, outlines: Outlines, language: Language, answering: Answering
) -> Callable[[Request], Response]:
    def endpoint(request: Request) -> Response:
        key, suffix = _parts(request)
        path = request.url.path
        if suffix and suffix not in _FILES:
            return Response(status_code=404)
        if suffix:
            path = path.removesuffix(f".{suffix}")
        embedded = path.startswith(f"{EMBEDDED}/")
        here = Address(path.removeprefix(EMBEDDED), kept(request.query_params.multi_items()))
        with reading() as view:
            asked = Asked(view, language, here, key, suffix, base, embedded, outlines)
            try:
                answer = answering(asked)
            except RequestError as problem:
                answer = _told(asked, problem)
            if suffix in NETWORK_FORMATS and isinstance(answer, Page) and answer.status == 200:
                return Response(status_code=404)  # a page without a network
            return render(asked, answer) if isinstance(answer, Page) else answer

    return endpoint


def _map_file(reading: Reading, outlines: Outlines) -> Callable[[Request], Response]:
    def endpoint(request: Request) -> Response:
        with reading() as view:
            return map_files.answered(request, view, outlines)

    return endpoint


def _parts(request: Request) -> tuple[str, str]:
    """The id in the path, and the suffix of the file that is asked, if one is."""
    key = str(request.path_params.get("key", ""))
    suffix = str(request.path_params.get("suffix", ""))
    if not suffix and request.url.path.endswith(tuple(f".{each}" for each in _FILES)):
        key, _, suffix = key.rpartition(".")
    return key, suffix


def _told(asked: Asked, problem: RequestError) -> Page:
    """A problem as a page that says what to do next."""
    absent = isinstance(problem, (UnknownId, UnknownPlace))
    shown = {"problem": problem, "candidates": getattr(problem, "candidates", [])}
    title = asked.say("Nous n'avons pas trouvé") if absent else asked.say("À préciser")
    return Page("problem.html.j2", title, shown, 404 if absent else 400)


def problem_page(reading: Reading, path: str, message: str, status: int) -> Response | None:
    """A problem that no page met itself, as a page; None where it is to be told otherwise.

    Args:
        reading: holds the view of the present generation still.
        path: that was asked.
        message: one sentence, in French.
        status: of the response.
    """
    if path.startswith(_NOT_PAGES):
        return None
    language = Language.EN if f"{path}/".startswith("/en/") else Language.FR
    try:
        with reading() as view:
            asked = Asked(view, language, Address(path))
            return render(asked, replace(_told(asked, RequestError(message)), status=status))
    except AlliageError:
        return None
