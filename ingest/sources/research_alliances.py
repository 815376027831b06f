"""Who does research with whom: participants of projects of the ANR and of Horizon 2020."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, lru_cache

from graph.claims import Claim, NodeClaim, Source, TieClaim, Value
from graph.identifiers import is_siren
from graph.model import (
    ALLIANCE,
    CALL,
    FUNDED,
    GAVE_RISE_TO,
    LISTED_ON,
    MEMBER_OF,
    OPENED,
    ORGANISATION,
    PLATFORM,
    SEATED_IN,
    AllianceType,
    MemberRole,
    World,
)
from graph.text import fold
from ingest import reference
from ingest.actors import PERSON, add_note, slug, tidy
from ingest.addresses import address
from ingest.countries import country as country_of
from ingest.countries import described
from ingest.files.repair import amount, date, is_absent, url, yes_or_no
from ingest.files.repair_ids import siren
from ingest.files.repair_places import commune_at, coordinates
from ingest.files.several import rows_of
from ingest.organisation_names import is_a_person, may_be_a_person
from ingest.reference import NATION
from ingest.rows import Rejected, Row
from ingest.tabular import Tabular

SOURCE = Source(
    name="research-alliances",
    title="Partenaires des projets de recherche de l'ANR et d'Horizon 2020 (CORDIS)",
    publisher="Agence nationale de la recherche ; Commission européenne (CORDIS)",
    licence="Licence Ouverte 2.0 (ANR), CC BY 4.0 (CORDIS)",
    url="https://data.europa.eu/data/datasets/cordish2020projects",
    trust=60,
)


@dataclass(frozen=True, slots=True)
class Funder:
    """Who finances the projects of a table, and where it lists them.

    Attributes:
        said: what is known of the organisation.
    """

    key: str
    said: Mapping[str, Value]
    platform: str
    site: str


ANR = Funder(
    # SIRET 130 002 504 00038, in the legal notice of anr.fr.
    "siren:130002504",
    {"name": "Agence nationale de la recherche", "acronym": "ANR", "siren": "130002504",
     "world": World.STATE.value},
    "research-alliances:anr",
    "https://anr.fr/",
)  # fmt: skip
COMMISSION = Funder(
    # An institution of the Union belongs to none of the seven worlds.
    "research-alliances:commission-europeenne",
    {"name": "Commission européenne"},
    "research-alliances:cordis",
    "https://cordis.europa.eu/",
)
_SITES = {
    ANR.platform: "Projets financés par l'ANR",
    COMMISSION.platform: "CORDIS, les projets de recherche de l'Union européenne",
}

_ANR_CATEGORIES = {
    "laboratoire public": World.ACADEMIC,
    "organisme de recherche": World.ACADEMIC,
    "fondation de recherche": World.FOUNDATION,
    "association": World.ASSOCIATION,
    "pme": World.COMPANY,
    "tpe": World.COMPANY,
    "entreprise autre que tpe ou pme": World.COMPANY,
}
# A public body (PUB) may be of the State or of a local authority; OTH is anything.
_CORDIS_TYPES = {"HES": World.ACADEMIC, "REC": World.ACADEMIC, "PRC": World.COMPANY}
_OVERSEAS = {
    "nc": "region:988", "pf": "region:987", "wf": "region:986", "pm": "region:975",
    "gp": "departement:971", "mq": "departement:972", "gf": "departement:973",
    "re": "departement:974", "yt": "departement:976", "bl": "region:977", "mf": "region:978",
    "guadeloupe": "departement:971", "martinique": "departement:972",
    "guyane francaise": "departement:973", "guyane": "departement:973",
    "reunion": "departement:974", "la reunion": "departement:974", "mayotte": "departement:976",
    "saint pierre et miquelon": "region:975", "saint barthelemy": "region:977",
    "saint martin": "region:978", "wallis et futuna": "region:986",
    "polynesie francaise": "region:987", "nouvelle caledonie": "region:988",
}  # fmt: skip

_P, _Q = "Projet.", "Projet.Partenaire."
# Each value under its name in the extract, then under that in the ANR's own file.
_ANR = {
    "project": ("project_id", f"{_P}Code_Decision_ANR", f"{_P}Code_Decision"),
    "acronym": ("acronym", f"{_P}Acronyme"),
    "partner": ("partner_id", f"{_Q}Code_Decision_ANR", f"{_Q}Code_Decision"),
    "lead": ("is_coordinator", f"{_Q}Est_coordinateur"),
    "name": ("org_name", f"{_Q}Nom_organisme"),
    "category": ("org_category", f"{_Q}Categorie_organisme"),
    "rnsr": ("rnsr", f"{_Q}Code_RNSR"),
    "city": ("city", f"{_Q}Adresse.Ville"),
    "region": ("region", f"{_Q}Adresse.Region"),
    "country": ("country", f"{_Q}Adresse.Pays"),
    "amount": (f"{_Q}Aide_allouee.ANR",),
}
_ANR_UNUSED = (
    f"{_Q}Responsable_scientifique.Nom", f"{_Q}Responsable_scientifique.Prenom",
    f"{_Q}Responsable_scientifique.ORCID",
)  # fmt: skip
# Costs, counts that the participations give, and whom to write to.
_CORDIS_UNUSED = (
    "total_cost", "start_year", "end_year", "duration", "group", "nunique", "order", "totalCost",
    "netEcContribution", "SME", "active", "endOfParticipation", "nutsCode", "contentUpdateDate",
    "contactForm", "contactType", "contactTitle", "contactFirstNames", "contactLastNames",
    "contactFunction", "contactTelephoneNumber", "contactFaxNumber",
)  # fmt: skip

_AID = re.compile(r"(?:0|aucune?)-?aide")  # in the place of a name
_RNSR = re.compile(r"\d{9}[A-Z]")
_ANR_CODE = re.compile(r"ANR-(\d\d)-([A-Z0-9]+)-\d+(?:-\d+)?")
# Bodies that lodge laboratories and often sign in their stead.
_LODGING = re.compile(
    r"(?:centre national de la recherche|cnrs|universite|institut national de|inserm|inra|inria"
    r"|commissariat|cea|ecole|centre hospitalier|chu|institut de recherche pour le dev|ird)\b"
)


def transform(row: Row) -> Iterator[Claim]:
    """A project as an alliance, one of its participants, and the membership.

    Raises:
        Rejected: the project or the participant has no right id, or is a natural person.
    """
    yield from _anr(row) if _has(row, "project") else _cordis(row)


def _has(row: Row, value: str) -> bool:
    return any(column in row.values for column in _ANR[value])


def _anr(row: Row) -> Iterator[Claim]:
    row.ignore(_ANR_UNUSED)
    code = row.take(*_ANR["project"]).upper()
    found = _ANR_CODE.fullmatch(code)
    if not found:
        raise Rejected("n'est pas le code d'un projet de l'ANR", code)
    year = f"20{found[1]}"
    key, page = f"research-alliances:{code.lower()}", f"https://anr.fr/Projet-{code}"
    member = _anr_member(row)
    said: dict[str, Value] = {
        "name": tidy(row.take(*_ANR["acronym"]), row) or code,
        "type": AllianceType.RESEARCH.value,
        "started": year,
        "identifiers": [f"anr:{code}"],
    }
    lead = _is_lead(row)
    held = _membership(lead, year, "", row.take(*_ANR["amount"]))
    yield NodeClaim(key, ALLIANCE, code, said, url=page)
    yield from member
    partner = row.take(*_ANR["partner"]) or row.locator
    yield TieClaim(
        MEMBER_OF, member[0].subject, key, partner, held, url=page, date=year, note=row.note
    )
    if lead:
        yield from _funded(ANR, key, code, {"since": year}, page)
        yield from _called(found[2], key, code, year)


def _called(programme: str, key: str, code: str, year: str) -> Iterator[Claim]:
    """The programme of the ANR, whose calls the project answered: the middle of its code."""
    call = f"research-alliances:anr-programme-{programme.lower()}"
    said: dict[str, Value] = {"name": f"Programme {programme} de l'ANR"}
    yield NodeClaim(call, CALL, programme, said)
    yield TieClaim(OPENED, ANR.key, call, programme)
    yield TieClaim(GAVE_RISE_TO, call, key, code, {"since": year})


def _is_lead(row: Row) -> bool:
    try:
        return yes_or_no(row.take(*_ANR["lead"])).value
    except Rejected:
        return False


def _membership(lead: bool, since: str, until: str, granted: str) -> dict[str, Value]:
    role = MemberRole.LEAD if lead else MemberRole.MEMBER
    said: dict[str, Value] = {"role": role.value}
    said |= {name: day for name, day in (("since", since), ("until", until)) if day}
    with suppress(Rejected):  # most tables of the ANR have none
        said["amount"] = amount(granted).value
    return said


def _anr_member(row: Row) -> tuple[NodeClaim, *tuple[Claim, ...]]:
    """The participant and its seat.

    A laboratory is the same under all its spellings where it has a number of the national
    directory of research structures (RNSR); others are by name and town.
    """
    name = tidy(row.take(*_ANR["name"]), row)
    category = fold(row.take(*_ANR["category"]))
    number = row.take(*_ANR["rnsr"]).upper()
    city, country = row.take(*_ANR["city"]), row.take(*_ANR["country"])
    region = row.take(*_ANR["region"])
    world = _ANR_CATEGORIES.get(category)
    said: dict[str, Value] = {"name": name}
    if _RNSR.fullmatch(number):
        key, world = f"research-alliances:rnsr-{number.lower()}", World.ACADEMIC
        said["identifiers"] = [f"rnsr:{number}"]
        if may_be_a_person(name):
            # Some are given by the name of who leads the research.
            said["name"] = name = f"Structure de recherche {number}"
    elif is_siren(number):
        key, said["siren"] = f"siren:{number}", number
        add_note(row, "SIREN trouvé dans la colonne du numéro RNSR")
    else:
        _refuse_persons(name, world)
        key = f"research-alliances:anr-{slug(name)}-{slug(city or country)}".rstrip("-")
    if not slug(name) or _AID.fullmatch(slug(name)):
        raise Rejected("organisme sans nom", number)
    if world:
        said["world"] = world.value
    place = _french_place(city, region, country) or country_of(country)
    if country and country != "France" and not _is_french(place):
        said["address"] = ", ".join(part for part in (tidy(city, row), country) if part)
    record = f"{key.partition(':')[2]} {_rank(name)} {fold(name)}"
    node = NodeClaim(key, ORGANISATION, record, said, note=row.note)
    return node, *_seat(key, place, f"{key} {place}")


def _seat(key: str, place: str, record: str) -> Iterator[Claim]:
    """The seat, and the country that it is in when it is abroad."""
    if place:
        if place.startswith("nation:"):
            yield from described(place)
        yield TieClaim(SEATED_IN, key, place, record)


def _refuse_persons(name: str, world: World | None) -> None:
    """Some partners abroad are given by the name of a researcher."""
    if is_a_person(name) or (world is not World.COMPANY and may_be_a_person(name)):
        raise Rejected(PERSON)


def _rank(name: str) -> int:
    """A rank that puts the best of several names of a laboratory first, in order of records.

    Its own, with accents; its own, in capitals; that of a body which lodges it; its number.
    """
    if name.startswith("Structure de recherche "):
        return 3
    if _LODGING.match(fold(name)):
        return 2
    return 1 if name.isupper() else 0


@lru_cache(1 << 14)
def _french_place(city: str, region: str, country: str) -> str:
    """The commune, where its name is that of only one in the region; else what is sure."""
    if fold(country) in _OVERSEAS:
        return _OVERSEAS[fold(country)]
    code = _regions().get(fold(region), "")
    town = re.sub(r" cedex\b.*", "", fold(city))
    named = _communes_named().get((town, code), ()) if code else ()
    if len(named) == 1:
        return f"commune:{named[0]}"
    if code:
        return f"region:{code}"
    return NATION if country == "France" else ""


def _is_french(place: str) -> bool:
    return place == NATION or (place != "" and not place.startswith("nation:"))


@cache
def _regions() -> Mapping[str, str]:
    return {fold(row["name"]): row["code"] for row in reference.rows("regions.csv")}


@cache
def _communes_named() -> Mapping[tuple[str, str], list[str]]:
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in reference.rows("communes.csv.gz"):
        found[fold(row["name"]), row["region"]].append(row["code"])
    return found


def _cordis(row: Row) -> Iterator[Claim]:
    row.ignore(_CORDIS_UNUSED)
    key, project, page = _cordis_project(row)
    start, end = _day(row, "start_date"), _day(row, "end_date")
    said: dict[str, Value] = {
        "name": tidy(row.take("projectAcronym"), row) or f"Projet Horizon 2020 {project}",
        "type": AllianceType.RESEARCH.value,
        "identifiers": [project],
    }
    said |= {name: day for name, day in (("started", start), ("ended", end)) if day}
    member = _cordis_member(row)
    lead = row.take("role").casefold() == "coordinator"
    held = _membership(lead, start, end, row.take("contribution", "ecContribution"))
    yield NodeClaim(key, ALLIANCE, project, said, url=page)
    yield from member
    subject = member[0].subject
    record = f"{project} {subject.partition(':')[2]}"
    yield TieClaim(MEMBER_OF, subject, key, record, held, url=page, date=start, note=row.note)
    granted = row.take("max_contribution")
    if lead:
        paid = _membership(lead, start, "", granted)
        del paid["role"]
        yield from _funded(COMMISSION, key, project, paid, page)


def _cordis_project(row: Row) -> tuple[str, str, str]:
    """The id of the project, its number with what it is a number of, and its page.

    `rcn` is the project's record number in our extract, that of something else in the files of
    CORDIS, which have `projectID`; the older ones have `projectRcn` besides.
    """
    rcn = row.take("projectRcn") or (row.take("rcn") if "pic" in row.values else "")
    row.ignore(["rcn", "projectID"])
    number = rcn or row.take("projectID")
    if not (number.isascii() and number.isdigit()):
        raise Rejected("n'est pas le numéro d'un projet", number)
    name = "rcn" if rcn else "id"
    page = f"https://cordis.europa.eu/project/{name}/{number}"
    return f"research-alliances:cordis-{name}-{number}", f"cordis-{name}:{number}", page


def _day(row: Row, column: str) -> str:
    text = row.take(column)
    if is_absent(text):
        return ""
    try:
        found, note = date(text)
    except Rejected:
        add_note(row, f"date illisible ({column})")
        return ""
    add_note(row, note)
    return found


def _cordis_member(row: Row) -> tuple[NodeClaim, *tuple[Claim, ...]]:
    """The participant by its PIC, by its SIREN where a French VAT number gives it."""
    pic = row.take("pic", "organisationID", "id")
    if not (pic.isascii() and pic.isdigit()):
        raise Rejected("n'est pas un numéro de participant (PIC)", pic)
    country = row.take("country")
    country = "" if is_absent(country) else country
    name = tidy(row.take("name"), row)
    if is_a_person(name):
        raise Rejected(PERSON)
    known = _from_vat(row, country)
    key = f"siren:{known}" if known else f"research-alliances:pic-{pic}"
    said: dict[str, Value] = {
        "name": name or f"Organisation PIC {pic} ({country or 'pays inconnu'})",
        "identifiers": [f"pic:{pic}"],
    }
    if known:
        said["siren"] = known
    world = _CORDIS_TYPES.get(row.take("type", "activityType").upper())
    if world:
        said["world"] = world.value
    place = _described(row, country, said)
    node = NodeClaim(key, ORGANISATION, f"pic:{pic}", said)
    return node, *_seat(key, place, f"pic:{pic}")


def _from_vat(row: Row, country: str) -> str:
    number = row.take("vatNumber")
    if country != "FR" or not number:
        return ""
    try:
        return siren(number).value
    except Rejected:
        return ""


def _described(row: Row, country: str, said: dict[str, Value]) -> str:
    """Adds what the files of CORDIS say besides; gives the territory of the seat."""
    short, site = tidy(row.take("shortName"), row), row.take("organizationURL", "organizationUrl")
    street, city = tidy(row.take("street"), row), tidy(row.take("city"), row)
    postal = row.take("postCode")
    if short:
        said["acronym"] = short
    with suppress(Rejected):
        said["websites"] = [url(site).value]
    if where := address([street] if street else [], postal, city):
        said["address"] = where if country == "FR" else f"{where}, {country}"
    latitude, _, longitude = row.take("geolocation").strip("()").partition(",")
    if country != "FR":
        return _OVERSEAS.get(country.casefold()) or country_of(country)
    with suppress(Rejected):
        said["latitude"], said["longitude"] = coordinates(latitude, longitude).value
    try:
        return commune_at(postal, city).value
    except Rejected:
        return NATION


def _funded(
    funder: Funder, key: str, project: str, said: dict[str, Value], page: str
) -> Iterator[Claim]:
    """Who financed the project and lists it, once a project: with its coordinator."""
    yield NodeClaim(funder.key, ORGANISATION, funder.platform, funder.said)
    yield TieClaim(FUNDED, funder.key, key, project, said, url=page)
    sites: dict[str, Value] = {"name": _SITES[funder.platform], "websites": [funder.site]}
    yield NodeClaim(funder.platform, PLATFORM, funder.platform, sites, url=funder.site)
    yield TieClaim(LISTED_ON, key, funder.platform, project, url=page)


_TABLES = (
    frozenset(["project_id", "partner_id", "is_coordinator", "org_name"]),
    frozenset([f"{_Q}Est_coordinateur", f"{_Q}Nom_organisme"]),
    frozenset(["rcn", "pic", "role"]),
    frozenset(["projectID", "organisationID", "role"]),
    frozenset(["projectID", "projectAcronym", "id", "role", "activityType"]),
)


def recognises(_: str, columns: frozenset[str]) -> bool:
    """Whether a table is one of participants, of the ANR or of CORDIS, of whatever edition."""
    return any(columns >= needed for needed in _TABLES)


TABULAR = Tabular(
    source=SOURCE,
    files="les tables de participants de l'ANR et de CORDIS (CSV, gz ou zip), ensemble",
    read=rows_of,
    transform=transform,
    recognises=recognises,
    at_least={ALLIANCE: 1000, ORGANISATION: 1000},
)
