"""XML read piece by piece, without entities of its own that could blow it up."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO
from xml.parsers import expat

from graph.errors import SourceError

MAX_TEXT = 1 << 20
_CHUNK = 1 << 16


@dataclass(slots=True)
class Element:
    """The beginning of an element, or its end with the text that stood in it since.

    Attributes:
        name: without prefix, like those of the attributes.
        text: what stood between the last beginning and this end; at most a million characters,
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
        # Text before a child is given with the child's beginning: paragraphs hold both.
        self.found.append(Element(name.rpartition(":")[2], True, local, *self._taken()))

    def end(self, name: str) -> None:
        self.found.append(Element(name.rpartition(":")[2], False, {}, *self._taken()))

    def text(self, text: str) -> None:
        self._length += len(text)
        if self._length <= MAX_TEXT:
            self._pieces.append(text)

    def _taken(self) -> tuple[str, bool]:
        text, cut = "".join(self._pieces), self._length > MAX_TEXT
        self._pieces, self._length = [], 0
        return text, cut


class _Refused(Exception):
    """A document that declares a type, and so may declare entities."""


def elements(stream: BinaryIO, where: str) -> Iterator[Element]:
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
