"""Projects that the fonds vert of the State helps to pay: the CSV export of the DGALN."""

import csv
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from graph.claims import Claim, NodeClaim, Source, TieClaim, Value
from graph.model import (
    ACTS_IN,
    AIMS_AT,
    CARRIES,
    FUNDED,
    LISTED_ON,
    ORGANISATION,
    PLATFORM,
    PROJECT,
    World,
)
from graph.text import fold
from ingest import reference
from ingest.actors import Actor, actor, add_note, digest, tidy
from ingest.files.repair import amount, is_absent
from ingest.files.repair_places import commune
from ingest.files.several import rows_of
from ingest.rows import Rejected, Row
from ingest.tabular import Tabular

SOURCE = Source(
    name="fonds-vert",
    title="Fonds vert : projets subventionnés",
    publisher="DGALN (ministère de la Transition écologique)",
    licence="Licence Ouverte 2.0",
    url="https://www.data.gouv.fr/dataservices/api-fonds-vert",
    trust=60,
)
SITE = "https://www.ecologie.gouv.fr/fonds-vert"
PLATFORM_KEY = "fonds-vert:site"
# The id that the founding documents of the project give it.
STATE = "alliage:etat"
THEMES = Path(__file__).parents[1] / "data" / "fonds_vert_themes.csv"

_NEEDED = frozenset(["numero_demarche_ds", "numero_dossier_ds", "nom_du_projet", "montant_engage"])
# The number beside it names the same call; its axis is that of the call.
_UNUSED = ("axe",)


@dataclass(frozen=True, slots=True)
class Theme:
    """What a call of the fonds vert is about: our reading of it.

    Attributes:
        goals: numbers of sustainable development goals.
    """

    edition: str
    goals: tuple[str, ...]


@cache
def themes() -> Mapping[str, Theme]:
    """The calls of the fonds vert, by number and by folded name."""
    found = {}
    with THEMES.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            theme = Theme(row["edition"], tuple(row["goals"].split()))
            found[row["demarche"]] = theme
            # Later editions have other numbers and the same names: no year can be told from one.
            found[fold(row["theme"])] = Theme("", theme.goals)
    return found


def transform(row: Row) -> Iterator[Claim]:
    """A project, whoever carries it, where, what it is for and what the State pays.

    Raises:
        Rejected: the carrier is or may be a natural person, or the project has no name.
    """
    row.ignore(_UNUSED)
    name = tidy(row.take("nom_du_projet"), row)
    if not name:
        raise Rejected("projet sans nom")
    carrier = actor(row, row.take("nom_beneficiaire_principal"), row.take("siren"), "fonds-vert:")
    key, record = _ids(row, name, carrier)
    theme = tidy(row.take("nom_demarche_ds"), row)
    where = _where(row)
    purpose = f"Fonds vert : {theme}" if theme else "Fonds vert"
    said: dict[str, Value] = {"name": name, "purpose": purpose}
    yield NodeClaim(key, PROJECT, record, said, note=row.note)
    yield carrier.claim(row.note)
    yield TieClaim(CARRIES, carrier.key, key, record, note=row.note)
    if where:
        yield TieClaim(ACTS_IN, key, where, record, note=row.note)
    yield from _paid(row, key, record)
    yield from _aims(row, key, record, theme)
    yield from _listed(key)


def _ids(row: Row, name: str, carrier: Actor) -> tuple[str, str]:
    """The id of the project, and that of the record: a project may have several parts.

    The number is that of the application in « Démarches simplifiées ».
    """
    number = row.take("numero_dossier_ds")
    if not (number.isascii() and number.isdigit()):
        number = digest(carrier.key, fold(name))
        add_note(row, "dossier sans numéro")
    part = digest(carrier.key, row.take("code_commune"), fold(name), row.take("montant_engage"))
    return f"fonds-vert:{number}", f"{number} {part}"


def _where(row: Row) -> str:
    """The commune; where the file names one of another département, mostly the département.

    The commune is then that of the carrier's seat, a region away sometimes; but where the
    département is that of the region's prefecture, which keeps the file of a whole region, the
    commune of that region is the place.
    """
    whole = _larger(row)
    try:
        found, note = commune(row.take("code_commune"), row.take("nom_commune"))
    except Rejected as wrong:
        if not is_absent(row.take("code_commune")):
            add_note(row, f"le code commune {wrong.value} {wrong.reason}")
        return whole
    add_note(row, note)
    level, _, code = whole.partition(":")
    if level == "departement" and not _within(found, code) and not _of_prefecture(found, code):
        add_note(row, f"commune hors du département {code}, sans doute le siège du porteur")
        return whole
    return found


def _within(key: str, departement: str) -> bool:
    return key.partition(":")[2].startswith(departement)


def _of_prefecture(key: str, departement: str) -> bool:
    """Whether a commune is in the region whose prefecture the département has."""
    region = _regions_by_prefecture().get(departement)
    return any(_within(key, each) for each in _departements_of().get(region or "", ()))


@cache
def _departements_of() -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for row in reference.rows("departements.csv"):
        found[row["region"]].append(row["code"])
    return found


@cache
def _regions_by_prefecture() -> Mapping[str, str]:
    """The region of each département that holds a region's capital."""
    capitals = {row["chef_lieu"]: row["code"] for row in reference.rows("regions.csv")}
    return {
        row["code"]: capitals[row["chef_lieu"]]
        for row in reference.rows("departements.csv")
        if row["chef_lieu"] in capitals
    }


def _larger(row: Row) -> str:
    """The département or, overseas, the collectivity that the record names."""
    row.ignore(["code_departement"])  # lost its zero; the name says the same
    places = _larger_places()
    names = (row.take("nom_departement"), row.take("nom_region"))
    return next((places[fold(name)] for name in names if fold(name) in places), "")


@cache
def _larger_places() -> Mapping[str, str]:
    tables = (("region", "regions.csv"), ("departement", "departements.csv"))
    return {
        fold(row["name"]): f"{level}:{row['code']}"
        for level, table in tables
        for row in reference.rows(table)
    }


def _paid(row: Row, key: str, record: str) -> Iterator[Claim]:
    yield NodeClaim(STATE, ORGANISATION, "etat", {"name": "État", "world": World.STATE.value})
    theme = themes().get(row.take("numero_demarche_ds"))
    said: dict[str, Value] = {"words": ["fonds vert"]}
    if theme and theme.edition:
        said["since"] = theme.edition
    try:
        said["amount"], note = amount(row.take("montant_engage"))
        add_note(row, note)
    except Rejected:
        add_note(row, "montant absent ou illisible")
    yield TieClaim(FUNDED, STATE, key, record, said, note=row.note)


def _aims(row: Row, key: str, record: str, theme: str) -> Iterator[Claim]:
    known = themes().get(row.take("numero_demarche_ds")) or themes().get(fold(theme))
    for goal in known.goals if known else ():
        yield TieClaim(
            AIMS_AT,
            key,
            f"goal:{goal}",
            record,
            {"words": [theme or "fonds vert"]},
            note="objectif déduit de la démarche (notre table)",
        )


def _listed(key: str) -> Iterator[Claim]:
    yield NodeClaim(
        PLATFORM_KEY, PLATFORM, "site", {"name": "Fonds vert", "websites": [SITE]}, url=SITE
    )
    yield TieClaim(LISTED_ON, key, PLATFORM_KEY, key)


def recognises(_: str, columns: frozenset[str]) -> bool:
    """Whether a table has the columns of the export."""
    return columns >= _NEEDED


TABULAR = Tabular(
    source=SOURCE,
    files="l'export CSV des projets du fonds vert",
    read=rows_of,
    transform=transform,
    recognises=recognises,
    at_least={PROJECT: 1000},
)
