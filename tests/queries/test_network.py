import math
import random
from collections.abc import Callable
from typing import TypeAlias

import networkx as nx
import numpy as np
import pytest

from graph.claims import Claim, NodeClaim, TieClaim
from graph.columns import Floats
from graph.model import (
    ALLIANCE,
    FOUNDED,
    GOAL,
    MEMBER_OF,
    ORGANISATION,
    PART_OF,
    SUPPORTS,
    TERRITORY,
)
from graph.view import View
from queries.network import RESTART, pagerank, proximity

ViewOf: TypeAlias = Callable[..., View]
Graph: TypeAlias = "nx.Graph[str]"


def by_key(view: View, values: Floats) -> dict[str, float]:
    return {view.keys[node]: float(values[node]) for node in range(len(view))}


def random_claims(seed: int) -> list[Claim]:
    """Actors and alliances at random, with some direct ties and some actors on their own."""
    chance = random.Random(seed)
    actors = [f"alliage:acteur-{i}" for i in range(chance.randint(2, 14))]
    alliances = [f"alliage:alliance-{i}" for i in range(chance.randint(1, 7))]
    claims: list[Claim] = [NodeClaim(a, ORGANISATION, a, {"name": a}) for a in actors]
    claims += [NodeClaim(a, ALLIANCE, a, {"name": a}) for a in alliances]
    for actor in actors:
        for alliance in chance.sample(alliances, chance.randint(0, len(alliances)) // 2):
            claims.append(TieClaim(MEMBER_OF, actor, alliance, f"{actor} {alliance}"))
            if chance.random() < 0.3:  # the same pair twice: neighbours once
                claims.append(TieClaim(FOUNDED, actor, alliance, f"f {actor} {alliance}"))
        if chance.random() < 0.3 and actor != actors[0]:
            claims.append(TieClaim(SUPPORTS, actor, actors[0], f"s {actor}"))
    return claims


def networkx_of(claims: list[Claim]) -> Graph:
    graph: Graph = nx.Graph()
    graph.add_nodes_from(claim.subject for claim in claims if isinstance(claim, NodeClaim))
    graph.add_edges_from((c.start, c.end) for c in claims if isinstance(c, TieClaim))
    return graph


def networkx_pagerank(graph: Graph, seeds: list[str]) -> dict[str, float]:
    chosen = dict.fromkeys(seeds, 1.0)
    return nx.pagerank(graph, alpha=1 - RESTART, personalization=chosen, tol=1e-14, max_iter=2000)


@pytest.mark.parametrize("seed", range(25))
def test_pagerank_is_that_of_networkx(view_of: ViewOf, seed: int) -> None:
    claims = random_claims(seed)
    view = view_of(("exemples", claims))
    graph = networkx_of(claims)
    seeds = sorted(graph)[: 1 + seed % 3]
    expected = networkx_pagerank(graph, seeds)
    found = pagerank(view, np.array([view.ordinal(seed) for seed in seeds]))
    assert by_key(view, found) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("seed", range(15))
def test_nearness_is_the_logarithm_of_pagerank_by_degree_from_the_nearest_to_out_of_reach(
    view_of: ViewOf, seed: int
) -> None:
    claims = random_claims(seed)
    view = view_of(("exemples", claims))
    graph = networkx_of(claims)
    me = sorted(graph)[0]
    rank = networkx_pagerank(graph, [me])
    reached = nx.node_connected_component(graph, me) - {me}
    by_degree = {node: rank[node] / graph.degree[node] for node in reached}
    # 1e-10 is what the computation calls out of reach.
    logs = {node: math.log(value / 1e-10) for node, value in by_degree.items()}
    nearest = max(logs.values(), default=1.0)
    expected = {node: logs.get(node, 0.0) / nearest for node in graph}
    found = proximity(view, np.array([view.ordinal(me)]))
    assert by_key(view, found) == pytest.approx(expected, abs=1e-6)


def test_a_walk_from_nobody_goes_nowhere(view_of: ViewOf) -> None:
    view = view_of(("exemples", random_claims(1)))
    nobody = np.array([], dtype=np.int64)
    assert not pagerank(view, nobody).any()
    assert not proximity(view, nobody).any()


def test_a_common_territory_brings_nobody_nearer(view_of: ViewOf) -> None:
    claims: list[Claim] = [
        NodeClaim("alliage:gaia", ORGANISATION, "1", {"name": "GAIA"}),
        NodeClaim("commune:38185", TERRITORY, "2", {"name": "Grenoble"}),
        NodeClaim("departement:38", TERRITORY, "3", {"name": "Isère"}),
        NodeClaim("goal:11", GOAL, "4", {"name": "Villes et communautés durables"}),
        TieClaim(PART_OF, "commune:38185", "departement:38", "5"),
    ]
    view = view_of(("exemples", claims))
    assert not proximity(view, np.array([view.ordinal("alliage:gaia")])).any()


@pytest.mark.parametrize("seed", range(30))
def test_ties_elsewhere_never_bring_an_actor_nearer(view_of: ViewOf, seed: int) -> None:
    me, other, common = "alliage:acteur-0", "alliage:acteur-1", "alliage:rencontre"
    claims = random_claims(seed)
    claims.append(NodeClaim(common, ALLIANCE, common, {"name": common}))
    claims += [TieClaim(MEMBER_OF, actor, common, f"{actor} {common}") for actor in (me, other)]
    before = view_of(("exemples", claims))
    elsewhere: list[Claim] = []
    for i in range(1 + seed % 4):
        key = f"alliage:ailleurs-{i}"
        elsewhere.append(NodeClaim(key, ALLIANCE, key, {"name": key}))
        elsewhere.append(TieClaim(MEMBER_OF, other, key, f"{other} {key}"))
        for j in range(seed % 3):
            friend = f"alliage:ami-{i}-{j}"
            elsewhere.append(NodeClaim(friend, ORGANISATION, friend, {"name": friend}))
            elsewhere.append(TieClaim(MEMBER_OF, friend, key, f"{friend} {key}"))
    after = view_of(("exemples", claims + elsewhere))

    def nearness(view: View) -> float:
        return float(proximity(view, np.array([view.ordinal(me)]))[view.ordinal(other) or 0])

    assert nearness(after) <= nearness(before)
