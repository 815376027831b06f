"""Texts as rows of weighted words."""

import math

import pytest

from queries.matching.words import Vocabulary

NAMES = ["Ressourcerie du Vercors", "La ressourcerie de Grenoble", "Maison du Vercors", "Épicerie"]


def test_words_weigh_by_their_rarity_and_rows_have_length_1() -> None:
    vocabulary = Vocabulary.of(NAMES)
    assert list(vocabulary.columns) == ["ressourcerie", "vercors"]  # those that two have in common
    assert vocabulary.rarity.tolist() == pytest.approx([math.log(4 / 2)] * 2)
    half = math.sqrt(0.5)
    expected = [half, half, 1, 0, 0, 1, 0, 0]
    assert vocabulary.rows(NAMES).toarray().ravel().tolist() == pytest.approx(expected)


def test_a_text_of_a_project_is_a_row_of_the_same_words() -> None:
    found = Vocabulary.of(NAMES).rows(["Une RESSOURCERIE au pied des Alpes"])
    assert found.toarray().tolist() == [[1, 0]]


def test_texts_without_a_word_in_common_make_an_empty_vocabulary() -> None:
    found = Vocabulary.of(["Gaïa", "Onésime"]).rows(["Gaïa"])
    assert found.shape == (1, 1)
    assert found.nnz == 0
