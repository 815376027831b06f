"""The rows of several files of one source, one file after the other."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from ingest.files.tables import Reject, read_rows
from ingest.rows import Row


def rows_of(files: Sequence[Path], taken: set[str]) -> Iterator[Row | Reject]:
    """The rows of each file in turn, with the file's name in their place where there are several.

    Raises:
        SourceError: as `read_rows` does.
    """
    for path in files:
        place = f"{path.name}, " if len(files) > 1 else ""
        for row in read_rows(path, taken=taken):
            if not place:
                yield row
            elif isinstance(row, Row):
                row.locator = place + row.locator
                yield row
            else:
                yield Reject(place + row.locator, row.reason, row.value)
