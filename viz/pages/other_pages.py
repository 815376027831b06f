"""The first page, the search, the charter, and the pages that say what there is and how."""

from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from graph.claims import Source
from graph.model import (
    ALLIANCE,
    KINDS,
    LEVER,
    ORGANISATION,
    TERRITORY,
    VOCABULARIES,
    LeverFamily,
    Means,
    Term,
    World,
)
from graph.view import View
from queries import find, missed
from queries.coverage import sources
from queries.matching.weights import (
    BANDS,
    LITTLE_PAST,
    NEWCOMER_EVERY,
    OTHER_WORLD,
    STATED,
    WEIGHTS,
)
from viz.pages import facets
from viz.pages.asked import Answer, Asked, Page
from viz.pages.downloads import FORMATS, download
from viz.pages.outcome import Outcome
from viz.pages.rendering import goal_label

_FOUND = 30


def home(asked: Asked) -> Answer:
    """One question, three doors, what there is and from when."""
    view = asked.view
    organisations = view.of_kind(ORGANISATION)
    living = organisations[~view.ended[organisations]]
    latest = max((told.source.date for told in told_sources(view)), default="")
    return Page(
        "home.html.j2",
        asked.say("Qui pourrait faire alliance, ici ?"),
        {
            "organisations": len(living),
            "alliances": len(view.of_kind(ALLIANCE)),
            "territories": len(view.of_kind(TERRITORY)),
            "by_world": facets.by_world(view, living),
            "latest": latest,
        },
    )


def search_page(asked: Asked) -> Answer:
    """What bears a name like this, for who has no JavaScript."""
    text = asked.one("q")
    found = find.find(asked.view, text, _FOUND) if text else []
    if asked.suffix in FORMATS:
        return download(asked.view, [f.id for f in found], asked.suffix, asked.base, "recherche")
    return Page("search.html.j2", asked.say("Chercher un nom"), {"found": found, "text": text})


def selection_page(asked: Asked) -> Answer:
    """« Ma sélection » : the actors put aside, which live in the address and nowhere else."""
    if asked.suffix in FORMATS:
        return download(asked.view, asked.chosen, asked.suffix, asked.base, "selection")
    return Page("selection.html.j2", asked.say("Ma sélection"), {"formats": FORMATS})


def missed_page(asked: Asked) -> Answer:
    """Which projects and funders fit here and never met."""
    place = asked.meant("territoire")
    today = datetime.now(UTC).date()
    request = missed.Request(place, today, asked.number("nombre", 10, 100))
    outcome = Outcome.of(bool(place), lambda: missed.missed(asked.view, request))
    if outcome.answer and asked.suffix in FORMATS:
        found = outcome.answer
        pairs = (*found.fits, *found.to_check, *found.near_misses)
        keys = dict.fromkeys(end.id for pair in pairs for end in (pair.seeker, pair.funder))
        return download(asked.view, list(keys), asked.suffix, asked.base, "rendez-vous")
    return outcome.page("missed.html.j2", asked.say("Rendez-vous manqués"), FORMATS)


# The charter -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Question:
    """One of the 21 questions.

    Attributes:
        code: of its lever (`trust`).
        french: the French name of the lever, which the result bears.
        means: whether partners give and receive it.
    """

    code: str
    french: str
    name: str
    text: str
    means: Means | None


PARTNERS = ("A", "B", "C", "D", "E", "F")
_QUESTIONS_EN = {
    "trust": "What is our trust in each other founded on?",
    "common_goals": "To which sustainable development goals do we contribute?",
    "action": "What challenge do we share, and what will we actually do?",
    "complementarity": "What exists here already, and what do we add to it?",
    "bridging": "How do we link the economic, the social, the environmental and the societal?",
    "territory": "On what territory do we act, and for which fragilities?",
    "general_interest": "How does what we do tie in with public policies and elected bodies?",
    "dialogue": "Where and when do we talk, about what we disagree on too?",
    "share": "What do we share, and how often?",
    "experiment": "What will we try, and what right to fail do we give ourselves?",
    "capitalise": "How do we keep the memory of the way as much as of the results?",
    "evaluate": "How shall we know together what our alliance has changed?",
    "innovate": "What will we do with what we invent together?",
    "pool": "How do we pass on what we learn within our organisations?",
    "data": "Which data do we need, and which can we give?",
    "tools": "Which tools exist already, and which can we offer?",
    "skills": "Which skills do we lack, and which do we bring?",
    "research": "What can practitioners and researchers bring each other here?",
    "value": "What is each contribution worth, and what keeps the balance for all?",
    "governance": "Who facilitates, and how do we decide together?",
    "legal": "Which rules hinder or help us? Whom should we tell?",
}


def charter_page(asked: Asked) -> Answer:
    """The 21 questions, filled in within the browser."""
    return Page(
        "charter.html.j2",
        asked.say("La charte du faire alliance"),
        {
            "families": [(family, questions(asked, family)) for family in LeverFamily],
            "partners": PARTNERS,
            "goals": [(n, goal_label(asked, n)) for n in range(1, 18)],
        },
    )


def questions(asked: Asked, family: LeverFamily) -> list[Question]:
    """The questions of a family, in its order."""
    view = asked.view
    found: list[tuple[int, Question]] = []
    for node in view.of_kind(LEVER).tolist():
        said = view.describe(node).properties
        if said.get("family") != family.value:
            continue
        code = view.keys[node].partition(":")[2]
        english = bool(asked.language.prefix)
        name = str(said.get("name_en", view.names[node])) if english else view.names[node]
        text = _QUESTIONS_EN.get(code, "") if english else str(said.get("question", ""))
        means = next((each for each in Means if each.value == code), None)
        order = said.get("order")
        rank = order if isinstance(order, int) else 0
        found.append((rank, Question(code, view.names[node], name, text, means)))
    return [question for _, question in sorted(found, key=lambda each: each[0])]


# What there is, and how it is done -------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ToldSource:
    """A source, and of how many organisations, alliances, projects and calls it speaks."""

    source: Source
    things: int


def told_sources(view: View) -> list[ToldSource]:
    """The sources of the present generation, found among the claims of what they speak of."""
    spoken = sources(view)
    counts = np.bincount(spoken.source, minlength=len(spoken.names)).tolist()
    found = []
    for position, name in enumerate(spoken.names):
        things = spoken.thing[spoken.source == position]
        if not len(things):
            continue
        claims = view.claims(int(things[0]))
        source = next((claim.source for claim in claims if claim.source.name == name), None)
        if source is not None:
            found.append(ToldSource(source, counts[position]))
    return found


def data_page(asked: Asked) -> Answer:
    """Where the data come from, under which licence, and how to take them away."""
    return Page(
        "data.html.j2",
        asked.say("Données ouvertes"),
        {"sources": told_sources(asked.view), "formats": FORMATS, "base": asked.base},
    )


def method_page(asked: Asked) -> Answer:
    """What counts, how much, and what is not known."""
    stated = [(f.fr, WEIGHTS[f]) for f in WEIGHTS if f in STATED]
    past = sorted(((f.fr, WEIGHTS[f]) for f in WEIGHTS if f not in STATED), key=lambda w: -w[1])
    return Page(
        "method.html.j2",
        asked.say("Méthode"),
        {
            "stated": stated,
            "past": past,
            "bands": BANDS,
            "other_world": OTHER_WORLD,
            "every": NEWCOMER_EVERY,
            "little": LITTLE_PAST,
        },
    )


def lexicon_page(asked: Asked) -> Answer:
    """The words of these pages, from the model itself."""
    terms: list[tuple[str, tuple[Term, ...]]] = [
        (vocabulary.__name__, tuple(vocabulary)) for vocabulary in VOCABULARIES
    ]
    return Page(
        "lexicon.html.j2",
        asked.say("Lexique"),
        {"kinds": KINDS, "vocabularies": terms, "every_world": tuple(World)},
    )


def accessibility_page(asked: Asked) -> Answer:
    """What was done so that everybody can use these pages, and what is not yet."""
    return Page("accessibility.html.j2", asked.say("Accessibilité"), {})
