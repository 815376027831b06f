"""Our reading of the vocabularies of data·inclusion: what themes, services and bodies mean."""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from graph.text import fold
from ingest.files.repair import items

_TABLES = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class Theme:
    """A theme or a type of service, the levers that it offers and the goals that it serves."""

    code: str
    label: str
    levers: tuple[str, ...]
    goals: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Body:
    """A type of structure or a network: the world that it implies, the network that it is."""

    label: str
    world: str
    network: str


def _rows(name: str) -> Iterator[Mapping[str, str]]:
    with (_TABLES / name).open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)


def codes(text: str) -> list[str]:
    """The codes in a cell: a JSON list, a list of SQL or Python (`{a,b}`, `['a']`), `a;b`, `a|b`.

    `codes('{"mobilite",sante}') == codes("['mobilite', 'sante']") == ["mobilite", "sante"]`.
    """
    found = items(text)
    if len(found) == 1 and found[0][:1] in "[{":
        found = [code.strip() for code in re.split(r"[\[\]{},\"']", text) if code.strip()]
    return found


@cache
def _themes(vocabulary: str) -> Mapping[str, Theme]:
    """Themes and types by code, and by label, as some lists write them."""
    found = {}
    for row in _rows("inclusion_themes.csv"):
        if row["vocabulary"] != vocabulary:
            continue
        theme = Theme(
            row["code"],
            row["label"],
            tuple(f"lever:{means}" for means in row["means"].split()),
            tuple(f"goal:{goal}" for goal in row["goals"].split()),
        )
        found[row["code"]] = theme
        found.setdefault(fold(row["label"]), theme)
    return found


def themes(codes: Iterable[str]) -> tuple[list[Theme], list[str]]:
    """The themes of some codes or labels, and those that the table does not know.

    A theme that it does not know is read as its category (`mobilite--…` as `mobilite`).
    """
    table = _themes("thematique")
    found, unknown = [], []
    for code in codes:
        theme = table.get(code) or table.get(fold(code)) or table.get(code.partition("--")[0])
        if theme:
            found.append(theme)
        else:
            unknown.append(code)
    return list(dict.fromkeys(found)), unknown


@cache
def _stems() -> Mapping[re.Pattern[str], str]:
    return {
        re.compile(rf"\b{row['code']}"): row["label"]
        for row in _rows("inclusion_themes.csv")
        if row["vocabulary"] == "mot"
    }


def themes_in(name: str) -> list[Theme]:
    """The themes that the name of a service says: by the label of one, else by usual words."""
    words = fold(name)
    labelled = _themes("thematique").get(words)
    spoken = [code for stem, code in _stems().items() if stem.search(words)]
    return [labelled] if labelled else themes(spoken)[0]


def levers(types: Iterable[str], about: Iterable[Theme]) -> list[str]:
    """The means that a service offers: those of its types, else those of its themes."""
    table = _themes("type")
    told = [lever for code in types if code in table for lever in table[code].levers]
    return list(dict.fromkeys(told or [lever for theme in about for lever in theme.levers]))


@cache
def _bodies() -> Mapping[tuple[str, str], Body]:
    return {
        (row["vocabulary"], row["code"]): Body(row["label"], row["world"], row["network"])
        for row in _rows("inclusion_bodies.csv")
    }


def world(kind: str, networks: Iterable[str]) -> str:
    """The world that a type of structure or the networks that carry it imply; empty for none."""
    codes = [("typologie", kind), *(("reseau", fold(name).replace(" ", "-")) for name in networks)]
    return next((body.world for code in codes if (body := _bodies().get(code)) and body.world), "")


def networks(labels: Iterable[str]) -> dict[str, str]:
    """The networks that some labels name, by id within the source."""
    found = {}
    for label in labels:
        code = fold(label).replace(" ", "-")
        body = _bodies().get(("reseau", code))
        if body is None:
            found[code] = label
        elif body.network:
            found[body.network] = _bodies()["reseau", body.network].label
    return found
