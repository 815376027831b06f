from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from queries.covering import Candidate, best_set

CANDIDATES = st.lists(
    st.builds(
        Candidate,
        covers=st.integers(0, 63),
        gives=st.integers(0, 7),
        needs=st.integers(0, 7),
        world=st.integers(-1, 3),
        fit=st.integers(0, 4).map(lambda quarter: quarter / 4),
    ),
    min_size=1,
    max_size=8,
)


def value(chosen: list[Candidate]) -> tuple[int, int, int, float]:
    """What a set is worth, written out from its definition."""
    covered = set[int]()
    met = 0
    for one in chosen:
        covered |= {bit for bit in range(6) if one.covers >> bit & 1}
        for bit in range(3):
            given_to_it = any(other.gives >> bit & 1 for other in chosen if other is not one)
            met += bool(one.needs >> bit & 1 and given_to_it)
    worlds = {one.world for one in chosen} - {-1}
    return len(covered), met, len(worlds), sum(one.fit for one in chosen)


@given(CANDIDATES, st.integers(1, 4))
def test_no_set_of_all_that_there_are_is_better(candidates: list[Candidate], size: int) -> None:
    chosen = best_set(candidates, size)
    size = min(size, len(candidates))
    assert len(chosen) == size
    best = max(value(list(others)) for others in combinations(candidates, size))
    assert value([candidates[i] for i in chosen]) == best


@given(CANDIDATES, st.integers(1, 4), st.data())
def test_who_must_be_in_the_set_is(
    candidates: list[Candidate], size: int, data: st.DataObject
) -> None:
    kept = data.draw(st.integers(0, len(candidates) - 1))
    chosen = best_set(candidates, size, [kept])
    assert kept in chosen
    with_it = [c for c in combinations(range(len(candidates)), len(chosen)) if kept in c]
    best = max(value([candidates[i] for i in others]) for others in with_it)
    assert value([candidates[i] for i in chosen]) == best


def test_of_equals_the_first_are_taken() -> None:
    alike = [Candidate(1, 0, 0, 0, 0.5)] * 5
    assert best_set(alike, 3) == [0, 1, 2]


def test_nobody_makes_no_set() -> None:
    assert best_set([], 3) == []
