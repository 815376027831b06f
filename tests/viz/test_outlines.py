"""Outlines of territories: merged from cells that share their borders."""

import json
import threading
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from graph.view import View
from ingest.outlines import SUFFIX, Ints, read
from ingest.reference import rows
from ingest.sources.outlines import ingest_outlines
from tests.viz.boards import BLOCK, RING, board, cells, signed
from viz.outlines.shape import Shape, contains
from viz.outlines.shelf import BUNDLED, Shelf, bundled
from viz.outlines.simplifying import simplified
from viz.outlines.territories import Outlines, tolerance_km


def areas(shape: Shape) -> list[list[float]]:
    return [[signed(ring) for ring in polygon] for polygon in shape.polygons]


@pytest.mark.parametrize(
    ("places", "expected"),
    [
        (BLOCK, [[9.0]]),
        (RING, [[9.0, -1.0]]),  # a hole
        ([*RING, (5, 5)], [[9.0, -1.0], [1.0]]),  # and an island
        ([(0, 0), (1, 1)], [[1.0], [1.0]]),  # that touch at a corner
        ([place for place in RING if place != (1, 0)], [[7.0]]),  # open to the south
    ],
)
def test_holes_islands_and_corners_are_what_they_are(
    places: Sequence[tuple[int, int]], expected: list[list[float]]
) -> None:
    shape = board().merged([cells(*places)])[0]
    assert areas(shape) == expected


def test_an_island_in_a_lake_is_a_polygon_of_its_own() -> None:
    outer = [(x, y) for x in range(5) for y in range(5) if x in (0, 4) or y in (0, 4)]
    shape = board().merged([cells(*outer, (2, 2))])[0]
    assert areas(shape) == [[25.0, -9.0], [1.0]]


def test_groups_that_overlap_are_each_drawn_whole() -> None:
    one, other = board().merged([cells(*BLOCK), cells((1, 1), (2, 1), (3, 1))])
    assert (areas(one), areas(other)) == ([[9.0]], [[3.0]])


def test_a_triangle_as_small_as_allowed_goes_first() -> None:
    # Areas by hand: 0.05 at 1, 1.05 at 2; without 1 the point 2 has 0.5 x |0 0; 2 1; 3 0| = 1.5.
    line = [(0.0, 0.0), (1.0, 0.55), (2.0, 1.0), (3.0, 0.0)]
    assert simplified(line, 0.01) == [0, 1, 2, 3]
    assert simplified(line, 0.1) == [0, 2, 3]
    assert simplified(line, 2.0) == [0, 3]


def test_a_closed_line_remains_a_triangle() -> None:
    line = [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0), (0.0, 0.0)]
    assert len(simplified(line, 1e9)) == 4


def test_a_square_degree_at_the_equator_has_its_known_area() -> None:
    # On the authalic sphere: 12,364 km² (R² x pi/180 x sin 1°).
    shape = board().merged([cells((0, 0))])[0]
    assert shape.area_km2 == pytest.approx(6371.0072**2 * np.pi / 180 * np.sin(np.pi / 180))


def test_geojson_closes_its_rings_and_turns_them_as_rfc_7946_asks() -> None:
    written = board().merged([cells(*RING)])[0].geojson()
    assert written["type"] == "MultiPolygon"
    outer, hole = written["coordinates"][0]
    assert outer[0] == outer[-1]
    assert hole[0] == hole[-1]
    assert signed(np.array(outer[:-1])) > 0 > signed(np.array(hole[:-1]))


def test_a_path_has_a_part_for_each_ring_and_nothing_but_numbers() -> None:
    path = board().merged([cells((1, 1))])[0].svg_path(lambda p: p * (10, -10) + (0, 100))
    assert (path[0], path[-1]) == ("M", "Z")
    assert set(path[1:-1].split("L")) == {"10 90", "20 90", "20 80", "10 80"}


# What is bundled.


def codes(level: str, code: str) -> list[str]:
    """The cells of a larger territory, by the official list of its communes."""
    cities: dict[str, list[str]] = {}
    for row in rows("arrondissements_municipaux.csv"):
        cities.setdefault(row["commune"], []).append(f"arrondissement:{row['code']}")
    return [
        key
        for row in rows("communes.csv.gz")
        if row[level] == code
        for key in cities.get(row["code"], [f"commune:{row['code']}"])
    ]


def official_areas() -> dict[str, float]:
    return {
        row["code"]: float(row["surface_km2"])
        for row in rows("centres.csv.gz")
        if row["surface_km2"]
    }


def group(keys: Sequence[str]) -> Ints:
    index = bundled().index
    return np.array([index[key] for key in keys if key in index], dtype=np.int64)


def test_every_commune_whose_centre_is_known_has_a_cell() -> None:
    cities = {row["commune"] for row in rows("arrondissements_municipaux.csv")}
    placed = {row["code"] for row in rows("centres.csv.gz") if row["lat"]} - cities
    drawn = {key.partition(":")[2] for key in bundled().index}
    assert placed <= drawn


def test_the_areas_of_communes_are_near_the_official_ones() -> None:
    """The method aims at them; a bound against a regression of the script or of the file."""
    borders, known = bundled(), official_areas()
    keys = [k for k in borders.mesh.keys if k.partition(":")[2] in known]
    shapes = borders.merged([group([key]) for key in keys])
    ratio = np.array(
        [s.area_km2 / known[k.partition(":")[2]] for k, s in zip(keys, shapes, strict=True)]
    )
    off = np.abs(ratio - 1)
    assert np.median(off) < 0.05
    assert np.percentile(off, 90) < 0.3


@pytest.mark.parametrize("code", ["38", "01", "59", "2A", "974"])
def test_the_area_of_a_departement_is_near_the_official_one(code: str) -> None:
    known = official_areas()
    keys = codes("departement", code)
    drawn = bundled().merged([group(keys)])[0].area_km2
    stated = sum(known.get(key.partition(":")[2], 0.0) for key in keys)
    assert drawn == pytest.approx(stated, rel=0.05)


def test_communes_do_not_overlap_and_a_departement_is_their_union() -> None:
    """What is merged has the area of its parts: they overlap nowhere, and nothing is lost."""
    keys = codes("departement", "38")
    whole, *parts = bundled().merged([group(keys), *(group([key]) for key in keys)])
    assert whole.area_km2 == pytest.approx(sum(part.area_km2 for part in parts), rel=1e-9)
    for place in ((5.7245, 45.1885), (5.4508, 45.5857)):  # town halls of Grenoble, Bourgoin-Jallieu
        inside = [
            part
            for part in parts
            if any(contains(polygon[0], np.array(place)) for polygon in part.polygons)
        ]
        assert len(inside) == 1


def test_neighbours_share_each_point_of_their_border_at_every_zoom() -> None:
    groups = [group(codes("departement", code)) for code in ("38", "26", "73", "05")]
    for zoom in (5, 8):
        alone = bundled().merged(groups, tolerance_km(zoom))
        ends = [
            {
                tuple(point)
                for polygon in shape.polygons
                for ring in polygon
                for point in ring.tolist()
            }
            for shape in alone
        ]
        border = ends[0] & ends[1]
        assert len(border) >= 3
        outer = bundled().merged([np.concatenate(groups)])[0]
        assert sum(shape.area_km2 for shape in alone) == pytest.approx(outer.area_km2, rel=0.02)


def test_yeu_is_an_island_and_sein_is_not_forgotten() -> None:
    for code, official in (("85113", 23.32), ("29083", 0.6)):
        shape = bundled().merged([group([f"commune:{code}"])])[0]
        assert len(shape.polygons) == 1
        assert shape.area_km2 == pytest.approx(official, rel=0.35)


def test_detail_is_left_out_as_one_moves_away() -> None:
    alone = [group(codes("departement", "38"))]
    sizes = [
        len(bundled().merged(alone, tolerance_km(zoom))[0].polygons[0][0]) for zoom in (5, 7, 9, 22)
    ]
    assert sizes == sorted(set(sizes))


def test_the_bundled_file_is_a_few_hundred_kilobytes_and_says_that_it_is_approximate() -> None:
    assert BUNDLED.stat().st_size < 700_000
    assert read(BUNDLED).origin.approximate


# The territories of a view.


def ordinal(view: View, key: str) -> int:
    found = view.ordinal(key)
    assert found is not None
    return found


def test_every_territory_of_the_view_with_a_known_place_is_drawn(bundled: View) -> None:
    wanted = [
        ordinal(bundled, key)
        for key in ("nation:FR", "region:84", "departement:38", "epci:200040715", "commune:38185")
    ]
    wanted += [ordinal(bundled, key) for key in ("commune:75056", "region:988", "region:975")]
    drawn = Outlines(Shelf()).draw(bundled, wanted, 8)
    assert list(drawn) == wanted
    assert all(outline.origin.approximate for outline in drawn.values())


def test_a_commune_without_a_known_place_is_counted_as_missing(bundled: View) -> None:
    cantal, celles = ordinal(bundled, "departement:15"), ordinal(bundled, "commune:15031")
    drawn = Outlines(Shelf()).draw(bundled, [cantal, celles])
    assert list(drawn) == [cantal]
    assert drawn[cantal].missing == 4  # 15031, 15035, 15047, 15171


def test_what_is_no_territory_is_refused(bundled: View) -> None:
    with pytest.raises(KeyError):
        Outlines(Shelf()).draw(bundled, [ordinal(bundled, "goal:2")])


def test_the_same_wish_is_drawn_once(bundled: View) -> None:
    outlines, isere = Outlines(Shelf()), ordinal(bundled, "departement:38")
    first = outlines.draw(bundled, [isere], 8)[isere]
    assert outlines.draw(bundled, [isere], 8)[isere] is first
    assert outlines.draw(bundled, [isere], 9)[isere] is not first


def test_official_outlines_replace_ours_at_once_and_ours_come_back(
    bundled: View, tmp_path: Path
) -> None:
    square = [[5.5, 45.0], [5.9, 45.0], [5.9, 45.3], [5.5, 45.3], [5.5, 45.0]]
    file = tmp_path / "epci.geojson"
    file.write_text(
        json.dumps(
            {
                "type": "FeatureCollection",
                "features": [
                    {
                        "type": "Feature",
                        "properties": {"siren_epci": "200040715"},
                        "geometry": {"type": "Polygon", "coordinates": [square]},
                    }
                ],
            }
        ),
        "utf-8",
    )
    folder = tmp_path / "a.db.outlines"
    outlines, metropole = Outlines(Shelf(folder)), ordinal(bundled, "epci:200040715")
    before = outlines.draw(bundled, [metropole])[metropole]
    ingest_outlines(file, folder)
    after = outlines.draw(bundled, [metropole])[metropole]
    assert before.origin.approximate
    assert not after.origin.approximate
    assert len(after.shape.polygons[0][0]) == 4
    (folder / f"epci{SUFFIX}").unlink()
    again = outlines.draw(bundled, [metropole])[metropole]
    assert again.origin == before.origin


def test_an_official_paris_stands_for_its_arrondissements(bundled: View, tmp_path: Path) -> None:
    ring = [[2.2, 48.8], [2.5, 48.8], [2.5, 48.9], [2.2, 48.9], [2.2, 48.8]]
    geometry = {"type": "Polygon", "coordinates": [ring]}
    said = {"type": "Feature", "properties": {"insee_com": "75056"}, "geometry": geometry}
    file = tmp_path / "communes.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": [said]}), "utf-8")
    ingest_outlines(file, tmp_path)
    outlines, paris = Outlines(Shelf(tmp_path)), ordinal(bundled, "departement:75")
    first = ordinal(bundled, "arrondissement:75101")
    drawn = outlines.draw(bundled, [paris, first])
    assert len(drawn[paris].shape.polygons[0][0]) == 4
    assert drawn[first].origin.approximate


def test_a_damaged_file_of_the_folder_is_told_and_the_rest_is_drawn(
    bundled: View, tmp_path: Path
) -> None:
    (tmp_path / f"epci{SUFFIX}").write_bytes(b"damaged")
    shelf = Shelf(tmp_path)
    assert Outlines(shelf).draw(bundled, [ordinal(bundled, "epci:200040715")])
    assert len(shelf.problems) == 1


def test_several_threads_draw_the_same(bundled: View) -> None:
    outlines, region = Outlines(Shelf()), ordinal(bundled, "region:84")
    found: list[float] = []

    def draw() -> None:
        found.append(outlines.draw(bundled, [region], 7)[region].shape.area_km2)

    threads = [threading.Thread(target=draw) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(found)) == 1


@pytest.mark.needs_shared
def test_the_official_outlines_of_the_anct_are_taken(
    bundled: View, tmp_path: Path, shared: Path
) -> None:
    file = shared / "data" / "geometry" / "fr-drom-4326-pur-style1-epci.geojson"
    kept = ingest_outlines(file, tmp_path)
    features = json.loads(file.read_text("utf-8"))["features"]
    stated = {feature["properties"]["siren_epci"] for feature in features}
    insets = {
        feature["properties"]["siren_epci"]
        for feature in features
        if feature["properties"]["insee_reg"] in ("01", "02", "03", "04", "06")
    }
    known = {row["code"] for row in rows("epci.csv")}
    assert {key.partition(":")[2] for key in kept.elsewhere} == insets & known
    assert sum(kept.drawn.values()) == len((stated & known) - insets)
    metropole = ordinal(bundled, "epci:200040715")
    outline = Outlines(Shelf(tmp_path)).draw(bundled, [metropole])[metropole]
    assert not outline.origin.approximate
    assert outline.shape.area_km2 == pytest.approx(545.5, rel=0.1)  # Insee: 545.5 km²
