"""Postal addresses of organisations, put together from columns, without whoever lives there."""

import re
from collections.abc import Iterable

# At whose home an association has its seat. A hamlet (« Chez Besson ») goes with them: the commune
# stays, and an address is worth less than somebody's name.
_SOMEBODY = re.compile(r"\b(?:CHEZ|C/O|MR|MME|MLLE)\b|\bM\.|(?<!RUE )\b(?:MONSIEUR|MADAME)\b")
# A plain text without a word boundary is found ten times as fast, and nearly every line has none.
_SIGN = re.compile("CHEZ|C/O|M[.RML]|MONSIEUR|MADAME")


def _names_somebody(line: str) -> bool:
    capitals = line.upper()
    return _SIGN.search(capitals) is not None and _SOMEBODY.search(capitals) is not None


def address(street: Iterable[str], postcode: str, town: str) -> str:
    """The lines of a street, the postcode and the town as one text, empty without a street.

    `address(["12 RUE DE MALTE"], "38000", "GRENOBLE") == "12 RUE DE MALTE, 38000 GRENOBLE"`. A line
    that says at whose home it is (`CHEZ MME DURAND`) is left out.
    """
    lines = [line for line in street if line]
    whole = ", ".join(lines)
    if _names_somebody(whole):
        whole = ", ".join(line for line in lines if not _names_somebody(line))
    place = f"{postcode} {town}".strip()
    return f"{whole}, {place}" if whole and place else whole
