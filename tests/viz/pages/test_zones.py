"""The page of white zones, and what the live map reads of them."""

import csv
import io
from collections.abc import Callable
from xml.etree.ElementTree import Element

import html5lib
import httpx
import pytest

from graph.errors import RequestError
from graph.model import Level
from graph.view import View
from queries.gap_reasons import GapState
from queries.white_zones import lack, lacks, white_zones
from viz.pages.language import Language

Get = Callable[..., httpx.Response]
SVG = "{http://www.w3.org/2000/svg}"
ASKED = "territoire=nation:FR&manque=association,company"


def page(text: str) -> Element:
    found: Element = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(text)
    return found


@pytest.mark.parametrize("language", list(Language))
def test_all_that_can_be_lacking_is_chosen_by_name(get: Get, language: Language) -> None:
    tree = page(get(f"{language.prefix}/zones-blanches?{ASKED}").text)
    options = tree.findall(".//select[@name='manque']//option")
    assert [option.get("value") for option in options] == [each.code for each in lacks()]
    assert len({option.text for option in options}) == len(options) == 1 + 21 + 17
    chosen = [option.get("value") for option in options if option.get("selected") is not None]
    assert chosen == ["association,company"]


def test_the_numbers_the_map_and_the_lists_tell_the_same(get: Get, bundled: View) -> None:
    tree = page(get(f"/zones-blanches?{ASKED}&nombre=500").text)
    found = white_zones(bundled, lack("association,company"), "nation:FR", Level.DEPARTEMENT, 500)
    shown = [int(each.text or "") for each in tree.findall(".//ul[@class='legende zones']//b")]
    assert shown == [*(len(found.ids[s]) for s in GapState), found.served, found.absent]
    links = [
        (link.get("href") or "").removeprefix("/territoires/").partition("#")[0]
        for link in tree.findall(".//details//li/a")
    ]
    assert links == [zone.place.id for zone in found.zones]
    drawn = [path.get("class") for path in tree.findall(f".//figure//{SVG}path")]
    overseas = 5
    assert len(drawn) == found.territories - overseas
    assert drawn.count("zone zone-rest") >= len(found.others) - overseas


@pytest.mark.parametrize(
    ("place", "level", "expected"),
    [
        ("nation:FR", "", "departement:"),
        ("region:84", "", "departement:"),
        ("departement:38", "", "epci:"),
        ("nation:FR", "region", "region:"),
    ],
)
def test_the_parts_are_those_of_the_level_that_is_asked_or_the_next(
    get: Get, place: str, level: str, expected: str
) -> None:
    address = f"/zones-blanches.csv?territoire={place}&manque=goal:2&echelon={level}"
    rows = list(csv.DictReader(io.StringIO(get(address).text.removeprefix("\ufeff"))))
    assert rows
    assert all(row["id"].startswith(expected) for row in rows)
    assert {row["état"] for row in rows} <= {state.fr for state in GapState}


def test_the_live_map_reads_the_same_states(get: Get, bundled: View) -> None:
    answer = get("/carte/manques.json?echelon=departement&manque=company,association")
    found = white_zones(bundled, lack("association,company"), "nation:FR", Level.DEPARTEMENT)
    assert {name: set(ids) for name, ids in answer.json().items()} == {
        state.value: set(ids) for state, ids in found.ids.items()
    }
    again = get(
        "/carte/manques.json?echelon=departement&manque=association,company",
        {"If-None-Match": answer.headers["etag"]},
    )
    assert again.status_code == 304


@pytest.mark.parametrize("asked", ["echelon=commune&manque=goal:2", "echelon=epci&manque=rien"])
def test_a_level_or_a_lack_that_there_is_not_is_told_to_the_map(get: Get, asked: str) -> None:
    with pytest.raises(RequestError):
        get(f"/carte/manques.json?{asked}")


@pytest.mark.parametrize("asked", ["manque=a,b", "manque=%3Cscript%3E", "manque=goal:99"])
def test_what_cannot_be_lacking_is_told(get: Get, asked: str) -> None:
    answer = get(f"/zones-blanches?territoire=nation:FR&{asked}")
    assert answer.status_code == 400
    assert page(answer.text).find(".//div[@role='alert']") is not None


def test_the_page_of_a_place_and_that_of_its_map_lead_there(get: Get) -> None:
    for address in ("/territoires/departement:38", "/partenaires?territoire=38&odd=17&vue=carte"):
        links = [link.get("href") for link in page(get(address).text).iter("a")]
        assert "/zones-blanches?territoire=departement%3A38" in links
