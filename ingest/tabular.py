"""A source that is read from files record by record: what a module of `ingest.sources` declares."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from graph.claims import Claim, Source
from graph.model import Kind
from ingest.files.records import Reject
from ingest.rows import Row

Read: TypeAlias = Iterable[Row | Reject]


@dataclass(frozen=True, slots=True, eq=False)
class Tabular:
    """The declaration of a source.

    Attributes:
        source: who publishes it, under which licence, how far it is believed.
        files: what FILE is, in French, for a person (`le fichier StockUniteLegale (CSV ou zip)`).
        read: yields the records of the files given, dumb: what cannot be read is a `Reject`. Takes
            the files and a set into which the columns that are used go.
        transform: pure: the claims of one record; takes out of it each column that it uses;
            raises `Rejected` with the reason when the record cannot be taken.
        recognises: whether a file of that name and those columns is of this source.
        at_least: how many things of a kind an edition should describe; fewer is reported.
    """

    source: Source
    files: str
    read: Callable[[Sequence[Path], set[str]], Read]
    transform: Callable[[Row], Iterator[Claim]]
    recognises: Callable[[str, frozenset[str]], bool]
    at_least: Mapping[Kind, int] = field(default_factory=dict)
