"""The associations of France and what they are for: the national register of associations (RNA)."""

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path

from graph.claims import Claim, NodeClaim, Source, TieClaim, Value
from graph.identifiers import is_rna, is_siren, is_siret
from graph.model import AIMS_AT, ORGANISATION, SEATED_IN, World
from ingest.addresses import address
from ingest.files.persons import without_contacts
from ingest.files.repair import date, is_absent, url
from ingest.files.repair_ids import rna, siren_or_siret
from ingest.files.repair_places import commune, commune_at
from ingest.files.tables import read_rows
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

# What speaks of persons (who declares, where the mail goes), and what the model has no word for:
# the office that keeps the file, the days of the formalities, whether it is a federation.
_UNUSED = (
    "adrg_declarant", "adrg_complemid", "adrg_complemgeo", "adrg_libvoie", "adrg_distrib",
    "adrg_codepostal", "adrg_achemine", "adrg_pays", "dir_civilite", "telephone", "email",
    "gestion", "rup_mi", "date_decla", "date_publi", "groupement", "observation",
    "siteweb", "publiweb", "adrs_libcommune", "adrs_codepostal", "libcom", "date_disso",
)  # fmt: skip
_FORMS = {"D": "9220", "R": "9230"}

# A purpose without these has neither an e-mail address nor a telephone number in it.
_MAY_BE_CONTACT = re.compile(r"@|[(\[]at[)\]]|\d[\s.\-/]?\d[\s.\-/]?\d")

_repaired_day = lru_cache(1 << 16)(date)
_repaired_commune = lru_cache(1 << 17)(commune)
_commune_at = lru_cache(1 << 17)(commune_at)


def read(files: Sequence[Path], taken: set[str]) -> Read:
    """The records of each file, or of each département's file in a zip."""
    for file in files:
        yield from read_rows(file, member="*.csv", taken=taken)


@cache
def themes() -> Mapping[str, tuple[str, tuple[str, ...]]]:
    """The label of each theme of the register and the goals that it clearly serves."""
    with THEMES.open(encoding="utf-8", newline="") as lines:
        return {
            row["code"]: (row["label"], tuple(f"goal:{n}" for n in row["goals"].split()))
            for row in csv.DictReader(lines)
        }


def transform(row: Row) -> Iterator[Claim]:
    """What the record of an association says (files `rna_waldec` and `rna_import`)."""
    row.ignore(_UNUSED)
    take = row.take
    position = take("position")
    if position == "S":
        raise Rejected("fiche supprimée du répertoire", take("id"))
    name = take("titre", "titre_court")
    if is_absent(name):
        raise Rejected("association sans titre", take("id"))
    record = _id(row)
    said: dict[str, Value] = {"name": name, "world": World.ASSOCIATION.value, "ess": True}
    subject = _put_ids(said, record, row)
    if short := _short(name, take("titre_court")):
        said["acronym" if " " not in short and len(short) <= 12 else "other_names"] = (
            short if " " not in short and len(short) <= 12 else [short]
        )
    if form := _FORMS.get(take("nature")):
        said["legal_form"] = form
    if purpose := take("objet"):
        _put_purpose(said, purpose, row)
    _put_site(said, row)
    place = _place(row)
    if street := _address(row):
        said["address"] = street
    said |= _dates(row, position)
    updated = _day(take("maj_time"))
    yield NodeClaim(subject, ORGANISATION, record, said, date=updated, note=row.note)
    if place:
        yield TieClaim(SEATED_IN, subject, place, record, date=updated)
    yield from _aims(subject, record, take("objet_social1"), take("objet_social2"), updated)
