"""The command that reads sources: it chooses the files, shows the progress, prints the report."""

import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from api import render
from api.session import fill
from graph.errors import RequestError, SourceError
from graph.settings import Settings
from graph.sqlite import SqliteStore
from ingest.catalogue import AUTO, RDF, TABLE, bundled, local, recognised, tabular
from ingest.runner import Ingested, ingest, ingest_files
from ingest.tabular import Tabular

_REDRAWN = 0.2  # seconds


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a person asks to read.

    Attributes:
        files: paths, folders or URLs.
        mapping: for a table of any form, the file that says what its columns mean.
    """

    source: str
    files: tuple[str, ...]
    mapping: Path | None = None


def read(settings: Settings, wanted: Wanted) -> Iterator[Ingested]:
    """Read what is wanted into the store; gives the report of each source when it is done.

    Raises:
        SourceError, UnknownSource, RequestError: see their sentences.
    """
    known = bundled(wanted.source)
    if known is not None:
        folder = _only(wanted.files, known.name)
        with closing(SqliteStore(settings.store, writable=True)) as store:
            yield from ingest(store, known, folder)
        return
    chosen = list(_chosen(wanted))
    if not settings.store.exists() and not _restores(chosen):
        fill(settings)  # a list without the territories would answer nothing
    with closing(SqliteStore(settings.store, writable=True)) as store:
        for source, files in chosen:
            if source.source.name == RDF:
                yield from _linked(settings, store, files)
                continue
            with closing(Progress(source.source.name)) as progress:
                yield ingest_files(store, source, files, settings.rejects_folder, progress)


def _restores(chosen: Sequence[tuple[Tabular, list[Path]]]) -> bool:
    """Whether there is an export of ours among the files: the store is to be what it was."""
    files = [file for source, found in chosen if source.source.name == RDF for file in found]
    if not files:
        return False
    from ingest.rdf import base_of

    return any(map(base_of, files))


def _linked(settings: Settings, store: SqliteStore, files: list[Path]) -> Iterator[Ingested]:
    """Exports of ours, each source as itself; RDF of others, as one source."""
    # Loaded only here: the libraries of RDF would slow every other command down.
    from ingest import rdf
    from ingest.sources.rdf import tabular as described

    exports = [file for file in files if rdf.base_of(file)]
    for file in exports:
        yield from ingest(store, rdf.EXPORT, file)
        store.judge(rdf.judgements(file))
    if others := [file for file in files if file not in exports]:
        with closing(Progress(RDF)) as progress:
            yield ingest_files(store, described(others), others, settings.rejects_folder, progress)


def _chosen(wanted: Wanted) -> Iterator[tuple[Tabular, list[Path]]]:
    """The sources that are meant, each with its files."""
    if wanted.source == TABLE:
        yield _described(wanted)
        return
    if wanted.source == AUTO:
        files = local(_some(wanted, "des fichiers ou un dossier"))
        yield from ((tabular(name), found) for name, found in recognised(files).items())
        return
    source = tabular(wanted.source)
    yield source, local(_some(wanted, source.files))


def _described(wanted: Wanted) -> tuple[Tabular, list[Path]]:
    from ingest.mapping import load
    from ingest.sources import table

    if wanted.mapping is None:
        raise RequestError(
            "Une table demande une correspondance (--mapping FICHIER.yaml) ; « --suggest » en "
            "écrit une première d'après les colonnes."
        )
    return table.tabular(load(wanted.mapping)), local(_some(wanted, "la table"))


def _some(wanted: Wanted, what: str) -> tuple[str, ...]:
    if not wanted.files:
        raise SourceError(f"« {wanted.source} » lit {what} : donnez le chemin ou l'adresse.")
    return wanted.files


def _only(files: Sequence[str], name: str) -> Path | None:
    if len(files) > 1:
        raise SourceError(f"« {name} » ne lit qu'un dossier : donnez-en un seul.")
    return Path(files[0]) if files else None


def suggested(files: Sequence[str]) -> str:
    """A first mapping for a table, to be completed by the person who knows it.

    Raises:
        SourceError: no table, or several, were given, or it cannot be read.
    """
    from ingest.suggestion import suggest

    found = local(files)
    if len(found) != 1:
        raise SourceError("« --suggest » lit une table : donnez-en une seule.")
    return suggest(found[0])


class Progress:
    """How far the reading is, on one line of the terminal; silent where there is no terminal."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._began = time.monotonic()
        self._drawn = 0.0
        self._shown = sys.stderr.isatty()

    def __call__(self, records: int) -> None:
        """Draw the line anew, if it is time to."""
        now = time.monotonic()
        if self._shown and now - self._drawn > _REDRAWN:
            self._drawn = now
            rate = records / max(now - self._began, 0.001)
            line = f"{self._name} : {render.thousands(records)} enregistrements"
            sys.stderr.write(f"\r\x1b[K{line}, {render.thousands(round(rate))} par seconde")
            sys.stderr.flush()

    def close(self) -> None:
        """Leave the line."""
        if self._shown and self._drawn:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
