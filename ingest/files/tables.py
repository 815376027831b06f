"""Any table that people publish, row by row: text, spreadsheet, Parquet or JSON."""

import json
import re
import tempfile
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BufferedReader
from itertools import islice
from pathlib import Path
from typing import BinaryIO, TypeAlias

from graph.errors import SourceError
from ingest.files.archives import Member, members, opened_zip
from ingest.files.decoding import blocks, encoding_of, texts
from ingest.files.delimited import Delimited
from ingest.files.json_records import Text, Unreadable, elements, row_of, rows_of_lines
from ingest.files.records import Reject
from ingest.files.sheets import SheetTable
from ingest.rows import Row

__all__ = ["Reject", "Table", "columns_of", "harmless", "read_rows"]

MAX_WORKBOOK = 1 << 30
_SAMPLE = 200
_CHUNK = 1 << 20
# Programs take a cell that begins so as a formula (OWASP, CSV Injection); a number is none.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_NUMBER = re.compile(r"[+-]?\d[\d\s.,]*%?")
_REFUSED = {
    b"\xd0\xcf\x11\xe0": "un classeur d'un ancien format (.xls) ou protégé par un mot de passe :"
    " enregistrez-le en .xlsx, sans mot de passe",
    b"%PDF": "un PDF : demandez la table dont il est tiré",
    b"<": "une page web ou du XML, pas une table : vérifiez l'adresse du fichier",
}

Rows: TypeAlias = Generator[Row | Reject, None, None]


@dataclass(frozen=True, slots=True)
class _Options:
    member: str
    sheet: str
    separator: str
    encoding: str
    records: str


class Table(Iterator[Row | Reject]):
    """The rows of a file, read as they are asked for.

    Attributes:
        columns: their names; of JSON, those met so far.
        taken: those that somebody used, filled by `Row.take` and `Row.ignore`.
    """

    def __init__(self, path: Path, options: _Options, taken: set[str]) -> None:
        self.columns: list[str] = []
        self.taken = taken
        self._options = options
        self._rows = self._read(members(path, options.member))
        # Reading begins at once: who asks for a file that is none learns it before the first row.
        self._next = next(self._rows, None)

    def __iter__(self) -> Iterator[Row | Reject]:
        if self._next is not None:
            first, self._next = self._next, None
            yield first
        yield from self._rows

    def __next__(self) -> Row | Reject:
        if self._next is not None:
            first, self._next = self._next, None
            return first
        return next(self._rows)

    def close(self) -> None:
        """Stop reading, and close the file; needed only by who stops before the end."""
        self._next = None
        self._rows.close()

    @property
    def unused(self) -> list[str]:
        """The columns that nobody took so far."""
        return [name for name in self.columns if name not in self.taken]

    def _read(self, found: list[Member]) -> Rows:
        for member in found:
            place = f"{member.name}, " if len(found) > 1 else ""
            with member.open() as stream:
                yield from self._stream(stream, member.name, place)

    def _stream(self, stream: BufferedReader, name: str, place: str) -> Rows:
        head = stream.peek(_CHUNK)
        if head.startswith((b"PK\x03\x04", b"PAR1")):
            with _seekable(stream, name) as whole:
                read = self._workbook if head.startswith(b"PK") else self._parquet
                yield from _placed(read(whole, name), place)
            return
        kind = next(
            (said for magic, said in _REFUSED.items() if head.lstrip().startswith(magic)), ""
        )
        if kind:
            raise SourceError(f"« {name} » est {kind}.")
        if _is_json(head, name):
            yield from _placed(self._json(stream, name, head), place)
        else:
            yield from self._text(stream, name, place)

    def _named(self, columns: list[str]) -> None:
        self.columns += [name for name in columns if name not in self.columns]

    def _text(self, stream: BinaryIO, name: str, place: str) -> Rows:
        options = self._options
        table = Delimited(blocks(stream, options.encoding), self.taken, place, options.separator)
        if not table.columns:
            raise SourceError(f"« {name} » est vide, ou sa première ligne n'est pas un en-tête.")
        self._named(table.columns)
        yield from table.rows()

    def _workbook(self, stream: BinaryIO, name: str) -> Rows:
        with opened_zip(stream, name) as archive:
            table = SheetTable(archive, name, self.taken, self._options.sheet)
            self._named(table.columns)
            yield from table.rows()

    def _parquet(self, stream: BinaryIO, name: str) -> Rows:
        # Here, because Arrow takes a quarter of a second to load.
        from ingest.files.parquet import ParquetTable

        table = ParquetTable(stream, name, self.taken)
        self._named(table.columns)
        yield from table.rows()

    def _json(self, stream: BinaryIO, name: str, head: bytes) -> Rows:
        if name.lower().endswith((".jsonl", ".ndjson")) or _is_lines(head):
            found = rows_of_lines(blocks(stream, self._options.encoding), self.taken)
        else:
            found = self._elements(stream, name)
        known = set(self.columns)
        for row in found:
            if isinstance(row, Row) and not row.values.keys() <= known:
                self._named(list(row.values))
                known = set(self.columns)
            yield row

    def _elements(self, stream: BinaryIO, name: str) -> Rows:
        text = Text(texts(stream, self._options.encoding))
        try:
            for number, element in enumerate(elements(text, self._options.records), 1):
                yield row_of(element, f"élément {number}", self.taken)
        except Unreadable as error:
            raise SourceError(
                f"« {name} » n'est pas du JSON à partir de la ligne {error.line}, ou il est"
                " tronqué : téléchargez-le de nouveau."
            ) from error


def read_rows(
    path: Path,
    *,
    member: str = "",
    sheet: str = "",
    separator: str = "",
    encoding: str = "",
    records: str = "",
    taken: set[str] | None = None,
) -> Table:
    """The rows of a file: CSV, TSV, XLSX, ODS, Parquet, JSON, NDJSON or GeoJSON, zipped or not.

    What the file is, its encoding, its separator and the row of its header are found in it. A
    record that cannot be read is given as a `Reject`, and reading goes on.

    Args:
        path: the file.
        member: which files of a zip, as a pattern (`rna_waldec_*.csv`), read one after the other;
            the only table in it where it is not given.
        sheet: the name or number of a sheet; the visible one that holds most where not given.
        separator: of a text table.
        encoding: of a text.
        records: the name of the list within a JSON object (`features`); the first list of objects
            where it is not given.
        taken: where the columns that are used are gathered.

    Raises:
        SourceError: the file is absent, damaged, dangerous or not a table; while reading, too.
    """
    options = _Options(member, sheet, separator, encoding, records)
    return Table(path, options, set() if taken is None else taken)


def columns_of(path: Path, *, member: str = "", sheet: str = "", records: str = "") -> list[str]:
    """The names of the columns, to know a source by; of JSON, those of the first 200 records.

    Raises:
        SourceError: as `read_rows` does.
    """
    table = read_rows(path, member=member, sheet=sheet, records=records)
    for _ in islice(table, _SAMPLE):
        pass
    table.close()
    return table.columns


def harmless(text: str) -> str:
    """A text for a cell of a CSV export, which no spreadsheet program will run as a formula.

    `harmless("=1+1") == "'=1+1"`; numbers stay what they are.
    """
    bare = text.lstrip(" ")
    if not bare.startswith(_FORMULA) or _NUMBER.fullmatch(bare):
        return text
    return f"'{text}"


def _placed(rows: Rows, place: str) -> Rows:
    if not place:
        yield from rows
        return
    for row in rows:
        if isinstance(row, Row):
            row.locator = place + row.locator
            yield row
        else:
            yield Reject(place + row.locator, row.reason, row.value)


@contextmanager
def _seekable(stream: BufferedReader, name: str) -> Iterator[BinaryIO]:
    """The stream itself, or a temporary copy of one that is unpacked as it is read."""
    if stream.seekable():
        yield stream
        return
    with tempfile.TemporaryFile() as copy:
        size = 0
        while piece := stream.read(_CHUNK):
            size += len(piece)
            if size > MAX_WORKBOOK:
                raise SourceError(f"« {name} » dépasse 1 Gio une fois décompressé : refusé.")
            copy.write(piece)
        copy.seek(0)
        yield copy


def _is_json(head: bytes, name: str) -> bool:
    text = _start(head)
    if name.lower().endswith((".json", ".geojson", ".jsonld", ".jsonl", ".ndjson")):
        return True
    return text.startswith("{") or re.match(r"\[\s*[\[{\]]", text) is not None


def _start(head: bytes) -> str:
    return head.decode(encoding_of(head), "replace").lstrip("\ufeff \t\r\n")


def _is_lines(head: bytes) -> bool:
    """Whether the first line is a whole object and another one follows."""
    line, _, rest = _start(head).partition("\n")
    if not rest.lstrip().startswith("{"):
        return False
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False
