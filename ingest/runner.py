"""How a source gets in: read, checked against the model, written in one transaction."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from graph.claims import Source
from graph.errors import SourceError
from graph.model import Kind
from graph.store import Store, Writing, Written
from ingest.bundled import Bundled
from ingest.pipeline import TakesBatches, job_for, read_beside
from ingest.reading import Counts, Keep, Progress, Reading, told_of
from ingest.rejects import RejectsFile
from ingest.tabular import Tabular


@dataclass(frozen=True, slots=True)
class Ingested:
    """What the reading of one source did.

    Attributes:
        written: in records; `written.read` were taken.
        rejected: how many records were rejected, by reason.
        rejects: the file that holds them, with place, value and reason; None when there are none.
            What is left out on purpose has one line a reason, with the first place and the number.
        unused: columns that nobody used.
        missed: how many things of a kind there are where the declaration expects more.
    """

    source: Source
    written: Written
    rejected: Counter[str] = field(default_factory=Counter)
    rejects: Path | None = None
    unused: tuple[str, ...] = ()
    missed: tuple[tuple[Kind, int, int], ...] = ()

    @property
    def read(self) -> int:
        """The records read: written, unchanged or rejected."""
        return self.written.read + self.rejected.total()


def ingest(store: Store, chosen: Bundled, folder: Path | None = None) -> Iterator[Ingested]:
    """Read what is bundled, or a folder of the same form, into a store, a transaction a source.

    Raises:
        SourceError: the folder is absent, unreadable, truncated or against the model; the source
            that it holds is as it was before.
    """
    chosen.refuse_needless(folder)
    what = str(folder or chosen.name)
    with told_of(what):
        sources = chosen.read(folder)
    while True:
        with told_of(what):
            told = next(sources, None)
            if told is None:
                return
            source, claims = told
            with store.write(source) as writing:
                writing.add(claims)
                written = writing.finish()
        yield Ingested(source, written)


def ingest_files(
    store: Store,
    chosen: Tabular,
    files: Sequence[Path],
    rejects: Path,
    progress: Progress = lambda _: None,
) -> Ingested:
    """Read files of a source into a store, in one transaction.

    Args:
        store: written only when all was read.
        chosen: the declaration of the source.
        files: those of one edition, together.
        rejects: the folder for the file of what was rejected.
        progress: told the number of records read, now and then.

    Raises:
        SourceError: a file is absent, unreadable or truncated; the source is as it was before.
    """
    what = ", ".join(str(file) for file in files)
    with closing(RejectsFile(rejects / f"{chosen.source.name}.csv")) as kept, told_of(what):
        with store.write(chosen.source) as writing:
            counts = _read(chosen, files, what, writing, kept.add, progress)
            if not counts.records and not counts.rejected:
                raise SourceError(f"« {what} » ne contient aucun enregistrement.")
            written = writing.finish()
        missed = tuple(
            (kind, least, counts.kinds[kind.name])
            for kind, least in chosen.at_least.items()
            if counts.kinds[kind.name] < least
        )
        path = kept.finish()
    return Ingested(chosen.source, written, counts.rejected, path, counts.unused, missed)


def _read(
    chosen: Tabular,
    files: Sequence[Path],
    what: str,
    writing: Writing,
    keep: Keep,
    progress: Progress,
) -> Counts:
    """Read files into a writing, in a process beside where that is faster."""
    job = job_for(chosen, files, what)
    if job and isinstance(writing, TakesBatches):
        return read_beside(job, what, writing, keep, progress)
    taken: set[str] = set()
    reading = Reading(chosen.transform, writing.add_record, keep, progress)
    return reading.run(chosen.read(files, taken), taken)
