"""The graph as networkx has it, for those who compute with networks, and as files that tools read.

Method: one node a thing, one directed edge a tie, with the properties that all claims amount to and
where each is said; nothing is projected: alliances stay nodes, between those who take part.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias
from xml.etree.ElementTree import SubElement

import networkx as nx
import numpy as np
from networkx.readwrite.gexf import GEXFWriter

from graph.claims import Scalar, Value
from graph.columns import Mask
from graph.model import ACTS_IN, GOVERNS, SEATED_IN, TIES, Tie
from graph.store import Reader, StoredClaim, StoredNode, StoredTie
from graph.text import legal_in_xml
from graph.view import View

FORMATS = ("gexf", "graphml")
Network: TypeAlias = "nx.MultiDiGraph[str]"

_PLACED = (SEATED_IN, ACTS_IN, GOVERNS)
_WHOLLY = 0.999
_BETWEEN = " | "  # the values of a list, in formats that have none


@dataclass(frozen=True, slots=True)
class Scope:
    """A part of the graph.

    Attributes:
        things: their ids.
        ties: between two of them: (kind of tie, start, end).
    """

    things: Sequence[str]
    ties: Sequence[tuple[Tie, str, str]]


def scope_of(view: View, place: int) -> Scope:
    """What lies wholly in a territory, and all that it has a tie with.

    In it lie its territories, and each organisation, alliance, project or call that has its seat,
    acts or governs in one of them, today or once. Each of their ties is taken, with both its ends.

    Args:
        view: in which the territory is.
        place: its rank among the territories.
    """
    here = _lying_in(view, place)
    taken, ties = here.copy(), []
    for tie, columns in view.ties.items():
        chosen = here[columns.start] | here[columns.end]
        starts, ends = columns.start[chosen].tolist(), columns.end[chosen].tolist()
        taken[starts] = taken[ends] = True
        ties += [(tie, view.keys[a], view.keys[b]) for a, b in zip(starts, ends, strict=True)]
    return Scope([view.keys[ordinal] for ordinal in np.flatnonzero(taken).tolist()], ties)


def _lying_in(view: View, place: int) -> Mask:
    inside, _ = view.territories.shares(place)
    within = np.zeros(len(view), dtype=np.bool_)
    within[view.territories.ordinals[inside >= _WHOLLY]] = True
    here = within.copy()
    for tie in _PLACED:
        columns = view.ties[tie]
        here[columns.start[within[columns.end]]] = True
    return here


def to_networkx(store: Reader, scope: Scope | None = None) -> Network:
    """A store, or a part of it, as a directed multigraph of networkx.

    Nodes are ids (`siren:775685019`); their attributes are `kind`, `name`, the properties of the
    model and `sources`. The key of an edge is its kind of tie (`MEMBER_OF`); its attributes are
    `label` (as it reads in French), the properties of the tie and `sources`. A `sources` is a list:
    who says so, and where. What no source asserts any more has the day as `ended` (of a thing) or
    `until` (of a tie). The graph has `generation`, and `sources`: the credits of all.

    Args:
        store: is read in one generation.
        scope: what is taken, see `scope_of`; what the store does not know is passed over. None:
            all.
    """
    graph: Network = nx.MultiDiGraph(name="Alliage")
    with store.snapshot() as generation:
        graph.graph |= {"generation": generation, "sources": _credits(store)}
        nodes, ties = _whole(store) if scope is None else _part(store, scope)
        for node, said in nodes:
            graph.add_node(node.key, **_of_node(node, said))
        for tie in ties:
            graph.add_edge(tie.start, tie.end, tie.tie.name, **_of_tie(tie))
    return graph


def write_network(graph: Network, form: str, file: Path) -> None:
    """Write a graph of `to_networkx` as GraphML 1.0 or GEXF 1.2, in UTF-8, by networkx.

    Lists become one text, their values apart by ` | `; what XML cannot hold is left out.

    Args:
        graph: is not changed.
        form: one of `FORMATS`.
        file: is replaced.

    Raises:
        OSError: the file cannot be written.
    """
    plain: Network = nx.MultiDiGraph()
    plain.graph |= _flat(graph.graph)
    for node, values in graph.nodes(data=True):
        plain.add_nodes_from([(legal_in_xml(node), _flat({**values, "label": values["name"]}))])
    for number, (start, end, tie, values) in enumerate(graph.edges(keys=True, data=True)):
        named: dict[str, Any] = _flat({**values, "id": str(number), "tie": tie})
        plain.add_edge(legal_in_xml(start), legal_in_xml(end), tie, **named)
    if form == "gexf":
        _write_gexf(plain, file)
    else:
        nx.write_graphml_xml(plain, file, named_key_ids=False, edge_id_from_attribute="id")


def _write_gexf(plain: Network, file: Path) -> None:
    """As `networkx.write_gexf`, with the credits, and the same on whatever day it is written."""
    writer = GEXFWriter(plain)
    [meta] = writer.xml.findall("meta")
    days = re.findall(r", (\d{4}-\d\d-\d\d),", plain.graph["sources"])
    meta.attrib.clear()
    meta.attrib |= {"lastmodifieddate": max(days)} if days else {}
    meta.find("creator").text = "Alliage"
    SubElement(meta, "description").text = plain.graph["sources"]
    with file.open("wb") as stream:
        writer.write(stream)


def _credits(store: Reader) -> list[str]:
    """Who says what is in a store, when, under which licence: a line a source."""
    sources = [stored.source for stored in store.sources()]
    told = [(s.name, s.title, s.publisher, s.date, s.licence, s.url) for s in sources]
    return [", ".join(filter(None, parts)) for parts in told]


# What is taken -------------------------------------------------------------------------------

_Nodes: TypeAlias = Iterable[tuple[StoredNode, Sequence[StoredClaim]]]


def _whole(store: Reader) -> tuple[_Nodes, Iterable[StoredTie]]:
    claims: defaultdict[str, list[StoredClaim]] = defaultdict(list)
    present = dict(store.aliases())
    for key, _, claim in store.scan_node_claims():
        claims[present.get(key, key)].append(claim)
    nodes = ((node, claims[node.key]) for node in store.scan_nodes())
    return nodes, (stored for tie in TIES for stored in store.scan_ties(tie))


def _part(store: Reader, scope: Scope) -> tuple[_Nodes, Iterable[StoredTie]]:
    nodes = (node for key in scope.things if (node := store.node(key)))
    ties = (stored for each in scope.ties if (stored := store.tie(*each)))
    return ((node, store.claims(node.key)) for node in nodes), ties


# What is said of it --------------------------------------------------------------------------


def _of_node(node: StoredNode, claims: Sequence[StoredClaim]) -> dict[str, Value]:
    values = dict(node.properties) | {"kind": node.kind.name, "name": node.name}
    if node.ended:
        values.setdefault("ended", _last_day(claims))
    return values | {"sources": _said_at(claims)}


def _of_tie(tie: StoredTie) -> dict[str, Value]:
    values = dict(tie.properties) | {"label": tie.tie.verb}
    if day := _last_day(tie.claims):
        values.setdefault("until", day)
    return values | {"sources": _said_at(tie.claims)}


def _last_day(claims: Sequence[StoredClaim]) -> str:
    """The day on which the last claim ended; empty where one lasts."""
    days = [claim.ended for claim in claims]
    return max(days, default="") if all(days) else ""


def _said_at(claims: Sequence[StoredClaim]) -> list[str]:
    said = {" ".join(filter(None, (c.source.name, c.locator, c.url))) for c in claims}
    return sorted(said)


# As text --------------------------------------------------------------------------------------


def _flat(values: Mapping[str, Value]) -> dict[str, Scalar]:
    return {name: _plain(value) for name, value in values.items()}


def _plain(value: Value) -> Scalar:
    if isinstance(value, list):
        value = _BETWEEN.join(value)
    return legal_in_xml(value) if isinstance(value, str) else value
