"""The network of an answer, over the bundled ecosystem and the territories that it speaks of."""

from collections.abc import Iterable, Iterator

import networkx as nx
import pytest

from graph.claims import Claim, NodeClaim
from graph.sqlite.store import SqliteStore
from graph.view import View, memory_view
from ingest import ecosystem, reference
from queries import bridges, partner_request, partners
from queries.answers import ReasonKind
from viz import network
from viz.network import Network, Part, network_of_bridges, network_of_partners

WIDE = ("nation:", "region:", "departement:", "goal:", "target:", "lever:")
ISERE = "commune:38"


def spoken_of() -> set[str]:
    """The ids in the tables of the ecosystem: its territories are those that we need."""
    found = set()
    for _, claims in ecosystem.transform(ecosystem.read()):
        for claim in claims:
            found |= ends(claim)
    return found


def ends(claim: Claim) -> set[str]:
    return {claim.subject} if isinstance(claim, NodeClaim) else {claim.start, claim.end}


def about(claims: Iterable[Claim], ids: set[str]) -> Iterator[Claim]:
    """The claims about a few territories: all of France takes fifteen seconds."""
    for claim in claims:
        kept = (end in ids or end.startswith((*WIDE, ISERE)) for end in ends(claim))
        if all(kept):
            yield claim


@pytest.fixture(scope="module")
def view(tmp_path_factory: pytest.TempPathFactory) -> Iterator[View]:
    store = SqliteStore(tmp_path_factory.mktemp("network") / "alliage.db", writable=True)
    ids = spoken_of()
    for source, claims in reference.CLAIMS:
        with store.write(source) as writing:
            writing.add(about(claims(), ids))
            writing.finish()
    for source, listed in ecosystem.transform(ecosystem.read()):
        with store.write(source) as writing:
            writing.add(listed)
            writing.finish()
    yield memory_view(store)
    store.close()


@pytest.fixture(scope="module")
def who(view: View) -> partners.Partners:
    request = partner_request.Request(at="Isère", organisation="Le RAMEAU", limit=8)
    return partners.partners(view, request)


@pytest.fixture(scope="module")
def which(view: View) -> bridges.Bridges:
    request = bridges.Request(between=("academic", "company"), place="Isère", limit=3)
    return bridges.bridges(view, request)


@pytest.fixture(scope="module", params=["partners", "bridges"])
def drawn(
    request: pytest.FixtureRequest, view: View, who: partners.Partners, which: bridges.Bridges
) -> Network:
    if request.param == "partners":
        return network_of_partners(view, who)
    return network_of_bridges(view, which)


def as_graph(drawn: Network) -> "nx.Graph[str]":
    graph: nx.Graph[str] = nx.Graph()
    graph.add_nodes_from(actor.id for actor in drawn.actors)
    graph.add_edges_from((link.start, link.end) for link in drawn.links)
    return graph


def test_every_tie_shown_is_a_tie_of_the_graph(view: View, drawn: Network) -> None:
    for link in drawn.links:
        start, end = view.ordinal(link.start), view.ordinal(link.end)
        assert start is not None
        assert end is not None
        assert view.tie(link.tie, start, end) is not None
        assert view.names[start] in link.sentence
        assert link.evidence


def test_every_tie_of_the_graph_between_two_who_are_shown_is_shown(
    view: View, drawn: Network
) -> None:
    ids = {actor.id for actor in drawn.actors}
    held = {
        (view.keys[start], tie.name, view.keys[end])
        for tie, columns in view.ties.items()
        for start, end in zip(columns.start.tolist(), columns.end.tolist(), strict=True)
        if view.keys[start] in ids and view.keys[end] in ids
    }
    assert {(link.start, link.tie.name, link.end) for link in drawn.links} == held
    assert len(drawn.links) == len(held)


def test_the_one_who_asks_stands_in_the_middle(view: View, who: partners.Partners) -> None:
    drawn = network_of_partners(view, who)
    assert (drawn.actors[0].name, drawn.actors[0].part) == ("Le RAMEAU", Part.CENTRE)
    assert drawn.title == "Isère : des partenaires pour Le RAMEAU"


def test_the_place_stands_in_the_middle_when_nobody_in_particular_asks(
    view: View, which: bridges.Bridges
) -> None:
    drawn = network_of_bridges(view, which)
    assert (drawn.actors[0].id, drawn.actors[0].part) == ("departement:38", Part.CENTRE)
    assert drawn.title == "Isère : qui relie le monde académique et les entreprises ?"


def test_the_answers_come_in_their_order_with_their_reasons(
    view: View, who: partners.Partners
) -> None:
    drawn = network_of_partners(view, who)
    answers = [(a.id, a.reasons) for a in drawn.actors if a.part is Part.ANSWER]
    assert answers == [(partner.id, partner.reasons) for partner in who.answers]


def test_the_path_of_a_reason_can_be_followed_in_the_picture(
    view: View, who: partners.Partners
) -> None:
    graph = as_graph(network_of_partners(view, who))
    linked = {ReasonKind.PATH, ReasonKind.TOGETHER, ReasonKind.PARTNERS}
    reached = [p for p in who.answers if linked & {r.kind for r in p.reasons}]
    assert reached
    assert all(nx.has_path(graph, "alliage:le-rameau", partner.id) for partner in reached)


def test_those_whom_a_bridge_links_are_at_most_an_alliance_away_from_it(
    view: View, which: bridges.Bridges
) -> None:
    graph = as_graph(network_of_bridges(view, which))
    for bridge in which.answers:
        for one, broker, other in bridge.paths:
            assert nx.shortest_path_length(graph, one, broker) <= 2
            assert nx.shortest_path_length(graph, broker, other) <= 2


def test_gaia_is_a_catalyst_and_the_source_that_says_so_is_listed(
    view: View, which: bridges.Bridges
) -> None:
    drawn = network_of_bridges(view, which)
    assert [a.name for a in drawn.actors if a.catalyst] == ["GAIA"]
    assert "exemples" in [source.name for source in drawn.sources]


def test_what_does_not_fit_is_counted_by_world(
    view: View, who: partners.Partners, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(network, "MOST", 12)
    drawn = network_of_partners(view, who)
    shown = {actor.id for actor in drawn.actors}
    left = [partner.world for partner in who.answers if partner.id not in shown]
    assert len(drawn.actors) <= 12
    assert left
    assert dict(drawn.others) == {world: left.count(world) for world in left}


def test_all_the_evidence_has_its_source_described(drawn: Network) -> None:
    evidence = [e for actor in drawn.actors for r in actor.reasons for e in r.evidence]
    evidence += [e for link in drawn.links for e in link.evidence]
    assert {e.source for e in evidence} == {source.name for source in drawn.sources}


def test_the_same_answer_gives_the_same_network(view: View, who: partners.Partners) -> None:
    assert network_of_partners(view, who) == network_of_partners(view, who)


def test_an_answer_of_another_graph_is_refused(
    tmp_path_factory: pytest.TempPathFactory, who: partners.Partners
) -> None:
    store = SqliteStore(tmp_path_factory.mktemp("empty") / "empty.db", writable=True)
    with pytest.raises(KeyError, match="le-rameau"):
        network_of_partners(memory_view(store), who)
    store.close()
