"""Registry identifiers of French organisations: their form and their check digits."""

import re

# Every establishment of La Poste shares its SIREN and is exempt from the Luhn rule: the sum of
# the digits of its SIRET is a multiple of five instead (Insee, Sirene documentation).
LA_POSTE = "356000000"

_RNA = re.compile(r"W[0-9][0-9A-Z][0-9]{7}")


# Twice a digit, and the sum of the digits of that.
_DOUBLED = {str(digit): sum(divmod(2 * digit, 10)) for digit in range(10)}


def luhn_sum(digits: str) -> int:
    """The sum of the Luhn algorithm (ISO/IEC 7812-1, annex B); valid when a multiple of ten."""
    return sum(map(int, digits[-1::-2])) + sum(map(_DOUBLED.__getitem__, digits[-2::-2]))


def _is_digits(text: str, length: int) -> bool:
    return len(text) == length and text.isascii() and text.isdigit()


def is_siren(text: str) -> bool:
    """Whether a text is a SIREN: nine digits, the last of them the Luhn key."""
    return _is_digits(text, 9) and text != "000000000" and luhn_sum(text) % 10 == 0


def is_siret(text: str) -> bool:
    """Whether a text is a SIRET: a SIREN and five more digits, the whole valid under Luhn."""
    if not _is_digits(text, 14) or not is_siren(text[:9]):
        return False
    if text.startswith(LA_POSTE) and sum(map(int, text)) % 5 == 0:
        return True
    return luhn_sum(text) % 10 == 0


def is_rna(text: str) -> bool:
    """Whether a text is a number of the national register of associations (W and nine signs)."""
    return _RNA.fullmatch(text) is not None


def is_date(text: str) -> bool:
    """Whether a text is an ISO 8601 date, as precise as known (`2012`, `2020-03`, `2020-03-31`)."""
    pattern = r"[0-9]{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12][0-9]|3[01]))?)?"
    return re.fullmatch(pattern, text) is not None


def is_key(text: str) -> bool:
    """Whether a text is an id of ours: `scheme:local_id`, without white space."""
    return re.fullmatch(r"[a-z][a-z0-9_-]*:[^\s\ud800-\udfff]+", text) is not None
