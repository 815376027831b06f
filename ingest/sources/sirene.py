"""The legal units of France and their establishments: the Sirene stock files of Insee."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from graph.claims import Claim, NodeClaim, Source, TieClaim, Value
from graph.errors import SourceError
from graph.identifiers import is_siren, is_siret
from graph.model import ORGANISATION, PART_OF, SEATED_IN
from ingest.addresses import address
from ingest.files.repair import date
from ingest.files.repair_ids import rna, siren, siren_or_siret
from ingest.files.repair_places import commune
from ingest.files.tables import Reject, Table, read_rows
from ingest.lambert import degrees
from ingest.reference import legal_forms
from ingest.rows import Rejected, Row
from ingest.tabular import Read, Tabular

SOURCE = Source(
    name="sirene",
    title="Base Sirene des entreprises et de leurs établissements, fichiers stock",
    publisher="Insee",
    licence="Licence Ouverte 2.0",
    url="https://www.data.gouv.fr/fr/datasets/"
    "base-sirene-des-entreprises-et-de-leurs-etablissements-siren-siret/",
    trust=80,
)
PAGE = "https://annuaire-entreprises.data.gouv.fr"

PERSON = "personne physique"
RESTRICTED = "non diffusible ou diffusion partielle"
LEFT_OUT = "établissement d'une unité légale laissée de côté"

# Columns that speak of persons, of size, or of what the model has no word for; and those that are
# looked at only beside another.
_UNUSED_OF_UNITS = (
    "statutDiffusionUniteLegale", "denominationUsuelle2UniteLegale",
    "denominationUsuelle3UniteLegale",
    "unitePurgeeUniteLegale", "sexeUniteLegale", "prenom1UniteLegale", "prenom2UniteLegale",
    "prenom3UniteLegale", "prenom4UniteLegale", "prenomUsuelUniteLegale",
    "pseudonymeUniteLegale", "trancheEffectifsUniteLegale", "anneeEffectifsUniteLegale",
    "nombrePeriodesUniteLegale", "categorieEntreprise", "anneeCategorieEntreprise",
    "nomUniteLegale", "nomUsageUniteLegale", "activitePrincipaleUniteLegale",
    "nomenclatureActivitePrincipaleUniteLegale", "societeMissionUniteLegale",
    "caractereEmployeurUniteLegale", "activitePrincipaleNAF25UniteLegale",
)  # fmt: skip
_UNUSED_OF_ESTABLISHMENTS = (
    "indiceRepetitionDernierNumeroVoieEtablissement", "codePaysEtrangerEtablissement",
    "nic", "trancheEffectifsEtablissement", "anneeEffectifsEtablissement",
    "activitePrincipaleRegistreMetiersEtablissement", "nombrePeriodesEtablissement",
    "libelleCommuneEtrangerEtablissement", "codeCedexEtablissement", "libelleCedexEtablissement",
    "libellePaysEtrangerEtablissement", "identifiantAdresseEtablissement",
    "complementAdresse2Etablissement", "numeroVoie2Etablissement",
    "indiceRepetition2Etablissement", "typeVoie2Etablissement", "libelleVoie2Etablissement",
    "codePostal2Etablissement", "libelleCommune2Etablissement",
    "libelleCommuneEtranger2Etablissement", "distributionSpeciale2Etablissement",
    "codeCommune2Etablissement", "codeCedex2Etablissement", "libelleCedex2Etablissement",
    "codePaysEtranger2Etablissement", "libellePaysEtranger2Etablissement",
    "activitePrincipaleEtablissement", "nomenclatureActivitePrincipaleEtablissement",
    "caractereEmployeurEtablissement", "activitePrincipaleNAF25Etablissement",
)  # fmt: skip

# The same days and communes come back all the time: their repair is paid once.
_repaired_day = lru_cache(1 << 16)(date)
_repaired_commune = lru_cache(1 << 17)(commune)


class _Units:
    """A set of SIREN, a bit for each that there may be: eight digits tell the ninth."""

    def __init__(self) -> None:
        self._bits = bytearray(10**8 // 8)

    def add(self, number: str) -> None:
        place = int(number[:8])
        self._bits[place >> 3] |= 1 << (place & 7)

    def __contains__(self, number: str) -> bool:
        place = int(number[:8])
        return self._bits[place >> 3] >> (place & 7) & 1 == 1


def read(files: Sequence[Path], taken: set[str]) -> Read:
    """The legal units, then the establishments of those that are taken.

    The file of establishments does not tell those of persons from others: it is read with that of
    the legal units only.

    Raises:
        SourceError: a file is not readable, or establishments come without legal units.
    """
    tables = sorted((read_rows(file, taken=taken) for file in files), key=_of_establishments)
    if all(map(_of_establishments, tables)):
        raise SourceError(
            "StockEtablissement ne dit pas quels établissements sont ceux de personnes physiques :"
            " donnez StockUniteLegale avec lui."
        )
    if not any(map(_of_establishments, tables)):
        for table in tables:
            yield from table
        return
    units = _Units()
    for table in tables:
        follow = _of_those_taken if _of_establishments(table) else _noting_those_taken
        yield from follow(table, units)


def _of_establishments(table: Table) -> bool:
    return "statutDiffusionEtablissement" in table.columns


def _noting_those_taken(table: Table, units: _Units) -> Read:
    for row in table:
        if isinstance(row, Row) and not left_out(row.values):
            number = _number(row)
            if number:
                units.add(number)
        yield row


def _of_those_taken(table: Table, units: _Units) -> Read:
    for row in table:
        if isinstance(row, Row):
            number = _number(row)
            if not number or number not in units:
                yield Reject(row.locator, LEFT_OUT)
                continue
        yield row


def _number(row: Row) -> str:
    text = row.values.get("siren", "").strip().zfill(9)
    return text if len(text) == 9 and text.isascii() and text.isdigit() else ""


def left_out(unit: Mapping[str, str]) -> str:
    """Why a legal unit is not taken: a person, or not free to be published; empty if it is."""
    form = unit.get("categorieJuridiqueUniteLegale", "").strip()
    if form.startswith("1") or (
        unit.get("nomUniteLegale", "").strip()
        and not unit.get("denominationUniteLegale", "").strip()
    ):
        return PERSON
    return "" if unit.get("statutDiffusionUniteLegale", "").strip() == "O" else RESTRICTED


def transform(row: Row) -> Iterator[Claim]:
    """What a legal unit or an establishment says.

    Claims have no locator: the records have ids, and the number of a line changes every month.
    """
    if "siret" in row.values:
        yield from _establishment(row)
    else:
        yield _unit(row)


def _unit(row: Row) -> NodeClaim:
    row.ignore(_UNUSED_OF_UNITS)
    take = row.take
    if reason := left_out(row.values):
        raise Rejected(reason)
    number = _siren(row)
    said: dict[str, Value] = {
        "siren": number,
        **_form(take("categorieJuridiqueUniteLegale"), take("economieSocialeSolidaireUniteLegale")),
    }
    _put_names_of_unit(said, row)
    if (nic := take("nicSiegeUniteLegale")) and is_siret(siret := number + nic.zfill(5)):
        said["siret"] = siret
    if association := take("identifiantAssociationUniteLegale"):
        _put_rna(said, association, row)
    if created := _day(take("dateCreationUniteLegale")):
        said["started"] = created
    treated, begun = _day(take("dateDernierTraitementUniteLegale")), take("dateDebut")
    if take("etatAdministratifUniteLegale") == "C":
        said["ended"] = _closing(begun, treated, row)
    page = f"{PAGE}/entreprise/{number}"
    return NodeClaim(
        f"siren:{number}", ORGANISATION, number, said, url=page, date=treated, note=row.note
    )


def _put_names_of_unit(said: dict[str, Value], row: Row) -> None:
    take = row.take
    name = take("denominationUniteLegale")
    usual = take("denominationUsuelle1UniteLegale")
    if not (name or usual):
        raise Rejected("unité légale sans dénomination", str(said["siren"]))
    said["name"] = name or usual
    if acronym := take("sigleUniteLegale"):
        said["acronym"] = acronym
    if usual:
        more = (take("denominationUsuelle2UniteLegale"), take("denominationUsuelle3UniteLegale"))
        if others := _others(said["name"], usual, *more):
            said["other_names"] = others


def _siren(row: Row) -> str:
    text = row.take("siren")
    if is_siren(text):
        return text
    number, note = siren(text)
    if note:
        row.notes.append(note)
    return number


def _others(name: Value, *names: str) -> list[str]:
    return [other for other in dict.fromkeys(names) if other and other != name]


@lru_cache(1 << 10)
def _form(code: str, mark: str) -> Mapping[str, Value]:
    """What a legal form and the mark of the social economy say."""
    said: dict[str, Value] = {"legal_form": code} if code else {}
    form = legal_forms().get(code) or legal_forms().get(code[:2])
    if form and form.world:
        said["world"] = form.world.value
    stated = {"O": True, "N": False}.get(mark, form.ess if form else None)
    if stated is not None:
        said["ess"] = stated
    return said


def _put_rna(said: dict[str, Value], text: str, row: Row) -> None:
    try:
        said["rna"], note = rna(text)
    except Rejected as wrong:
        note = f"numéro RNA écarté : « {text} » {wrong.reason}"
    if note:
        row.notes.append(note)


def _day(text: str) -> str:
    """A day, empty where it is unknown or impossible."""
    if not text:
        return ""
    try:
        return _repaired_day(text).value
    except Rejected:
        return ""


def _closing(begun: str, treated: str, row: Row) -> str:
    """The day on which a unit that has ceased did so: when its last period began."""
    if day := _day(begun):
        return day
    if not treated:
        raise Rejected("cessée, sans date", "")
    row.notes.append("date de cessation inconnue : celle de la mise à jour de la fiche")
    return treated[:10]


def _establishment(row: Row) -> Iterator[Claim]:
    row.ignore(_UNUSED_OF_ESTABLISHMENTS)
    take = row.take
    if take("statutDiffusionEtablissement") != "O":
        raise Rejected(RESTRICTED)
    number = _siren(row)
    siret = _siret(row, number)
    said: dict[str, Value] = {"siret": siret}
    treated = _day(take("dateDernierTraitementEtablissement"))
    created, begun = _day(take("dateCreationEtablissement")), take("dateDebut")
    closed = ""
    if take("etatAdministratifEtablissement") == "F":
        closed = _closing(begun, treated, row)
    is_seat = take("etablissementSiege").lower() in ("true", "vrai", "o", "1")
    subject = f"siren:{number}" if is_seat else f"siret:{siret}"
    _put_names(said, row, is_seat=is_seat)
    _put_place(said, row)
    place = _commune(row)
    if not is_seat:
        said |= {name: day for name, day in (("started", created), ("ended", closed)) if day}
    page, note = f"{PAGE}/etablissement/{siret}", row.note
    yield NodeClaim(subject, ORGANISATION, siret, said, url=page, date=treated, note=note)
    until: dict[str, Value] = {"until": closed} if closed else {}
    if place:
        yield TieClaim(SEATED_IN, subject, place, siret, until, date=treated, note=note)
    if not is_seat:
        period: dict[str, Value] = {"since": created, **until} if created else until
        yield TieClaim(PART_OF, subject, f"siren:{number}", siret, period, date=treated)


def _siret(row: Row, number: str) -> str:
    text = row.take("siret")
    if is_siret(text) and text.startswith(number):
        return text
    siret, note = siren_or_siret(text)
    if len(siret) != 14 or not siret.startswith(number):
        raise Rejected("n'est pas un SIRET de cette unité légale", text)
    if note:
        row.notes.append(note)
    return siret


def _put_names(said: dict[str, Value], row: Row, *, is_seat: bool) -> None:
    """The signs over the door: the names of an establishment, other names of the unit at its seat.

    An establishment without a sign has no name: that of its unit is not its own.
    """
    take = row.take
    names = _others(
        "",
        take("denominationUsuelleEtablissement"),
        take("enseigne1Etablissement"),
        take("enseigne2Etablissement"),
        take("enseigne3Etablissement"),
    )
    if names and not is_seat:
        said["name"] = names.pop(0)
    if names:
        said["other_names"] = names


def _put_place(said: dict[str, Value], row: Row) -> None:
    take = row.take
    first, last = take("numeroVoieEtablissement"), take("dernierNumeroVoieEtablissement")
    number = first + take("indiceRepetitionEtablissement")
    if last and last != first:
        number += f"-{last}{take('indiceRepetitionDernierNumeroVoieEtablissement')}"
    street = (number, take("typeVoieEtablissement"), take("libelleVoieEtablissement"))
    lines = (
        take("complementAdresseEtablissement"),
        " ".join(filter(None, street)),
        take("distributionSpecialeEtablissement"),
    )
    if text := address(lines, take("codePostalEtablissement"), take("libelleCommuneEtablissement")):
        said["address"] = text
    x = take("coordonneeLambertAbscisseEtablissement")
    y = take("coordonneeLambertOrdonneeEtablissement")
    if x and y and (point := _point(x, y, take("codeCommuneEtablissement"))):
        said["latitude"], said["longitude"] = point


def _point(x: str, y: str, code: str) -> tuple[float, float] | None:
    """The place in degrees; None overseas, where Insee uses another projection on each island."""
    if code.startswith(("97", "98")):
        return None
    try:
        return degrees(float(x), float(y))
    except ValueError:
        return None


def _commune(row: Row) -> str:
    """The commune, empty abroad and where the code means none."""
    code, name = row.take("codeCommuneEtablissement"), row.take("libelleCommuneEtablissement")
    if not code or row.take("codePaysEtrangerEtablissement"):
        return ""
    try:
        place, note = _repaired_commune(code, name)
    except Rejected as wrong:
        row.notes.append(f"commune écartée : « {code} » {wrong.reason}")
        return ""
    if note:
        row.notes.append(note)
    return place


def _recognises(_: str, columns: frozenset[str]) -> bool:
    units = {"siren", "statutDiffusionUniteLegale", "denominationUniteLegale"}
    return units <= columns or {"siret", "statutDiffusionEtablissement"} <= columns


TABULAR = Tabular(
    source=SOURCE,
    files="StockUniteLegale, seul ou avec StockEtablissement (CSV, zip ou Parquet)",
    read=read,
    transform=transform,
    recognises=_recognises,
    at_least={ORGANISATION: 1000},
)
