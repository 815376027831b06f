"""The words of a French text: without those that say nothing, each reduced to its stem."""

import re
import threading
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import snowballstemmer  # type: ignore[import-untyped]

from graph.text import fold

_WORD = re.compile(r"[^\W_]+")
_PLURAL_AFTER_VOWEL = re.compile(r"(?<=..[aiou])s$")
_PLURAL = re.compile(r"(?<=...)[sx]$")
_SHORTEST = 4  # letters of a stem
# Folded. `sans`, `non`, `hors` and `entre` stay: « sans-abri », « non-voyants ».
_EMPTY = frozenset([
    "de", "du", "des", "la", "le", "les", "et", "en", "au", "aux", "un", "une", "pour", "par",
    "sur", "dans", "avec", "ou", "que", "qui", "quoi", "dont", "ce", "cet", "cette", "ces", "son",
    "sa", "ses", "leur", "leurs", "nos", "notre", "vos", "votre", "mon", "ma", "mes", "ton", "ta",
    "tes", "nous", "vous", "ils", "elles", "il", "elle", "on", "je", "tu", "se", "ne", "pas",
    "plus", "est", "sont", "ete", "etait", "sera", "seront", "ont", "avoir", "avait", "ayant",
    "afin", "ainsi", "aussi", "comme", "vers", "chez", "lors", "tout", "toute", "toutes", "tres",
    "si", "mais", "donc", "or", "ni", "car", "lui", "eux", "meme", "memes", "autre", "autres",
    "cela", "ceci", "celui", "celle", "ceux", "celles", "ci", "quel", "quelle", "quels", "quelles",
    "qu", "jusqu", "lorsqu", "puisqu", "chaque", "plusieurs", "peut", "peuvent", "doit", "doivent",
    "permet", "permettre", "etc", "notamment", "sous", "alors", "tant", "peu", "trop", "asso",
    "ass", "of", "the", "and",
])  # fmt: skip


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text.

    Attributes:
        stem: the form under which it is compared.
        written: as it stands in the text.
        line: the number of its line, from 0.
        start, stop: where it stands in that line.
    """

    stem: str
    written: str
    line: int
    start: int
    stop: int


@lru_cache(maxsize=64)  # an answer compares the same texts several times
def words_in(text: str) -> tuple[Word, ...]:
    """The words of a text that say something, in their order."""
    return tuple(
        Word(stem, found[0], number, *found.span())
        for number, line in enumerate(lines_of(text))
        for found in _WORD.finditer(line)
        for stem in _stems(found[0])
    )


def lines_of(text: str) -> list[str]:
    """The lines of a text, in composed characters."""
    return unicodedata.normalize("NFC", text).splitlines()


def stems_in(text: str) -> Iterator[list[str]]:
    """The stems of each line of a text."""
    for line in lines_of(text):
        yield [stem for written in _WORD.findall(line) for stem in _stems(written)]


@lru_cache(maxsize=200_000)  # the words of a hundred thousand purposes
def _stems(written: str) -> tuple[str, ...]:
    """The stems of one written word; several where folding parts it, none where it is empty."""
    folded = fold(written).split()
    return tuple(_stem(word) for word in folded if len(word) > 1 and word not in _EMPTY)


def _stem(word: str) -> str:
    """The stem of a folded word.

    The French algorithm of Snowball (Porter 2001) after folding, so that SOLIDARITE, as registers
    write it, meets « solidarité ». It leaves the plural after a vowel (emplois, vélos): taken
    off before. A stem of two or three letters, such as « ami » of « amiante », says too little:
    the word itself is kept, without its plural.
    """
    stem: str = _OF_THREAD.stemmer.stemWord(_PLURAL_AFTER_VOWEL.sub("", word))
    return stem if len(stem) >= _SHORTEST else _PLURAL.sub("", word)


class _OfThread(threading.local):
    """A stemmer a thread: it keeps the word that it works on."""

    def __init__(self) -> None:
        self.stemmer = snowballstemmer.stemmer("french")


_OF_THREAD = _OfThread()
