"""The map of the pages: its files, its outlines, the search in a box."""

import base64
import json
import re
from collections.abc import Callable
from hashlib import sha512
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
import httpx
import numpy as np
import pytest

from graph.errors import RequestError
from graph.model import Level
from graph.territories import LEVELS
from graph.view import View
from ingest.sources.outlines import ingest_outlines
from queries.cartography import spot_of
from queries.partner_request import Request
from queries.partners import partners
from viz.outlines.shelf import Shelf
from viz.outlines.territories import Outlines, bundled_outlines
from viz.pages.language import Language
from viz.pages.map_files import bounds, territory_outlines
from viz.pages.rendering import STATIC

Get = Callable[..., httpx.Response]
LEAFLET = STATIC / "vendor" / "leaflet"
AROUND_GRENOBLE = "5.60,45.10,5.90,45.30"


def test_leaflet_is_what_npm_has_byte_for_byte() -> None:
    told = json.loads((LEAFLET / "integrity.json").read_text("utf-8"))
    assert told["package"] == "leaflet@1.9.4"
    # `npm view leaflet@1.9.4 dist.integrity`, as in the lock files of many projects.
    assert told["integrity"] == (
        "sha512-nxS1ynzJOmOlHp+iL3FyWqK89GtNL8U8rvlMOsQdTTssxZwCXh8N2NB3GDQOL+YR3XnWyZAxwQixURb+FA74PA=="
    )
    for name, file in told["files"].items():
        found = sha512((LEAFLET / name).read_bytes()).digest()
        assert base64.b64encode(found).decode() == file["sha512"], name
    assert "BSD 2-Clause" in (LEAFLET / "LICENSE").read_text("utf-8")


def test_every_module_is_served_and_so_is_each_that_it_imports(get: Get) -> None:
    for file in STATIC.rglob("*.js"):
        name = file.relative_to(STATIC).as_posix()
        answer = get(f"/static/{name}")
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/javascript")
        if "vendor" not in name:
            for other in re.findall(r'from "\./([^"]+)"', file.read_text("utf-8")):
                assert (STATIC / other).is_file(), f"{name}: {other}"


def test_a_file_is_kept_for_ever_only_under_the_mark_of_its_content(get: Get) -> None:
    page = get("/partenaires").text
    found = re.search(r'src="(/static/map\.js\?v=[0-9a-f]+)"', page)
    assert found
    assert "immutable" in get(found[1]).headers["cache-control"]
    plain = get("/static/map_draw.js")
    assert plain.headers["cache-control"] == "no-cache"
    again = get_with(get, "/static/map_draw.js", plain.headers["etag"])
    assert (again.status_code, again.content) == (304, b"")


def get_with(get: Get, address: str, mark: str) -> httpx.Response:
    return get(address, {"If-None-Match": mark})


@pytest.mark.parametrize(
    "name", ["vendor/leaflet/README.md", "vendor/leaflet/integrity.json", "vendor", "../maps.py"]
)
def test_only_styles_modules_and_pictures_are_served(get: Get, name: str) -> None:
    assert get(f"/static/{name}").status_code == 404


def test_outlines_are_given_by_level_and_not_sent_again(get: Get) -> None:
    answer = get("/carte/contours.json?echelon=departement")
    form = answer.json()
    # Insee: 96 départements in Europe and 5 overseas.
    assert len(form["objects"]["parts"]["geometries"]) == 101
    by_id = {each["id"]: each for each in form["objects"]["parts"]["geometries"]}
    assert by_id["departement:38"]["properties"] == {"name": "Isère", "within": "region:84"}
    assert answer.headers["etag"]
    again = get_with(get, "/carte/contours.json?echelon=departement", answer.headers["etag"])
    assert (again.status_code, again.content) == (304, b"")


def test_a_place_alone_is_drawn_without_its_parts(get: Get) -> None:
    objects = get("/carte/contours.json?echelon=territoire&dans=epci:200040715").json()["objects"]
    assert objects["parts"]["geometries"] == []
    assert [each["id"] for each in objects["around"]["geometries"]] == ["epci:200040715"]


def boxes(form: dict[str, Any]) -> dict[str, tuple[float, float, float, float]]:
    """West, south, east and north of each part; TopoJSON 1.0, sections 2.1.2 to 2.1.4."""
    scale, translate = np.array(form["transform"]["scale"]), form["transform"]["translate"]
    arcs = [np.cumsum(np.array(arc), axis=0) * scale + translate for arc in form["arcs"]]
    found = {}
    for part in form["objects"]["parts"]["geometries"]:
        numbers = [n for polygon in part["arcs"] for ring in polygon for n in ring]
        points = np.concatenate([arcs[n] if n >= 0 else arcs[~n] for n in numbers])
        found[part["id"]] = (*points.min(axis=0).tolist(), *points.max(axis=0).tolist())
    return found


@pytest.mark.parametrize(
    ("level", "box"),
    [(Level.EPCI, (4.5, 44.5, 6.5, 46.0)), (Level.COMMUNE, (5.6, 45.1, 5.9, 45.3))],
)
def test_a_box_has_the_outlines_of_all_that_meet_it_and_of_no_others(
    get: Get, bundled: View, level: Level, box: tuple[float, float, float, float]
) -> None:
    asked = ",".join(map(str, box))
    found = boxes(get(f"/carte/contours.json?echelon={level.value}&cadre={asked}").json())
    west, south, east, north = box
    near = 0.001  # degrees, to which they are rounded
    for key, (w, s, e, n) in found.items():
        assert west - near <= e, key
        assert w <= east + near, key
        assert south - near <= n, key
        assert s <= north + near, key
    territories = bundled.territories
    ranks = np.flatnonzero(territories.level == LEVELS.index(level))
    for rank in ranks.tolist():
        latitude, longitude = territories.centre[rank].tolist()
        if west < longitude < east and south < latitude < north:
            assert bundled.keys[bundled.territory_of(rank)] in found


def test_a_box_within_the_same_lines_has_the_same_answer(get: Get) -> None:
    one = get("/carte/contours.json?echelon=epci&cadre=4.6,44.7,6.4,45.9")
    other = get("/carte/contours.json?echelon=epci&cadre=4.5,44.5,6.5,46")
    assert one.headers["etag"] == other.headers["etag"]
    assert one.content == other.content


def test_an_island_without_an_intercommunality_is_drawn_all_the_same(get: Get) -> None:
    # L'Île-d'Yeu is one of the four communes of France in no EPCI (Code général, L. 5210-1-1).
    form = get("/carte/contours.json?echelon=epci&cadre=-2.5,46.5,-2,47").json()
    assert len(form["objects"]["rest"]["geometries"]) == 1


@pytest.mark.parametrize(
    "asked",
    [
        "echelon=commune&dans=departement:38",
        "echelon=region&cadre=5,45,6,46",
        "echelon=commune&cadre=-5,41,10,51",
        "echelon=epci&cadre=5,45,6",
        "echelon=epci&cadre=nan,45,6,46",
    ],
)
def test_outlines_that_do_not_exist_are_told(get: Get, asked: str) -> None:
    with pytest.raises(RequestError):
        get(f"/carte/contours.json?{asked}")


def test_official_outlines_take_the_place_of_ours_while_the_service_runs(
    bundled: View, tmp_path: Path
) -> None:
    outlines = Outlines(Shelf(tmp_path / "outlines"))
    asked = (bundled, outlines, "territoire", "departement:38")
    ours = json.loads(territory_outlines(*asked))
    square = [[5.0, 45.0], [6.0, 45.0], [6.0, 46.0], [5.0, 46.0], [5.0, 45.0]]
    geometry = {"type": "Polygon", "coordinates": [square]}
    feature = {"type": "Feature", "properties": {"dep": "38"}, "geometry": geometry}
    file = tmp_path / "departements.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}), "utf-8")
    before = outlines.state()
    ingest_outlines(file, tmp_path / "outlines")
    theirs = json.loads(territory_outlines(*asked))
    assert outlines.state() != before
    assert sum(map(len, ours["arcs"])) > 20
    assert sum(map(len, theirs["arcs"])) == len(square)


def test_alliances_have_outlines_and_say_who_they_are(get: Get) -> None:
    form = get("/carte/alliances.json?territoire=departement:38").json()
    told = {each["id"]: each["properties"] for each in form["objects"]["alliances"]["geometries"]}
    assert "departement:38" in told
    for each in told.values():
        assert each["alliances"]
        west, north = each["centre"]
        assert -5.2 < west < 9.6
        assert 41.3 < north < 51.1


def test_a_place_is_looked_at_without_what_is_overseas_of_it(bundled: View) -> None:
    found = bounds(bundled, bundled_outlines(), "nation:FR")
    assert found is not None
    west, south, east, north = found
    # IGN: from Ouessant to Bastia, from the Bonifacio strait to Bray-Dunes.
    assert west == pytest.approx(-5.1, abs=0.3)
    assert south == pytest.approx(41.3, abs=0.3)
    assert east == pytest.approx(9.56, abs=0.3)
    assert north == pytest.approx(51.1, abs=0.3)


def tree(text: str) -> Element:
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    found: Element = parser.parse(text)
    return found


@pytest.mark.parametrize("language", list(Language))
def test_a_search_in_a_box_needs_no_script_and_no_territory(
    get: Get, bundled: View, language: Language
) -> None:
    address = f"{language.prefix}/partenaires?cadre={AROUND_GRENOBLE}&odd=2&nombre=50"
    page = tree(get(address).text)
    shown = {row.get("data-actor") for row in page.iter("li") if row.get("data-actor")}
    box = (5.60, 45.10, 5.90, 45.30)
    request = Request("nation:FR", goals=("2",), limit=50, seats=box)
    expected = partners(bundled, request).answers
    assert expected
    assert shown == {each.id for each in expected}
    chips = [link.get("href") for link in page.findall(".//ul[@class='puces']//a")]
    assert chips[0] == f"{language.prefix}/partenaires?odd=2&nombre=50"


def test_the_box_and_the_territory_hold_together(get: Get) -> None:
    page = tree(get(f"/partenaires?territoire=departement:69&cadre={AROUND_GRENOBLE}&odd=2").text)
    assert [row for row in page.iter("li") if row.get("data-actor")] == []
    wider = [link.get("href") for link in page.findall(".//div[@class='avis']//a")]
    assert "/partenaires?territoire=departement%3A69&odd=2" in wider


@pytest.mark.parametrize("box", ["1,2,3", "a", "9,45,5,46", "<script>"])
def test_a_box_that_is_none_is_told(get: Get, box: str) -> None:
    answer = get(f"/partenaires?territoire=38&odd=2&cadre={box}")
    assert answer.status_code == 400
    alert = tree(answer.text).find(".//div[@role='alert']")
    assert alert is not None
    assert "ouest,sud,est,nord" in "".join(alert.itertext())


def test_each_row_says_where_its_actor_is_on_the_map(get: Get, bundled: View) -> None:
    page = tree(get("/partenaires?territoire=departement:38&odd=2&montre=siren:200040715").text)
    rows = [row for row in page.iter("li") if row.get("data-actor")]
    for row in rows:
        node = bundled.ordinal(row.get("data-actor", ""))
        assert node is not None
        spot = spot_of(bundled, node)
        told = row.get("data-spot")
        assert (told is None) == (spot is None)
        if spot and told:
            form = json.loads(told)
            assert (form["id"], form["latitude"]) == (spot.id, spot.latitude)
    marked = [row.get("data-actor") for row in rows if "montre" in row.get("class", "").split()]
    assert marked == ["siren:200040715"]


def test_the_live_map_counts_whom_the_list_considers(get: Get) -> None:
    page = tree(get("/partenaires?territoire=38&odd=2&monde=company&pour=alliage:gaia").text)
    results = page.find(".//*[@id='resultats']")
    assert results is not None
    assert results.get("data-map-query") == ("at=departement%3A38&for=alliage%3Agaia&world=company")
    (south, west), (north, east) = json.loads(results.get("data-map-bounds", ""))
    assert west < 5.72 < east
    assert south < 45.18 < north
