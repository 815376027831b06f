"""The words that people write for the terms of the model: goals, levers, vocabularies."""

import re
from collections.abc import Mapping
from functools import cache
from typing import TypeVar

from graph.model import Means, Term, means_lever
from graph.text import fold
from ingest import reference
from ingest.files.repair import items

_T = TypeVar("_T", bound=Term)

# Words that name a means, beside its own name: stems at the beginning of a word. Declared by us;
# what none of them says stays without a means.
_MEANS: tuple[tuple[Means, str], ...] = (
    (Means.DATA, "donnees? |statisti|open data |base de donnees|cartographie"),
    (Means.TOOLS, "outil|logiciel|plateforme numerique|materiel|equipement|kit "),
    (
        Means.SKILLS,
        "competence|formation|former |expertise|savoir faire|accompagne|ingenierie|benevol"
        "|conseil ",
    ),
    (Means.RESEARCH, "recherche action|travaux de recherche|chercheu|doctora|these |laboratoire"),
    (
        Means.VALUE,
        "finance|subvention|mecenat(?! de comp)|dons? |fonds |pret |prets |investisse|budget"
        "|valorisation",
    ),
    (
        Means.GOVERNANCE,
        "animation|animer |gouvernance|coordination|mise en reseau|mediation|facilitation",
    ),
    (Means.LEGAL, "juridique|legislat|reglementa|plaidoyer|cadre legal"),
)
_STEMS = tuple((means, re.compile(rf"\b(?:{stems})")) for means, stems in _MEANS)
_GOAL = re.compile(
    r"(?:(?:les )?(?:odd|sdg|goals?|objectifs?)(?![a-z]))?[\s:n°#]*((?:\d{1,2}\s*)+)"
    r"(?:[-–—:.)]\s*\D.*)?",
    re.IGNORECASE,
)
_TARGET = re.compile(r"(?<![\d.])(\d{1,2}\.(?:\d{1,2}|[a-d]))(?![\d.])", re.IGNORECASE)
_BETWEEN = re.compile(r"[;,|/&+\n]|\bet\b|\band\b", re.IGNORECASE)


def term(vocabulary: type[_T], text: str) -> _T | None:
    """The term of a vocabulary that a text writes, in French or in English; None for no term."""
    asked = fold(text)
    for each in vocabulary:
        if asked in {fold(spelling) for spelling in each.spellings}:
            return each
    return None


@cache
def _goal_names() -> Mapping[str, str]:
    """The id of each goal by its names, the longest first."""
    names = {
        fold(row[column]): f"goal:{row['number']}"
        for row in reference.rows("goals.csv")
        for column in ("label_fr", "label_en")
    }
    return dict(sorted(names.items(), key=lambda item: -len(item[0])))


@cache
def _targets() -> frozenset[str]:
    return frozenset(row["code"] for row in reference.rows("targets.csv"))


def goals(text: str) -> tuple[list[str], list[str]]:
    """The goals and targets that a text names, and what of it names none.

    `goals("ODD 2, 12") == (["goal:2", "goal:12"], [])`; `goals("cible 2.4; paix")` gives
    `["target:2.4"]` and `["paix"]`; the full name of a goal is taken in French and English.
    """
    found: list[str] = []
    left: list[str] = []
    rest = text
    for code in _TARGET.findall(text):
        if code.lower() in _targets():
            found.append(f"target:{code.lower()}")
            rest = re.sub(rf"(?:cibles?\s*)?{re.escape(code)}", ";", rest, count=1, flags=re.I)
    whole, _, remaining = _named_goals(rest)
    found += whole
    for item in _BETWEEN.split(remaining):
        said = " ".join(item.split())
        numbers = _numbers(said)
        found += [f"goal:{number}" for number in numbers]
        if not numbers and re.search(r"\w", said) and not re.fullmatch("(?i)odd|sdg|cibles?", said):
            left.append(said)
    return list(dict.fromkeys(found)), left


def _numbers(said: str) -> list[int]:
    if not (written := _GOAL.fullmatch(said)):
        return []
    numbers = [int(number) for number in written[1].split()]
    return numbers if all(1 <= number <= 17 for number in numbers) else []


def _named_goals(text: str) -> tuple[list[str], str, str]:
    """Goals named in full, the text folded, and the text without them."""
    folded = f" {fold(text)} "
    found = []
    for name, key in _goal_names().items():
        if f" {name} " in folded:
            found.append(key)
            folded = folded.replace(f" {name} ", " ; ")
    if not found:
        return [], folded, text
    # A number that stands before the name of its own goal says it again: "2 - Faim « zéro »".
    left = re.sub(r"\b(?:odd|sdg|goal)?\s*\d{1,2}\s*;", ";", folded)
    return found, folded, left


@cache
def _levers() -> Mapping[str, str]:
    """The id of each lever by its names and its code."""
    names = {}
    for row in reference.rows("levers.csv"):
        for name in (row["id"], row["id"].partition(":")[2], row["name_fr"], row["name_en"]):
            names[fold(name)] = row["id"]
    for means in Means:
        for spelling in means.spellings:
            names[fold(spelling)] = means_lever(means)
    return names


def lever(text: str) -> str | None:
    """The lever whose name, code or id a text is; None where it is none."""
    return _levers().get(fold(text))


def means_in(text: str) -> list[str]:
    """The levers of the means that a line of free text speaks of, by their names or usual words.

    `means_in("formation des bénévoles, financement") == ["lever:skills", "lever:value"]`.
    """
    named = [found for item in items(text) if (found := lever(item))]
    words = f"{fold(text)} "
    spoken = [means_lever(means) for means, stems in _STEMS if stems.search(words)]
    return list(dict.fromkeys(named + spoken))


def slug(text: str) -> str:
    """A text as an id: `slug("Pays de l'Ours !") == "pays-de-l-ours"`."""
    return fold(text).replace(" ", "-")
