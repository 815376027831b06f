"""Tables as text: separated values, with the quotes that people and programs get wrong."""

import csv
import re
from collections import Counter
from collections.abc import Generator, Iterator, Sequence
from itertools import islice

from ingest.files.decoding import MAX_LINE, Block
from ingest.files.records import Reject, column_names, header_at, rejected
from ingest.rows import Row

SEPARATORS = (";", ",", "\t", "|")
MAX_RECORD = 1 << 22
REPAIRED = "guillemets réparés"
_SAMPLE = 50
# Beyond these a line is rejected as it is: no person wrote it, and a repair would take long.
_REPAIRABLE = 1 << 16
_QUOTES = 200


def separator_of(lines: Sequence[str]) -> str:
    """The separator under which the first records have the most equal numbers of fields."""
    scores = {separator: _score(lines, separator) for separator in SEPARATORS}
    return max(SEPARATORS, key=lambda separator: scores[separator])


def _score(lines: Sequence[str], separator: str) -> tuple[float, int]:
    widths = Counter(len(cells) for _, cells in _first_records(lines, separator) if cells)
    wide = [(count, width) for width, count in widths.items() if width > 1]
    if not wide:
        return 0.0, 0
    count, width = max(wide)
    return count / widths.total(), width


def _first_records(lines: Sequence[str], separator: str) -> list[tuple[int, list[str]]]:
    """The first records, each with the number of lines up to its end."""
    reader = csv.reader(lines, delimiter=separator)
    found = []
    try:
        for cells in islice(reader, _SAMPLE):
            found.append((reader.line_num, cells))  # noqa: PERF401 - what came before an error
    except csv.Error:
        pass
    return found


class Delimited:
    """The records of a text table.

    Attributes:
        columns: the names of its columns, once `rows` has given its first row or was opened.
    """

    def __init__(
        self, blocks: Iterator[Block], taken: set[str], place: str = "", separator: str = ""
    ) -> None:
        self._blocks = blocks
        self._taken = taken
        self._place = place
        first = next(self._blocks, None) or Block(1, [])
        self._separator = separator or separator_of(first.lines[:1000])
        records = _first_records(first.lines, self._separator)
        index = header_at([cells for _, cells in records])
        end, header = records[index] if records else (len(first.lines), [])
        self.columns = column_names(header)
        self._first = _after(first, end)
        mark = re.escape(self._separator)
        self._field = re.compile(rf'(?:^|{mark})(?:"(.*?)"(?={mark}|$)|([^{mark}]*))', re.DOTALL)

    def rows(self) -> Iterator[Row | Reject]:
        """Each record in the order of the file."""
        left = self._first
        for block in self._blocks:
            if block.too_long:
                yield from self._read(left, last=True)
                reason = f"ligne de plus de {MAX_LINE >> 20} Mio"
                yield Reject(f"{self._place}ligne {block.first}", reason)
                left = Block(block.first + 1, [])
                continue
            rest = yield from self._read(left, last=False)
            left = _joined(rest, block)
        yield from self._read(left, last=True)

    def _read(self, block: Block, *, last: bool) -> Generator[Row | Reject, None, Block]:
        """The records of a block; returns the beginning of one that ends in the next block."""
        lines, notes, taken = block.lines, block.notes, self._taken
        columns, width, separator = self.columns, len(self.columns), self._separator
        prefix, first = f"{self._place}ligne ", block.first
        start = 0
        while start < len(lines):
            rest = map(lines.__getitem__, range(start, len(lines)))
            reader = csv.reader(rest, delimiter=separator, strict=True)
            begun = start
            try:
                for cells in reader:
                    if len(cells) == width:
                        values = dict(zip(columns, cells))  # noqa: B905 - as long as each other
                        record = Row(values, f"{prefix}{first + start}", taken)
                        if notes:
                            record.notes = _notes_of(notes, start, begun + reader.line_num)
                        yield record
                        start = begun + reader.line_num
                        continue
                    end = begun + reader.line_num
                    if cells:
                        odd, start = self._odd(block, start, end, cells)
                        yield odd
                    else:
                        start = end
                    if start != end:
                        break
            except csv.Error as error:
                end = begun + reader.line_num
                if not last and end == len(lines) and self._goes_on(error, lines[start:]):
                    return _after(block, start)
                recovered, start = self._recovered(block, start, end)
                yield recovered
        return Block(first + len(lines), [])

    @staticmethod
    def _goes_on(error: csv.Error, lines: list[str]) -> bool:
        unfinished = str(error).startswith("unexpected end of data")
        return unfinished and sum(map(len, lines)) < MAX_RECORD

    def _odd(
        self, block: Block, start: int, end: int, cells: list[str]
    ) -> tuple[Row | Reject, int]:
        """What to make of a record with too many or too few fields, and the line to go on at.

        A record of several lines may be one whose quote was never closed.
        """
        width = len(self.columns)
        if not any(cells[width:]) and len(cells) > width:
            return self._row(block, start, end, cells[:width]), end
        if end - start > 1:
            alone = self._loosely(block.lines[start])
            if alone:
                return self._row(block, start, start + 1, alone, REPAIRED), start + 1
            if self._loosely(block.lines[start + 1]):
                end = start + 1
        reason = f"{_counted(len(cells))} au lieu de {width}"
        return self._reject(block, start, end, reason), end

    def _recovered(self, block: Block, start: int, end: int) -> tuple[Row | Reject, int]:
        """What to make of a record with a quote out of place, and the line to go on at."""
        for stop in sorted({start + 1, end}):
            cells = self._loosely("".join(block.lines[start:stop]))
            if cells:
                return self._row(block, start, stop, cells, REPAIRED), stop
        most = csv.field_size_limit()
        too_long = len(block.lines[start]) > most
        reason = f"cellule de plus de {most} caractères" if too_long else "guillemets mal fermés"
        return self._reject(block, start, start + 1, reason), start + 1

    def _row(self, block: Block, start: int, end: int, cells: list[str], note: str = "") -> Row:
        values = dict(zip(self.columns, cells, strict=True))
        row = Row(values, f"{self._place}ligne {block.first + start}", self._taken)
        row.notes = [*_notes_of(block.notes, start, end), *([note] if note else [])]
        return row

    def _reject(self, block: Block, start: int, end: int, reason: str) -> Reject:
        found = "".join(block.lines[start : min(end, start + 5)])
        return rejected(f"{self._place}ligne {block.first + start}", reason, found)

    def _loosely(self, text: str) -> list[str]:
        """The fields of a record whose quotes are not doubled, or not closed; else nothing.

        Certain where it gives as many fields as there are columns: a field that opens with a
        quote ends at a quote before a separator, and the quotes within are its own.
        """
        text = text.rstrip("\r\n")
        if len(text) > _REPAIRABLE or text.count('"') > _QUOTES:
            return []
        if text.count(self._separator) < len(self.columns) - 1:
            return []
        fields = [_unquoted(found) for found in self._field.finditer(text)]
        return fields if len(fields) == len(self.columns) else []


def _unquoted(found: re.Match[str]) -> str:
    quoted, bare = found.groups()
    if quoted is not None:
        return str(quoted).replace('""', '"')
    return str(bare).removeprefix('"')


def _notes_of(notes: dict[int, list[str]], start: int, end: int) -> list[str]:
    said = [note for index in range(start, end) for note in notes.get(index, [])]
    return list(dict.fromkeys(said))


def _counted(fields: int) -> str:
    return "un seul champ" if fields == 1 else f"{fields} champs"


def _after(block: Block, end: int) -> Block:
    """The rest of a block, without the lines before an index."""
    notes = {index - end: said for index, said in block.notes.items() if index >= end}
    return Block(block.first + end, block.lines[end:], notes, block.too_long)


def _joined(rest: Block, block: Block) -> Block:
    if not rest.lines:
        return block
    moved = {index + len(rest.lines): said for index, said in block.notes.items()}
    return Block(rest.first, rest.lines + block.lines, rest.notes | moved)
