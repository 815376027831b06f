import csv
import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from itertools import combinations, permutations
from math import sqrt
from pathlib import Path
from statistics import fmean, pvariance
from typing import TypeAlias

import networkx as nx
import pytest

from graph.claims import Claim, NodeClaim, Properties, TieClaim
from graph.errors import AmbiguousPlace, RequestError, UnknownPlace, UnknownTerm
from graph.model import (
    ACTS_IN,
    AIMS_AT,
    ALLIANCE,
    GOAL,
    MEMBER_OF,
    ORGANISATION,
    RUNS,
    SEATED_IN,
    SUPPORTS,
    TERRITORY,
    Function,
    MemberRole,
    World,
)
from graph.text import fold
from graph.view import View
from ingest.ecosystem import DATA
from queries.answers import ReasonKind
from queries.bridges import (
    Bridge,
    Bridges,
    BrokerRole,
    Coverage,
    Request,
    Standing,
    bridges,
)
from queries.meetings import meetings

ViewOf: TypeAlias = Callable[..., View]
Graph: TypeAlias = "nx.Graph[str]"
Worlds: TypeAlias = Mapping[str, World]

LEAD, MEMBER = MemberRole.LEAD, MemberRole.MEMBER
A, C, S, F = World.ASSOCIATION, World.COMPANY, World.ACADEMIC, World.FOUNDATION


# Small graphs --------------------------------------------------------------------------------


def place() -> Iterator[Claim]:
    said: Properties = {"name": "Grenoble", "level": "commune", "population": 156_140}
    yield NodeClaim("commune:38185", TERRITORY, "place", said)


def actors(worlds: Mapping[str, World | None]) -> Iterator[Claim]:
    for key, world in worlds.items():
        said: dict[str, str] = {"name": key.partition(":")[2]}
        if world:
            said["world"] = world.value
        yield NodeClaim(key, ORGANISATION, key, said)
        yield TieClaim(ACTS_IN, key, "commune:38185", f"{key} acts")


def alliance(key: str, members: Mapping[str, MemberRole]) -> Iterator[Claim]:
    yield NodeClaim(key, ALLIANCE, key, {"name": key.partition(":")[2]})
    yield TieClaim(ACTS_IN, key, "commune:38185", f"{key} acts")
    for member, role in members.items():
        said: Properties = {"role": role.value}
        yield TieClaim(MEMBER_OF, member, key, f"{member} {key}", said)


def ties(graph: Graph) -> Iterator[Claim]:
    for a, b in sorted(graph.edges):
        yield TieClaim(SUPPORTS, a, b, f"{a} {b}")


def names(letters: str) -> list[str]:
    return [f"alliage:{letter}" for letter in letters]


def asked(view: View, *between: World, goals: tuple[str, ...] = ()) -> Bridges:
    request = Request(tuple(world.value for world in between), "Grenoble", goals, limit=500)
    return bridges(view, request)


def by_id(answer: Bridges) -> dict[str, Bridge]:
    return {bridge.id.removeprefix("alliage:"): bridge for bridge in answer.answers}


@pytest.mark.parametrize(
    ("worlds", "role"),
    [  # Gould & Fernandez (1989), figure 1; a - v - b, v in the middle
        ((A, A, A), BrokerRole.COORDINATOR),
        ((A, C, A), BrokerRole.ITINERANT),
        ((A, C, C), BrokerRole.GATEKEEPER),
        ((A, A, C), BrokerRole.GATEKEEPER),  # their representative: no direction here
        ((A, S, C), BrokerRole.LIAISON),
    ],
)
def test_a_broker_plays_the_role_that_gould_and_fernandez_give_to_its_two_path(
    view_of: ViewOf, worlds: tuple[World, World, World], role: BrokerRole
) -> None:
    a, v, b, x, y = names("avbxy")
    # x and y give v one pair across A and C, so that it is in the answer: of its pairs only
    # a - b is counted here, the others being closed.
    world_of = dict(zip((a, v, b), worlds, strict=True)) | {x: A, y: C}
    graph: Graph = nx.Graph([(a, v), (v, b), (v, x), (v, y)])
    graph.add_edges_from((one, other) for one in (a, b) for other in (x, y))
    view = view_of(("exemples", [*place(), *actors(world_of), *ties(graph)]))
    found = by_id(asked(view, A, C))["v"]
    # a and b introduce x and y too, and x and y introduce a and b: thirds.
    across = BrokerRole.LIAISON if worlds[1] not in (A, C) else BrokerRole.GATEKEEPER
    expected = dict.fromkeys(BrokerRole, 0.0)
    for played in (role, across):
        expected[played] += 1 / 3
    assert found.roles == pytest.approx(expected, abs=1e-4)


def random_graph(seed: int) -> tuple[Graph, Worlds]:
    chance = random.Random(seed)
    graph: Graph = nx.Graph()
    graph.add_nodes_from(names("abcdefg"))
    likely = chance.choice([0.3, 0.45, 0.6])
    graph.add_edges_from(p for p in combinations(names("abcdefg"), 2) if chance.random() < likely)
    palette = [A, A, A, C, C, S, F] if seed % 2 else [A, A, C, C, C, S, S]
    chance.shuffle(palette)
    return graph, dict(zip(sorted(graph), palette, strict=True))


def open_pairs(graph: Graph, broker: str) -> list[tuple[str, str]]:
    """The open two-paths through a broker: Gould & Fernandez (1989), equation 1."""
    pairs = combinations(sorted(graph[broker]), 2)
    return [(a, b) for a, b in pairs if not graph.has_edge(a, b)]


def role_of(a: World, v: World, b: World) -> BrokerRole:
    match (a == v, v == b, a == b):
        case (True, True, True):
            return BrokerRole.COORDINATOR
        case (False, False, True):
            return BrokerRole.ITINERANT
        case (False, False, False):
            return BrokerRole.LIAISON
        case _:
            return BrokerRole.GATEKEEPER


def is_across(worlds: Worlds, pair: tuple[str, str], between: tuple[World, ...]) -> bool:
    a, b = (worlds[end] for end in pair)
    return a is not b and a in between and b in between


@pytest.mark.parametrize("seed", range(24))
@pytest.mark.parametrize("between", [(A, C), (A, C, S)])
def test_brokerage_is_that_of_brute_force_on_small_graphs(
    view_of: ViewOf, seed: int, between: tuple[World, ...]
) -> None:
    graph, worlds = random_graph(seed)
    view = view_of(("exemples", [*place(), *actors(worlds), *ties(graph)]))
    found = by_id(asked(view, *between))
    met = [node for node in sorted(graph) if graph.degree[node]]
    introducers = Counter(pair for node in met for pair in open_pairs(graph, node))
    expected: dict[str, object] = {}
    for node in met:
        pairs = open_pairs(graph, node)
        across = [pair for pair in pairs if is_across(worlds, pair, between)]
        if across:
            roles = dict.fromkeys(BrokerRole, 0.0)
            for a, b in pairs:
                roles[role_of(worlds[a], worlds[node], worlds[b])] += 1 / introducers[a, b]
            expected[node.removeprefix("alliage:")] = (
                {role: pytest.approx(roles[role], abs=1e-4) for role in BrokerRole},
                {world: sum(worlds[o] is world for o in graph[node]) for world in between},
                sum(introducers[pair] == 1 for pair in across),
                pytest.approx(z_by_enumeration(met, worlds, pairs, between), abs=1e-3),
            )
    assert {
        key: (bridge.roles, bridge.worlds, bridge.only_through, bridge.z)
        for key, bridge in found.items()
    } == expected


def z_by_enumeration(
    nodes: list[str], worlds: Worlds, pairs: list[tuple[str, str]], between: tuple[World, ...]
) -> float:
    """The standard score under every way of dealing the worlds out, each as likely."""
    if len(nodes) < 4:
        return 0.0
    deals = set(permutations(worlds[node] for node in nodes))
    counts = [
        sum(is_across(dealt, pair, between) for pair in pairs)
        for dealt in (dict(zip(nodes, deal, strict=True)) for deal in deals)
    ]
    observed = sum(is_across(worlds, pair, between) for pair in pairs)
    variance = pvariance(counts)
    return (observed - fmean(counts)) / sqrt(variance) if variance > 1e-12 else 0.0


@pytest.mark.parametrize("seed", range(40))
def test_the_order_is_by_the_cosine_of_the_credit_and_the_possible_pairs(
    view_of: ViewOf, seed: int
) -> None:
    graph, worlds = random_graph(seed)
    view = view_of(("exemples", [*place(), *actors(worlds), *ties(graph)]))
    answer = asked(view, A, C)
    introducers = Counter(pair for node in graph for pair in open_pairs(graph, node))
    credit: dict[str, float] = {}
    for bridge in answer.answers:
        across = [p for p in open_pairs(graph, bridge.id) if is_across(worlds, p, (A, C))]
        assert bridge.introduced == len(across)
        assert bridge.possible == bridge.worlds[A] * bridge.worlds[C]
        # Every tie is of an unknown day, and so weighs half.
        credit[bridge.id] = 0.5 * sum(1 / introducers[pair] for pair in across)
        assert bridge.share == pytest.approx(credit[bridge.id] / bridge.possible, abs=1e-4)

    def rank(bridge: Bridge) -> tuple[float, str]:
        return (-round(credit[bridge.id] / sqrt(bridge.possible), 5), bridge.id)

    assert list(answer.answers) == sorted(answer.answers, key=rank)


@pytest.mark.parametrize("seed", range(24))
def test_constraint_and_effective_size_are_those_of_networkx_on_the_contacts(
    view_of: ViewOf, seed: int
) -> None:
    graph, worlds = random_graph(seed)
    view = view_of(("exemples", [*place(), *actors(worlds), *ties(graph)]))
    constraint, size = nx.constraint(graph), nx.effective_size(graph)
    for bridge in asked(view, A, C).answers:
        assert bridge.constraint == pytest.approx(constraint[bridge.id], abs=1e-4)
        assert bridge.effective_size == pytest.approx(size[bridge.id], abs=1e-4)


@pytest.mark.parametrize("seed", range(30))
def test_doubling_the_redundant_ties_of_an_organisation_does_not_raise_it(
    view_of: ViewOf, seed: int
) -> None:
    graph, worlds = random_graph(seed)
    claims = [*place(), *actors(worlds), *ties(graph)]
    before = asked(view_of(("exemples", claims)), A, C)
    for bridge in before.answers:
        # As many contacts again, each of whom knows all whom it knows: they need no introduction.
        new = [f"alliage:new{rank}" for rank in range(graph.degree[bridge.id])]
        more: Graph = nx.Graph((bridge.id, key) for key in new)
        near = [*graph[bridge.id], *new]
        more.add_edges_from((one, key) for key in new for one in near if one != key)
        world = {key: (A, C)[rank % 2] for rank, key in enumerate(new)}
        said = [*claims, *actors(world), *ties(more)]
        after = asked(view_of(("exemples", said)), A, C)
        found = {b.id: b for b in after.answers}[bridge.id]
        assert found.share <= bridge.share
        ahead = {b.id for b in before.answers[: before.answers.index(bridge)]}
        behind = {b.id for b in after.answers[after.answers.index(found) :]}
        # Who becomes redundant beside the new ones may fall; nobody else falls behind it.
        unharmed = {key for key in ahead if not set(graph[key]) & set(near)}
        assert not unharmed & behind


def test_the_same_alliance_told_twice_raises_nobody(view_of: ViewOf) -> None:
    v, w, a, c, x, y = names("vwacxy")
    claims = [*place(), *actors({v: S, w: S, a: A, c: C, x: A, y: C})]
    claims += alliance("alliage:une", {v: LEAD, a: MEMBER, c: MEMBER})
    claims += alliance("alliage:deux", {w: LEAD, x: MEMBER, y: MEMBER})
    once = asked(view_of(("exemples", claims)), A, C)
    claims += alliance("alliage:encore", {w: LEAD, x: MEMBER, y: MEMBER})
    assert asked(view_of(("exemples", claims)), A, C).answers[0].id == once.answers[0].id == v
    again = by_id(asked(view_of(("exemples", claims)), A, C))
    assert {key: (b.share, b.introduced) for key, b in again.items()} == {
        key: (b.share, b.introduced) for key, b in by_id(once).items()
    }


def test_an_alliance_that_ended_long_ago_weighs_less_by_half_each_three_years(
    view_of: ViewOf,
) -> None:
    v, w, a, c, x, y = names("vwacxy")
    claims = [*place(), *actors({v: S, w: S, a: A, c: C, x: A, y: C})]
    claims += alliance("alliage:old", {v: LEAD, a: MEMBER, c: MEMBER})
    claims += alliance("alliage:new", {w: LEAD, x: MEMBER, y: MEMBER})
    for key, year in (("old", "2014"), ("new", "2020")):
        dated: Properties = {"name": key, "started": year, "ended": year}
        claims += [NodeClaim(f"alliage:{key}", ALLIANCE, f"{key} dated", dated)]
    view = view_of(("exemples", claims))
    place_rank = view.territories.rank(view.of_kind(TERRITORY)[0])
    weight = dict(
        zip(
            [view.keys[n] for n in meetings(view, place_rank, day=2023.0).alliances],
            meetings(view, place_rank, day=2023.0).contacts.weight.tolist(),
            strict=True,
        )
    )
    assert weight == {"alliage:new": 0.5, "alliage:old": 0.125}  # three years, nine years
    assert [bridge.id for bridge in asked(view, A, C).answers] == [w, v]


def test_coverage_counts_who_is_within_reach_and_what_they_aim_at(view_of: ViewOf) -> None:
    v, a, c, x, y = names("vacxy")
    claims = [*place(), *actors({v: S, a: A, c: C, x: A, y: C})]
    for number in (3, 17):
        said: Properties = {"name": f"ODD {number}", "number": number}
        claims += [NodeClaim(f"goal:{number}", GOAL, f"{number}", said)]
    claims += alliance("alliage:une", {v: LEAD, a: MEMBER, c: MEMBER})
    claims += alliance("alliage:autre", {x: LEAD, y: MEMBER})
    claims += [TieClaim(AIMS_AT, "alliage:une", "goal:17", "une 17")]
    claims += [TieClaim(AIMS_AT, a, "goal:3", "a 3")]
    found = by_id(asked(view_of(("exemples", claims)), A, C))["v"]
    assert found.coverage == (
        Coverage(A, 1, 2, {"goal:3": 1, "goal:17": 1}),
        Coverage(C, 1, 2, {"goal:17": 1}),
    )


def test_a_broker_that_nobody_calls_one_is_marked(view_of: ViewOf) -> None:
    claims = [*place()]
    catalyst: Properties = {"name": "v", "world": S.value, "roles": ["catalyst"]}
    supports: Properties = {"name": "w", "world": S.value, "functions": ["support"]}
    claims += [NodeClaim("alliage:v", ORGANISATION, "v role", catalyst)]
    claims += [NodeClaim("alliage:w", ORGANISATION, "w role", supports)]
    for key in "vwu":
        a, c = f"alliage:{key}a", f"alliage:{key}c"
        claims += actors({f"alliage:{key}": S, a: A, c: C})
        claims += alliance(f"alliage:de-{key}", {f"alliage:{key}": LEAD, a: MEMBER, c: MEMBER})
    found = by_id(asked(view_of(("exemples", claims)), A, C))
    assert {key: bridge.standing for key, bridge in found.items()} == {
        "v": Standing.DECLARED,
        "w": Standing.FUNCTIONS,
        "u": Standing.UNLABELLED,
    }
    told = {
        key: [r.text for r in bridge.reasons if r.kind is ReasonKind.FUNCTION]
        for key, bridge in found.items()
    }
    assert told == {
        "v": ["Catalyseur territorial."],
        "w": ["Tient un rôle de catalyseur : accompagnement."],
        "u": ["Aucune source n'en fait un catalyseur : ce sont ses liens qui le montrent."],
    }


def test_every_example_path_is_an_open_two_path_across_the_worlds(view_of: ViewOf) -> None:
    for seed in range(10):
        graph, worlds = random_graph(seed)
        view = view_of(("exemples", [*place(), *actors(worlds), *ties(graph)]))
        for bridge in asked(view, A, C).answers:
            assert bridge.paths
            for a, v, b in bridge.paths:
                assert v == bridge.id
                assert (min(a, b), max(a, b)) in open_pairs(graph, v)
                assert {worlds[a], worlds[b]} == {A, C}


# Alliances stay alliances --------------------------------------------------------------------


def test_who_convenes_an_alliance_introduces_its_members_and_a_plain_member_nobody(
    view_of: ViewOf,
) -> None:
    v, a, c = names("vac")
    claims = [*place(), *actors({v: S, a: A, c: C})]
    claims += alliance("alliage:programme", {v: LEAD, a: MEMBER, c: MEMBER})
    answer = asked(view_of(("exemples", claims)), A, C)
    assert {key: b.roles[BrokerRole.LIAISON] for key, b in by_id(answer).items()} == {"v": 1.0}
    assert answer.considered == 3


def test_who_runs_an_alliance_convenes_it_though_it_is_no_member(view_of: ViewOf) -> None:
    v, a, c = names("vac")
    claims = [*place(), *actors({v: S, a: A, c: C})]
    claims += alliance("alliage:programme", {a: MEMBER, c: MEMBER})
    claims += [TieClaim(RUNS, v, "alliage:programme", "runs")]
    assert list(by_id(asked(view_of(("exemples", claims)), A, C))) == ["v"]


def test_a_member_of_two_alliances_introduces_those_of_the_one_to_those_of_the_other(
    view_of: ViewOf,
) -> None:
    v, a, c = names("vac")
    claims = [*place(), *actors({v: S, a: A, c: C})]
    claims += alliance("alliage:un", {v: MEMBER, a: MEMBER})
    claims += alliance("alliage:deux", {v: MEMBER, c: MEMBER})
    found = by_id(asked(view_of(("exemples", claims)), A, C))
    assert {key: bridge.paths for key, bridge in found.items()} == {"v": ((a, v, c),)}


def test_those_who_already_know_each_other_need_no_broker(view_of: ViewOf) -> None:
    v, a, c = names("vac")
    claims = [*place(), *actors({v: S, a: A, c: C})]
    claims += alliance("alliage:programme", {v: LEAD, a: MEMBER, c: MEMBER})
    assert by_id(asked(view_of(("exemples", claims)), A, C))
    direct: list[Claim] = [TieClaim(SUPPORTS, a, c, "direct")]
    assert asked(view_of(("exemples", claims + direct)), A, C).answers == ()
    other = list(alliance("alliage:autre", {a: MEMBER, c: MEMBER}))
    assert asked(view_of(("exemples", claims + other)), A, C).answers == ()


def test_who_convenes_an_alliance_needs_nobody_to_meet_its_members(view_of: ViewOf) -> None:
    v, a, c = names("vac")
    claims = [*place(), *actors({v: S, a: A, c: C})]
    claims += alliance("alliage:programme", {v: LEAD, a: LEAD, c: MEMBER})
    assert asked(view_of(("exemples", claims)), A, C).answers == ()


def test_a_pair_that_two_convene_is_half_the_credit_of_each(view_of: ViewOf) -> None:
    v, w, a, c = names("vwac")
    claims = [*place(), *actors({v: S, w: F, a: A, c: C})]
    claims += alliance("alliage:programme", {v: LEAD, w: LEAD, a: MEMBER, c: MEMBER})
    found = by_id(asked(view_of(("exemples", claims)), A, C))
    assert {key: (b.roles[BrokerRole.LIAISON], b.only_through) for key, b in found.items()} == {
        "v": (0.5, 0),
        "w": (0.5, 0),
    }


def test_pairs_that_two_conveners_share_are_half_for_each(view_of: ViewOf) -> None:
    great, beside, small = names("gbs")
    many: dict[str, World | None] = {f"alliage:a{i}": A for i in range(5)}
    many |= {f"alliage:c{i}": C for i in range(5)}
    claims = [*place(), *actors({great: S, beside: S, small: S, "alliage:x": A, "alliage:y": C})]
    claims += actors(many)
    members = dict.fromkeys(many, MEMBER)
    claims += alliance("alliage:grande", {great: LEAD, beside: LEAD, **members})
    claims += alliance("alliage:petite", {small: LEAD, "alliage:x": MEMBER, "alliage:y": MEMBER})
    answer = asked(view_of(("exemples", claims)), A, C)
    # 25 pairs shared by two conveners are half of what could be: 12.5 / √25; one alone: 1 / √1.
    assert [bridge.id for bridge in answer.answers] == [beside, great, small]
    assert [bridge.roles[BrokerRole.LIAISON] for bridge in answer.answers] == [12.5, 12.5, 1.0]
    assert [bridge.share for bridge in answer.answers] == [0.25, 0.25, 0.5]


def test_a_hub_whose_contacts_know_each_other_comes_after_a_small_broker(view_of: ViewOf) -> None:
    hub, small, x, y = "alliage:hub", "alliage:small", "alliage:x", "alliage:y"
    near: dict[str, World | None] = {f"alliage:a{i}": A for i in range(5)}
    near |= {f"alliage:c{i}": C for i in range(5)}
    claims = [*place(), *actors({hub: S, small: S, x: A, y: C, **near})]
    graph: Graph = nx.Graph([(small, x), (small, y), *((hub, key) for key in near)])
    # Of the 25 pairs of the hub 21 know each other: 4 / √25 is less than 1 / √1.
    pairs = [(a, c) for a in near for c in near if near[a] is A and near[c] is C]
    graph.add_edges_from(pairs[4:])
    answer = asked(view_of(("exemples", [*claims, *ties(graph)])), A, C)
    assert [each.introduced for each in answer.answers if each.id in (hub, small)] == [1, 4]


def test_a_group_of_organisations_and_one_of_unknown_world_are_no_brokers_nor_ends(
    view_of: ViewOf,
) -> None:
    v, a, c, u = names("vacu")
    claims = [*place(), *actors({v: S, a: A, c: C, u: None})]
    graph: Graph = nx.Graph([(v, a), (v, c), (v, u)])
    found = by_id(asked(view_of(("exemples", [*claims, *ties(graph)])), A, C))
    assert {key: bridge.worlds for key, bridge in found.items()} == {"v": {A: 1, C: 1}}
    assert sum(found["v"].roles.values()) == 1
    group: list[Claim] = [NodeClaim(v, ORGANISATION, "group", {"collective": True})]
    assert asked(view_of(("exemples", [*claims, *ties(graph), *group])), A, C).answers == ()


def test_what_happens_elsewhere_connects_nobody_here(view_of: ViewOf) -> None:
    v, a, c = names("vac")
    said: Properties = {"name": "Strasbourg", "level": "commune", "population": 291_313}
    claims = [*place(), NodeClaim("commune:67482", TERRITORY, "other", said)]
    claims += actors({v: S, a: A, c: C})
    claims += [NodeClaim("alliage:labo", ALLIANCE, "labo", {"name": "Labo"})]
    claims += [TieClaim(ACTS_IN, "alliage:labo", "commune:67482", "acts")]
    claims += [TieClaim(MEMBER_OF, key, "alliage:labo", f"m {key}") for key in (v, a, c)]
    claims += [TieClaim(RUNS, v, "alliage:labo", "runs")]
    view = view_of(("exemples", claims))
    assert asked(view, A, C).answers == ()
    there = bridges(view, Request(("association", "entreprise"), "Strasbourg"))
    assert [bridge.id for bridge in there.answers] == [v]


def seated(seats: Mapping[str, str]) -> Iterator[Claim]:
    for key, code in seats.items():
        yield TieClaim(SEATED_IN, key, f"commune:{code}", f"{key} seat")


def test_an_alliance_that_states_no_territory_lies_where_its_members_have_their_seats(
    view_of: ViewOf,
) -> None:
    v, a, c, x = names("vacx")
    strasbourg: Properties = {"name": "Strasbourg", "level": "commune", "population": 291_313}
    claims = [*place(), NodeClaim("commune:67482", TERRITORY, "other", strasbourg)]
    worlds = {v: S, a: A, c: C, x: C}
    claims += [NodeClaim(k, ORGANISATION, k, {"name": k, "world": w}) for k, w in worlds.items()]
    # Of its four members two are seated in Grenoble, one in Strasbourg, one nobody knows where.
    claims += seated({v: "38185", a: "38185", c: "67482"})
    claims += [NodeClaim("alliage:projet", ALLIANCE, "projet", {"name": "Projet"})]
    claims += [TieClaim(MEMBER_OF, key, "alliage:projet", f"m {key}") for key in (a, c, x)]
    claims += [TieClaim(MEMBER_OF, v, "alliage:projet", "m v", {"role": LEAD.value})]
    view = view_of(("exemples", claims))
    weights = {}
    for key in ("commune:38185", "commune:67482"):
        rank = view.territories.rank(view.ordinal(key) or 0)
        weights[key] = meetings(view, rank).contacts.weight.tolist()
    # A day that nobody knows halves them.
    assert weights == {"commune:38185": [2 / 4 / 2], "commune:67482": [1 / 4 / 2]}
    assert meetings(view, None).contacts.weight.tolist() == [1 / 2]
    assert [bridge.id for bridge in asked(view, A, C).answers] == [v]


def test_what_an_alliance_states_goes_before_the_seats_of_its_members(view_of: ViewOf) -> None:
    v, a, c = names("vac")
    strasbourg: Properties = {"name": "Strasbourg", "level": "commune", "population": 291_313}
    claims = [*place(), NodeClaim("commune:67482", TERRITORY, "other", strasbourg)]
    claims += actors({v: S, a: A, c: C})
    claims += alliance("alliage:projet", {v: LEAD, a: MEMBER, c: MEMBER})  # acts in Grenoble
    claims += seated(dict.fromkeys((v, a, c), "67482"))
    view = view_of(("exemples", claims))
    assert [bridge.id for bridge in asked(view, A, C).answers] == [v]
    assert bridges(view, Request(("association", "entreprise"), "Strasbourg")).answers == ()


def test_a_member_without_a_seat_stands_where_it_acts(view_of: ViewOf) -> None:
    v, a, c = names("vac")
    claims = [*place(), *actors({v: S, a: A, c: C})]  # they act in Grenoble
    claims += [NodeClaim("alliage:projet", ALLIANCE, "projet", {"name": "Projet"})]
    claims += [TieClaim(MEMBER_OF, key, "alliage:projet", f"m {key}") for key in (a, c)]
    claims += [TieClaim(RUNS, v, "alliage:projet", "runs")]
    assert [bridge.id for bridge in asked(view_of(("exemples", claims)), A, C).answers] == [v]


def test_few_pairs_of_which_next_to_none_is_introduced_are_no_reason_to_come_first(
    view_of: ViewOf,
) -> None:
    # great introduces 30 of 30 and makes the usual share high; busy two of 4, with one other; idle
    # one of 2, with five others. Drawn to the usual, the share of idle would be above that of busy.
    great, busy, idle, *others = names("gbiuvwxyz")
    ends = {f"alliage:a{n}": A for n in range(8)} | {f"alliage:c{n}": C for n in range(10)}
    worlds = {**dict.fromkeys((great, busy, idle, *others), S), **ends}
    near_great = [f"a{n}" for n in range(5)] + [f"c{n}" for n in range(6)]
    graph: Graph = nx.Graph((great, f"alliage:{key}") for key in near_great)
    for broker in (busy, others[0]):
        graph.add_edges_from((broker, f"alliage:{key}") for key in ("a5", "a6", "c6", "c7"))
    graph.add_edges_from([("alliage:a5", "alliage:c6"), ("alliage:a6", "alliage:c7")])
    for broker in (idle, *others[1:6]):
        graph.add_edges_from((broker, f"alliage:{key}") for key in ("a7", "c8", "c9"))
    graph.add_edge("alliage:a7", "alliage:c9")
    answer = asked(view_of(("exemples", [*place(), *actors(worlds), *ties(graph)])), A, C)
    found = by_id(answer)
    assert (found["b"].introduced, found["b"].possible) == (2, 4)
    assert (found["i"].introduced, found["i"].possible) == (1, 2)
    order = [bridge.id for bridge in answer.answers]
    assert order.index(great) < order.index(busy) < order.index(idle)


def test_only_what_aims_at_the_goal_counts_when_one_is_asked(view_of: ViewOf) -> None:
    v, w, a, c = names("vwac")
    claims = [*place(), *actors({v: S, w: S, a: A, c: C, "alliage:x": A, "alliage:y": C})]
    claims += [NodeClaim("goal:17", GOAL, "17", {"name": "Partenariats", "number": 17})]
    claims += alliance("alliage:un", {v: LEAD, a: MEMBER, c: MEMBER})
    claims += alliance("alliage:deux", {w: LEAD, "alliage:x": MEMBER, "alliage:y": MEMBER})
    claims += [TieClaim(AIMS_AT, "alliage:deux", "goal:17", "aims")]
    view = view_of(("exemples", claims))
    assert set(by_id(asked(view, A, C))) == {"v", "w"}
    assert set(by_id(asked(view, A, C, goals=("17",)))) == {"w"}


def test_who_convenes_what_does_not_aim_at_the_goal_introduces_nobody_for_it(
    view_of: ViewOf,
) -> None:
    v, w, a, c = names("vwac")
    claims = [*place(), *actors({v: S, w: S, a: A, c: C})]
    claims += [NodeClaim("goal:17", GOAL, "17", {"name": "Partenariats", "number": 17})]
    claims += alliance("alliage:autre", {v: LEAD, a: MEMBER, c: MEMBER})
    for end in (v, a, c):  # all are in contact with w for the goal
        claims += alliance(f"{end}-w", {w: LEAD, end: MEMBER})
        claims += [TieClaim(AIMS_AT, f"{end}-w", "goal:17", f"{end} aims")]
    view = view_of(("exemples", claims))
    assert set(by_id(asked(view, A, C))) == {"v"}
    assert asked(view, A, C, goals=("17",)).answers == ()


@pytest.mark.parametrize("seed", range(5))
def test_the_answer_is_the_same_in_any_order_of_ingestion(view_of: ViewOf, seed: int) -> None:
    graph, worlds = random_graph(seed)
    claims = [*place(), *actors(worlds), *ties(graph)]
    halves = [("exemples", claims[::2]), ("recit", claims[1::2])]
    expected = asked(view_of(*halves), A, C)
    chance = random.Random(seed)
    shuffled = [(name, chance.sample(said, len(said))) for name, said in reversed(halves)]
    assert asked(view_of(*shuffled), A, C) == expected


# On the documents ----------------------------------------------------------------------------


@pytest.fixture(scope="session")
def paragraphs(shared: Path) -> dict[tuple[str, str], str]:
    """The paragraphs of the documents by source and locator: the n-th line that is not blank."""
    found: dict[tuple[str, str], str] = {}
    with (DATA / "ecosystem" / "documents.csv").open(encoding="utf-8", newline="") as lines:
        numbers = {row["id"]: row["number"] for row in csv.DictReader(lines) if row["number"]}
    for source, number in numbers.items():
        (path,) = (shared / "seeds").glob(f"{number}_*.txt")
        texts = [line for line in path.read_text(encoding="utf-8").split("\n") if line.strip()]
        found |= {(source, f"§ {n}"): fold(text) for n, text in enumerate(texts, 1)}
    return found


# As the documents write them.
WRITTEN = {
    "alliage:gaia": "GAIA",
    "alliage:labo-des-partenariats-grenoble": "Labo des partenariats",
    "alliage:agence-edf-une-riviere-un-territoire": "agence EDF",
    "alliage:chaire-ess-iep-grenoble": "Chaire ESS de l’IEP de Grenoble",
    "alliage:chaire-territoire-en-transition-gem": "Chaire Territoire en transition",
    "alliage:entreprises-labo-isere": "entreprises engagées",
    "alliage:cress-bretagne": "CRESS Bretagne",
    "alliage:entreprises-classiques-bretagne": "entreprises « classiques »",
    "alliage:structures-ess-bretagne": "structures de l’ESS",
    "alliage:poles-ess-bretagne": "pôles ESS",
    "alliage:le-rameau": "Le RAMEAU",
    "alliage:fondation-rte": "Fondation RTE",
    "alliage:chaire-interactions-agroparistech": "Chaire Interactions",
    "alliage:agroparistech-clermont-ferrand": "site de Clermont Ferrand",
    "alliage:maceo": "Macéo",
}


def ask(view: View, place: str, *between: str) -> Bridges:
    return bridges(view, Request(between, place))


def test_in_isère_gaia_or_its_labo_links_academics_and_companies(bundled: View) -> None:
    answer = ask(bundled, "Isère", "academic", "company")
    pair = {"alliage:gaia", "alliage:labo-des-partenariats-grenoble"}
    assert {bridge.id for bridge in answer.answers[:2]} == pair
    for bridge in answer.answers[:2]:
        assert bridge.place == "Isère"
        for a, v, b in bridge.paths:
            worlds = {bundled.world_of(bundled.ordinal(end) or 0) for end in (a, b)}
            assert (v, worlds) == (bridge.id, {World.ACADEMIC, World.COMPANY})


def test_gaia_is_the_catalyst_whose_functions_the_document_tells(bundled: View) -> None:
    answer = ask(bundled, "Isère", "academic", "company")
    gaia = next(bridge for bridge in answer.answers if bridge.id == "alliage:gaia")
    assert gaia.catalyst  # « ce « catalyseur territorial » », exemples § 7
    assert gaia.functions == (Function.DIALOGUE, Function.EXPERIMENTATION, Function.SUPPORT)
    told = next(reason for reason in gaia.reasons if reason.kind is ReasonKind.FUNCTION)
    assert told.text == (
        "Catalyseur territorial : animation du dialogue, expérimentations collectives, "
        "accompagnement."
    )


@pytest.mark.needs_shared
@pytest.mark.parametrize(
    ("place", "between"),
    [
        ("Isère", ("academic", "company")),
        ("Bretagne", ("company", "association")),
        ("Massif central", ("academic", "company")),
    ],
)
def test_each_end_of_a_path_is_named_in_a_paragraph_that_is_cited(
    bundled: View,
    paragraphs: Mapping[tuple[str, str], str],
    place: str,
    between: tuple[str, str],
) -> None:
    first = ask(bundled, place, *between).answers[0]
    told = [reason for reason in first.reasons if reason.kind is ReasonKind.PATH]
    assert told
    for reason, path in zip(told, first.paths, strict=False):
        cited = [paragraphs[evidence.source, evidence.locator] for evidence in reason.evidence]
        for end in (path[0], path[2]):
            assert any(fold(WRITTEN[end]) in text for text in cited), (end, reason)
        assert any(fold(WRITTEN[first.id]) in text for text in cited), (first.id, reason)


def test_in_bretagne_the_cress_links_companies_and_associations(bundled: View) -> None:
    first = ask(bundled, "Bretagne", "company", "association").answers[0]
    assert (first.id, first.place) == ("alliage:cress-bretagne", "Bretagne")
    cited = {(e.source, e.locator) for reason in first.reasons for e in reason.evidence}
    assert ("exemples", "§ 23") in cited


def test_the_massif_central_is_a_perimeter_whose_experiment_is_found(bundled: View) -> None:
    answer = ask(bundled, "Massif central", "academic", "company")
    assert (answer.question.place.id, answer.question.place.level) == (
        "perimeter:massif-central",
        "perimeter",
    )
    # exemples § 34 names the three who initiated it, and its partners of four worlds.
    assert {bridge.id for bridge in answer.answers} == {
        "alliage:fondation-rte",
        "alliage:chaire-interactions-agroparistech",
        "alliage:le-rameau",
    }
    experiment = bundled.ordinal("alliage:odd-17-en-pratique-massif-central")
    assert experiment is not None
    assert len(bundled.ties[MEMBER_OF].starts_of(experiment)) == 8
    for bridge in answer.answers:
        assert any("“L'ODD 17 en pratique”" in reason.text for reason in bridge.reasons)


def test_in_bretagne_a_bank_of_next_to_no_introductions_is_not_ahead_of_le_rameau(
    bundled: View,
) -> None:
    found = {b.id: b for b in ask(bundled, "Bretagne", "company", "association").answers}
    keys = list(found)
    rameau, bank = found["alliage:le-rameau"], found["alliage:caisse-des-depots"]
    assert rameau.share > bank.share
    assert keys.index(rameau.id) < keys.index(bank.id)


def test_where_nobody_connects_the_answer_is_empty(bundled: View) -> None:
    assert ask(bundled, "Mayotte", "academic", "citizens").answers == ()


@pytest.mark.parametrize(
    ("request_", "error", "message"),
    [
        (Request(("asso",), "Isère"), RequestError, "Donnez au moins deux mondes différents"),
        (Request(("asso", "association"), "Isère"), RequestError, "Donnez au moins deux mondes"),
        (Request(("asso", "marché"), "Isère"), UnknownTerm, "« marché » n'est pas un monde"),
        (Request(("asso", "state"), "Atlantide"), UnknownPlace, "Aucun territoire ne correspond"),
        (Request(("asso", "state"), "84"), AmbiguousPlace, "« 84 » désigne plusieurs"),
        (Request(("asso", "state"), "Isère", ("18",)), UnknownTerm, "« 18 » n'est pas un"),
        (Request(("asso", "state"), "Isère", limit=0), RequestError, "Le nombre de réponses"),
    ],
)
def test_a_request_that_is_not_clear_says_what_to_do(
    bundled: View, request_: Request, error: type[RequestError], message: str
) -> None:
    with pytest.raises(error) as told:
        bridges(bundled, request_)
    assert type(told.value) is error
    assert told.value.message.startswith(message)
