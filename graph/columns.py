"""Columns on disk: NumPy arrays saved one a file and mapped back into memory, shared by readers."""

import os
import secrets
import shutil
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from mmap import mmap
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Ints: TypeAlias = npt.NDArray[np.integer[Any]]
Floats: TypeAlias = npt.NDArray[np.floating[Any]]
Mask: TypeAlias = npt.NDArray[np.bool_]
Array: TypeAlias = npt.NDArray[Any]

_DATA, _OFFSETS = "_data", "_offsets"
UNFINISHED = ".building-"  # begins the name of a folder that is being written or removed


class Strings:
    """A column of texts: one run of UTF-8 bytes and the offsets of each text in it."""

    def __init__(self, data: Array, offsets: Ints) -> None:
        self.data = data
        self.offsets = offsets
        self._bytes = np.ascontiguousarray(data).data  # sliced ten times as fast
        self._at: dict[bytes, int] | None = None

    @classmethod
    def of(cls, texts: Iterable[str]) -> "Strings":
        """The column of these texts."""
        encoded = [text.encode() for text in texts]
        offsets = np.zeros(len(encoded) + 1, dtype=np.int64)
        np.cumsum([len(text) for text in encoded], out=offsets[1:])
        return cls(np.frombuffer(b"".join(encoded), dtype=np.uint8), offsets)

    @classmethod
    def sparse(cls, count: int, texts: Mapping[int, str]) -> "Strings":
        """A column of `count` texts, empty but for some."""
        encoded = {at: text.encode() for at, text in sorted(texts.items())}
        length = np.zeros(count, dtype=np.int64)
        length[[*encoded]] = [len(text) for text in encoded.values()]
        offsets = np.concatenate([[0], np.cumsum(length)])
        return cls(np.frombuffer(b"".join(encoded.values()), dtype=np.uint8), offsets)

    @classmethod
    def joined(cls, parts: Sequence["Strings"]) -> "Strings":
        """Columns one after the other."""
        length = np.concatenate([part.lengths for part in parts])
        offsets = np.concatenate([[0], np.cumsum(length)])
        return cls(np.concatenate([part.data for part in parts]), offsets)

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __getitem__(self, index: int) -> str:
        return self.raw(index).decode()

    @property
    def lengths(self) -> Ints:
        """Of each text the number of its bytes."""
        return np.diff(self.offsets)

    def take(self, rows: Ints) -> "Strings":
        """The texts of some rows, in their order; what lies together is copied together."""
        parted = np.flatnonzero(np.diff(rows) != 1) + 1
        first = np.concatenate([rows[:1], rows[parted]])
        last = np.concatenate([rows[parted - 1], rows[-1:]])
        runs = zip(self.offsets[first].tolist(), self.offsets[last + 1].tolist(), strict=True)
        data = b"".join(self._bytes[start:end] for start, end in runs)
        offsets = np.concatenate([[0], np.cumsum(self.lengths[rows])])
        return Strings(np.frombuffer(data, dtype=np.uint8), offsets)

    def arrays(self, name: str) -> dict[str, Array]:
        """The two arrays of a column of that name."""
        return {f"{name}{_DATA}": self.data, f"{name}{_OFFSETS}": self.offsets}

    def raw(self, index: int) -> bytes:
        """The bytes of one text."""
        return bytes(self._bytes[self.offsets[index] : self.offsets[index + 1]])

    def index(self) -> None:
        """Find texts by a table from now on: a hundred times as fast, and 100 bytes a text."""
        self._at = {self.raw(at): at for at in range(len(self))}

    def find(self, text: str) -> int | None:
        """The index of a text in a column sorted by bytes, or None; binary search."""
        sought = text.encode()
        if self._at is not None:
            return self._at.get(sought)
        found = bisect_left(range(len(self)), sought, key=self.raw)
        return found if found < len(self) and self.raw(found) == sought else None


class Rows:
    """Lists of integers, one a row, in compressed sparse row form."""

    def __init__(self, indptr: Ints, values: Ints) -> None:
        self.indptr = indptr
        self.values = values

    @classmethod
    def grouped(cls, rows: Ints, count: int) -> "Rows":
        """For each of `count` rows the positions at which `rows` names it, in order."""
        indptr = np.zeros(count + 1, dtype=np.int64)
        np.cumsum(np.bincount(rows, minlength=count), out=indptr[1:])
        return cls(indptr, np.argsort(rows, kind="stable").astype(np.int32))

    def __getitem__(self, row: int) -> Ints:
        return self.values[self.indptr[row] : self.indptr[row + 1]]

    def flat(self, rows: Ints) -> tuple[Ints, Ints]:
        """The values of some rows one after another, each with its position in `rows` before."""
        count = self.indptr[rows + 1] - self.indptr[rows]
        owner = np.repeat(np.arange(len(rows)), count)
        nth = np.arange(len(owner)) - np.repeat(np.cumsum(count) - count, count)
        return owner, self.values[self.indptr[rows][owner] + nth]

    def sums(self, weights: Array) -> Array:
        """For each row the sum of the weights of its values; shape (rows,)."""
        running = np.concatenate([[0], np.cumsum(weights[self.values])])
        return np.asarray(running[self.indptr[1:]] - running[self.indptr[:-1]])


@dataclass(frozen=True)
class Table:
    """Rows of several columns.

    Attributes:
        columns: arrays of as many rows, or texts.
    """

    columns: Mapping[str, Array | Strings]

    def __len__(self) -> int:
        return len(next(iter(self.columns.values())))

    def __getitem__(self, name: str) -> Array:
        """A column of numbers."""
        column = self.columns[name]
        assert not isinstance(column, Strings), name
        return column

    def texts(self, name: str) -> Strings:
        """A column of texts."""
        column = self.columns[name]
        assert isinstance(column, Strings), name
        return column

    def take(self, rows: Ints) -> "Table":
        """Some rows, in their order."""
        taken: dict[str, Array | Strings] = {}
        for name, column in self.columns.items():
            taken[name] = column.take(rows) if isinstance(column, Strings) else column[rows]
        return Table(taken)

    def with_columns(self, more: Mapping[str, Array | Strings]) -> "Table":
        """The same rows with other columns, or with more."""
        return Table({**self.columns, **more})

    def without(self, *names: str) -> "Table":
        """The same rows without some columns."""
        return Table({name: c for name, c in self.columns.items() if name not in names})

    @classmethod
    def joined(cls, parts: Sequence["Table"]) -> "Table":
        """Tables of the same columns one after the other; at least one."""
        joined: dict[str, Array | Strings] = {}
        for name, column in parts[0].columns.items():
            if isinstance(column, Strings):
                joined[name] = Strings.joined([part.texts(name) for part in parts])
            else:
                joined[name] = np.concatenate([part[name] for part in parts])
        return cls(joined)

    def arrays(self, prefix: str = "") -> dict[str, Array]:
        """Its columns as plain arrays; see `of`."""
        found: dict[str, Array] = {}
        for name, column in self.columns.items():
            if isinstance(column, Strings):
                found |= column.arrays(f"{prefix}{name}")
            else:
                found[f"{prefix}{name}"] = column
        return found

    @classmethod
    def of(cls, arrays: Mapping[str, Array], prefix: str) -> "Table":
        """The table whose plain arrays bear names that begin so."""
        found: dict[str, Array | Strings] = {}
        for whole, array in arrays.items():
            name = whole.removeprefix(prefix)
            if not whole.startswith(prefix) or name.endswith(_OFFSETS):
                continue
            if name.endswith(_DATA):
                name = name.removesuffix(_DATA)
                found[name] = Strings(array, arrays[f"{prefix}{name}{_OFFSETS}"])
            else:
                found[name] = array
        return cls(found)


def save(folder: Path, arrays: Mapping[str, Array]) -> None:
    """Write arrays into a new folder, whole or not at all; a folder already there is kept.

    Raises:
        OSError: the disk is full, or the folder may not be written.
    """
    unfinished = folder.with_name(f"{UNFINISHED}{secrets.token_hex(8)}")
    unfinished.mkdir(parents=True)
    try:
        for name, array in arrays.items():
            with (unfinished / f"{name}.npy").open("wb") as file:
                np.save(file, array, allow_pickle=False)
                file.flush()
                os.fsync(file.fileno())  # else a power cut may leave the name without the data
        unfinished.rename(folder)
    except OSError:
        if not folder.is_dir():
            raise
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def remove(folder: Path) -> None:
    """Remove a folder of columns at once: nobody meets half of it."""
    gone = folder.with_name(f"{UNFINISHED}{secrets.token_hex(8)}")
    try:
        folder.rename(gone)
    except OSError:
        return  # somebody else has removed it, or will
    shutil.rmtree(gone, ignore_errors=True)


def is_mapped(array: Array) -> bool:
    """Whether an array lies in a file that is mapped, and not in memory of its own."""
    base: object = array
    while isinstance(base, np.ndarray):
        base = base.base
    return isinstance(base, mmap)


def load(folder: Path) -> dict[str, Array]:
    """Map the arrays of a folder into memory, read-only.

    Raises:
        OSError: there are none, or they are damaged.
    """
    try:
        arrays = {
            # As plain arrays over the mapping: the subclass of NumPy makes every index slow.
            file.stem: np.asarray(np.load(file, mmap_mode="r", allow_pickle=False))
            for file in sorted(folder.iterdir())
        }
    except (EOFError, ValueError) as error:
        raise OSError(f"{folder}: {error}") from error
    return arrays
