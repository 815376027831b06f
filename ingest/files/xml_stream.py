"""XML read piece by piece, without entities of its own that could blow it up."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO
from xml.parsers import expat

from graph.errors import SourceError

MAX_TEXT = 1 << 20
_CHUNK = 1 << 16
_NOTHING: dict[str, str] = {}


@dataclass(slots=True)
class Element:
    """The beginning or the end of an element, with the text that stood before it.

    Attributes:
        name: without prefix, like those of the attributes.
        text: what stood between the tag before and this one; at most a million characters,
            of which `cut` says whether there were more.
    """

    name: str
    begins: bool
    attributes: dict[str, str] = field(default_factory=dict)
    text: str = ""
    cut: bool = False


class _Events:
    """Collects what expat says."""

    def __init__(self) -> None:
        self.found: list[Element] = []
        self._pieces: list[str] = []
        self._length = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        local = {key.rpartition(":")[2]: value for key, value in attributes.items()}
        self._add(name, local, begins=True)

    def end(self, name: str) -> None:
        self._add(name, _NOTHING, begins=False)

    def _add(self, name: str, attributes: dict[str, str], *, begins: bool) -> None:
        text, cut = "", False
        if self._length:
            text, cut = "".join(self._pieces), self._length > MAX_TEXT
            self._pieces, self._length = [], 0
        name = name.rpartition(":")[2] if ":" in name else name
        self.found.append(Element(name, begins, attributes, text, cut))

    def text(self, text: str) -> None:
        self._length += len(text)
        if self._length <= MAX_TEXT:
            self._pieces.append(text)


class _Refused(Exception):
    """A document that declares a type, and so may declare entities."""


def elements(stream: IO[bytes], where: str) -> Iterator[Element]:
    """The beginnings and ends of the elements of a document, while it is read.

    Raises:
        SourceError: it is not XML, ends too early, or declares a document type.
    """
    events = _Events()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = events.start
    parser.EndElementHandler = events.end
    parser.CharacterDataHandler = events.text
    parser.StartDoctypeDeclHandler = _refuse
    try:
        while chunk := stream.read(_CHUNK):
            parser.Parse(chunk, False)
            yield from events.found
            events.found.clear()
        parser.Parse(b"", True)
    except (expat.ExpatError, _Refused) as error:
        raise SourceError(f"« {where} » est abîmé : enregistrez le classeur de nouveau.") from error
    yield from events.found


def _refuse(*_: object) -> None:
    raise _Refused
