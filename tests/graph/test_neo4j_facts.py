"""What is kept of a far store, brought up to date, is what a scan of all of it gives."""

import json
from collections.abc import Mapping

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from graph.claims import Source
from graph.columns import Strings
from graph.model import ACTS_IN, OFFERS, TIES
from graph.neo4j.facts import Facts, Gathering, replaced, united

SOURCES = {"a": Source("a", "A", "", ""), "b": Source("b", "B", "", "", trust=80)}
IDS = st.sampled_from(["x:a", "x:b", "x:É", "x:🚲", "alliage:a", "commune:1"])
WORDS = st.lists(st.text(st.characters(codec="utf-8"), max_size=3), unique=True, max_size=12)


def texts(of: str, **values: st.SearchStrategy[object]) -> st.SearchStrategy[list[str]]:
    """The claims about one thing or tie, of one source or two; none where it is gone."""
    said = st.fixed_dictionaries({}, optional=values)
    claim = st.builds(
        lambda source, said, ended: json.dumps([source, "1", of, said, "", "", "", ended, ""]),
        st.sampled_from(["a", "b"]),
        said,
        st.sampled_from(["", "2024-05-01"]),
    )
    return st.lists(claim, max_size=2, unique_by=lambda text: text[:5])


Things = Mapping[str, list[str]]
Ties = Mapping[tuple[str, str, str], list[str]]
THINGS = st.dictionaries(IDS, texts("Organisation", name=st.text(max_size=3)))
NAMES = st.sampled_from([ACTS_IN.name, OFFERS.name])
TIED = st.dictionaries(
    st.tuples(NAMES, IDS, IDS),
    texts("OFFERS", since=st.just("2020"), words=st.just(["un local"])),
)


def gathered(things: Things, ties: Ties) -> Gathering:
    gathering = Gathering(SOURCES)
    for key, said in things.items():
        gathering.add_thing(key, said)
    for (name, start, end), said in ties.items():
        gathering.add_ties(start, [(name, end, said)])
    return gathering


def in_words(facts: Facts) -> object:
    """The facts without the ranks, which depend on ids that nobody speaks of any more."""
    keys, names, said = (facts.things.texts(name) for name in ("key", "name", "said"))
    assert [keys[at] for at in range(len(keys))] == [facts.ids[at] for at in facts.things["id"]]
    assert Facts.of(facts.arrays()).ids.data.tobytes() == facts.ids.data.tobytes()
    ties = {}
    for tie in TIES:
        table = facts.ties[tie]
        rows = zip(table["row"].tolist(), range(len(table)), strict=True)
        more = [table.texts(name) for name in ("said", "words") if name in table.columns]
        ties[tie] = [
            (facts.ids[one], facts.ids[other], *rest, *(column[at] for column in more))
            for (one, other, *rest), at in rows
        ]
    ended = facts.things["ended"].tolist()
    return [(keys[at], names[at], said[at], ended[at]) for at in range(len(keys))], ties


@given(THINGS, TIED, THINGS, TIED)
def test_what_changed_takes_the_place_of_what_was_said(
    things: Things, ties: Ties, new_things: Things, new_ties: Ties
) -> None:
    before, _ = gathered(things, ties).done()
    after = replaced(before, *gathered(new_things, new_ties).done())
    whole, _ = gathered({**things, **new_things}, {**ties, **new_ties}).done()
    assert in_words(after) == in_words(whole)


@given(WORDS, WORDS)
def test_two_sorted_columns_become_one(one: list[str], other: list[str]) -> None:
    expected = sorted({*one, *other})
    both, of_one, of_other = united(Strings.of(sorted(one)), Strings.of(sorted(other)))
    assert [both[at] for at in range(len(both))] == expected
    assert of_one.tolist() == [expected.index(text) for text in sorted(one)]
    assert of_other.tolist() == [expected.index(text) for text in sorted(other)]
    assert of_one.dtype == of_other.dtype == np.int32
