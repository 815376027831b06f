"""The file of outlines: cells that fill the land, whose neighbours share each border point.

A mesh holds every point once; a border between two cells is the same pair of points read in both
directions, so that what several cells have in common vanishes when they are merged.
"""

import gzip
import json
import os
import secrets
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Ints: TypeAlias = npt.NDArray[np.int64]
Floats: TypeAlias = npt.NDArray[np.float64]
Header: TypeAlias = dict[str, Any]

SUFFIX = ".outlines.gz"
_FORMAT = "alliage-outlines-1"
_MAX_BYTES = 1 << 30  # unpacked; a file of all communes in full detail has a tenth of it


class DamagedOutlines(OSError):
    """A file is no file of outlines, or a part of it is missing."""


@dataclass(frozen=True)
class Origin:
    """Where outlines come from.

    Attributes:
        title: in French, for the legend of a map.
        licence: of the outlines.
        date: of their vintage, empty when unknown.
        approximate: whether they were computed rather than surveyed.
    """

    title: str
    licence: str
    date: str = ""
    approximate: bool = False


@dataclass(frozen=True, eq=False)
class Mesh:
    """Outlines that share their points.

    Attributes:
        origin: where they come from.
        keys: the id of each cell (`commune:38185`), once each.
        points: longitude and latitude in degrees (WGS 84); shape (p, 2).
        ring_cell: the cell of each ring; shape (r,).
        ring_start: where each ring begins among `ring_points`, and their end; shape (r + 1,).
        ring_points: the points of the rings one after the other, the first of a ring not repeated,
            the inside of the cell on the left (RFC 7946, section 3.1.6).
    """

    origin: Origin
    keys: tuple[str, ...]
    points: Floats
    ring_cell: Ints
    ring_start: Ints
    ring_points: Ints

    @classmethod
    def of(
        cls, origin: Origin, keys: Sequence[str], rings: Sequence[tuple[int, Floats]], step: float
    ) -> "Mesh":
        """The mesh of rings of coordinates; points that fall on one place of the grid are one.

        Args:
            origin: where they come from.
            keys: the ids of the cells.
            rings: the index of a cell and a ring of it, closed or not; shape (n, 2), degrees.
            step: the width of the grid, in degrees.
        """
        order = sorted(range(len(rings)), key=lambda index: rings[index][0])
        grid = [_without_repeats(np.rint(rings[index][1] / step)) for index in order]
        kept = [(rings[index][0], ring) for index, ring in zip(order, grid, strict=True)]
        kept = [(cell, ring) for cell, ring in kept if len(ring) >= 3]
        every = np.concatenate([ring for _, ring in kept] or [np.zeros((0, 2))])
        points, numbers = _numbered(every.astype(np.int64))
        lengths = [len(ring) for _, ring in kept]
        return cls(
            origin,
            tuple(keys),
            np.asarray(points * step, dtype=np.float64),
            np.array([cell for cell, _ in kept], dtype=np.int64),
            np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
            numbers,
        )


def _without_repeats(ring: Floats) -> Floats:
    """A ring without the points that repeat the one before."""
    return np.asarray(ring[(ring != np.roll(ring, 1, axis=0)).any(axis=1)])


def _numbered(every: Ints) -> tuple[Ints, Ints]:
    """Distinct points in the order of their first appearance, and the number of each point."""
    distinct, first, inverse = np.unique(every, axis=0, return_index=True, return_inverse=True)
    order = np.argsort(first, kind="stable")
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    return distinct[order], rank[inverse.reshape(-1)]


def write(path: Path, mesh: Mesh, step: float) -> None:
    """Keep a mesh in a file, whole or not at all; the same mesh always gives the same bytes.

    Args:
        path: of the file, replaced at once.
        mesh: with its points on a grid, numbered as they first appear in the rings.
        step: the width of that grid, in degrees.

    Raises:
        OSError: the disk is full, or the folder may not be written.
    """
    header = {
        "format": _FORMAT,
        "step": step,
        "origin": vars(mesh.origin),
        "keys": list(mesh.keys),
        "points": len(mesh.points),
        "rings": len(mesh.ring_cell),
        "ends": len(mesh.ring_points),
    }
    columns = (
        np.diff(np.rint(mesh.points / step).astype(np.int64), axis=0, prepend=[[0, 0]]).T.ravel(),
        np.diff(mesh.ring_cell, prepend=0),
        np.diff(mesh.ring_start),
        _tokens(mesh.ring_points),
    )
    text = json.dumps(header, ensure_ascii=False).encode() + b"\n"
    packed = gzip.compress(text + b"".join(map(_planes, columns)), 9, mtime=0)
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        with unfinished.open("wb") as file:
            file.write(packed)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def read(path: Path) -> Mesh:
    """The mesh that a file keeps.

    Raises:
        DamagedOutlines: the file is something else, or a part of it is missing.
        OSError: it cannot be read.
    """
    try:
        with gzip.open(path) as file:
            header = json.loads(file.readline())
            body = file.read(_MAX_BYTES)
        return _mesh(header, body)
    except (zlib.error, gzip.BadGzipFile, EOFError, ValueError, KeyError, TypeError) as error:
        raise DamagedOutlines(f"{path}: {error}") from error


def _mesh(header: Header, body: bytes) -> Mesh:
    points, rings, ends = (int(header[name]) for name in ("points", "rings", "ends"))
    if header["format"] != _FORMAT or len(body) != 4 * (2 * points + 2 * rings + ends):
        raise ValueError("not a file of outlines, or not all of it")
    where = np.cumsum([8 * points, 4 * rings, 4 * rings]).tolist()
    places, cells, lengths, tokens = (
        _from_planes(body[start:end])
        for start, end in zip([0, *where], [*where, len(body)], strict=True)
    )
    mesh = Mesh(
        Origin(**header["origin"]),
        tuple(map(str, header["keys"])),
        np.cumsum(places.reshape(2, points), axis=1).T.astype(np.float64) * header["step"],
        np.cumsum(cells),
        np.concatenate([[0], np.cumsum(lengths)]),
        _from_tokens(tokens),
    )
    _check(mesh)
    return mesh


def _check(mesh: Mesh) -> None:
    """Raise ValueError where a number of the mesh points nowhere."""
    cells, starts, ends = mesh.ring_cell, mesh.ring_start, mesh.ring_points
    good = (
        starts[-1] == len(ends)
        and (np.diff(starts) >= 3).all()
        and ((cells >= 0) & (cells < len(mesh.keys))).all()
        and ((ends >= 0) & (ends < len(mesh.points))).all()
        and (np.abs(mesh.points) <= (180, 90)).all()
    )
    if not good:
        raise ValueError("the rings of a file of outlines do not hold together")


def _tokens(numbers: Ints) -> Ints:
    """0 for a point that is met for the first time, else how far back it was numbered."""
    highest = np.maximum.accumulate(np.concatenate([[-1], numbers]))[:-1]
    return np.where(numbers > highest, 0, highest + 1 - numbers)


def _from_tokens(tokens: Ints) -> Ints:
    met = np.cumsum(tokens == 0)
    return np.where(tokens == 0, met - 1, met - tokens)


def _planes(values: Ints) -> bytes:
    """Whole numbers of 32 bits, their lowest bytes first, then the next: what gzip packs best."""
    zigzag = ((values << 1) ^ (values >> 63)).astype("<u4")
    return np.ascontiguousarray(zigzag.view(np.uint8).reshape(-1, 4).T).tobytes()


def _from_planes(data: bytes) -> Ints:
    planes = np.frombuffer(data, dtype=np.uint8).reshape(4, -1).T
    zigzag = np.ascontiguousarray(planes).view("<u4").ravel().astype(np.int64)
    return (zigzag >> 1) ^ -(zigzag & 1)
