import csv
import io
import json
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import html5lib
import httpx
import pyoxigraph
import pytest

from graph.claims import NodeClaim, Source, TieClaim, Value
from graph.model import ACTS_IN, ALLIANCE, MEMBER_OF, ORGANISATION, PART_OF, TERRITORY
from graph.sqlite.store import SqliteStore
from graph.view import View, memory_view
from viz.pages.downloads import cell

Get = Callable[[str], httpx.Response]
Ask = Callable[[View], Get]

HOSTILE = (
    "<script>alert(1)</script>",
    "\"><a href='javascript:alert(1)'>href</a>",
    "abc\u202ecba\u2066\u200f",
    "x" * 10_000,
    '=HYPERLINK("http://a.example")',
    "{{ 7 * 7 }} {% raw %}",
    "]]></svg><script>alert(2)</script>",
    "\u00e9\u0301" * 300,
)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[View]:
    """A graph in which every name is an attack."""
    path: Path = tmp_path_factory.mktemp("hostile") / "a.db"
    source = Source('evil"><b>', "<i>title</i>", "<u>", "<licence>", "javascript:alert(1)")
    with closing(SqliteStore(path, writable=True)) as store:
        with store.write(source) as writing:
            writing.add(_claims())
            writing.finish()
        yield memory_view(store)


def _claims() -> Iterator[NodeClaim | TieClaim]:
    places: dict[str, Value] = {
        "name": "<b>Lieu</b>",
        "level": "commune",
        "code": "1",
        "latitude": 45.0,
    }
    yield NodeClaim("commune:00001", TERRITORY, "t", {**places, "longitude": 5.0, "population": 9})
    yield NodeClaim("nation:FR", TERRITORY, "n", {"name": "</title>F", "level": "nation"})
    yield TieClaim(PART_OF, "commune:00001", "nation:FR", "p")
    yield NodeClaim("evil:alliance", ALLIANCE, "a", {"name": HOSTILE[0], "purpose": HOSTILE[1]})
    yield TieClaim(ACTS_IN, "evil:alliance", "commune:00001", "aa")
    for number, name in enumerate(HOSTILE):
        said = {"name": name, "purpose": f"{name} <img src=x onerror=alert(1)>", "world": "company"}
        key = f"evil:{number}"
        yield NodeClaim(key, ORGANISATION, key, said, locator=name[:200])
        yield TieClaim(MEMBER_OF, key, "evil:alliance", f"m{number}", {"words": [name[:200]]})
        yield TieClaim(ACTS_IN, key, "commune:00001", f"l{number}")


OWN = {"/static/live.js", "/static/map.js", "/static/png.js"}
ADDRESSES = (
    "/",
    "/partenaires?territoire=commune:00001&q=script+alert",
    "/partenaires?territoire=commune:00001&vue=tableau&q=href",
    "/partenaires?territoire=commune:00001&vue=carte&q=href",
    "/acteurs/evil:0",
    "/acteurs/evil:1",
    "/acteurs/evil:3",
    "/acteurs/evil:0/reseau",
    "/alliances",
    "/alliances/evil:alliance",
    "/territoires/commune:00001",
    "/relier/chemin?de=evil:0&vers=evil:3",
    "/recherche?q=script",
    "/selection?choix=evil:0&choix=evil:2",
    "/donnees?fiche=%3Cscript%3E",
    "/partenaires?territoire=%22%3E%3Cscript%3Ealert(1)%3C/script%3E&q=%3C/textarea%3E%3Cscript%3E",
    "/partenaires?territoire=commune:00001&monde=%3Cscript%3E",
)


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_hostile_name_stays_text(hostile: View, ask: Ask, address: str) -> None:
    answer = ask(hostile)(address)
    assert answer.status_code in (200, 400)
    tree = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(answer.text)
    scripts = [s.get("src", "").partition("?")[0] for s in tree.iter("script")]
    assert "/static/live.js" in scripts
    assert set(scripts) <= OWN
    for each in tree.iter():
        assert each.tag not in ("img", "iframe", "object", "i", "u")
        assert not (each.get("href") or "").lower().startswith(("javascript", "data"))
        assert not [name for name in each.attrib if str(name).startswith("on")]
    for mark in "\u202e\u2066\u200f":
        assert mark not in answer.text
    assert "x" * 5_000 not in answer.text


def test_a_hostile_name_stays_a_cell_a_string_and_a_literal(hostile: View, ask: Ask) -> None:
    get = ask(hostile)
    keys = "&".join(f"choix=evil:{n}" for n in range(len(HOSTILE)))
    table = get(f"/selection.csv?{keys}")
    rows = list(csv.DictReader(io.StringIO(table.text.removeprefix("\ufeff"))))
    assert [row["id"] for row in rows] == [f"evil:{n}" for n in range(len(HOSTILE))]
    assert rows[4]["nom"] == "'" + HOSTILE[4]
    points = json.loads(get(f"/selection.geojson?{keys}").text)
    assert points["features"][0]["properties"]["nom"] == HOSTILE[0]
    assert points["features"][0]["geometry"] == {"type": "Point", "coordinates": [5.0, 45.0]}
    for suffix, form in (
        ("ttl", pyoxigraph.RdfFormat.TURTLE),
        ("jsonld", pyoxigraph.RdfFormat.JSON_LD),
    ):
        text = get(f"/selection.{suffix}?{keys}").text
        read = list(pyoxigraph.parse(text.encode(), format=form))
        literals = {q.object.value for q in read if isinstance(q.object, pyoxigraph.Literal)}
        assert HOSTILE[0] in literals


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\t=1", " =1", "\r\n=1", "＝1"])
def test_no_cell_begins_as_a_formula_does(text: str) -> None:
    assert cell(text).startswith("'")


def test_a_file_has_a_name_that_breaks_no_header(hostile: View, ask: Ask) -> None:
    answer = ask(hostile)("/selection.csv?choix=evil:0")
    assert answer.headers["content-disposition"] == "attachment; filename*=UTF-8''selection.csv"
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
