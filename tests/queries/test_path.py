import random
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import TypeAlias

import networkx as nx
import pytest

from graph.claims import Claim, NodeClaim, TieClaim
from graph.errors import AmbiguousName, RequestError, UnknownId
from graph.model import INSPIRED, MEMBER_OF, ORGANISATION, PART_OF, SUPPORTS, TERRITORY, tie_named
from graph.sqlite.store import SqliteStore
from graph.view import View
from queries.acquaintance import acquaintances as known_of
from queries.acquaintance import disjoint
from queries.answers import Evidence, Named
from queries.path import Introduction, Step, paths, period, shortest, step
from queries.wording import joined, listed, quoted

ViewOf: TypeAlias = Callable[..., View]
Graph: TypeAlias = "nx.Graph[str]"

MEETING = ("MEMBER_OF", "FOUNDED", "RUNS", "SUPPORTS", "FUNDED", "CARRIES", "GAVE_RISE_TO")
ACTORS = {"Organisation", "Alliance", "Project"}


@pytest.fixture(scope="module")
def acquaintances(bundled_store: Path) -> Graph:
    """Who knows whom in what is bundled, as networkx holds it."""
    store = SqliteStore(bundled_store)
    kinds = {node.key: node.kind.name for node in store.scan_nodes()}
    graph: Graph = nx.Graph()
    for name in (*MEETING, "INSPIRED", "PART_OF"):
        for start, end, _ in store.scan_tie_values(tie_named(name)):
            if kinds[start] in ACTORS and kinds[end] in ACTORS:
                graph.add_edge(start, end)
    store.close()
    return graph


@pytest.mark.parametrize("seed", range(60))
def test_the_shortest_paths_are_those_of_networkx(
    bundled: View, acquaintances: Graph, seed: int
) -> None:
    one, other = random.Random(seed).sample(sorted(acquaintances), 2)
    a, b = bundled.ordinal(one), bundled.ordinal(other)
    assert a is not None
    assert b is not None
    if nx.has_path(acquaintances, one, other):
        expected = {tuple(path) for path in nx.all_shortest_paths(acquaintances, one, other)}
        expected = {path for path in expected if len(path) <= 9}  # eight steps at most
    else:
        expected = set()
    found = shortest(bundled, a, b, limit=10_000)
    assert len(found) == len(set(found))
    assert {tuple(bundled.keys[node] for node in path) for path in found} == expected


def test_gaia_and_le_rameau_know_each_other_in_two_ways(bundled: View) -> None:
    answer = paths(bundled, "GAIA", "Le RAMEAU")
    assert (answer.start, answer.end) == (
        Named("alliage:gaia", "GAIA"),
        Named("alliage:le-rameau", "Le RAMEAU"),
    )
    assert [introduction.ids for introduction in answer.introductions] == [
        ("alliage:gaia", "alliage:alsace-active", "alliage:le-rameau"),
        ("alliage:gaia", "alliage:programme-innovation-sociale-isere", "alliage:le-rameau"),
    ]
    inspired, supported = answer.introductions[0].steps
    # « il s'est notamment inspiré de l'expérience d'Alsace Active »; « dès 2008 »
    assert [
        (s.text, s.evidence[0].source, s.evidence[0].locator) for s in (inspired, supported)
    ] == [
        ("Alsace Active a inspiré GAIA", "exemples", "§ 7"),
        ("Le RAMEAU accompagne Alsace Active (depuis 2008)", "racines", "§ 7"),
    ]


@pytest.mark.parametrize("seed", range(60))
def test_the_disjoint_ways_share_nobody_and_the_shortest_are_as_many_as_menger_says(
    bundled: View, acquaintances: Graph, seed: int
) -> None:
    core = max(nx.connected_components(acquaintances), key=len)
    one, other = random.Random(seed).sample(sorted(core), 2)
    a, b = bundled.ordinal(one), bundled.ordinal(other)
    assert a is not None
    assert b is not None
    found = disjoint(known_of(bundled), a, b, limit=10_000)
    named = [tuple(bundled.keys[node] for node in way) for way in found]
    inner = [node for way in named for node in way[1:-1]]
    assert len(inner) == len(set(inner))
    for way in named:
        assert (way[0], way[-1]) == (one, other)
        assert nx.is_path(acquaintances, list(way))
    lengths = [len(way) for way in named]
    assert lengths == sorted(lengths)
    shortest_ways = list(nx.all_shortest_paths(acquaintances, one, other))
    if len(shortest_ways[0]) > 9:
        assert named == []
        return
    assert lengths.count(lengths[0]) == menger(shortest_ways)
    left = nx.restricted_view(acquaintances, inner, [(one, other)])
    assert not nx.has_path(left, one, other) or nx.shortest_path_length(left, one, other) > 8


def menger(ways: list[list[str]]) -> int:
    """How many of the shortest ways at most share nobody between their ends, by networkx."""
    one, other = ways[0][0], ways[0][-1]
    if len(ways[0]) == 2:
        return 1
    graph: nx.DiGraph[str] = nx.DiGraph(pair for way in ways for pair in pairwise(way))
    return len(list(nx.node_disjoint_paths(graph, one, other)))


def test_those_who_know_each_other_have_another_way_besides(view_of: ViewOf) -> None:
    keys = ["alliage:a", "alliage:b", "alliage:x", "alliage:y", "alliage:z"]
    claims: list[Claim] = [NodeClaim(key, ORGANISATION, key, {"name": key}) for key in keys]
    a, b, x, y, z = keys
    pairs = [(a, b), (a, x), (x, b), (a, y), (y, z), (z, b), (x, z)]
    claims += [TieClaim(SUPPORTS, one, other, f"{one} {other}") for one, other in pairs]
    answer = paths(view_of(("exemples", claims)), a, b)
    assert [way.ids for way in answer.introductions] == [(a, b)]
    assert [way.ids for way in answer.disjoint] == [(a, b), (a, x, b), (a, y, z, b)]


def test_a_path_reads_the_same_from_both_ends(bundled: View) -> None:
    there = paths(bundled, "GAIA", "Groupe La Poste").introductions
    back = paths(bundled, "Groupe La Poste", "GAIA").introductions
    assert {path.ids for path in there} == {path.ids[::-1] for path in back}


def test_at_most_five_introductions_are_given(bundled: View, acquaintances: Graph) -> None:
    hub = [node for node, degree in acquaintances.degree if degree > 4]
    for one, other in pairwise(hub):
        assert len(paths(bundled, one, other).introductions) <= 5


def test_those_whom_nothing_joins_have_no_path(bundled: View) -> None:
    answer = paths(bundled, "GAIA", "siren:219740016")  # the commune of Les Avirons
    assert answer.introductions == ()


def test_a_step_tells_the_tie_in_its_own_direction_with_its_evidence(view_of: ViewOf) -> None:
    claims: list[Claim] = [
        NodeClaim("alliage:gaia", ORGANISATION, "1", {"name": "GAIA"}),
        NodeClaim("alliage:alsace-active", ORGANISATION, "2", {"name": "Alsace Active"}),
        TieClaim(INSPIRED, "alliage:alsace-active", "alliage:gaia", "3", {"since": "2012"}, "§ 7"),
    ]
    view = view_of(("exemples", claims))
    active, gaia = view.ordinal("alliage:alsace-active"), view.ordinal("alliage:gaia")
    assert active is not None
    assert gaia is not None
    expected = Step(
        Named("alliage:alsace-active", "Alsace Active"),
        Named("alliage:gaia", "GAIA"),
        "INSPIRED",
        "",
        "Alsace Active a inspiré GAIA (depuis 2012)",
        (Evidence("exemples", "§ 7", ""),),
    )
    assert step(view, gaia, active) == step(view, active, gaia) == expected
    assert paths(view, "GAIA", "Alsace Active").introductions == (
        Introduction(("alliage:gaia", "alliage:alsace-active"), (expected,)),
    )
    with pytest.raises(KeyError):
        step(view, gaia, gaia)


def test_living_in_one_territory_is_no_acquaintance(view_of: ViewOf) -> None:
    claims: list[Claim] = [
        NodeClaim("commune:38185", TERRITORY, "1", {"name": "Grenoble"}),
        NodeClaim("departement:38", TERRITORY, "2", {"name": "Isère"}),
        TieClaim(PART_OF, "commune:38185", "departement:38", "3"),
    ]
    view = view_of(("cog", claims))
    assert shortest(view, 0, 1) == []


def test_a_path_has_eight_steps_at_most(view_of: ViewOf) -> None:
    keys = [f"alliage:maillon-{i}" for i in range(10)]
    claims: list[Claim] = [NodeClaim(key, ORGANISATION, key, {"name": key}) for key in keys]
    claims += [TieClaim(SUPPORTS, a, b, f"{a} {b}") for a, b in pairwise(keys)]
    view = view_of(("exemples", claims))
    assert shortest(view, 0, 8) == [tuple(range(9))]
    assert shortest(view, 0, 9) == []


@pytest.mark.parametrize(
    ("start", "end", "error", "message"),
    [
        ("GAIA", "gaia", RequestError, "« GAIA » et « gaia » désignent la même fiche"),
        ("GAIA", "xyzzy", UnknownId, "Nous ne connaissons rien sous l'identifiant ou le nom"),
        ("GAIA", "Isère", AmbiguousName, "« Isère » désigne plusieurs fiches"),  # no territory
        ("Commune de Saint-Denis", "GAIA", AmbiguousName, "« Commune de Saint-Denis » désigne"),
    ],
)
def test_two_actors_that_are_not_clear_are_refused(
    bundled: View, start: str, end: str, error: type[RequestError], message: str
) -> None:
    with pytest.raises(error) as told:
        paths(bundled, start, end)
    assert told.value.message.startswith(message)


@pytest.mark.parametrize(
    ("since", "until", "words"),
    [
        ("2018", "2020-03", " (2018 à 2020-03)"),
        ("2018", None, " (depuis 2018)"),
        (None, "2020", " (jusqu'à 2020)"),
        (None, None, ""),
    ],
)
def test_a_period_is_told_as_far_as_it_is_known(
    since: str | None, until: str | None, words: str
) -> None:
    assert period(since, until) == words


@pytest.mark.parametrize(
    ("verb", "name", "sentence"),
    [
        (MEMBER_OF.verb, "SilverGeek", "prend part à SilverGeek"),
        (MEMBER_OF.verb, "Le Mouvement associatif", "prend part au Mouvement associatif"),
        (PART_OF.verb, "Isère", "fait partie d'Isère"),
        (PART_OF.verb, "Éclose", "fait partie d'Éclose"),
        (PART_OF.verb, "La Poste", "fait partie de La Poste"),
        (PART_OF.verb, "Le Havre", "fait partie du Havre"),
        (PART_OF.verb, "Les Mureaux", "fait partie des Mureaux"),
        (PART_OF.verb, "Hauts-de-France", "fait partie de Hauts-de-France"),
        (INSPIRED.inverse, "Alsace Active", "s'est inspiré d'Alsace Active"),
        (SUPPORTS.verb, "Le RAMEAU", "accompagne Le RAMEAU"),
        (PART_OF.verb, "Le", "fait partie de Le"),
    ],
)
def test_a_verb_is_joined_to_a_name_as_french_does(verb: str, name: str, sentence: str) -> None:
    assert joined(verb, name) == sentence


def test_quotes_within_quotes_are_of_the_second_level() -> None:
    assert quoted("Charte du « faire alliance »") == "« Charte du “faire alliance” »"
    assert quoted("GAIA") == "« GAIA »"


def test_a_list_ends_with_and() -> None:
    assert listed(["a"]) == "a"
    assert listed(["a", "b", "c"]) == "a, b et c"
