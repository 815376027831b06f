"""The associations of France and what they are for: the national register of associations (RNA)."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from graph.claims import Claim, NodeClaim, Source, TieClaim, Value
from graph.identifiers import is_rna, is_siret
from graph.model import AIMS_AT, ORGANISATION, SEATED_IN, World
from ingest.actors import add_note
from ingest.addresses import address
from ingest.files.persons import may_hold_contacts, without_contacts
from ingest.files.repair import date, is_absent
from ingest.files.repair_places import commune, commune_at
from ingest.files.tables import read_rows
from ingest.listing import number, sites
from ingest.rows import Rejected, Row
from ingest.tabular import Read, Tabular

SOURCE = Source(
    name="rna",
    title="Répertoire national des associations",
    publisher="Ministère de l'Intérieur",
    licence="Licence Ouverte 2.0",
    url="https://www.data.gouv.fr/fr/datasets/repertoire-national-des-associations/",
    trust=80,
)
THEMES = Path(__file__).parents[1] / "data" / "rna_themes.csv"

# The columns of both files. They count as used all at once: `Row.take` for each of them would cost
# as much as all the rest.
_USED = (
    "id", "id_ex", "siret", "date_creat", "date_disso", "nature", "titre", "titre_court", "objet",
    "objet_social1", "objet_social2", "adrs_numvoie", "adrs_repetition", "adrs_typevoie",
    "adrs_libvoie", "adrs_distrib", "adr1", "adr2", "adr3", "adrs_codeinsee", "adrs_codepostal",
    "adrs_libcommune", "libcom", "siteweb", "publiweb", "position", "maj_time",
)  # fmt: skip
# What speaks of persons (who declares, where the mail goes, who gives a lodging), and what the
# model has no word for: the office that keeps the file, the days of formalities, the federations.
_UNUSED = (
    "adrg_declarant", "adrg_complemid", "adrg_complemgeo", "adrg_libvoie", "adrg_distrib",
    "adrg_codepostal", "adrg_achemine", "adrg_pays", "dir_civilite", "telephone", "email",
    "adrs_complement", "gestion", "rup_mi", "date_decla", "date_publi", "groupement",
    "observation",
)  # fmt: skip
_COLUMNS = frozenset((*_USED, *_UNUSED))
_FORMS = {"D": "9220", "R": "9230"}

_LONGEST_ACRONYM = 12

# The same days and communes come back all the time: their repair is paid once.
_repaired_day = lru_cache(1 << 16)(date)
_repaired_commune = lru_cache(1 << 17)(commune)
_named_commune = lru_cache(1 << 17)(commune_at)


def read(files: Sequence[Path], taken: set[str]) -> Read:
    """The records of each file; of a zip, those of the files of all its départements."""
    for file in files:
        yield from read_rows(file, member="*.csv", taken=taken)


@dataclass(frozen=True, slots=True)
class Theme:
    """A theme of the register, and the ids of the goals that it clearly serves."""

    label: str
    goals: tuple[str, ...]


@cache
def themes() -> Mapping[str, Theme]:
    """The themes, by code of six digits (table of ours, see `docs/sources/rna.md`)."""
    with THEMES.open(encoding="utf-8", newline="") as lines:
        return {
            row["code"]: Theme(row["label"], tuple(f"goal:{n}" for n in row["goals"].split()))
            for row in csv.DictReader(lines)
        }


def transform(row: Row) -> Iterator[Claim]:
    """What the record of an association says, in `rna_waldec` and `rna_import` alike.

    Claims have no locator: the records have ids, and the number of a line changes every month.
    """
    row.ignore(_COLUMNS)
    found = row.values
    record, position = found.get("id", "").strip(), found.get("position", "").strip()
    if not record or not record.isalnum():
        raise Rejected("sans numéro d'association", record)
    if position == "S":
        raise Rejected("fiche supprimée du répertoire", record)
    updated = _day(found.get("maj_time", "")[:10])
    said: dict[str, Value] = {"world": World.ASSOCIATION.value, "ess": True}
    subject = _put_ids(said, record, row)
    _put_names(said, row)
    if form := _FORMS.get(found.get("nature", "")):
        said["legal_form"] = form
    if purpose := found.get("objet", "").strip():
        said["purpose"] = _without_contacts(purpose, row)
    _put_site(said, row)
    town = (found.get("adrs_libcommune") or found.get("libcom", "")).strip()
    postcode = found.get("adrs_codepostal", "").strip()
    place = _place(found.get("adrs_codeinsee", "").strip(), postcode, town, row)
    if street := address(_street(found), postcode, town):
        said["address"] = street
    _put_days(said, position, updated, row)
    note = row.note
    yield NodeClaim(subject, ORGANISATION, record, said, date=updated, note=note)
    if place:
        yield TieClaim(SEATED_IN, subject, place, record, date=updated, note=note)
    for goal, labels in _goals(found.get("objet_social1", ""), found.get("objet_social2", "")):
        yield TieClaim(AIMS_AT, subject, goal, record, {"words": list(labels)}, date=updated)


def _put_ids(said: dict[str, Value], record: str, row: Row) -> str:
    """The id of the association: its SIREN where the record has one, else its number."""
    if is_rna(record):
        said["rna"] = record
        subject = f"rna:{record}"
    else:
        subject = f"rna-import:{record}"
    if former := row.values.get("id_ex", "").strip():
        said["identifiers"] = [f"ancien numéro RNA {former}"]
    siret = row.values.get("siret", "").strip()
    if not siret:
        return subject
    siren, siret = (siret[:9], siret) if is_siret(siret) else number(row, siret)
    if not siren:
        return subject
    said["siren"] = siren
    if siret:
        said["siret"] = siret
    return f"siren:{siren}"


def _put_names(said: dict[str, Value], row: Row) -> None:
    name = _without_contacts(row.values.get("titre", "").strip(), row)
    short = _without_contacts(row.values.get("titre_court", "").strip(), row)
    if is_absent(name):
        raise Rejected("association sans titre", row.values["id"].strip())
    said["name"] = name
    # The short title is most often the title, or its beginning.
    if name.startswith(short.rstrip(". ")):
        return
    if " " not in short and len(short) <= _LONGEST_ACRONYM:
        said["acronym"] = short
    else:
        said["other_names"] = [short]


def _without_contacts(text: str, row: Row) -> str:
    if "  " in text:
        text = " ".join(text.split())
    if not may_hold_contacts(text):
        return text
    bare, note = without_contacts(text)
    add_note(row, note)
    return bare


def _put_site(said: dict[str, Value], row: Row) -> None:
    """The site, unless the association does not allow its file on the web (`publiweb` 0)."""
    site = row.values.get("siteweb", "").strip()
    if not site or row.values.get("publiweb", "").strip() == "0":
        return
    if pages := sites(row, site):
        said["websites"] = pages


def _street(found: Mapping[str, str]) -> tuple[str, ...]:
    if "adr1" in found:
        return tuple(found.get(name, "").strip("_ ") for name in ("adr1", "adr2", "adr3"))
    number = found.get("adrs_numvoie", "").strip() + found.get("adrs_repetition", "").strip("_ ")
    kind, name = found.get("adrs_typevoie", "").strip("_ "), found.get("adrs_libvoie", "").strip()
    return " ".join(filter(None, (number, kind, name))), found.get("adrs_distrib", "").strip("_ ")


def _place(code: str, postcode: str, town: str, row: Row) -> str:
    """The commune of the seat, by its code, or by its postcode and name; empty if neither says."""
    try:
        place, note = _repaired_commune(code, town) if code else _named_commune(postcode, town)
    except Rejected as wrong:
        if code or town:
            add_note(row, f"commune écartée : « {wrong.value} » {wrong.reason}")
        return ""
    add_note(row, note)
    return place


def _day(text: str) -> str:
    """A day, empty where it is unknown (`0001-01-01`) or impossible."""
    try:
        return _repaired_day(text).value if text else ""
    except Rejected:
        return ""


def _put_days(said: dict[str, Value], position: str, updated: str, row: Row) -> None:
    if created := _day(row.values.get("date_creat", "")):
        said["started"] = created
    if position != "D":
        return
    ended = _day(row.values.get("date_disso", ""))
    if not ended:
        if not updated:
            raise Rejected("dissoute, sans date")
        add_note(row, "date de dissolution inconnue : celle de la mise à jour de la fiche")
    said["ended"] = ended or updated


@lru_cache(1 << 15)
def _goals(*codes: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The goals that themes serve, each with the labels of those themes."""
    found: dict[str, list[str]] = {}
    for theme in filter(None, map(themes().get, dict.fromkeys(codes))):
        for goal in theme.goals:
            found.setdefault(goal, []).append(theme.label)
    return tuple((goal, tuple(labels)) for goal, labels in found.items())


TABULAR = Tabular(
    source=SOURCE,
    files="un fichier rna_waldec ou rna_import (CSV), ou le zip de tous les départements",
    read=read,
    transform=transform,
    recognises=lambda _, columns: {"id", "id_ex", "objet_social1", "titre"} <= columns,
    at_least={ORGANISATION: 1000},
)
