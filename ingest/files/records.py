"""What every reader of a file has in common: what it rejects, how columns are named."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median_high

from ingest.files.decoding import needs_repair, repaired_text
from ingest.rows import Row

SHOWN = 200


@dataclass(frozen=True, slots=True)
class Reject:
    """A record that could not be read.

    Attributes:
        locator: where it is, for a person (`ligne 40`).
        reason: one French phrase that says what is wrong.
        value: what was found there, at most 200 characters of it.
    """

    locator: str
    reason: str
    value: str = ""


def rejected(locator: str, reason: str, found: str = "") -> Reject:
    """A reject that shows only the beginning of what was found."""
    return Reject(locator, reason, found[:SHOWN].strip())


def header_at(rows: Sequence[Sequence[str]]) -> int:
    """Which of the first rows of a table names its columns.

    Titles and dates stand above a header in one or two cells: the header is the first row that
    fills more than two, and six tenths of the cells that the middling row fills.
    """
    filled = [sum(1 for cell in row if cell.strip()) for row in rows]
    usual = median_high([cells for cells in filled if cells] or [0])
    enough = max(1.0, 0.6 * usual, min(3, usual))
    return next((index for index, cells in enumerate(filled) if cells >= enough), 0)


def column_names(header: Iterable[str]) -> list[str]:
    """The names of columns: each one once, none of them empty, none for empty cells at the end.

    `column_names(["nom", "", "nom", ""]) == ["nom", "colonne 2", "nom (2)"]`.
    """
    cells = [" ".join(cell.replace("\ufeff", "").split()) for cell in header]
    while cells and not cells[-1]:
        cells.pop()
    taken: set[str] = set()
    names = []
    for position, cell in enumerate(cells, 1):
        wanted = cell or f"colonne {position}"
        name, number = wanted, 1
        while name in taken:
            number += 1
            name = f"{wanted} ({number})"
        taken.add(name)
        names.append(name)
    return names


def cleaned(text: str, row: Row) -> str:
    """A value with its accents and characters repaired, which the row's notes then say."""
    if (text.isascii() and "\0" not in text) or not needs_repair(text):
        return text
    mended, notes = repaired_text(text)
    row.notes += [note for note in notes if note not in row.notes]
    return mended
