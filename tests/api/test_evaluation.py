"""The command that measures, on the projects of the ANR with a partner in La Rochelle."""

import argparse
import csv
import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from api import evaluation, evaluation_card
from graph.errors import RequestError, SourceError
from graph.settings import Settings
from queries.evaluation.card import METHOD, UNMIXED, Card, Form
from queries.evaluation.metrics import METRICS
from queries.evaluation.protocol import Stratum
from queries.evaluation.tuning import Tuned
from queries.matching.weights import BANDS, STATED, WEIGHTS

HERE = Path(__file__).resolve().parents[2]
PROJECTS = HERE / "tests/queries/evaluation/anr-la-rochelle.csv"
# The baselines that the protocol names, in `docs/evaluation`.
PROTOCOL = {
    "hasard", "popularité", "anciens partenaires", "même région", "même région, puis popularité",
    "voisins communs", "Adamic–Adar", "allocation de ressources", "PageRank",
    "PageRank + même région",
}  # fmt: skip
NO_STORE = Settings("none.db")


def asked(*files: str, **options: object) -> evaluation.Wanted:
    return evaluation.Wanted(files, **options)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def card() -> Card:
    found, _ = evaluation.measured(NO_STORE, asked(str(PROJECTS), split="2015"))
    return found


def test_the_card_tells_what_was_cut(card: Card) -> None:
    with PROJECTS.open(newline="") as file:
        years = {
            row["project_id"]: 2000 + int(row["project_id"][4:6]) for row in csv.DictReader(file)
        }
    assert (card.split.day, card.split.end) == (2015.0, max(years.values()) + 1)
    assert card.hidden <= sum(year >= 2015 for year in years.values())
    assert card.known <= sum(year < 2015 for year in years.values())
    assert card.data == PROJECTS.name


def test_every_baseline_of_the_protocol_has_every_metric_in_every_stratum(card: Card) -> None:
    for result in card.results:
        told = set(result.of) - {METHOD, UNMIXED}
        assert told >= PROTOCOL
        assert {name for name in told if "ce qui est dit" in name} == told - PROTOCOL
        assert (told == PROTOCOL) == (result.form is Form.ASKER)
        assert all(set(figures.metrics) == set(METRICS) for figures in result.figures)


def test_the_forms_and_strata_are_those_of_the_protocol(card: Card) -> None:
    assert {(result.form, result.stratum) for result in card.results} <= {
        (form, stratum) for form in Form for stratum in Stratum
    }
    assert (Form.STATED, Stratum.NEWCOMER) in {(r.form, r.stratum) for r in card.results}


def test_every_feature_that_weighs_is_left_out_once(card: Card) -> None:
    weighing = {f.value for f, weight in WEIGHTS.items() if weight and f not in STATED}
    for result in card.results:
        left_out = {each.feature for each in result.without}
        assert left_out == (set() if result.stratum is Stratum.REPEAT else weighing)


def test_the_best_baseline_is_the_best(card: Card) -> None:
    for result in card.results:
        for ratio in result.ratios:
            rivals = [f for f in result.figures if f.method not in (METHOD, UNMIXED)]
            best = max(rivals, key=lambda figures: figures.metrics[ratio.metric].value)
            assert result.of[ratio.baseline].metrics[ratio.metric] == best.metrics[ratio.metric]
            mine = result.of[METHOD].metrics[ratio.metric].value
            assert ratio.ratio.value == pytest.approx(mine / best.metrics[ratio.metric].value)


def test_the_report_says_whether_targets_are_reached(card: Card) -> None:
    told = "\n".join(evaluation_card.lines(card))
    assert "l'objectif de 1,15 est" in told
    assert "fois le meilleur repère" in told


def test_the_markdown_card_has_a_row_for_each_method(card: Card) -> None:
    told = evaluation_card.in_markdown(card)
    for result in card.results:
        for figures in result.figures:
            assert f"{figures.method}" in told
    assert told.count("| popularité |") == len(card.results)


def test_the_json_card_is_read_back_as_it_was(card: Card) -> None:
    form = json.loads(evaluation_card.in_json(card))
    assert form["organisations"] == card.organisations
    assert [result["queries"] for result in form["results"]] == [r.queries for r in card.results]


@pytest.mark.skipif(importlib.util.find_spec("matplotlib") is None, reason="needs matplotlib")
def test_the_page_needs_nothing_else(card: Card) -> None:
    told = evaluation_card.in_html(card)
    assert told.count("<svg") == 3
    assert "src=" not in told
    assert "<script" not in told


def test_a_page_without_matplotlib_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(RequestError, match=r"alliage\[evaluation\]"):
        evaluation.measured(NO_STORE, asked(str(PROJECTS), card=Path("card.html")))


def test_a_card_in_another_format_is_refused_before_anything_is_read() -> None:
    with pytest.raises(RequestError, match=r"\.md, en \.html ou en \.json"):
        evaluation.measured(NO_STORE, asked("absent.csv", card=Path("card.pdf")))


def test_a_file_that_does_not_exist_is_told() -> None:
    with pytest.raises(SourceError, match="n'existe pas"):
        evaluation.measured(NO_STORE, asked("absent.csv"))


def test_a_table_of_weights_is_read_as_it_was_written(tmp_path: Path) -> None:
    bands = (("strong", 2.0), ("plausible", 1.0), ("to_explore", 0.0))
    table = evaluation.table_of(Tuned(("un fichier",), WEIGHTS, bands, {"A": (1.2, 1.3)}))
    (tmp_path / "weights.json").write_bytes(table)
    assert evaluation.read_table(tmp_path / "weights.json") == (WEIGHTS, list(bands))


def test_the_shipped_weights_are_those_of_the_published_fit() -> None:
    weights, bands = evaluation.read_table(HERE / "docs/evaluation/weights.json")
    assert weights == dict(WEIGHTS)
    assert list(bands) == [(band.name, band.score) for band in BANDS]


def test_the_command_writes_what_it_is_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", action="store_true")
    evaluation.add_arguments(parser)
    out = tmp_path / "card.md"
    evaluation.run(NO_STORE, parser.parse_args([str(PROJECTS), "--split=2015", f"--card={out}"]))
    assert out.read_text().startswith("# Évaluation")
    assert f"Écrit dans {out}." in capsys.readouterr().out


_PROGRAM = """
import json, sys
from api import evaluation, evaluation_card
from graph.settings import Settings
card, _ = evaluation.measured(
    Settings("none.db"), evaluation.Wanted((sys.argv[1],), split="2015")
)
form = json.loads(evaluation_card.in_json(card))
del form["seconds"], form["data"]
print(json.dumps(form))
"""


def figures_with(seed: str, file: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM, str(file)],
        env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(HERE)},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def test_figures_are_the_same_under_any_hash_seed_and_order_of_rows(tmp_path: Path) -> None:
    head, *rows = PROJECTS.read_text().splitlines()
    turned = tmp_path / "turned.csv"
    turned.write_text("\n".join([head, *rows[::-1]]) + "\n")
    assert figures_with("1", PROJECTS) == figures_with("2", turned)
