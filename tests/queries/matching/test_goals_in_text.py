"""Goals of a text: those it names, the words that decided, and how often it is right."""

import csv
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from queries.matching.goals_in_text import goals_in

BUNDLED = Path(__file__).resolve().parents[3] / "ingest" / "data"


@pytest.mark.parametrize(
    ("text", "goal", "words"),
    [
        ("Ouvrir une épicerie solidaire étudiante", 2, "épicerie solidaire"),
        ("Une ressourcerie de quartier", 12, "ressourcerie"),
        ("Des ateliers de français pour les réfugiés", 10, "réfugiés"),
        ("Isolation de l’école", 7, "Isolation"),
        ("Restaurer les mares et la biodiversité", 15, "biodiversité"),
        ("Accompagner les femmes victimes de violences", 5, "femmes victimes de violences"),
        ("Un parc éolien citoyen", 7, "parc éolien"),
        ("Nettoyer les fonds marins", 14, "fonds marins"),
    ],
)
def test_a_project_is_of_the_goals_that_its_words_name(text: str, goal: int, words: str) -> None:
    found = {each.goal: each for each in goals_in(text)}
    assert goal in found
    assert words in found[goal].words


def test_what_decided_is_quoted_as_it_is_written() -> None:
    told = goals_in("Le VÉLO pour tous,\nles vélos partagés")
    assert told[0].goal == 11
    assert told[0].words == ("VÉLO",)


@pytest.mark.parametrize("text", ["", "Les Amis de Jean", "1901", "…"])
def test_what_says_nothing_of_a_goal_has_none(text: str) -> None:
    assert goals_in(text) == []


def test_ten_thousand_characters_are_read_at_once() -> None:
    start = time.process_time()
    found = goals_in("vélo, réemploi et santé " * 420)
    assert time.process_time() - start < 2
    assert {each.goal for each in found} >= {3, 12}


@settings(deadline=None)
@given(st.text(max_size=200))
def test_any_text_has_an_answer_in_order(text: str) -> None:
    found = goals_in(text)
    scores = [each.score for each in found]
    assert scores == sorted(scores, reverse=True)
    assert all(0 < score <= 1 for score in scores)
    assert all(1 <= each.goal <= 17 and each.words for each in found)


def test_the_targets_of_the_united_nations_are_found_to_be_of_their_goal() -> None:
    """A floor below what `benchmarks.goals` gives on the 169 titles."""
    with (BUNDLED / "reference" / "targets.csv").open(encoding="utf-8") as file:
        rows = [(row["title_fr"], int(row["goal"])) for row in csv.DictReader(file)]
    told = [[each.goal for each in goals_in(title)] for title, _ in rows]
    recalled = sum(goal in found for (_, goal), found in zip(rows, told, strict=True))
    first = sum(found[:1] == [goal] for (_, goal), found in zip(rows, told, strict=True))
    assert recalled / len(rows) >= 0.85
    assert first / len(rows) >= 0.65
