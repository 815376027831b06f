"""What the documentation says of the weights is what counts."""

import re
from pathlib import Path

from queries.matching.weights import BANDS, FULL_SCORE, SAME_WORLD_AGAIN, WEIGHTS

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "matching.md").read_text(encoding="utf-8")


def test_the_table_of_weights_is_that_of_the_code() -> None:
    rows = re.findall(r"^ *\| `(\w+)` \| (-?\d\.\d\d) \|", TEXT, re.MULTILINE)
    assert {name: float(weight) for name, weight in rows} == {
        feature.value: round(weight, 2) for feature, weight in WEIGHTS.items() if weight
    }


def test_those_that_weigh_nothing_are_named() -> None:
    said = TEXT[TEXT.index("weigh nothing") :].partition(".\n")[0]
    unused = {feature.value for feature, weight in WEIGHTS.items() if not weight}
    assert set(re.findall(r"`(\w+)`", said)) == unused


def test_the_other_numbers_are_those_of_the_code() -> None:
    strong, plausible, _ = BANDS
    assert f"*fort* from {strong.score} with two kinds" in TEXT
    assert f"*plausible* from {plausible.score} with one" in TEXT
    assert (strong.kinds, plausible.kinds) == (2, 1)
    assert f"over {FULL_SCORE:g}, cut" in TEXT
    assert f"costs {SAME_WORLD_AGAIN}" in TEXT
