"""The embedded store and its accidents, done for real: kills, full disks, damage, two writers."""

import inspect
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from functools import cache
from pathlib import Path

import apsw
import pytest

from graph.claims import Claim, NodeClaim, Source
from graph.errors import EmptyStore, NewerStore, NotAStore, StoreBusy, StoreError, StoreUnwritable
from graph.model import MEMBER_OF, ORGANISATION, TIES
from graph.sqlite.schema import SCHEMA_VERSION
from graph.sqlite.store import SqliteStore
from graph.store import Reader, StoredSource, Written

ROOT = Path(__file__).resolve().parents[2]
CHILD = Path(__file__).with_name("sqlite_child.py")
COUNT = 20_000  # claims of the source that meets with an accident, and one more

KEPT = Source("exemples", "Exemples d'alliances", "Le RAMEAU", "", date="2021", keeps_history=False)
LA_POSTE = NodeClaim("siren:356000000", ORGANISATION, "1", {"name": "La Poste"})
AN_EXAMPLE: list[Claim] = [
    LA_POSTE,
    *(NodeClaim(f"alliage:{n}", ORGANISATION, "1", {"name": f"Alliance {n}"}) for n in range(500)),
]


def command(*words: object, under: Sequence[str] = ()) -> list[str]:
    return [*under, sys.executable, str(CHILD), *map(str, words)]


def start(*words: object) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(command(*words), stdout=subprocess.PIPE, text=True, env=environment)


def run(*words: object, under: Sequence[str] = ()) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        command(*words, under=under), capture_output=True, text=True, env=environment, check=False
    )


def answer(done: subprocess.CompletedProcess[str]) -> dict[str, object]:
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    assert isinstance(found, dict)
    return found


def told(store: SqliteStore, claims: Sequence[Claim], source: Source = KEPT) -> Written:
    with store.write(source) as writing:
        writing.add(claims)
        return writing.finish()


def everything(store: Reader) -> list[object]:
    with store.snapshot() as generation:
        return [
            generation,
            store.sources(),
            [*store.scan_nodes()],
            [*store.scan_node_claims()],
            [row for tie in TIES for row in store.scan_tie_values(tie)],
        ]


def contents(path: Path) -> list[object]:
    with closing(SqliteStore(path)) as store:
        return everything(store)


def verified(path: Path) -> str:
    """The verdict of SQLite on the whole file, its indexes and its full-text index."""
    with closing(apsw.Connection(str(path))) as db:
        db.execute("INSERT INTO name_index (name_index) VALUES ('integrity-check')")
        return str(db.pragma("integrity_check"))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A store that one source has told of some organisations."""
    made = tmp_path / "alliage.db"
    with closing(SqliteStore(made, writable=True)) as store:
        told(store, AN_EXAMPLE)
    return made


# Killed in the middle ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[object], list[object]]:
    """What the store holds before and after the writing that nothing disturbs."""
    path = tmp_path_factory.mktemp("whole") / "alliage.db"
    with closing(SqliteStore(path, writable=True)) as store:
        told(store, AN_EXAMPLE)
    before = contents(path)
    assert run("write", path, COUNT).returncode == 0
    return before, contents(path)


def grown(path: Path, size: int) -> bool:
    return path.exists() and path.stat().st_size > size


def kill_when(path: Path, comes: Callable[[], bool]) -> None:
    """Kill the process that writes when something comes; again where it was over too soon."""
    shutil.copy(path, path.with_name("before.db"))
    for _ in range(20):
        child = start("write", path, COUNT)
        with child:
            while child.poll() is None and not comes():
                pass
            child.kill()
        if child.returncode == -signal.SIGKILL:
            return
        shutil.copy(path.with_name("before.db"), path)  # it has closed the store
    pytest.fail("the process was never met alive")


def test_a_source_written_whole_is_there_whole(
    outcome: tuple[list[object], list[object]],
) -> None:
    before, after = outcome
    assert isinstance(before[1], list)
    assert isinstance(after[1], list)
    assert [source.source.name for source in before[1]] == ["exemples"]
    assert [(s.source.name, s.node_claims, s.tie_claims) for s in after[1]] == [
        ("exemples", 501, 0),
        ("sirene", COUNT // 2 + 1, COUNT // 2),
    ]


@pytest.mark.parametrize("moment", ["adding", "added", "finished", "committed"])
def test_a_process_that_is_killed_leaves_all_of_a_source_or_nothing(
    path: Path, moment: str, outcome: tuple[list[object], list[object]]
) -> None:
    before, after = outcome
    assert run("write", path, COUNT, moment).returncode == -signal.SIGKILL
    assert contents(path) == (after if moment == "committed" else before)
    assert verified(path) == "ok"
    assert contents(path) == (after if moment == "committed" else before)


@pytest.mark.parametrize("size", [0, 1_000_000, 2_000_000])
def test_a_process_that_is_killed_while_it_commits_leaves_all_or_nothing(
    path: Path, size: int, outcome: tuple[list[object], list[object]]
) -> None:
    """All pages go to the log at the commit: killed when so many bytes of them are there."""
    log = path.with_name("alliage.db-wal")
    kill_when(path, lambda: grown(log, size))
    found = contents(path)
    assert verified(path) == "ok"
    assert found in outcome
    with closing(SqliteStore(path, writable=True)) as store:
        assert told(store, AN_EXAMPLE).unchanged == 501
    assert run("write", path, COUNT).returncode == 0
    assert contents(path) == outcome[1]


def test_a_process_that_is_killed_while_the_log_goes_into_the_file_leaves_all(
    path: Path, outcome: tuple[list[object], list[object]]
) -> None:
    """The file itself is written after the commit only."""
    size = path.stat().st_size
    kill_when(path, lambda: grown(path, size))
    assert contents(path) == outcome[1]
    assert verified(path) == "ok"


@pytest.mark.parametrize("moment", ["begun", "made", "opened"])
def test_a_store_whose_maker_was_killed_is_empty_and_can_be_written(
    tmp_path: Path, moment: str
) -> None:
    path = tmp_path / "alliage.db"
    assert run("create", path, moment).returncode == -signal.SIGKILL
    if moment == "opened":
        assert contents(path) == [0, [], [], [], []]
    else:
        with pytest.raises(EmptyStore):
            SqliteStore(path)
    with closing(SqliteStore(path, writable=True)) as store:
        assert told(store, AN_EXAMPLE) == Written(501, 501, 0, 0, 0, generation=1)


# Interrupted by the person -------------------------------------------------------------------


@pytest.mark.parametrize("moment", ["adding", "added"])
def test_control_c_takes_back_what_was_being_written(path: Path, moment: str) -> None:
    before = contents(path)
    child = start("write", path, 10 * COUNT if moment == "adding" else COUNT)
    with child:
        assert child.stdout
        for line in child.stdout:
            if line.strip() == moment:
                child.send_signal(signal.SIGINT)
                break
    assert child.returncode == -signal.SIGINT
    assert contents(path) == before
    assert verified(path) == "ok"


def test_a_keyboard_interrupt_leaves_a_store_that_can_be_used(path: Path) -> None:
    def interrupted() -> Iterator[Claim]:
        yield from AN_EXAMPLE[:10]
        raise KeyboardInterrupt

    with closing(SqliteStore(path, writable=True)) as store:
        before = everything(store)
        with pytest.raises(KeyboardInterrupt), store.write(KEPT) as writing:
            writing.add(interrupted())
        assert everything(store) == before
        assert told(store, [LA_POSTE]).removed == 500


# No room -------------------------------------------------------------------------------------

AS_BEFORE = {"same": True, "removed": 1, "integrity": "ok"}


def full(path: Path) -> dict[str, object]:
    told = f"Le disque de « {path} » est plein : rien n'a été changé ; libérez de la place."
    return {"error": f"StoreFull: {told}", **AS_BEFORE}


def test_a_full_disk_is_said_and_changes_nothing(tmp_path: Path) -> None:
    """On a disk of 4 MB where we may mount one, else with a file that may not have more pages."""
    disk = tmp_path / "disk"
    disk.mkdir()
    path = disk / "alliage.db"
    if shutil.which("unshare"):
        for rights in ("--mount", "--mount --map-root-user"):
            done = run("full", disk, under=["unshare", *rights.split()])
            if done.returncode == 0:
                assert answer(done) == full(path)
                return
            assert "mount" in done.stderr or "unshare" in done.stderr
    assert answer(run("pages", path, 200)) == full(path)


def test_a_file_that_may_have_no_more_pages_is_full(tmp_path: Path) -> None:
    path = tmp_path / "alliage.db"
    assert answer(run("pages", path, 200)) == full(path)


def test_a_file_that_may_not_grow_is_said_and_changes_nothing(tmp_path: Path) -> None:
    """As under a quota."""
    path = tmp_path / "alliage.db"
    found = answer(run("limited", path, 1_000_000))
    error = str(found.pop("error"))
    assert error.startswith("Store")
    assert str(path) in error
    assert found == AS_BEFORE


# What is no store ----------------------------------------------------------------------------


def refusals(path: Path) -> list[tuple[type[StoreError], str]]:
    """What a reader and a writer are told."""
    said = []
    for writable in (False, True):
        with pytest.raises(StoreError) as caught:
            SqliteStore(path, writable=writable)
        assert caught.value.message == str(caught.value)
        said.append((type(caught.value), caught.value.message))
    return said


def test_a_text_is_no_store_and_stays_as_it_was(tmp_path: Path) -> None:
    for text in ("La Poste;356000000\n", "La Poste;356000000\n" * 1000):
        path = tmp_path / "organisations.csv"
        path.write_text(text)
        sentence = f"« {path} » n'est pas un dépôt d'Alliage, ou il est endommagé."
        assert refusals(path) == [(NotAStore, sentence)] * 2
        assert path.read_text() == text
        assert [*tmp_path.iterdir()] == [path]


def test_the_database_of_another_program_is_no_store_and_stays_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "contacts.db"
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE state (generation INTEGER)")
        db.commit()
    held = path.read_bytes()
    assert refusals(path) == [(NotAStore, f"« {path} » n'est pas un dépôt d'Alliage.")] * 2
    assert path.read_bytes() == held
    assert [*tmp_path.iterdir()] == [path]


def test_a_store_of_a_later_version_is_left_alone(path: Path) -> None:
    with closing(apsw.Connection(str(path))) as db:
        db.pragma("user_version", SCHEMA_VERSION + 1)
    held = path.read_bytes()
    sentence = (
        f"« {path} » a été écrit par une version plus récente d'Alliage (format "
        f"{SCHEMA_VERSION + 1}, le nôtre est {SCHEMA_VERSION}) : mettez Alliage à jour."
    )
    assert refusals(path) == [(NewerStore, sentence)] * 2
    assert path.read_bytes() == held


def test_a_directory_is_no_store(tmp_path: Path) -> None:
    sentence = (
        f"« {tmp_path} » ne peut pas être ouvert ou écrit : vérifiez le dossier et les droits."
    )
    assert refusals(tmp_path) == [(StoreUnwritable, sentence)] * 2


def test_a_store_below_a_file_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    path = tmp_path / "file" / "alliage.db"
    with pytest.raises(StoreUnwritable):
        SqliteStore(path, writable=True)


def test_where_there_is_no_store_a_reader_is_told_how_to_make_one(tmp_path: Path) -> None:
    path = tmp_path / "alliage.db"
    sentence = f"Le dépôt « {path} » n'existe pas encore : « alliage ingest reference » le crée."
    for _ in ("no file", "a file of no bytes"):
        with pytest.raises(EmptyStore) as caught:
            SqliteStore(path)
        assert caught.value.message == sentence
        path.touch()
    with closing(SqliteStore(path, writable=True)) as store:
        assert told(store, [LA_POSTE]).written == 1


@pytest.mark.parametrize("kept", [0.02, 0.5, 0.99])
def test_a_file_that_was_cut_is_said_to_be_damaged(path: Path, kept: float) -> None:
    os.truncate(path, int(path.stat().st_size * kept))
    sentence = f"« {path} » n'est pas un dépôt d'Alliage, ou il est endommagé."
    assert refusals(path) == [(NotAStore, sentence)] * 2


READINGS: dict[str, Callable[[SqliteStore], object]] = {
    "everything": everything,
    "generation": lambda store: store.generation(),
    "stamp": lambda store: store.stamp(),
    "sources": lambda store: store.sources(),
    "node": lambda store: store.node("alliage:1"),
    "claims": lambda store: store.claims("alliage:1"),
    "ties": lambda store: store.ties("alliage:1"),
    "tie": lambda store: store.tie(MEMBER_OF, "alliage:1", "alliage:2"),
    "nodes": lambda store: [*store.scan_nodes()],
    "node claims": lambda store: [*store.scan_node_claims()],
    "scan": lambda store: [*store.scan_ties(MEMBER_OF)],
    "values": lambda store: [*store.scan_tie_values(MEMBER_OF)],
    "aliases": lambda store: [*store.aliases()],
    "search": lambda store: store.search("alliance"),
}


@pytest.mark.parametrize("reading", READINGS)
def test_damage_within_the_file_is_said_by_whatever_meets_it(path: Path, reading: str) -> None:
    """The first page of each table and index is damaged; what is read at the opening is whole."""
    with closing(apsw.Connection(str(path))) as db:
        size = int(db.pragma("page_size"))
        sql = "SELECT rootpage FROM sqlite_schema WHERE rootpage > 0"
        pages = [int(page) for (page,) in db.execute(sql)]
    with path.open("r+b") as file:
        for page in pages:
            file.seek((page - 1) * size)
            file.write(b"\xff" * size)
    with closing(SqliteStore(path)) as store, pytest.raises(NotAStore, match="endommagé"):
        READINGS[reading](store)


# What may not be written ---------------------------------------------------------------------


@cache
def within_reach() -> str:
    """A folder for temporary ones that every user may pass through."""
    for folder in (tempfile.gettempdir(), "/tmp", "/var/tmp"):
        place = Path(folder).resolve()
        if all(parent.stat().st_mode & 0o005 == 0o005 for parent in (place, *place.parents)):
            return folder
    raise AssertionError("no folder that everybody may read")


def test_a_folder_that_may_not_be_written_is_said() -> None:
    with tempfile.TemporaryDirectory(dir=within_reach()) as name:
        folder = Path(name)
        (folder / "here").write_text("yes")
        with closing(SqliteStore(folder / "old.db", writable=True)) as store:
            told(store, AN_EXAMPLE)
        held = (folder / "old.db").read_bytes()
        (folder / "old.db").chmod(0o444)
        folder.chmod(0o555)
        found = answer(run("readonly", folder))
        folder.chmod(0o755)
        assert (folder / "old.db").read_bytes() == held

    def sentence(name: str) -> str:
        told = "ne peut pas être ouvert ou écrit : vérifiez le dossier et les droits."
        return f"StoreUnwritable: « {folder / name} » {told}"

    assert found == {
        "here": "yes",
        "new.db": sentence("new.db"),
        "sub/new.db": sentence("sub/new.db"),
        "old.db": sentence("old.db"),
        "read": sentence("old.db"),
    }


# Two at once ---------------------------------------------------------------------------------


def test_a_second_writer_is_told_that_somebody_writes(path: Path) -> None:
    with (
        closing(SqliteStore(path, writable=True)) as first,
        closing(SqliteStore(path, writable=True, patience=0.3)) as second,
    ):
        with first.write(KEPT) as writing:
            writing.add([LA_POSTE])
            begun = time.monotonic()
            with pytest.raises(StoreBusy) as caught, second.write(KEPT):
                pytest.fail("two writers at once")
            waited = time.monotonic() - begun
            with pytest.raises(StoreBusy):
                second.forget("exemples")
            writing.finish()
        assert told(second, [LA_POSTE]).unchanged == 1
    assert caught.value.message == (
        f"Quelqu'un d'autre écrit dans « {path} » : réessayez dans un moment."
    )
    assert 0.25 < waited < 3


def test_a_writer_waits_ten_seconds_unless_it_is_told_otherwise() -> None:
    assert inspect.signature(SqliteStore).parameters["patience"].default == 10.0


def test_a_second_writer_that_waits_has_its_turn(path: Path) -> None:
    waiting = threading.Event()
    done: list[Written] = []

    def second() -> None:
        with closing(SqliteStore(path, writable=True)) as store:
            waiting.set()
            done.append(told(store, AN_EXAMPLE))

    thread = threading.Thread(target=second)
    with closing(SqliteStore(path, writable=True)) as store, store.write(KEPT) as writing:
        writing.add([LA_POSTE])
        thread.start()
        waiting.wait()
        writing.finish()
    thread.join()
    assert done == [Written(501, 500, 1, 0, 0, generation=3)]


def test_reading_goes_on_while_a_writer_holds_the_lock(path: Path) -> None:
    before = contents(path)
    with closing(SqliteStore(path, writable=True)) as store, store.write(KEPT) as writing:
        writing.add([LA_POSTE])
        writing.finish()
        with closing(SqliteStore(path)) as reader:  # opened after the writer began
            assert everything(reader) == before
            assert len(reader.search("alliance", limit=600)) == 400
    [source] = contents(path)[1:2]
    assert source == [StoredSource(KEPT, 1, 0, 2)]


def test_a_reader_may_not_write(path: Path) -> None:
    before = contents(path)
    with closing(SqliteStore(path)) as store:
        with pytest.raises(StoreUnwritable), store.write(KEPT):
            pass
        with pytest.raises(StoreUnwritable):
            store.forget("exemples")
    assert contents(path) == before


def test_several_processes_may_make_one_store_at_the_same_time(tmp_path: Path) -> None:
    for attempt in range(3):
        path = tmp_path / f"{attempt}.db"
        children = [start("write", path, 2) for _ in range(4)]
        assert [child.communicate()[0].split()[-1] for child in children] == ["committed"] * 4
        with closing(SqliteStore(path)) as store:
            assert store.generation() == 1
            assert [(s.node_claims, s.tie_claims) for s in store.sources()] == [(2, 1)]


def test_a_store_that_could_not_be_opened_leaves_no_file_open(tmp_path: Path) -> None:
    path = tmp_path / "organisations.csv"
    path.write_text("La Poste;356000000\n" * 100)
    before = sorted(os.listdir("/dev/fd"))  # noqa: PTH208 - the open files of this process
    for writable in (False, True):
        with pytest.raises(NotAStore):
            SqliteStore(path, writable=writable)
    assert sorted(os.listdir("/dev/fd")) == before  # noqa: PTH208
