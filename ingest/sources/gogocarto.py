"""Actors of local transition on collaborative maps: exports of GoGoCarto, like Transiscope."""

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache, partial
from pathlib import Path

from graph.claims import Claim, Source
from graph.model import AIMS_AT, ORGANISATION, PART_OF, SEATED_IN
from graph.text import fold
from ingest.actors import PERSON, slug, tidy
from ingest.addresses import address
from ingest.files.repair import date, is_absent, items, url
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
from ingest.organisation_names import may_be_a_person, world_of
from ingest.rows import Rejected, Row
from ingest.tabular import Read, Tabular

SOURCE = Source(
    name="gogocarto",
    title="Cartes collaboratives GoGoCarto : Transiscope, Près de chez nous et autres",
    publisher="Contributeurs des cartes",
    licence="ODbL 1.0",
    url="https://transiscope.gogocarto.fr",
    trust=60,
)
CATEGORIES = Path(__file__).parent.parent / "data" / "gogocarto_categories.csv"

# Told by `read`: the map that the name of the file says.
_MAP = "→ carte"
_MAPS = ("transiscope", "presdecheznous", "makery", "lincassable")
_HOST = re.compile(r"([a-z0-9-]+)\.gogocarto\.fr", re.IGNORECASE)
_FRANCE = frozenset(
    ["", "fr", "fra", "france", "gp", "mq", "gf", "re", "yt", "pm", "nc", "pf", "wf"]
)
# Of a deleted, refused or duplicate element, and of one that nobody has accepted yet
# (`ElementStatus` in GoGoCarto); -1 is an accepted one with a change under discussion.
_NOT_SHOWN = frozenset(["-6", "-5", "-4", "-3", "-2", "0"])
_UNUSED = (
    "createdAt", "moderationState", "searchScore", "optionValues", "categoriesFull", "taxonomy",
    "telephone", "email", "image", "images", "files", "stamps", "urls", "reports",
    "contributions", "votes", "pendingContribution", "modifiedElement", "categoriesDescriptions",
    "openhours", "openHours", "openHoursString", "openHoursMoreInfos", "openhours_more_infos",
    "subscriberEmails", "subscriberemails", "oldId", "@id", "@type", "type", "sourceName",
    "aggregatedElements", "nonDuplicatesIds", "isEditable", "editable", "address.streetNumber",
    "address.addressCountry", "address.customFormatedAddress", "cleanedAddress", "osmUrl",
)  # fmt: skip
_PARTS = ("openHours.", "openhours.", "images.", "modifiedElement.")


def read(files: Sequence[Path], taken: set[str]) -> Read:
    """The elements of each export, with the map that the name of its file says."""
    for file in files:
        name = _map_of(file.name)
        for row in rows_of([file], taken):
            if isinstance(row, Row):
                row.values = {**row.values, _MAP: name}
                row.locator = f"{file.name}, {row.locator}" if len(files) > 1 else row.locator
            yield row


def _map_of(name: str) -> str:
    """The map that a file is exported from: `transiscope.gogocarto.fr.json`, `transiscope.json`."""
    if host := _HOST.search(name):
        return host[1].lower()
    return next((known_map for known_map in _MAPS if known_map in name.lower()), "")


@cache
def _goals() -> Mapping[str, tuple[str, ...]]:
    with CATEGORIES.open(encoding="utf-8", newline="") as lines:
        return {
            fold(row["category"]): tuple(f"goal:{goal}" for goal in row["goals"].split())
            for row in csv.DictReader(lines)
        }


def transform(row: Row, scheme: str = SOURCE.name) -> Iterator[Claim]:
    """What an element of a map says.

    Args:
        row: the element.
        scheme: what the id begins with where no map is known, whose numbers would tell it apart.
    """
    row.ignore(_UNUSED)
    row.ignore(name for name in row.values if name.startswith(_PARTS))
    ignore_persons(row)
    local, name = "-".join(row.take("id").split()), tidy(row.take("name", "title"), row)
    _refuse(row, local, name)
    siren, siret = number(row, row.take("siret", "siren"))
    if not siren and may_be_a_person(name):
        raise Rejected(PERSON)
    on_map = row.take(_MAP)
    record = f"{on_map}-{local}" if on_map else local
    own = f"{SOURCE.name if on_map else scheme}:{record}"
    subject = f"siret:{siret}" if siret else f"siren:{siren}" if siren else own
    categories = [tidy(item, row) for item in _names(row.take("categories"))]
    world = world_of(name, registered=bool(siren))
    here, postal = row.take("address.addressLocality"), row.take("address.postalCode")
    said = known(
        name=name,
        world=world.value if world else None,
        siren=siren if not siret else None,
        siret=siret,
        identifiers=[own] if siren else [],
        purpose=_purpose(row, categories),
        websites=sites(row, row.take("website", "site_web", "url")),
        address=_address(row, postal, here),
    ) | point(
        row,
        row.take("geo.latitude", "latitude", "lat"),
        row.take("geo.longitude", "longitude", "lng", "long"),
    )
    place = town(row, row.take("address.inseeCode", "code_insee"), here, postal)
    goals = _aims(categories)
    origin = Origin(record, _page(row, on_map, local), _day(row), row.note)
    yield origin.node(subject, ORGANISATION, said)
    if place:
        yield origin.tie(SEATED_IN, subject, place)
    if siret:
        yield origin.tie(PART_OF, subject, f"siren:{siren}")
    for goal, words in goals.items():
        yield origin.tie(AIMS_AT, subject, goal, words=words)
    yield from _platforms(row, subject, on_map, origin)


def _refuse(row: Row, local: str, name: str) -> None:
    """Refuse what is no element of a map in France that people see.

    Raises:
        Rejected: it is not shown, lies abroad, or is a compact export.
    """
    if row.take("data", "mapping").startswith("["):
        raise Rejected("export compact : demandez l'export complet (ontology=gogofull)")
    if not local or not name:
        raise Rejected("élément sans identifiant ou sans nom", local or name)
    if row.take("status") in _NOT_SHOWN:
        raise Rejected("supprimé, refusé, en double ou pas encore validé sur la carte", name)
    country = row.take("address.addressCountry")
    if fold(country) not in _FRANCE:
        raise Rejected("hors de France", country)


def _names(text: str) -> list[str]:
    """The categories by name; older exports give only numbers, which name nothing."""
    return [item for item in items(text) if not item.isdigit() and not is_absent(item)]


def _purpose(row: Row, categories: Sequence[str]) -> str:
    """The description, what the actor commits itself to, and the categories of the map."""
    short = row.take("description", "abstract")
    long = row.take("descriptionMore", "description_more")
    commitment = row.take("commitment")
    parts = (long, commitment) if short in long else (short, long, commitment)
    texts = dict.fromkeys(_plain(part) for part in parts if not is_absent(part))
    listing = [f"Catégories : {', '.join(categories)}"] if categories else []
    return tidy(" — ".join([text for text in texts if text] + listing), row)


def _plain(text: str) -> str:
    return " ".join(re.sub(r"<[^<>]{0,200}>", " ", text).split())


def _address(row: Row, postal: str, here: str) -> str:
    street = f"{row.take('address.streetNumber')} {row.take('address.streetAddress')}".strip()
    written = row.take("address.customFormatedAddress", "address")
    return tidy(address([street], postal, here) or written, row)


def _aims(categories: Sequence[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for category in dict.fromkeys(categories):
        for goal in _goals().get(fold(category), ()):
            found.setdefault(goal, []).append(category)
    return found


def _page(row: Row, on_map: str, local: str) -> str:
    """The page of the element on its map; `/-/` stands for its name, which the map leaves free."""
    given = sure(row, "lien écarté", url, row.take("showUrl"))
    on_its_map = f"https://{on_map}.gogocarto.fr/annuaire#/fiche/-/{local}/" if on_map else ""
    return given or on_its_map


def _day(row: Row) -> str:
    return sure(row, "date écartée", date, row.take("updatedAt")) or ""


def _platforms(row: Row, subject: str, on_map: str, origin: Origin) -> Iterator[Claim]:
    """The map, and the one that it took the element from."""
    site = f"https://{on_map}.gogocarto.fr" if on_map else "https://gogocarto.fr"
    name = f"{on_map or 'www'}.gogocarto.fr"
    here = f"platform:gogocarto-{on_map}" if on_map else "platform:gogocarto"
    yield from listed(origin, subject, here, name, site)
    source = tidy(row.take("sourceKey", "source"), row)
    if (key := slug(source)) and key != on_map:
        yield from listed(origin, subject, f"platform:{key}", source)


def _recognises(name: str, columns: frozenset[str]) -> bool:
    placed = {"geo.latitude", "geo.longitude"} <= columns or {"latitude", "longitude"} <= columns
    elements = {"id", "name", "categories"} <= columns and placed
    return elements and ("status" in columns or "sourceKey" in columns or bool(_map_of(name)))


TABULAR = Tabular(
    source=SOURCE,
    files="l'export d'une carte GoGoCarto (JSON ou GeoJSON), nommé comme elle :"
    " transiscope.gogocarto.fr.json",
    read=read,
    transform=transform,
    recognises=_recognises,
)


def edition(name: str) -> Tabular:
    """The same source under another name, which begins the ids of maps that are not known."""
    source = replace(SOURCE, name=name)
    return replace(TABULAR, source=source, transform=partial(transform, scheme=name))
