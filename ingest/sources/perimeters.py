"""Perimeters made of communes: zones d'emploi, bassins de vie, CRTE, PETR, massifs, QPV."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from graph.claims import Claim, NodeClaim, Source, TieClaim, Value
from graph.identifiers import is_siren
from graph.model import (
    ACTS_IN,
    GOVERNS,
    ORGANISATION,
    PART_OF,
    TERRITORY,
    Extent,
    Level,
    World,
)
from graph.text import fold
from ingest import reference
from ingest.files.repair import bare, is_absent
from ingest.files.repair_places import commune
from ingest.files.tables import read_rows
from ingest.places import governed_by
from ingest.rows import Rejected, Row
from ingest.tabular import Read, Tabular
from ingest.words import slug

SOURCE = Source(
    name="perimeters",
    title="Périmètres faits de communes : zonages de l'Insee, contrats et zonages de l'ANCT",
    publisher="Insee ; Agence nationale de la cohésion des territoires (ANCT)",
    licence="Licence Ouverte 2.0",
    url="https://www.insee.fr/fr/information/7671844",
    trust=80,
)

_PETR_FORM = "7357"


@dataclass(frozen=True, slots=True)
class Zoning:
    """A family of perimeters that files name by columns.

    Attributes:
        stem: the folded name of the column without `id`, `code`, `lib`, as a pattern.
        scheme: begins the local id; `{}` is the vintage that the column's name gives.
        words: what such a perimeter is, before its label.
        of: whether the label is a place's name that follows "de".
        labelled: whether a column of that bare name holds labels rather than codes.
    """

    stem: str
    scheme: str
    words: str
    of: bool = False
    labelled: bool = False


_QPV = Zoning("qpv?|quartierprioritaire", "qpv", "QPV")
_PETR = Zoning("petr", "petr", "PETR", labelled=True)
ZONINGS = (
    Zoning(r"ze(\d{4})?", "ze{}", "Zone d'emploi", of=True),
    Zoning(r"zoned?emplois?(\d{4})?", "ze{}", "Zone d'emploi", of=True, labelled=True),
    Zoning(r"bv(\d{4})?", "bv{}", "Bassin de vie", of=True),
    Zoning(r"bassin(?:de)?vie(\d{4})?", "bv{}", "Bassin de vie", of=True, labelled=True),
    Zoning(r"uu(\d{4})?", "uu{}", "Unité urbaine", of=True),
    Zoning(r"uniteurbaine(\d{4})?", "uu{}", "Unité urbaine", of=True, labelled=True),
    Zoning(r"aav(\d{4})?", "aav{}", "Aire d'attraction", of=True),
    Zoning(
        r"airedattraction(?:desvilles)?(\d{4})?",
        "aav{}",
        "Aire d'attraction",
        of=True,
        labelled=True,
    ),
    Zoning(r"arr", "arr", "Arrondissement", of=True),
    Zoning("arrondissement", "arr", "Arrondissement", of=True, labelled=True),
    Zoning(r"crte(\d{4})?", "crte", "CRTE"),
    _PETR,
    Zoning("payset?petr", "petr", "", labelled=True),
    Zoning(r"massif(?:s|demontagne)?", "massif", "Massif", labelled=True),
    Zoning("pnr", "pnr", "Parc naturel régional", labelled=True),
    Zoning("scot", "scot", "SCoT", labelled=True),
    Zoning("pat", "pat", "Projet alimentaire territorial", labelled=True),
    Zoning("gal", "gal", "GAL", labelled=True),
    Zoning(r"ti|territoiredindustrie", "ti", "Territoire d'industrie", labelled=True),
    _QPV,
)

_COMMUNE = re.compile(
    "depcom|codgeo|inseecom|cominsee|codeinsee|codeinseecommune|codecommuneinsee|codecommune"
    "|codcom|inseecommune|communeinsee|com|code|citycode|codedelacommune|codegeographique"
)
_GROUP = re.compile("sirenepci|epci|codeepci|codesirenepci|sirengroupement|sirenmembre")
_NAME = re.compile(
    "libgeo|libcom|libcommune|nomcom|nomcommune|libellecommune|commune|nom|libellegeographique"
)
# Columns of the known layouts that say nothing of a perimeter: official levels, which the
# reference data has; typologies, which are classes and no places; cantons, which divide towns.
_UNUSED = re.compile(
    r"(?:lib|libelle|nom|code|insee|dep|siren|natureorjur|nature|nat|type|typ|t)*"
    r"(?:com|commune|dep|departement|reg|region|epci|can|canton|cv|ept|chefdefile|dcheffile|"
    r"comuu|typuu|tuu|tduu|taav|tdaav|cateaav|cheffile)(?:\d{4})?"
    r"|(?:tranche|categorie|typologie|canton).*|natureepci|naturejuridique|natjurgrpsupra|liseuil|siren|population|codespostaux|lat|lon|"
    r"surfacekm2|typegrpcrte|crteinterreg|crteinterdep|sirengrpsupra|libgrpsupra|libgroupement"
)
_PREFIXED = re.compile(r"(id|ident|code|cod|num|numero|siren)(?=\D)(.+)|(lib|libelle|nom)(.+)")
_NOWHERE = re.compile(r"0+|[hz]+|hors.*|communes? (?:hors|isolee)s?.*|non .*|sans .*|aucun.*")
_CODE = re.compile(r"\d[\dAB]\d{3}")
_MASSIFS = {"alpes": "des Alpes", "pyrenees": "des Pyrénées", "jura": "du Jura"}
_MASSIFS |= {"vosges": "des Vosges", "corse": "de Corse", "central": "central"}
_VOWELS = frozenset("aeiouy")


@dataclass(frozen=True, slots=True)
class Zoned:
    """The columns of a file that hold one family of perimeters; empty for those it lacks."""

    zoning: Zoning
    scheme: str
    code: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class Layout:
    """What the columns of a file are.

    Attributes:
        members: the column of communes, or of intercommunalities by SIREN.
        unused: columns known to say nothing that is wanted here.
    """

    members: str
    by_siren: bool
    name: str
    group: str
    zoned: tuple[Zoned, ...]
    unused: tuple[str, ...]


@cache
def layout(columns: tuple[str, ...]) -> Layout:
    """Which columns of a table hold communes, and which hold perimeters."""
    keys = {column: _key(column) for column in columns}
    communes = [column for column in columns if _COMMUNE.fullmatch(keys[column])]
    groups = [column for column in columns if _GROUP.fullmatch(keys[column])]
    names = [column for column in columns if _NAME.fullmatch(keys[column])]
    zoned = tuple(_zoned(keys))
    members = next(iter(communes or groups), "")
    used = {members, *names[:1], *(c for each in zoned for c in (each.code, each.label))}
    return Layout(
        members,
        not communes,
        next(iter(names), ""),
        next(iter(groups), ""),
        zoned,
        tuple(c for c in columns if c not in used and _UNUSED.fullmatch(keys[c])),
    )


def _key(column: str) -> str:
    return fold(column).replace(" ", "")


def _zoned(keys: dict[str, str]) -> Iterator[Zoned]:
    """The families of perimeters among columns, each with its column of codes and of labels."""
    codes: dict[str, str] = {}
    labels: dict[str, str] = {}
    bare_names: dict[str, str] = {}
    for column, key in keys.items():
        found = _PREFIXED.fullmatch(key)
        if found and found[2]:
            codes.setdefault(found[2], column)
        elif found and found[4]:
            labels.setdefault(found[4], column)
        bare_names.setdefault(key, column)
    for stem in dict.fromkeys([*bare_names, *codes, *labels]):
        zoning = next((each for each in ZONINGS if re.fullmatch(each.stem, stem)), None)
        if zoning is None:
            continue
        code, label = codes.get(stem, ""), labels.get(stem, "")
        plain = bare_names.get(stem, "")
        if plain and not code and (label or not zoning.labelled):
            code = plain
        elif plain and not label:
            label = plain
        year = re.search(r"\d{4}$", stem)
        yield Zoned(zoning, zoning.scheme.format(year[0] if year else ""), code, label)


def recognises(_: str, columns: frozenset[str]) -> bool:
    """Whether a table ties communes (or intercommunalities) to perimeters."""
    found = layout(tuple(sorted(columns)))
    organisations = any(re.search("siret|adresse", fold(column)) for column in columns)
    return bool(found.members and found.zoned) and not organisations


def read(paths: Sequence[Path], taken: set[str]) -> Read:
    """The rows of each table."""
    for path in paths:
        yield from read_rows(path, taken=taken)


def transform(row: Row) -> Iterator[Claim]:
    """The perimeters that one commune, or one intercommunality, is part of."""
    found = layout(tuple(row.values))
    row.ignore(found.unused)
    if not found.members or not found.zoned:
        raise Rejected("n'a pas de colonne de communes, ou de périmètre")
    inner = next((each for each in found.zoned if each.zoning is _QPV), None)
    if inner:
        yield from _quarter(row, found, inner)
        return
    if _COMMUNE.fullmatch(_key(row.take(found.members))):
        return  # Insee names the columns twice: in words, then by their codes.
    member = _member(row, found)
    for zoned in found.zoned:
        yield from _perimeter(row, zoned, member)


def _member(row: Row, found: Layout) -> str:
    text, name = row.take(found.members), row.take(found.name) if found.name else ""
    if found.by_siren:
        return governed_by(text)
    place, note = commune(text, name)
    if note:
        row.notes.append(note)
    return place


def _perimeter(row: Row, zoned: Zoned, member: str) -> Iterator[Claim]:
    code, label = _said(row, zoned.code), _said(row, zoned.label)
    if not code and re.fullmatch(r"\d[\dA-Z]*", label):
        code, label = label, ""
    if not (code or label) or _is_nowhere(zoned, code, label):
        return
    perimeter = _described(zoned, code, label, Extent.WHOLE)
    record = f"{member} {perimeter.record}"
    yield perimeter
    yield TieClaim(PART_OF, member, perimeter.subject, record, note=row.note)
    if zoned.zoning is _PETR and is_siren(code):
        yield from _authority(perimeter, code, label)


def _said(row: Row, column: str) -> str:
    text = row.take(column) if column else ""
    return "" if is_absent(text) else " ".join(text.split())


def _is_nowhere(zoned: Zoned, code: str, label: str) -> bool:
    """Whether a code or a label says that the commune is in no such perimeter."""
    if zoned.scheme.startswith("uu") and re.fullmatch(r"\d[\dAB]000", code):
        return True
    return any(said and _NOWHERE.fullmatch(fold(said)) for said in (code, label))


@lru_cache(maxsize=10_000)
def _described(zoned: Zoned, code: str, label: str, extent: Extent) -> NodeClaim:
    """What is said of a perimeter: the same for each member, whatever was repaired of one."""
    local = re.sub(r"\s", "", code) if code else slug(label)
    begun = f"{zoned.scheme}-"
    local = local if local.lower().startswith(begun) else begun + local
    said: dict[str, Value] = {
        "name": named(zoned.zoning, label or code),
        "level": Level.PERIMETER.value,
        "extent": extent.value,
    }
    if code:
        said["code"] = code
    return NodeClaim(f"perimeter:{local}", TERRITORY, local, said)


def named(zoning: Zoning, label: str) -> str:
    """The name of a perimeter, which says what it is: towns bear the same label otherwise."""
    words = fold(zoning.words)
    if fold(label) == words or fold(label).startswith(f"{words} "):
        return label
    if zoning.scheme == "massif":
        return f"Massif {_MASSIFS.get(fold(label), label)}"
    if zoning.of and not label[:1].isdigit():
        return f"{zoning.words} {reference.of_commune(label, _liaison(label))}"
    return f"{zoning.words} {label}".strip()


@cache
def _liaisons() -> dict[str, int]:
    return {row["name"]: int(row["liaison"] or 0) for row in reference.rows("communes.csv.gz")}


def _liaison(label: str) -> int:
    """How Insee joins the name of the commune of that name; of another label, its first letters."""
    if label in _liaisons():
        return _liaisons()[label]
    for code, article in reference.CONTRACTED.items():
        if label.startswith(article):
            return code
    return 1 if fold(label)[:1] in _VOWELS and not label.startswith(("L'", "L’")) else 0


def _authority(perimeter: NodeClaim, siren: str, label: str) -> Iterator[Claim]:
    """A PETR is an organisation, too, that governs its perimeter."""
    key = f"siren:{siren}"
    said: dict[str, Value] = {
        "name": named(_PETR, label or siren),
        "siren": siren,
        "world": World.LOCAL_AUTHORITY.value,
        "legal_form": _PETR_FORM,
    }
    record = perimeter.record
    yield NodeClaim(key, ORGANISATION, record, said)
    yield TieClaim(GOVERNS, key, perimeter.subject, record)
    yield TieClaim(ACTS_IN, key, perimeter.subject, record)


def _quarter(row: Row, found: Layout, zoned: Zoned) -> Iterator[Claim]:
    """A quarter lies within a commune, or within the intercommunality where it crosses a limit.

    No commune is part of it: its composition in communes is unknown.
    """
    code, label = _said(row, zoned.code), _said(row, zoned.label)
    if not code:
        raise Rejected("est un quartier sans code", label)
    quarter = _described(zoned, code, label, Extent.UNKNOWN)
    yield quarter
    yield TieClaim(PART_OF, quarter.subject, _around(row, found), quarter.record, note=row.note)


def _around(row: Row, found: Layout) -> str:
    if found.by_siren:
        return governed_by(row.take(found.members))
    names, text = row.take(found.name) if found.name else "", row.take(found.members)
    codes = _CODE.findall(text)
    group = row.take(found.group) if found.group else ""
    if len(codes) > 1 and group:
        return governed_by(bare(group))
    if len(codes) > 1:
        raise Rejected("est à cheval sur plusieurs communes, sans intercommunalité", text)
    place, note = commune(codes[0] if codes else text, names)
    if note:
        row.notes.append(note)
    return place


TABULAR = Tabular(
    source=SOURCE,
    files="une table commune → périmètre (Insee, ANCT…), en CSV, XLSX ou ODS",
    read=read,
    transform=transform,
    recognises=recognises,
    at_least={TERRITORY: 1},
)
