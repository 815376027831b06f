"""The legal units of France and their establishments: the Sirene stock files of Insee."""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from graph.claims import Claim, NodeClaim, Source, TieClaim, Value
from graph.errors import SourceError
from graph.identifiers import is_siren, is_siret
from graph.model import ORGANISATION, PART_OF, SEATED_IN
from ingest.actors import add_note
from ingest.addresses import address
from ingest.files.repair import date
from ingest.files.repair_ids import rna, siren, siren_or_siret
from ingest.files.repair_places import commune
from ingest.files.tables import Reject, Table, read_rows
from ingest.lambert import degrees
from ingest.reference import legal_forms
from ingest.rows import LeftOut, Rejected, Row
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

# The columns of each file. They count as used all at once: `Row.take` for each of them would cost
# as much as all the rest, thirty million times.
_USED_OF_UNITS = (
    "siren", "statutDiffusionUniteLegale", "dateCreationUniteLegale", "sigleUniteLegale",
    "identifiantAssociationUniteLegale", "dateDernierTraitementUniteLegale", "dateDebut",
    "etatAdministratifUniteLegale", "denominationUniteLegale", "denominationUsuelle1UniteLegale",
    "denominationUsuelle2UniteLegale", "denominationUsuelle3UniteLegale",
    "categorieJuridiqueUniteLegale", "nicSiegeUniteLegale", "economieSocialeSolidaireUniteLegale",
)  # fmt: skip
_USED_OF_ESTABLISHMENTS = (
    "siren", "siret", "statutDiffusionEtablissement", "dateCreationEtablissement",
    "dateDernierTraitementEtablissement", "etablissementSiege", "complementAdresseEtablissement",
    "numeroVoieEtablissement", "indiceRepetitionEtablissement", "dernierNumeroVoieEtablissement",
    "indiceRepetitionDernierNumeroVoieEtablissement", "typeVoieEtablissement",
    "libelleVoieEtablissement", "codePostalEtablissement", "libelleCommuneEtablissement",
    "distributionSpecialeEtablissement", "codeCommuneEtablissement",
    "codePaysEtrangerEtablissement", "coordonneeLambertAbscisseEtablissement",
    "coordonneeLambertOrdonneeEtablissement", "dateDebut", "etatAdministratifEtablissement",
    "enseigne1Etablissement", "enseigne2Etablissement", "enseigne3Etablissement",
    "denominationUsuelleEtablissement",
)  # fmt: skip
# Columns that speak of persons, of size, or of what the model has no word for.
_UNUSED_OF_UNITS = (
    "unitePurgeeUniteLegale", "sexeUniteLegale", "prenom1UniteLegale", "prenom2UniteLegale",
    "prenom3UniteLegale", "prenom4UniteLegale", "prenomUsuelUniteLegale",
    "pseudonymeUniteLegale", "trancheEffectifsUniteLegale", "anneeEffectifsUniteLegale",
    "nombrePeriodesUniteLegale", "categorieEntreprise", "anneeCategorieEntreprise",
    "nomUniteLegale", "nomUsageUniteLegale", "activitePrincipaleUniteLegale",
    "nomenclatureActivitePrincipaleUniteLegale", "societeMissionUniteLegale",
    "caractereEmployeurUniteLegale", "activitePrincipaleNAF25UniteLegale",
)  # fmt: skip
_UNUSED_OF_ESTABLISHMENTS = (
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
_OF_UNITS = frozenset((*_USED_OF_UNITS, *_UNUSED_OF_UNITS))
_OF_ESTABLISHMENTS = frozenset((*_USED_OF_ESTABLISHMENTS, *_UNUSED_OF_ESTABLISHMENTS))

# The same days and communes come back all the time: their repair is paid once.
_repaired_day = lru_cache(1 << 16)(date)
_repaired_commune = lru_cache(1 << 17)(commune)


class _Passed(Reject):
    """An establishment that is left out on purpose; see `ingest.rows.LeftOut`."""

    __slots__ = ()
    on_purpose = True


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
                yield _Passed(row.locator, LEFT_OUT)
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
        row.ignore(_OF_ESTABLISHMENTS)
        yield from _establishment(row)
    else:
        row.ignore(_OF_UNITS)
        yield _unit(row)


def _unit(row: Row) -> NodeClaim:
    found = row.values
    if reason := left_out(found):
        raise LeftOut(reason)
    number = _siren(row)
    said: dict[str, Value] = {"name": "", "siren": number}
    _put_names_of_unit(said, found)
    form = found.get("categorieJuridiqueUniteLegale", "").strip()
    said.update(_form(form, found.get("economieSocialeSolidaireUniteLegale", "")))
    nic = found.get("nicSiegeUniteLegale", "").strip()
    if nic and is_siret(siret := number + nic.zfill(5)):
        said["siret"] = siret
    if association := found.get("identifiantAssociationUniteLegale", "").strip():
        _put_rna(said, association, row)
    if created := _day(found.get("dateCreationUniteLegale", "")):
        said["started"] = created
    treated = _day(found.get("dateDernierTraitementUniteLegale", ""))
    if found.get("etatAdministratifUniteLegale", "").strip() == "C":
        said["ended"] = _closing(found.get("dateDebut", ""), treated, row)
    page = f"{PAGE}/entreprise/{number}"
    return NodeClaim(
        f"siren:{number}", ORGANISATION, number, said, url=page, date=treated, note=row.note
    )


def _siren(row: Row) -> str:
    text = row.values.get("siren", "").strip()
    if is_siren(text):
        return text
    number, note = siren(text)
    add_note(row, note)
    return number


def _put_names_of_unit(said: dict[str, Value], found: Mapping[str, str]) -> None:
    name = found.get("denominationUniteLegale", "").strip()
    usual = found.get("denominationUsuelle1UniteLegale", "").strip()
    said["name"] = name or usual
    if not said["name"]:
        raise Rejected("unité légale sans dénomination", str(said["siren"]))
    if acronym := found.get("sigleUniteLegale", "").strip():
        said["acronym"] = acronym
    if usual:
        second = found.get("denominationUsuelle2UniteLegale", "").strip()
        third = found.get("denominationUsuelle3UniteLegale", "").strip()
        if others := [other for other in _each_once(usual, second, third) if other != said["name"]]:
            said["other_names"] = others


def _each_once(*names: str) -> list[str]:
    return [name for name in dict.fromkeys(names) if name]


@lru_cache(1 << 10)
def _form(code: str, mark: str) -> Mapping[str, Value]:
    """What a legal form and the mark of the social economy say."""
    said: dict[str, Value] = {"legal_form": code} if code else {}
    form = legal_forms().get(code) or legal_forms().get(code[:2])
    if form and form.world:
        said["world"] = form.world.value
    stated = {"O": True, "N": False}.get(mark.strip(), form.ess if form else None)
    if stated is not None:
        said["ess"] = stated
    return said


def _put_rna(said: dict[str, Value], text: str, row: Row) -> None:
    try:
        said["rna"], note = rna(text)
    except Rejected as wrong:
        note = f"numéro RNA écarté : « {text} » {wrong.reason}"
    add_note(row, note)


def _day(text: str) -> str:
    """A day, empty where it is unknown or impossible."""
    try:
        return _repaired_day(text).value if text else ""
    except Rejected:
        return ""


def _closing(begun: str, treated: str, row: Row) -> str:
    """The day on which what has ceased did so: that on which its last period began."""
    if day := _day(begun):
        return day
    if not treated:
        raise Rejected("cessée, sans date")
    add_note(row, "date de fin inconnue : celle de la mise à jour de la fiche")
    return treated


def _establishment(row: Row) -> Iterator[Claim]:
    found = row.values
    if found.get("statutDiffusionEtablissement", "").strip() != "O":
        raise LeftOut(RESTRICTED)
    number = _siren(row)
    siret = _siret(row, number)
    is_seat = found.get("etablissementSiege", "").strip().lower() == "true"
    treated = _day(found.get("dateDernierTraitementEtablissement", ""))
    closed = ""
    if found.get("etatAdministratifEtablissement", "").strip() == "F":
        closed = _closing(found.get("dateDebut", ""), treated, row)
    period = {"until": closed} if closed else {}
    said: dict[str, Value] = {"siret": siret}
    _put_signs(said, found, is_seat=is_seat)
    _put_place(said, found)
    place = _commune(row)
    subject = f"siren:{number}"
    if not is_seat:
        subject = f"siret:{siret}"
        created = _day(found.get("dateCreationEtablissement", ""))
        begun = {"since": created} if created else {}
        said |= _renamed(begun | period)
        yield TieClaim(PART_OF, subject, f"siren:{number}", siret, begun | period, date=treated)
    page, note = f"{PAGE}/etablissement/{siret}", row.note
    yield NodeClaim(subject, ORGANISATION, siret, said, url=page, date=treated, note=note)
    if place:
        yield TieClaim(SEATED_IN, subject, place, siret, period, date=treated, note=note)


def _renamed(period: Mapping[str, str]) -> dict[str, str]:
    names = {"since": "started", "until": "ended"}
    return {names[name]: day for name, day in period.items()}


def _siret(row: Row, number: str) -> str:
    text = row.values["siret"].strip()
    if text.startswith(number) and is_siret(text):
        return text
    siret, note = siren_or_siret(text)
    if len(siret) != 14 or not siret.startswith(number):
        raise Rejected("n'est pas un SIRET de cette unité légale", text)
    add_note(row, note)
    return siret


def _put_signs(said: dict[str, Value], found: Mapping[str, str], *, is_seat: bool) -> None:
    """The signs over the door: the names of an establishment, other names of the unit at its seat.

    An establishment without a sign has no name: that of its unit is not its own.
    """
    names = _each_once(
        found.get("denominationUsuelleEtablissement", "").strip(),
        found.get("enseigne1Etablissement", "").strip(),
        found.get("enseigne2Etablissement", "").strip(),
        found.get("enseigne3Etablissement", "").strip(),
    )
    if names and not is_seat:
        said["name"] = names.pop(0)
    if names:
        said["other_names"] = names


def _put_place(said: dict[str, Value], found: Mapping[str, str]) -> None:
    postcode = found.get("codePostalEtablissement", "").strip()
    town = found.get("libelleCommuneEtablissement", "").strip()
    if text := address(_street(found), postcode, town):
        said["address"] = text
    code = found.get("codeCommuneEtablissement", "").strip()
    x = found.get("coordonneeLambertAbscisseEtablissement", "")
    y = found.get("coordonneeLambertOrdonneeEtablissement", "")
    if x and (point := _point(x, y, code)):
        said["latitude"], said["longitude"] = point


def _street(found: Mapping[str, str]) -> tuple[str, str, str]:
    first = found.get("numeroVoieEtablissement", "").strip()
    number = first + found.get("indiceRepetitionEtablissement", "").strip()
    last = found.get("dernierNumeroVoieEtablissement", "").strip()
    if last and last != first:
        more = found.get("indiceRepetitionDernierNumeroVoieEtablissement", "").strip()
        number = f"{number}-{last}{more}"
    kind = found.get("typeVoieEtablissement", "").strip()
    street = found.get("libelleVoieEtablissement", "").strip()
    return (
        found.get("complementAdresseEtablissement", "").strip(),
        " ".join(filter(None, (number, kind, street))),
        found.get("distributionSpecialeEtablissement", "").strip(),
    )


def _point(x: str, y: str, code: str) -> tuple[float, float] | None:
    """The place in degrees; None overseas, where each island has a projection of its own."""
    if not code or code.startswith(("97", "98")):
        return None
    try:
        return degrees(float(x), float(y))
    except ValueError:
        return None


def _commune(row: Row) -> str:
    """The commune, empty abroad and where the code means none."""
    code = row.values.get("codeCommuneEtablissement", "").strip()
    if not code or row.values.get("codePaysEtrangerEtablissement", "").strip():
        return ""
    name = row.values.get("libelleCommuneEtablissement", "").strip()
    try:
        place, note = _repaired_commune(code, name)
    except Rejected as wrong:
        add_note(row, f"commune écartée : « {code} » {wrong.reason}")
        return ""
    add_note(row, note)
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
