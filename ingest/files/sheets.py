"""Spreadsheets: one sheet of an Excel or OpenDocument workbook as a table."""

import zipfile
from collections.abc import Iterator, Mapping
from itertools import chain, islice

from graph.errors import SourceError
from ingest.files import ods, xlsx
from ingest.files.records import Reject, cleaned, column_names, header_at, rejected
from ingest.files.xlsx import TOO_LONG, Sheet
from ingest.rows import Row

_TITLES = 30


class SheetTable:
    """The records of one sheet.

    Args:
        wanted: the name of a sheet, or its number from 1; without it the visible sheet that holds
            most.

    Raises:
        SourceError: the workbook is damaged, or has no such sheet.
    """

    def __init__(self, archive: zipfile.ZipFile, name: str, taken: set[str], wanted: str) -> None:
        kind = xlsx if "xl/workbook.xml" in archive.NameToInfo else ods
        sheet = _chosen(kind.sheets(archive, name), wanted, name)
        found = kind.rows(archive, sheet, name)
        first = list(islice(found, _TITLES))
        index = header_at([list(cells.values()) for _, cells in first])
        self._taken = taken
        self._place = f"feuille {sheet.number}, ligne "
        self.columns = column_names(_listed(first[index][1])) if first else []
        self._rows = chain(first[index + 1 :], found)

    def rows(self) -> Iterator[Row | Reject]:
        """Each row below the header that is not empty."""
        for number, cells in self._rows:
            yield self._row(f"{self._place}{number}", cells)

    def _row(self, locator: str, cells: Mapping[int, str]) -> Row | Reject:
        beyond = [cells[place] for place in cells if place >= len(self.columns)]
        if any(text.strip() for text in beyond):
            return rejected(locator, "une cellule est hors des colonnes", beyond[0])
        if any(text == TOO_LONG for text in cells.values()):
            return Reject(locator, TOO_LONG)
        row = Row({}, locator, self._taken)
        row.values = {
            name: cleaned(cells.get(place, ""), row) for place, name in enumerate(self.columns)
        }
        return row


def _chosen(sheets: list[Sheet], wanted: str, name: str) -> Sheet:
    if wanted:
        found = [sheet for sheet in sheets if wanted in (sheet.name, str(sheet.number))]
    else:
        found = sorted((sheet for sheet in sheets if sheet.visible), key=lambda sheet: -sheet.size)
    if found:
        return found[0]
    listed = ", ".join(f"« {sheet.name} »" for sheet in sheets) or "aucune"
    missing = f"la feuille « {wanted} »" if wanted else "de feuille visible"
    raise SourceError(f"« {name} » n'a pas {missing} ; feuilles : {listed}.")


def _listed(cells: Mapping[int, str]) -> list[str]:
    return [cells.get(place, "") for place in range(max(cells, default=-1) + 1)]
