"""The reading of a source, record by record: what is taken, what is rejected, what is counted."""

import csv
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple, TypeAlias

from graph.claims import Claim, NodeClaim
from graph.errors import InvalidClaim, SourceError
from graph.model import Kind
from ingest.rows import LeftOut, Rejected, Row

Progress: TypeAlias = Callable[[int], None]
Keep: TypeAlias = Callable[[str, str, str], None]
"""Takes a place, a value and a reason."""

_EVERY = 1_000
_LOOKED_AT = 1_000  # records whose columns are compared with those that were used


class Counts(NamedTuple):
    """What was counted.

    Attributes:
        records: those taken.
        rejected: how many were not, by reason.
        unused: columns that nobody used.
        kinds: how many times things of a kind were described, by its name.
    """

    records: int
    rejected: Counter[str]
    unused: tuple[str, ...]
    kinds: Counter[str]


class Reading:
    """The reading of one source.

    Args:
        transform: of the source.
        add_record: takes the claims of a record, or raises `InvalidClaim`.
        keep: takes what was rejected.
        progress: told the number of records read, now and then.
    """

    def __init__(
        self,
        transform: Callable[[Row], Iterable[Claim]],
        add_record: Callable[[Sequence[Claim]], None],
        keep: Keep,
        progress: Progress,
    ) -> None:
        self._transform = transform
        self._add_record = add_record
        self._keep = keep
        self._progress = progress
        self._records = 0
        self._rejected: Counter[str] = Counter()
        self._left_out: dict[str, str] = {}
        self._columns: set[str] = set()
        self._kinds: Counter[Kind] = Counter()
        self._read = 0

    def run(self, found: Iterable[object], taken: set[str]) -> Counts:
        """Take each record, or keep it among the rejects; `taken` gathers the columns used."""
        for one in found:
            if isinstance(one, Row):
                self._take(one)
            else:
                self._reject(one)
            self._read += 1
            if self._read % _EVERY == 0:
                self._progress(self._read)
        for reason, first in self._left_out.items():
            self._keep(first, _counted(self._rejected[reason]), reason)
        unused = tuple(sorted(self._columns - taken))
        kinds = Counter({kind.name: count for kind, count in self._kinds.items()})
        return Counts(self._records, self._rejected, unused, kinds)

    def _take(self, row: Row) -> None:
        if self._records < _LOOKED_AT:
            self._columns.update(row.values)
        try:
            claims = list(self._transform(row))
            self._add_record(claims)
        except LeftOut as out:
            self._leave_out(row.locator, out.reason)
        except Rejected as problem:
            self._rejected[problem.reason] += 1
            self._keep(row.locator, problem.value, problem.reason)
        except InvalidClaim as problem:
            reason = " ; ".join(problem.problems)
            self._rejected[reason] += 1
            self._keep(row.locator, problem.record, reason)
        else:
            self._records += 1
            for claim in claims:
                if isinstance(claim, NodeClaim):
                    self._kinds[claim.kind] += 1

    def _reject(self, reject: object) -> None:
        locator = str(getattr(reject, "locator", ""))
        reason = str(getattr(reject, "reason", ""))
        if getattr(reject, "on_purpose", False):
            self._leave_out(locator, reason)
        else:
            self._rejected[reason] += 1
            self._keep(locator, str(getattr(reject, "value", "")), reason)

    def _leave_out(self, locator: str, reason: str) -> None:
        self._rejected[reason] += 1
        self._left_out.setdefault(reason, locator)


def _counted(records: int) -> str:
    return f"{records} enregistrements, ici le premier" if records > 1 else "un enregistrement"


@contextmanager
def told_of(what: str) -> Iterator[None]:
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
