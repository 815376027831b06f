"""How many records files hold, told before they are read, as far as that costs next to nothing."""

import io
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from graph.errors import SourceError
from ingest.files.archives import TABLES, Member, members
from ingest.files.decoding import blocks
from ingest.files.delimited import Delimited

_SAMPLE = 1 << 20
# Of each of the many members of an archive: enough for a mean, whatever their number.
_SMALL_SAMPLE = 1 << 16
_TEXTS = (".csv", ".tsv", ".txt")
_LINES = (".jsonl", ".ndjson")
_PARQUET = b"PAR1"
# What a text may turn out to be, whatever its name says: JSON, or a workbook.
_NO_TEXT = (b"{", b"[", b"PK")


def expected_records(files: Sequence[Path]) -> int | None:
    """About how many records some files hold; None where that is not known without reading them.

    Parquet says it. Of separated values, the records in the first mebibyte give the mean length
    of one, and the size of the file how many there are; so also of one JSON object a line, and of
    the members of a zip. Not known: JSON, workbooks, gzip, and what cannot be read.
    """
    try:
        found = [_of_file(path) for path in files]
    except (SourceError, OSError):
        return None  # who reads the file will say what is wrong with it
    counts = [count for count in found if count is not None]
    return round(sum(counts)) if counts and len(counts) == len(found) else None


def _of_file(path: Path) -> float | None:
    if not path.is_file():
        return None
    with path.open("rb") as stream:
        if stream.read(len(_PARQUET)) == _PARQUET:
            return _of_parquet(path)
    tables = [each for each in members(path, "*") if _is_table(each.name)]
    sample = _SAMPLE if len(tables) == 1 else _SMALL_SAMPLE
    found = [_of_text(each, sample) for each in tables]
    counts = [count for count in found if count is not None]
    return sum(counts) if counts and len(counts) == len(found) else None


def _of_parquet(path: Path) -> float | None:
    # Here, because Arrow takes a quarter of a second to load.
    import pyarrow as pa  # type: ignore[import-untyped]
    import pyarrow.parquet as pq  # type: ignore[import-untyped]

    try:
        return float(pq.read_metadata(path).num_rows)
    except (pa.ArrowException, OSError):
        return None


def _is_table(name: str) -> bool:
    """Whether a member of an archive may hold records, rather than explain them."""
    last = PurePosixPath(name).name.lower()
    return last.endswith(TABLES) and not last.startswith(("lisez", "readme"))


def _of_text(member: Member, sample: int) -> float | None:
    """The records in the beginning of a text, in proportion to the whole of it."""
    name = member.name.lower()
    if member.size < 0 or not name.endswith((*_TEXTS, *_LINES)):
        return None
    with member.open() as stream:
        head = stream.read(sample)
    whole = head if len(head) == member.size else head[: head.rfind(b"\n") + 1 or None]
    if name.endswith(_LINES):
        begun, count = 0, len(whole.splitlines())
    elif head.lstrip().startswith(_NO_TEXT):
        return None
    else:
        begun = head.find(b"\n") + 1  # the header is no record
        count = sum(1 for _ in Delimited(blocks(io.BytesIO(whole)), set()).rows())
    measured = len(whole) - begun
    return count * (member.size - begun) / measured if measured > 0 else 0.0
