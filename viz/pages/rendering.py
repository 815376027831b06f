"""How a page becomes HTML: one environment, everything escaped, no inline script or style."""

import re
from collections.abc import Callable, Mapping
from functools import cache
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote, urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.responses import HTMLResponse

from graph.errors import AlliageError
from graph.model import KINDS, ORGANISATION, Level, Means, Role, World
from graph.view import View
from viz import french, marks
from viz.marks import Mark
from viz.pages import live_map
from viz.pages.asked import CHOSEN, Asked, Page
from viz.pages.language import Language

HERE = Path(__file__).parent
STATIC = HERE / "static"
_CATALYST = 1 << tuple(Role).index(Role.CATALYST)
_LONGEST_ADDRESS = 1000
_OPTION = re.compile(r" \(--[^)]*\)")
_MENU = (
    ("/partenaires", "Trouver des partenaires"),
    ("/relier", "Relier des mondes"),
    ("/alliances", "Alliances"),
    ("/rendez-vous", "Rendez-vous manqués"),
    ("/charte", "La charte"),
)
_FOOT = (
    ("/donnees", "Données ouvertes"),
    ("/methode", "Méthode"),
    ("/lexique", "Lexique"),
    ("/accessibilite", "Accessibilité"),
)


def render(asked: Asked, page: Page) -> HTMLResponse:
    """The page as a response, with the address of the same page in the other language."""
    text = rendered(asked, page.template, {"title": page.title, **page.shown})
    return HTMLResponse(text, page.status, {"Content-Language": asked.language})


def rendered(asked: Asked, template: str, shown: Mapping[str, object]) -> str:
    """A template with what it shows, everything escaped."""
    return _environment().get_template(template).render({**_always(asked), **shown})


def _always(asked: Asked) -> dict[str, object]:
    """What every template may use."""
    language = asked.language
    return {
        "_": language.say,
        "asked": asked,
        "language": language,
        "here": asked.here,
        "to": asked.to,
        "chosen": asked.chosen,
        "chosen_name": CHOSEN,
        "menu": _MENU,
        "foot": _FOOT,
        "number": language.number,
        "date": language.date,
        "term": language.term,
        "worlds": tuple(World),
        "levels": {level.value: language.term(level) for level in Level},
        "means": tuple(Means),
        "world_label": lambda world: world_label(language, world),
        "mark": lambda key: mark_of(asked.view, key),
        "thing": lambda key: thing_path(asked.view, key),
        "static": static,
        "symbols": marks.ALL,
        "star": marks.STAR,
        "map_worlds": live_map.worlds_of,
        "map_elsewhere": lambda: live_map.elsewhere(asked),
        "map_spot": live_map.spot_of,
    }


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    filters: dict[str, Callable[..., object]] = {
        "name": bdi,
        "plain": french.shown_name,
        "text": lambda text: french.shown(str(text), 1200),
        "told": told,
        "web": web,
        "host": lambda address: urlsplit(str(address)).hostname,
    }
    environment.filters |= filters
    return environment


def bdi(name: str) -> Markup:
    """A name, harmless, that keeps its direction of reading to itself."""
    return Markup("<bdi>{}</bdi>").format(french.shown_name(name))


def told(problem: AlliageError) -> str:
    """What went wrong, without the names of what one types after the command."""
    return french.shown(_OPTION.sub("", problem.message), 1200)


def web(address: object) -> str:
    """An address that may be a link, else nothing: http or https, to a named host."""
    text = str(address)
    if len(text) > _LONGEST_ADDRESS or not text.isprintable() or " " in text:
        return ""
    try:
        parts = urlsplit(text)
        return text if parts.scheme in ("http", "https") and parts.hostname else ""
    except ValueError:
        return ""


@cache
def static(name: str) -> str:
    """The address of a file of ours, new when its content is new: it may be kept for ever."""
    return f"/static/{quote(name)}?v={digest(name)}"


@cache
def digest(name: str) -> str:
    """The mark of the content of a file of ours."""
    return sha256((STATIC / name).read_bytes()).hexdigest()[:12]


_WORLDS_EN = {
    World.ASSOCIATION: "associations",
    World.COMPANY: "companies",
    World.LOCAL_AUTHORITY: "local authorities",
    World.STATE: "State services",
    World.ACADEMIC: "research, education",
    World.FOUNDATION: "foundations, patrons",
    World.CITIZENS: "citizens' groups",
}


def world_label(language: Language, world: World | None) -> str:
    """The name of the members of a world."""
    if world is None:
        return language.say("monde inconnu")
    return marks.WORLDS[world].label if language is Language.FR else _WORLDS_EN[world]


def goal_label(asked: Asked, number: int) -> str:
    """The name of a goal in the language of the page."""
    node = asked.view.ordinal(f"goal:{number}")
    if node is None:
        return asked.say("ODD {number}", number=number)
    if asked.language.prefix:
        english = asked.view.describe(node).properties.get("name_en")
        if isinstance(english, str):
            return english
    return asked.view.names[node]


def mark_of(view: View, key: str) -> tuple[Mark, bool]:
    """The mark of the thing of an id, and whether it is a catalyst."""
    node = view.ordinal(key)
    if node is None:
        return marks.OTHERS, False
    kind = KINDS[view.kind[node]]
    catalyst = bool(int(view.roles[node]) & _CATALYST)
    return marks.mark_of(kind, view.world_of(node)), catalyst and kind is ORGANISATION


_PATHS = {"Alliance": "/alliances/", "Territory": "/territoires/"}


def thing_path(view: View, key: str) -> str:
    """The path of the page of a thing, without the prefix of the language."""
    node = view.ordinal(key)
    kind = KINDS[view.kind[node]].name if node is not None else ""
    return _PATHS.get(kind, "/acteurs/") + key
