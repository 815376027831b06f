"""The graph as files: canonical N-Triples sorted by bytes, and Turtle.

Two exports of one graph are the same file, which `diff` can compare. Other formats are transcoded
from that file.
"""

import heapq
import os
import secrets
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from pyoxigraph import RdfFormat, parse, serialize

from graph.rdf.export import Provenance, Scannable, triples
from graph.rdf.names import prefixes

LINES_IN_MEMORY = 250_000  # some 200 MB with the sort
_FILES_AT_ONCE = 64


def write_ntriples(
    reader: Scannable,
    base: str,
    path: Path,
    provenance: Provenance = Provenance.WHOLE,
    *,
    lines_in_memory: int = LINES_IN_MEMORY,
) -> int:
    """Write the graph as canonical N-Triples, sorted by bytes, each triple once.

    The file appears whole or not at all. Beyond some lines the sort goes through files in a
    temporary folder beside it.

    Returns:
        The number of triples.

    Raises:
        ValueError: as `triples`.
        OSError: the file cannot be written; what was there before stays.
    """
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix=".rdf-", dir=path.parent))
        runs = _Runs(Path(folder))
        lines = triples(reader, base, provenance)
        while chunk := list(islice(lines, lines_in_memory)):
            runs.add(chunk)
        with _replacing(path) as output:
            return runs.write(output)


def write_turtle(
    reader: Scannable, base: str, path: Path, provenance: Provenance = Provenance.WHOLE
) -> None:
    """Write the graph as Turtle: its sorted N-Triples, transcoded.

    Raises:
        ValueError: as `triples`.
        OSError: the file cannot be written; what was there before stays.
    """
    with tempfile.TemporaryDirectory(prefix=".rdf-", dir=path.parent) as folder:
        lines = Path(folder) / "graph.nt"
        write_ntriples(reader, base, lines, provenance)
        to_turtle(lines, base, path)


def to_turtle(ntriples: Path, base: str, path: Path) -> None:
    """Transcode what `write_ntriples` wrote to Turtle, with prefixes.

    Raises:
        SyntaxError: the file is not N-Triples.
        OSError: the file cannot be written; what was there before stays.
    """
    with _replacing(path) as output:
        read = parse(path=ntriples, format=RdfFormat.N_TRIPLES)
        serialize(read, output, RdfFormat.TURTLE, prefixes=prefixes(base))


class _Runs:
    """Sorted runs of lines in files of a folder, to be merged (external merge sort)."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files: list[Path] = []
        self._count = 0

    def add(self, lines: list[str]) -> None:
        """Take lines; the order of code points is that of UTF-8 bytes."""
        unique = sorted(set(lines))
        self._new_file().write_bytes("".join(f"{line}\n" for line in unique).encode())
        if len(self._files) == _FILES_AT_ONCE:
            merged = self._files
            self._files = []
            with self._new_file().open("wb") as output:
                _merge(merged, output)
            for file in merged:
                file.unlink()

    def _new_file(self) -> Path:
        self._count += 1
        self._files.append(self._folder / f"{self._count}.nt")
        return self._files[-1]

    def write(self, output: BinaryIO) -> int:
        """Write all lines, each once; gives their number."""
        return _merge(self._files, output)


def _merge(files: Sequence[Path], output: BinaryIO) -> int:
    count, last = 0, b""
    with ExitStack() as stack:
        runs = [stack.enter_context(file.open("rb", buffering=1 << 18)) for file in files]
        for line in runs[0] if len(runs) == 1 else heapq.merge(*runs):
            if line != last:
                output.write(line)
                count += 1
                last = line
    return count


@contextmanager
def _replacing(path: Path) -> Iterator[BinaryIO]:
    """A file that takes the place of another when all of it is on the disk."""
    waiting = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with waiting.open("xb", buffering=1 << 20) as output:
            yield output
            output.flush()
            os.fsync(output.fileno())
        waiting.replace(path)
    except BaseException:
        waiting.unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":  # elsewhere a folder cannot be opened
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
