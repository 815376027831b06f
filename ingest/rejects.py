"""What was rejected, kept for the person who knows the file: place, value, reason."""

import csv
import os
from pathlib import Path
from typing import TextIO

from ingest.files.tables import harmless


class RejectsFile:
    """A table of rejected records, which appears under its name only when all is read."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._unfinished = path.with_name(f".{path.name}.{os.getpid()}")
        self._stream: TextIO | None = None

    def add(self, locator: str, value: str, reason: str) -> None:
        """Keep one record; formulas in it are made harmless."""
        if self._stream is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._stream = self._unfinished.open("w", encoding="utf-8", newline="")
            self._write("endroit", "valeur", "raison")
        self._write(locator, value, reason)

    def _write(self, *cells: str) -> None:
        if self._stream is not None:
            csv.writer(self._stream).writerow([harmless(cell) for cell in cells])

    def finish(self) -> Path | None:
        """Put the table in the place of the one before; None when nothing was rejected."""
        if self._stream is None:
            self._path.unlink(missing_ok=True)
            return None
        self._stream.close()
        self._unfinished.replace(self._path)
        return self._path

    def close(self) -> None:
        """Let go of the file; what was not finished is forgotten."""
        if self._stream is not None:
            self._stream.close()
        self._unfinished.unlink(missing_ok=True)
