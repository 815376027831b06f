"""The tables that a territory fills in: columns by their Table Schema, meaning by a mapping."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from graph.claims import Claim
from graph.errors import SourceError
from ingest.files.tables import read_rows
from ingest.mapping import Mapping, load
from ingest.rows import Row
from ingest.sources import table
from ingest.tabular import Read, Tabular

TEMPLATES = Path(__file__).parent / "data" / "templates"


@dataclass(frozen=True, slots=True)
class Template:
    """One table of a template.

    Attributes:
        columns: all that may be filled in.
        required: those of them that a table must have.
    """

    mapping: Mapping
    columns: frozenset[str]
    required: frozenset[str]

    def suits(self, columns: frozenset[str]) -> bool:
        """Whether a table is one of these: no other column, and most of them."""
        return self.required <= columns <= self.columns and 2 * len(columns) > len(self.columns)

    def edition(self, name: str) -> "Template":
        """The same table of a source of another name, which its own ids begin with."""
        return replace(self, mapping=table.edition(self.mapping, name))


@cache
def template(name: str, part: str = "") -> Template:
    """A bundled template, or a further table of it (`template("alliances", "members.")`)."""
    folder = TEMPLATES / name
    schema = json.loads((folder / f"{part}schema.json").read_text("utf-8"))
    required = [f["name"] for f in schema["fields"] if f.get("constraints", {}).get("required")]
    return Template(
        load(folder / f"{part}mapping.yaml"),
        frozenset(field["name"] for field in schema["fields"]),
        frozenset(required),
    )


def tabular(files: str, *templates: Template) -> Tabular:
    """The source that reads tables, each of which follows one of several templates."""

    def chosen(columns: frozenset[str]) -> Template | None:
        return next((each for each in templates if each.required <= columns), None)

    def read(paths: Sequence[Path], taken: set[str]) -> Read:
        for path in paths:
            rows = read_rows(path, taken=taken)
            if chosen(frozenset(rows.columns)) is None:
                _refuse(path, templates)
            yield from rows

    def transform(row: Row) -> Iterator[Claim]:
        found = chosen(frozenset(row.values)) or templates[0]
        return table.transform(found.mapping, row)

    def recognises(_: str, columns: frozenset[str]) -> bool:
        return any(each.suits(columns) for each in templates)

    return Tabular(templates[0].mapping.of(), files, read, transform, recognises)


def _refuse(path: Path, templates: Sequence[Template]) -> None:
    wanted = " ou ".join(", ".join(sorted(each.required)) for each in templates)
    raise SourceError(
        f"« {path.name} » ne suit pas le modèle : il lui faut les colonnes {wanted}. Copiez"
        " l'exemple du modèle, ou décrivez votre table par une correspondance."
    )
