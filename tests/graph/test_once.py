"""What is made once: by one thread however many ask, kept with its owner, let go with it."""

import gc
import weakref
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Barrier, Event

import numpy as np
import pytest

from graph.claims import NodeClaim, Properties, Source, TieClaim
from graph.columns import Ints
from graph.model import ORGANISATION, SEATED_IN, TERRITORY
from graph.once import Once
from graph.sqlite.store import SqliteStore
from graph.view import View, latest_of_view, memory_view, once_a_view

RAMEAU = Source("rameau", "Exemples d'alliances", "Le RAMEAU", "", "", "2021", 50)
GRENOBLE: Properties = {"name": "Grenoble", "level": "commune", "population": 156_140}


def test_a_value_is_made_once_though_many_threads_ask_at_the_same_time() -> None:
    once, together, made = Once(), Barrier(8), []

    def make() -> object:
        made.append(1)
        Event().wait(0.05)
        return object()

    def ask(_: int) -> object:
        together.wait()
        return once("key", make)

    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(ask, range(8)))
    assert len(made) == 1
    assert all(each is found[0] for each in found)


def test_who_makes_one_value_may_ask_for_another_while_a_third_is_made() -> None:
    once, started, asked = Once(), Event(), Event()

    def slow() -> str:
        started.set()
        assert asked.wait(5)
        return "slow"

    with ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(once, "slow", slow)
        assert started.wait(5)
        assert once("outer", lambda: once("inner", lambda: "inner")) == "inner"
        asked.set()
        assert waiting.result(5) == "slow"


def test_a_value_that_could_not_be_made_is_made_by_who_asks_next() -> None:
    once = Once()

    def fails() -> int:
        raise OSError("full")

    with pytest.raises(OSError, match="full"):
        once("key", fails)
    assert once("key", lambda: 3) == 3


def test_of_many_values_those_asked_for_last_are_kept() -> None:
    once, made = Once(2), list[str]()

    def make(key: str) -> str:
        made.append(key)
        return key

    def value(key: str) -> str:
        return once(key, lambda: make(key))

    assert [value(key) for key in ("a", "b", "a", "c", "a", "b")] == list("abacab")
    assert made == ["a", "b", "c", "b"]


def view_of(path: Path) -> View:
    """A view of one organisation in Grenoble, whose store is closed."""
    with closing(SqliteStore(path, writable=True)) as store:
        with store.write(RAMEAU) as writing:
            writing.add(
                [
                    NodeClaim("commune:38185", TERRITORY, "1", GRENOBLE),
                    NodeClaim("rna:W381000001", ORGANISATION, "2", {"name": "Entraide"}),
                    TieClaim(SEATED_IN, "rna:W381000001", "commune:38185", "2"),
                ]
            )
            writing.finish()
        return memory_view(store)


@once_a_view
def names(view: View) -> list[str]:
    return [view.names[node] for node in range(len(view))]


@once_a_view
def lengths(view: View) -> Ints:
    return np.array([len(name) for name in names(view)])


@latest_of_view(1)
def name_of(view: View, node: int, *, shout: bool = False) -> list[str]:
    return [view.names[node].upper() if shout else view.names[node]]


def test_each_view_has_its_own_values(tmp_path: Path) -> None:
    one, other = view_of(tmp_path / "one.db"), view_of(tmp_path / "other.db")
    assert names(one) is names(one)
    assert names(one) == names(other) == ["Grenoble", "Entraide"]
    assert names(one) is not names(other)
    assert name_of(one, 0) is name_of(one, 0)
    assert name_of(one, 0, shout=True) == ["GRENOBLE"]


def test_what_is_made_of_a_view_goes_with_it(tmp_path: Path) -> None:
    view = view_of(tmp_path / "alliage.db")
    view.derived("squares", lambda: {"squares": np.arange(4)})
    gone = [weakref.ref(each) for each in (view, lengths(view))]
    assert lengths(view) is gone[1]()
    del view
    gc.collect()
    assert [each() for each in gone] == [None, None]
