"""Records of JSON files, one at a time: arrays, one object a line, GeoJSON."""

import json
import re
from collections.abc import Iterable, Iterator
from typing import TypeAlias, cast

from ingest.files.decoding import Block
from ingest.files.records import Reject, cleaned, rejected
from ingest.rows import Row

Json: TypeAlias = "str | bool | list[Json] | dict[str, Json] | None"

MAX_RECORD = 1 << 26
_DEPTH = 4
# Digits are kept as they were written: 4.20495E+13 stays what it is, 19875.06 has two decimals.
_DECODER = json.JSONDecoder(parse_float=str, parse_int=str, parse_constant=str, strict=False)
_SPACE = re.compile(r"[\s\ufeff]*")


class Unreadable(Exception):
    """The text is not JSON from here on.

    Attributes:
        line: where, from 1.
    """

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


class Text:
    """A text that is read on as it is needed, and forgotten behind the cursor."""

    def __init__(self, pieces: Iterable[str]) -> None:
        self._pieces = iter(pieces)
        self._buffer = ""
        self._at = 0
        self.line = 1

    def _more(self) -> bool:
        """Read on, twice as much as is held; whether anything came."""
        kept = self._buffer[self._at :]
        pieces, wanted = [kept], max(len(kept), 1)
        for piece in self._pieces:
            pieces.append(piece)
            wanted -= len(piece)
            if wanted <= 0:
                break
        self._buffer, self._at = "".join(pieces), 0
        return len(self._buffer) > len(kept)

    def _pass(self, end: int) -> None:
        self.line += self._buffer.count("\n", self._at, end)
        self._at = end

    def peek(self) -> str:
        """The next character that is not white space; nothing at the end."""
        while True:
            space = _SPACE.match(self._buffer, self._at)
            self._pass(space.end() if space else self._at)
            if self._at < len(self._buffer):
                return self._buffer[self._at]
            if not self._more():
                return ""

    def skip(self, expected: str) -> str:
        """Pass the next character, which must be one of those expected, and give it.

        Raises:
            Unreadable: it is another, or the text has ended.
        """
        found = self.peek()
        if not found or found not in expected:
            raise Unreadable(self.line)
        self._pass(self._at + 1)
        return found

    def value(self) -> Json:
        """The value that begins here.

        Raises:
            Unreadable: there is none, it is cut off, or it is longer than a record may be.
        """
        self.peek()
        while True:
            try:
                value, end = _DECODER.raw_decode(self._buffer, self._at)
            except RecursionError as error:
                raise Unreadable(self.line) from error
            except json.JSONDecodeError as error:
                if self._is_final(error) or not self._more():
                    raise Unreadable(self.line) from error
                continue
            if end == len(self._buffer) and self._more():
                continue  # a number may go on
            self._pass(end)
            return cast("Json", value)

    def _is_final(self, error: json.JSONDecodeError) -> bool:
        """Whether more text would not help."""
        if len(self._buffer) - self._at > MAX_RECORD:
            return True
        cut_off = error.msg.startswith("Unterminated") or error.pos + 16 > len(self._buffer)
        return not cut_off


def elements(text: Text, key: str = "") -> Iterator[Json]:
    """The elements of the list that a JSON text is, or holds under a key.

    Args:
        text: the file.
        key: the name of the list (`features`); without it the first list of objects. An object
            that holds none is itself the only element.

    Raises:
        Unreadable: the text is not JSON, ends too early, or has no list of that name.
    """
    if text.peek() == "{":
        alone = _entered(text, key)
        if alone is not None:
            yield alone
            return
    else:
        text.skip("[")
    if text.peek() == "]":
        return
    while True:
        yield text.value()
        if text.skip(",]") == "]":
            return


def _entered(text: Text, key: str) -> Json:
    """None once the cursor stands in the list; else the object, which has none."""
    found: dict[str, Json] = {}
    mark = text.skip("{")
    while mark != "}":
        if text.peek() == "}":
            text.skip("}")
            break
        name = text.value()
        text.skip(":")
        if text.peek() == "[":
            value = _list_or_entered(text, wanted=not key or name == key, named=bool(key))
            if value is None:
                return None
        else:
            value = text.value()
        found[str(name)] = value
        mark = text.skip(",}")
    if key:
        raise Unreadable(text.line)
    return found


def _list_or_entered(text: Text, *, wanted: bool, named: bool) -> Json:
    """None once the cursor stands in a list that is wanted; else what the list held."""
    text.skip("[")
    held: list[Json] = []
    if wanted and (named or text.peek() == "{"):
        return None
    if text.peek() == "]":
        text.skip("]")
        return held
    while True:
        held.append(text.value())
        if text.skip(",]") == "]":
            return held


def row_of(record: Json, locator: str, taken: set[str]) -> Row | Reject:
    """One record as a row: texts by name, the parts of an object after a dot.

    `{"a": {"b": 1}, "c": [2, 3]}` gives `a.b` and, as JSON, `c`. A GeoJSON feature gives its
    properties, and the `latitude` and `longitude` of a point in degrees.
    """
    if not isinstance(record, dict):
        return rejected(locator, "n'est pas un objet JSON", str(record))
    row = Row({}, locator, taken)
    values: dict[str, str] = {}
    if record.get("type") == "Feature" and isinstance(record.get("properties"), dict):
        _flatten(record["properties"], "", values, _DEPTH)
        _add_feature(record, row, values)
    else:
        _flatten(record, "", values, _DEPTH)
    row.values = {cleaned(name, row): cleaned(text, row) for name, text in values.items()}
    return row


def _flatten(value: Json, name: str, into: dict[str, str], depth: int) -> None:
    if isinstance(value, dict) and depth:
        for key, part in value.items():
            _flatten(part, f"{name}.{key}" if name else key, into, depth - 1)
    else:
        into[name] = _plain(value)


def _plain(value: Json) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case str():
            return value
        case _:
            return json.dumps(value, ensure_ascii=False)


def _add_feature(feature: dict[str, Json], row: Row, values: dict[str, str]) -> None:
    if "id" in feature:
        values.setdefault("id", _plain(feature["id"]))
    match feature.get("geometry"):
        case {"type": "Point", "coordinates": [str(longitude), str(latitude), *_]}:
            if _is_degrees(longitude, 180) and _is_degrees(latitude, 90):
                values.setdefault("latitude", latitude)
                values.setdefault("longitude", longitude)
            else:
                row.notes.append("coordonnées qui ne sont pas des degrés, laissées")


def _is_degrees(text: str, most: int) -> bool:
    try:
        return abs(float(text)) <= most
    except ValueError:
        return False


def rows_of_lines(blocks: Iterator[Block], taken: set[str]) -> Iterator[Row | Reject]:
    """The records of a file with one JSON value a line."""
    for block in blocks:
        if block.too_long:
            yield Reject(f"ligne {block.first}", "ligne trop longue")
        for index, line in enumerate(block.lines):
            if line.strip():
                yield _of_line(line, f"ligne {block.first + index}", block.notes.get(index), taken)


def _of_line(line: str, locator: str, notes: list[str] | None, taken: set[str]) -> Row | Reject:
    try:
        found = row_of(cast("Json", _DECODER.decode(line)), locator, taken)
    except (json.JSONDecodeError, RecursionError):
        return rejected(locator, "n'est pas du JSON", line)
    if notes and isinstance(found, Row):
        found.notes = [*notes, *found.notes]
    return found
