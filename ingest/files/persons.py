"""What speaks of persons, and is never kept: columns, e-mail addresses, telephone numbers."""

import re

from graph.text import fold
from ingest.files.repair import Repaired

# Words of column names. Roles that organisations have too (porteur, coordinateur, partenaire) are
# not among them.
_WORD = re.compile(
    r"""\b(?:
        animat(?:eur|rice)|civilite|contacts?|correspondant|declarant|dirigeante?s?|direct(?:eur|rice)
        |elue?|gerante?s?|interlocut(?:eur|rice)|maire|naissance|presidente?s?|pseudo(?:nyme)?
        |prenoms?|referente?s?|responsables?|salaries?|secretaire|sexe
        |tresori(?:er|ere)|utilisat(?:eur|rice)|user(?:name)?|(?:first|last)name|manager|persons?
        |courriels?|e?mails?|mel|fax|gsm|mobile|(?:tele)?phones?|portable|tel|telephonique
    )\b""",
    re.VERBOSE,
)
_PHRASES = (
    "representant legal", "nom usage", "nom de famille", "nom patronymique", "first name",
    "last name", "full name", "e mail", "personne physique", "nom du porteur",
)  # fmt: skip
# Sirene names these columns of a natural person as if of a unit; the RNA's « gestion » address is
# often the home of whoever runs the association.
_EXACT = frozenset(["nomunitelegale", "nomusageunitelegale"])
_PREFIXES = ("adrg_", "dir_")
_CAMEL = re.compile(r"(?<=[a-zà-ÿ])(?=[A-ZÀ-Þ])|(?<=\d)(?=[A-Za-z])|(?<=[A-Za-z])(?=\d)")

_EMAIL = re.compile(r"[\w.+'-]{1,64}\s?(?:@|\(at\)|\[at\])\s?(?:[\w-]{1,63}\.){1,8}[A-Za-z]{2,24}")
_PHONE = re.compile(
    r"(?<![\d,.])(?:(?:\+|00)\s?(?:33|262|508|590|594|596|687|689)[\s.\-/]?(?:\(0\))?[\s.\-/]?\d|0[1-9])"
    r"(?:[\s.\-/]?\d{2}){4}(?!\d)"
)
# How each telephone number begins.
_DIALLED = re.compile(r"(?<!\d)(?:\+\s?|0)\d")
REMOVED = "[coordonnée retirée]"


def speaks_of_a_person(column: str) -> bool:
    """Whether a column, by its name, holds persons or how to reach them: never kept.

    `nom_dirigeant`, `prenomUsuelUniteLegale`, `E-mail`, `contact_telephone`, `adrg_libvoie`. The
    names of organisations (`nom`, `nom_beneficiaire`) do not.
    """
    if column.strip().casefold().startswith(_PREFIXES):
        return True
    words = fold(_CAMEL.sub(" ", column))
    if words.replace(" ", "") in _EXACT or any(f" {p} " in f" {words} " for p in _PHRASES):
        return True
    return _WORD.search(words) is not None


def may_hold_contacts(text: str) -> bool:
    """Whether a text has a sign without which it holds no e-mail address and no telephone number.

    Most have none; to look for single signs costs a hundredth of the whole search.
    """
    if "@" in text or "(at)" in text or "[at]" in text:
        return True
    return ("0" in text or "+" in text) and _DIALLED.search(text) is not None


def without_contacts(text: str) -> Repaired[str]:
    """A text without e-mail addresses and telephone numbers: `[coordonnée retirée]` for each."""
    if not may_hold_contacts(text):
        return Repaired(text)
    bare, mails = _EMAIL.subn(REMOVED, text)
    bare, phones = _PHONE.subn(REMOVED, bare)
    return Repaired(bare, "coordonnées retirées" if mails + phones else "")
