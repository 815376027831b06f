"""How French is set on a page: no-break spaces, dates in words, texts that can do no harm."""

import re
import unicodedata

_MONTHS = (
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
)
_SPACES = re.compile(r"[^\S\u00a0\u202f]+")
_ISO = re.compile(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?")
# Controls (among them NUL), marks that turn the direction of reading, halves of characters,
# characters for private use: none has a place in a name.
_HARMFUL = {"Cc", "Cf", "Cs", "Co"}
_KEPT = "\u00ad\u200c\u200d"  # the soft hyphen and the joiners of emoji and other scripts


def shown(text: str, most: int = 300) -> str:
    """A text as a page shows it: harmless, at most so many characters, well set."""
    if len(text) > 8 * most:
        text = text[: 8 * most] + "…"
    spaced = _SPACES.sub(" ", text).strip()
    safe = "".join(c for c in spaced if c in _KEPT or not _is_harmful(c))
    return typeset(safe if len(safe) <= most else f"{_begun(safe[: most - 2])} …")


def _is_harmful(character: str) -> bool:
    """Whether it has no place in a name: neither HTML nor XML holds what is no character."""
    point = ord(character)
    no_character = point & 0xFFFE == 0xFFFE or 0xFDD0 <= point <= 0xFDEF
    return no_character or unicodedata.category(character) in _HARMFUL


def shown_name(name: str) -> str:
    """A name as a page shows it, whatever it is."""
    return shown(name) or "(sans nom)"


def _begun(text: str) -> str:
    """A cut text up to its last whole word, unless that is far behind."""
    whole = text.rpartition(" ")[0]
    return whole if len(whole) > len(text) - 30 else text


def typeset(text: str) -> str:
    """A text with the no-break spaces of French: thin before ; ? !, full before : and in « »."""
    for sign in ";?!":
        text = text.replace(f" {sign}", f"\u202f{sign}")
    text = text.replace(" :", "\u00a0:").replace("« ", "«\u00a0").replace(" »", "\u00a0»")
    return re.sub(r"([§+])\s(?=\d)", "\\1\u00a0", text)


def count(number: int, noun: str) -> str:
    """A number with its noun: `3 807 acteurs`."""
    plural = "s" if number > 1 else ""
    return f"{thousands(number)} {noun}{plural}"


def thousands(number: int) -> str:
    """A number as French writes it, with narrow no-break spaces."""
    return f"{number:,}".replace(",", "\u202f")


def date(iso: str) -> str:
    """An ISO 8601 date in words, as precise as it is: `30 novembre 2021`, `janvier 2021`."""
    found = _ISO.fullmatch(iso)
    if not found or not found[2] or not 1 <= int(found[2]) <= 12:
        return iso
    month = f"{_MONTHS[int(found[2]) - 1]} {found[1]}"
    if not found[3]:
        return month
    return f"1er {month}" if found[3] == "01" else f"{int(found[3])} {month}"


def period(since: object, until: object) -> str:
    """A period in words, empty when nothing of it is known: `depuis 2012`, `de 2008 à 2012`."""
    first, last = (value if isinstance(value, str) else "" for value in (since, until))
    if first and last:
        return date(first) if first == last else f"{_from(first)} {_to(last)}"
    if first:
        return f"depuis {_the(first)}"
    return f"jusqu'{_to(last)}" if last else ""


def _the(iso: str) -> str:
    return f"le {date(iso)}" if iso.count("-") == 2 else date(iso)


def _from(iso: str) -> str:
    if iso.count("-") == 2:
        return f"du {date(iso)}"
    return f"d'{date(iso)}" if date(iso)[0] in "ao" else f"de {date(iso)}"


def _to(iso: str) -> str:
    return f"au {date(iso)}" if iso.count("-") == 2 else f"à {date(iso)}"
