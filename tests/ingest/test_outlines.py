"""The file of outlines, and the official ones that are taken from GeoJSON and TopoJSON."""

import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.errors import SourceError
from graph.model import Level
from ingest.outlines import SUFFIX, DamagedOutlines, Mesh, Origin, read, write
from ingest.sources.outlines import ingest_outlines

ORIGIN = Origin("Deux carrés", "CC0")
# Around Grenoble (38185) and Échirolles (38151), whose centres are 45.18, 5.72 and 45.14, 5.72.
NORTH = [[5.6, 45.16], [5.9, 45.16], [5.9, 45.3], [5.6, 45.3], [5.6, 45.16]]
SOUTH = [[5.6, 45.0], [5.9, 45.0], [5.9, 45.16], [5.6, 45.16], [5.6, 45.0]]


def squares() -> Mesh:
    rings = [(0, np.array(NORTH)), (1, np.array(SOUTH))]
    return Mesh.of(ORIGIN, ("commune:38185", "commune:38151"), rings, 0.01)


def feature(ring: object, **said: object) -> dict[str, Any]:
    geometry = {"type": "Polygon", "coordinates": [ring]}
    return {"type": "Feature", "properties": said, "geometry": geometry}


def collection(folder: Path, *features: object) -> Path:
    file = folder / "contours.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": features}), "utf-8")
    return file


def test_points_that_neighbours_share_are_kept_once() -> None:
    mesh = squares()
    assert len(mesh.points) == 6
    assert len(mesh.ring_points) == 8


def test_a_file_gives_back_what_was_written_and_always_has_the_same_bytes(tmp_path: Path) -> None:
    mesh, one, other = squares(), tmp_path / f"one{SUFFIX}", tmp_path / f"other{SUFFIX}"
    write(one, mesh, 0.01)
    write(other, mesh, 0.01)
    found = read(one)
    assert one.read_bytes() == other.read_bytes()
    assert (found.origin, found.keys) == (mesh.origin, mesh.keys)
    np.testing.assert_allclose(found.points, mesh.points, atol=1e-12)
    np.testing.assert_array_equal(found.ring_cell, mesh.ring_cell)
    np.testing.assert_array_equal(found.ring_start, mesh.ring_start)
    np.testing.assert_array_equal(found.ring_points, mesh.ring_points)
    assert set(tmp_path.iterdir()) == {one, other}


@given(st.data())
def test_a_damaged_file_is_refused_and_never_read_wrongly(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    file = tmp_path_factory.mktemp("damaged") / f"a{SUFFIX}"
    write(file, squares(), 0.01)
    plain = gzip.decompress(file.read_bytes())
    cut = data.draw(st.integers(0, len(plain) - 1))
    file.write_bytes(gzip.compress(plain[:cut]))
    with pytest.raises(DamagedOutlines):
        read(file)


@pytest.mark.parametrize("content", [b"", b"\x1f\x8b", b"no file of outlines", b'{"format": 1}'])
def test_what_is_no_file_of_outlines_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / f"a{SUFFIX}"
    file.write_bytes(content)
    with pytest.raises(DamagedOutlines):
        read(file)


@pytest.mark.parametrize(
    "said",
    [
        {"insee_com": "38185"},
        {"INSEE_COM": "38185", "INSEE_DEP": "38"},
        {"code": "38185", "nom": "Grenoble"},
        {"codgeo": "38185", "siren_epci": "200040715"},
    ],
)
def test_the_columns_of_several_publishers_name_a_commune(
    tmp_path: Path, said: dict[str, str]
) -> None:
    kept = ingest_outlines(collection(tmp_path, feature(NORTH, **said)), tmp_path)
    assert kept.drawn == {Level.COMMUNE: 1}
    assert read(tmp_path / f"commune{SUFFIX}").keys == ("commune:38185",)


def test_the_code_11_is_the_aude_among_departements_and_ile_de_france_among_regions(
    tmp_path: Path,
) -> None:
    aude = [[1.7, 42.6], [3.2, 42.6], [3.2, 43.5], [1.7, 43.5], [1.7, 42.6]]
    isere = [[4.7, 44.7], [6.4, 44.7], [6.4, 45.9], [4.7, 45.9], [4.7, 44.7]]
    paris = [[1.4, 48.1], [3.6, 48.1], [3.6, 49.2], [1.4, 49.2], [1.4, 48.1]]
    file = collection(tmp_path, feature(aude, code="11"), feature(isere, code="38"))
    assert ingest_outlines(file, tmp_path).drawn == {Level.DEPARTEMENT: 2}
    assert ingest_outlines(collection(tmp_path, feature(paris, code="11")), tmp_path).drawn == {
        Level.REGION: 1
    }


def test_a_topology_is_read_as_the_specification_of_topojson_has_it(tmp_path: Path) -> None:
    # Two squares with a common arc, which the second one runs backwards (~0); quantised.
    north = {"type": "Polygon", "arcs": [[0, 1]], "properties": {"insee_com": "38185"}}
    south = {"type": "Polygon", "arcs": [[~0, 2]], "properties": {"insee_com": "38151"}}
    topology = {
        "type": "Topology",
        "transform": {"scale": [0.01, 0.01], "translate": [5.6, 45.0]},
        "arcs": [
            [[0, 16], [30, 0]],
            [[30, 16], [0, 14], [-30, 0], [0, -14]],
            [[0, 16], [0, -16], [30, 0], [0, 16]],
        ],
        "objects": {"communes": {"type": "GeometryCollection", "geometries": [north, south]}},
    }
    file = tmp_path / "communes.topojson"
    file.write_text(json.dumps(topology), "utf-8")
    assert ingest_outlines(file, tmp_path).drawn == {Level.COMMUNE: 2}
    mesh = read(tmp_path / f"commune{SUFFIX}")
    corners = {tuple(point) for point in np.round(mesh.points, 2).tolist()}
    assert corners == {tuple(point) for point in NORTH + SOUTH}
    assert len(mesh.points) == 6


def test_an_island_without_an_epci_is_not_taken_for_its_departement(tmp_path: Path) -> None:
    ouessant = [[-5.15, 48.4], [-5.0, 48.4], [-5.0, 48.5], [-5.15, 48.5], [-5.15, 48.4]]
    with_epci = feature(NORTH, siren_epci="200040715", insee_dep="38")
    file = collection(tmp_path, with_epci, feature(ouessant, siren_epci=None, insee_dep="29"))
    assert ingest_outlines(file, tmp_path).drawn == {Level.EPCI: 1}


def test_what_is_unknown_or_drawn_far_from_its_place_is_left_out_and_told(tmp_path: Path) -> None:
    file = collection(
        tmp_path,
        feature(NORTH, insee_com="38185"),
        feature(SOUTH, insee_com="<script>alert(1)</script>"),
        feature(SOUTH, insee_com="97411"),  # Saint-Denis, on La Réunion, as an inset
    )
    kept = ingest_outlines(file, tmp_path)
    assert kept.drawn == {Level.COMMUNE: 1}
    assert kept.unknown == ("commune:<SCRIPT>ALERT(1)</SCRIPT>",)
    assert kept.elsewhere == ("commune:97411",)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "{}",
        '{"type": "FeatureCollection"}',
        '{"type": "FeatureCollection", "features": []}',
        '{"type": "FeatureCollection", "features": [null]}',
        '{"type": "Topology", "arcs": [], "objects": {"a": {"type": "Polygon", "arcs": [[3]]}}}',
        json.dumps({"type": "FeatureCollection", "features": [feature(NORTH, code="../../x")]}),
        json.dumps(
            {"type": "FeatureCollection", "features": [feature([[9e9, 1]] * 4, insee_com="38185")]}
        ),
        json.dumps(
            {"type": "FeatureCollection", "features": [feature([["a"]] * 4, insee_com="38185")]}
        ),
        '{"type": "FeatureCollection", "features": [{"properties": {"insee_com": "38185"},'
        ' "geometry": {"type": "Polygon", "coordinates": [[[NaN, 1], [2, 3], [4, 5]]]}}]}',
        "[" * 100_000,
    ],
)
def test_a_bad_file_says_what_is_wrong_and_leaves_what_was_good(
    tmp_path: Path, content: str
) -> None:
    ingest_outlines(collection(tmp_path, feature(NORTH, insee_com="38185")), tmp_path)
    before = (tmp_path / f"commune{SUFFIX}").read_bytes()
    file = tmp_path / "bad.geojson"
    file.write_text(content, "utf-8")
    with pytest.raises(SourceError):
        ingest_outlines(file, tmp_path)
    assert (tmp_path / f"commune{SUFFIX}").read_bytes() == before
