"""The view of one territory holds who has to do with it, and says of them what the whole says."""

from pathlib import Path

import numpy as np
import pytest

from graph.columns import is_mapped
from graph.errors import UnknownId
from graph.model import (
    ACTS_IN,
    ALLIANCE,
    FOUNDED,
    GOAL,
    MEMBER_OF,
    ORGANISATION,
    SEATED_IN,
    TERRITORY,
    TIES,
    Tie,
)
from graph.sqlite.store import SqliteStore
from graph.territory_view import territory_view
from graph.view import View, open_view

ISERE = "departement:38"


def keys(view: View) -> list[str]:
    return [view.keys[at] for at in range(len(view))]


def ties(view: View, tie: Tie) -> list[tuple[str, str, int, int, int]]:
    c = view.ties[tie]
    columns = (
        c.start.tolist(),
        c.end.tolist(),
        c.since.tolist(),
        c.until.tolist(),
        c.role.tolist(),
    )
    return [(view.keys[a], view.keys[b], *rest) for a, b, *rest in zip(*columns, strict=True)]


@pytest.fixture(scope="module")
def within(bundled: View) -> View:
    return territory_view(bundled, ISERE)


def test_it_has_all_places_and_goals_and_a_part_of_the_organisations(
    bundled: View, within: View
) -> None:
    for kind in (TERRITORY, GOAL):
        assert [within.keys[at] for at in within.of_kind(kind)] == [
            bundled.keys[at] for at in bundled.of_kind(kind)
        ]
    part, whole = len(within.of_kind(ORGANISATION)), len(bundled.of_kind(ORGANISATION))
    assert 0 < part < whole
    assert {*keys(within)} < {*keys(bundled)}


def test_who_is_seated_or_acts_there_is_in_it_and_their_alliances(
    bundled: View, within: View
) -> None:
    place = bundled.ordinal(ISERE)
    assert place is not None
    shares = bundled.territories.shares(bundled.territories.rank(place))[0]
    here = {bundled.keys[at] for at in bundled.territories.ordinals[shares > 0]}
    held = {*keys(within)}
    local = {
        start
        for tie in (SEATED_IN, ACTS_IN)
        for start, end, *_ in ties(bundled, tie)
        if end in here and bundled.is_kind(_at(bundled, start), ORGANISATION)
    }
    assert local
    assert local <= held
    allied = {end for start, end, *_ in ties(bundled, MEMBER_OF) if start in local}
    assert allied
    assert allied <= held
    assert {s for s, end, *_ in ties(bundled, FOUNDED) if end in allied} <= held


def _at(view: View, key: str) -> int:
    found = view.ordinal(key)
    assert found is not None
    return found


def test_it_says_of_each_what_the_whole_says(bundled: View, within: View) -> None:
    rows = np.array([_at(bundled, key) for key in keys(within)])
    for name in ("kind", "world", "goals", "offers", "needs", "seat", "started", "ended", "roles"):
        assert np.array_equal(getattr(within, name), getattr(bundled, name)[rows]), name
    for name in ("names", "purposes", "offered", "needed"):
        some, every = getattr(within, name), getattr(bundled, name)
        assert [some[at] for at in range(len(some))] == [every[at] for at in rows.tolist()]
    held = {*keys(within)}
    for tie in TIES:
        expected = [row for row in ties(bundled, tie) if row[0] in held and row[1] in held]
        assert ties(within, tie) == expected
    assert within.ordinal("commune:38185") is not None


def test_what_the_store_knows_of_others_is_left_out(bundled: View, within: View) -> None:
    held = {*keys(within)}
    outside = [key for key in keys(bundled) if key not in held]
    name = bundled.names[_at(bundled, outside[0])]
    assert any(found.key == outside[0] for found in bundled.search(name))
    assert all(found.key in held for found in within.search(name))
    for at in within.of_kind(ALLIANCE).tolist():
        assert all(t.start in held and t.end in held for t in within.ties_of(at))


def test_its_columns_lie_beside_those_of_the_whole(bundled_store: Path, tmp_path: Path) -> None:
    store = SqliteStore(bundled_store)
    for _ in ("made", "found"):
        assert is_mapped(territory_view(open_view(store, tmp_path), ISERE).world)
    store.close()


@pytest.mark.parametrize("key", ["commune:00000", "goal:1", "nulle part"])
def test_what_is_no_territory_is_told(bundled: View, key: str) -> None:
    with pytest.raises(UnknownId):
        territory_view(bundled, key)
