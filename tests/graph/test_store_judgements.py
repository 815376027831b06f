"""What every store promises of judgements on identity: merged, reversible, nothing lost."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from itertools import permutations
from pathlib import Path

import pytest

from graph.claims import Claim, NodeClaim, Source, TieClaim
from graph.errors import ContradictoryJudgement
from graph.identity import Judgement, Verdict
from graph.model import ALLIANCE, MEMBER_OF, ORGANISATION, PART_OF, SEATED_IN, TERRITORY, TIES
from graph.rdf.export import Provenance
from graph.rdf.files import write_ntriples
from graph.sqlite.store import SqliteStore
from graph.store import Reader, Store
from graph.view import memory_view
from queries.show import show

# The département of Isère, as three sources name it, and La Poste.
ISERE, OURS, LISTED = "siren:223800012", "alliage:departement-isere", "fonds-vert:isere"
POSTE, ALLIANCE_ID, GRENOBLE = "siren:356000000", "alliage:alliance-dynamique", "commune:38185"

SIRENE = Source("sirene", "Base Sirene", "Insee", "Licence Ouverte 2.0", trust=80)
EXAMPLES = Source("exemples", "Exemples", "Le RAMEAU", "", trust=50, keeps_history=False)
GREEN = Source("fonds-vert", "Fonds vert", "DGALN", "", trust=60, keeps_history=False)


def organisation(key: str, name: str, **said: str | list[str]) -> NodeClaim:
    return NodeClaim(key, ORGANISATION, key, {"name": name, **said})


TOLD: list[tuple[Source, list[Claim]]] = [
    (
        SIRENE,
        [
            organisation(ISERE, "Département de l'Isère", siren="223800012"),
            organisation(POSTE, "La Poste", siren="356000000"),
            NodeClaim(GRENOBLE, TERRITORY, "38185", {"name": "Grenoble", "level": "commune"}),
            TieClaim(SEATED_IN, ISERE, GRENOBLE, "1"),
        ],
    ),
    (
        EXAMPLES,
        [
            organisation(OURS, "Conseil départemental Isère", purpose="Agir ensemble"),
            NodeClaim(ALLIANCE_ID, ALLIANCE, "16", {"name": "Alliance Dynamique"}),
            TieClaim(MEMBER_OF, OURS, ALLIANCE_ID, "16", {"role": "initiator"}),
        ],
    ),
    (
        GREEN,
        [
            organisation(LISTED, "CD 38", websites=["https://www.isere.fr"]),
            TieClaim(MEMBER_OF, LISTED, ALLIANCE_ID, "2", {"since": "2021"}),
            TieClaim(PART_OF, LISTED, ISERE, "3"),
        ],
    ),
]


def tell(store: Store, told: Sequence[tuple[Source, list[Claim]]] = TOLD) -> None:
    for source, claims in told:
        with store.write(source) as writing:
            writing.add(claims)
            writing.finish()


def judged(one: str, other: str, verdict: Verdict = Verdict.SAME, who: str = "x") -> Judgement:
    return Judgement(one, other, verdict, who, "2026-11-22")


SAME = [judged(ISERE, OURS), judged(OURS, LISTED)]
PAIRS = [(ISERE, OURS), (LISTED, OURS)]


@pytest.fixture(params=["sqlite", pytest.param("neo4j", marks=pytest.mark.needs_neo4j)])
def opened(request: pytest.FixtureRequest) -> Callable[[Path], Store]:
    """Opens a store, empty, to be written; the one before is closed by then."""
    if request.param == "sqlite":
        return lambda path: SqliteStore(path, writable=True)

    def on_server(_: Path) -> Store:
        found: Store = request.getfixturevalue("neo4j").cleared().writer()
        return found

    return on_server


@pytest.fixture
def store(opened: Callable[[Path], Store], tmp_path: Path) -> Iterator[Store]:
    with closing(opened(tmp_path / "alliage.db")) as empty:
        yield empty


@pytest.fixture
def told(store: Store) -> Store:
    tell(store)
    return store


@pytest.fixture
def export(tmp_path: Path) -> Callable[[Store], bytes]:
    def written(store: Store) -> bytes:
        file = tmp_path / "export.nt"
        write_ntriples(store, "https://example.org", file, Provenance.WHOLE)
        return file.read_bytes()

    return written


def everything(store: Reader) -> dict[str, object]:
    return {
        "nodes": [*store.scan_nodes()],
        "claims": [*store.scan_node_claims()],
        "ties": [tie for kind in TIES for tie in store.scan_ties(kind)],
        "values": [value for kind in TIES for value in store.scan_tie_values(kind)],
        "aliases": [*store.aliases()],
        "found": store.search("Isère"),
    }


def test_the_merged_have_the_claims_of_all(told: Store) -> None:
    before = sorted(claim.record for key in (ISERE, OURS, LISTED) for claim in told.claims(key))
    assert told.judge(SAME) == 2
    for key in (ISERE, OURS, LISTED):
        node = told.node(key)
        assert node is not None
        assert (node.key, node.name) == (ISERE, "Département de l'Isère")
        assert node.properties["purpose"] == "Agir ensemble"
        assert node.properties["websites"] == ["https://www.isere.fr"]
        assert sorted(claim.record for claim in told.claims(key)) == before


def test_the_merged_have_the_ties_of_all_and_none_to_themselves(told: Store) -> None:
    told.judge(SAME)
    for key in (ISERE, OURS, LISTED):
        assert [(t.tie, t.start, t.end) for t in told.ties(key)] == [
            (MEMBER_OF, ISERE, ALLIANCE_ID),
            (SEATED_IN, ISERE, GRENOBLE),
        ]
        tie = told.tie(MEMBER_OF, key, ALLIANCE_ID)
        assert tie is not None
        assert tie.properties == {"role": "initiator", "since": "2021"}
        assert [claim.source.name for claim in tie.claims] == ["fonds-vert", "exemples"]
    assert [*told.scan_ties(PART_OF)] == []
    assert [*told.scan_tie_values(MEMBER_OF)] == [
        (ISERE, ALLIANCE_ID, {"role": "initiator", "since": "2021"})
    ]


def test_the_merged_are_scanned_once_and_their_claims_under_each_id(told: Store) -> None:
    claims = [*told.scan_node_claims()]
    told.judge(SAME)
    assert [node.key for node in told.scan_nodes()] == [ALLIANCE_ID, GRENOBLE, ISERE, POSTE]
    assert [*told.scan_node_claims()] == claims


def test_a_search_finds_the_merged_once(told: Store) -> None:
    assert len(told.search("Isère")) == 3
    told.judge(SAME)
    assert [found.key for found in told.search("Isère")] == [ISERE]


def test_a_search_finds_the_merged_by_any_of_its_names(told: Store) -> None:
    told.judge(SAME)
    assert [found.key for found in told.search("Conseil départemental")] == [ISERE]
    assert [found.key for found in told.search("CD 38")] == [ISERE]


def test_the_other_ids_are_aliases(told: Store) -> None:
    told.judge(SAME)
    assert [*told.aliases()] == [(OURS, ISERE), (LISTED, ISERE)]


def test_it_is_shown_by_either_id(told: Store) -> None:
    told.judge(SAME)
    view = memory_view(told)
    assert {show(view, key).id for key in (ISERE, OURS, LISTED)} == {ISERE}


def test_taking_judgements_back_restores_the_export(
    told: Store, export: Callable[[Store], bytes]
) -> None:
    before, whole = everything(told), export(told)
    told.judge(SAME)
    assert export(told) != whole
    assert told.withdraw(PAIRS) == 2
    assert everything(told) == before
    assert export(told) == whole


def test_taking_one_judgement_back_leaves_the_other(told: Store) -> None:
    told.judge(SAME)
    assert told.withdraw([(OURS, ISERE)]) == 1
    assert [*told.aliases()] == [(LISTED, OURS)]
    assert told.withdraw([(OURS, ISERE)]) == 0
    node = told.node(ISERE)
    assert node is not None
    assert "purpose" not in node.properties


def test_what_is_judged_before_it_is_told_is_merged_when_it_is(store: Store) -> None:
    store.judge(SAME)
    assert [*store.scan_nodes()] == []
    assert [*store.aliases()] == []
    assert store.node(OURS) is None
    tell(store)
    merged = everything(store)
    store.withdraw(PAIRS)
    store.judge(SAME)
    assert everything(store) == merged
    assert [*store.aliases()] == [(OURS, ISERE), (LISTED, ISERE)]


def test_an_id_that_no_source_has_may_stand_for_others(told: Store) -> None:
    before = everything(told)
    told.judge([judged("siren:200040715", OURS)])
    node = told.node(OURS)
    assert node is not None
    assert (node.key, node.name) == ("siren:200040715", "Conseil départemental Isère")
    told.withdraw([("siren:200040715", OURS)])
    assert everything(told) == before


def test_the_order_of_sources_and_judgements_does_not_matter(
    opened: Callable[[Path], Store], tmp_path: Path
) -> None:
    states = []
    for number, order in enumerate(permutations(TOLD)):
        with closing(opened(tmp_path / f"{number}.db")) as store:
            tell(store, order[: number % 4])
            store.judge(SAME[::-1] if number % 2 else SAME)
            tell(store, order[number % 4 :])
            states.append(everything(store))
    assert all(state == states[0] for state in states)


def test_a_source_forgotten_and_read_again_is_merged_again(told: Store) -> None:
    told.judge(SAME)
    merged = everything(told)
    for source, _ in TOLD:
        told.forget(source.name)
    assert [*told.scan_nodes()] == []
    tell(told)
    assert everything(told) == merged


def test_forgotten_with_its_judgements_nothing_is_left(told: Store) -> None:
    told.judge(SAME)
    for source, _ in TOLD:
        told.forget(source.name)
    told.withdraw(PAIRS)
    tell(told)
    assert [*told.aliases()] == []
    assert len([*told.scan_nodes()]) == 6


def test_two_judged_different_stay_apart_and_nothing_changes(told: Store) -> None:
    told.judge([judged(ISERE, OURS), judged(ISERE, LISTED, Verdict.DIFFERENT)])
    before, kept = everything(told), [*told.judgements()]
    with pytest.raises(ContradictoryJudgement, match="jugées différentes"):
        told.judge([judged(OURS, LISTED)])
    assert (everything(told), [*told.judgements()]) == (before, kept)


def test_two_siren_stay_apart(told: Store) -> None:
    told.judge([judged(ISERE, OURS)])
    before = everything(told)
    with pytest.raises(ContradictoryJudgement, match="leurs SIREN diffèrent"):
        told.judge([judged(OURS, POSTE)])
    assert everything(told) == before


def test_two_kinds_stay_apart(told: Store) -> None:
    with pytest.raises(ContradictoryJudgement, match="de même sorte"):
        told.judge([judged(OURS, ALLIANCE_ID)])
    assert [*told.judgements()] == []


def test_a_judgement_takes_the_place_of_the_one_before(told: Store) -> None:
    told.judge([judged(ISERE, OURS)])
    assert told.judge([judged(OURS, ISERE)]) == 0
    assert told.judge([judged(OURS, ISERE, Verdict.SAME, "personne")]) == 1
    assert told.judge([judged(OURS, ISERE, Verdict.DIFFERENT)]) == 1
    assert [*told.judgements()] == [judged(OURS, ISERE, Verdict.DIFFERENT)]
    assert [*told.aliases()] == []


def test_judging_again_changes_nothing(told: Store) -> None:
    told.judge(SAME)
    generation = told.generation()
    assert told.judge(SAME) == 0
    assert told.generation() == generation


def test_what_is_merged_is_updated_by_each_of_its_sources(told: Store) -> None:
    told.judge(SAME)
    tell(told, [(GREEN, [organisation(LISTED, "CD 38", purpose="Aménager")])])
    node = told.node(ISERE)
    assert node is not None
    assert node.properties["purpose"] == "Aménager"
    assert "websites" not in node.properties
