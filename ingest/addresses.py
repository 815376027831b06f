"""Postal addresses of organisations, put together from columns, without whoever lives there."""

import re
from collections.abc import Iterable

# At whose home an association has its seat. A hamlet (« Chez Besson ») goes with them: the commune
# stays, and an address is worth less than somebody's name.
_SOMEBODY = re.compile(
    r"\bchez\b|\bc/o\b|\bm\.|\b(?:mr|mme|mlle)\b|(?<!rue )\b(?:monsieur|madame|mademoiselle)\b",
    re.IGNORECASE,
)


def address(street: Iterable[str], postcode: str, town: str) -> str:
    """The lines of a street, the postcode and the town as one text, empty without a street.

    `address(["12 RUE DE MALTE"], "38000", "GRENOBLE") == "12 RUE DE MALTE, 38000 GRENOBLE"`. A line
    that says at whose home it is (`CHEZ MME DURAND`) is left out.
    """
    lines = [line for line in street if line]
    whole = ", ".join(lines)
    if _SOMEBODY.search(whole):
        whole = ", ".join(line for line in lines if not _SOMEBODY.search(line))
    place = f"{postcode} {town}".strip()
    return f"{whole}, {place}" if whole and place else whole
