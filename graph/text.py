"""How names are compared: without accents, case, elisions, ligatures or hyphens."""

import re
import unicodedata

_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "Œ": "oe", "Æ": "ae", "ß": "ss"})
_NOT_WORD = re.compile(r"[^a-z0-9]+")
_SAINT = re.compile(r"\bst(e?)\b")


def fold(text: str) -> str:
    """A form of a text under which its spellings are equal.

    Lower case ASCII letters and digits, single spaces; œ and æ are two letters; St and Ste are
    Saint and Sainte. `fold("L'Haÿ-les-Roses") == "l hay les roses"`.
    """
    decomposed = unicodedata.normalize("NFKD", text).translate(_LIGATURES).casefold()
    bare = "".join(c for c in decomposed if not unicodedata.combining(c))
    return _SAINT.sub(r"saint\1", _NOT_WORD.sub(" ", bare).strip())
