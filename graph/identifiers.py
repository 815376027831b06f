"""Registry identifiers of French organisations: their form and their check digits."""

import re
from functools import lru_cache

# Every establishment of La Poste shares its SIREN and is exempt from the Luhn rule: the sum of
# the digits of its SIRET is a multiple of five instead (Insee, Sirene documentation).
LA_POSTE = "356000000"

_RNA = re.compile(r"W[0-9][0-9A-Z][0-9]{7}")


_KEY = re.compile(r"[a-z][a-z0-9_-]*:[^\s\ud800-\udfff]+")
_DATE = re.compile(r"[0-9]{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12][0-9]|3[01]))?)?")

# For each sign of a number: its digit, and the sum of the digits of twice that.
_DIGIT = bytes.maketrans(b"0123456789", bytes(range(10)))
_DOUBLED = bytes.maketrans(b"0123456789", bytes(sum(divmod(2 * n, 10)) for n in range(10)))


def luhn_sum(digits: str) -> int:
    """The sum of the Luhn algorithm (ISO/IEC 7812-1, annex B); valid when a multiple of ten."""
    signs = digits.encode("ascii")
    return sum(signs[-1::-2].translate(_DIGIT)) + sum(signs[-2::-2].translate(_DOUBLED))


def _is_digits(text: str, length: int) -> bool:
    return len(text) == length and text.isascii() and text.isdigit()


def is_siren(text: str) -> bool:
    """Whether a text is a SIREN: nine digits, the last of them the Luhn key."""
    return len(text) == 9 and _is_siren(text)


# The transform of a source, the id and a property of its claim ask about one number in a row.
@lru_cache(1 << 10)
def _is_siren(text: str) -> bool:
    return _is_digits(text, 9) and text != "000000000" and luhn_sum(text) % 10 == 0


def is_siret(text: str) -> bool:
    """Whether a text is a SIRET: a SIREN and five more digits, the whole valid under Luhn."""
    return len(text) == 14 and _is_siret(text)


@lru_cache(1 << 10)
def _is_siret(text: str) -> bool:
    if not _is_digits(text, 14) or not is_siren(text[:9]):
        return False
    if text.startswith(LA_POSTE) and sum(map(int, text)) % 5 == 0:
        return True
    return luhn_sum(text) % 10 == 0


def is_rna(text: str) -> bool:
    """Whether a text is a number of the national register of associations (W and nine signs)."""
    return len(text) == 10 and _is_rna(text)


@lru_cache(1 << 10)
def _is_rna(text: str) -> bool:
    return _RNA.fullmatch(text) is not None


def is_date(text: str) -> bool:
    """Whether a text is an ISO 8601 date, as precise as known (`2012`, `2020-03`, `2020-03-31`)."""
    return len(text) <= 10 and _is_date(text)


@lru_cache(1 << 15)  # the same days come back all the time
def _is_date(text: str) -> bool:
    return _DATE.fullmatch(text) is not None


def is_key(text: str) -> bool:
    """Whether a text is an id of ours: `scheme:local_id`, without white space."""
    return _KEY.fullmatch(text) is not None
