"""`alliage serve` as a process: workers, a new generation while it answers, slow clients."""

import argparse
import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

import api
from api import serving
from api.service.building import build_apart
from api.service.current import Current
from graph.claims import NodeClaim, Source
from graph.errors import RequestError, StoreBusy
from graph.model import ORGANISATION
from graph.settings import Settings
from graph.sqlite.store import SqliteStore
from graph.view import View

ROOT = Path(api.__file__).parents[1]
START_S, TAKE_UP_S = 90, 120
SERVE = "import sys; from api.cli import main; sys.exit(main(['serve', *sys.argv[1:]]))"


def free_port() -> int:
    with closing(socket.socket()) as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@dataclass
class Server:
    """A running service."""

    port: int
    process: "subprocess.Popen[str]"
    lines: list[str] = field(default_factory=list)

    def get(self, path: str) -> tuple[int, dict[str, str], bytes]:
        """Status, headers (lower case) and body of a GET on a connection of its own."""
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)) as link:
            link.request("GET", path)
            response = link.getresponse()
            headers = {name.lower(): value for name, value in response.getheaders()}
            return response.status, headers, response.read()

    def wait_until_ready(self) -> None:
        """Wait for the first generation."""
        end = time.monotonic() + START_S
        while time.monotonic() < end:
            assert self.process.poll() is None, "".join(self.lines)
            try:
                if self.get("/ready")[0] == 200:
                    return
            except OSError:
                pass
            time.sleep(0.1)
        raise AssertionError("".join(self.lines))


@contextmanager
def serve(store: Path | str, *words: str, **environment: str) -> Iterator[Server]:
    """The command in a process of its own, stopped at the end."""
    port = free_port()
    command = [sys.executable, "-c", SERVE, "--port", str(port), *words]
    settings = {"ALLIAGE_STORE": str(store), "PYTHONPATH": str(ROOT), **environment}
    with subprocess.Popen(
        command, env={**os.environ, **settings}, stderr=subprocess.PIPE, text=True
    ) as process:
        server = Server(port, process)
        assert process.stderr is not None
        reader = threading.Thread(target=lambda: server.lines.extend(process.stderr or ()))
        reader.start()
        try:
            server.wait_until_ready()
            yield server
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)
            reader.join()


@pytest.fixture
def copied(bundled_store: Path, bundled: View, tmp_path: Path) -> Path:
    """A copy of the store with all that is bundled, to be written."""
    store = tmp_path / "alliage.db"
    with closing(SqliteStore(bundled_store)) as source:
        assert source.generation() == bundled.generation
    shutil.copy(bundled_store, store)
    view = bundled_store.with_name("alliage.db.view")
    shutil.copytree(view, tmp_path / "alliage.db.view")
    return store


def add(store: Path, key: str, name: str) -> int:
    """One more source, with one organisation; gives the generation."""
    source = Source(f"essai-{key}", "Essai", "Alliage", "Licence Ouverte 2.0")
    with closing(SqliteStore(store, writable=True)) as opened, opened.write(source) as writing:
        writing.add([NodeClaim(f"alliage:{key}", ORGANISATION, key, {"name": name})])
        return writing.finish().generation


_ADD = """
from contextlib import closing
from pathlib import Path
from graph.claims import NodeClaim, Source
from graph.model import ORGANISATION
from graph.sqlite.store import SqliteStore
source = Source("essai", "Essai", "Alliage", "Licence Ouverte 2.0")
with closing(SqliteStore(Path({path!r}), writable=True)) as store, store.write(source) as writing:
    said = {{"name": "Essai neuf"}}
    writing.add([NodeClaim("alliage:essai-neuf", ORGANISATION, "1", said)])
    print(writing.finish().generation)
"""


def add_apart(store: Path) -> int:
    """As `add`, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", _ADD.format(path=str(store))],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    return int(done.stdout)


QUESTIONS = (
    "/api/v1/partners?at=Grenoble&goal=2&limit=5",
    "/api/v1/bridges?between=academic&between=company&in=38&limit=3",
    "/api/v1/search?text=rameau",
    "/api/v1/things/alliage:le-rameau",
    "/api/v1/map?place=departement:38",
)


def test_a_new_generation_is_taken_up_by_all_workers_without_a_failed_request(
    copied: Path,
) -> None:
    with serve(copied, "--workers", "2", ALLIAGE_BURST="100000") as server:
        before = server.get("/api/v1/charter")[1]["etag"]
        assert server.get("/api/v1/things/alliage:essai-neuf")[0] == 404
        statuses: list[int] = []
        stop = threading.Event()

        def ask_on() -> None:
            while not stop.is_set():
                statuses.extend(server.get(question)[0] for question in QUESTIONS)

        askers = [threading.Thread(target=ask_on) for _ in range(3)]
        for each in askers:
            each.start()
        generation = add_apart(copied)
        end = time.monotonic() + TAKE_UP_S
        seen: list[int] = []
        # Every worker has it when twenty connections in a row, each to any of them, say so.
        while seen[-20:] != [200] * 20:
            assert time.monotonic() < end, seen[-20:]
            seen.append(server.get("/api/v1/things/alliage:essai-neuf")[0])
            time.sleep(0.02)
        stop.set()
        for each in askers:
            each.join()
        after = server.get("/api/v1/charter")[1]["etag"]
        faults = [line for line in server.lines if '"fault"' in line]
        assert set(statuses) == {200}, faults
        assert len(statuses) > len(QUESTIONS)
        assert before != after
        assert after.startswith(f'W/"{generation}-')
        assert json.loads(server.get("/ready")[2])["generation"] == generation
        text = server.get("/metrics")[2].decode()
        counted = re.findall(r'requests_total\{.*route="/api/v1/search",status="200"\} (.*)', text)
        # Of both workers together: as many as were asked, whichever answers.
        assert float(counted[0]) >= statuses.count(200) // len(QUESTIONS) - len(askers)
    for line in server.lines[1:]:
        json.loads(line)
    assert "rameau" not in "".join(server.lines)
    assert "127.0.0.1" not in "".join(line for line in server.lines if '"request"' in line)


def test_a_head_that_does_not_come_is_not_waited_for(copied: Path) -> None:
    with serve(copied, ALLIAGE_HEADERS_S="1") as server:
        for sent in (b"", b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ", b"GET /health HTTP/1.1\r\n"):
            with closing(socket.create_connection(("127.0.0.1", server.port))) as link:
                link.settimeout(20)
                began = time.monotonic()
                link.sendall(sent)
                assert link.recv(100) == b""
                assert 0.5 < time.monotonic() - began < 10
        assert server.get("/health")[0] == 200


def drops(link: socket.socket) -> Iterator[None]:
    """Send a head line by line, one each fifth of a second, until the other side hangs up."""
    link.sendall(b"GET /health HTTP/1.1\r\n")
    for n in range(100):
        time.sleep(0.2)
        try:
            link.sendall(f"X-{n}: drop\r\n".encode())
        except OSError:
            return
        yield


def test_a_head_sent_drop_by_drop_is_not_waited_for(copied: Path) -> None:
    with (
        serve(copied, ALLIAGE_HEADERS_S="1") as server,
        closing(socket.create_connection(("127.0.0.1", server.port))) as link,
    ):
        assert 2 < len(list(drops(link))) < 50


@pytest.mark.parametrize(
    ("sent", "statuses"),
    [
        (b"GET /../../etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n", {404}),
        (b"GET /api/v1/things/..%2f..%2fetc%2fpasswd HTTP/1.1\r\nHost: x\r\n\r\n", {404}),
        (b"GET /health HTTP/1.1\r\nHost: x\r\nA: b\x00\r\n\r\n", {400}),
        (b"GET /health HTTP/1.1\r\nHost: x\r\n" + b"A: " + b"b" * 300_000, {400}),
        (b"GET /api/v1/search?text=%0d%0aSet-Cookie:x HTTP/1.1\r\nHost: x\r\n\r\n", {200}),
        (b"POST /health HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n", {413}),
        (b"\x16\x03\x01\x02\x00\x01\x00", {400}),
    ],
)
def test_a_malformed_request_is_refused_and_the_next_is_answered(
    running: Server, sent: bytes, statuses: set[int]
) -> None:
    with closing(socket.create_connection(("127.0.0.1", running.port))) as link:
        link.settimeout(20)
        link.sendall(sent)
        answer = link.recv(10_000)
    assert int(answer.split()[1]) in statuses
    assert b"set-cookie" not in answer.partition(b"\r\n\r\n")[0].lower()
    assert running.get("/health")[0] == 200


@pytest.fixture(scope="module")
def running(bundled_store: Path, bundled: View) -> Iterator[Server]:
    """A service with one worker over what is bundled."""
    assert len(bundled)
    with serve(bundled_store) as server:
        yield server


# The generations, within one process ----------------------------------------------------------


def test_a_reader_finishes_on_the_generation_that_it_began_with(copied: Path) -> None:
    add(copied, "premier", "Premier essai")
    current = Current(Settings(str(copied)))
    assert current.refresh()
    assert not current.refresh()
    with current.held() as old:
        node = old.view.ordinal("alliage:premier")
        assert node is not None
        with closing(SqliteStore(copied, writable=True)) as store:
            store.forget("essai-premier")
        assert current.refresh()
        with current.held() as new:
            assert new.view.generation > old.view.generation
            assert new.view.ordinal("alliage:premier") is None
        # The columns and what only the store knows are of one generation.
        assert old.view.describe(node).name == "Premier essai"
        assert [found.key for found in old.view.search("premier essai")] == ["alliage:premier"]
    current.stop()


def test_an_old_generation_lets_the_log_of_the_store_go(copied: Path) -> None:
    """SQLite can only empty the write-ahead log when no reader holds it (sqlite.org/wal.html)."""
    current = Current(Settings(str(copied)))
    current.refresh()
    with current.held():
        add(copied, "un", "Un")
        current.refresh()
    current.stop()
    add(copied, "deux", "Deux")
    with closing(SqliteStore(copied, writable=True)) as store:
        assert store.generation()
    log = copied.with_name("alliage.db-wal")
    assert not log.exists() or log.stat().st_size == 0


def test_a_store_made_anew_in_its_place_is_taken_up(copied: Path, tmp_path: Path) -> None:
    current = Current(Settings(str(copied)))
    current.refresh()
    other = tmp_path / "other.db"
    add(other, "seul", "Seul")
    other.replace(copied)
    assert current.refresh()
    with current() as view:
        assert list(map(view.keys.__getitem__, range(len(view)))) == ["alliage:seul"]
    current.stop()


def test_when_the_store_goes_away_the_last_generation_goes_on(copied: Path) -> None:
    current = Current(Settings(str(copied)), refresh_s=0.05, patience_s=60)
    current.start()
    with current() as view:
        size = len(view)
    copied.rename(copied.with_name("away.db"))
    time.sleep(0.3)
    with current() as view:
        assert len(view) == size
        node = view.ordinal("alliage:le-rameau")
        assert node is not None
        assert view.describe(node).name == "Le RAMEAU"
    current.stop()


def test_without_a_generation_a_reader_is_asked_to_come_back(tmp_path: Path) -> None:
    current = Current(Settings(str(tmp_path / "absent.db")), patience_s=0.01)
    with pytest.raises(StoreBusy), current():
        pass


def test_many_threads_read_one_generation(copied: Path) -> None:
    current = Current(Settings(str(copied)))
    current.refresh()
    faults: list[Exception] = []

    def read() -> None:
        try:
            for _ in range(40):
                with current() as view:
                    node = view.ordinal("alliage:le-rameau")
                    assert node is not None
                    assert view.describe(node).name == "Le RAMEAU"
                    assert view.ties_of(node) or view.claims(node)
                    assert view.search("rameau", limit=3)
        except Exception as fault:  # noqa: BLE001 (told in the test's own thread)
            faults.append(fault)

    threads = [threading.Thread(target=read) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    current.stop()
    assert faults == []


def test_the_columns_are_made_in_another_process(copied: Path) -> None:
    generation = add(copied, "trois", "Trois")
    folder = copied.with_name("alliage.db.view")
    assert not list(folder.glob(f"{generation}-*"))
    build_apart(Settings(str(copied)))
    assert list(folder.glob(f"{generation}-*"))


@pytest.mark.parametrize("words", [["--port", "70000"], ["--port", "-1"], ["--workers", "0"]])
def test_a_number_that_makes_no_sense_is_refused(tmp_path: Path, words: list[str]) -> None:
    asked = argparse.Namespace(host="127.0.0.1", port=8000, workers=1, place=None)
    setattr(asked, words[0].removeprefix("--"), int(words[1]))
    with pytest.raises(RequestError, match=words[0]):
        serving.run(Settings(str(tmp_path / "a.db")), asked)
