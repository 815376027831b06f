"""Who acts with which contrat de ville: adulte-relais and FONJEP posts, and the contracts."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from math import cos, radians

from graph.claims import Claim, NodeClaim, Source, TieClaim, Value
from graph.model import (
    ACTS_IN,
    ALLIANCE,
    FUNDED,
    LISTED_ON,
    MEMBER_OF,
    ORGANISATION,
    PLATFORM,
    AllianceType,
    MemberRole,
    World,
)
from graph.text import fold
from ingest import reference
from ingest.actors import Actor, actor, add_note, slug, tidy
from ingest.files.repair import amount, date
from ingest.files.repair_places import commune, coordinates
from ingest.files.several import rows_of
from ingest.rows import Rejected, Row
from ingest.tabular import Tabular

SOURCE = Source(
    name="city-contracts",
    title="Politique de la ville : adultes-relais, postes FONJEP et contrats de ville",
    publisher="Agence nationale de la cohésion des territoires (ANCT)",
    licence="Licence Ouverte 2.0",
    url="https://agence-cohesion-territoires.gouv.fr/subventions-de-la-politique-de-la-ville-101",
    trust=60,
)
SITE = "https://sig.ville.gouv.fr/"
PLATFORM_KEY = "city-contracts:sig-ville"
# The id that the founding documents of the project give it.
STATE = "alliage:etat"

_CODE = re.compile(r"CV\d[\dA-Z]{2}")
_SIREN = re.compile(r"\d{9}")
# « 13 - CA du Pays d'Aix en Provence (CAPA) »: a département, a name, an acronym.
_LABEL = re.compile(r"(?:(?:\d[\dAB]\d?|NA) - )?(.*?)(?: \([^()]*\))?")
# Words that tell no intercommunality from another.
_EMPTY = frozenset([
    "communaute", "communes", "agglomeration", "agglo", "urbaine", "metropole", "pays",
    "region", "grand", "nord", "ouest", "saint", "sainte", "centre", "territoire",
    "territoires", "bassin", "portes", "coeur", "plaine", "vallee", "loire", "seine", "marne",
    "rhone", "cote", "alpes", "intercom", "france", "entre", "haut", "haute",
])  # fmt: skip
_POSTS = frozenset(["id_poste", "code_tiers", "raison_sociale", "annee", "code_cv"])
_CONTRACTS = frozenset(["codgeo", "code_cv", "lib_cv"])


def transform(row: Row) -> Iterator[Claim]:
    """A contract and its territory, or a post and the membership that it is.

    Raises:
        Rejected: no code of a contract can be read.
    """
    codes = _CODE.findall(row.take("code_cv"))
    if not codes or "".join(codes) != row.take("code_cv"):
        raise Rejected("n'est pas un code de contrat de ville", row.take("code_cv"))
    if "lib_cv" in row.values:
        yield from _contract(row, codes[0])
    else:
        yield from _post(row, codes)


def _contract(row: Row, code: str) -> Iterator[Claim]:
    # « pop » counts the inhabitants of the priority districts, for which an alliance has no word.
    row.ignore(["pop"])
    key = f"city-contracts:{code}"
    label = _LABEL.fullmatch(tidy(row.take("lib_cv"), row))
    name = label[1] if label else ""
    where = _territory(row, name)
    # A contract over two départements has a record in each.
    record = f"{code}-{row.take('insee_dep')}".rstrip("-")
    said: dict[str, Value] = {
        "name": f"Contrat de ville : {name}" if name else f"Contrat de ville {code}",
        "type": AllianceType.CONTRACT.value,
        "identifiers": [f"cv:{code}"],
    }
    yield NodeClaim(key, ALLIANCE, record, said, note=row.note)
    if where:
        yield TieClaim(ACTS_IN, key, where, record, note=row.note)
    yield NodeClaim(
        PLATFORM_KEY,
        PLATFORM,
        "sig-ville",
        {"name": "SIG Ville : la géographie de la politique de la ville", "websites": [SITE]},
        url=SITE,
    )
    yield TieClaim(LISTED_ON, key, PLATFORM_KEY, code)


def _territory(row: Row, name: str) -> str:
    """The commune or intercommunality of a contract; else its département.

    The codes are those of 2015: of an intercommunality that has gone since, the one of today
    around the same centre is taken where a word of its name, or of its commune, is in the label.
    """
    code = row.take("codgeo")
    if code in _intercommunalities():
        return _intercommunalities()[code]
    if not _SIREN.fullmatch(code):
        try:
            found, note = commune(code)
        except Rejected as wrong:
            add_note(row, f"le code {wrong.value} {wrong.reason}")
        else:
            add_note(row, note)
            return found
    successor = _successor(row, name)
    if successor:
        add_note(row, f"intercommunalité de 2015 ({code}) retrouvée par son centre et son nom")
        return successor
    add_note(row, f"intercommunalité de 2015 ({code}) disparue")
    return _departement(row)


@cache
def _intercommunalities() -> Mapping[str, str]:
    """The key of each EPCI and EPT of today, by its code."""
    tables = (("epci", "epci.csv"), ("ept", "ept.csv"))
    return {
        row["code"]: f"{level}:{row['code']}"
        for level, table in tables
        for row in reference.rows(table)
    }


@cache
def _names() -> Mapping[str, str]:
    """The name of each EPCI and EPT by key."""
    tables = (("epci", "epci.csv"), ("ept", "ept.csv"))
    return {
        f"{level}:{row['code']}": row["name"]
        for level, table in tables
        for row in reference.rows(table)
    }


@cache
def _communes() -> tuple[tuple[float, float, str, str], ...]:
    """Each commune: latitude and longitude of its centre, its name, its EPT or EPCI."""
    centres = {row["code"]: row for row in reference.rows("centres.csv.gz")}
    found = []
    for row in reference.rows("communes.csv.gz"):
        centre = centres.get(row["code"])
        whole = f"ept:{row['ept']}" if row["ept"] else f"epci:{row['epci']}" if row["epci"] else ""
        if whole and centre and centre["lat"]:
            found.append((float(centre["lat"]), float(centre["lon"]), row["name"], whole))
    return tuple(found)


def _successor(row: Row, name: str) -> str:
    try:
        lat, lon = coordinates(row.take("latitude"), row.take("longitude")).value
    except Rejected:
        return ""
    wide = cos(radians(lat))
    nearest = min(
        _communes(), key=lambda each: (each[0] - lat) ** 2 + ((each[1] - lon) * wide) ** 2
    )
    _, _, town, whole = nearest
    ours = _telling_words(name)
    return whole if ours & (_telling_words(town) | _telling_words(_names()[whole])) else ""


def _telling_words(name: str) -> set[str]:
    """The words of a name that tell it from others, but for their last letters.

    « Carcassonnais » and « Carcassonne » begin alike.
    """
    return {word[:6] for word in fold(name).split() if len(word) > 3 and word not in _EMPTY}


def _departement(row: Row) -> str:
    code = row.take("insee_dep")
    return f"departement:{code}" if code in _departements() else ""


@cache
def _departements() -> frozenset[str]:
    return frozenset(row["code"] for row in reference.rows("departements.csv"))


def _post(row: Row, codes: list[str]) -> Iterator[Claim]:
    """A post that an organisation held for a year, for one contract or several."""
    row.ignore(["insee_reg"])  # the département says it
    if len(codes) > 1:
        add_note(row, "codes de contrats de ville collés, séparés")
    member, what = _employer(row)
    year, note = date(row.take("annee"))
    add_note(row, note)
    record = f"{row.take('id_poste')} {year} {slug(row.take('code_tiers'))}"
    period: dict[str, Value] = {"since": year, "until": year, "words": [what]}
    yield member.claim(row.note)
    departement = _departement(row)
    if departement:
        yield TieClaim(ACTS_IN, member.key, departement, record, period, date=year)
    for code in codes:
        key = f"city-contracts:{code}"
        # Named by the contract's own record, which comes before this one in order.
        said: dict[str, Value] = {
            "name": f"Contrat de ville {code}",
            "type": AllianceType.CONTRACT.value,
        }
        yield NodeClaim(key, ALLIANCE, f"{code}-poste", said)
        held = period | {"role": MemberRole.MEMBER.value}
        yield TieClaim(MEMBER_OF, member.key, key, record, held, date=year, note=row.note)
    yield from _paid(row, member, record, period)


def _employer(row: Row) -> tuple[Actor, str]:
    """Who holds the post, and what the post is.

    Only associations may hold a FONJEP post, of which the file has no number but the name alone.
    """
    number, name = row.take("code_tiers"), row.take("raison_sociale")
    if any(sign.isdigit() for sign in number) and fold(number) != fold(name):
        local = f"city-contracts:{row.take('insee_dep')}-"
        return actor(row, name, number, local), "poste d'adulte-relais"
    name = tidy(name or number, row)
    if not slug(name):
        raise Rejected("organisation sans nom", number)
    key = f"city-contracts:{row.take('insee_dep') or 'fr'}-{slug(name)}"
    said: dict[str, Value] = {"name": name, "world": World.ASSOCIATION.value}
    return Actor(key, name, registered=False, said=said), "poste FONJEP"


def _paid(row: Row, member: Actor, record: str, period: dict[str, Value]) -> Iterator[Claim]:
    """What the State paid for the post."""
    try:
        paid, note = amount(row.take("montant"))
    except Rejected:
        return
    add_note(row, note)
    yield NodeClaim(STATE, ORGANISATION, "etat", {"name": "État", "world": World.STATE.value})
    said = period | {"amount": paid}
    yield TieClaim(
        FUNDED, STATE, member.key, record, said, date=str(period["since"]), note=row.note
    )


def recognises(_: str, columns: frozenset[str]) -> bool:
    """Whether a file holds posts by contract, or the contracts themselves."""
    return columns >= _POSTS or columns >= _CONTRACTS


TABULAR = Tabular(
    source=SOURCE,
    files="les fichiers JSON des adultes-relais, des postes FONJEP et des contrats de ville,"
    " ensemble",
    read=rows_of,
    transform=transform,
    recognises=recognises,
    at_least={ALLIANCE: 400, ORGANISATION: 1000},
)
