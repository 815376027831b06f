"""Grants of public funders to organisations: CSV in the « subventions » schema of the SCDL."""

from collections.abc import Iterator

from graph.claims import Claim, Source, TieClaim, Value
from graph.model import FUNDED, ORGANISATION
from ingest.actors import actor, add_note, digest, tidy
from ingest.files.repair import amount, date
from ingest.files.several import rows_of
from ingest.rows import Rejected, Row
from ingest.tabular import Tabular

SOURCE = Source(
    name="grants",
    title="Données essentielles des conventions de subvention (schéma SCDL « Subventions »)",
    publisher="Collectivités et établissements qui attribuent les subventions",
    licence="Licence Ouverte 2.0",
    url="https://schema.data.gouv.fr/scdl/subventions/",
    trust=60,
)

# The schema spells its columns in two ways: as the decree of 2017 does, and in small letters.
_COLUMNS = (
    "nomAttribuant", "idAttribuant", "dateConvention", "referenceDecision", "nomBeneficiaire",
    "idBeneficiaire", "rnaBeneficiaire", "objet", "montant", "nature", "datesPeriodeVersement",
    "dispositifAide", "detailAvantagesNature", "montantPret", "montantGarantie",
)  # fmt: skip
_SPELLINGS = {name: (name, name.lower(), name[0].upper() + name[1:]) for name in _COLUMNS}
# Conditions and dates of payment, and what only a State aid needs.
_UNUSED = (
    "conditionsVersement", "idRAE", "notificationUE", "pourcentageSubvention",
    "estimationAvantageNatures", "natureDecision", "dateDeuxiemeVersement", "dateSoldeVersement",
)  # fmt: skip
_NEEDED = ("nomattribuant", "idattribuant", "nombeneficiaire", "idbeneficiaire", "montant")


def transform(row: Row) -> Iterator[Claim]:
    """A funder, a beneficiary and what the one granted the other.

    Raises:
        Rejected: the funder has no right number, the beneficiary is or may be a natural person.
    """
    row.ignore([spelling for name in _UNUSED for spelling in (name, name.lower())])
    funder = actor(row, _take(row, "nomAttribuant"), _take(row, "idAttribuant"), "grants:")
    if not funder.registered:
        raise Rejected("l'attribuant n'a pas de SIREN valide", _take(row, "idAttribuant"))
    local = f"grants:{funder.key.removeprefix('siren:')}-"
    beneficiary = actor(
        row,
        _take(row, "nomBeneficiaire"),
        _take(row, "idBeneficiaire"),
        local,
        _take(row, "rnaBeneficiaire"),
    )
    granted = TieClaim(
        FUNDED, funder.key, beneficiary.key, _record(row), _granted(row), note=row.note
    )
    yield funder.claim()
    yield beneficiary.claim(row.note)
    yield granted


def _take(row: Row, column: str) -> str:
    return row.take(*_SPELLINGS[column])


def _record(row: Row) -> str:
    """The schema has no id of a grant: the decision, the date and what distinguishes it."""
    said = [_take(row, name) for name in _COLUMNS]
    return f"{_take(row, 'dateConvention')[:10]} {digest(*said)}".strip()


def _granted(row: Row) -> dict[str, Value]:
    """When, how much and what for."""
    said: dict[str, Value] = {}
    try:
        since, note = date(_take(row, "dateConvention"))
        add_note(row, note)
        said |= {"since": since} if since else {}
    except Rejected:
        add_note(row, "date de la convention absente ou illisible")
    try:
        said["amount"], note = amount(_take(row, "montant"))
        add_note(row, note)
    except Rejected:
        add_note(row, "montant absent ou illisible")
    if words := _words(row):
        said["words"] = words
    return said


def _words(row: Row) -> list[str]:
    """What the grant is for, what is given in kind, lent or guaranteed."""
    told = [
        tidy(_take(row, "objet"), row),
        tidy(_take(row, "dispositifAide"), row),
        tidy(_take(row, "detailAvantagesNature"), row),
        _euros("prêt", _take(row, "montantPret")),
        _euros("garantie", _take(row, "montantGarantie")),
    ]
    return [words for words in told if words]


def _euros(what: str, text: str) -> str:
    try:
        return f"{what} de {amount(text).value:g} euros"
    except Rejected:
        return ""


def recognises(_: str, columns: frozenset[str]) -> bool:
    """Whether a table has the columns that name who grants, who receives and how much."""
    return {name.lower() for name in columns} >= set(_NEEDED)


TABULAR = Tabular(
    source=SOURCE,
    files="un ou plusieurs fichiers CSV au schéma SCDL « subventions »",
    read=rows_of,
    transform=transform,
    recognises=recognises,
    at_least={ORGANISATION: 2},
)
