"""The enterprises of the social economy: the national list that ESS France publishes."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from graph.claims import Claim, Source
from graph.model import ORGANISATION, SEATED_IN, World
from graph.text import fold
from ingest.actors import tidy
from ingest.files.repair_ids import siren
from ingest.files.tables import read_rows
from ingest.listing import Origin, ignore_persons, known, town
from ingest.reference import legal_forms
from ingest.rows import Rejected, Row
from ingest.tabular import Read, Tabular

SOURCE = Source(
    name="ess",
    title="Liste des entreprises de l'économie sociale et solidaire",
    publisher="ESS France",
    licence="Licence Ouverte 2.0",
    url="https://www.data.gouv.fr/fr/datasets/liste-des-entreprises-de-less/",
    trust=60,
)

# The header of today, then what the lists of the regional chambers (CRESS) call the same.
_SIREN = ("SIREN", "Siren", "siren", "N° SIREN", "SIRET", "Siret", "siret")
_NAME = (
    "Nom ou raison sociale de l'entreprise", "Dénomination", "Raison sociale", "Nom", "nom",
)  # fmt: skip
_FAMILY = (
    "Famille juridique de l'entreprise", "Famille ESS", "Famille juridique", "Famille", "famille",
)  # fmt: skip
_COMMUNE = ("Libellé de la commune de l'établissement", "Commune", "commune", "Ville")
_CODE = ("Code commune", "Code Insee", "code_insee", "Code INSEE")
_POSTCODE = ("Code postal", "code_postal", "CP")
_FORM = ("Catégorie juridique", "Code catégorie juridique")
# The commune tells them.
_WIDER = (
    "Code du département de l'établissement", "Département de l'établissement",
    "Région de l'établissement",
)  # fmt: skip

# The families that article 1 of the law of 31 July 2014 names, by the word that begins them. A
# mutual society or a cooperative is a company here, as in the table of legal forms.
_WORLDS = {
    "association": World.ASSOCIATION,
    "fondation": World.FOUNDATION,
    "cooperative": World.COMPANY,
    "mutuelle": World.COMPANY,
    "societe": World.COMPANY,
    "entreprise": World.COMPANY,
}


def read(files: Sequence[Path], taken: set[str]) -> Read:
    """The rows of the list, CSV or workbook."""
    for file in files:
        yield from read_rows(file, taken=taken)


def transform(row: Row) -> Iterator[Claim]:
    """An enterprise of the social economy, its world by its family, and its commune.

    Claims have no locator: the enterprise has its SIREN, and the number of a line changes.
    """
    row.ignore(_WIDER)
    ignore_persons(row)
    number, note = siren(row.take(*_SIREN))
    if note:
        row.notes.append(note)
    name, form = tidy(row.take(*_NAME), row), row.take(*_FORM)
    if form.startswith("1"):
        raise Rejected("personne physique")
    if not name:
        raise Rejected("entreprise sans nom", number)
    world = _world(row.take(*_FAMILY), form)
    place = town(row, row.take(*_CODE), row.take(*_COMMUNE), row.take(*_POSTCODE))
    subject, origin = f"siren:{number}", Origin(number, note=row.note)
    said = known(name=name, siren=number, ess=True, world=world, legal_form=form)
    yield origin.node(subject, ORGANISATION, said)
    if place:
        yield origin.tie(SEATED_IN, subject, place)


def _world(family: str, form: str) -> str | None:
    known_form = legal_forms().get(form)
    if known_form and known_form.world:
        return known_form.world.value
    word = (fold(family).split() or [""])[0].removesuffix("s")
    return _WORLDS[word].value if word in _WORLDS else None


def recognises(_: str, columns: frozenset[str]) -> bool:
    """Whether a table names a family of the social economy beside a registry number."""
    return not columns.isdisjoint(_FAMILY[:2]) and not columns.isdisjoint(_SIREN)


TABULAR = Tabular(
    source=SOURCE,
    files="la liste des entreprises de l'ESS (CSV ou XLSX)",
    read=read,
    transform=transform,
    recognises=recognises,
    at_least={ORGANISATION: 1000},
)
