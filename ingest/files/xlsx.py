"""Excel workbooks (ISO/IEC 29500): the rows of a sheet as texts, streamed."""

import math
import posixpath
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TypeAlias

from graph.errors import SourceError
from ingest.files.xml_stream import Element, elements

SheetRow: TypeAlias = tuple[int, dict[int, str]]

MAX_SHARED = 1 << 28
TOO_LONG = "cellule trop longue"
_COLUMNS = 16_384
# Part 1, 18.8.30: the formats that every workbook has, of which these are dates and times.
_DATES = frozenset([*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)])
_NOT_FORMAT = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?![hms]+\])[^\]]*\]', re.IGNORECASE)
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
_EPOCH, _EPOCH_1904 = datetime(1899, 12, 30), datetime(1904, 1, 1)  # noqa: DTZ001 - without zone
_LAST_DAY = 2_958_465


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of a workbook.

    Attributes:
        number: its place from 1, hidden ones counted.
        part: where its cells are within the file.
        size: how much there is of it, to compare it with other sheets.
    """

    number: int
    name: str
    part: str
    visible: bool
    size: int


@dataclass(frozen=True, slots=True)
class _Shown:
    """How the numbers of a style are shown: as dates, or with zeros before them (`00000`)."""

    date: bool = False
    digits: int = 0


_PLAIN = _Shown()


def sheets(archive: zipfile.ZipFile, name: str) -> list[Sheet]:
    """The sheets of a workbook in their order, hidden ones too.

    Raises:
        SourceError: the workbook is damaged.
    """
    targets = {
        element.attributes.get("Id", ""): element.attributes.get("Target", "")
        for element in _elements(archive, "xl/_rels/workbook.xml.rels", name)
        if element.begins
    }
    listed = [
        element.attributes
        for element in _elements(archive, "xl/workbook.xml", name)
        if element.begins and element.name == "sheet"
    ]
    found = []
    for number, said in enumerate(listed, 1):
        part = posixpath.join("/xl", targets.get(said.get("id", ""), ""))
        part = posixpath.normpath(part).removeprefix("/")
        visible = said.get("state", "visible") == "visible"
        size = archive.NameToInfo[part].file_size if part in archive.NameToInfo else 0
        found.append(Sheet(number, said.get("name", ""), part, visible, size))
    return found


def rows(archive: zipfile.ZipFile, sheet: Sheet, name: str) -> Iterator[SheetRow]:
    """The rows of a sheet that hold something: their number, and their cells by place from 0.

    Dates are ISO 8601, whole numbers have no decimals, numbers shown with zeros before them
    (format `00000`) have them, formulas give their last result, errors (`#N/A`) nothing.

    Raises:
        SourceError: the workbook is damaged, or its texts take too much memory.
    """
    shared = _shared(archive, name)
    styles = _styles(archive, name)
    epoch = _epoch(archive, name)
    number, column, cells = 0, -1, dict[int, str]()
    kind, style, text = "", "", ""
    for element in _elements(archive, sheet.part, name):
        tag, said = element.name, element.attributes
        if tag == "c" and element.begins:
            column = _column(said.get("r", ""), column + 1)
            kind, style, text = said.get("t", "n"), said.get("s", "0"), ""
        elif tag == "c":
            value = _value(text, kind, styles.get(style, _PLAIN), shared, epoch)
            if value and column < _COLUMNS:
                cells[column] = value
        elif tag in ("v", "t") and not element.begins:
            text += TOO_LONG if element.cut else element.text
        elif tag == "row" and element.begins:
            number, column, cells = _whole(said.get("r", ""), number + 1), -1, {}
        elif tag == "row" and cells:
            yield number, cells


def _elements(archive: zipfile.ZipFile, part: str, name: str) -> Iterator[Element]:
    if part not in archive.NameToInfo:
        raise SourceError(f"« {name} » est abîmé : il y manque « {part} ».")
    with archive.open(part) as stream:
        yield from elements(stream, name)


def _optional(archive: zipfile.ZipFile, part: str, name: str) -> Iterator[Element]:
    return _elements(archive, part, name) if part in archive.NameToInfo else iter(())


def _shared(archive: zipfile.ZipFile, name: str) -> list[str]:
    """The texts that cells share, without the readings of East Asian characters."""
    found: list[str] = []
    pieces: list[str] = []
    reading, size = False, 0
    for element in _optional(archive, "xl/sharedStrings.xml", name):
        match element.name, element.begins:
            case "rPh", begins:
                reading = begins
            case "t", False if not reading:
                pieces.append(TOO_LONG if element.cut else element.text)
            case "si", False:
                found.append(_unescaped("".join(pieces)))
                pieces, size = [], size + len(found[-1])
            case _:
                pass
        if size > MAX_SHARED:
            raise SourceError(f"« {name} » contient trop de texte : enregistrez-le en CSV.")
    return found


def _styles(archive: zipfile.ZipFile, name: str) -> dict[str, _Shown]:
    """How numbers are shown, by the number of a style; only those that need attention."""
    codes: dict[str, str] = {}
    found: dict[str, _Shown] = {}
    within, number = False, 0
    for element in _optional(archive, "xl/styles.xml", name):
        said = element.attributes
        match element.name, element.begins:
            case "numFmt", True:
                codes[said.get("numFmtId", "")] = said.get("formatCode", "")
            case "cellXfs", begins:
                within = begins
            case "xf", True if within:
                key = said.get("numFmtId", "0")
                shown = _shown(key, codes.get(key, ""))
                if shown != _PLAIN:
                    found[str(number)] = shown
                number += 1
            case _:
                pass
    return found


def _shown(key: str, code: str) -> _Shown:
    if not code:
        return _Shown(date=_whole(key, 0) in _DATES)
    if re.fullmatch("0+", code):
        return _Shown(digits=len(code))
    bare = _NOT_FORMAT.sub("", code.split(";")[0])
    return _Shown(
        date="general" not in bare.lower() and re.search("[dmyhsaj]", bare, re.I) is not None
    )


def _epoch(archive: zipfile.ZipFile, name: str) -> datetime:
    for element in _elements(archive, "xl/workbook.xml", name):
        if element.begins and element.name == "workbookPr":
            from_1904 = element.attributes.get("date1904") in ("1", "true")
            return _EPOCH_1904 if from_1904 else _EPOCH
    return _EPOCH


def _whole(text: str, otherwise: int) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else otherwise


def _column(reference: str, otherwise: int) -> int:
    """The place of a column from 0: `AB12` is in the 28th."""
    letters = reference.rstrip("0123456789")
    return _place(letters) if letters else otherwise


@lru_cache(maxsize=1024)
def _place(letters: str) -> int:
    if len(letters) > 3 or not (letters.isascii() and letters.isupper()):
        return _COLUMNS
    place = 0
    for letter in letters:
        place = 26 * place + ord(letter) - ord("A") + 1
    return place - 1


def _value(text: str, kind: str, shown: _Shown, shared: list[str], epoch: datetime) -> str:
    match kind:
        case "s":
            index = _whole(text, -1)
            return shared[index] if 0 <= index < len(shared) else ""
        case "b":
            return "true" if text == "1" else "false"
        case "e":
            return ""
        case "n":
            return _number(text, shown, epoch)
        case _:
            return _unescaped(text)


def _unescaped(text: str) -> str:
    """A text with the characters that XML cannot hold (`_x000D_`), Part 1, 22.9.2.19."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


def _number(text: str, shown: _Shown, epoch: datetime) -> str:
    try:
        value = float(text)
    except ValueError:
        return text
    if not math.isfinite(value):
        return text
    if shown.date:
        return moment(value, epoch) or plain(value)
    return plain(value).zfill(shown.digits)


def plain(value: float) -> str:
    """A number without an exponent, without decimals where it is whole: `75201.0` is `75201`."""
    return str(int(value)) if value.is_integer() and abs(value) < 1e16 else repr(value)


def moment(serial: float, epoch: datetime = _EPOCH) -> str:
    """What a spreadsheet's number of days says: a date, with its time if it has one, or a time.

    Empty where it is no day that a spreadsheet shows. Excel counts a 29 February 1900 that never
    was, hence the epoch two days before 1900, and a day more before 1 March of that year.
    """
    if not 0 <= serial <= _LAST_DAY:
        return ""
    if epoch == _EPOCH and 1 <= serial < 60:
        serial += 1
    found = epoch + timedelta(seconds=round(serial * 86_400))
    if serial < 1:
        return found.time().isoformat()
    return found.date().isoformat() if found.time().isoformat() == "00:00:00" else found.isoformat()
