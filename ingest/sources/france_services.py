"""The places of France services, where public services are at hand: the list of the ANCT."""

import re
from collections.abc import Iterator

from graph.claims import Claim, Source
from graph.model import ORGANISATION, PART_OF, SEATED_IN
from ingest.actors import slug, tidy
from ingest.addresses import address
from ingest.files.repair import date, is_absent
from ingest.files.several import rows_of
from ingest.listing import Origin, described, ignore_persons, known, listed, point, sure, town
from ingest.rows import Rejected, Row
from ingest.tabular import Tabular

SOURCE = Source(
    name="france-services",
    title="Liste des structures France services",
    publisher="Agence nationale de la cohésion des territoires (ANCT)",
    licence="Licence Ouverte 2.0",
    url="https://www.data.gouv.fr/fr/datasets/liste-des-structures-france-services/",
    trust=60,
)
SITE = "https://www.france-services.gouv.fr"
NETWORK = "france-services:reseau"

# Opening hours; the comment gives them in words, and names persons.
_UNUSED = (
    "h_lundi", "h_mardi", "h_mercredi", "h_jeudi", "h_vendredi", "h_samedi", "commentaire",
    "prise_rdv", "mail", "telephone",
)  # fmt: skip
_DAY = re.compile(r"(\d{2}/\d{2}/\d{4})\s*$")


def transform(row: Row) -> Iterator[Claim]:
    """What the list says of a place.

    Who runs it is not in the list, so neither is its world.
    """
    row.ignore(_UNUSED)
    ignore_persons(row)
    local, name = "-".join(row.take("id_fs").split()), tidy(row.take("lib_fs"), row)
    if not local or not name:
        raise Rejected("lieu sans identifiant ou sans nom", local or name)
    subject = f"france-services:{local}"
    code, here, postcode = row.take("insee_com"), row.take("lib_com"), row.take("code_postal")
    lines = (row.take("adresse"), row.take("complement_adresse"))
    said = known(
        name=name,
        purpose=_purpose(row),
        address=tidy(address(lines, postcode, here), row),
    ) | point(row, row.take("latitude"), row.take("longitude"))
    place = town(row, code, here, postcode)
    since = _labelled(row)
    group, departement = tidy(row.take("groupe", "groupe_fs"), row), row.take("insee_dep")
    origin = Origin(local, note=row.note)
    yield origin.node(subject, ORGANISATION, said)
    if place:
        yield origin.tie(SEATED_IN, subject, place)
    yield described(NETWORK, ORGANISATION, name="Réseau France services", collective=True)
    yield origin.tie(PART_OF, subject, NETWORK, since=since)
    if slug(group):
        key = f"france-services:groupe-{slug(departement)}-{slug(group)}"
        yield described(key, ORGANISATION, name=f"France services {group}", collective=True)
        yield origin.tie(PART_OF, subject, key)
    yield from listed(origin, subject, "platform:france-services", "France services", SITE)


def _purpose(row: Row) -> str:
    """What sort of place it is: columns changed their names and meanings in 2023."""
    sort, form = row.take("type_fs"), row.take("format_fs")
    moves = row.take("itinerance").casefold() == "oui" or form.casefold().startswith("bus")
    branch = "antenne" in f"{sort} {form}".casefold()
    what = "Antenne France services" if branch else "Espace France services"
    return f"{what} itinérant{'e' if branch else ''}" if moves else what


def _labelled(row: Row) -> str | None:
    """The day of the label, which `Espace labellisé 01/01/2020` ends with."""
    text = row.take("labellisation", "labellisation_fs")
    found = _DAY.search(text)
    if found:
        return sure(row, "date de labellisation écartée", date, found[1])
    if not is_absent(text):
        row.notes.append(f"date de labellisation non lue : « {text} »")
    return None


def _recognises(_: str, columns: frozenset[str]) -> bool:
    return {"id_fs", "lib_fs", "insee_com"} <= columns


TABULAR = Tabular(
    source=SOURCE,
    files="la liste des structures France services (CSV)",
    read=rows_of,
    transform=transform,
    recognises=_recognises,
    at_least={ORGANISATION: 1000},
)
