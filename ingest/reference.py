"""The bundled reference data: territories, the authorities that govern them, goals and targets."""

import csv
import gzip
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypeAlias

from graph.claims import Claim, NodeClaim, Properties, Source, TieClaim, Value
from graph.model import (
    ACTS_IN,
    GOAL,
    GOVERNS,
    ORGANISATION,
    PART_OF,
    SEATED_IN,
    TARGET,
    TERRITORY,
    Level,
    World,
)

Row: TypeAlias = dict[str, str]

TABLES = Path(__file__).parent / "data" / "reference"
NATION = "nation:FR"
GRAND_PARIS = "epci:200054781"

COG = Source(
    name="cog",
    title="Découpage administratif 2026 : code officiel géographique, EPCI, codes postaux, SIREN",
    publisher="Insee, DGCL, La Poste (paquet npm @etalab/decoupage-administratif 6.0.0)",
    licence="Licence Ouverte 2.0",
    url="https://github.com/datagouv/decoupage-administratif",
    date="2026-01-01",
    trust=100,
)
CENTRES = Source(
    name="centres",
    title="Centres et superficies des communes",
    publisher="IGN, Insee",
    licence="Licence Ouverte 2.0",
    date="2024",
    trust=100,
)
AUTHORITIES = Source(
    name="collectivites",
    title="SIREN des départements, des régions et des collectivités particulières",
    publisher="DGALN (fonds vert), départements des Pays de la Loire, plateforme de l'inclusion,"
    " Insee (Sirene)",
    licence="Licence Ouverte 2.0",
    date="2023",
    trust=100,
)
GOALS = Source(
    name="odd",
    title="Objectifs de développement durable : 17 objectifs et 169 cibles",
    publisher="Nations unies, Division de statistique ; noms français d'Open SDG",
    licence="Conditions d'utilisation des Nations unies ; Open SDG : MIT",
    url="http://metadata.un.org/sdg/",
    date="2020",
    trust=100,
)

EPCI_FORMS = {
    "CC": ("Communauté de communes", "7346"),
    "CA": ("Communauté d'agglomération", "7348"),
    "CU": ("Communauté urbaine", "7343"),
    "METRO": ("", "7344"),
    # The Métropole de Lyon is a local authority with a status of its own, not an EPCI by law.
    "MET69": ("", ""),
}

PREPOSITIONS = {0: "de ", 1: "d'", 2: "du ", 3: "de ", 4: "des ", 5: "de ", 6: "d'"}
CONTRACTED = {2: "Le ", 4: "Les "}


def rows(name: str) -> Iterator[Row]:
    """The rows of a bundled table."""
    path = TABLES / name
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)


@cache
def former_communes() -> Mapping[str, str]:
    """The commune of 2026 that each former commune code leads to."""
    return {row["code"]: row["current"] for row in rows("former_communes.csv.gz")}


@dataclass(frozen=True, slots=True)
class LegalForm:
    """What a legal form says of those that bear it; None where it cannot tell."""

    code: str
    label: str
    world: World | None
    ess: bool | None


@cache
def legal_forms() -> Mapping[str, LegalForm]:
    """The legal forms of Insee, by code of two or four digits."""
    marks = {"true": True, "false": False}
    worlds = {world.value: world for world in World}
    return {
        row["code"]: LegalForm(
            row["code"],
            row["label"],
            worlds.get(row["world"]),
            marks.get(row["ess"]),
        )
        for row in rows("legal_forms.csv")
    }


def of_commune(name: str, liaison: int) -> str:
    """The name after "de", as Insee's TNCC code of its article has it.

    `of_commune("Le Havre", 2) == "du Havre"`, `of_commune("Albi", 1) == "d'Albi"`.
    """
    bare = name.removeprefix(CONTRACTED.get(liaison, ""))
    return PREPOSITIONS.get(liaison, "de ") + bare


def epci_name(name: str, form: str) -> str:
    """The name of an EPCI in full words, without its acronym, with French quotation marks."""
    words = EPCI_FORMS[form][0]
    bare = _without_acronym(name).removeprefix(f"{form} ")
    bare = re.sub(r"(?:''|\")(.+?)(?:''|\")", r"« \1 »", bare)
    return bare if not words or bare.startswith("Communauté ") else f"{words} {bare}"


def acronym(name: str) -> str:
    """The acronym that ends the name of an EPCI, between brackets; empty where there is none."""
    found = re.search(r"\(([A-Z0-9 ]{2,8})\)$", name)
    return found[1].replace(" ", "") if found else ""


def _without_acronym(name: str) -> str:
    return name[: name.rindex("(")].rstrip() if acronym(name) else name


def _said(**values: Value | None) -> Properties:
    """The values that are known."""
    return {name: value for name, value in values.items() if value not in (None, "", [])}


def _whole(text: str) -> int | None:
    return int(text) if text else None


def _decimal(text: str) -> float | None:
    return float(text) if text else None


def _territory(level: Level, code: str, **values: Value | None) -> NodeClaim:
    key = f"{level.value}:{code}"
    said = _said(level=level.value, code=code, **values)
    return NodeClaim(key, TERRITORY, key, said)


def _part_of(part: str, *wholes: str) -> Iterator[TieClaim]:
    for whole in wholes:
        yield TieClaim(PART_OF, part, whole, part)


def _authority(
    siren: str, seat: str, governed: Iterable[str], **values: Value | None
) -> Iterator[Claim]:
    """An organisation, the territories that it governs and acts in, and where its seat is."""
    key = f"siren:{siren}"
    said = _said(siren=siren, world=World.LOCAL_AUTHORITY.value, **values)
    yield NodeClaim(key, ORGANISATION, key, said)
    yield TieClaim(SEATED_IN, key, seat, key)
    for territory in governed:
        yield TieClaim(GOVERNS, key, territory, key)
        yield TieClaim(ACTS_IN, key, territory, key)


def territories() -> Iterator[Claim]:
    """Every territory with what it is part of, and the authorities whose SIREN the code gives."""
    yield from nation()
    yield from regions()
    yield from departements()
    yield from epci()
    yield from ept()
    yield from communes()
    yield from arrondissements()


def nation() -> Iterator[Claim]:
    """France, with the population of all its regions and overseas collectivities."""
    people = sum(int(row["population"] or 0) for row in rows("regions.csv"))
    yield _territory(Level.NATION, "FR", name="France", population=people, liaison=3)


def regions() -> Iterator[Claim]:
    """Regions, and overseas collectivities, which hold the same place between commune and nation.

    One of them, Clipperton, has neither inhabitants nor an authority.
    """
    for row in rows("regions.csv"):
        claim = _territory(Level.REGION, row["code"], **_described(row))
        yield claim
        yield from _part_of(claim.subject, NATION)


def departements() -> Iterator[Claim]:
    """The 101 départements."""
    for row in rows("departements.csv"):
        claim = _territory(Level.DEPARTEMENT, row["code"], **_described(row))
        yield claim
        yield from _part_of(claim.subject, f"region:{row['region']}")


def epci() -> Iterator[Claim]:
    """Intercommunalities, each of them a territory and an organisation."""
    for row in rows("epci.csv"):
        code, form = row["code"], row["type"]
        name = epci_name(row["name"], form)
        others = [row["name"]] if row["name"] != name else []
        claim = _territory(
            Level.EPCI, code, name=name, other_names=others, population=_whole(row["population"])
        )
        yield claim
        yield from _authority(
            code,
            claim.subject,
            [claim.subject],
            name=name,
            other_names=others,
            acronym=acronym(row["name"]),
            legal_form=EPCI_FORMS[form][1],
        )


def ept() -> Iterator[Claim]:
    """The territorial public bodies, parts of the Métropole du Grand Paris."""
    for row in rows("ept.csv"):
        code, name = row["code"], row["name"]
        claim = _territory(Level.EPT, code, name=name, population=_whole(row["population"]))
        yield claim
        yield from _part_of(claim.subject, GRAND_PARIS)
        yield from _authority(
            code,
            claim.subject,
            [claim.subject],
            name=f"Établissement public territorial {name}",
            other_names=[name],
        )


def communes() -> Iterator[Claim]:
    """Communes with their former codes, and the organisation of each whose SIREN is known."""
    former = defaultdict(list)
    for old, current in former_communes().items():
        former[current].append(old)
    governed_otherwise = {row["siren"] for row in rows("authorities.csv")}
    for row in rows("communes.csv.gz"):
        claim = _territory(
            Level.COMMUNE,
            row["code"],
            **_described(row),
            postcodes=row["postcodes"].split(),
            former_codes=former[row["code"]],
        )
        yield claim
        yield from _part_of(claim.subject, *_parents(row))
        if row["siren"] and row["siren"] not in governed_otherwise:
            yield from _commune_authority(row, claim.subject)


def _commune_authority(row: Row, territory: str) -> Iterator[Claim]:
    name = row["name"]
    return _authority(
        row["siren"],
        territory,
        [territory],
        name=f"Commune {of_commune(name, int(row['liaison']))}",
        other_names=[name],
        legal_form="7210",
    )


def arrondissements() -> Iterator[Claim]:
    """The municipal arrondissements of Paris, Lyon and Marseille."""
    for row in rows("arrondissements_municipaux.csv"):
        postcodes = row["postcodes"].split()
        described = _described(row)
        claim = _territory(Level.ARRONDISSEMENT, row["code"], **described, postcodes=postcodes)
        yield claim
        yield from _part_of(claim.subject, f"commune:{row['commune']}")


def _described(row: Row) -> dict[str, Value | None]:
    return {
        "name": row["name"],
        "liaison": _whole(row["liaison"]),
        "population": _whole(row["population"]),
    }


def _parents(commune: Row) -> list[str]:
    """What a commune is part of: its region only where no département stands between."""
    levels = ("epci", "ept", "departement" if commune["departement"] else "region")
    return [f"{level}:{commune[level]}" for level in levels if commune[level]]


def authorities() -> Iterator[Claim]:
    """The authorities of départements and regions, of which some govern several territories."""
    for row in rows("authorities.csv"):
        yield from _authority(
            row["siren"],
            row["seat"],
            row["governs"].split(),
            name=row["name"],
            legal_form=row["legal_form"],
        )


@dataclass(frozen=True, slots=True)
class Place:
    """A centre in degrees (WGS 84) and an area in square kilometres, where it is known."""

    latitude: float
    longitude: float
    surface: float | None


def centres() -> Iterator[Claim]:
    """Centres and areas of communes and arrondissements, and of what they make up."""
    places = {}
    for row in rows("centres.csv.gz"):
        level = Level.COMMUNE
        if row["code"] in _arrondissement_codes():
            level = Level.ARRONDISSEMENT
        lat, lon = _decimal(row["lat"]), _decimal(row["lon"])
        surface = _decimal(row["surface_km2"])
        key = f"{level.value}:{row['code']}"
        if lat is not None and lon is not None:
            places[key] = Place(lat, lon, surface)
        said = _said(latitude=lat, longitude=lon, surface_km2=surface)
        if said:
            yield NodeClaim(key, TERRITORY, key, said)
    for key, members in _members().items():
        known = [places[member] for member in members if member in places]
        if known:
            yield NodeClaim(key, TERRITORY, key, _middle(known, len(members)))


@cache
def _arrondissement_codes() -> frozenset[str]:
    return frozenset(row["code"] for row in rows("arrondissements_municipaux.csv"))


def _members() -> Mapping[str, list[str]]:
    """The communes of each larger territory; of the nation, those of Europe.

    The middle of the whole nation would lie in the Sahara.
    """
    european = {row["code"] for row in rows("regions.csv") if row["zone"] == "metro"}
    found = defaultdict(list)
    for row in rows("communes.csv.gz"):
        levels = [level for level in ("epci", "ept", "departement", "region") if row[level]]
        wholes = [f"{level}:{row[level]}" for level in levels]
        for whole in [*wholes, NATION] if row["region"] in european else wholes:
            found[whole].append(f"commune:{row['code']}")
    return found


def _middle(places: list[Place], expected: int) -> Properties:
    """The centre of several places, each weighing its area where all areas are known.

    The area of the whole is said only where that of each of the `expected` members is known.
    """
    areas = [place.surface for place in places if place.surface]
    complete = len(areas) == len(places)
    weights = areas if complete else [1.0] * len(places)
    total = sum(weights)
    pairs = list(zip(places, weights, strict=True))
    return _said(
        latitude=round(sum(place.latitude * weight for place, weight in pairs) / total, 5),
        longitude=round(sum(place.longitude * weight for place, weight in pairs) / total, 5),
        surface_km2=round(total, 2) if complete and len(places) == expected else None,
    )


def goals() -> Iterator[Claim]:
    """The 17 goals and the 169 targets."""
    for row in rows("goals.csv"):
        key = f"goal:{row['number']}"
        said = _said(
            name=row["label_fr"],
            name_en=row["label_en"],
            number=int(row["number"]),
            title=row["title_fr"],
            title_en=row["title_en"],
            iri=row["iri"],
            colour=row["colour"],
        )
        yield NodeClaim(key, GOAL, key, said, url=row["iri"])
    for row in rows("targets.csv"):
        key = f"target:{row['code']}"
        said = _said(
            name=row["title_fr"], name_en=row["title_en"], code=row["code"], iri=row["iri"]
        )
        yield NodeClaim(key, TARGET, key, said, url=row["iri"])
        yield TieClaim(PART_OF, key, f"goal:{row['goal']}", key)


CLAIMS: tuple[tuple[Source, Callable[[], Iterator[Claim]]], ...] = (
    (COG, territories),
    (CENTRES, centres),
    (AUTHORITIES, authorities),
    (GOALS, goals),
)
SOURCES = tuple(source for source, _ in CLAIMS)
