"""A real Neo4j server for the tests: fetched once by Maven, run on free ports of this machine."""

import contextlib
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import platformdirs
from neo4j import GraphDatabase
from neo4j.exceptions import AuthError, DriverError, Neo4jError

POM = Path(__file__).with_name("pom.xml")
NEEDS_NEO4J = "needs a Neo4j server"  # how the reason of a skip begins; see .ci/skips.py
USER, _FIRST = "neo4j", "neo4j"
_VERSION = "{*}dependencies/{*}dependency/{*}version"
_READY_S = 120
_SETTINGS = """\
server.default_listen_address=127.0.0.1
server.bolt.listen_address=127.0.0.1:{bolt}
server.http.listen_address=127.0.0.1:{http}
server.https.enabled=false
server.memory.heap.initial_size=256m
server.memory.heap.max_size={heap}
server.memory.pagecache.size={cache}
db.tx_log.rotation.retention_policy=keep_none
dbms.security.auth_enabled=true
dbms.usage_report.enabled=false
{more}
"""


class NoServerHere(Exception):
    """There is no Java or no Maven, or Maven could not fetch the server."""


def version() -> str:
    """The version of Neo4j that the tests run."""
    found = ET.parse(POM).findtext(_VERSION)
    assert found is not None
    return found


def jars() -> Path:
    """The folder of the server's archives, fetched where they are not here yet.

    Raises:
        NoServerHere: they are not here, and cannot be fetched.
    """
    folder = platformdirs.user_cache_path("alliage", appauthor=False) / f"neo4j-{version()}"
    if folder.is_dir():
        return folder
    for tool in ("java", "mvn"):
        if shutil.which(tool) is None:
            raise NoServerHere(f"there is no {tool} on the path")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as aside:
        made = Path(aside) / "jars"
        goal = ["dependency:copy-dependencies", f"-DoutputDirectory={made}"]
        command = ["mvn", "-q", "-B", "-f", str(POM), *goal]
        ran = subprocess.run(command, capture_output=True, text=True, check=False)
        if ran.returncode or not made.is_dir():
            raise NoServerHere(f"Maven could not fetch it: {ran.stdout.strip()[-500:]}")
        with contextlib.suppress(OSError):  # another run was quicker
            made.rename(folder)
    return folder


class Server:
    """One server in a folder of its own; it may be stopped, killed, and started again.

    Attributes:
        uri: where Bolt listens.
        password: of the user `neo4j`, made for this server alone.
    """

    def __init__(self, home: Path, more: str = "", *, large: bool = False) -> None:
        """Prepare a server; a large one takes memory, and time to compile what then runs fast."""
        self.home = home
        self._large = large
        self.password = secrets.token_urlsafe(12)
        self._bolt, self._http = _free_ports(2)
        self._process: subprocess.Popen[bytes] | None = None
        (home / "conf").mkdir(parents=True)
        self.configure(more)

    @property
    def uri(self) -> str:
        """The address that a driver takes."""
        return f"bolt://127.0.0.1:{self._bolt}"

    @property
    def http(self) -> str:
        """The address that a browser takes."""
        return f"http://127.0.0.1:{self._http}"

    def configure(self, more: str) -> None:
        """Write the settings, with some lines more; for the next start."""
        heap, cache = ("1536m", "512m") if self._large else ("640m", "128m")
        ports = {"bolt": self._bolt, "http": self._http}
        text = _SETTINGS.format(**ports, heap=heap, cache=cache, more=more)
        (self.home / "conf" / "neo4j.conf").write_text(text, encoding="utf-8")

    def start(self) -> None:
        """Start, and wait until it answers.

        Raises:
            NoServerHere: it does not start.
        """
        # The second compiler takes a third of the time of a server that does not live long.
        size = ["-Xmx1536m"] if self._large else ["-Xmx640m", "-XX:TieredStopAtLevel=1"]
        command = [
            *_java("-Xms256m", *size, "-XX:+UseSerialGC"),
            "org.neo4j.server.CommunityEntryPoint",  # `Neo4jCommunity` from 2025 on
            f"--home-dir={self.home}",
            f"--config-dir={self.home / 'conf'}",
        ]
        log = (self.home / "console.log").open("ab")
        with log:
            self._process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)
        end = time.monotonic() + _READY_S
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > end:
                said = (self.home / "console.log").read_text(encoding="utf-8", errors="replace")
                self.kill()
                raise NoServerHere(f"it does not start: {said[-800:]}")
            time.sleep(0.2)

    def _answers(self) -> bool:
        """Whether it takes our password; a new server takes a first one, once, to be changed."""
        change = "ALTER CURRENT USER SET PASSWORD FROM $first TO $ours"
        try:
            with GraphDatabase.driver(self.uri, auth=(USER, self.password)) as driver:
                driver.verify_connectivity()
        except AuthError:
            with (
                contextlib.suppress(Neo4jError, DriverError),
                GraphDatabase.driver(self.uri, auth=(USER, _FIRST)) as driver,
            ):
                words = {"first": _FIRST, "ours": self.password}
                driver.execute_query(change, words, database_="system")
            return False
        except (DriverError, Neo4jError, OSError):
            return False
        return True

    def stop(self) -> None:
        """End it, as an administrator does."""
        if self._process is not None:
            self._process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(60)
        self.kill()

    def kill(self) -> None:
        """End it at once, as a power cut does."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


def _java(*options: str) -> list[str]:
    java = shutil.which("java")
    if java is None:
        raise NoServerHere("there is no java on the path")
    opened = ("java.base/java.nio", "java.base/java.io", "java.base/sun.nio.ch")
    opens = [f"--add-opens={package}=ALL-UNNAMED" for package in opened]
    return [java, *options, *opens, "-cp", f"{jars()}/*"]


def _free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [int(each.getsockname()[1]) for each in sockets]


@contextlib.contextmanager
def running(home: Path, more: str = "", *, large: bool = False) -> Iterator[Server]:
    """A server for the time of a block.

    Raises:
        NoServerHere: it cannot run on this machine.
    """
    server = Server(home, more, large=large)
    server.start()
    try:
        yield server
    finally:
        server.stop()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder, running(Path(folder) / "neo4j") as neo4j:
        print(f"{neo4j.uri}  user {USER}  password {neo4j.password}  browser {neo4j.http}")
        with contextlib.suppress(KeyboardInterrupt):
            sys.stdin.read()
