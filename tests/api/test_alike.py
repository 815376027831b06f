"""The command `alliage alike`, as far as what is typed and what is printed."""

import argparse
import json

import pytest

from api import alike, as_json
from graph.errors import RequestError
from graph.view import View
from queries.alike import Alikes
from queries.fates import Fate


def ask(view: View, *words: str) -> Alikes:
    parser = argparse.ArgumentParser()
    alike.add_arguments(parser)
    return alike.ask(view, parser.parse_args(words))


def printed(answer: Alikes) -> str:
    return " ".join(" ".join(alike.lines(answer)).split()).replace("\u00a0", " ")


def test_without_a_project_and_without_a_criterion_the_sentence_says_what_to_give(
    bundled: View,
) -> None:
    with pytest.raises(RequestError, match="--goal"):
        ask(bundled)


def test_the_lesson_is_printed_with_the_paragraph_that_says_it(bundled: View) -> None:
    said = printed(ask(bundled, "--at", "Isère", "--on", "2026-03-31"))
    # « Une alliance locale demande du temps » : the programme of Isère, seed document, § 12.
    assert "Enseignement : Une alliance locale demande du temps. [exemples § 12]" in said


def test_each_group_has_its_heading_and_its_count(bundled: View) -> None:
    answer = ask(bundled, "--goal", "17", "--at", "France")
    said = printed(answer)
    assert answer.groups[Fate.WORKED]
    assert f"Ont porté leurs fruits ({answer.counts[Fate.WORKED]} alliance" in said
    for group in answer.groups.values():
        for each in group:
            assert each.id in said


def test_what_empties_the_answer_is_told_with_what_widening_would_give(bundled: View) -> None:
    said = printed(ask(bundled, "--goal", "14", "--at", "Mende"))
    assert "Aucune alliance connue ne ressemble à ce projet." in said
    assert "Aucune alliance connue ne vise l'ODD 14" in said
    assert "Plus largement :" in said


def test_the_answer_has_a_form_in_json(bundled: View) -> None:
    answer = ask(bundled, "--goal", "17", "--limit", "2")
    form = json.loads(as_json.text(as_json.plain(answer)))
    assert form["groups"].keys() == {fate.value for fate in Fate}
    assert sum(form["counts"].values()) >= 1
    assert form["question"]["goals"][0]["id"] == "goal:17"
