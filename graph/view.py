"""What questions see: the graph as columns, built from any store by one scan, mapped from disk.

A derived index, as search engines keep one: each node has an ordinal (its rank by id), each
property that questions compute with is an array over the ordinals, each kind of tie two arrays of
ends. It is tagged with the generation of the store; a newer generation makes a new one, and a
reader finishes on the one it holds.
"""

import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

import numpy as np

from graph import columns
from graph.columns import Array, Ints, Mask, Rows, Strings
from graph.model import KINDS, TERRITORY, TIES, Kind, Tie, World
from graph.once import Once
from graph.store import Found, KeepsFacts, Reader, StoredClaim, StoredNode, StoredTie
from graph.territories import Territories
from graph.view_columns import build

_FORMAT = 2  # of the files of a view; a change makes new ones
_ABANDONED_S = 3600
_TOLD_KEPT = 2_000  # ties and things with their claims: one answer tells many of them several times
_MORE = 20  # times as many are searched in the store for a view that holds a part of it
_T = TypeVar("_T")
_P = ParamSpec("_P")


@dataclass(frozen=True)
class TieColumns:
    """The ties of one kind, sorted by start, then end.

    Attributes:
        start, end: node ordinals; shape (m,).
        since, until: days as YYYYMMDD, 0 when unknown; shape (m,).
        role: index into `MemberRole`, -1 when not said; shape (m,).
        by_start, by_end: for each node the positions of its ties.
    """

    start: Ints
    end: Ints
    since: Ints
    until: Ints
    role: Ints
    by_start: Rows
    by_end: Rows

    def ends_of(self, start: int) -> Ints:
        """The ordinals at the end of the ties of a node."""
        return self.end[self.by_start[start]]

    def holds(self, start: int, end: int) -> bool:
        """Whether there is a tie from one node to another."""
        ends = self.ends_of(start)
        at = int(np.searchsorted(ends, end))
        return at < len(ends) and int(ends[at]) == end

    def starts_of(self, end: int) -> Ints:
        """The ordinals at the start of the ties that reach a node."""
        return self.start[self.by_end[end]]


class View:
    """One generation of the graph, for questions.

    Attributes:
        keys, names: of each node, sorted by key.
        kind: index into `graph.model.KINDS`; shape (n,).
        world: index into `World`, -1 when unknown; shape (n,).
        roles, functions, offers, needs: bit masks over the terms, in order; shape (n,).
        goals: bit mask, bit g-1 for goal g, targets counted with their goal; shape (n,).
            Offers, needs and aims that have ended are not counted.
        seat: the rank among territories of the seat, -1 when unknown; shape (n,).
        phase, form: of alliances, index into `Phase` and `AllianceType`, -1 when unknown.
        started, stopped: days as YYYYMMDD, 0 when unknown; shape (n,).
        ended: whether no source speaks of it any more, or it has an end; shape (n,).
        collective: whether it stands for a group of organisations; shape (n,).
        arrays: the columns that all of these come from, by name.
        once: what is made of this generation and goes with it, by key; see `once_a_view`.
        purposes: of an organisation, alliance, project or call the words of its name, other
            names, acronym and purpose, each on a line of its own; else empty.
        offered, needed: the words in which it says what it offers and needs, a line each,
            of offers and needs that have not ended.
    """

    def __init__(
        self,
        arrays: dict[str, Array],
        store: Reader,
        generation: int,
        files: Path | None = None,
        *,
        whole: bool = True,
    ) -> None:
        self._store = store
        self._whole = whole
        self.arrays: Mapping[str, Array] = arrays
        self._files = files
        self.once = Once()
        self._told = Once(_TOLD_KEPT)
        self.generation = generation
        self.keys = Strings(arrays["key_data"], arrays["key_offsets"])
        self.names = Strings(arrays["name_data"], arrays["name_offsets"])
        self.purposes = Strings(arrays["purpose_data"], arrays["purpose_offsets"])
        self.offered = Strings(arrays["offered_data"], arrays["offered_offsets"])
        self.needed = Strings(arrays["needed_data"], arrays["needed_offsets"])
        self._former = Strings(arrays["former_data"], arrays["former_offsets"])
        self._present: Ints = arrays["present"]
        self.kind: Ints = arrays["kind"]
        self.world: Ints = arrays["world"]
        self.roles: Ints = arrays["roles"]
        self.functions: Ints = arrays["functions"]
        self.offers: Ints = arrays["offers"]
        self.needs: Ints = arrays["needs"]
        self.goals: Ints = arrays["goals"]
        self.seat: Ints = arrays["seat"]
        self.phase: Ints = arrays["phase"]
        self.form: Ints = arrays["form"]
        self.started: Ints = arrays["started"]
        self.stopped: Ints = arrays["stopped"]
        self.ended: Mask = arrays["ended"]
        self.collective: Mask = arrays["collective"]
        self.ties = {tie: _tie_columns(arrays, tie, len(self.keys)) for tie in TIES}
        self.territories = Territories(
            self.of_kind(TERRITORY),
            arrays["level"],
            arrays["population"],
            arrays["centre"],
            Rows(arrays["extent_indptr"], arrays["extent_values"]),
        )

    def __len__(self) -> int:
        return len(self.keys)

    def of_kind(self, kind: Kind) -> Ints:
        """The ordinals of all nodes of a kind, ascending; not to be changed."""
        return self.once(kind, lambda: self._of_kind(kind))

    def _of_kind(self, kind: Kind) -> Ints:
        found = np.flatnonzero(self.kind == KINDS.index(kind))
        found.flags.writeable = False
        return found

    def is_kind(self, ordinal: int, kind: Kind) -> bool:
        """Whether a node is of a kind."""
        return KINDS[self.kind[ordinal]] is kind

    def ordinal(self, key: str) -> int | None:
        """The node of an id, or of a former id, or None."""
        found = self.keys.find(key)
        if found is None and (former := self._former.find(key)) is not None:
            return int(self._present[former])
        return found

    def world_of(self, ordinal: int) -> World | None:
        """The world of an organisation, where it is known."""
        index = int(self.world[ordinal])
        return tuple(World)[index] if index >= 0 else None

    def territory_of(self, rank: int) -> int:
        """The node ordinal of a territory by its rank."""
        return int(self.territories.ordinals[rank])

    def derived(self, name: str, make: Callable[[], dict[str, Array]]) -> dict[str, Array]:
        """Arrays that a question derives from this generation, made once and kept beside it.

        They lie with the columns of the view and go with them; in memory only where there is no
        folder, or it cannot be written.

        Args:
            name: of letters, digits and hyphens; it changes with all that the arrays depend on
                besides the graph, such as the version of what makes them.
            make: makes the arrays, where they are not kept already.
        """
        return self.once(name, lambda: self._kept_or_made(name, make))

    def part(self, name: str, make: Callable[[], dict[str, Array]]) -> "View":
        """A view of fewer things of this generation, whose columns lie beside; see `derived`."""
        arrays = self.derived(name, make)
        files = self._files and self._files.with_name(f"{self._files.name}.{name}")
        return View(arrays, self._store, self.generation, files, whole=False)

    def _kept_or_made(self, name: str, make: Callable[[], dict[str, Array]]) -> dict[str, Array]:
        if self._files is None:
            return make()
        return _loaded_or_built(self._files.with_name(f"{self._files.name}.{name}"), make)

    # What only the store knows ---------------------------------------------------------------

    def describe(self, ordinal: int) -> StoredNode:
        """A thing with all its properties."""
        node = self._store.node(self.keys[ordinal])
        if node is None:
            raise KeyError(self.keys[ordinal])
        return node

    def claims(self, ordinal: int) -> list[StoredClaim]:
        """All that is said about a thing, the most trusted first; not to be changed."""
        return self._told(ordinal, lambda: self._store.claims(self.keys[ordinal]))

    def tellers(self) -> Iterator[tuple[int, str]]:
        """Each thing with the name of a source that speaks of it, once a claim; in one reading."""
        for key, _, claim in self._store.scan_node_claims():
            if (ordinal := self.ordinal(key)) is not None:
                yield ordinal, claim.source.name

    def tie(self, tie: Tie, start: int, end: int) -> StoredTie | None:
        """The tie between two nodes, with its claims; None where there is none."""
        if not self.ties[tie].holds(start, end):
            return None
        ends = self.keys[start], self.keys[end]
        return self._told((tie, *ends), lambda: self._store.tie(tie, *ends))

    def ties_of(self, ordinal: int) -> list[StoredTie]:
        """All ties of a thing, with their claims."""
        ties = self._store.ties(self.keys[ordinal])
        return ties if self._whole else [t for t in ties if self._has(t.start) and self._has(t.end)]

    def search(self, text: str, kinds: Iterable[Kind] = (), limit: int = 20) -> list[Found]:
        """Things by name; see `graph.store.Reader.search`."""
        if self._whole:
            return self._store.search(text, kinds, limit)
        found = self._store.search(text, kinds, limit * _MORE)
        return [each for each in found if self._has(each.key)][:limit]

    def _has(self, key: str) -> bool:
        return self.keys.find(key) is not None


def once_a_view(make: Callable[[View], _T]) -> Callable[[View], _T]:
    """What a function makes of a view: made once, kept in memory, and let go with the view."""

    @wraps(make)
    def made(view: View) -> _T:
        return view.once(make, lambda: make(view))

    return made


def latest_of_view(
    most: int,
) -> Callable[[Callable[Concatenate[View, _P], _T]], Callable[Concatenate[View, _P], _T]]:
    """What a function makes of a view and of other words: the `most` last asked for are kept."""

    def kept(
        make: Callable[Concatenate[View, _P], _T],
    ) -> Callable[Concatenate[View, _P], _T]:
        @wraps(make)
        def made(view: View, /, *words: _P.args, **named: _P.kwargs) -> _T:
            latest = view.once(make, lambda: Once(most))
            return latest(
                (words, tuple(sorted(named.items()))), lambda: make(view, *words, **named)
            )

        return made

    return kept


def open_view(store: Reader, folder: Path) -> View:
    """The view of the present generation of a store: mapped from `folder`, built there if needed.

    Older generations are removed; readers that hold them keep their mapping (POSIX). Where the
    folder cannot be written, the view is in memory only.
    """
    with store.snapshot() as generation:
        files = folder / f"{generation}-{store.stamp()}-{_FORMAT}"

        def made() -> dict[str, Array]:
            return store.fresh_columns(files) if isinstance(store, KeepsFacts) else build(store)

        arrays = _loaded_or_built(files, made, lambda: _tidy(files, generation))
    return View(arrays, store, generation, files)


def _loaded_or_built(
    files: Path,
    make: Callable[[], dict[str, Array]],
    saved: Callable[[], None] = lambda: None,
) -> dict[str, Array]:
    """The arrays of a folder, mapped; made and saved there where they are absent or damaged."""
    try:
        return columns.load(files)
    except OSError as error:
        damaged = not isinstance(error, FileNotFoundError)
    arrays = make()
    with suppress(OSError):
        if damaged:
            columns.remove(files)
        columns.save(files, arrays)
        saved()
        return columns.load(files)
    return arrays


def _tidy(kept: Path, generation: int) -> None:
    """Remove older generations, and what a killed process left unfinished an hour ago."""
    for other in kept.parent.iterdir():
        number = other.name.partition("-")[0]
        if other.name.startswith(columns.UNFINISHED):
            if time.time() - other.stat().st_mtime > _ABANDONED_S:
                shutil.rmtree(other, ignore_errors=True)
        elif _view_of(other) != kept.name and number.isdigit() and int(number) <= generation:
            columns.remove(other)


def _view_of(folder: Path) -> str:
    """The name of the view to which a folder of columns or of derived arrays belongs."""
    return folder.name.partition(".")[0]


def memory_view(store: Reader) -> View:
    """The view of a store, in memory only."""
    with store.snapshot() as generation:
        return View(build(store), store, generation)


def _tie_columns(arrays: dict[str, Array], tie: Tie, count: int) -> TieColumns:
    start, end, since, until, role = arrays[f"tie_{tie.name}"].T
    return TieColumns(
        start, end, since, until, role, Rows.grouped(start, count), Rows.grouped(end, count)
    )
