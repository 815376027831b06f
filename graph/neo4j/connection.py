"""The way to a Neo4j server or cluster: address, identity, retries, and its errors in our words."""

import logging
import re
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, LiteralString, TypeAlias
from urllib.parse import unquote, urlsplit

from neo4j import (
    READ_ACCESS,
    Driver,
    GraphDatabase,
    ManagedTransaction,
    NotificationMinimumSeverity,
    Query,
    Session,
)
from neo4j.exceptions import (
    AuthError,
    ClientError,
    ConfigurationError,
    ConnectionAcquisitionTimeoutError,
    DatabaseUnavailable,
    DriverError,
    Forbidden,
    ForbiddenOnReadOnlyDatabase,
    Neo4jError,
    NotALeader,
    ServiceUnavailable,
    SessionExpired,
    TransientError,
)

from graph.errors import (
    NotAStore,
    OldServer,
    RequestError,
    StoreBusy,
    StoreError,
    StoreRefused,
    StoreUnreachable,
    StoreUnwritable,
)
from graph.neo4j import cypher

SCHEMES = ("neo4j", "neo4j+s", "neo4j+ssc", "bolt", "bolt+s", "bolt+ssc")
_OLDEST = (5, 26)
_FETCH = 5_000  # records that are under way at once
_CUT = (ServiceUnavailable, SessionExpired, TransientError, NotALeader, DatabaseUnavailable)

# The driver's own lines would reach standard error; what matters in them is told by our errors.
logging.getLogger("neo4j").addHandler(logging.NullHandler())

Row: TypeAlias = Sequence[Any]
Page: TypeAlias = tuple[Sequence[Row], str | None]
"""The rows of a page, and the last start in it; None on the last page."""
Statement: TypeAlias = tuple[str, Mapping[str, object]]


@dataclass(frozen=True, slots=True)
class Address:
    """Where a graph lies: `neo4j+s://USER@HOST:PORT/DATABASE`.

    Attributes:
        uri: the scheme, host and port. `neo4j` finds the members of a cluster, `bolt` speaks to
            one server; `+s` asks for TLS, `+ssc` for TLS whose certificate nobody has signed.
        database: its name; empty for the one that the server takes by itself.
        patience: how long to retry what fails for a moment, and to wait for another writer, in
            seconds.
        connections: how many are open at most.
    """

    uri: str
    user: str = "neo4j"
    password: str = ""
    database: str = ""
    patience: float = 30.0
    connections: int = 20

    @classmethod
    def of(cls, url: str, password: str) -> "Address":
        """The parts of a URL.

        Raises:
            RequestError: it is none, or holds the password, which the environment keeps.
        """
        try:
            parts = urlsplit(url)
            where = parts.hostname, parts.port
        except ValueError:
            where = None, None
            parts = urlsplit("")
        if parts.scheme not in SCHEMES or where[0] is None:
            raise RequestError(
                f"« {_without_password(url)} » n'est pas l'adresse d'un serveur Neo4j ; attendu : "
                "neo4j://utilisateur@serveur:7687/base (TLS : neo4j+s://)."
            )
        if parts.password is not None:
            raise RequestError(
                "Ne mettez pas le mot de passe dans l'adresse : donnez-le dans "
                "ALLIAGE_NEO4J_PASSWORD."
            )
        host = f"[{where[0]}]" if ":" in where[0] else where[0]
        uri = f"{parts.scheme}://{host}:{where[1] or 7687}"
        return cls(uri, unquote(parts.username or "neo4j"), password, parts.path.strip("/"))


def _without_password(url: str) -> str:
    return re.sub(r"//[^/@]*@", "//…@", url)


class Connection:
    """A pool of connections to a server or a cluster.

    Writing goes to the leader and is tried again where it failed for a moment; reading may go to
    any member, which first catches up with what this program wrote or read before (bookmarks).
    """

    def __init__(self, address: Address) -> None:
        """Connect.

        Raises:
            StoreUnreachable: nothing answers there.
            StoreRefused: the user or the password is wrong.
            OldServer: it is older than 5.26.
        """
        self.address = address
        self._driver: Driver | None = None
        with self.translated():
            self._driver = GraphDatabase.driver(
                address.uri,
                auth=(address.user, address.password),
                connection_timeout=10.0,
                connection_acquisition_timeout=min(address.patience, 30.0),
                max_connection_pool_size=address.connections,
                max_transaction_retry_time=address.patience,
                notifications_min_severity=NotificationMinimumSeverity.OFF,
                telemetry_disabled=True,
            )
            self._bookmarks = GraphDatabase.bookmark_manager()
            try:
                # A server that is down is told at once, not after all retries.
                self._driver.verify_connectivity()
                self._check_version()
            except BaseException:
                self.close()
                raise

    def _check_version(self) -> None:
        [[version]] = self.read(cypher.VERSION)
        if version_of(str(version)) < _OLDEST:
            raise OldServer(
                f"Le serveur « {self.address.uri} » est Neo4j {version} : il faut la version "
                f"{'.'.join(map(str, _OLDEST))} ou une plus récente."
            )

    def close(self) -> None:
        """Let go of the server."""
        if self._driver is not None:
            self._driver.close()
            self._driver = None

    def read(self, statement: str, **values: object) -> list[Row]:
        """All rows of a statement, read on any member."""

        def work(transaction: ManagedTransaction) -> list[Row]:
            return [record.values() for record in transaction.run(_literal(statement), values)]

        with self.translated(), self._session(reading=True) as session:
            return session.execute_read(work)

    def scan(self, statement: str, size: int, first: str = "", **values: object) -> Iterator[Page]:
        """The pages of a scan, one after the other; the next one is read while one is used.

        Each page is a transaction of its own, tried again where it is cut: a scan holds nothing
        open on the server, and goes on where it was.

        Args:
            statement: gives the rows after `$after`, at most of `$size` starts, the last start and
                how many there were.
            size: of a page.
            first: after which start the first page begins.
            values: of the other parameters.
        """
        with ThreadPoolExecutor(1, thread_name_prefix="neo4j-page") as beside:

            def page(after: str) -> Future[list[Row]]:
                return beside.submit(self.read, statement, after=after, size=size, **values)

            coming: Future[list[Row]] | None = page(first)
            while coming is not None:
                [[rows, last, count]] = coming.result()
                coming = page(last) if count == size else None
                yield rows, last if coming else None

    def stream(self, statement: str, **values: object) -> Generator[Row, None, None]:
        """The rows of a statement as they come."""
        with self.translated(), self._session(reading=True) as session:
            for record in session.run(Query(_literal(statement)), values):
                yield record.values()

    def write(self, *statements: Statement) -> list[list[Row]]:
        """Run statements in one transaction on the leader; gives the rows of each."""

        def work(transaction: ManagedTransaction) -> list[list[Row]]:
            found: list[list[Row]] = []
            for statement, values in statements:
                result = transaction.run(_literal(statement), dict(values))
                found.append([record.values() for record in result])
            return found

        return self.transact(work)

    def transact(self, work: Callable[[ManagedTransaction], list[list[Row]]]) -> list[list[Row]]:
        """Do a work in one transaction on the leader, again where it failed for a moment."""
        with self.translated(), self._session(reading=False) as session:
            return session.execute_write(work)

    def run(self, statement: str) -> None:
        """Run a statement that no other may share a transaction with (the schema)."""
        with self.translated(), self._session(reading=False) as session:
            session.run(Query(_literal(statement))).consume()

    def _session(self, *, reading: bool) -> Session:
        assert self._driver is not None, "the connection is closed"
        options: dict[str, Any] = {"fetch_size": _FETCH, "bookmark_manager": self._bookmarks}
        if reading:
            options["default_access_mode"] = READ_ACCESS
        if self.address.database:
            options["database"] = self.address.database
        return self._driver.session(**options)

    @contextmanager
    def translated(self) -> Iterator[None]:
        """Say what the driver and the server report as sentences of ours."""
        try:
            yield
        except (DriverError, Neo4jError) as error:
            raise _in_our_words(error, self.address) from error


def version_of(text: str) -> tuple[int, ...]:
    """The first two numbers of a version; `5.26.30-aura` gives (5, 26)."""
    return tuple(int(number) for number in re.findall(r"\d+", text)[:2])


def _literal(statement: str) -> LiteralString:
    # The driver asks for literals, against injection; ours are made of literals and the model.
    return statement


def _in_our_words(error: Exception, address: Address) -> StoreError:
    where = f"« {address.uri} »"
    code = getattr(error, "code", None) or ""
    if isinstance(error, AuthError) or "AuthenticationRateLimit" in code:
        return StoreRefused(
            f"Le serveur {where} refuse l'utilisateur « {address.user} » : vérifiez l'adresse et "
            "ALLIAGE_NEO4J_PASSWORD."
        )
    if isinstance(error, ForbiddenOnReadOnlyDatabase | Forbidden) or "ReadOnly" in code:
        return StoreUnwritable(
            f"Le serveur {where} n'accepte pas l'écriture (lecture seule, ou droits de "
            f"« {address.user} ») : rien n'a été changé."
        )
    if "DatabaseNotFound" in code:
        return NotAStore(f"Le serveur {where} n'a pas de base « {address.database} ».")
    if isinstance(error, ClientError | ConfigurationError):
        return StoreError(f"Le serveur {where} a refusé une demande : {error}")
    if isinstance(error, ConnectionAcquisitionTimeoutError):
        return StoreBusy(
            f"Toutes les connexions au serveur {where} sont prises : réessayez dans un moment."
        )
    if isinstance(error, _CUT):
        return StoreUnreachable(
            f"Le serveur {where} ne répond pas, ou la connexion a été coupée : vérifiez qu'il "
            "tourne, puis recommencez ; rien n'est écrit à moitié."
        )
    return StoreError(f"Le serveur {where} a signalé une erreur : {error}")
