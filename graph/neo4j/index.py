"""The columns of a view of a Neo4j store, kept fresh by what changed since the last ones.

The first time the whole store is scanned, page by page; a scan that was killed goes on after the
last page that it kept. From then on the server is asked only for what a later generation wrote.
"""

import itertools
import marshal
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from graph import columns
from graph.columns import Array
from graph.model import TIES
from graph.neo4j import cypher
from graph.neo4j.connection import Connection, Page, Row
from graph.neo4j.facts import Facts, Gathering, columns_of, replaced
from graph.neo4j.scope import Scope

_PAGE = 3_000  # things, with the ties that start at them
_MOST = 300_000  # changes that are taken one by one
_FACTS, _PAGES = ".facts-1", ".pages-1"  # a change of what they hold makes new ones


def fresh_columns(
    connection: Connection, scope: Scope, aliases: Iterable[tuple[str, str]], files: Path
) -> dict[str, Array]:
    """The columns of a generation; see `graph.store.KeepsFacts`."""
    facts = _caught_up(connection, scope, files) or _scanned(connection, scope, files)
    with suppress(OSError):
        columns.save(beside(files, _FACTS), facts.arrays())
        columns.remove(beside(files, _PAGES))
    return columns_of(scope, facts, aliases)


def beside(files: Path, ending: str) -> Path:
    """The folder of what goes with the columns of a folder, and is removed with them."""
    return files.with_name(f"{files.name}{ending}")


# What changed --------------------------------------------------------------------------------


def _caught_up(connection: Connection, scope: Scope, files: Path) -> Facts | None:
    """The facts kept of an earlier generation with what changed since; None where that is unknown.

    It is unknown where nothing is kept, where what is kept is not of the past of this store (it
    was made anew, or restored), and where traces of what was removed since were swept away.
    """
    for generation, stamp, folder in _kept(files):
        if not _is_known(connection, generation, stamp):
            continue
        with suppress(OSError, KeyError):
            before = Facts.of(columns.load(folder))
            facts = _with_changes(connection, scope, before, generation)
            # Swept while it was read?
            return facts if _is_known(connection, generation, stamp) else None
    return None


def _kept(files: Path) -> Iterator[tuple[int, str, Path]]:
    """Generation, stamp and folder of the facts kept beside some columns, the latest first."""
    most = int(files.name.partition("-")[0])
    found = []
    with suppress(OSError):
        for folder in files.parent.iterdir():
            number, _, rest = folder.name.partition("-")
            if number.isdigit() and int(number) <= most and folder.name.endswith(_FACTS):
                found.append((int(number), rest.partition("-")[0], folder))
    return iter(sorted(found, reverse=True))


def _is_known(connection: Connection, generation: int, stamp: str) -> bool:
    """Whether the store can still tell what changed since a generation, and it is of its past."""
    past = connection.read(cypher.PAST)
    if not past or past[0][1] > generation:
        return False
    [[present, _, stamps]] = past
    at = len(stamps) - 1 - (present - generation)
    return 0 <= at < len(stamps) and bool(stamps[at] == stamp)


def _with_changes(
    connection: Connection, scope: Scope, facts: Facts, generation: int
) -> Facts | None:
    """The facts of a generation brought up to date; None where so much changed that a scan is due.

    What is being written meanwhile is met too: it is read as the generation that is held sees it.
    """
    if generation == scope.generation:
        return facts
    newer = Gathering(scope.sources)
    left = _MOST
    for row in connection.read(cypher.CHANGED_NODES, generation=generation, most=left):
        newer.add_thing(row[0], scope.texts(row))
        left -= 1
    for tie in TIES:
        if left <= 0:
            return None
        statement = cypher.changed_ties(tie)
        for row in connection.read(statement, generation=generation, most=left):
            newer.add_ties(row[0], [(tie.name, row[1], scope.texts(row))])
            left -= 1
    scope.check_age()
    return replaced(facts, *newer.done()) if left > 0 else None


# The whole -----------------------------------------------------------------------------------


def _scanned(connection: Connection, scope: Scope, files: Path) -> Facts:
    gathering = Gathering(scope.sources)
    for rows in _pages(connection, beside(files, _PAGES), scope.generation):
        for *thing, ties in rows:
            key = thing[0]
            if texts := scope.texts(thing):
                gathering.add_thing(key, texts)
            gathering.add_ties(key, _as_seen(scope, ties))
    scope.check_age()
    return gathering.done()[0]


def _as_seen(scope: Scope, ties: Iterable[Row]) -> Iterator[tuple[str, str, Sequence[str]]]:
    """The ties that start at a thing, of those that this generation has."""
    for tie in ties:
        if texts := tie[2] if len(tie) == 3 else scope.texts(tie):
            yield tie[0], tie[1], texts


def _pages(connection: Connection, folder: Path, generation: int) -> Iterator[Sequence[Row]]:
    """The things with the ties that start at them: the pages that are kept, then those that come.

    A page is kept once it has come, whole; it begins where the one before it ends.
    """
    after: str | None = ""
    number = 0
    while after is not None and (kept := _read_page(folder / str(number), after)):
        rows, after = kept
        yield rows
        number += 1
    if after is None:
        return
    coming = connection.scan(cypher.SCAN_ALL, _PAGE, after, generation=generation)
    for at, (rows, last) in zip(itertools.count(number), coming, strict=False):
        _keep_page(folder / str(at), after, (rows, last))
        after = last or ""
        yield rows


def _keep_page(file: Path, after: str, page: Page) -> None:
    whole: Any = (after, *page)
    packed = marshal.dumps(whole)
    with suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        unfinished = file.with_suffix(".part")
        unfinished.write_bytes(zlib.crc32(packed).to_bytes(4, "big") + packed)
        unfinished.replace(file)


def _read_page(file: Path, after: str) -> Page | None:
    """A page that was kept; None where there is none that is whole and begins there."""
    try:
        said = file.read_bytes()
    except OSError:
        return None
    if said[:4] != zlib.crc32(said[4:]).to_bytes(4, "big"):
        return None
    began, rows, last = marshal.loads(said[4:])
    return (rows, last) if began == after else None
