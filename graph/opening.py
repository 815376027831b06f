"""A store by its address: a file, or a Neo4j server."""

import hashlib
from pathlib import Path

from graph.errors import RequestError
from graph.sqlite.store import SqliteStore
from graph.store import Store

_SQLITE = "sqlite:///"
_SERVERS = ("neo4j", "bolt")


def is_on_server(address: str) -> bool:
    """Whether an address is that of a server, rather than of a file."""
    scheme, separator, _ = address.partition("://")
    return bool(separator) and scheme.partition("+")[0] in _SERVERS


def file_of(address: str) -> Path:
    """The file of an address: `sqlite:///PATH`, or a path.

    Raises:
        RequestError: it is the address of something else.
    """
    path = address.removeprefix(_SQLITE)
    if "://" in path or not path:
        raise RequestError(
            f"« {address} » n'est pas l'adresse d'un dépôt ; attendu : un fichier, "
            "sqlite:///fichier ou neo4j://utilisateur@serveur:7687/base."
        )
    return Path(path).expanduser()


def name_of_server(address: str) -> str:
    """A name for the files of this machine that go with a database on a server.

    It is the same for every user and protocol, and says nothing of the server.

    Raises:
        RequestError: it is no address of a server.
    """
    from graph.neo4j.connection import Address

    there = Address.of(address, "")
    where = f"{there.uri.partition('://')[2]}/{there.database}"
    return f"neo4j-{hashlib.sha256(where.encode()).hexdigest()[:16]}"


def open_store(address: str, password: str = "", *, writable: bool = False) -> Store:
    """Open a store, and make it when it is to be written and does not exist.

    Args:
        address: `sqlite:///PATH`, a path, or `neo4j://USER@HOST:PORT/DATABASE` (`neo4j+s`, `bolt`,
            `bolt+s`: see `graph.neo4j.connection.Address`).
        password: of the user of a server.
        writable: whether to write as well as read.

    Raises:
        RequestError: it is no address of a store.
        StoreError: it cannot be opened; its sentence says why.
    """
    if not is_on_server(address):
        return SqliteStore(file_of(address), writable=writable)
    # Loaded only here: who keeps a file needs no driver.
    from graph.neo4j.connection import Address
    from graph.neo4j.store import Neo4jStore

    return Neo4jStore(Address.of(address, password), writable=writable)
