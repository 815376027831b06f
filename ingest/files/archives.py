"""Compressed files read as streams, and what is dangerous in them refused."""

import gzip
import io
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath
from typing import IO, BinaryIO

from graph.errors import SourceError

# Registers compress 5 to 40 times; deflate can do 1,032 times, and only what repeats itself does.
MAX_RATIO = 200
# The largest open file of the country, the establishments of Sirene, unpacks to 9 GB.
MAX_SIZE = 64 << 30
MAX_MEMBERS = 10_000
_SMALL = 16 << 20
_DAMAGED = (
    EOFError,
    OSError,
    OverflowError,
    RuntimeError,
    ValueError,
    struct.error,
    zipfile.BadZipFile,
    zlib.error,
)
_BUFFER = 1 << 17

TABLES = (
    ".csv", ".tsv", ".txt", ".xlsx", ".ods", ".parquet", ".json", ".jsonl", ".ndjson", ".geojson",
)  # fmt: skip
_OTHERS = {
    b"7z\xbc\xaf\x27\x1c": "7z",
    b"Rar!\x1a\x07": "RAR",
    b"BZh": "bzip2",
    b"\xfd7zXZ\x00": "xz",
    b"\x28\xb5\x2f\xfd": "zstd",
}


@dataclass(frozen=True, slots=True)
class Member:
    """A file within an archive, or a file that is not in one.

    Attributes:
        name: its path in the archive; the name of the file itself outside of one.
        size: bytes once unpacked, -1 where that is not known beforehand.
        open: gives a stream of its bytes, to be used once, in a `with`.
    """

    name: str
    size: int
    open: Callable[[], AbstractContextManager[io.BufferedReader]]


def members(path: Path, pattern: str = "") -> list[Member]:
    """What a file holds: itself, unpacked if it is a gzip, or the members of a zip.

    Args:
        path: the file.
        pattern: which members of a zip (`rna_waldec_*.csv`), compared without case with the path
            in the archive and with its last part; without it the only table in the archive.

    Raises:
        SourceError: the file is absent, damaged, encrypted, of a kind that is not read, leads out
            of the archive, or unpacks to more than any honest file does.
    """
    try:
        with path.open("rb") as stream:
            head = stream.read(8)
    except OSError as error:
        raise SourceError(f"« {path.name} » ne peut pas être lu : {_why(error)}.") from error
    for magic, kind in _OTHERS.items():
        if head.startswith(magic):
            raise SourceError(
                f"« {path.name} » est une archive {kind}, qu'Alliage ne lit pas :"
                " décompressez-la et donnez le fichier qu'elle contient."
            )
    if head.startswith(b"\x1f\x8b"):
        name = path.name.removesuffix(".gz")
        return [Member(name, -1, lambda: _unzipped(path))]
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _of_zip(path, pattern)
    return [Member(path.name, path.stat().st_size, lambda: _plain(path))]


def _plain(path: Path) -> io.BufferedReader:
    return io.BufferedReader(io.FileIO(path), _BUFFER)


def _why(error: OSError) -> str:
    match error:
        case FileNotFoundError():
            return "il n'existe pas"
        case PermissionError():
            return "vous n'avez pas le droit de le lire"
        case IsADirectoryError():
            return "c'est un dossier"
        case _:
            return error.strerror or str(error)


def _of_zip(path: Path, pattern: str) -> list[Member]:
    with path.open("rb") as stream, opened_zip(stream, path.name) as archive:
        infos = archive.infolist()
    names = {info.filename for info in infos}
    if _is_workbook(names):
        return [Member(path.name, path.stat().st_size, lambda: _plain(path))]
    chosen = [info for info in infos if not info.is_dir() and _is_wanted(info.filename, pattern)]
    if not chosen:
        wanted = (
            f"ne contient aucun fichier « {pattern} »" if pattern else "ne contient aucune table"
        )
        raise SourceError(f"« {path.name} » {wanted} : {_listed(sorted(names))}.")
    if len(chosen) > 1 and not pattern:
        listed = _listed(sorted(info.filename for info in chosen))
        raise SourceError(
            f"« {path.name} » contient plusieurs tables, dites laquelle ou lesquelles lire :"
            f" {listed}."
        )
    return [_member(path, info) for info in sorted(chosen, key=lambda info: info.filename)]


def _is_workbook(names: set[str]) -> bool:
    return "xl/workbook.xml" in names or {"content.xml", "mimetype"} <= names


def _member(path: Path, info: zipfile.ZipInfo) -> Member:
    return Member(info.filename, info.file_size, lambda: _from_zip(path, info.filename))


def _is_wanted(name: str, pattern: str) -> bool:
    last = PurePosixPath(name).name
    if name.startswith("__MACOSX/") or last.startswith("."):
        return False
    if not pattern:
        return last.lower().endswith(TABLES) and not last.lower().startswith(("lisez", "readme"))
    return any(fnmatchcase(text.lower(), pattern.lower()) for text in (name, last))


def _listed(names: list[str]) -> str:
    more = f" et {len(names) - 10} autres" if len(names) > 10 else ""
    return (", ".join(names[:10]) or "il est vide") + more


@contextmanager
def opened_zip(stream: BinaryIO, name: str) -> Iterator[zipfile.ZipFile]:
    """A zip whose list of members was checked, and in which reading stops with a sentence.

    Args:
        stream: the archive; it can be positioned, and stays open.
        name: what to call it.

    Raises:
        SourceError: as `members` does, also for what is read in the `with`.
    """
    with _in_words(name), zipfile.ZipFile(stream) as archive:
        _check(archive.infolist(), stream.seek(0, io.SEEK_END), name)
        yield archive


def _check(infos: list[zipfile.ZipInfo], size: int, archive: str) -> None:
    """Refuse an archive by what it declares; that it keeps to it is checked by zipfile.

    Members that share their bytes, as in some bombs, count each against the size of the archive.
    """
    if len(infos) > MAX_MEMBERS:
        raise SourceError(f"« {archive} » contient plus de {MAX_MEMBERS} fichiers : refusé.")
    for info in infos:
        _check_name(info, archive)
        if info.flag_bits & 1:
            raise SourceError(
                f"« {archive} » est protégé par un mot de passe :"
                " donnez l'archive sans mot de passe, ou le fichier décompressé."
            )
    total = sum(info.file_size for info in infos)
    packed = min(size, sum(info.compress_size for info in infos))
    if total > MAX_SIZE or (total > _SMALL and total > MAX_RATIO * packed):
        raise _bomb(archive)


def _check_name(info: zipfile.ZipInfo, archive: str) -> None:
    name = info.filename.replace("\\", "/")
    is_link = stat.S_ISLNK(info.external_attr >> 16)
    drive = len(name) > 1 and name[1] == ":"
    if is_link or drive or name.startswith("/") or ".." in name.split("/"):
        raise SourceError(
            f"« {archive} » contient un chemin qui sort de l'archive"
            f" (« {info.filename} ») : refusé."
        )


def _bomb(name: str) -> SourceError:
    return SourceError(
        f"« {name} » se décompresse en bien plus que ne fait un fichier sincère : refusé."
    )


@contextmanager
def _in_words(name: str) -> Iterator[None]:
    """What can go wrong while unpacking, in one sentence; zipfile raises whatever it meets."""
    try:
        yield
    except NotImplementedError as error:
        raise SourceError(
            f"« {name} » est compressé d'une façon qu'Alliage ne lit pas : décompressez-le."
        ) from error
    except _DAMAGED as error:
        raise SourceError(
            f"« {name} » est tronqué ou abîmé : téléchargez-le de nouveau."
        ) from error


@contextmanager
def _from_zip(path: Path, name: str) -> Iterator[io.BufferedReader]:
    with (
        path.open("rb") as packed,
        opened_zip(packed, path.name) as archive,
        archive.open(name) as member,
        _buffered(_Unpacking(member, path.name)) as stream,
    ):
        if not name.lower().endswith((".xlsx", ".ods")):
            _refuse_nested(stream, path.name)
        yield stream


@contextmanager
def _unzipped(path: Path) -> Iterator[io.BufferedReader]:
    with (
        path.open("rb") as packed,
        gzip.GzipFile(fileobj=packed) as unpacked,
        _buffered(_Unpacking(unpacked, path.name, packed)) as stream,
    ):
        _refuse_nested(stream, path.name)
        yield stream


def _refuse_nested(stream: io.BufferedReader, archive: str) -> None:
    if stream.peek(4).startswith((b"PK\x03\x04", b"\x1f\x8b")):
        raise SourceError(
            f"« {archive} » contient une archive dans l'archive : décompressez la première."
        )


def _buffered(raw: io.RawIOBase) -> io.BufferedReader:
    return io.BufferedReader(raw, _BUFFER)


class _Unpacking(io.RawIOBase):
    """A stream that says in words what is wrong with the archive, and stops at a bomb."""

    def __init__(
        self, unpacked: IO[bytes] | gzip.GzipFile, name: str, packed: BinaryIO | None = None
    ) -> None:
        self._unpacked = unpacked
        self._name = name
        self._packed = packed
        self._given = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "bytearray | memoryview") -> int:  # type: ignore[override]
        with _in_words(self._name):
            piece = self._unpacked.read(len(buffer))
        self._given += len(piece)
        if self._given > self._allowed():
            raise _bomb(self._name)
        buffer[: len(piece)] = piece
        return len(piece)

    def _allowed(self) -> int:
        """How much may come out of what was read so far; a zip was judged by what it declares."""
        if self._packed is None:
            return MAX_SIZE
        return max(_SMALL, min(MAX_SIZE, MAX_RATIO * self._packed.tell()))
