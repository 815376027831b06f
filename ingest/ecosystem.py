"""What the founding documents say of their ecosystem: bundled tables, one source a document."""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, groupby
from pathlib import Path
from typing import TypeAlias

from graph.claims import Claim, NodeClaim, Source, TieClaim, Value
from graph.errors import SourceError
from graph.identifiers import is_date
from graph.model import LEVER, Kind, Property, ValueType, kind_named, tie_named

Row: TypeAlias = Mapping[str, str]

DATA = Path(__file__).parent / "data"

EDITORIAL = "alliage"
"""The source of our own judgements, which no paragraph states: its notes say what they rest on."""
CHARTER = "charte"
"""The document that sets the 21 levers out."""

_DOCUMENT_TRUST, _EDITORIAL_TRUST = 50, 10
_TIE_TEXTS = ("role", "since", "until")

_DOCUMENT_COLUMNS = "id title publisher date url licence"
_NODE_COLUMNS = "id kind name document paragraph"
_VALUE_COLUMNS = "id property value document paragraph note"
_TIE_COLUMNS = "start tie end role since until words document paragraph note"
_LEVER_COLUMNS = "id family order name_fr name_en question_fr paragraph"


@dataclass(frozen=True, slots=True)
class Tables:
    """The rows of the four tables of the ecosystem and of that of the levers, in their order."""

    documents: list[Row]
    nodes: list[Row]
    values: list[Row]
    ties: list[Row]
    levers: list[Row]


def read(folder: Path = DATA) -> Tables:
    """The bundled tables, every row of them.

    Raises:
        SourceError: a table lacks columns, or was cut off in the middle of a row.
    """
    ecosystem = folder / "ecosystem"
    return Tables(
        documents=_rows(ecosystem / "documents.csv", _DOCUMENT_COLUMNS),
        nodes=_rows(ecosystem / "nodes.csv", _NODE_COLUMNS),
        values=_rows(ecosystem / "values.csv", _VALUE_COLUMNS),
        ties=_rows(ecosystem / "ties.csv", _TIE_COLUMNS),
        levers=_rows(folder / "reference" / "levers.csv", _LEVER_COLUMNS),
    )


def _rows(path: Path, columns: str) -> list[Row]:
    rows: list[Row] = []
    if not path.read_bytes().endswith(b"\n"):
        raise SourceError(
            f"« {path} » s'arrête au milieu d'une ligne : il est tronqué, ou la fin de la dernière "
            "ligne manque."
        )
    with path.open(encoding="utf-8-sig", newline="") as lines:
        reader = csv.DictReader(lines, strict=True)
        missing = [name for name in columns.split() if name not in (reader.fieldnames or ())]
        if missing:
            raise SourceError(f"« {path} » n'a pas de colonne {', '.join(missing)} ; ajoutez-la.")
        try:
            for row in reader:
                if None in row or None in row.values():
                    raise SourceError(
                        f"« {path} », ligne {reader.line_num} : la ligne n'a pas autant de cases "
                        "que la table a de colonnes ; le fichier est peut-être tronqué."
                    )
                rows.append(row)
        except csv.Error as error:
            raise SourceError(
                f"« {path} », ligne {reader.line_num + 1} : guillemets ou fin de ligne de "
                "travers ; le fichier est peut-être tronqué."
            ) from error
    return rows


def transform(tables: Tables) -> Iterator[tuple[Source, list[Claim]]]:
    """Each document as a source, with all that it says.

    Raises:
        SourceError: a row names a document, a thing or a property that the tables do not know.
    """
    kinds = {row["id"]: kind_named(row["kind"]) for row in tables.nodes}
    claims: dict[str, list[Claim]] = {row["id"]: [] for row in tables.documents}
    told: Iterator[tuple[str, Claim]] = chain(
        _lever_claims(tables), _node_claims(tables, kinds), _tie_claims(tables)
    )
    for document, claim in told:
        if document not in claims:
            raise SourceError(f"documents.csv n'a pas de ligne « {document} » ; ajoutez-la.")
        claims[document].append(claim)
    yield from [(_source(row), claims[row["id"]]) for row in tables.documents]


def _source(row: Row) -> Source:
    if row["date"] and not is_date(row["date"]):
        raise SourceError(f"documents.csv, « {row['id']} » : « {row['date']} » n'est pas une date.")
    return Source(
        name=row["id"],
        title=row["title"],
        publisher=row["publisher"],
        licence=row["licence"],
        url=row["url"],
        date=row["date"],
        trust=_EDITORIAL_TRUST if row["id"] == EDITORIAL else _DOCUMENT_TRUST,
        keeps_history=False,
    )


def _lever_claims(tables: Tables) -> Iterator[tuple[str, NodeClaim]]:
    """What the charter says of each lever; the translation and the question are ours."""
    for row in tables.levers:
        key, place = row["id"], f"§ {row['paragraph']}"
        said: dict[str, Value] = {
            "name": row["name_fr"],
            "family": row["family"],
            "order": _whole(row),
        }
        yield CHARTER, NodeClaim(key, LEVER, f"{key} {place}", said, locator=place)
        ours: dict[str, Value] = {"name_en": row["name_en"], "question": row["question_fr"]}
        yield EDITORIAL, NodeClaim(key, LEVER, key, ours)


def _whole(row: Row) -> int:
    if not (row["order"].isascii() and row["order"].isdigit()):
        raise SourceError(f"levers.csv, « {row['id']} » : « {row['order']} » n'est pas un rang.")
    return int(row["order"])


def _node_claims(tables: Tables, kinds: Mapping[str, Kind]) -> Iterator[tuple[str, NodeClaim]]:
    """One claim for each paragraph that speaks of a thing, or for each judgement of ours."""
    rows = sorted((*tables.nodes, *tables.values), key=_statement)
    for (document, subject, place), group in groupby(rows, key=_statement):
        if subject not in kinds:
            raise SourceError(f"nodes.csv n'a pas de ligne « {subject} » ; ajoutez-la.")
        kind = kinds[subject]
        properties: dict[str, Value] = {}
        notes = []
        for row in group:
            notes.append(_note(row))
            for name, text in _said(row):
                _put(properties, _declared(kind, name, subject), text, subject)
        note = " ; ".join(filter(None, notes))
        record = f"{subject} {place}"
        yield document, NodeClaim(subject, kind, record, properties, locator=place, note=note)


def _statement(row: Row) -> tuple[str, str, str]:
    return row["document"], row.get("id", ""), _place(row)


def _place(row: Row) -> str:
    """Where a person finds this: the paragraph, or what our judgement rests on."""
    return f"§ {row['paragraph']}" if row["paragraph"] else row["note"]


def _note(row: Row) -> str:
    """What we judged in reading a paragraph; without a paragraph the note is the place itself."""
    return row.get("note", "") if row["paragraph"] else ""


def _said(row: Row) -> list[tuple[str, str]]:
    return [(row["property"], row["value"])] if "property" in row else [("name", row["name"])]


def _declared(kind: Kind, name: str, subject: str) -> Property:
    declared = kind.property(name)
    if declared is None:
        raise SourceError(f"values.csv, « {subject} » : {kind.name} n'a pas de « {name} ».")
    return declared


def _put(properties: dict[str, Value], declared: Property, text: str, subject: str) -> None:
    known = properties.get(declared.name)
    if declared.many:
        properties[declared.name] = [*(known if isinstance(known, list) else []), text]
    elif known is not None and known != _typed(declared, text):
        raise SourceError(
            f"values.csv, « {subject} » : deux « {declared.name} » dans le même paragraphe."
        )
    else:
        properties[declared.name] = _typed(declared, text)


def _typed(declared: Property, text: str) -> Value:
    if declared.type is ValueType.INTEGER and text.isascii() and text.isdigit():
        return int(text)
    return text == "true" if declared.type is ValueType.BOOLEAN else text


def _tie_claims(tables: Tables) -> Iterator[tuple[str, TieClaim]]:
    for row in tables.ties:
        properties: dict[str, Value] = {name: row[name] for name in _TIE_TEXTS if row[name]}
        if row["words"]:
            properties["words"] = [row["words"]]
        place = _place(row)
        yield (
            row["document"],
            TieClaim(
                tie_named(row["tie"]),
                row["start"],
                row["end"],
                f"{row['start']} {row['tie']} {row['end']} {place}",
                properties,
                locator=place,
                note=_note(row),
            ),
        )
