"""Territories as people write them: an id, a code, a SIREN or a name, without any store."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache

from graph.identifiers import is_key
from graph.model import Level
from graph.text import fold
from ingest import reference
from ingest.files.repair import Repaired, bare, is_absent
from ingest.files.repair_places import commune
from ingest.rows import Rejected

_TABLES = (
    (Level.REGION, "regions.csv"),
    (Level.DEPARTEMENT, "departements.csv"),
    (Level.EPCI, "epci.csv"),
    (Level.EPT, "ept.csv"),
    (Level.COMMUNE, "communes.csv.gz"),
    (Level.ARRONDISSEMENT, "arrondissements_municipaux.csv"),
)
_NATION = frozenset(["france", "france entiere", "nation", "national", "nationale", "pays"])
_OFFICIAL = frozenset(level.value for level in Level) - {Level.PERIMETER.value}
_WITH_DEPARTEMENT = re.compile(r"(.+?)\s*\(\s*(\d\d|2[AB]|97\d|98\d)\s*\)", re.IGNORECASE)
# What people write before a name to say the level that they mean.
_LEVELS = {
    "region": Level.REGION,
    "departement": Level.DEPARTEMENT,
    "commune": Level.COMMUNE,
    "ville": Level.COMMUNE,
}
_LEVEL = re.compile(rf"({'|'.join(_LEVELS)})\s+(?:(?:de la|de l|du|des|de|d)\s+)?(.+)")


@cache
def _by_name() -> Mapping[str, list[str]]:
    """The territories that bear each name, larger levels first."""
    found: dict[str, list[str]] = defaultdict(list)
    for level, table in _TABLES:
        for row in reference.rows(table):
            names = [row["name"]]
            if level is Level.EPCI:
                whole = reference.epci_name(row["name"], row["type"])
                names += [whole, re.sub(r"\s*\([A-Z0-9 ]+\)$", "", row["name"])]
            for name in {fold(each) for each in names}:
                found[name].append(f"{level.value}:{row['code']}")
    return found


@cache
def _by_siren() -> Mapping[str, str]:
    """The territory that each local authority governs, of those that the codes identify."""
    found = {}
    for table, scheme in (("communes.csv.gz", "commune"), ("epci.csv", "epci"), ("ept.csv", "ept")):
        for row in reference.rows(table):
            siren = row["siren"] if scheme == "commune" else row["code"]
            if siren:
                found[siren] = f"{scheme}:{row['code']}"
    return found


@cache
def _departement_of() -> Mapping[str, str]:
    return {row["code"]: row["departement"] for row in reference.rows("communes.csv.gz")}


@cache
def _keys() -> frozenset[str]:
    named = (key for keys in _by_name().values() for key in keys)
    return frozenset([reference.NATION, *named])


def governed_by(siren: str) -> str:
    """The territory of the authority of that SIREN: `epci:200040715`.

    Raises:
        Rejected: no commune and no intercommunality of today has it.
    """
    found = _by_siren().get(bare(siren))
    if found is None:
        raise Rejected("n'est le SIREN d'aucune commune ni intercommunalité", siren.strip())
    return found


def territory(text: str) -> Repaired[str]:
    """The id of the one territory that a text means.

    Takes an id (`departement:38`, `perimeter:alsace`), a code of commune (`38185`), the SIREN of
    a commune or an intercommunality, a name (`Bretagne`, `Département de l'Isère`, `Grenoble`,
    `Saint-Denis (93)`), `France`. Of a name that a région and communes bear, the région is meant;
    otherwise a name that several bear is refused.

    Raises:
        Rejected: it is empty, unknown, or borne by several territories.
    """
    said = " ".join(text.split())
    if is_absent(said):
        raise Rejected("est absent", said)
    if is_key(said) and said.partition(":")[0] in _OFFICIAL | {"perimeter"}:
        return Repaired(_of_id(said))
    if re.fullmatch(r"\d{9}", bare(said), re.ASCII):
        return Repaired(governed_by(said))
    if re.fullmatch(r"\d{4,5}|2[AB]\d{3}", said.upper(), re.ASCII):
        return commune(said)
    return Repaired(_of_name(said))


def _of_id(key: str) -> str:
    scheme, _, code = key.partition(":")
    if scheme == "commune":
        return commune(code).value
    if scheme != "perimeter" and key not in _keys():
        raise Rejected("n'est l'identifiant d'aucun territoire", key)
    return key


def _of_name(text: str) -> str:
    asked = fold(text)
    if asked in _NATION:
        return reference.NATION
    if within := _WITH_DEPARTEMENT.fullmatch(text):
        return _only(list(_in_departement(fold(within[1]), within[2].upper())), text)
    found = _by_name().get(asked, [])
    if not found and (levelled := _LEVEL.fullmatch(asked)):
        level = _LEVELS[levelled[1]].value
        # "Département de l'Isère", "Département des Côtes-d'Armor", "Commune du Havre".
        names = (levelled[2], f"le {levelled[2]}", f"la {levelled[2]}", f"les {levelled[2]}")
        keys = [key for name in names for key in _by_name().get(name, [])]
        found = [key for key in keys if key.startswith(f"{level}:")]
    regions = [key for key in found if key.startswith("region:")]
    return _only(regions or found, text)


def _in_departement(name: str, code: str) -> Iterator[str]:
    for key in _by_name().get(name, []):
        scheme, _, local = key.partition(":")
        here = _departement_of()[local] if scheme == "commune" else local
        if scheme in ("commune", "departement") and here == code:
            yield key


def _only(keys: list[str], text: str) -> str:
    # Paris is a commune and a département: the commune, whose parts are the same.
    if len(keys) > 1 and {_departement_like(key) for key in keys} == {"75"}:
        return "commune:75056"
    if len(keys) == 1:
        return keys[0]
    if not keys:
        raise Rejected("n'est le nom d'aucun territoire ; donnez son code", text)
    shown = ", ".join(keys[:5])
    raise Rejected(f"est le nom de plusieurs territoires ({shown}) ; donnez le code", text)


def _departement_like(key: str) -> str:
    return "75" if key in ("departement:75", "commune:75056") else key
