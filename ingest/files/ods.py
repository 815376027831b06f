"""OpenDocument spreadsheets (OASIS, part 3): the rows of a sheet as texts, streamed."""

import zipfile
from collections.abc import Iterator

from graph.errors import SourceError
from ingest.files.xlsx import TOO_LONG, Sheet, SheetRow, plain
from ingest.files.xml_stream import Element, elements

MAX_ROWS = 1 << 20
_COLUMNS = 16_384
_CELLS = ("table-cell", "covered-table-cell")
# The texts beside a cell's own.
_ASIDE = ("annotation", "shapes")
_BREAKS = {"s": " ", "tab": "\t", "line-break": "\n"}


def sheets(archive: zipfile.ZipFile, name: str) -> list[Sheet]:
    """The sheets of a workbook in their order; `size` counts the cells that hold something.

    Raises:
        SourceError: the workbook is damaged.
    """
    hidden: set[str] = set()
    names: list[str] = []
    visible: list[bool] = []
    sizes: list[int] = []
    style = ""
    for element in _elements(archive, name):
        if not element.begins:
            continue
        said = element.attributes
        match element.name:
            case "style":
                style = said.get("name", "")
            case "table-properties" if said.get("display") == "false":
                hidden.add(style)
            case "table":
                names.append(said.get("name", ""))
                visible.append(said.get("style-name", "") not in hidden)
                sizes.append(0)
            case "table-cell" if "value-type" in said and sizes:
                sizes[-1] += 1
            case _:
                pass
    return [
        Sheet(number, *known)
        for number, known in enumerate(
            zip(names, ["content.xml"] * len(names), visible, sizes, strict=True), 1
        )
    ]


def rows(archive: zipfile.ZipFile, sheet: Sheet, name: str) -> Iterator[SheetRow]:
    """The rows of a sheet that hold something: their number, and their cells by place from 0.

    Dates are ISO 8601, whole numbers have no decimals, formulas give their last result. A row
    that says that it is repeated is given as often.

    Raises:
        SourceError: the workbook is damaged.
    """
    table, number = 0, 0
    row: _OdsRow | None = None
    for element in _elements(archive, name):
        if element.name == "table" and element.begins:
            table += 1
        if table != sheet.number:
            continue
        if element.name == "table-row":
            if element.begins:
                row = _OdsRow(_repeated(element, "number-rows-repeated", MAX_ROWS))
            elif row is not None:
                if row.cells:
                    for place in range(number + 1, min(number + row.repeated, MAX_ROWS) + 1):
                        yield place, row.cells
                number += row.repeated
                row = None
        elif row is not None:
            row.read(element)


def _elements(archive: zipfile.ZipFile, name: str) -> Iterator[Element]:
    if "content.xml" not in archive.NameToInfo:
        raise SourceError(f"« {name} » est abîmé : il y manque « content.xml ».")
    with archive.open("content.xml") as stream:
        yield from elements(stream, name)


def _repeated(element: Element, attribute: str, most: int) -> int:
    text = element.attributes.get(attribute, "1")
    return min(int(text), most) if text.isascii() and text.isdigit() and len(text) < 10 else 1


class _OdsRow:
    """One row as it is read."""

    def __init__(self, repeated: int) -> None:
        self.repeated = repeated
        self.cells: dict[int, str] = {}
        self._place = 0
        self._cell: Element | None = None
        self._text = ""
        self._aside = 0

    def read(self, element: Element) -> None:
        """Take the next element of the row."""
        if element.name in _ASIDE:
            if element.begins and not self._aside:
                self._text += element.text
            self._aside += 1 if element.begins else -1
        elif element.name in _CELLS and not self._aside:
            if element.begins:
                self._cell, self._text = element, ""
            else:
                self._finish()
        elif self._cell is not None and not self._aside:
            self._write(element)

    def _write(self, element: Element) -> None:
        """Add to the text of a cell: paragraphs are lines, spaces and tabs are elements."""
        self._text += TOO_LONG if element.cut else element.text
        if not element.begins:
            return
        if element.name == "p" and self._text:
            self._text += "\n"
        if element.name in _BREAKS:
            self._text += _BREAKS[element.name] * _repeated(element, "c", 100)

    def _finish(self) -> None:
        cell, self._cell = self._cell, None
        if cell is None:
            return
        repeated = _repeated(cell, "number-columns-repeated", _COLUMNS)
        if value := _value(cell.attributes, self._text):
            last = min(self._place + repeated, _COLUMNS)
            self.cells.update(dict.fromkeys(range(self._place, last), value))
        self._place += repeated


def _value(said: dict[str, str], text: str) -> str:
    match said.get("value-type", ""):
        case "float" | "currency" | "percentage":
            return _number(said.get("value", ""), text)
        case "date":
            return said.get("date-value", text).removesuffix("T00:00:00")
        case "boolean":
            return said.get("boolean-value", text)
        case "":
            return ""
        case _:
            return text


def _number(value: str, shown: str) -> str:
    """The number, as it is shown where that is the same number with zeros before it."""
    try:
        number = plain(float(value))
    except (ValueError, OverflowError):
        return value or shown
    return shown if shown.isascii() and shown.isdigit() and shown.lstrip("0") == number else number
