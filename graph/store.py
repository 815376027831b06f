"""What a store must do: keep every claim with its source, and give them back.

Reading is apart from writing. A backend is one file that satisfies these protocols; one contract
test (`tests/graph/test_store_contract.py`) runs over all of them.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, runtime_checkable

from graph.claims import Claim, Properties, Source
from graph.columns import Array
from graph.identity import Judgement
from graph.model import Kind, Tie
from graph.prepared import Batch


@dataclass(frozen=True, slots=True)
class StoredSource:
    """A source as it lies in the store, with the number of its claims."""

    source: Source
    node_claims: int
    tie_claims: int
    generation: int


@dataclass(frozen=True, slots=True)
class StoredClaim:
    """One statement of one source, about a thing or a tie.

    Attributes:
        ended: the day from which the source no longer said so (ISO 8601), or empty.
        note: what was repaired or judged on the way.
    """

    source: Source
    record: str
    properties: Properties
    locator: str
    url: str
    date: str
    ended: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class StoredNode:
    """A thing: the merge of its claims.

    Attributes:
        ended: true when every source that once spoke of it has ceased to.
    """

    key: str
    kind: Kind
    name: str
    properties: Properties
    ended: bool = False


@dataclass(frozen=True, slots=True)
class StoredTie:
    """A tie between two things: the merge of its claims."""

    tie: Tie
    start: str
    end: str
    properties: Properties
    claims: tuple[StoredClaim, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """Something that a search found, the best match first (`score` in [0, 1])."""

    key: str
    kind: Kind
    name: str
    score: float


@dataclass(frozen=True, slots=True)
class Written:
    """What writing one source did.

    Attributes:
        read: records taken; `written` and `unchanged` add up to it.
        removed, ended: claims that the source no longer makes.
    """

    read: int
    written: int
    unchanged: int
    removed: int
    ended: int
    generation: int


class Reader(Protocol):
    """Reading: any number of readers, each sees one generation from its start to its end."""

    def generation(self) -> int:
        """The number of the last change; 0 for an empty store."""

    def stamp(self) -> str:
        """A random mark of the last change, empty for an empty store.

        Two states of two stores may have the same generation (a store made anew, a restored
        copy); they never have the same stamp.
        """

    def snapshot(self) -> AbstractContextManager[int]:
        """Hold one generation still over several reads; gives its number."""

    def sources(self) -> list[StoredSource]:
        """All sources, sorted by name."""

    def node(self, key: str) -> StoredNode | None:
        """The thing of that id, of an id judged the same, or of a former id; else None."""

    def claims(self, key: str) -> list[StoredClaim]:
        """All that is said about a thing, the most trusted first."""

    def ties(self, key: str) -> list[StoredTie]:
        """All ties that start or end at a thing, sorted by tie, start and end."""

    def tie(self, tie: Tie, start: str, end: str) -> StoredTie | None:
        """The tie between two things with its claims, or None."""

    def scan_nodes(self) -> Iterator[StoredNode]:
        """All things, sorted by key."""

    def scan_node_claims(self) -> Iterator[tuple[str, Kind, StoredClaim]]:
        """All claims about things: (id, kind, claim), sorted by id, source and record.

        The id is the one that the source uses, also where it was judged the same as another.
        """

    def scan_ties(self, tie: Tie) -> Iterator[StoredTie]:
        """All ties of one kind whose two ends are known, sorted by start and end."""

    def scan_tie_claims(self, tie: Tie) -> Iterator[tuple[str, str, StoredClaim]]:
        """All claims about ties of one kind: (start, end, claim), sorted, source and record last.

        The ends are the ids that the source uses, whether or not any source describes them, and
        also where they were judged the same as others.
        """

    def scan_tie_values(self, tie: Tie) -> Iterator[tuple[str, str, Properties]]:
        """As `scan_ties`, without the claims: (start, end, merged properties).

        A tie that no source asserts any more has as `until` the last day one ceased to.
        """

    def aliases(self) -> Iterator[tuple[str, str]]:
        """Former ids: (former id, present id), sorted; of two present ones, the first."""

    def judgements(self) -> Iterator[Judgement]:
        """All judgements on identity, sorted."""

    def unapplied_judgements(self) -> Iterator[Judgement]:
        """The judgements *same* that are kept and not applied, sorted.

        They were judged before sources spoke of their things, which are of two kinds.
        """

    def search(self, text: str, kinds: Iterable[Kind] = (), limit: int = 20) -> list[Found]:
        """Things by name, whatever the accents, the case, and small typing errors."""

    def close(self) -> None:
        """Let go of the store."""


@runtime_checkable
class KeepsFacts(Protocol):
    """A store that is far away: what the columns of a view come from is kept beside them."""

    def fresh_columns(self, files: Path) -> dict[str, Array]:
        """The columns of the generation that is held, from what changed since those kept before.

        They are the same to the byte as those of a scan of the whole store.

        Args:
            files: the folder that the columns will have; what is kept lies beside it.
        """


class Writing(Protocol):
    """The writing of one source, within one transaction."""

    def add(self, claims: Iterable[Claim]) -> None:
        """Take claims, each as a record of its own.

        Raises:
            InvalidClaim: one contradicts the model.
        """

    def add_record(self, claims: Sequence[Claim]) -> None:
        """Take all the claims of one record, or none of them.

        Raises:
            InvalidClaim: one contradicts the model; the record was not taken.
        """

    def add_batch(self, batch: Batch) -> None:
        """Take records that were checked and laid out before, perhaps by another process."""

    def finish(self) -> Written:
        """Apply what was taken; must be the last call.

        What is the same stays, what changed is replaced, what vanished is ended or removed.
        """


class Store(Reader, Protocol):
    """A store that can also be written, one writer at a time."""

    def write(self, source: Source) -> AbstractContextManager[Writing]:
        """Replace all that a source says, in one transaction: all of it, or nothing.

        Nothing is changed either when the writing is left without `finish`.

        Raises:
            StoreBusy: somebody else is writing.
            StoreFull: the disk is full; nothing was changed.
        """

    def judge(self, judgements: Iterable[Judgement]) -> int:
        """Keep judgements, each in place of an earlier one on the same two ids.

        Things judged the same become one, whose claims and ties are those of all; nothing is
        lost, and taking the judgement back parts them again. Gives the number that changed.

        Raises:
            ContradictoryJudgement: an identity would hold two ids judged different; nothing is
                changed.
        """

    def withdraw(self, pairs: Iterable[tuple[str, str]]) -> int:
        """Take judgements back, by their two ids; gives the number that there were."""

    def forget(self, name: str) -> int:
        """Remove a source and all its claims; gives the number of claims removed.

        Raises:
            UnknownSource: the store has no source of that name.
        """
