"""Values put right where that is certain: dates, amounts, yes and no, addresses of sites."""

import datetime as dt
import json
import re
from typing import Generic, NamedTuple, TypeVar
from urllib.parse import urlsplit, urlunsplit

from ingest.files.xlsx import moment
from ingest.rows import Rejected

T = TypeVar("T")


class Repaired(NamedTuple, Generic[T]):
    """A value, and what was done to it.

    Attributes:
        note: one French phrase for the claim to say; empty where nothing was done.
    """

    value: T
    note: str = ""


# What programs write where there is nothing: R, SQL, Excel, and people.
_ABSENT = frozenset(
    ["", "na", "n/a", "nan", "null", "none", "nc", "nr", "nd", "#n/a", "#", "-", "--", "?", "."]
)
_SPACES = re.compile(r"[\s\u00a0\u2007\u2009\u202f\u200b\ufeff]+")


def is_absent(text: str) -> bool:
    """Whether a text only says that there is no value: `NA`, `NULL`, `n/a`, `-`."""
    return text.strip().casefold() in _ABSENT


def bare(text: str) -> str:
    """A text without any space, of whatever width."""
    return _SPACES.sub("", text)


_MONTHS = {
    name: month
    for month, names in enumerate(
        (
            "janvier janv jan", "février fevrier févr fevr fev", "mars", "avril avr", "mai",
            "juin", "juillet juil", "août aout", "septembre sept", "octobre oct",
            "novembre nov", "décembre decembre déc dec",
        ),
        1,
    )
    for name in names.split()
}  # fmt: skip
_ISO = re.compile(r"(\d{4})-(\d{1,2})(?:-(\d{1,2}))?(?:[T ]\d.*)?", re.ASCII)
_YEAR_FIRST = re.compile(r"(\d{4})[/.](\d{1,2})[/.](\d{1,2})", re.ASCII)
_COMPACT = re.compile(r"((?:18|19|20)\d\d)(\d\d)(\d\d)", re.ASCII)
_FRENCH = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?:[T ]\d.*)?", re.ASCII)
_MONTH = re.compile(r"(\d{1,2})[/.-](\d{4})", re.ASCII)
_WORDS = re.compile(r"(?:(\d{1,2})(?:er)?\s+)?([^\W\d_]+)\.?\s+(\d{4})")
_YEAR = re.compile(r"((?:1[5-9]|20|21)\d\d)(?:\.0+)?", re.ASCII)
_SERIAL = re.compile(r"([1-9]\d{4})(?:\.\d+)?", re.ASCII)
# Registers write these days for a date that they do not know.
_UNKNOWN = frozenset(["0001-01-01", "0000-00-00", "1900-01-01", "1899-12-30", "9999-12-31"])


def date(text: str) -> Repaired[str]:
    """A date in ISO 8601, as precise as it is said: `2012`, `2020-03`, `2020-03-31`.

    Takes ISO (a time after it is left), `31/03/2020`, `20200331`, `mars 2020`, `1er mars 2020`
    and the number of days of a spreadsheet (`43921`, noted). Day comes before month, as in
    France. A day that registers write for an unknown one (`1900-01-01`) gives nothing, noted.

    Raises:
        Rejected: it is empty, impossible (31 February), or not certain (two digits of a year).
    """
    said = _present(text)
    found = _dated(said)
    if found in _UNKNOWN:
        return Repaired("", "date inconnue de la source")
    if found:
        return Repaired(found)
    if serial := _SERIAL.fullmatch(said):
        return Repaired(moment(float(serial[1])), "date tirée d'un nombre de jours de tableur")
    raise Rejected("n'est pas une date", text)


def _dated(said: str) -> str:
    if whole := _YEAR.fullmatch(said):
        return whole[1]
    for pattern in (_ISO, _YEAR_FIRST, _COMPACT):
        if found := pattern.fullmatch(said):
            return _iso(said, found[1], found[2], found[3])
    if found := _FRENCH.fullmatch(said):
        return _iso(said, found[3], found[2], found[1])
    if found := _MONTH.fullmatch(said):
        return _iso(said, found[2], found[1], None)
    if (found := _WORDS.fullmatch(said)) and (month := _MONTHS.get(found[2].casefold())):
        return _iso(said, found[3], str(month), found[1])
    return ""


def _iso(said: str, year: str, month: str, day: str | None) -> str:
    if (year, int(month), int(day or 0)) == ("0000", 0, 0):
        return "0000-00-00"
    try:
        whole = dt.date(int(year), int(month), int(day or 1)).isoformat()
    except ValueError:
        raise Rejected("est une date impossible", said) from None
    return whole if day else whole[:7]


_UNITS = {"k€": 1_000, "keur": 1_000, "m€": 1_000_000}
_AMOUNT = re.compile(
    r"([+-]?)([0-9.,'’]*[0-9][0-9.,'’]*)(e[+-]?[0-9]{1,2})?(€|k€|m€|keur|eur|euros?)?",
    re.IGNORECASE,
)


def amount(text: str) -> Repaired[float]:
    """An amount in euros: `21 667,00 €`, `1.500,00`, `250.0`, `1e+05`, `12 k€`.

    Raises:
        Rejected: it is empty, not a number, or may be read in two ways (`1,500`).
    """
    said = bare(_present(text))
    found = _AMOUNT.fullmatch(said)
    if not found:
        raise Rejected("n'est pas un montant", text)
    sign, digits, exponent, unit = found.groups("")
    value = float(f"{sign}{_decimal(digits, text)}{exponent}")
    if value in (float("inf"), float("-inf")):
        raise Rejected("n'est pas un montant", text)
    times = _UNITS.get(unit.casefold(), 1)
    return Repaired(round(value * times, 2), f"montant donné en {unit}" if times > 1 else "")


def _decimal(digits: str, text: str) -> str:
    """Digits with a point for the decimals, and nothing between the thousands."""
    plain = digits.replace("'", "").replace("’", "")
    points, commas = plain.count("."), plain.count(",")
    if points and commas:
        last = max(plain.rfind("."), plain.rfind(","))
        whole, decimals = plain[:last], plain[last + 1 :]
        groups = re.split("[.,]", whole)
        if len(set(re.findall("[.,]", whole))) == 1 and _thousands(groups) and decimals.isdigit():
            return f"{''.join(groups)}.{decimals}"
    elif points + commas == 1:
        whole, decimals = re.split("[.,]", plain)
        if whole + decimals and not (len(decimals) == 3 and 0 < len(whole) < 4 and whole != "0"):
            return f"{whole or 0}.{decimals or 0}"
        raise Rejected("est un montant qui se lit de deux façons", text)
    elif points or commas:
        groups = re.split("[.,]", plain)
        if _thousands(groups):
            return "".join(groups)
    elif plain:
        return plain
    raise Rejected("n'est pas un montant", text)


def _thousands(groups: list[str]) -> bool:
    return 0 < len(groups[0]) < 4 and all(len(group) == 3 for group in groups[1:])


_YES = frozenset(["o", "oui", "y", "yes", "vrai", "true", "t", "1", "1.0", "x"])
_NO = frozenset(["n", "non", "no", "faux", "false", "f", "0", "0.0"])


def yes_or_no(text: str) -> Repaired[bool]:
    """Whether a text says yes: O/N, oui/non, vrai/faux, true/false, 1/0, X.

    Raises:
        Rejected: it is empty or says neither.
    """
    said = _present(text).casefold()
    if said not in _YES | _NO:
        raise Rejected("n'est ni oui ni non", text)
    return Repaired(said in _YES)


_SCHEME = re.compile(r"(https?)\s*:?\s*/{1,3}\s*(?=\S)", re.IGNORECASE)
_TWICE = re.compile(r"https?://(?=https?:/)", re.IGNORECASE)
_HOST = re.compile(r"(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_][\w-]{1,62}")
_MAX_URL = 2000


def url(text: str) -> Repaired[str]:
    """The address of a page, with its scheme: `www.alliage.fr` becomes `https://www.alliage.fr`.

    Raises:
        Rejected: it is empty, an e-mail address (we keep none), several addresses, or no address.
    """
    said = _present(text).strip("<>\"' ")
    once = _TWICE.sub("", said)
    found = _SCHEME.match(once)
    scheme = found[1].lower() if found else "https"
    rest = once[found.end() :] if found else once
    well_formed = once == said and said.lower().startswith(f"{scheme}://")
    if "@" in rest.split("/")[0]:
        raise Rejected("est une adresse électronique, qui n'est pas gardée", "")
    if re.search(r"\s", rest) or len(rest) > _MAX_URL or "://" in rest.split("?")[0]:
        raise Rejected("n'est pas une adresse web, ou en contient plusieurs", text)
    try:
        parts = urlsplit(f"{scheme}://{rest}")
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        raise Rejected("n'est pas une adresse web", text) from None
    host = (parts.hostname or "").removesuffix(".")
    if not _HOST.fullmatch(host):
        raise Rejected("n'est pas une adresse web", text)
    whole = urlunsplit((scheme, host + port, parts.path, parts.query, parts.fragment))
    return Repaired(whole, "" if well_formed else "adresse web mise en forme")


def _present(text: str) -> str:
    if is_absent(text):
        raise Rejected("est absent", text.strip())
    return " ".join(text.split())


def items(text: str) -> list[str]:
    """The items of a cell that holds several: a JSON list, or texts between `;` or `|`.

    `items('["a","b"]') == items("a; b") == items("a|b|") == ["a", "b"]`.
    """
    said = text.strip()
    if said.startswith("["):
        try:
            listed = json.loads(said)
        except (ValueError, RecursionError):
            listed = None
        if isinstance(listed, list) and all(isinstance(item, str) for item in listed):
            return [item.strip() for item in listed if item.strip()]
    return [item.strip() for item in re.split(r"[;|]", said) if item.strip()]
