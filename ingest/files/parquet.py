"""Parquet files: their rows as texts, some thousand at a time."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.compute as pc  # type: ignore[import-untyped]
import pyarrow.parquet as pq  # type: ignore[import-untyped]

from graph.errors import SourceError
from ingest.files.records import Reject, cleaned, column_names
from ingest.files.xlsx import plain
from ingest.rows import Row

BATCH = 4096
# A page unpacks whole; a group of rows of the national registers unpacks to some hundred megabytes.
MAX_GROUP = 4 << 30
_DAMAGED = (pa.ArrowException, ArithmeticError, LookupError, OSError, TypeError, ValueError)
_FRACTION = re.compile(r"\.0+(?=$|Z|[+-])")

Seekable: TypeAlias = Any


class ParquetTable:
    """The records of a Parquet file.

    Args:
        source: the path of the file, or a binary stream that can be positioned.

    Raises:
        SourceError: it is damaged, or a group of its rows takes more memory than is allowed.
    """

    def __init__(self, source: Seekable, name: str, taken: set[str]) -> None:
        self._name = name
        self._taken = taken
        try:
            self._file = pq.ParquetFile(source)
            groups = self._file.metadata
            sizes = [groups.row_group(i).total_byte_size for i in range(groups.num_row_groups)]
        except _DAMAGED as error:
            raise _damaged(name) from error
        if max(sizes, default=0) > MAX_GROUP:
            raise SourceError(
                f"« {name} » a des groupes de lignes de plus de 4 Gio : refusé ; écrivez-le par"
                " groupes plus petits, ou en CSV."
            )
        self.columns = column_names(self._file.schema_arrow.names)

    def rows(self) -> Iterator[Row | Reject]:
        """Each row, read by batches."""
        number = 0
        try:
            for batch in self._file.iter_batches(batch_size=BATCH):
                columns = [_texts(column) for column in batch.columns]
                for values in zip(*columns, strict=True):
                    number += 1
                    yield self._row(values, f"ligne {number}")
        except _DAMAGED as error:
            raise _damaged(self._name) from error

    def _row(self, values: tuple[str, ...], locator: str) -> Row:
        row = Row(dict(zip(self.columns, values, strict=False)), locator, self._taken)
        if not all(map(str.isascii, values)):
            row.values = {name: cleaned(text, row) for name, text in row.values.items()}
        return row


# What Arrow itself writes as it is meant here.
_PLAIN = (
    pa.types.is_string,
    pa.types.is_large_string,
    pa.types.is_integer,
    pa.types.is_boolean,
    pa.types.is_date32,
    pa.types.is_null,
)


def _damaged(name: str) -> SourceError:
    return SourceError(
        f"« {name} » est un fichier Parquet tronqué ou abîmé : téléchargez-le de nouveau."
    )


def _texts(column: Any) -> list[str]:  # noqa: ANN401 - a pyarrow array
    """A column as texts: dates in ISO 8601, whole numbers without decimals, null as nothing."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        column, kind = column.dictionary_decode(), kind.value_type
    if any(is_kind(kind) for is_kind in _PLAIN):
        # Through NumPy: to_pylist first makes an object of Arrow of each value, far more slowly.
        texts = pc.fill_null(column.cast(pa.string()), "")
        return list(texts.to_numpy(zero_copy_only=False).tolist())
    if pa.types.is_timestamp(kind):
        return [_moment(text) for text in pc.fill_null(column.cast(pa.string()), "").to_pylist()]
    return [_text(value) for value in column.to_pylist()]


def _text(value: object) -> str:
    for kind, shown in _SHOWN:
        if isinstance(value, kind):
            return shown(value)
    return str(value)


def _moment(text: str) -> str:
    """`2024-03-22 00:00:00.000` as a date, other times of day with their T."""
    return _FRACTION.sub("", text).replace(" ", "T").removesuffix("T00:00:00")


_SHOWN: tuple[tuple[type | tuple[type, ...], Callable[[Any], str]], ...] = (
    (type(None), lambda _: ""),
    (bool, lambda value: "true" if value else "false"),
    (float, lambda value: "" if value != value else plain(value)),
    (bytes, lambda value: value.decode("utf-8", "surrogateescape")),
    ((list, dict), lambda value: json.dumps(value, ensure_ascii=False, default=_text)),
)
