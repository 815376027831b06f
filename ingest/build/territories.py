"""Makes the bundled tables of territories from the official code of 2026.

    npm pack @etalab/decoupage-administratif@6.0.0 && tar xzf etalab-*.tgz
    python -m ingest.build.territories package/data FACTS ingest/data/reference

`FACTS` is a folder with three files of Insee and IGN: `communes_coordinates_2024.csv.gz` (centres
and areas), `mvtcommunes.csv.gz` (events in the life of communes) and
`table_passage_com_historique.csv.gz` (former code, current code).
"""

import csv
import gzip
import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any, TypeAlias

Record: TypeAlias = Mapping[str, Any]
Row: TypeAlias = Mapping[str, str]

PACKAGE = "decoupage-administratif"
INSEE_EVENTS = "insee-mvtcommunes"
INSEE_PASSAGE = "insee-table-passage"
LAW_OF_2007 = "loi-organique-2007-223"

# Two communes of Guadeloupe became collectivities of their own: an event of which neither the
# package nor Insee's tables tell.
BECAME_COLLECTIVITIES = {"97123": "97701", "97127": "97801"}

DELEGATED = ("commune-deleguee", "commune-associee")
OVERSEAS_COLLECTIVITY = "com"


def write_table(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Writes rows as they come; the same rows always give the same bytes, compressed or not."""
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    content = text.getvalue().encode()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(content, 9, mtime=0) if path.suffix == ".gz" else content)


def by_code(rows: Iterable[Sequence[object]]) -> list[Sequence[object]]:
    """The rows in the order of their first column."""
    return sorted(rows, key=lambda row: str(row[0]))


def read_table(path: Path) -> list[dict[str, str]]:
    """All rows of a compressed table."""
    with gzip.open(path, "rt", encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


@dataclass(frozen=True)
class Package:
    """The files of the npm package."""

    communes: list[Record]
    epci: list[Record]
    ept: list[Record]
    departements: list[Record]
    regions: list[Record]

    @classmethod
    def read(cls, folder: Path) -> "Package":
        """Reads the package's `data` folder."""
        names = ("communes", "epci", "ept", "departements", "regions")
        return cls(*(json.loads((folder / f"{name}.json").read_text("utf-8")) for name in names))

    def of_type(self, *types: str) -> list[Record]:
        """The entries of `communes.json` of these types."""
        return [entry for entry in self.communes if entry["type"] in types]

    @property
    def current(self) -> list[Record]:
        """The communes of today."""
        return self.of_type("commune-actuelle")


def commune_rows(package: Package) -> Iterable[Sequence[object]]:
    """One row a commune; an overseas collectivity has no département above its communes."""
    epci = {m["code"]: e["code"] for e in package.epci for m in e["membres"]}
    ept = {m["code"]: t["code"] for t in package.ept for m in t["membres"]}
    for c in package.current:
        overseas = c["zone"] == OVERSEAS_COLLECTIVITY
        yield (
            c["code"],
            c["nom"],
            c.get("typeLiaison", ""),
            c.get("siren", ""),
            c.get("population", ""),
            "" if overseas else c["departement"],
            c["region"],
            epci.get(c["code"], ""),
            ept.get(c["code"], ""),
            " ".join(c.get("codesPostaux", ())),
        )


def arrondissement_rows(package: Package) -> Iterable[Sequence[object]]:
    """One row a municipal arrondissement of Paris, Lyon or Marseille."""
    for a in package.of_type("arrondissement-municipal"):
        postcodes = " ".join(a["codesPostaux"])
        yield a["code"], a["nom"], a["typeLiaison"], a["commune"], a["population"], postcodes


def group_rows(package: Package, groups: Iterable[Record]) -> Iterable[Sequence[object]]:
    """One row an EPCI or EPT, with the population of its communes.

    The package's own figure is a year older than that of the communes. Spaces are made single,
    as the source doubles one here and there.
    """
    people = {c["code"]: c.get("population", 0) for c in package.current}
    for g in groups:
        name = " ".join(g["nom"].split())
        members = [m["code"] for m in g["membres"]]
        yield g["code"], name, g["type"], sum(people[code] for code in members), len(members)


def populations(package: Package, level: str) -> dict[str, int]:
    """The population of each region or département: that of its communes."""
    total: dict[str, int] = defaultdict(int)
    for c in package.current:
        total[c[level]] += c.get("population", 0)
    return total


def departement_rows(package: Package) -> Iterable[Sequence[object]]:
    """One row a département, without the overseas collectivities, which are not départements."""
    people = populations(package, "departement")
    for d in package.departements:
        if d["zone"] != OVERSEAS_COLLECTIVITY:
            code = d["code"]
            yield code, d["nom"], d["typeLiaison"], d["region"], d["chefLieu"], people[code]


def region_rows(package: Package) -> Iterable[Sequence[object]]:
    """One row a region or an overseas collectivity (zone `com`)."""
    people = populations(package, "region")
    for r in package.regions:
        overseas = r["zone"] == OVERSEAS_COLLECTIVITY
        # The package repeats Saint-Pierre (97502) as the seat of the TAAF, and knows no
        # grammar of the overseas collectivities: left empty rather than wrong.
        seat = "" if r["code"] == "984" else r["chefLieu"]
        liaison = "" if overseas else r["typeLiaison"]
        yield r["code"], r["nom"], liaison, r["zone"], seat, people[r["code"]] or ""


@dataclass(frozen=True)
class Former:
    """What became of a commune's code that is no longer in use."""

    current: str
    source: str
    shared_with: tuple[str, ...] = ()


def from_package(package: Package) -> dict[str, Former]:
    """Former code to current commune, as the package knows them.

    The commune that a delegated commune belongs to today prevails over the list of former codes,
    which for two of them (55273, 60455) names the commune that they have left since.
    """
    found = {old: c["code"] for c in package.current for old in c.get("anciensCodes", ())}
    for entry in package.of_type(*DELEGATED):
        if entry["code"] != entry["chefLieu"]:
            found[entry["code"]] = entry["chefLieu"]
    in_use = {c["code"] for c in package.current}
    return {old: Former(now, PACKAGE) for old, now in found.items() if old not in in_use}


def heirs(events: Iterable[Row]) -> dict[str, list[str]]:
    """The codes among which each vanished commune was divided by the last event of its life."""
    last: dict[str, tuple[str, list[str]]] = {}
    for event in events:
        old, new, date = event["COM_AV"], event["COM_AP"], event["DATE_EFF"]
        if event["TYPECOM_AV"] != "COM" or event["TYPECOM_AP"] != "COM":
            continue
        known = last.get(old)
        if known is None or date > known[0]:
            last[old] = (date, [new])
        elif date == known[0] and new not in known[1]:
            known[1].append(new)
    return {old: codes for old, (_, codes) in last.items()}


def follow(code: str, former: Mapping[str, Former], in_use: set[str]) -> str | None:
    """The current commune of a code, through any chain of changes; None where it is unknown."""
    seen: set[str] = set()
    while code not in in_use:
        if code in seen or code not in former:
            return None
        seen.add(code)
        code = former[code].current
    return code


def former_communes(
    package: Package, events: Sequence[Row], passage: Iterable[Row]
) -> dict[str, Former]:
    """Every former code with the current commune, completed with what Insee alone knows."""
    in_use = {c["code"] for c in package.current}
    not_communes = {a["code"] for a in package.of_type("arrondissement-municipal")}
    former = from_package(package)
    former |= {old: Former(now, LAW_OF_2007) for old, now in BECAME_COLLECTIVITIES.items()}
    after = heirs(events)
    for old, codes in after.items():
        if old not in in_use and old not in former:
            former[old] = Former(codes[0], INSEE_EVENTS)
    for row in passage:
        old = row["DEPCOM_HIST"]
        if old not in in_use | not_communes and old not in former:
            former[old] = Former(row["DEPCOM"], INSEE_PASSAGE)
    resolved: dict[str, Former] = {}
    for old, found in former.items():
        current = follow(old, former, in_use)
        if current is None:
            raise ValueError(f"the former code {old} leads to no commune of today")
        divided = after.get(old, [])
        others = {follow(code, former, in_use) for code in divided if len(divided) > 1}
        shared_with = tuple(sorted(code for code in others if code and code != current))
        resolved[old] = Former(current, found.source, shared_with)
    return resolved


def former_names(package: Package, events: Iterable[Row]) -> dict[str, str]:
    """The last name that each code bore as a commune, else as a delegated commune."""
    names = {entry["code"]: str(entry["nom"]) for entry in package.of_type(*DELEGATED)}
    in_use = {entry["code"]: str(entry["nom"]) for entry in package.current}
    names |= {old: in_use[now] for old, now in BECAME_COLLECTIVITIES.items()}
    dated = sorted((e["DATE_EFF"], e["COM_AV"], e["LIBELLE_AV"], e["TYPECOM_AV"]) for e in events)
    names |= {code: name for _, code, name, kind in dated if kind == "COM"}
    return names


def former_rows(
    former: Mapping[str, Former], names: Mapping[str, str]
) -> Iterable[Sequence[object]]:
    """One row a former code."""
    for code, found in former.items():
        shared = " ".join(found.shared_with)
        yield code, names.get(code, ""), found.current, shared, found.source


@dataclass(frozen=True)
class Centre:
    """Where a territory lies: degrees (WGS 84) and square kilometres, None where unknown."""

    lat: float | None
    lon: float | None
    surface: float | None


def centre_of(row: Row) -> Centre:
    """The centre that a row of the table of 2024 gives."""
    values = (row["lat"], row["lng"], row["superficie_km2"])
    lat, lon, surface = (float(value) if value else None for value in values)
    return Centre(lat, lon, surface)


def merged(parts: Sequence[Centre]) -> Centre:
    """The centre of all parts together, each weighing its area; None where a part is unknown."""
    surfaces = [part.surface for part in parts if part.surface]
    whole = sum(surfaces) if len(surfaces) == len(parts) else None
    placed = [(p.lat, p.lon, p.surface) for p in parts if p.lat and p.lon and p.surface]
    if not whole or len(placed) != len(parts):
        return Centre(None, None, whole)
    lat = sum(lat * area for lat, _, area in placed) / whole
    lon = sum(lon * area for _, lon, area in placed) / whole
    return Centre(round(lat, 5), round(lon, 5), round(whole, 2))


def centres(
    package: Package, former: Mapping[str, Former], rows: Iterable[Row]
) -> Iterable[Sequence[object]]:
    """One row a commune and a municipal arrondissement: given in 2024, or of its parts then."""
    in_use = {c["code"] for c in package.current}
    parts: dict[str, dict[str, Centre]] = defaultdict(dict)
    arrondissements: dict[str, Centre] = {}
    for row in rows:
        code = row["insee_com"]
        if row["commune_type"] == "COM":
            parts[follow(code, former, in_use) or ""][code] = centre_of(row)
        elif row["commune_type"] == "ARM":
            arrondissements[code] = centre_of(row)
    cities = {a["code"]: a["commune"] for a in package.of_type("arrondissement-municipal")}
    for code, city in cities.items():
        parts[city][code] = arrondissements[code]
    for code in sorted(in_use):
        yield centre_row(code, parts[code], set(cities))
    for code, centre in arrondissements.items():
        yield centre_row(code, {code: centre}, set())


def centre_row(
    code: str, parts: Mapping[str, Centre], arrondissements: set[str]
) -> Sequence[object]:
    """The centre of a territory, and how it is known."""
    centre = merged(list(parts.values())) if parts else Centre(None, None, None)
    if list(parts) == [code]:
        centre, method = parts[code], "given"
    elif arrondissements.intersection(parts):
        method = "from arrondissements"
    else:
        method = "from former communes"
    values = [value if value is not None else "" for value in (centre.lat, centre.lon)]
    known = any(value is not None for value in (centre.lat, centre.surface))
    surface = f"{centre.surface:g}" if centre.surface else ""
    return code, *values, surface, method if known else ""


COMMUNE_HEADER = (
    "code",
    "name",
    "liaison",
    "siren",
    "population",
    "departement",
    "region",
    "epci",
    "ept",
    "postcodes",
)
GROUP_HEADER = ("code", "name", "type", "population", "communes")


def build(package_dir: Path, facts_dir: Path, out: Path) -> None:
    """Writes all tables of territories into `out`."""
    package = Package.read(package_dir)
    events = read_table(facts_dir / "mvtcommunes.csv.gz")
    passage = read_table(facts_dir / "table_passage_com_historique.csv.gz")
    places = read_table(facts_dir / "communes_coordinates_2024.csv.gz")
    former = former_communes(package, events, passage)
    write_table(
        out / "communes.csv.gz",
        COMMUNE_HEADER,
        by_code(commune_rows(package)),
    )
    write_table(
        out / "arrondissements_municipaux.csv",
        ("code", "name", "liaison", "commune", "population", "postcodes"),
        by_code(arrondissement_rows(package)),
    )
    write_table(out / "epci.csv", GROUP_HEADER, by_code(group_rows(package, package.epci)))
    write_table(out / "ept.csv", GROUP_HEADER, by_code(group_rows(package, package.ept)))
    write_table(
        out / "departements.csv",
        ("code", "name", "liaison", "region", "chef_lieu", "population"),
        by_code(departement_rows(package)),
    )
    write_table(
        out / "regions.csv",
        ("code", "name", "liaison", "zone", "chef_lieu", "population"),
        by_code(region_rows(package)),
    )
    write_table(
        out / "former_communes.csv.gz",
        ("code", "name", "current", "shared_with", "source"),
        by_code(former_rows(former, former_names(package, events))),
    )
    write_table(
        out / "centres.csv.gz",
        ("code", "lat", "lon", "surface_km2", "method"),
        by_code(centres(package, former, places)),
    )


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    build(*(Path(argument) for argument in sys.argv[1:]))
