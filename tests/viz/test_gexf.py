"""A network as GEXF, read by networkx, and held against the schema of GEXF 1.3."""

import io
from dataclasses import replace
from xml.etree import ElementTree

import networkx as nx
import pytest

from graph.claims import Source
from graph.model import ALLIANCE, FOUNDED, MEMBER_OF, ORGANISATION, World
from queries.answers import Evidence
from viz.gexf import gexf
from viz.layout import layout
from viz.network import Actor, Link, Network, Part

# « Récit d'un cheminement collectif », § 9: GAIA founded the Labo; both take part in the programme.
RECIT = Source("exemples", "Récit", "", "faits repris", date="2021-01-15")
SAID = (Evidence("exemples", "§ 9", "https://recit.example/9"),)
GAIA = Actor(
    "alliage:gaia", "GAIA", ORGANISATION, World.ASSOCIATION, True, Part.CENTRE, "Isère", ()
)
LABO = replace(GAIA, id="alliage:labo", name="Labo", catalyst=False, part=Part.BETWEEN)
PROGRAMME = replace(LABO, id="alliage:programme", name="Programme", kind=ALLIANCE, world=None)
LINKS = (
    Link(GAIA.id, LABO.id, FOUNDED, "a créé", "", "", "depuis 2012", (), True, SAID),
    Link(GAIA.id, PROGRAMME.id, MEMBER_OF, "prend part à", "", "animation", "", (), False, SAID),
    Link(LABO.id, PROGRAMME.id, MEMBER_OF, "prend part à", "", "", "", (), False, SAID),
)
NETWORK = Network("GAIA", "", (GAIA, LABO, PROGRAMME), LINKS, (), (RECIT,))
_GEXF, _VIZ = "{http://gexf.net/1.3}", "{http://gexf.net/1.3/viz}"
# The schema of GEXF 1.3 (gexf.xsd, data.xsd, viz.xsd): the attributes of each element.
SCHEMA = {
    f"{_GEXF}gexf": {"version"},
    f"{_GEXF}meta": {"lastmodifieddate"},
    f"{_GEXF}creator": set(),
    f"{_GEXF}description": set(),
    f"{_GEXF}graph": {"defaultedgetype", "mode"},
    f"{_GEXF}attributes": {"class", "mode"},
    f"{_GEXF}attribute": {"id", "title", "type"},
    f"{_GEXF}nodes": set(),
    f"{_GEXF}node": {"id", "label"},
    f"{_GEXF}edges": set(),
    f"{_GEXF}edge": {"id", "source", "target", "label"},
    f"{_GEXF}attvalues": set(),
    f"{_GEXF}attvalue": {"for", "value"},
    f"{_VIZ}color": {"r", "g", "b"},
    f"{_VIZ}position": {"x", "y", "z"},
    f"{_VIZ}size": {"value"},
    f"{_VIZ}shape": {"value"},
}


def read(text: str) -> "nx.MultiDiGraph[str]":
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph(nx.read_gexf(io.BytesIO(text.encode())))
    return graph


def test_another_program_reads_the_same_actors_and_ties() -> None:
    graph = read(gexf(NETWORK))
    assert set(graph) == {actor.id for actor in NETWORK.actors}
    gaia = graph.nodes[GAIA.id]
    assert (gaia["label"], gaia["kind"], gaia["world"]) == ("GAIA", "Organisation", "association")
    assert (gaia["catalyst"], gaia["place"]) == (True, "Isère")
    assert "world" not in graph.nodes[PROGRAMME.id]
    read_ties = {(start, end, data["tie"]) for start, end, data in graph.edges(data=True)}
    assert read_ties == {(link.start, link.end, link.tie.name) for link in LINKS}
    founded = graph.edges[GAIA.id, LABO.id, 0]
    assert (founded["ended"], founded["period"]) == (True, "depuis 2012")
    assert all(
        data["sources"] == "exemples § 9 https://recit.example/9"
        for _, _, data in graph.edges(data=True)
    )


def test_the_positions_and_colours_are_those_of_the_picture() -> None:
    graph = read(gexf(NETWORK))
    for actor, spot in zip(NETWORK.actors, layout(NETWORK).spots, strict=True):
        seen = graph.nodes[actor.id]["viz"]
        assert (seen["position"]["x"], seen["position"]["y"]) == (spot.x, -spot.y)
    blue = graph.nodes[GAIA.id]["viz"]["color"]
    assert (blue["r"], blue["g"], blue["b"]) == (0x00, 0x72, 0xB2)  # interface.md, associations


def test_there_is_nothing_that_the_schema_does_not_know() -> None:
    root = ElementTree.fromstring(gexf(NETWORK))
    for element in root.iter():
        assert set(element.attrib) <= SCHEMA[element.tag], element.tag
    assert [child.tag for child in root] == [f"{_GEXF}meta", f"{_GEXF}graph"]
    shapes = {shape.get("value") for shape in root.iter(f"{_VIZ}shape")}
    assert shapes <= {"disc", "square", "triangle", "diamond"}
    types = {declared.get("type") for declared in root.iter(f"{_GEXF}attribute")}
    assert types <= {"string", "boolean"}
    meta = root.find(f"{_GEXF}meta")
    assert meta is not None
    assert meta.get("lastmodifieddate") == "2021-01-15"


@pytest.mark.parametrize(
    "name",
    [
        "<script>alert(1)</script>",
        "\x00\x1b\ufffe\uffff\ud800",  # no XML 1.0 can hold these
        "]]>\"&'<!--",
        "x" * 10_000,
        "\u202eabc",
    ],
)
def test_a_hostile_name_stays_a_name(name: str) -> None:
    hostile = replace(GAIA, name=name, place=name)
    read_name = read(gexf(replace(NETWORK, actors=(hostile, LABO, PROGRAMME))))
    assert set(read_name) == {GAIA.id, LABO.id, PROGRAMME.id}
    kept = "".join(c for c in name if c not in "\x00\x1b\ufffe\uffff\ud800")
    assert read_name.nodes[GAIA.id]["label"] == kept


def test_the_same_network_gives_the_same_file() -> None:
    assert gexf(NETWORK) == gexf(NETWORK)
