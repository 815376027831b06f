"""A mapping: what the columns of a table mean, as a person states it in a YAML file."""

import json
from collections.abc import Iterator, Sequence
from collections.abc import Mapping as Pairs
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from graph.claims import Source
from graph.errors import SourceError
from graph.identifiers import is_date, is_key
from graph.model import (
    GOAL,
    LEVER,
    TERRITORY,
    TIES,
    Kind,
    Property,
    Term,
    Tie,
    ValueType,
    kind_named,
)
from ingest.files.persons import speaks_of_a_person
from ingest.words import lever, term
from ingest.yaml_lines import Document, Place, read_yaml

TO_COMPLETE = "À COMPLÉTER"
"""What a suggested mapping writes where only a person knows; a mapping that has it is refused."""

_IDENTIFIERS = ("siren", "siret", "rna")


def _listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _columns_said(value: object) -> object:
    return {"columns": value} if isinstance(value, str | list) else value


def _several(value: object) -> object:
    if isinstance(value, list) and not all(isinstance(each, str) for each in value):
        return [_columns_said(each) for each in value]
    return [_columns_said(value)]


class _Said(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, regex_engine="python-re")


Columns: TypeAlias = Annotated[
    tuple[str, ...], BeforeValidator(_listed, json_schema_input_type=str | list[str])
]
Table: TypeAlias = dict[str, str]


class SourceSaid(_Said):
    """Who publishes the table."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{1,39}$")]
    title: str
    publisher: str
    licence: str
    url: Annotated[str, Field(pattern=r"^(https?://\S+)?$")] = ""
    date: str = ""
    trust: Annotated[int, Field(ge=0, le=100)] = 60


class FileSaid(_Said):
    """How the file is read, where that is not found in it."""

    sheet: str = ""
    member: str = ""
    separator: str = ""
    encoding: str = ""
    records: str = ""


class IdSaid(_Said):
    """The columns that tell one thing from another.

    Attributes:
        siren: of SIREN or SIRET.
        local: of the table's own numbers, or of our ids (`alliage:gaia`).
        establishments: each row is an establishment of its own, part of its legal unit.
    """

    siren: Columns = ()
    rna: Columns = ()
    local: Columns = ()
    establishments: bool = False


class PropertySaid(_Said):
    """Where a property is found.

    Attributes:
        values: what the table writes, and what it means.
        separator: between the values of one cell; `;` and `|` where it is not given.
        constant: the values of every row, instead of columns.
    """

    columns: Columns = ()
    values: Table = {}
    separator: str = ""
    constant: Columns = ()


class TieSaid(_Said):
    """Where the other end of a tie is found, and what is said of the tie.

    Attributes:
        columns: of territories, goals, levers or free words, or of the names of actors.
        constant: what is in every row, instead of columns.
        code, commune, postcode: of a commune.
        siren, local: of an actor.
        kind: of the actor, where the model permits several.
        reverse: the actor is the one who acts (`SUPPORTS`: it supports the row's organisation).
        url: the site of the actor, where it is the same in every row.
        lever: what free words are about, where they name no means.
        roles: what the column of roles writes, and what it means.
    """

    columns: Columns = ()
    constant: Columns = ()
    values: Table = {}
    separator: str = ""
    code: Columns = ()
    commune: Columns = ()
    postcode: Columns = ()
    siren: Columns = ()
    local: Columns = ()
    kind: str = ""
    reverse: bool = False
    url: Annotated[str, Field(pattern=r"^(https?://\S+)?$")] = ""
    lever: str = ""
    words: Columns = ()
    role: Columns = ()
    roles: Table = {}
    since: Columns = ()
    until: Columns = ()
    amount: Columns = ()


_Property: TypeAlias = Annotated[
    PropertySaid,
    BeforeValidator(_columns_said, json_schema_input_type=str | list[str] | PropertySaid),
]
_Ties: TypeAlias = Annotated[
    tuple[TieSaid, ...],
    BeforeValidator(_several, json_schema_input_type=str | TieSaid | list[str] | list[TieSaid]),
]


class Mapping(_Said):
    """What the columns of a table mean.

    Attributes:
        kind: what a row is.
        properties: by their names in the model.
        ties: by their names in the model.
        page: of the address of the row's own page.
        updated: of the day when the row was last put right.
        ignore: left out on purpose; those that speak of persons are left out anyway.
    """

    source: SourceSaid
    file: FileSaid = FileSaid()
    kind: Literal["Organisation", "Alliance", "Project", "Call", "Platform"] = "Organisation"
    id: IdSaid = IdSaid()
    properties: dict[str, _Property] = {}
    ties: dict[str, _Ties] = {}
    page: Columns = ()
    updated: Columns = ()
    ignore: Columns = ()

    def columns(self) -> list[str]:
        """The columns that the table must have."""
        told = [self.page, self.updated, self.ignore]
        told += [self.id.siren, self.id.rna, self.id.local]
        told += [said.columns for said in self.properties.values()]
        for each in self._each_tie():
            told += [each.columns, each.code, each.commune, each.postcode, each.siren, each.local]
            told += [each.words, each.role, each.since, each.until, each.amount]
        return list(dict.fromkeys(column for columns in told for column in columns))

    def _each_tie(self) -> list[TieSaid]:
        return [each for ties in self.ties.values() for each in ties]

    def of(self) -> Source:
        """The source that the claims of the table bear; what leaves the table is taken away."""
        return Source(**self.source.model_dump(), keeps_history=False)


def load(path: Path) -> Mapping:
    """The mapping that a YAML file states.

    Raises:
        SourceError: it is no mapping, with each line where something is wrong and what to do.
    """
    document = read_yaml(path)
    found = list(document.problems)
    mapping = None
    try:
        mapping = Mapping.model_validate(document.tree)
    except ValidationError as error:
        for each in error.errors():
            place = tuple(part for part in each["loc"] if part != "[key]")
            found.append((document.line(place), _in_words(each["type"], place, each.get("ctx"))))
    if mapping is not None:
        found += [(document.line(place), said) for place, said in problems(mapping)]
    found += _to_complete(document)
    if mapping is None or found:
        listed = " ; ".join(f"ligne {line} : {said}" for line, said in sorted(set(found)))
        raise SourceError(f"La correspondance « {path} » est à corriger. {listed}.")
    return mapping


def _to_complete(document: Document) -> Iterator[tuple[int, str]]:
    for name in ("title", "publisher", "licence", "name"):
        tree = document.tree
        source = tree.get("source") if isinstance(tree, dict) else None
        if isinstance(source, dict) and TO_COMPLETE in str(source.get(name, "")):
            yield document.line(("source", name)), f"remplacez « {TO_COMPLETE} »"


def _in_words(kind: str, place: Place, context: Pairs[str, object] | None) -> str:
    """What pydantic found wrong, as a French phrase."""
    name, about = str(place[-1]) if place else "", context or {}
    match kind:
        case "missing":
            within = f" sous « {place[-2]} »" if len(place) > 1 else ""
            return f"il manque « {name} »{within}"
        case "extra_forbidden":
            return f"« {name} » n'est pas prévu ici{_meant(name, _names(place[:-1]))}"
        case "literal_error":
            return (
                f"« {name} » attend l'un de : {str(about.get('expected')).replace(' or ', ' ou ')}"
            )
        case "bool_parsing":
            return f"« {name} » attend true (oui) ou false (non)"
        case "int_parsing" | "greater_than_equal" | "less_than_equal":
            return f"« {name} » attend un nombre entier de 0 à 100"
        case "string_pattern_mismatch" if name == "url":
            return "« url » attend une adresse qui commence par https://"
        case "string_pattern_mismatch":
            return f"« {name} » attend de 2 à 40 lettres minuscules sans accent, chiffres ou tirets"
        case "string_type":
            return f"« {name} » attend un seul texte"
        case "tuple_type" | "list_type":
            return f"« {name} » attend le nom d'une colonne, ou une liste de noms"
        case _:
            return (
                f"« {name} » attend des lignes « nom : valeur » en retrait"
                if name
                else ("le fichier attend des lignes « nom : valeur », dont « source »")
            )


def _names(place: Place) -> list[str]:
    """What may stand at a place of a mapping."""
    models: dict[str, type[BaseModel]] = {"source": SourceSaid, "file": FileSaid, "id": IdSaid}
    models |= {"properties": PropertySaid, "ties": TieSaid}
    model = models.get(str(place[0]), Mapping) if place else Mapping
    return list(model.model_fields)


def _meant(name: str, known: Sequence[str]) -> str:
    close = get_close_matches(name, known, 1)
    return f" ; vouliez-vous dire « {close[0]} » ?" if close else f" ; sont prévus : {_list(known)}"


def _list(names: Sequence[str]) -> str:
    return ", ".join(names)


def problems(mapping: Mapping) -> Iterator[tuple[Place, str]]:
    """What in a mapping does not agree with the model: the place, and a French phrase."""
    kind = kind_named(mapping.kind)
    if mapping.source.date and not is_date(mapping.source.date):
        yield ("source", "date"), "« date » attend AAAA, AAAA-MM ou AAAA-MM-JJ"
    if not (mapping.id.local or "name" in mapping.properties):
        yield ("kind",), "il manque « name » sous « properties », ou « local » sous « id »"
    for name, said in mapping.properties.items():
        yield from _property_problems(kind, name, said)
    for name, ties in mapping.ties.items():
        for index, each in enumerate(ties):
            for place, phrase in _tie_problems(kind, name, each):
                yield ("ties", name, index, *place), phrase


def _property_problems(kind: Kind, name: str, said: PropertySaid) -> Iterator[tuple[Place, str]]:
    place = ("properties", name)
    declared = kind.property(name)
    if name in _IDENTIFIERS and kind.name == "Organisation":
        yield place, f"« {name} » se déclare sous « id »"
    elif declared is None:
        known = [each.name for each in kind.properties if each.name not in _IDENTIFIERS]
        yield place, f"{kind.name} n'a pas de « {name} »{_meant(name, known)}"
    else:
        if not said.columns and not said.constant:
            yield place, f"« {name} » attend « columns » ou « constant »"
        for text, meant in [*said.values.items(), *(("constant", c) for c in said.constant)]:
            if not _is_value(declared, meant):
                yield (*place, "values", text), _not_a_term(declared.type, meant)
    for column in said.columns:
        if speaks_of_a_person(column):
            yield place, f"la colonne « {column} » parle de personnes : elle n'est jamais gardée"


def _is_value(declared: Property, meant: str) -> bool:
    return isinstance(declared.type, ValueType) or term(declared.type, meant) is not None


def _not_a_term(vocabulary: type[Term] | ValueType, meant: str) -> str:
    known = [] if isinstance(vocabulary, ValueType) else [each.value for each in vocabulary]
    return f"« {meant} » n'est pas l'un de : {_list(known)}"


def _tie_problems(kind: Kind, name: str, said: TieSaid) -> Iterator[tuple[Place, str]]:
    tie = next((each for each in TIES if each.name == name), None)
    found = list(ends(kind, tie)) if tie else []
    if tie is None or not found:
        known = [each.name for each in TIES if list(ends(kind, each))]
        yield (), f"{kind.name} n'a pas de lien « {name} »{_meant(name, known)}"
        return
    if said.kind and said.kind not in {other.name for other, _ in found}:
        others = _list(sorted({other.name for other, _ in found}))
        yield ("kind",), f"« {name} » attend l'un de : {others}"
    place = (said.code, said.commune, said.postcode) if found[0][0] is TERRITORY else ()
    if not any((said.columns, said.constant, said.siren, said.local, *place)):
        yield (), f"« {name} » attend « columns » ou « constant »"
    yield from _lever_problems(found[0][0], said)
    for field in ("role", "since", "until", "amount", "words"):
        if getattr(said, field) and tie.property(field) is None:
            yield (field,), f"« {name} » n'a pas de « {field} »"
    role = tie.property("role")
    for text, meant in said.roles.items():
        if role is None or not _is_value(role, meant):
            yield ("roles", text), _not_a_term(role.type if role else ValueType.TEXT, meant)


def _lever_problems(other: Kind, said: TieSaid) -> Iterator[tuple[Place, str]]:
    if said.lever and (other is not LEVER or lever(said.lever) is None):
        yield ("lever",), f"« {said.lever} » n'est pas un levier"
    for text, meant in said.values.items():
        if (other is LEVER and lever(meant) is None) or (other is GOAL and not is_key(meant)):
            form = "un levier" if other is LEVER else "un objectif (goal:12)"
            yield ("values", text), f"« {meant} » n'est pas {form}"


def ends(kind: Kind, tie: Tie) -> Iterator[tuple[Kind, bool]]:
    """The kinds that a tie may join to a kind, and whether the kind is the one that acts."""
    for start, end in tie.pairs:
        if start is kind:
            yield end, True
    for start, end in tie.pairs:
        if end is kind:
            yield start, False


def json_schema() -> str:
    """The JSON Schema of a mapping, for editors that help to write one; draft 2020-12."""
    schema = Mapping.model_json_schema()
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = "Correspondance d'une table pour Alliage"
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"
