"""A process that uses a store and meets with an accident; `test_sqlite_faults.py` starts it.

python sqlite_child.py write STORE COUNT [DIE_AT]
python sqlite_child.py create STORE DIE_AT
python sqlite_child.py full FOLDER
python sqlite_child.py limited STORE BYTES
python sqlite_child.py pages STORE PAGES
python sqlite_child.py readonly FOLDER
"""

import json
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import apsw

from graph.claims import Claim, NodeClaim, Source, TieClaim
from graph.errors import StoreError
from graph.model import MEMBER_OF, ORGANISATION
from graph.sqlite import schema as sqlite_schema
from graph.sqlite import store as sqlite
from graph.sqlite.store import SqliteStore
from graph.store import Reader, Written

KEPT = Source("exemples", "Exemples d'alliances", "Le RAMEAU", "", date="2021", keeps_history=False)
MANY = Source("sirene", "Base Sirene", "Insee", "Licence Ouverte 2.0", date="2025-10-01", trust=80)
FEW: list[Claim] = [
    NodeClaim("siren:356000000", ORGANISATION, "1", {"name": "La Poste"}),
    TieClaim(MEMBER_OF, "siren:356000000", "alliage:alliance-dynamique", "1", {"since": "2014"}),
]
TOO_MANY = 40_000
NOBODY = 65534


def claims(count: int) -> Iterator[Claim]:
    """Establishments and ties, half of each; the first corrects what `KEPT` says."""
    yield NodeClaim("siren:356000000", ORGANISATION, "0", {"name": "LA POSTE"})
    for number in range(count // 2):
        key = f"x:{number * 7919 % count}"
        yield NodeClaim(key, ORGANISATION, str(number), {"name": f"La Poste, bureau {number}"})
        yield TieClaim(MEMBER_OF, key, "alliage:alliance-dynamique", str(number))


def told(store: SqliteStore, count: int, die_at: str = "") -> Written:
    """Write the source of many claims, saying how far it is."""
    reach("opened", die_at)
    with store.write(MANY) as writing:
        reach("adding", die_at)
        writing.add(claims(count))
        reach("added", die_at)
        written = writing.finish()
        reach("finished", die_at)
    reach("committed", die_at)
    return written


def reach(moment: str, die_at: str) -> None:
    if moment == die_at:
        os.kill(os.getpid(), signal.SIGKILL)
    print(moment, flush=True)


def create(path: Path, die_at: str) -> None:
    """Make a store and be killed meanwhile."""
    make = sqlite_schema.create

    def dying(connection: apsw.Connection) -> None:
        reach("begun", die_at)
        make(connection)
        reach("made", die_at)

    sqlite.create = dying  # type: ignore[attr-defined]
    with closing(SqliteStore(path, writable=True)):
        reach("opened", die_at)


def contents(store: Reader) -> list[str]:
    nodes = [*map(str, store.scan_nodes())]
    return [*map(str, store.sources()), *nodes, *map(str, store.scan_node_claims())]


def attempt(path: Path, pages: int = 0) -> dict[str, object]:
    """Write few claims, then too many, then again few; what came of it."""
    with closing(SqliteStore(path, writable=True)) as store:
        with store.write(KEPT) as writing:
            writing.add(FEW)
            writing.finish()
        before = contents(store)
        if pages:
            store._db.pragma("max_page_count", pages)
        error = ""
        try:
            told(store, TOO_MANY)
        except StoreError as caught:
            error = f"{type(caught).__name__}: {caught}"
        same = contents(store) == before
        with store.write(KEPT) as writing:
            writing.add(FEW[:1])
            after = writing.finish()
        whole = str(apsw.Connection(str(path)).pragma("integrity_check"))
    return {"error": error, "same": same, "removed": after.removed, "integrity": whole}


def full(folder: Path) -> dict[str, object]:
    """On a disk of its own of 4 MB, which only this process and its children see."""
    size = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(folder)]
    subprocess.run(size, check=True, capture_output=True)
    return attempt(folder / "alliage.db")


def limited(path: Path, size: int) -> dict[str, object]:
    """With files that may not grow beyond a size, as under a quota."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
    return attempt(path)


def readonly(folder: Path) -> dict[str, str]:
    """In a folder that may not be written, as somebody who is not root."""
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
    said = {"here": (folder / "here").read_text()}
    for name in ("new.db", "sub/new.db", "old.db"):
        try:
            SqliteStore(folder / name, writable=True).close()
            said[name] = "opened"
        except StoreError as caught:
            said[name] = f"{type(caught).__name__}: {caught}"
    try:
        with closing(SqliteStore(folder / "old.db")) as store:
            said["read"] = str(store.generation())
    except StoreError as caught:
        said["read"] = f"{type(caught).__name__}: {caught}"
    return said


def main(command: str, place: str, *rest: str) -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)
    path = Path(place)
    match command:
        case "write":
            with closing(SqliteStore(path, writable=True)) as store:
                told(store, int(rest[0]), *rest[1:])
        case "create":
            create(path, *rest)
        case "full":
            print(json.dumps(full(path)))
        case "limited":
            print(json.dumps(limited(path, *map(int, rest))))
        case "pages":
            print(json.dumps(attempt(path, *map(int, rest))))
        case "readonly":
            print(json.dumps(readonly(path)))


if __name__ == "__main__":
    main(*sys.argv[1:])
