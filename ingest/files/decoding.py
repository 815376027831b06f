"""Bytes become lines of text, whatever encoding they claim, and say what was repaired."""

import codecs
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import chain
from typing import BinaryIO

from graph.errors import SourceError
from ingest.files.accents import LOST, LOST_NOTE, unscrambled

BLOCK = 1 << 18
MAX_LINE = 1 << 20

UTF8, CP1252 = "utf-8", "cp1252"
_BOMS = (
    (codecs.BOM_UTF8, UTF8),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_UTF8_PAIR = re.compile(rb"[\xc2-\xc5][\x80-\xbf]|\xe2[\x80\x82][\x80-\xbf]")

_SURROGATE = re.compile("[\ud800-\udfff]")

# What a text shows where it needs repair; a search for one character is a matter of microseconds.
_SIGN = re.compile("[\0ÃÂÅ\ufffd\ufeff\x80-\x9f\ud800-\udfff]|â€")
_SIGNS = ("Ã", "Â", "Å", "â€", LOST, "\ufeff", *map(chr, range(0x80, 0xA0)))


@dataclass(slots=True)
class Block:
    """Some lines of a file.

    Attributes:
        first: the number of the first of them, from 1.
        lines: each line with its ending.
        notes: what was repaired, by index in `lines`.
        too_long: a line longer than the limit stands here, and was passed over.
    """

    first: int
    lines: list[str]
    notes: dict[int, list[str]] = field(default_factory=dict)
    too_long: bool = False


def encoding_of(sample: bytes) -> str:
    """The encoding of a file by its beginning: `utf-8`, `cp1252`, `utf-16`…, `utf-32`.

    Without a mark of byte order: UTF-16 shows a NUL in most of its pairs; of lines that are not
    ASCII, those that are UTF-8 are counted against those that are not.
    """
    for mark, name in _BOMS:
        if sample.startswith(mark):
            return name
    if zeros := sample.count(0):
        if sample[1::2].count(0) > 0.6 * len(sample) / 2:
            return "utf-16-le"
        if zeros and sample[0::2].count(0) > 0.6 * len(sample) / 2:
            return "utf-16-be"
    lines = sample.splitlines()
    whole = lines[:-1] if len(lines) > 1 else [sample[: _whole_characters(sample)]]
    judged = [_is_utf8(line) for line in whole if not line.isascii()]
    return CP1252 if 2 * sum(judged) < len(judged) else UTF8


def _whole_characters(sample: bytes) -> int:
    """Where the last character begins, of which a part may be missing."""
    end = len(sample)
    while end and len(sample) - end < 3 and sample[end - 1] & 0xC0 == 0x80:
        end -= 1
    return end - 1 if end and sample[end - 1] >= 0xC0 else len(sample)


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode(UTF8)
    except UnicodeDecodeError:
        return False
    return True


def blocks(stream: BinaryIO, encoding: str = "", max_line: int = MAX_LINE) -> Iterator[Block]:
    """The lines of a stream, some thousand at once, in memory that does not grow with the file.

    Each line is UTF-8 where it can be, else CP1252; a line that is not what the rest of the file
    is says so in its notes, like one whose accents were repaired or are lost. UTF-16 and UTF-32
    are read as such. NUL characters are taken out. Lines end with LF, CR LF or CR.

    Args:
        stream: bytes.
        encoding: what the file is in; found by its beginning where it is not given.
        max_line: bytes that a line may have, about; a longer one makes a block of its own.

    Raises:
        SourceError: the encoding is not known.
    """
    head = stream.read(BLOCK)
    family = _known(encoding) if encoding else encoding_of(head)
    chunks: Iterable[bytes] = chain([head], iter(partial(stream.read, BLOCK), b""))
    if family not in (UTF8, CP1252):
        chunks, family = _as_utf8(chunks, family), UTF8
    number = 1
    for piece in _whole_lines(chunks, max_line):
        block = Block(number, [], too_long=True) if piece is None else _decoded(piece, family)
        block.first = number
        number += 1 if block.too_long else len(block.lines)
        yield block


def texts(stream: BinaryIO, encoding: str = "") -> Iterator[str]:
    """The text of a stream, piece by piece, for formats whose lines mean nothing.

    A byte that is not UTF-8 becomes the lone surrogate of PEP 383, which `repaired_text` reads as
    CP1252.

    Raises:
        SourceError: the encoding is not known.
    """
    head = stream.read(BLOCK)
    family = _known(encoding) if encoding else encoding_of(head)
    errors = "surrogateescape" if family == UTF8 else "replace"
    decoder = codecs.getincrementaldecoder(family)(errors)
    for chunk in chain([head], iter(partial(stream.read, BLOCK), b"")):
        yield decoder.decode(chunk)
    yield decoder.decode(b"", final=True)


def _known(encoding: str) -> str:
    """One name for each encoding; what calls itself Latin-1 is CP1252, which has more signs."""
    try:
        name = codecs.lookup(encoding).name
    except LookupError:
        raise SourceError(f"« {encoding} » n'est pas un encodage connu ; essayez utf-8.") from None
    return {"utf-8-sig": UTF8, "iso8859-1": CP1252}.get(name, name)


def _as_utf8(chunks: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    for chunk in chunks:
        yield decoder.decode(chunk).encode(UTF8, "replace")
    yield decoder.decode(b"", final=True).encode(UTF8, "replace")


def _whole_lines(chunks: Iterable[bytes], max_line: int) -> Iterator[bytes | None]:
    """Pieces that end where a line ends; None in the place of a line that is too long."""
    kept, passing_over = b"", False
    for chunk in chunks:
        rest = chunk
        if passing_over:
            start = _first_end(chunk)
            passing_over = start == 0
            rest = chunk[start:] if start else b""
        kept += rest
        if cut := _last_end(kept):
            yield kept[:cut]
            kept = kept[cut:]
        if len(kept) > max_line:
            yield None
            kept, passing_over = b"", True
    if kept:
        yield kept


def _last_end(piece: bytes) -> int:
    """Where the last whole line ends, 0 without one; a final CR may be half of an ending."""
    return piece.rfind(b"\n") + 1 or piece.rfind(b"\r", 0, max(0, len(piece) - 1)) + 1


def _first_end(piece: bytes) -> int:
    return piece.find(b"\n") + 1 or piece.find(b"\r", 0, max(0, len(piece) - 1)) + 1


def _decoded(piece: bytes, family: str) -> Block:
    """The lines of some bytes; the whole piece at once wherever all of it is of one encoding."""
    text = _at_once(piece, family)
    block = _line_by_line(piece, family) if text is None else Block(0, _split(text))
    if text is None or _needs_repair(text):
        _repair(block)
    return block


def _at_once(piece: bytes, family: str) -> str | None:
    if piece.isascii():
        return piece.decode("ascii")
    if family != UTF8 and _UTF8_PAIR.search(piece):
        return None
    try:
        return piece.decode(family)
    except UnicodeDecodeError:
        return None


def _split(text: str) -> list[str]:
    """Lines with their endings; str.splitlines would also end them at form feeds and the like."""
    return list(io.StringIO(text, newline=""))


def _line_by_line(piece: bytes, family: str) -> Block:
    block = Block(0, [])
    for index, raw in enumerate(piece.splitlines(keepends=True)):
        line, note = _one_line(raw, family)
        block.lines.append(line)
        if note:
            block.notes[index] = [note]
    return block


def _one_line(raw: bytes, family: str) -> tuple[str, str]:
    if raw.isascii():
        return raw.decode("ascii"), ""
    try:
        return raw.decode(UTF8), "" if family == UTF8 else "ligne en UTF-8 dans un fichier Latin-1"
    except UnicodeDecodeError:
        note = "ligne en Latin-1 dans un fichier UTF-8" if family == UTF8 else ""
        return raw.decode(CP1252, "replace"), note


def _needs_repair(text: str) -> bool:
    """`needs_repair` for long texts, in which a search for each sign is the faster way."""
    if text.isascii():
        return "\0" in text
    return "\0" in text or any(sign in text for sign in _SIGNS)


def needs_repair(text: str) -> bool:
    """Whether a text shows signs of what `repaired_text` repairs."""
    return _SIGN.search(text) is not None


def _repair(block: Block) -> None:
    for index, line in enumerate(block.lines):
        if not needs_repair(line):
            continue
        mended, notes = repaired_text(line)
        block.lines[index] = mended
        if notes:
            block.notes.setdefault(index, []).extend(notes)


def _escaped(found: re.Match[str]) -> str:
    code = ord(found[0])
    return bytes([code - 0xDC00]).decode(CP1252, "replace") if 0xDC80 <= code < 0xDD00 else LOST


def repaired_text(text: str) -> tuple[str, list[str]]:
    """A text without NUL characters and scrambled accents, and what was done, in French.

    Lost accents (U+FFFD) are only noted: `accents.Vocabulary` may bring them back.
    """
    notes = []
    if _SURROGATE.search(text):
        text = _SURROGATE.sub(_escaped, text)
        notes.append("caractères en Latin-1 dans un fichier UTF-8")
    if "\0" in text:
        text = text.replace("\0", "")
        notes.append("caractères nuls ôtés")
    text = text.replace("\ufeff", "")
    mended = unscrambled(text)
    if mended != text:
        notes.append("accents rétablis")
    if LOST in mended:
        notes.append(LOST_NOTE)
    return mended, notes
