"""Judgements that sources later contradict: kept, not applied, and nothing is mixed up."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph.claims import NodeClaim, Source
from graph.errors import ContradictoryJudgement
from graph.identity import Judgement, Verdict
from graph.model import ALLIANCE, ORGANISATION, TERRITORY, Kind
from graph.rdf.files import write_ntriples
from graph.sqlite.store import SqliteStore
from graph.store import Reader

# The metropolis as a body and as a territory: two things, which share a name.
BODY, LISTED, PLACE = "siren:200040715", "liste:metropole", "epci:200040715"


def source(name: str, *, history: bool = False) -> Source:
    return Source(name, name, "Éditeur", "", trust=50, keeps_history=history)


def judged(one: str, other: str, verdict: Verdict = Verdict.SAME) -> Judgement:
    return Judgement(one, other, verdict, "personne", "2026-11-22").ordered


def tell(store: SqliteStore, name: str, kinds: Mapping[str, Kind]) -> None:
    with store.write(source(name)) as writing:
        writing.add(NodeClaim(key, kind, key, {"name": key}) for key, kind in kinds.items())
        writing.finish()


def kinds(store: Reader) -> dict[str, str]:
    """The kind under which each id is found, and by which id."""
    return {node.key: node.kind.name for node in store.scan_nodes()}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    with closing(SqliteStore(tmp_path / "alliage.db", writable=True)) as opened:
        yield opened


@pytest.mark.parametrize("order", [*permutations([("a", BODY), ("b", LISTED), ("c", PLACE)])])
def test_what_turns_out_to_be_of_two_kinds_stays_apart(
    order: Sequence[tuple[str, str]], store: SqliteStore
) -> None:
    store.judge([judged(BODY, LISTED), judged(LISTED, PLACE)])
    for name, key in order:
        tell(store, name, {key: TERRITORY if key == PLACE else ORGANISATION})
    assert kinds(store) == {BODY: "Organisation", PLACE: "Territory"}
    assert [*store.aliases()] == [(LISTED, BODY)]
    assert [*store.unapplied_judgements()] == [judged(LISTED, PLACE)]
    assert [*store.judgements()] == sorted([judged(BODY, LISTED), judged(LISTED, PLACE)])
    assert {(key, kind.name) for key, kind, _ in store.scan_node_claims()} == {
        (BODY, "Organisation"),
        (LISTED, "Organisation"),
        (PLACE, "Territory"),
    }


@pytest.mark.parametrize("first", [BODY, PLACE])
def test_of_two_kinds_through_an_id_that_nobody_describes_none_is_applied(
    first: str, store: SqliteStore
) -> None:
    store.judge([judged(BODY, LISTED), judged(LISTED, PLACE)])
    told = {BODY: ORGANISATION, PLACE: TERRITORY}
    for key in sorted(told, key=lambda each: each != first):
        tell(store, key.partition(":")[0], {key: told[key]})
    assert kinds(store) == {BODY: "Organisation", PLACE: "Territory"}
    assert [*store.aliases()] == []
    assert len([*store.unapplied_judgements()]) == 2
    tell(store, "liste", {LISTED: ORGANISATION})
    assert [*store.aliases()] == [(LISTED, BODY)]


def test_it_is_applied_once_the_source_is_corrected_or_forgotten(store: SqliteStore) -> None:
    store.judge([judged(LISTED, PLACE)])
    tell(store, "liste", {LISTED: ORGANISATION})
    tell(store, "reference", {PLACE: TERRITORY})
    assert [*store.aliases()] == []
    tell(store, "liste", {LISTED: TERRITORY})
    assert [*store.aliases()] == [(LISTED, PLACE)]
    assert [*store.unapplied_judgements()] == []
    tell(store, "liste", {LISTED: ORGANISATION})
    assert [*store.unapplied_judgements()] == [judged(LISTED, PLACE)]
    store.forget("liste")
    assert [*store.unapplied_judgements()] == []
    assert kinds(store) == {PLACE: "Territory"}
    node = store.node(LISTED)
    assert node is not None
    assert node.key == PLACE


def test_one_edition_may_say_two_kinds_at_once(store: SqliteStore) -> None:
    store.judge([judged(LISTED, PLACE)])
    tell(store, "liste", {LISTED: ORGANISATION, PLACE: TERRITORY})
    assert kinds(store) == {LISTED: "Organisation", PLACE: "Territory"}
    assert [*store.unapplied_judgements()] == [judged(LISTED, PLACE)]


def test_a_whole_identity_may_change_its_kind(store: SqliteStore) -> None:
    store.judge([judged(BODY, LISTED)])
    tell(store, "liste", {BODY: ORGANISATION, LISTED: ORGANISATION})
    tell(store, "liste", {BODY: ALLIANCE, LISTED: ALLIANCE})
    assert kinds(store) == {BODY: "Alliance"}
    assert [*store.aliases()] == [(LISTED, BODY)]


def test_other_judgements_go_on_beside_one_that_is_not_applied(store: SqliteStore) -> None:
    store.judge([judged(LISTED, PLACE)])
    tell(store, "liste", {LISTED: ORGANISATION, "liste:autre": ORGANISATION})
    tell(store, "reference", {PLACE: TERRITORY})
    assert store.judge([judged(LISTED, "liste:autre")]) == 1
    assert [*store.aliases()] == [(LISTED, "liste:autre")]
    with pytest.raises(ContradictoryJudgement, match="de même sorte"):
        store.judge([judged("liste:autre", PLACE)])
    assert store.withdraw([(LISTED, PLACE)]) == 1
    assert [*store.unapplied_judgements()] == []


def test_a_judgement_that_is_not_applied_still_contradicts(store: SqliteStore) -> None:
    store.judge([judged(LISTED, PLACE), judged(PLACE, BODY, Verdict.DIFFERENT)])
    tell(store, "liste", {LISTED: ORGANISATION})
    tell(store, "reference", {PLACE: TERRITORY})
    with pytest.raises(ContradictoryJudgement, match="jugées différentes"):
        store.judge([judged(LISTED, BODY)])


def test_writing_again_beside_one_that_is_not_applied_changes_nothing(store: SqliteStore) -> None:
    store.judge([judged(LISTED, PLACE)])
    told = {"liste": {LISTED: ORGANISATION}, "reference": {PLACE: TERRITORY}}
    for name, things in told.items():
        tell(store, name, things)
    generation, stamp = store.generation(), store.stamp()
    for name, things in told.items():
        tell(store, name, things)
    assert (store.generation(), store.stamp()) == (generation, stamp)


_IDS = ["a:1", "a:2", "b:1", "b:2", "c:1"]
_TOLD = st.dictionaries(st.sampled_from(_IDS), st.sampled_from([ORGANISATION, TERRITORY, ALLIANCE]))
_PAIRS = st.lists(st.tuples(st.sampled_from(_IDS), st.sampled_from(_IDS)).filter(
    lambda pair: pair[0] != pair[1]), max_size=6)  # fmt: skip


@settings(
    max_examples=150,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(_PAIRS, _TOLD, st.permutations(_IDS), st.lists(_TOLD, max_size=3))
def test_what_a_store_holds_depends_on_what_was_said_and_not_on_the_order(
    tmp_path: Path,
    pairs: list[tuple[str, str]],
    last: dict[str, Kind],
    order: list[str],
    before: list[dict[str, Kind]],
) -> None:
    """One source an id, told in any order and after any other edition, over judgements."""
    written = []
    for number, names in enumerate((_IDS, order)):
        path = tmp_path / f"{number}.db"
        path.unlink(missing_ok=True)
        with closing(SqliteStore(path, writable=True)) as store:
            store.judge(judged(*pair) for pair in pairs)
            for edition in [*before * number, last]:
                for key in names:
                    tell(store, key, {key: edition[key]} if key in edition else {})
            assert {key: kind.name for key, kind, _ in store.scan_node_claims()} == {
                key: kind.name for key, kind in last.items()
            }
            for key, kind in last.items():
                node = store.node(key)
                assert node is not None
                assert node.kind is kind
            write_ntriples(store, "https://graphe.example", tmp_path / f"{number}.nt")
            written.append((tmp_path / f"{number}.nt").read_bytes())
    assert written[0] == written[1]
