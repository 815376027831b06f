"""How a source gets in: read, checked against the model, written in one transaction."""

import csv
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from graph.claims import Claim, NodeClaim, Source
from graph.errors import InvalidClaim, SourceError
from graph.model import Kind
from graph.store import Store, Writing, Written
from ingest.bundled import Bundled
from ingest.rejects import RejectsFile
from ingest.rows import Rejected, Row
from ingest.tabular import Tabular

Progress = Callable[[int], None]
_EVERY = 1_000
_LOOKED_AT = 1_000  # records whose columns are compared with those that were used


@dataclass(frozen=True, slots=True)
class Ingested:
    """What the reading of one source did.

    Attributes:
        written: in records; `written.read` were taken.
        rejected: how many records were rejected, by reason.
        rejects: the file that holds them, with place, value and reason; None when there are none.
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
    with _told_of(what):
        sources = chosen.read(folder)
    while True:
        with _told_of(what):
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
    taken: set[str] = set()
    reading = _Reading(chosen, progress)
    what = ", ".join(str(file) for file in files)
    with closing(RejectsFile(rejects / f"{chosen.source.name}.csv")) as kept, _told_of(what):
        with store.write(chosen.source) as writing:
            reading.run(chosen.read(files, taken), writing, kept)
            if not reading.records and not reading.rejected:
                raise SourceError(f"« {what} » ne contient aucun enregistrement.")
            written = writing.finish()
        unused = tuple(sorted(reading.columns - taken))
        missed = tuple(
            (kind, least, reading.kinds[kind])
            for kind, least in chosen.at_least.items()
            if reading.kinds[kind] < least
        )
        path = kept.finish()
    return Ingested(chosen.source, written, reading.rejected, path, unused, missed)


class _Reading:
    """The reading of one source: what was counted on the way."""

    def __init__(self, chosen: Tabular, progress: Progress) -> None:
        self._transform = chosen.transform
        self._progress = progress
        self.records = 0
        self.rejected: Counter[str] = Counter()
        self.columns: set[str] = set()
        self.kinds: Counter[Kind] = Counter()

    def run(self, found: Iterable[object], writing: Writing, kept: RejectsFile) -> None:
        """Take each record, or keep it among the rejects."""
        for one in found:
            if isinstance(one, Row):
                self._take(one, writing, kept)
            else:
                self._reject(kept, *_told(one))
            done = self.records + self.rejected.total()
            if done % _EVERY == 0:
                self._progress(done)

    def _take(self, row: Row, writing: Writing, kept: RejectsFile) -> None:
        if self.records < _LOOKED_AT:
            self.columns.update(row.values)
        try:
            claims = list(self._transform(row))
            writing.add_record(claims)
        except Rejected as problem:
            self._reject(kept, row.locator, problem.value, problem.reason)
        except InvalidClaim as problem:
            self._reject(kept, row.locator, problem.record, " ; ".join(problem.problems))
        else:
            self.records += 1
            self._count(claims)

    def _count(self, claims: Sequence[Claim]) -> None:
        for claim in claims:
            if isinstance(claim, NodeClaim):
                self.kinds[claim.kind] += 1

    def _reject(self, kept: RejectsFile, locator: str, value: str, reason: str) -> None:
        self.rejected[reason] += 1
        kept.add(locator, value, reason)


def _told(reject: object) -> tuple[str, str, str]:
    return (
        str(getattr(reject, "locator", "")),
        str(getattr(reject, "value", "")),
        str(getattr(reject, "reason", "")),
    )


@contextmanager
def _told_of(what: str) -> Iterator[None]:
    """Say what goes wrong in reading as a sentence of ours."""
    try:
        yield
    except _UNREADABLE as error:
        raise SourceError(f"« {what} » ne peut pas être lu : {_in_words(error)}.") from error


_UNREADABLE = (OSError, EOFError, UnicodeDecodeError, csv.Error, KeyError, ValueError)


def _in_words(error: Exception) -> str:
    match error:
        case FileNotFoundError():
            return f"le fichier {error.filename} manque"
        case IsADirectoryError():
            return f"{error.filename} est un dossier"
        case NotADirectoryError():
            return "ce n'est pas un dossier"
        case PermissionError():
            return "vous n'avez pas le droit de le lire"
        case EOFError():
            return "il est tronqué ; téléchargez-le de nouveau"
        case UnicodeDecodeError():
            return f"l'octet {error.start} n'est pas de l'UTF-8"
        case KeyError():
            return f"la colonne ou la valeur {error} manque ou n'est pas connue"
        case OSError():
            return f"erreur {error.errno} du système"
        case csv.Error():
            return "ses lignes ou ses guillemets sont de travers ; il est peut-être tronqué"
        case _:
            return f"il contient une valeur inattendue ({error})"
