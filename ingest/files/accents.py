"""Accents that were damaged on the way, brought back where that is certain."""

import re
from collections import defaultdict
from collections.abc import Iterable

LOST = "\ufffd"
LOST_NOTE = f"caractères perdus ({LOST})"

# Latin-1 that was taken for UTF-8's parts: a first byte of an accented letter or of punctuation,
# seen as CP1252, then what CP1252 shows for the bytes that may follow it.
_FOLLOWING = "".join(
    {bytes([b]).decode("cp1252", "ignore") or chr(b) for b in range(0x80, 0xC0)}
    | {chr(b) for b in range(0x80, 0xC0)}
)
_NEXT = f"[{re.escape(_FOLLOWING)}]"
_SCRAMBLED = re.compile(f"[ÂÃÅ]{_NEXT}|â[€\x80]{_NEXT}|â[‚\x82]¬|â[„\x84]¢")
_CONTROL = re.compile("[\x80-\x9f]")
_LOST_RUN = re.compile(r"[^\x00-\x7f]+")
_WORD = re.compile(rf"[^\W_{LOST}]*{LOST}[\w{LOST}]*")
# « Å’ » read again is « Œ », « Ã…â€™ » is that once more: three rounds were seen in real files.
_ROUNDS = 4


def unscrambled(text: str) -> str:
    """A text whose accents were UTF-8 read as Latin-1 or CP1252, as it was meant.

    Only what makes an accented letter or a mark of punctuation on its way back is changed, again
    where the accident happened again: `unscrambled("NÂ° 3, ChÃ¢teau") == "N° 3, Château"`. The
    result is the same when it is asked for twice.
    """
    for _ in range(_ROUNDS):
        again = _SCRAMBLED.sub(_back, text)
        if again == text:
            break
        text = again
    return _CONTROL.sub(_of_windows, text)


def _back(found: re.Match[str]) -> str:
    raw = b"".join(_byte(character) for character in found[0])
    try:
        meant = raw.decode("utf-8")
    except UnicodeDecodeError:
        return found[0]
    return meant if meant.isprintable() or meant == "\xa0" or _CONTROL.match(meant) else found[0]


def _byte(character: str) -> bytes:
    try:
        return character.encode("cp1252")
    except UnicodeEncodeError:
        return character.encode("latin-1")


def _of_windows(found: re.Match[str]) -> str:
    """What CP1252 has where Latin-1 has a control character that no text uses."""
    return found[0].encode("latin-1").decode("cp1252", "ignore") or found[0]


class Vocabulary:
    """Words and names that a damaged text may have held (names of communes, of a funder)."""

    def __init__(self, names: Iterable[str]) -> None:
        self._forms: dict[str, set[str]] = defaultdict(set)
        for name in names:
            for part in {name, *re.findall(r"\w+", name)}:
                if not part.isascii():
                    self._forms[_damaged(part).casefold()].add(part)

    def restored(self, text: str) -> str:
        """The text with each lost character that only one known word can have held.

        The known word is `Évry` for `\ufffdvry`; capitals stay capitals. What is not certain is
        left as it was.
        """
        if LOST not in text:
            return text
        return self._one(text) or _WORD.sub(lambda found: self._one(found[0]) or found[0], text)

    def _one(self, text: str) -> str:
        bare = _damaged(text)
        meant = self._forms.get(bare.casefold(), set())
        if len({word.casefold() for word in meant}) != 1:
            return ""
        same = sorted(word for word in meant if _damaged(word) == bare)
        if same:
            return same[-1]
        return min(meant).upper() if text.isupper() else _in_the_case_of(bare, min(meant))


def _damaged(text: str) -> str:
    """What is left of a text when each run of characters that are not ASCII is lost."""
    return _LOST_RUN.sub(LOST, text)


def _in_the_case_of(bare: str, word: str) -> str:
    """The ASCII letters as the damaged text has them, the others from the known word."""
    others = iter(_LOST_RUN.findall(word.lower()))
    return re.sub(LOST, lambda _: next(others), bare)
