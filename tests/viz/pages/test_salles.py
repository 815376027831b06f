"""The salles as one wanders through them, and what one takes away, read by outside parsers."""

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from itertools import pairwise
from math import log, pi, sqrt
from pathlib import Path
from xml.etree import ElementTree

import html5lib
import httpx
import networkx as nx
import pytest
import rdflib

from graph.claims import NodeClaim, Source, TieClaim
from graph.model import ALLIANCE, MEMBER_OF, ORGANISATION
from graph.sqlite.store import SqliteStore
from graph.view import View, memory_view
from queries.path import neighbours
from viz.network import MOST
from viz.pages.language import Language
from viz.pages.salles import pictures, salles

Get = Callable[[str], httpx.Response]
Ask = Callable[[View], Get]
RAMEAU = "/acteurs/alliage:le-rameau/reseau"
SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = (
    "<script>alert(1)</script>",
    "]]></style></svg><script>alert(2)</script>",
    "\"><a href='javascript:alert(1)'>href</a>",
    "abc\u202ecba\ufffe\x1b",
    "x" * 10_000,
    '=HYPERLINK("http://a.example")',
)


def node_of(view: View, key: str) -> int:
    node = view.ordinal(key)
    assert node is not None
    return node


@contextmanager
def view_of(path: Path, claims: Iterator[NodeClaim | TieClaim]) -> Iterator[View]:
    with closing(SqliteStore(path, writable=True)) as store:
        with store.write(Source("test", "<i>T</i>", "p", "l", date="2021-01-15")) as writing:
            writing.add(claims)
            writing.finish()
        yield memory_view(store)


@pytest.fixture(scope="module")
def crowded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[View]:
    """One who takes part in a small alliance and in one of a thousand, and in forty of its own."""

    def claims() -> Iterator[NodeClaim | TieClaim]:
        members = {"small": 4, "large": 1000} | {f"own{i}": 0 for i in range(40)}
        yield NodeClaim("x:me", ORGANISATION, "me", {"name": "Moi", "world": "association"})
        for alliance, count in members.items():
            yield NodeClaim(f"x:{alliance}", ALLIANCE, alliance, {"name": alliance})
            yield TieClaim(MEMBER_OF, "x:me", f"x:{alliance}", alliance)
            for i in range(count):
                key = f"x:{alliance}-{i:04}"
                world = ("company", "academic")[i % 2]
                yield NodeClaim(key, ORGANISATION, key, {"name": key, "world": world})
                yield TieClaim(MEMBER_OF, key, f"x:{alliance}", key)

    with view_of(tmp_path_factory.mktemp("crowded") / "a.db", claims()) as view:
        yield view


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[View]:
    """An alliance of attacks."""

    def claims() -> Iterator[NodeClaim | TieClaim]:
        yield NodeClaim("evil:all", ALLIANCE, "a", {"name": HOSTILE[1]})
        for i, name in enumerate(HOSTILE):
            key = f"evil:{i}"
            yield NodeClaim(key, ORGANISATION, key, {"name": name, "world": "company"})
            yield TieClaim(MEMBER_OF, key, "evil:all", f"m{i}", {"words": [name[:200]]}, name[:99])

    with view_of(tmp_path_factory.mktemp("evil") / "a.db", claims()) as view:
        yield view


def test_the_nearest_are_drawn_and_no_alliance_crowds_the_others_out(crowded: View) -> None:
    found = salles(crowded, node_of(crowded, "x:me"))
    drawn = {actor.id for actor in found.network.actors}
    assert len(drawn) <= MOST
    # Adamic and Adar: 1 / log 5 of the small alliance is more than 1 / log 1001 of the large one.
    assert 1 / log(5) > 1 / log(1001)
    assert {f"x:small-{i:04}" for i in range(4)} <= drawn
    assert 4 <= sum(key.startswith("x:own") for key in drawn) <= 20
    others = {world.value: n for world, n in found.network.others if world}
    shown = Counter(a.world.value for a in found.network.actors[1:] if a.world)
    assert {w: others[w] + shown[w] for w in shown} == {"company": 502, "academic": 502}
    assert found.apart == 42 - sum(a.kind is ALLIANCE for a in found.network.actors)
    assert found.known == 42 + 1004


def test_whoever_is_drawn_can_be_reached_through_those_who_are_drawn(bundled: View) -> None:
    for node in bundled.of_kind(ORGANISATION)[:40].tolist():
        found = salles(bundled, node)
        graph: nx.Graph[str] = nx.Graph()
        graph.add_nodes_from(actor.id for actor in found.network.actors)
        graph.add_edges_from((link.start, link.end) for link in found.network.links)
        lengths = nx.single_source_shortest_path_length(graph, bundled.keys[node])
        assert lengths == found.depth


def test_an_actor_alone_still_has_a_page(crowded: View, ask: Ask) -> None:
    assert ask(crowded)("/acteurs/x:me/reseau?portee=1").status_code == 200
    alone = salles(crowded, node_of(crowded, "x:own1"), 1)
    assert [actor.id for actor in alone.network.actors] == ["x:own1", "x:me"]


def test_the_numbers_follow_the_rooms(bundled: View) -> None:
    actors = salles(bundled, node_of(bundled, "alliage:le-rameau")).network.actors[1:]
    rooms = [actor.world if actor.kind is ORGANISATION else "apart" for actor in actors]
    changes = [one for one, other in pairwise([*rooms, None]) if one != other]
    assert len(changes) == len(set(changes))


@pytest.mark.parametrize("reach", [1, 2])
@pytest.mark.parametrize("language", list(Language))
def test_every_actor_leads_to_its_own_rooms_and_every_door_further(
    get: Get, bundled: View, language: Language, reach: int
) -> None:
    found = salles(bundled, node_of(bundled, "alliage:le-rameau"), reach)
    answer = get(f"{language.prefix}{RAMEAU}?portee={reach}")
    tree = html5lib.parse(answer.text, namespaceHTMLElements=False)
    drawing = next(e for e in tree.iter() if str(e.get("class")).startswith("salles avec-noms"))
    links = [link.get("href") for link in drawing.iter() if str(link.tag).endswith("a")]
    wanted = [a.id for a in found.network.actors] + [door.to.id for door in found.doors]
    assert links == [f"{language.prefix}/acteurs/{key}/reseau" for key in wanted]
    assert found.doors
    said = {Language.FR: "Vers {}, par {}", Language.EN: "To {}, through {}"}[language]
    titles = " ".join("".join(each.itertext()) for each in drawing.iter() if "title" in each.tag)
    for door in found.doors:
        assert said.format(door.to.name, door.through.name) in titles.replace("\u00a0", " ")


def test_a_door_leads_to_one_whom_somebody_in_the_room_has_met(bundled: View) -> None:
    found = salles(bundled, node_of(bundled, "alliage:le-rameau"))
    for door in found.doors:
        near = set(neighbours(bundled, node_of(bundled, door.through.id)))
        further = {other for each in near for other in neighbours(bundled, each)}
        assert node_of(bundled, door.to.id) in near | further
        assert door.through.world == door.world
    letters = [door.letter for door in found.doors]
    assert letters == list("ABCDEFGH"[: len(letters)])


def test_the_name_of_a_room_fits_its_wall(bundled: View) -> None:
    for drawn in pictures(salles(bundled, node_of(bundled, "alliage:le-rameau"))):
        assert len(drawn.rooms) == 7
        # The walls are nearly the whole ellipse; its circumference as Ramanujan has it (1914).
        a, b = drawn.half_width, drawn.half_height
        around = pi * (3 * (a + b) - sqrt((3 * a + b) * (a + 3 * b)))
        assert 0.7 * around < sum(room.name_in for room in drawn.rooms) < around
        for room in drawn.rooms:
            assert room.fits("a")
            assert not room.fits("a" * 200)


@pytest.mark.parametrize("language", list(Language))
def test_the_svg_stands_alone(get: Get, bundled: View, language: Language) -> None:
    answer = get(f"{language.prefix}{RAMEAU}.svg")
    assert answer.headers["content-type"] == "image/svg+xml"
    assert answer.text.startswith('<?xml version="1.0" encoding="UTF-8"?>\n<svg ')
    root = ElementTree.fromstring(answer.text)
    ids = Counter(each.get("id") for each in root.iter() if each.get("id"))
    assert set(ids.values()) == {1}
    for each in root.iter():
        for name, value in each.attrib.items():
            if name.endswith("href"):
                assert value[0] == "#"
                assert value[1:] in ids
    style = root.findtext(f"{SVG}style") or ""
    assert "url(" not in style
    assert "@import" not in style
    drawn = salles(bundled, node_of(bundled, "alliage:le-rameau")).network
    titles = [each.text for each in root.iter(f"{SVG}title")]
    assert len(titles) == 1 + len(drawn.actors)
    told = root.findtext(f"{SVG}desc") or ""
    for source in drawn.sources:
        assert re.sub(r"\s", "", source.title)[:40] in re.sub(r"\s", "", told)
    date = max(source.date for source in drawn.sources)
    assert (date if language is Language.EN else date[:4]) in told


def test_the_table_has_each_tie_with_its_source(get: Get, bundled: View) -> None:
    text = get(f"{RAMEAU}.csv").text
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    links = salles(bundled, node_of(bundled, "alliage:le-rameau")).network.links
    assert [(r["de"], r["lien"], r["vers"]) for r in rows] == [
        (link.start, link.tie.name, link.end) for link in links
    ]
    assert all(row["sources"] for row in rows)
    assert {row["de_monde"] for row in rows} >= {"association", "entreprise"}


def test_gexf_of_a_page_is_read_by_networkx(get: Get, bundled: View) -> None:
    graph = nx.read_gexf(io.BytesIO(get(f"{RAMEAU}.gexf").content))
    drawn = salles(bundled, node_of(bundled, "alliage:le-rameau")).network
    assert set(graph) == {actor.id for actor in drawn.actors}
    assert graph.number_of_edges() == len(drawn.links)


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph:DeprecationWarning")  # rdflib's own
@pytest.mark.parametrize(("suffix", "form"), [("ttl", "turtle"), ("jsonld", "json-ld")])
def test_the_rdf_has_the_ties_that_are_seen_and_no_other_acquaintance(
    get: Get, bundled: View, suffix: str, form: str
) -> None:
    graph = rdflib.Graph().parse(data=get(f"{RAMEAU}.{suffix}").text, format=form)
    drawn = salles(bundled, node_of(bundled, "alliage:le-rameau")).network
    told = [(p, o) for _, p, o in graph if isinstance(o, rdflib.Literal)]
    labels = {str(each) for predicate, each in told if predicate != rdflib.DCTERMS.title}
    assert {actor.name for actor in drawn.actors} <= labels
    beyond = {bundled.names[n] for n in bundled.of_kind(ALLIANCE).tolist()}
    beyond -= {actor.name for actor in drawn.actors}
    assert beyond
    assert beyond & labels == set()


def test_the_standalone_page_tells_the_same_actors(get: Get, bundled: View) -> None:
    answer = get(f"{RAMEAU}.html")
    drawn = salles(bundled, node_of(bundled, "alliage:le-rameau")).network
    text = "".join(html5lib.parse(answer.text, namespaceHTMLElements=False).itertext())
    flat = re.sub(r"\s", "", text)
    for actor in drawn.actors:
        assert re.sub(r"\s", "", actor.name) in flat
    assert "attachment" in answer.headers["content-disposition"]


@pytest.mark.parametrize("suffix", ["", ".html", ".svg", ".gexf", ".csv", ".ttl", ".jsonld"])
def test_a_hostile_name_stays_text_in_every_file(hostile: View, ask: Ask, suffix: str) -> None:
    answer = ask(hostile)(f"/acteurs/evil:0/reseau{suffix}")
    assert answer.status_code == 200
    if suffix == ".csv":
        for row in csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))):
            assert not [cell for cell in row if cell.startswith(("=", "+", "-", "@"))]
    elif suffix in (".svg", ".gexf"):
        root = ElementTree.fromstring(answer.text)
        assert not [e for e in root.iter() if str(e.tag).rpartition("}")[2] in ("script", "a")]
        assert not [n for e in root.iter() for n in e.attrib if n.startswith("on")]
    elif suffix in ("", ".html"):
        tree = html5lib.parse(answer.text, namespaceHTMLElements=False)
        for mark in "\u202e\ufffe\x1b":
            assert mark not in answer.text.partition("vis-network")[0]
        assert not [s for s in tree.iter("script") if (s.text or "").startswith("alert(")]
        assert not [e for e in tree.iter("a") if "script" in str(e.get("href"))[:12]]
    elif suffix == ".ttl":
        read = rdflib.Graph().parse(data=answer.text, format="turtle")
        assert HOSTILE[0] in {str(each) for each in read.objects()}
    else:
        assert HOSTILE[0] in json.dumps(json.loads(answer.text))


def test_bridges_and_partners_are_drawn_and_taken_away_as_networks(get: Get) -> None:
    asked = "?territoire=departement:38&monde=academic&monde=company"
    shown = get(f"/relier{asked}&vue=reseau")
    tree = html5lib.parse(shown.text, namespaceHTMLElements=False)
    assert len([e for e in tree.iter() if str(e.get("class")).startswith("salles avec-")]) == 2
    assert "/acteurs/departement:38" not in shown.text
    graph = nx.read_gexf(io.BytesIO(get(f"/relier.gexf{asked}").content))
    assert {"departement:38", "alliage:gaia"} <= set(graph)
    for_rameau = "?territoire=departement:38&odd=17&pour=alliage:le-rameau"
    root = ElementTree.fromstring(get(f"/partenaires.svg{for_rameau}").text)
    assert "Le RAMEAU" in {each.text for each in root.iter(f"{SVG}title")}


@pytest.mark.parametrize("address", ["/alliances.svg", "/acteurs/alliage:gaia.gexf"])
def test_a_page_without_a_network_has_no_such_file(get: Get, address: str) -> None:
    assert get(address).status_code == 404
