"""How far do the bundled outlines cover the official ones? Intersection over union, by level.

    python -m benchmarks.outlines GEOMETRY

GEOMETRY is the folder of the official outlines (ANCT: EPCI, départements, régions), which are
generalised to a dozen points an EPCI and show the overseas départements as insets beside Europe:
those are left out, and Mayotte's areas are unknown anyway. Each level is drawn twice: in full, and
as it is drawn on a map of France (zoom 5), with about as many points as the official outlines.
Needs shapely.
"""

import argparse
import json
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import shapely

from ingest.outlines import Ints
from ingest.reference import rows
from viz.outlines.merging import Borders
from viz.outlines.shape import Shape
from viz.outlines.shelf import bundled
from viz.outlines.territories import ALL, tolerance_km

LEVELS = {"epci": "siren_epci", "departement": "insee_dep", "region": "insee_reg"}
FILES = {"epci": "epci", "departement": "dep", "region": "reg"}
OVERSEAS = {"01", "02", "03", "04", "06"}
FRANCE_ZOOM = 5


def official(folder: Path, level: str) -> dict[str, shapely.Geometry]:
    """The outlines of a level in Europe; an EPCI on two départements is two features."""
    text = (folder / f"fr-drom-4326-pur-style1-{FILES[level]}.geojson").read_text("utf-8")
    parts = defaultdict(list)
    for feature in json.loads(text)["features"]:
        said = feature["properties"]
        if said["insee_reg"] not in OVERSEAS:
            shape = shapely.from_geojson(json.dumps(feature["geometry"]))
            parts[said[LEVELS[level]]].append(flat(shape))
    return {code: shapely.union_all(found) for code, found in parts.items()}


def flat(shape: shapely.Geometry) -> shapely.Geometry:
    """On the cylinder that keeps areas, so that shares of areas are true."""
    on_cylinder = shapely.transform(
        shape, lambda p: np.stack([np.radians(p[:, 0]), np.sin(np.radians(p[:, 1]))], axis=1) * 6371
    )
    return shapely.make_valid(on_cylinder)


def members(borders: Borders, level: str) -> dict[str, Ints]:
    cities = defaultdict(list)
    for row in rows("arrondissements_municipaux.csv"):
        cities[row["commune"]].append(f"arrondissement:{row['code']}")
    cells = defaultdict(list)
    for row in rows("communes.csv.gz"):
        for key in cities.get(row["code"], [f"commune:{row['code']}"]):
            if key in borders.index and row[level]:
                cells[row[level]].append(borders.index[key])
    return {code: np.array(found, dtype=np.int64) for code, found in cells.items()}


def polygon(shape: Shape) -> shapely.Geometry:
    return flat(shapely.from_geojson(json.dumps(shape.geojson(6))))


def overlaps(
    ours: Mapping[str, Shape], theirs: Mapping[str, shapely.Geometry]
) -> list[tuple[float, str]]:
    found = []
    for code in sorted(theirs.keys() & ours.keys()):
        one, other = polygon(ours[code]), theirs[code]
        common = shapely.area(shapely.intersection(one, other))
        found.append((float(common / shapely.area(shapely.union(one, other))), code))
    return sorted(found)


def report(folder: Path, level: str) -> None:
    borders, theirs = bundled(), official(folder, level)
    cells = members(borders, level)
    for name, zoom in (("as on a map of France", FRANCE_ZOOM), ("in full", ALL)):
        begun = time.perf_counter()
        shapes = borders.merged(list(cells.values()), tolerance_km(zoom))
        took = (time.perf_counter() - begun) * 1000
        ours = dict(zip(cells, shapes, strict=True))
        found = overlaps(ours, theirs)
        low, median, high = np.percentile([value for value, _ in found], [25, 50, 75])
        points = np.median([corners(shape) for shape in shapes])
        print(
            f"{level:<12}{name:<22} n={len(found):<5} median {median:.3f}  "
            f"quartiles {low:.3f} {high:.3f}  {points:.0f} points each, drawn in {took:.0f} ms"
        )
        print(f"  worst: {worst(level, found)}")


def corners(shape: Shape) -> int:
    return sum(len(ring) for polygon in shape.polygons for ring in polygon)


def worst(level: str, found: Sequence[tuple[float, str]]) -> str:
    table = "epci.csv" if level == "epci" else f"{level}s.csv"
    names = {row["code"]: row["name"] for row in rows(table)}
    return "; ".join(f"{names.get(code, code)} {value:.2f}" for value, code in found[:10])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("geometry", type=Path)
    asked = parser.parse_args()
    for level in LEVELS:
        report(asked.geometry, level)


if __name__ == "__main__":
    main()
