"""The command that reads sources: it chooses the files, shows the progress, prints the report."""

import math
import shutil
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from api import lines, report
from api.session import ensure, opened
from graph.errors import RequestError, SourceError
from graph.settings import Settings
from graph.store import Store
from ingest.catalogue import (
    AUTO,
    RDF,
    TABLE,
    bundled,
    edition_name,
    entitled,
    local,
    recognised,
    tabular,
)
from ingest.files.expected import expected_records
from ingest.files.fetch import Fetched
from ingest.runner import Ingested, ingest, ingest_files
from ingest.tabular import Tabular

_REDRAWN = 0.2  # seconds
_TOO_EARLY = 1.0  # seconds, before which nobody can tell how long it will take


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a person asks to read.

    Attributes:
        files: paths, folders or URLs.
        mapping: for a table of any form, the file that says what its columns mean.
        edition: what sets these files apart from others of the same source, as a source of their
            own; None where they take the place of what was read before.
    """

    source: str
    files: tuple[str, ...]
    mapping: Path | None = None
    edition: str | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """What the reading of one source did.

    Attributes:
        older: the copies from before that were read, each with why the newest could not be had.
    """

    done: Ingested
    older: tuple[Fetched, ...] = ()


@dataclass(frozen=True, slots=True)
class _Chosen:
    """A source by its name in the catalogue, and the files of it that are to be read."""

    name: str
    source: Tabular
    files: list[Path]


@dataclass(slots=True)
class _Downloads:
    """What was downloaded in a run."""

    older: dict[Path, Fetched] = field(default_factory=dict)

    def take(self, fetched: Fetched) -> None:
        """Remember a copy from before."""
        if fetched.problem:
            self.older[fetched.path] = fetched

    def report(self, done: Ingested, files: Sequence[Path]) -> Report:
        """What was done with files, with those of them that are from before."""
        return Report(done, tuple(self.older[file] for file in files if file in self.older))


def read(settings: Settings, wanted: Wanted) -> Iterator[Report]:
    """Read what is wanted into the store; gives the report of each source when it is done.

    Raises:
        SourceError, UnknownSource, RequestError: see their sentences.
    """
    known = bundled(wanted.source)
    if known is not None:
        if wanted.edition is not None:
            raise RequestError(
                f"« {known.name} » est fourni avec Alliage sous ses propres noms : « --as » ne s'y"
                " applique pas."
            )
        folder = _only(wanted.files, known.name)
        with closing(opened(settings, writable=True)) as store:
            yield from map(Report, ingest(store, known, folder))
        return
    downloads = _Downloads()
    chosen = list(_chosen(wanted, downloads))
    exports = _exports(chosen)
    if exports and wanted.edition is not None:
        raise RequestError(
            f"« {exports[0]} » est un export d'Alliage, où chaque source a déjà son nom : « --as »"
            " ne s'y applique pas."
        )
    if not exports:
        ensure(settings)  # a list without the territories would answer nothing
    with closing(opened(settings, writable=True)) as store:
        for each in chosen:
            reading = _linked if each.name == RDF else _listed
            for done in reading(settings, store, each, wanted.edition):
                yield downloads.report(done, each.files)


def _exports(chosen: Sequence[_Chosen]) -> list[Path]:
    """The exports of ours among the files: with one, the store is to be what it was."""
    files = [file for each in chosen if each.name == RDF for file in each.files]
    if not files:
        return []
    from ingest.rdf import base_of

    return [file for file in files if base_of(file)]


def _listed(settings: Settings, store: Store, chosen: _Chosen, _: str | None) -> Iterator[Ingested]:
    """Files that hold a record after another."""
    name, files = chosen.source.source.name, chosen.files
    with closing(Progress(name, partial(expected_records, files))) as progress:
        yield ingest_files(store, chosen.source, files, settings.rejects_folder, progress)


def _linked(
    settings: Settings, store: Store, chosen: _Chosen, edition: str | None
) -> Iterator[Ingested]:
    """Exports of ours, each source as itself; RDF of others, as one source."""
    # Loaded only here: the libraries of RDF would slow every other command down.
    from ingest import rdf
    from ingest.sources.rdf import tabular as described

    exports = _exports([chosen])
    for file in exports:
        store.judge(rdf.judgements(file))
        yield from ingest(store, rdf.EXPORT, file)
    if others := [file for file in chosen.files if file not in exports]:
        source = described(others)
        if edition is not None:
            source = entitled(source, edition_name(source.source.name, edition), edition)
        with closing(Progress(source.source.name)) as progress:
            yield ingest_files(store, source, others, settings.rejects_folder, progress)


def _chosen(wanted: Wanted, downloads: _Downloads) -> Iterator[_Chosen]:
    """The sources that are meant, each with its files."""
    name = wanted.source
    if name == TABLE:
        source = _described(wanted)
        yield _Chosen(name, source, _files(wanted, "la table", downloads))
    elif name == AUTO:
        files = _files(wanted, "des fichiers ou un dossier", downloads)
        for each, found in recognised(files).items():
            yield _Chosen(each, _as_wanted(each, wanted), found)
    else:
        source = _as_wanted(name, wanted)
        yield _Chosen(name, source, _files(wanted, source.files, downloads))


def _as_wanted(name: str, wanted: Wanted) -> Tabular:
    source = tabular(name, wanted.edition)
    # RDF says itself which source it is: it is named when that was read.
    return tabular(name) if name == RDF else source


def _described(wanted: Wanted) -> Tabular:
    from ingest.mapping import load
    from ingest.sources import table

    if wanted.mapping is None:
        raise RequestError(
            "Une table demande une correspondance (--mapping FICHIER.yaml) ; « --suggest » en "
            "écrit une première d'après les colonnes."
        )
    mapping = load(wanted.mapping)
    if wanted.edition is None:
        return table.tabular(mapping)
    name = edition_name(mapping.source.name, wanted.edition)
    return entitled(table.tabular(table.edition(mapping, name)), name, wanted.edition)


def _files(wanted: Wanted, what: str, downloads: _Downloads) -> list[Path]:
    if not wanted.files:
        raise SourceError(f"« {wanted.source} » lit {what} : donnez le chemin ou l'adresse.")
    return local(wanted.files, downloads.take)


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

    downloads = _Downloads()
    found = local(files, downloads.take)
    for fetched in downloads.older.values():
        sys.stderr.write(lines.typeset(f"Attention : {report.older(fetched)}\n"))
    if len(found) != 1:
        raise SourceError("« --suggest » lit une table : donnez-en une seule.")
    return suggest(found[0])


class Progress:
    """How far the reading is, on one line of the terminal; silent where there is no terminal.

    Args:
        name: of the source.
        expected: gives the number of records that there are, about; None where nobody knows. It
            is asked only where there is a terminal.
    """

    def __init__(self, name: str, expected: Callable[[], int | None] = lambda: None) -> None:
        self._name = name
        self._drawn = 0.0
        self._shown = sys.stderr.isatty()
        self._expected = expected() if self._shown else None
        self._began = time.monotonic()

    def __call__(self, records: int) -> None:
        """Draw the line anew, if it is time to."""
        now = time.monotonic()
        if self._shown and now - self._drawn > _REDRAWN:
            self._drawn = now
            line = f"{self._name} : {lines.thousands(records)} enregistrements"
            line += f", {how_far(records, self._expected, now - self._began)}"
            most = shutil.get_terminal_size().columns - 1  # a longer one could not be redrawn
            sys.stderr.write(f"\r\x1b[K{lines.typeset(line)[:most]}")
            sys.stderr.flush()

    def close(self) -> None:
        """Leave the line."""
        if self._shown and self._drawn:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()


def how_far(records: int, expected: int | None, seconds: float) -> str:
    """How far a reading is and how long it will go on, or how fast it is where nobody knows.

    `how_far(430, 1000, 98.0) == "43 %, encore 2 min 10 s"`, with no-break spaces.

    Args:
        records: read so far.
        expected: about how many there are in all; not believed where more were read.
        seconds: since the beginning.
    """
    if not expected or not records or records > expected:
        return f"{lines.thousands(round(records / max(seconds, 0.001)))} par seconde"
    share = f"{100 * records // expected}\u00a0%"
    left = math.ceil(seconds * (expected - records) / records)
    return f"{share}, encore {lines.duration(left)}" if left and seconds >= _TOO_EARLY else share
