"""Columns on disk and in memory, against plain lists."""

import os
import stat
import threading
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from graph.columns import UNFINISHED, Array, Rows, Strings, Table, is_mapped, load, remove, save

WORDS = st.lists(st.text(st.characters(codec="utf-8"), max_size=5), max_size=30)


@given(WORDS)
@example([])
@example([""])
@example(["L'Haÿ-les-Roses", "", "Œuilly", "🚲"])
def test_texts_come_back_as_they_were(words: list[str]) -> None:
    column = Strings.of(words)
    assert len(column) == len(words)
    assert [column[index] for index in range(len(column))] == words
    assert [column.raw(index) for index in range(len(column))] == [w.encode() for w in words]


@given(WORDS, st.text(st.characters(codec="utf-8"), max_size=5))
def test_a_text_is_found_in_a_sorted_column_and_only_when_it_is_there(
    words: list[str], other: str
) -> None:
    column = Strings.of(sorted(set(words)))
    found = [column.find(word) for word in sorted(set(words))]
    assert found == [*range(len(column))]
    assert (column.find(other) is not None) == (other in words)


@given(st.lists(st.integers(0, 6), max_size=40), st.integers(7, 9))
def test_rows_hold_the_positions_that_name_them_in_order(named: list[int], count: int) -> None:
    rows = Rows.grouped(np.array(named, dtype=np.int64), count)
    assert [rows[row].tolist() for row in range(count)] == [
        [position for position, row in enumerate(named) if row == wanted] for wanted in range(count)
    ]


@given(
    st.lists(st.lists(st.integers(0, 5), max_size=6), max_size=8),
    st.lists(st.integers(0, 70_000_000), min_size=6, max_size=6),
)
def test_sums_are_those_of_each_row(lists: list[list[int]], weights: list[int]) -> None:
    """The inhabitants of France are less than 70 millions: sums of populations are exact."""
    indptr = np.cumsum([0, *map(len, lists)])
    values = np.array([value for row in lists for value in row], dtype=np.int32)
    expected = [sum(weights[value] for value in row) for row in lists]
    rows = Rows(indptr, values)
    assert rows.sums(np.array(weights, dtype=np.int64)).tolist() == expected
    assert rows.sums(np.array(weights, dtype=np.float64)).tolist() == expected


ARRAYS: dict[str, Array] = {
    "population": np.array([156140, 37491], dtype=np.int64),
    "centre": np.array([[45.18423, 5.71554], [np.nan, np.nan]]),
    "nothing": np.zeros(0, dtype=np.int8),
    "table": np.zeros((0, 5), dtype=np.int32),
    "ended": np.array([False, True]),
}


def same(found: dict[str, Array], arrays: dict[str, Array]) -> bool:
    return found.keys() == arrays.keys() and all(
        found[name].dtype == array.dtype
        and np.array_equal(found[name], array, equal_nan=name == "centre")
        for name, array in arrays.items()
    )


def test_arrays_come_back_mapped_and_cannot_be_written(tmp_path: Path) -> None:
    save(tmp_path / "view" / "1", ARRAYS)
    found = load(tmp_path / "view" / "1")
    assert same(found, ARRAYS)
    assert all(is_mapped(array) for array in found.values() if array.size)
    assert not any(array.flags.writeable for array in found.values())
    with pytest.raises(ValueError, match="read-only"):
        found["population"][0] = 0


def test_a_folder_that_is_there_is_kept(tmp_path: Path) -> None:
    save(tmp_path / "1", ARRAYS)
    save(tmp_path / "1", {"population": np.zeros(3)})
    assert same(load(tmp_path / "1"), ARRAYS)
    assert [*tmp_path.iterdir()] == [tmp_path / "1"]


def test_whoever_may_read_the_place_may_read_the_columns(tmp_path: Path) -> None:
    """One user ingests, the service of another reads."""
    before = os.umask(0o022)
    try:
        save(tmp_path / "1", ARRAYS)
    finally:
        os.umask(before)
    modes = {stat.S_IMODE(p.stat().st_mode) for p in (tmp_path / "1").iterdir()}
    assert (stat.S_IMODE((tmp_path / "1").stat().st_mode), modes) == (0o755, {0o644})


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_what_could_not_be_saved_whole_leaves_nothing(
    tmp_path: Path, error: BaseException, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = []

    def full(file: object, array: Array, *, allow_pickle: bool) -> None:
        written.append((file, array, allow_pickle))
        if len(written) == 3:
            raise error

    monkeypatch.setattr(np, "save", full)
    with pytest.raises(type(error)):
        save(tmp_path / "1", ARRAYS)
    assert [*tmp_path.iterdir()] == []


def test_where_there_are_no_columns_loading_says_so(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        load(tmp_path / "1")


@pytest.mark.parametrize("size", [0, 5, 100, 130])
def test_a_column_that_was_cut_is_no_column(tmp_path: Path, size: int) -> None:
    save(tmp_path / "1", ARRAYS)
    os.truncate(tmp_path / "1" / "population.npy", size)
    with pytest.raises(OSError, match="1"):
        load(tmp_path / "1")


def test_columns_are_removed_at_once_and_stay_readable_to_who_holds_them(tmp_path: Path) -> None:
    save(tmp_path / "1", ARRAYS)
    held = load(tmp_path / "1")
    remove(tmp_path / "1")
    remove(tmp_path / "1")
    assert [*tmp_path.iterdir()] == []
    assert same(held, ARRAYS)


def test_several_may_save_the_same_columns_at_once(tmp_path: Path) -> None:
    ready = threading.Barrier(6)

    def saving() -> None:
        ready.wait()
        save(tmp_path / "view" / "1", ARRAYS)

    threads = [threading.Thread(target=saving) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert same(load(tmp_path / "view" / "1"), ARRAYS)
    assert [path.name for path in (tmp_path / "view").iterdir()] == ["1"]


def test_what_is_unfinished_is_hidden() -> None:
    assert UNFINISHED.startswith(".")


# Tables ----------------------------------------------------------------------------------------


@given(st.data(), WORDS)
def test_rows_are_taken_and_joined_as_those_of_lists(data: st.DataObject, words: list[str]) -> None:
    numbers = list(range(len(words)))
    table = Table({"text": Strings.of(words), "number": np.array(numbers, dtype=np.int32)})
    chosen = data.draw(st.lists(st.sampled_from(numbers)) if words else st.just([]))
    twice = Table.joined([table.take(np.array(chosen, dtype=np.int64)), table])
    expected = [*chosen, *numbers]
    texts = twice.texts("text")
    assert len(twice) == len(expected)
    assert twice["number"].tolist() == expected
    assert [texts[row] for row in range(len(texts))] == [words[number] for number in expected]
    again = Table.of(twice.arrays("t."), "t.")
    assert again.arrays().keys() == twice.arrays().keys() == {"text_data", "text_offsets", "number"}
    assert all(np.array_equal(a, twice.arrays()[name]) for name, a in again.arrays().items())


@given(st.dictionaries(st.integers(0, 9), st.text(st.characters(codec="utf-8"), min_size=1)))
def test_a_sparse_column_is_empty_elsewhere(texts: dict[int, str]) -> None:
    column, plain = Strings.sparse(10, texts), Strings.of(texts.get(at, "") for at in range(10))
    assert column.offsets.tolist() == plain.offsets.tolist()
    assert column.data.tobytes() == plain.data.tobytes()
