"""A first mapping for a table, from the names of its columns and a sample of its values."""

import csv
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import islice
from pathlib import Path

from graph.model import World
from graph.text import fold
from ingest import reference
from ingest.files.persons import speaks_of_a_person
from ingest.files.repair import is_absent, items
from ingest.files.repair_ids import siren_or_siret
from ingest.files.tables import read_rows
from ingest.mapping import TO_COMPLETE
from ingest.rows import Rejected, Row
from ingest.words import slug, term

_DATA = Path(__file__).parent / "data"
_SAMPLE = 500
_SHOWN = 3
_MOST_VALUES = 40


@dataclass(frozen=True, slots=True)
class Guess:
    """What the name of a column usually means.

    Attributes:
        place: where it goes in a mapping, from its root.
        many: whether several columns may go there.
        header: a pattern for its folded name.
    """

    place: tuple[str, ...]
    many: bool
    header: str


@cache
def guesses() -> Sequence[Guess]:
    """In order: the first that fits, and whose place is free, is taken."""
    return [
        Guess(tuple(row["place"].split()), row["many"] == "true", row["header"])
        for row in _table("table_headers.csv")
    ]


@cache
def _world_words() -> Mapping[World, str]:
    """What people write for each world, as beginnings of words."""
    worlds = {world.value: world for world in World}
    return {worlds[row["world"]]: row["words"] for row in _table("world_words.csv")}


def _table(name: str) -> Iterator[dict[str, str]]:
    with (_DATA / name).open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)


@dataclass(slots=True)
class _Column:
    name: str
    values: list[str] = field(default_factory=list)


def suggest(path: Path) -> str:
    """A first mapping of a table as commented YAML, for a person to correct.

    Columns that speak of persons are left out. What only a person knows (who publishes, under
    which licence) says so, and the mapping is refused until it is written.

    Raises:
        SourceError: the file is no table.
    """
    columns = _sampled(path)
    placed = _placed(columns)
    used = {name for names in placed.values() for name in names}
    lines = [*_head(path), *_ids(placed, columns), *_properties(placed, columns)]
    lines += [*_ties(placed, columns)]
    if updated := placed.get(("updated",)):
        lines += ["# Jour où la ligne a été vérifiée.", f"updated: {_quoted(updated[0])}"]
    lines += _rest([column for column in columns if column.name not in used])
    return "\n".join(lines) + "\n"


def _sampled(path: Path) -> list[_Column]:
    table = read_rows(path)
    rows = [row for row in islice(table, _SAMPLE) if isinstance(row, Row)]
    table.close()
    return [
        _Column(
            name,
            list(dict.fromkeys(
                text for row in rows if not is_absent(text := row.values.get(name, "").strip())
            )),
        )
        for name in table.columns
    ]  # fmt: skip


def _placed(columns: Sequence[_Column]) -> dict[tuple[str, ...], list[str]]:
    """Which columns go to each place of the mapping."""
    found: dict[tuple[str, ...], list[str]] = {}
    for guess in guesses():
        for column in columns:
            taken = any(column.name in names for names in found.values())
            free = guess.many or guess.place not in found
            person = speaks_of_a_person(column.name)
            if not (taken or person) and free and re.fullmatch(guess.header, fold(column.name)):
                found.setdefault(guess.place, []).append(column.name)
    return found


def _head(path: Path) -> Iterator[str]:
    stem = path.name.split(".")[0]
    name = re.sub(r"^[^a-z]+", "", slug(stem))[:40]
    yield "# Ce que veulent dire les colonnes de la table : à relire et à corriger."
    yield "# Ce qui suit # est un commentaire ; docs/sources/table.md explique le reste."
    yield "source:"
    yield f"  name: {name if len(name) > 1 else 'table'}  # court, sans accent ni espace"
    yield f"  title: {_quoted(stem)}"
    yield f"  publisher: {TO_COMPLETE}  # qui publie cette table"
    yield f"  licence: {TO_COMPLETE}  # par exemple Licence Ouverte 2.0"
    yield '  # date: "2026-03"  # de la table : AAAA, AAAA-MM ou AAAA-MM-JJ'
    yield "kind: Organisation  # une ligne est : Organisation, Alliance, Project, Call, Platform"


def _ids(placed: Mapping[tuple[str, ...], list[str]], columns: Sequence[_Column]) -> Iterator[str]:
    said = {place[1]: names[0] for place, names in placed.items() if place[0] == "id"}
    if not said:
        yield "# Aucune colonne d'identifiant reconnue : le nom et la commune en tiennent lieu."
        return
    yield "id:"
    for name, column in said.items():
        yield f"  {name}: {_quoted(column)}{_sample(columns, column)}"
    if "siren" in said and _has_establishments(_values(columns, said["siren"])):
        yield "  establishments: true  # un même SIREN y a plusieurs SIRET"


def _has_establishments(numbers: Sequence[str]) -> bool:
    """Whether several SIRET of one SIREN are listed."""
    known: dict[str, str] = {}
    for text in numbers:
        try:
            number = siren_or_siret(text).value
        except Rejected:
            continue
        if len(number) == 14 and known.setdefault(number[:9], number) != number:
            return True
    return False


def _properties(
    placed: Mapping[tuple[str, ...], list[str]], columns: Sequence[_Column]
) -> Iterator[str]:
    said = {place[1]: names for place, names in placed.items() if place[0] == "properties"}
    yield "properties:"
    if "name" not in said:
        yield f'  name: "{TO_COMPLETE}"  # la colonne du nom'
    for name, names in said.items():
        values = _values(columns, names[0])
        if name == "world":
            yield from _worlds(names[0], values)
        elif name == "legal_form" and not _are_legal_forms(values):
            if "world" not in said:
                yield from _worlds(names[0], values)
        else:
            yield f"  {name}: {_columns(names)}{_sample(columns, names[0])}"


def _are_legal_forms(values: Sequence[str]) -> bool:
    known = {form.code for form in reference.legal_forms().values()}
    return any(value in known for value in values)


def _worlds(column: str, values: Sequence[str]) -> Iterator[str]:
    """The column of worlds, with what each of its values seems to mean."""
    yield "  world:  # " + ", ".join(world.value for world in World)
    yield f"    columns: {_quoted(column)}"
    told = [(value, _world(value)) for value in values[:_MOST_VALUES]]
    if any(world for _, world in told):
        yield "    values:"
    for value, world in told:
        mark = "" if world else "# "
        yield f"      {mark}{_quoted(value)}: {world.value if world else '?'}"


def _world(value: str) -> World | None:
    exact = term(World, value)
    told = (w for w, words in _world_words().items() if re.search(rf"\b(?:{words})", fold(value)))
    return exact or next(told, None)


def _ties(placed: Mapping[tuple[str, ...], list[str]], columns: Sequence[_Column]) -> Iterator[str]:
    said: dict[str, dict[str, list[str]]] = {}
    for place, names in placed.items():
        if place[0] == "ties":
            said.setdefault(place[1], {})[place[2]] = names
    # A role or a date alone tells of no alliance.
    if "columns" not in said.get("MEMBER_OF", {"columns": []}):
        del said["MEMBER_OF"]
    if said:
        yield "ties:"
    for tie, parts in said.items():
        yield f"  {tie}:  # {_EXPLAINED[tie]}"
        for part, names in parts.items():
            yield f"    {part}: {_columns(names)}{_sample(columns, names[0])}"
        separator = _separator(_values(columns, parts["columns"][0])) if "columns" in parts else ""
        if separator and tie != "AIMS_AT":
            yield f"    separator: {_quoted(separator)}"
        if tie in ("OFFERS", "NEEDS"):
            yield "    # lever: skills  # le moyen, quand les mots n'en nomment aucun"


_EXPLAINED = {
    "SEATED_IN": "le siège",
    "ACTS_IN": "le territoire d'action, par nom ou par code",
    "AIMS_AT": "les ODD, par numéro ou par nom",
    "OFFERS": "ce qui est offert : l'un des sept moyens, ou des mots",
    "NEEDS": "ce qui est cherché : l'un des sept moyens, ou des mots",
    "MEMBER_OF": "l'alliance, le réseau ou le programme, par son nom",
}


def _separator(values: Sequence[str]) -> str:
    """The comma, where cells list short things with it and never with `;` or `|`."""
    if any(len(items(value)) > 1 for value in values):
        return ""
    lists = [value.split(",") for value in values if "," in value]
    short = [parts for parts in lists if all(0 < len(part.split()) <= 4 for part in parts)]
    return "," if short and len(short) * 2 > len(lists) else ""


def _rest(columns: Sequence[_Column]) -> Iterator[str]:
    persons = [column.name for column in columns if speaks_of_a_person(column.name)]
    unknown = [column for column in columns if column.name not in persons]
    if persons:
        yield "# Parlent de personnes, et ne sont jamais gardées :"
        yield f"ignore: {_columns(persons) if len(persons) > 1 else _quoted(persons[0])}"
    if unknown:
        yield "# Non reconnues ; à placer ci-dessus, ou à ajouter sous ignore :"
    for column in unknown:
        shown = " | ".join(value[:40] for value in column.values[:_SHOWN])
        yield f"#   {_quoted(column.name)}: {_line(shown)}"


def _values(columns: Sequence[_Column], name: str) -> list[str]:
    return next((column.values for column in columns if column.name == name), [])


def _sample(columns: Sequence[_Column], name: str) -> str:
    values = _values(columns, name)
    return f"  # {_line(values[0])[:60]}" if values else "  # vide dans l'échantillon"


def _line(text: str) -> str:
    """A text on one line that a comment may hold."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _columns(names: Sequence[str]) -> str:
    if len(names) == 1:
        return _quoted(names[0])
    return "[" + ", ".join(map(_quoted, names)) + "]"


def _quoted(text: str) -> str:
    """A text as YAML in double quotes, which are those of JSON."""
    escaped = json.dumps(text, ensure_ascii=False)
    return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in escaped)
