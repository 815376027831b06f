"""A server that fails: a clear sentence, nothing written by halves, what was begun goes on."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import replace
from itertools import repeat
from pathlib import Path

import pytest
from neo4j import ManagedTransaction
from neo4j.exceptions import NotALeader, SessionExpired

from graph.claims import Claim, NodeClaim, Source, TieClaim
from graph.errors import (
    AlliageError,
    EmptyStore,
    NotAStore,
    OldServer,
    RequestError,
    StoreBusy,
    StoreRefused,
    StoreUnreachable,
    StoreUnwritable,
)
from graph.model import ALLIANCE, MEMBER_OF, ORGANISATION, TIES
from graph.neo4j import cypher as neo4j_cypher
from graph.neo4j.connection import Address, Connection, Row, Statement, version_of
from graph.neo4j.staging import Staging
from graph.neo4j.store import Neo4jStore
from graph.opening import open_store
from graph.sqlite.store import SqliteStore
from graph.store import Reader, Store
from tests.conftest import Neo4j
from tests.neo4j.server import Server, running

pytestmark = pytest.mark.needs_neo4j

BEFORE = Source("exemples", "Exemples", "Le RAMEAU", "", keeps_history=False)
SOURCE = Source("rna", "Répertoire national des associations", "Intérieur", "", trust=80)


def claims(count: int, name: str = "Association") -> Iterator[Claim]:
    yield NodeClaim("alliage:gaia", ALLIANCE, "7", {"name": "GAIA"})
    for number in range(count):
        key = f"x:{number}"
        yield NodeClaim(key, ORGANISATION, str(number), {"name": f"{name} {number}"})
        yield TieClaim(MEMBER_OF, key, "alliage:gaia", str(number), {"role": "member"})


def tell(store: Store, source: Source, told: Iterator[Claim]) -> None:
    with store.write(source) as writing:
        writing.add(told)
        writing.finish()


def everything(store: Reader) -> list[object]:
    ties = [stored for tie in TIES for stored in store.scan_ties(tie)]
    return [store.generation(), *store.sources(), *store.scan_node_claims(), *ties]


@pytest.fixture
def server(tmp_path: Path, neo4j: Neo4j) -> Iterator[Server]:
    """A server of its own, to be killed; `neo4j` says first whether one can run here."""
    with running(tmp_path / "neo4j") as own:
        yield own


def test_a_server_that_is_killed_in_a_load_loses_nothing_and_the_load_goes_on(
    server: Server, tmp_path: Path
) -> None:
    address = Neo4j(server).address

    def dying() -> Iterator[Claim]:
        for number, claim in enumerate(claims(6_000)):
            if number == 10_500:
                server.kill()
            yield claim

    with closing(Neo4jStore(replace(address, patience=1), writable=True)) as store:
        tell(store, BEFORE, claims(50, "Amicale"))
        before = everything(store)
        with pytest.raises(StoreUnreachable, match="rien n'est écrit à moitié"):
            tell(store, SOURCE, dying())
    server.start()
    with closing(Neo4jStore(address)) as reader:
        assert everything(reader) == before
    with closing(Neo4jStore(replace(address, patience=90), writable=True)) as store:
        tell(store, SOURCE, claims(300))
        with closing(SqliteStore(tmp_path / "undisturbed.db", writable=True)) as undisturbed:
            tell(undisturbed, BEFORE, claims(50, "Amicale"))
            tell(undisturbed, SOURCE, claims(300))
            assert everything(store) == everything(undisturbed)
        store.forget("rna")
        assert everything(store)[2:] == before[2:]


def test_a_page_that_is_cut_is_read_again(neo4j: Neo4j, monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(neo4j.cleared().writer()) as store:
        tell(store, BEFORE, claims(200))
        whole = everything(store)
        with closing(Neo4jStore(through(neo4j, monkeypatch))) as reader:
            assert everything(reader) == whole


def through(neo4j: Neo4j, monkeypatch: pytest.MonkeyPatch) -> Address:
    """The address of a relay that cuts the connection at each 40 kB that the server sends."""
    listening = socket.create_server(("127.0.0.1", 0))
    port = int(neo4j.address.uri.rpartition(":")[2])

    def relay() -> None:
        while True:
            client, _ = listening.accept()
            there = socket.create_connection(("127.0.0.1", port))
            threading.Thread(target=pump, args=(client, there, 1 << 30), daemon=True).start()
            threading.Thread(target=pump, args=(there, client, 40_000), daemon=True).start()

    def pump(one: socket.socket, other: socket.socket, left: int) -> None:
        try:
            while left > 0 and (data := one.recv(4096)):
                other.sendall(data)
                left -= len(data)
        except OSError:
            pass
        for end in (one, other):
            with suppress(OSError):  # told at once, though the other thread still reads from it
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    threading.Thread(target=relay, daemon=True).start()
    return replace(neo4j.address, uri=f"bolt://127.0.0.1:{listening.getsockname()[1]}")


# A leader that moves -------------------------------------------------------------------------

MOVED = [NotALeader("No longer the leader"), SessionExpired("The leader has moved")]


def moving(monkeypatch: pytest.MonkeyPatch, faults: Callable[[int], Exception | None]) -> list[int]:
    """Has the n-th transaction that writes fail at its end, as `faults` says; gives their count."""
    transact, tried = Connection.transact, [0]

    def shaken(self: Connection, work: Callable[[ManagedTransaction], list[list[Row]]]) -> object:
        def doing(transaction: ManagedTransaction) -> list[list[Row]]:
            found = work(transaction)
            tried[0] += 1
            if fault := faults(tried[0]):
                raise fault
            return found

        return transact(self, doing)

    monkeypatch.setattr(Connection, "transact", shaken)
    return tried


def test_a_leader_that_moves_once_in_a_while_changes_nothing(
    neo4j: Neo4j, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(neo4j.cleared().writer()) as store:
        tell(store, BEFORE, claims(50))
        tell(store, SOURCE, claims(60, "Amicale"))
        still = everything(store)
    # The driver waits a second before it tries again.
    monkeypatch.setattr("neo4j._sync.work.session.retry_delay_generator", lambda *_: repeat(0.01))
    with closing(neo4j.cleared().writer()) as store:
        # Each transaction fails once: of taking the place, of a batch, of the last one.
        tried = moving(monkeypatch, lambda n: MOVED[n // 2 % 2] if n % 2 else None)
        tell(store, BEFORE, claims(50))
        tell(store, SOURCE, claims(60, "Amicale"))
        assert tried[0] >= 12
        assert everything(store) == still


@pytest.mark.parametrize("fault", MOVED)
def test_a_leader_that_does_not_come_back_is_told_and_nothing_is_half_written(
    neo4j: Neo4j, monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    hasty = replace(neo4j.cleared().address, patience=0.3)
    with closing(Neo4jStore(hasty, writable=True)) as store:
        tell(store, BEFORE, claims(50))
        before = everything(store)
        with monkeypatch.context() as shaking:
            moving(shaking, lambda n: fault if n > 2 else None)
            with pytest.raises(StoreUnreachable, match="rien n'est écrit à moitié"):
                tell(store, SOURCE, claims(60, "Amicale"))
        assert everything(store) == before
    with closing(Connection(neo4j.address)) as connection:
        connection.write(("MATCH (s:Alliage) SET s.lease = 0", {}))  # a minute later
    with closing(neo4j.writer()) as store:
        tell(store, SOURCE, claims(60, "Amicale"))
        again = everything(store)
    with closing(neo4j.cleared().writer()) as store:
        tell(store, BEFORE, claims(50))
        tell(store, SOURCE, claims(60, "Amicale"))
        assert everything(store) == again


def test_what_was_committed_though_its_answer_was_lost_stays_whole(
    neo4j: Neo4j, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = Connection.write

    def deaf(self: Connection, *statements: Statement) -> list[list[Row]]:
        found = write(self, *statements)
        if statements[-1][0] == neo4j_cypher.FLIP:
            raise StoreUnreachable("coupé")
        return found

    with closing(neo4j.cleared().writer()) as store:
        tell(store, BEFORE, claims(5))
        with monkeypatch.context() as cut:
            cut.setattr(Connection, "write", deaf)
            with pytest.raises(StoreUnreachable):
                tell(store, SOURCE, claims(20, "Amicale"))
        assert [(s.source.name, s.tie_claims) for s in store.sources()] == [
            ("exemples", 5),
            ("rna", 20),
        ]
        assert len([*store.scan_tie_claims(MEMBER_OF)]) == 25


def test_a_wrong_password_is_told(neo4j: Neo4j) -> None:
    with pytest.raises(StoreRefused, match="ALLIAGE_NEO4J_PASSWORD"):
        Neo4jStore(replace(neo4j.address, password="autre"))


def test_a_server_that_is_not_there_is_told(neo4j: Neo4j) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(StoreUnreachable, match="ne répond pas"):
        Neo4jStore(replace(neo4j.address, uri=f"bolt://127.0.0.1:{port}", patience=0.5))


def test_a_database_that_is_not_there_is_told(neo4j: Neo4j) -> None:
    with pytest.raises(NotAStore, match="« absente »"):
        Neo4jStore(replace(neo4j.address, database="absente"))


def test_an_older_server_is_told(neo4j: Neo4j, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(neo4j_cypher, "VERSION", "RETURN '5.25.1'")
    with pytest.raises(OldServer, match=r"Neo4j 5\.25\.1 : il faut la version 5\.26"):
        Neo4jStore(neo4j.address)


@pytest.mark.parametrize(
    ("said", "understood"),
    [("5.26.30", (5, 26)), ("2026.09.0", (2026, 9)), ("5.27-aura", (5, 27)), ("4.4.40", (4, 4))],
)
def test_versions_are_compared_by_their_first_two_numbers(
    said: str, understood: tuple[int, int]
) -> None:
    assert version_of(said) == understood


def test_a_server_that_may_only_be_read_is_told(server: Server) -> None:
    address = Neo4j(server).address
    with closing(Neo4jStore(address, writable=True)) as store:
        tell(store, BEFORE, claims(5))
        before = everything(store)
    server.stop()
    server.configure("server.databases.default_to_read_only=true")
    server.start()
    with closing(Neo4jStore(address, writable=True)) as store:
        with pytest.raises(StoreUnwritable, match="rien n'a été changé"):
            tell(store, SOURCE, claims(5))
        assert everything(store) == before


def test_a_pool_that_is_full_is_told(neo4j: Neo4j) -> None:
    neo4j.cleared()
    with closing(Connection(replace(neo4j.address, connections=1, patience=0.3))) as connection:
        held = connection.stream("UNWIND range(1, 20000) AS n RETURN n")
        next(held)
        with pytest.raises(StoreBusy, match="sont prises"):
            connection.read("RETURN 1")
        held.close()


def test_somebody_else_who_writes_is_told(neo4j: Neo4j) -> None:
    with closing(neo4j.cleared().writer()) as store, store.write(BEFORE):
        hasty = replace(neo4j.address, patience=0.2)
        with (
            closing(Neo4jStore(hasty, writable=True)) as other,
            pytest.raises(StoreBusy, match="Quelqu'un d'autre écrit"),
        ):
            tell(other, SOURCE, claims(1))


def take_the_place(connection: Connection) -> None:
    """Be the writer in place of one that is at work: it takes its lease again at each batch."""
    for _ in range(1000):
        connection.write(("MATCH (s:Alliage) SET s.lease = 0", {}))
        with suppress(StoreBusy):
            Staging(connection, 0.0).close()
            return
    raise AssertionError("the writer never left its place")


def test_a_writer_whose_place_was_taken_writes_no_more(neo4j: Neo4j) -> None:
    with closing(neo4j.cleared().writer()) as store:
        tell(store, BEFORE, claims(3))
        before = everything(store)
        with closing(Connection(neo4j.address)) as connection:

            def slow() -> Iterator[Claim]:
                yield from claims(6000, "Lente")
                take_the_place(connection)
                yield from claims(6000, "Trop tard")

            with pytest.raises(StoreBusy, match="pris la main"):
                tell(store, SOURCE, slow())
        assert everything(store) == before


def test_a_server_that_holds_nothing_is_told(neo4j: Neo4j) -> None:
    with pytest.raises(EmptyStore, match="ne contient encore rien"):
        Neo4jStore(neo4j.cleared().address)


@pytest.mark.parametrize(
    "address", ["neo4j://", "neo4j://u:secret@server", "http://server", "neo4j://server:x"]
)
def test_an_address_that_is_none_is_told_without_its_password(address: str) -> None:
    with pytest.raises(AlliageError) as told:
        open_store(address)
    assert isinstance(told.value, RequestError)
    assert "secret" not in told.value.message


def test_the_parts_of_an_address() -> None:
    address = Address.of("neo4j+s://%C3%A9quipe@[::1]:7688/graphe", "secret")
    assert address == Address("neo4j+s://[::1]:7688", "équipe", "secret", "graphe")
    assert Address.of("neo4j://server", "").uri == "neo4j://server:7687"
