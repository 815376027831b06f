"""The command `alliage gaps`, as far as what is typed and what is printed."""

import argparse
import json

import pytest

from api import as_json, gaps
from graph.errors import RequestError, UnknownPlace
from graph.view import View
from queries.gap_reasons import GapState
from queries.gaps import Gaps


def ask(view: View, *words: str) -> Gaps:
    parser = argparse.ArgumentParser()
    gaps.add_arguments(parser)
    return gaps.ask(view, parser.parse_args(words))


def printed(answer: Gaps) -> str:
    return " ".join(" ".join(gaps.lines(answer)).split()).replace("\u00a0", " ")


def test_without_a_place_the_sentence_says_what_to_give(bundled: View) -> None:
    with pytest.raises(RequestError, match="--in"):
        ask(bundled)


def test_an_unknown_place_is_said_to_be_unknown(bundled: View) -> None:
    with pytest.raises(UnknownPlace):
        ask(bundled, "--in", "Atlantide")


def test_a_part_with_a_catalyst_is_not_told_as_without_one(bundled: View) -> None:
    # GAIA, catalyst of Isère: seed document, § 11.
    assert "Chaque partie de ce territoire a un catalyseur territorial connu." in printed(
        ask(bundled, "--in", "Isère")
    )
    said = printed(ask(bundled, "--in", "Auvergne-Rhône-Alpes", "--limit", "20"))
    assert "Sans catalyseur territorial connu : 11 sur 12" in said
    assert "– Savoie (" in said
    assert "– Isère (" not in said


def test_what_the_sources_cover_is_printed_and_what_they_do_not_is_not_called_a_gap(
    bundled: View,
) -> None:
    answer = ask(bundled, "--in", "Lozère")
    said = printed(answer)
    # Nothing that is bundled tells of alliances in Lozère.
    assert {gap.state for gap in answer.pairs} == {GapState.NO_DATA}
    assert "Zones blanches : bien moins que dans des territoires comparables – Aucune" in said
    assert "Faute de données, nous ne savons pas" in said
    # Lozère has 152 communes, 10 intercommunalities and a département.
    assert "couvre ce lieu : cog " in said


def test_the_answer_has_a_form_in_json(bundled: View) -> None:
    form = json.loads(as_json.text(as_json.plain(ask(bundled, "--in", "Bretagne"))))
    assert form.keys() == {
        "question",
        "actors",
        "pairs",
        "goals",
        "connected",
        "territories",
        "territories_without",
        "territories_all",
        "compared",
        "compared_level",
        "coverage",
    }
    assert form["question"]["place"]["id"] == "region:53"
    assert {gap["state"] for gap in form["pairs"]} <= {state.value for state in GapState}


def test_the_nation_has_nothing_to_be_compared_to(bundled: View) -> None:
    said = printed(ask(bundled, "--in", "France"))
    assert "Aucun territoire ne se compare à celui-ci" in said
    assert said.count("Aucune n'est établie.") == 1
