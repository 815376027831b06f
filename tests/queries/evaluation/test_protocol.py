"""Is the future hidden, and is what is asked what should be?"""

from collections.abc import Callable

import numpy as np
import pytest

from graph.errors import RequestError
from queries.evaluation.protocol import PER_ALLIANCE, Query, Split, Stratum, Trial
from queries.evaluation.record import Record

Make = Callable[..., Record]

# A and B met in P; B and C in Q; then in R the three meet with D, who is new, and E, new as well.
STORY = (
    ("a", "p", "2015"), ("b", "p", "2015"),
    ("b", "q", "2016"), ("c", "q", "2016"),
    ("a", "r", "2018"), ("b", "r", "2018"), ("c", "r", "2018"), ("d", "r", "2018"),
    ("e", "r", "2018"),
)  # fmt: skip
KNOWN = ("a", "b", "c")  # in the order of their ids
SPLIT = Split(2018.0, 2019.0)


def told(query: Query) -> tuple[str | None, str, str]:
    """Who asks, which answers are right, which are never ranked."""
    asker = None if query.asker.row is None else KNOWN[query.asker.row]
    right, out = ("".join(KNOWN[row] for row in each) for each in (query.relevant, query.excluded))
    return asker, right, out


def asked(trial: Trial, stratum: Stratum) -> list[tuple[str | None, str, str]]:
    return [told(query) for query in trial.queries[stratum]]


def test_a_known_organisation_asks_for_new_partners_without_its_past_ones(record_of: Make) -> None:
    trial = record_of(*STORY).trial(SPLIT)
    assert asked(trial, Stratum.NEW) == [("a", "c", "ab"), ("c", "a", "bc")]


def test_past_partners_are_asked_for_apart(record_of: Make) -> None:
    trial = record_of(*STORY).trial(SPLIT)
    assert asked(trial, Stratum.REPEAT) == [("a", "b", "ac"), ("b", "ac", "b"), ("c", "b", "ac")]


def test_a_newcomer_asks_for_all_that_were_known(record_of: Make) -> None:
    trial = record_of(*STORY).trial(SPLIT)
    assert asked(trial, Stratum.NEWCOMER) == [(None, "abc", ""), (None, "abc", "")]


def test_partners_without_a_past_are_counted_as_unseen(record_of: Make) -> None:
    trial = record_of(*STORY).trial(SPLIT)
    assert (trial.truths, trial.unseen) == (5 * 4, 3 * 2 + 2)


def test_nothing_of_the_future_is_in_the_history(record_of: Make) -> None:
    whole = record_of(*STORY).trial(SPLIT).history
    past = record_of(*STORY[:4], ("x", "z", "2018"), ("y", "z", "2018")).trial(SPLIT).history
    assert np.array_equal(whole.member.toarray(), past.member.toarray())
    assert np.array_equal(whole.began, past.began)
    assert np.array_equal(whole.last, past.last)


def test_the_same_facts_in_another_order_ask_the_same(record_of: Make) -> None:
    one, other = (record_of(*rows).trial(SPLIT) for rows in (STORY, STORY[::-1]))
    assert [asked(one, stratum) for stratum in Stratum] == [
        asked(other, stratum) for stratum in Stratum
    ]


def test_of_a_large_alliance_only_some_ask(record_of: Make) -> None:
    crowd = [(f"m{number:02d}", "crowd", "2018") for number in range(30)]
    trial = record_of(*STORY[:4], ("a", "crowd", "2018"), *crowd).trial(SPLIT)
    assert len(trial.queries[Stratum.NEWCOMER]) == PER_ALLIANCE


def test_no_more_queries_than_wanted_are_drawn_of_a_stratum(record_of: Make) -> None:
    crowd = [(f"m{number:02d}", "crowd", "2018") for number in range(30)]
    record = record_of(*STORY[:4], ("a", "crowd", "2018"), *crowd)
    one, other = (record.trial(SPLIT, 4).queries[Stratum.NEWCOMER] for _ in range(2))
    assert [query.organisation for query in one] == [query.organisation for query in other]
    assert len(one) == 4


def test_the_last_fifth_of_the_years_is_hidden_by_default(record_of: Make) -> None:
    rows = [(who, f"p{year}", str(year)) for year in range(2010, 2019) for who in ("a", "b")]
    record = record_of(*rows)
    assert record.split() == Split(2017.0, 2019.0)
    assert record.inner(record.split()) == Split(2015.0, 2017.0)


def test_a_date_may_be_a_year_a_month_or_a_day(record_of: Make) -> None:
    record = record_of(*STORY)
    assert record.split("2016-07", "2017-04-01") == Split(2016.5, 2017.25)


@pytest.mark.parametrize(
    ("split", "end"), [("2010", None), ("2030", None), ("2017", "2016"), ("2015", None)]
)
def test_a_split_outside_the_dates_says_which_there_are(
    record_of: Make, split: str, end: str | None
) -> None:
    with pytest.raises(RequestError, match="de 2015 à 2018"):
        record_of(*STORY).split(split, end)


@pytest.mark.parametrize("text", ["hier", "2017-13", "2017-02-30", "17"])
def test_what_is_no_date_is_told(record_of: Make, text: str) -> None:
    with pytest.raises(RequestError, match="n'est pas une date"):
        record_of(*STORY).split(text)


def test_without_dated_alliances_there_is_nothing_to_hide(record_of: Make) -> None:
    with pytest.raises(RequestError, match="Aucune alliance datée"):
        record_of(("a", "p", "2015"), ("b", "q", "2016"))
