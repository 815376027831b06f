"""How a source is read in tests: what it tells, what it rejects, what it leaves unused."""

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeAlias

import pytest

from graph.claims import Claim
from graph.validation import problems
from ingest.files.records import Reject
from ingest.rows import Rejected, Row
from ingest.tabular import Tabular

Told: TypeAlias = tuple[list[Claim], Counter[str], int, set[str]]


@pytest.fixture(scope="session")
def told() -> Callable[[Tabular, Sequence[Path]], Told]:
    """Reads files whole: claims, rejects by reason, records read, columns nobody used."""

    def read(source: Tabular, files: Sequence[Path]) -> Told:
        claims: list[Claim] = []
        rejects: Counter[str] = Counter()
        taken: set[str] = set()
        columns: set[str] = set()
        count = 0
        for record in source.read(files, taken):
            count += 1
            if isinstance(record, Reject):
                rejects[record.reason] += 1
                continue
            columns |= record.values.keys()
            try:
                claims += source.transform(record)
            except Rejected as rejected:
                rejects[rejected.reason] += 1
        return claims, rejects, count, columns - taken

    return read


@pytest.fixture(scope="session")
def takes_or_rejects() -> Callable[[Tabular, dict[str, str]], None]:
    """Checks that a record of whatever values gives valid claims or is rejected."""

    def check(source: Tabular, values: dict[str, str]) -> None:
        row = Row(values, "ligne 1", set())
        try:
            claims = list(source.transform(row))
        except Rejected:
            return
        assert claims
        assert [(claim, wrong) for claim in claims if (wrong := problems(claim))] == []

    return check
