"""Are weights chosen before the split, and what is asked few times refused?"""

from collections.abc import Callable

import networkx as nx
import pytest

from graph.errors import RequestError
from queries.evaluation.evaluation import evaluate
from queries.evaluation.record import Record
from queries.evaluation.tuning import tuned
from queries.matching.weights import STATED, WEIGHTS

Make = Callable[..., Record]

# The table of Davis, Gardner & Gardner 1941, its members without their names, an event a year.
NAMED = nx.davis_southern_women_graph()
ROWS = [
    (f"m{number:02d}", event, str(2000 + int(event[1:])))
    for number, member in enumerate(NAMED.graph["top"])
    for event in NAMED[member]
]


def test_the_weights_are_the_same_whatever_comes_after_the_split(record_of: Make) -> None:
    whole, past = record_of(*ROWS), record_of(*[row for row in ROWS if row[2] < "2011"])
    inner = whole.inner(whole.split("2011", "2014"))
    one, other = (tuned({"Davis": record.trial(inner)}) for record in (whole, past))
    assert one == other


def test_what_no_past_alliance_tells_keeps_its_weight(record_of: Make) -> None:
    record = record_of(*ROWS)
    found = tuned({"Davis": record.trial(record.inner(record.split("2011", "2014")))})
    assert set(found.weights) == set(WEIGHTS)
    assert {f: found.weights[f] for f in STATED} == {f: WEIGHTS[f] for f in STATED}
    assert [code for code, _ in found.bands] == ["strong", "plausible", "to_explore"]


def test_too_few_questions_say_what_to_change(record_of: Make) -> None:
    record = record_of(*ROWS)
    with pytest.raises(RequestError, match=r"questions seulement .* autre coupure"):
        evaluate(record.trial(record.split()), "Davis")


def test_nothing_before_the_inner_split_is_told(record_of: Make) -> None:
    record = record_of(*ROWS)
    with pytest.raises(RequestError, match="pas assez d'années"):
        record.inner(record.split("2004"))
