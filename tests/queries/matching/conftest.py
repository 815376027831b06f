"""Small histories, made of rows or at random."""

from collections.abc import Callable, Sequence

import numpy as np
import pytest
from scipy import sparse

from queries.matching.history import (
    Alliances,
    History,
    Organisations,
    Participations,
    history,
    incidence,
)

# Organisation, alliance, when it joined (years, NaN unknown), whether it convened.
Row = tuple[int, int, float, bool]
NOW = 2020.0
THEMES, SITES, WORDS = 5, 6, 7


def of_rows(
    rows: Sequence[Row],
    count: int,
    *,
    themes: Sequence[tuple[int, int]] = (),
    sites: Sequence[tuple[int, int]] = (),
    world: Sequence[int] | None = None,
    places: Sequence[Sequence[int]] | None = None,
    centre: Sequence[tuple[float, float]] | None = None,
    words: Sequence[Sequence[int]] | None = None,
    day: float = NOW,
) -> History:
    """A history of `count` organisations; node ordinals are 100 + row and 500 + alliance."""
    organisation, alliance, since, led = (np.array(column) for column in zip(*rows, strict=True))
    width = int(alliance.max()) + 1
    told = words or [[] for _ in range(count)]
    counts = np.array([len(row) for row in told])
    flat = np.array([word for row in told for word in row], dtype=np.int64)
    unit = incidence(np.repeat(np.arange(count), counts), flat, (count, WORDS))
    unit.data /= np.sqrt(np.repeat(counts, counts))
    organisations = Organisations(
        ordinals=100 + np.arange(count),
        world=np.array(world if world is not None else [-1] * count),
        places=np.array(places if places is not None else [[-1] * count] * 2),
        centre=np.array(centre if centre is not None else [(np.nan, np.nan)] * count),
        words=unit,
    )

    def table(pairs: Sequence[tuple[int, int]], columns: int) -> sparse.csr_array:
        ends = np.array(pairs, dtype=np.int64).reshape(-1, 2)
        return incidence(ends[:, 0], ends[:, 1], (width, columns))

    return history(
        organisations,
        Alliances(
            500 + np.arange(width),
            table(themes, THEMES),
            table(sites, SITES),
            np.full(width, np.nan),
        ),
        Participations(
            organisation, alliance, since.astype(float), np.full(len(rows), np.nan), led
        ),
        day,
    )


def at_random(seed: int, count: int = 30, alliances: int = 25) -> History:
    """A history drawn by lot, with everything known of some and little of others."""
    chance = np.random.default_rng(seed)
    rows: list[Row] = []
    for alliance in range(alliances):
        members = chance.choice(count - 3, int(chance.integers(1, 7)), replace=False)
        year = float(chance.integers(2010, 2020)) if chance.random() < 0.9 else float("nan")
        rows += [(int(m), alliance, year, bool(k == 0)) for k, m in enumerate(members)]
    each = range(alliances)
    return of_rows(
        rows,
        count,
        themes=[(a, int(t)) for a in each for t in chance.choice(THEMES, 2, replace=False)],
        sites=[(a, int(chance.integers(SITES))) for a in each],
        world=chance.integers(-1, 3, count).tolist(),
        places=[chance.integers(0, 8, count).tolist(), chance.integers(8, 11, count).tolist()],
        centre=[(float(x), float(y)) for x, y in chance.uniform((43, 0), (50, 7), (count, 2))],
        words=[chance.choice(WORDS, 2, replace=False).tolist() for _ in range(count)],
    )


@pytest.fixture(scope="session")
def history_of_rows() -> Callable[..., History]:
    """See `of_rows`."""
    return of_rows


@pytest.fixture(scope="session")
def random_history() -> Callable[..., History]:
    """See `at_random`."""
    return at_random
