"""The columns made of what changed are those of the whole store, whatever happened to it."""

import itertools
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from graph.claims import Claim, NodeClaim, Source, TieClaim
from graph.columns import Array
from graph.errors import ContradictoryJudgement, StoreUnreachable
from graph.identity import Judgement, Verdict
from graph.model import MEMBER_OF, ORGANISATION
from graph.neo4j import index as neo4j_index
from graph.neo4j.connection import Connection, Page
from graph.neo4j.store import Neo4jStore
from graph.sqlite.store import SqliteStore
from graph.store import Store
from graph.view import open_view
from graph.view_columns import build
from tests.conftest import Neo4j
from tests.graph.test_view import ALLIANCES, GRAPHS, ORGANISATIONS
from tests.neo4j.test_faults import claims, tell, through

pytestmark = pytest.mark.needs_neo4j

SOURCES = [
    Source("rna", "Associations", "Intérieur", "", date="2026-01", trust=80),
    Source("exemples", "Exemples", "Le RAMEAU", "", date="2025", trust=50, keeps_history=False),
]
ONE = SOURCES[0]


def different(one: Mapping[str, Array], other: Mapping[str, Array]) -> list[str]:
    """The names of the columns that are not the same to the byte."""
    assert one.keys() == other.keys()
    return [
        name
        for name, array in one.items()
        if array.dtype != other[name].dtype
        or array.shape != other[name].shape
        or array.tobytes() != other[name].tobytes()
    ]


def files(store: Neo4jStore, folder: Path) -> Path:
    """Where `open_view` has the columns of the present generation."""
    return folder / f"{store.generation()}-{store.stamp()}-2"


class Scans:
    """Counts the scans of the whole store."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.count = 0
        scanned = neo4j_index._scanned

        def counted(*of: object) -> object:
            self.count += 1
            return scanned(*of)  # type: ignore[arg-type]

        monkeypatch.setattr(neo4j_index, "_scanned", counted)


# Any changes ---------------------------------------------------------------------------------

IDS = st.sampled_from([*ORGANISATIONS, *ALLIANCES])
JUDGED = st.builds(
    lambda one, other, verdict: Judgement(one, other, verdict, "personne", "2026-11-23"),
    IDS,
    IDS,
    st.sampled_from([Verdict.SAME, Verdict.SAME, Verdict.SAME, Verdict.DIFFERENT]),
).filter(lambda judgement: judgement.one != judgement.other)


def writes(source: Source, date: str, graph: list[Claim]) -> Callable[[Store], None]:
    dated = Source(
        source.name,
        source.title,
        source.publisher,
        "",
        "",
        date,
        source.trust,
        source.keeps_history,
    )

    def act(store: Store) -> None:
        with store.write(dated) as writing:
            writing.add(graph)
            writing.finish()

    return act


def judges(judgements: list[Judgement]) -> Callable[[Store], None]:
    def act(store: Store) -> None:
        with suppress(ContradictoryJudgement):
            store.judge(judgements)

    return act


def withdraws(store: Store) -> None:
    store.withdraw([(j.one, j.other) for j in itertools.islice(store.judgements(), 1)])


def forgets(store: Store) -> None:
    for stored in store.sources()[:1]:
        store.forget(stored.source.name)


WRITES = st.builds(writes, st.sampled_from(SOURCES), st.sampled_from(["2024", "2027"]), GRAPHS)
ACTIONS = st.one_of(
    WRITES,
    WRITES,
    st.builds(judges, st.lists(JUDGED, min_size=1, max_size=3)),
    st.sampled_from([withdraws, forgets]),
)


@settings(
    max_examples=6,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[*HealthCheck],
)
@given(first=WRITES, actions=st.lists(ACTIONS, min_size=3, max_size=5), data=st.data())
def test_columns_from_what_changed_are_those_of_the_whole_store(
    neo4j: Neo4j,
    tmp_path_factory: pytest.TempPathFactory,
    first: Callable[[Store], None],
    actions: list[Callable[[Store], None]],
    data: st.DataObject,
) -> None:
    """SQLite, which is told the same and is scanned each time, says what they are."""
    folder = tmp_path_factory.mktemp("index")
    with pytest.MonkeyPatch.context() as monkeypatch, ExitStack() as stack:
        scans = Scans(monkeypatch)
        whole = stack.enter_context(closing(SqliteStore(folder / "a.db", writable=True)))
        store = stack.enter_context(closing(neo4j.cleared().writer()))
        for at, act in enumerate([first, *actions]):
            act(whole)
            act(store)
            if at == 0 or data.draw(st.booleans()) or at == len(actions):
                open_view(store, folder / "view")
                found = store.fresh_columns(files(store, folder / "view"))
                assert different(found, build(whole)) == []
        assert scans.count == 1


# What is kept no longer serves ---------------------------------------------------------------


def test_what_was_kept_before_a_sweep_is_left_for_a_scan(
    neo4j: Neo4j, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scans = Scans(monkeypatch)
    organisations = [NodeClaim(f"x:{n}", ORGANISATION, "1", {"name": str(n)}) for n in range(5)]
    other = NodeClaim("x:1", ORGANISATION, "9", {"name": "Autrement"})
    with closing(neo4j.cleared().writer()) as store, closing(Connection(neo4j.address)) as beside:
        tell(store, SOURCES[1], iter(organisations))
        assert len(open_view(store, tmp_path)) == 5
        tell(store, SOURCES[1], iter(organisations[:3]))  # two are gone, with a trace of each
        beside.write(("MATCH (s:Alliage) SET s.commits = [at IN s.commits | 0]", {}))
        tell(store, ONE, iter([other]))
        [[left]] = beside.read("MATCH (n:Thing) RETURN count(n)")
        assert left == 3  # swept away: no reader can hold the generation that saw them
        view = open_view(store, tmp_path)
        assert [view.keys[at] for at in range(len(view))] == ["x:0", "x:1", "x:2"]
        assert scans.count == 2
        tell(store, ONE, iter([]))
        assert len(open_view(store, tmp_path)) == 3
        assert scans.count == 2


def test_what_was_kept_of_another_store_is_left_for_a_scan(
    neo4j: Neo4j, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A store made anew counts its generations from 1, as the other one did."""
    scans = Scans(monkeypatch)
    for name in ("Amicale", "Association"):
        with closing(neo4j.cleared().writer()) as store:
            for count in (3, 4):
                tell(store, ONE, claims(count, name))
                view = open_view(store, tmp_path)
                assert view.names[1] == f"{name} 0"
    assert scans.count == 2


def test_what_was_kept_and_is_damaged_is_left_for_a_scan(
    neo4j: Neo4j, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scans = Scans(monkeypatch)
    with closing(neo4j.cleared().writer()) as store:
        tell(store, ONE, claims(3))
        open_view(store, tmp_path)
        [facts] = tmp_path.glob("*.facts-*")
        (facts / "MEMBER_OF.row.npy").write_bytes(b"")
        tell(store, ONE, claims(4))
        assert len(open_view(store, tmp_path)) == 5
    assert scans.count == 2


def test_a_great_change_is_scanned(
    neo4j: Neo4j, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scans = Scans(monkeypatch)
    monkeypatch.setattr(neo4j_index, "_MOST", 10)
    with closing(neo4j.cleared().writer()) as store:
        for count, scanned in ((20, 1), (24, 1), (40, 2)):
            tell(store, ONE, claims(count))
            assert len(open_view(store, tmp_path)) == count + 1
            assert scans.count == scanned


# A scan that is cut --------------------------------------------------------------------------


@pytest.mark.parametrize("damaged", [False, True])
def test_a_scan_that_was_killed_goes_on_after_its_last_whole_page(
    neo4j: Neo4j, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damaged: bool
) -> None:
    monkeypatch.setattr(neo4j_index, "_PAGE", 20)
    begun: list[str] = []
    scan = Connection.scan

    def dying(self: Connection, *of: object, **values: object) -> Iterator[Page]:
        begun.append(str(of[2]))
        pages = scan(self, *of, **values)  # type: ignore[arg-type]
        yield from itertools.islice(pages, 3) if len(begun) == 1 else pages
        if len(begun) == 1:
            raise StoreUnreachable("coupé")

    monkeypatch.setattr(Connection, "scan", dying)
    with closing(neo4j.cleared().writer()) as store:
        tell(store, ONE, claims(99))
        keys = sorted(["alliage:gaia", *(f"x:{number}" for number in range(99))])
        with pytest.raises(StoreUnreachable):
            open_view(store, tmp_path)
        if damaged:
            [last] = tmp_path.glob("*/2")
            last.write_bytes(last.read_bytes()[:-1])
        view = open_view(store, tmp_path)
        assert [view.keys[at] for at in range(len(view))] == keys
        assert len(view.ties[MEMBER_OF].start) == 99
        assert begun == ["", keys[39] if damaged else keys[59]]
        assert [*tmp_path.glob("*.pages-*")] == []


def test_a_scan_whose_connection_is_cut_again_and_again_is_whole(
    neo4j: Neo4j, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(neo4j_index, "_PAGE", 40)
    with closing(neo4j.cleared().writer()) as store:
        tell(store, ONE, claims(150))
        whole = build(store)
        with closing(Neo4jStore(through(neo4j, monkeypatch))) as reader:
            assert different(reader.fresh_columns(files(store, tmp_path)), whole) == []


def test_the_tie_of_two_things_of_which_one_is_described_later_is_seen_then(
    neo4j: Neo4j, tmp_path: Path
) -> None:
    member = NodeClaim("x:1", ORGANISATION, "1", {"name": "Amicale"})
    tie = TieClaim(MEMBER_OF, "x:1", "alliage:gaia", "1")
    with closing(neo4j.cleared().writer()) as store:
        tell(store, ONE, iter([member, tie]))
        assert len(open_view(store, tmp_path).ties[MEMBER_OF].start) == 0
        tell(store, SOURCES[1], claims(0))
        assert len(open_view(store, tmp_path).ties[MEMBER_OF].start) == 1
