"""A network as GEXF 1.3, that Gephi, networkx and others read (https://gexf.net, 2022)."""

import re
from collections.abc import Iterable, Mapping
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from graph.text import legal_in_xml
from viz.layout import NAMES, layout
from viz.marks import mark_of
from viz.network import Actor, Link, Network

_GRAPH = "http://gexf.net/1.3"
_VIZ = "http://gexf.net/1.3/viz"
_SHAPES = {  # GEXF knows four
    "local_authority": "square",
    "state": "square",
    "academic": "triangle",
    "foundation": "diamond",
}
_NODE = {"kind": "string", "world": "string", "catalyst": "boolean", "place": "string"}
_EDGE = {
    "tie": "string",
    "role": "string",
    "period": "string",
    "ended": "boolean",
    "sources": "string",
}


def gexf(network: Network) -> str:
    """The network as a GEXF document; the same network always gives the same text.

    Nodes have the world, the place and the colour, shape and position of the picture; edges the
    kind of tie and where each is said. Labels are in French; what XML cannot hold is left out.
    """
    root = Element("gexf", {"xmlns": _GRAPH, "xmlns:viz": _VIZ, "version": "1.3"})
    dates = [s.date for s in network.sources if re.fullmatch(r"\d{4}-\d\d-\d\d", s.date)]
    meta = SubElement(root, "meta", {"lastmodifieddate": max(dates)} if dates else {})
    SubElement(meta, "creator").text = "Alliage"
    SubElement(meta, "description").text = legal_in_xml(described(network))
    graph = SubElement(root, "graph", {"defaultedgetype": "directed", "mode": "static"})
    _declare(graph, "node", _NODE)
    _declare(graph, "edge", _EDGE)
    nodes = SubElement(graph, "nodes")
    for actor, spot in zip(network.actors, layout(network, NAMES).spots, strict=True):
        _node(nodes, actor, spot.x, spot.y)
    edges = SubElement(graph, "edges")
    for number, link in enumerate(network.links):
        _edge(edges, number, link)
    indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(root, encoding="unicode")}\n'


def described(network: Network) -> str:
    """The title of a network, with who says what is in it, when, under which licence."""
    sources = (
        " ; ".join(text for text in (s.title or s.name, s.publisher, s.date, s.licence) if text)
        for s in network.sources
    )
    return " | ".join([network.title, *sources])


def sources_of(link: Link) -> str:
    """Where a tie is said, as a line of text."""
    said = (" ".join(filter(None, (e.source, e.locator, e.url))) for e in link.evidence)
    return " ; ".join(dict.fromkeys(said))


def _declare(graph: Element, of: str, columns: Mapping[str, str]) -> None:
    declared = SubElement(graph, "attributes", {"class": of, "mode": "static"})
    for name, kind in columns.items():
        SubElement(declared, "attribute", {"id": name, "title": name, "type": kind})


def _node(nodes: Element, actor: Actor, x: int, y: int) -> None:
    node = SubElement(
        nodes, "node", {"id": legal_in_xml(actor.id), "label": legal_in_xml(actor.name)}
    )
    world = actor.world.value if actor.world else ""
    said = (actor.kind.name, world, _truth(actor.catalyst), actor.place or "")
    _values(node, zip(_NODE, said, strict=True))
    mark = mark_of(actor.kind, actor.world)
    red, green, blue = (str(int(mark.colour[i : i + 2], 16)) for i in (1, 3, 5))
    SubElement(node, "viz:color", {"r": red, "g": green, "b": blue})
    SubElement(node, "viz:position", {"x": str(x), "y": str(-y), "z": "0"})  # its y goes upwards
    SubElement(node, "viz:size", {"value": str(NAMES.radius)})
    SubElement(node, "viz:shape", {"value": _SHAPES.get(mark.name, "disc")})


def _edge(edges: Element, number: int, link: Link) -> None:
    ends = {"source": legal_in_xml(link.start), "target": legal_in_xml(link.end)}
    edge = SubElement(edges, "edge", {"id": str(number), **ends, "label": link.verb})
    said = (link.tie.name, link.role, link.period, _truth(link.ended), sources_of(link))
    _values(edge, zip(_EDGE, said, strict=True))


def _values(element: Element, said: Iterable[tuple[str, str]]) -> None:
    values = SubElement(element, "attvalues")
    for name, value in said:
        if value:
            SubElement(values, "attvalue", {"for": name, "value": legal_in_xml(value)})


def _truth(value: bool) -> str:
    return "true" if value else "false"
