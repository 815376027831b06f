"""Places put right where that is certain: commune codes, postcodes, coordinates."""

import re
from collections import defaultdict
from collections.abc import Mapping
from functools import cache

from graph.text import fold
from ingest import reference
from ingest.files.repair import Repaired, bare, is_absent
from ingest.rows import Rejected

_ARTICLE = re.compile(r"^(?:le|la|les|l|aux|au)\s+")
_DELIVERY = re.compile(r"\b(?:cedex|bp|cs|tsa)\b.*$")
_ARRONDISSEMENT = re.compile(r"\s*\b0?(\d{1,2})\s*(?:e|er|eme|ere|ieme)?(?:\s+arrondissement)?$")
_DIGITS = re.compile(r"\s+\d{5}$")
_CODE = re.compile(r"\d{5}|2[AB]\d{3}", re.ASCII)

# Latitudes and longitudes between which land of the Republic lies, by part, with some margin.
_BOXES = (
    (41.2, 51.3, -5.4, 9.8),  # Europe
    (15.7, 18.2, -63.3, -60.9),  # Guadeloupe, Saint-Martin, Saint-Barthélemy
    (14.3, 15.0, -61.3, -60.7),  # Martinique
    (2.0, 6.0, -54.7, -51.5),  # Guyane
    (-21.5, -20.8, 55.1, 55.9),  # La Réunion
    (-13.1, -12.5, 44.9, 45.4),  # Mayotte
    (46.7, 47.2, -56.5, -56.0),  # Saint-Pierre-et-Miquelon
    (-14.5, -13.0, -178.4, -176.0),  # Wallis-et-Futuna
    (-23.0, -17.5, 157.9, 172.2),  # Nouvelle-Calédonie
    (-28.1, -7.5, -155.0, -134.0),  # Polynésie française
    (-50.1, -37.5, 50.0, 78.0),  # Terres australes
)


@cache
def _names() -> Mapping[str, str]:
    """The names of communes and arrondissements of today, by code."""
    tables = ("communes.csv.gz", "arrondissements_municipaux.csv")
    return {row["code"]: row["name"] for table in tables for row in reference.rows(table)}


@cache
def _former() -> Mapping[str, tuple[str, list[str]]]:
    """The name of each former commune, and the communes of today that it is now in."""
    return {
        row["code"]: (row["name"], [row["current"], *row["shared_with"].split()])
        for row in reference.rows("former_communes.csv.gz")
    }


@cache
def _merged() -> Mapping[str, list[str]]:
    """The names of the former communes of each commune of today."""
    found: dict[str, list[str]] = defaultdict(list)
    for name, current in _former().values():
        for code in current:
            found[code].append(name)
    return found


@cache
def _arrondissements() -> Mapping[str, str]:
    """The commune that each municipal arrondissement is part of."""
    return {row["code"]: row["commune"] for row in reference.rows("arrondissements_municipaux.csv")}


@cache
def _postcodes() -> Mapping[str, list[str]]:
    """The communes that each postcode serves, arrondissements rather than their communes."""
    found: dict[str, list[str]] = defaultdict(list)
    parted = set(_arrondissements().values())
    for table in ("communes.csv.gz", "arrondissements_municipaux.csv"):
        for row in reference.rows(table):
            for postcode in row["postcodes"].split():
                if row["code"] not in parted:
                    found[postcode].append(row["code"])
    return found


def commune(text: str, name: str = "") -> Repaired[str]:
    """The id of the commune of today that a code of Insee means: `commune:01004`.

    A code of an arrondissement of Paris, Lyon or Marseille gives `arrondissement:75112`. Former
    codes give the commune that took the former one in, noted; a code that lost its first zero
    (`1004`) is put right where the name agrees, noted; a name that does not agree is noted.

    Args:
        text: the code.
        name: the name of the commune, as the source has it.

    Raises:
        Rejected: it is empty, not a code, or what it means is not certain.
    """
    said = re.sub(r"\.0+$", "", bare(text)).upper()
    if is_absent(said):
        raise Rejected("est absent", text.strip())
    name = "" if is_absent(name) else name.strip()
    notes = []
    if re.fullmatch(r"\d{4}", said, re.ASCII):
        said = _with_zero(said, name, text)
        notes.append("zéro initial du code commune rétabli")
    code = _today(said, name, text)
    if code != said:
        notes.append(f"ancien code commune {said}")
    elif name and name != _names()[code] and not _agrees(name, code):
        notes.append(f"le code commune {code} est celui de {_names()[code]}, pas de {name}")
    level = "arrondissement" if code in _arrondissements() else "commune"
    return Repaired(f"{level}:{code}", " ; ".join(notes))


def commune_at(postal: str, name: str) -> Repaired[str]:
    """The id of the one commune that has a postcode and a name, where a source has no code.

    Raises:
        Rejected: one is empty or wrong, or several communes agree.
    """
    code = postcode(postal).value
    named = [each for each in _postcodes().get(code, ()) if _agrees(name, each)]
    exact = [each for each in named if _core(name) == _core(_names()[each])]
    found = exact or named
    if is_absent(name) or len(found) != 1:
        raise Rejected("n'est pas le nom d'une seule commune de ce code postal", f"{code} {name}")
    level = "arrondissement" if found[0] in _arrondissements() else "commune"
    return Repaired(f"{level}:{found[0]}", "commune trouvée par son code postal et son nom")


def _with_zero(digits: str, name: str, text: str) -> str:
    code = f"0{digits}"
    known = _names().get(code) or _former().get(code, ("", []))[0]
    if not known or not _same(name, known):
        reason = "est un code commune à quatre chiffres, que le nom ne confirme pas"
        raise Rejected(reason, text.strip())
    return code


def _today(code: str, name: str, text: str) -> str:
    if not _CODE.fullmatch(code):
        raise Rejected("n'est pas un code commune", text.strip())
    if code in _names():
        return code
    _, current = _former().get(code, ("", []))
    if not current:
        raise Rejected("n'est le code d'aucune commune, présente ou passée", text.strip())
    if len(current) == 1:
        return current[0]
    named = [each for each in current if _same(name, _names().get(each, ""))]
    if len(named) == 1:
        return named[0]
    raise Rejected("est une ancienne commune, partagée depuis entre plusieurs", text.strip())


def _agrees(name: str, code: str) -> bool:
    whole = _arrondissements().get(code, code)
    official = (_names()[code], _names()[whole], *_merged().get(whole, ()))
    return any(_same(name, known) for known in official)


def _same(stated: str, official: str) -> bool:
    """Whether two names are of one commune: but for article, delivery office, arrondissement.

    The first words of the official name are enough: Livron is Livron-sur-Drôme.
    """
    short, long = _core(stated), _core(official)
    return bool(short) and (short == long or (len(short) > 3 and long.startswith(f"{short} ")))


def _core(name: str) -> str:
    words = _DIGITS.sub("", _DELIVERY.sub("", fold(name)).strip())
    return _ARTICLE.sub("", _ARRONDISSEMENT.sub("", words))


def postcode(text: str) -> Repaired[str]:
    """A postcode of five digits; a lost first zero is put back where such a postcode exists.

    Raises:
        Rejected: it is empty or not a postcode.
    """
    said = re.sub(r"^F-?", "", re.sub(r"\.0+$", "", bare(text)).upper())
    if is_absent(said):
        raise Rejected("est absent", text.strip())
    if re.fullmatch(r"\d{4}", said, re.ASCII) and f"0{said}" in _postcodes():
        return Repaired(f"0{said}", "zéro initial du code postal rétabli")
    if not re.fullmatch(r"(?!00|96|99)\d{5}", said, re.ASCII):
        raise Rejected("n'est pas un code postal", text.strip())
    return Repaired(said)


def coordinates(latitude: str, longitude: str) -> Repaired[tuple[float, float]]:
    """Latitude and longitude in degrees (WGS 84), at a place in France; put in that order.

    Raises:
        Rejected: one is empty, they are not degrees, or they lie outside of France either way.
    """
    both = f"{latitude.strip()} {longitude.strip()}"
    if is_absent(bare(latitude)) or is_absent(bare(longitude)):
        raise Rejected("est absent", both.strip())
    lat, lon = _degrees(latitude), _degrees(longitude)
    if lat is None or lon is None:
        raise Rejected("ne sont pas des degrés", both)
    if _in_france(lat, lon):
        return Repaired((lat, lon))
    if _in_france(lon, lat):
        return Repaired((lon, lat), "latitude et longitude échangées")
    wide = max(abs(lat), abs(lon)) > 180
    raise Rejected("ne sont pas des degrés" if wide else "sont hors de France", both)


def _degrees(text: str) -> float | None:
    said = bare(text).replace(",", ".").removesuffix("°")
    return float(said) if re.fullmatch(r"[+-]?\d{1,9}(?:\.\d*)?", said, re.ASCII) else None


def _in_france(lat: float, lon: float) -> bool:
    return any(south <= lat <= north and west <= lon <= east for south, north, west, east in _BOXES)
