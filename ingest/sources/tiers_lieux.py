"""Third places, which a catalyst may run: the lists of the CGET (ANCT) and Nouvelle-Aquitaine."""

from collections.abc import Iterator, Mapping

from graph.claims import Claim, Source, Value
from graph.model import OFFERS, ORGANISATION, PART_OF, SEATED_IN, Function, World
from graph.text import fold
from ingest.actors import PERSON, tidy
from ingest.addresses import address
from ingest.files.repair import amount, date
from ingest.files.repair_places import postcode
from ingest.files.several import rows_of
from ingest.listing import (
    Origin,
    ignore_persons,
    known,
    listed,
    number,
    point,
    sites,
    sure,
    town,
)
from ingest.organisation_names import is_a_person, world_of
from ingest.rows import Rejected, Row
from ingest.tabular import Tabular

SOURCE = Source(
    name="tiers-lieux",
    title="Tiers-lieux : base de la mission Coworking (2019), tiers-lieux de Nouvelle-Aquitaine",
    publisher="CGET, devenu l'ANCT ; Coopérative Tiers-Lieux et Région Nouvelle-Aquitaine",
    licence="Licence Ouverte 2.0",
    url="https://github.com/anct-carto/mission_coworking",
    trust=60,
)
SITES = {
    "cget": ("Mission Coworking (CGET)", "https://github.com/anct-carto/mission_coworking"),
    "na": ("Coopérative Tiers-Lieux", "https://coop.tierslieux.net/"),
}

# Geography that our reference knows better.
_UNUSED = (
    "METRO", "NOMMETRO", "INSEEREG", "NOMREG", "INSEEDEP", "POPCOM", "COMCLASS", "INSEE_ZE",
    "NOM_ZE", "CLASS_ZE", "POP_ZE", "GEOCOD", "COMINIT", "CONTACT", "MAIL",
    "ct_nom", "ct_prenom", "ct_courriel", "ct_tel_fixe", "ct_tel_mobile", "geom",
)  # fmt: skip
# A geocoder's mark under which it found another street, or none.
_PRECISE = 0.5

# The legal forms that the list of Nouvelle-Aquitaine writes; of two at once none is the world.
_WORLDS: Mapping[str, World] = {
    "association": World.ASSOCIATION,
    "sarl": World.COMPANY,
    "eurl": World.COMPANY,
    "sas": World.COMPANY,
    "sa": World.COMPANY,
    "sci": World.COMPANY,
    "scic": World.COMPANY,
    "scop": World.COMPANY,
    "spl": World.COMPANY,
    "universite": World.ACADEMIC,
    "collectivite": World.LOCAL_AUTHORITY,
}
_SOLE_TRADER = "ei"
# What each sort of place puts at hand, as the publishers define them.
_AT_HAND = {
    "coworking": "espaces de travail partagés",
    "fablab": "machines et outils de fabrication",
    "atelier partage": "atelier partagé",
    "terres agricoles": "terres agricoles",
}


def transform(row: Row) -> Iterator[Claim]:
    """What a list says of a third place."""
    row.ignore(_UNUSED)
    ignore_persons(row)
    listing = "na" if "str_nom" in row.values or "numcom" in row.values else "cget"
    local, name = (
        "-".join(row.take("ID", "id").split()),
        tidy(row.take("NOM_TL", "str_nom", "nom"), row),
    )
    form = fold(row.take("categorie"))
    if not local or not name:
        raise Rejected("lieu sans identifiant ou sans nom", local or name)
    if form == _SOLE_TRADER or is_a_person(name):
        raise Rejected(PERSON)
    siren, siret = number(row, row.take("siret"))
    subject = _subject(siren, siret, f"{listing}-{local}")
    sort = tidy(row.take("TYPO", "typologie"), row)
    world = _WORLDS.get(form) or world_of(name, registered=bool(siren))
    code, here, postal = _where(row)
    said = known(
        name=name,
        world=world.value if world else None,
        siren=siren if not siret else None,
        siret=siret,
        identifiers=[f"tiers-lieux:{listing}-{local}"] if siren else [],
        functions=[Function.PLACE.value],
        purpose=sort if fold(sort) != "nr" else None,
        websites=_pages(row),
        address=tidy(address([row.take("ADRESSE", "adresse")], postal, here), row),
    ) | _point(row)
    place = town(row, code, here, postal)
    seen = sure(row, "date écartée", date, row.take("date_sai"))
    origin = Origin(f"{listing}-{local}", date=seen or "", note=row.note)
    yield origin.node(subject, ORGANISATION, said)
    if place:
        yield origin.tie(SEATED_IN, subject, place)
    if siret:
        yield origin.tie(PART_OF, subject, f"siren:{siren}")
    if at_hand := [words for stem, words in _AT_HAND.items() if stem in fold(sort)]:
        yield origin.tie(OFFERS, subject, "lever:tools", words=at_hand)
    yield from listed(origin, subject, f"platform:tiers-lieux-{listing}", *SITES[listing])


def _subject(siren: str, siret: str, local: str) -> str:
    if siret:
        return f"siret:{siret}"
    return f"siren:{siren}" if siren else f"tiers-lieux:{local}"


def _where(row: Row) -> tuple[str, str, str]:
    """Code and name of the commune, postcode; of the geocoder where the record has no code."""
    found = row.take("CP", "code_postal")
    postal = sure(row, "code postal écarté", postcode, found) if found.strip("0") else None
    code, name = row.take("INSEECOM", "numcom"), row.take("NOMCOM", "nomcom")
    near, near_name = row.take("INSEEMETRO"), row.take("NOMCOMMETRO")
    if not code.strip("0") and near:
        row.notes.append("commune trouvée par le géocodage de la source")
        return near, near_name, postal or ""
    return code, name, postal or ""


def _point(row: Row) -> dict[str, Value]:
    """The place, unless the source's geocoder was not sure of it."""
    latitude, longitude = row.take("LAT", "y_wgs84"), row.take("LONG", "x_wgs84")
    mark = row.take("PRECISION").replace(",", ".")
    if mark and sure(row, "précision non lue", amount, mark) is not None and float(mark) < _PRECISE:
        row.notes.append("position écartée : géocodage peu sûr selon la source")
        return {}
    return point(row, latitude, longitude)


def _pages(row: Row) -> list[str]:
    """The site, and the pages on social networks that are given as addresses."""
    site = row.take("WEB", "url_web")
    social = (
        row.take("FACEBOOK", "facebook"),
        row.take("TWITTER", "twitter"),
        row.take("instagram"),
    )
    return sites(row, site, *(page for page in social if "." in page and "/" in page))


def _recognises(_: str, columns: frozenset[str]) -> bool:
    return {"NOM_TL", "TYPO", "INSEECOM"} <= columns or {
        "str_nom",
        "typologie",
        "numcom",
    } <= columns


TABULAR = Tabular(
    source=SOURCE,
    files="la base des tiers-lieux du CGET ou celle de Nouvelle-Aquitaine (CSV, XLSX ou GeoJSON)",
    read=rows_of,
    transform=transform,
    recognises=_recognises,
    at_least={ORGANISATION: 100},
)
