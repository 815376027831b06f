"""How names are compared."""

import string
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from graph.text import fold

ANY = st.text(st.characters(codec="utf-8"))


@pytest.mark.parametrize(
    ("name", "folded"),
    [
        ("L'Haÿ-les-Roses", "l hay les roses"),
        ("L’HAŸ LES ROSES", "l hay les roses"),
        ("Œuilly", "oeuilly"),
        ("OEUILLY", "oeuilly"),
        ("œuilly", "oeuilly"),
        ("Saint-Étienne", "saint etienne"),
        ("St-Étienne", "saint etienne"),
        ("ST. ETIENNE", "saint etienne"),
        ("Ste-Geneviève-des-Bois", "sainte genevieve des bois"),
        ("Brest", "brest"),  # « st » within a word is no saint
        ("Échirolles", "echirolles"),
        ("E\u0301chirolles", "echirolles"),  # the accent apart, as macOS writes file names
        ("Le\u00a0Gua", "le gua"),
        ("  Saint-Martin-d'Hères  ", "saint martin d heres"),
        ("Ærøskøbing & Cie", "aer sk bing cie"),
        ("Ǽ", "ae"),
        ("Straßburg", "strassburg"),
        ("ＬＡ　ＰＯＳＴＥ", "la poste"),  # full-width
        ("Alliage™", "alliagetm"),
        ("Étape № 5", "etape no 5"),
        ("", ""),
        ("…", ""),
    ],
)
def test_the_spellings_of_a_name_fold_alike(name: str, folded: str) -> None:
    assert fold(name) == folded


@given(ANY)
@example("St")
@example("İ")
@example("ß")
@example("ﬅ")  # one sign for « st »
@example("s.t")
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(ANY)
def test_what_is_folded_is_ascii_words_with_single_spaces(text: str) -> None:
    folded = fold(text)
    assert set(folded) <= set(string.ascii_lowercase + string.digits + " ")
    assert folded == " ".join(folded.split())


@given(ANY, st.sampled_from(["NFC", "NFD", "NFKC", "NFKD"]))
def test_the_unicode_form_of_a_name_does_not_matter(text: str, form: str) -> None:
    match form:
        case "NFC":
            other = unicodedata.normalize("NFC", text)
        case "NFD":
            other = unicodedata.normalize("NFD", text)
        case "NFKC":
            other = unicodedata.normalize("NFKC", text)
        case _:
            other = unicodedata.normalize("NFKD", text)
    assert fold(other) == fold(text)


@given(st.text(string.ascii_letters + "àâçéèêëîïôùûüÿœæ' -’"))
def test_the_case_of_a_name_does_not_matter(text: str) -> None:
    assert fold(text.upper()) == fold(text.lower()) == fold(text)
