"""Likeness of purposes: agrees with another implementation, quotes both sides, takes any text."""

import time
import unicodedata
from collections.abc import Callable, Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.claims import Claim, NodeClaim, TieClaim
from graph.model import LEVER, NEEDS, OFFERS, ORGANISATION, Means
from graph.view import View
from queries.matching.shared_words import Shared
from queries.matching.spelling import Spelling, grams
from queries.matching.stems import words_in
from queries.matching.text import TextIndex, text_index, told, vectors
from queries.matching.thesaurus import Thesaurus

NO_THESAURUS = Thesaurus([], [])
ACTORS = [
    "Ressourcerie du Grésivaudan",
    "Épicerie solidaire de Meylan",
    "Atelier vélo associatif",
    "Fablab et coworking",
    "Colocation intergénérationnelle",
    "Chantier d’insertion maraîcher",
    "AMAP des Eaux-Claires",
    "Club de football",
    "",
]


@pytest.fixture(scope="module")
def index() -> TextIndex:
    return TextIndex.build(ACTORS)


def first(index: TextIndex, text: str) -> str:
    scores = index.similarity(text)
    return ACTORS[int(scores.argmax())] if scores.any() else ""


# Words ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("emploi", "EMPLOIS"),
        ("vélo", "vélos"),
        ("SOLIDARITE", "solidarités"),
        ("hôpital", "Hopitaux"),
        ("réseau", "réseaux"),
        ("locaux", "local"),
        ("cœur", "COEUR"),
        ("rénover", "rénovation"),
        ("eau", "eaux"),
    ],
)
def test_forms_of_a_word_have_one_stem(one: str, other: str) -> None:
    assert [word.stem for word in words_in(one)] == [word.stem for word in words_in(other)]


@pytest.mark.parametrize(("one", "other"), [("amis", "amiante"), ("mare", "marais")])
def test_a_short_word_does_not_stand_for_a_longer_one(one: str, other: str) -> None:
    assert [word.stem for word in words_in(one)] != [word.stem for word in words_in(other)]


def test_words_are_quoted_as_they_are_written_wherever_they_stand() -> None:
    found = words_in("L’Écluse : du SAVOIR-faire\npour tous")
    assert [(word.written, word.line, word.start) for word in found] == [
        ("Écluse", 0, 2),
        ("SAVOIR", 0, 14),
        ("faire", 0, 21),
        ("tous", 1, 5),
    ]


# Likeness ------------------------------------------------------------------------------------


def test_words_weigh_as_in_another_implementation() -> None:
    """TfidfVectorizer(sublinear_tf=True) of scikit-learn 1.9.1, on the same words."""
    texts = ["velo vert velo", "velo bleu", "jardin bleu bleu bleu", "jardin"]
    index = TextIndex.build(texts, known=NO_THESAURUS)
    rows = index.about.toarray()
    assert rows.shape == (4, 4)
    expected = [
        [0.0, 0.0, 0.8003373, 0.59955],
        [0.7071068, 0.0, 0.7071068, 0.0],
        [0.9027501, 0.4301653, 0.0, 0.0],
        [0.0, 1.0, 0.0, 0.0],
    ]
    assert rows == pytest.approx(np.array(expected), abs=1e-6)


def test_spelling_is_the_soft_cosine_of_its_definition() -> None:
    """The double sum over pairs of words (Sidorov et al. 2014, eq. 4), by plain loops."""
    texts = ["recyclerie vélo", "recyclage velodrome", "école"]
    index = TextIndex.build(texts, known=NO_THESAURUS)
    stems = sorted({word.stem for text in texts for word in words_in(text)})
    near = Spelling(Spelling.arrays(stems)).pairs(stems, stems)
    rows = index.about.toarray()

    def soft(a: Sequence[float], b: Sequence[float]) -> float:
        return float(np.asarray(a) @ near @ np.asarray(b))

    for own in range(3):
        expected = [
            0.8 * float(rows[own] @ rows[other])
            + 0.2
            * soft(rows[own], rows[other])
            / np.sqrt(soft(rows[own], rows[own]) * soft(rows[other], rows[other]))
            for other in range(3)
        ]
        assert index.similarity(texts[own]) == pytest.approx(expected, abs=1e-9)


def test_runs_of_characters_stay_within_a_word() -> None:
    assert grams("pain") == ["_pa", "pai", "ain", "in_", "_pai", "pain", "ain_", "_pain", "pain_"]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("réemploi d’objets", "Ressourcerie du Grésivaudan"),
        ("une recyclerie", "Ressourcerie du Grésivaudan"),
        ("aide alimentaire", "Épicerie solidaire de Meylan"),
        ("mobilité douce", "Atelier vélo associatif"),
        ("tiers-lieu", "Fablab et coworking"),
        ("habitat partagé", "Colocation intergénérationnelle"),
        ("IAE", "Chantier d’insertion maraîcher"),
        ("circuits courts", "AMAP des Eaux-Claires"),
        ("resourcerie", "Ressourcerie du Grésivaudan"),
        ("fooball", "Club de football"),
        ("", ""),
        ("du de la", ""),
        ("日本語 …", ""),
    ],
)
def test_a_purpose_is_found_in_other_words(index: TextIndex, asked: str, found: str) -> None:
    assert first(index, asked) == found


def test_what_says_nothing_is_like_nothing(index: TextIndex) -> None:
    assert not index.similarity("").any()
    assert index.vector("").nnz == 0
    assert index.similarity("vélo")[ACTORS.index("")] == 0
    assert TextIndex.build([]).similarity("vélo").shape == (0,)
    assert not TextIndex.build(["", ""]).similarity("vélo").any()


def test_an_unknown_word_makes_a_request_less_like_what_it_names(index: TextIndex) -> None:
    sure, unsure = index.similarity("football"), index.similarity("football quidditch")
    assert sure[7] > unsure[7] > 0


@pytest.mark.parametrize("text", ["vélo et réemploi " * 600, "x" * 10_000, "é " * 5_000])
def test_ten_thousand_characters_are_compared_at_once(index: TextIndex, text: str) -> None:
    start = time.process_time()
    scores = index.similarity(text)
    told = index.because(text, ACTORS[2] * 300)
    assert time.process_time() - start < 5
    assert scores.min() >= 0
    assert scores.max() <= 1
    assert bool(told) == ("vélo" in text)


TEXTS = st.one_of(
    st.text(max_size=60),
    st.lists(
        st.sampled_from(
            [
                "vélo",
                "Vélos",
                "ressourcerie",
                "réemploi",
                "aide",
                "alimentaire",
                "épicerie",
                "solidaire",
                "le",
                "de",
                "\n",
                "œuvre",
                "l’école",
                "AMAP",
                "½",
                "ﬁ",
                "10",
                "e\u0301cole",
            ]
        ),
        max_size=8,
    ).map(" ".join),
)


@settings(deadline=None, max_examples=150)
@given(texts=st.lists(TEXTS, min_size=1, max_size=6), request=TEXTS)
def test_any_text_is_most_like_itself(texts: list[str], request: str) -> None:
    index = TextIndex.build(texts)
    for text in (*texts, request):
        scores = index.similarity(text)
        assert ((scores >= 0) & (scores <= 1)).all()
    for row, text in enumerate(texts):
        scores = index.similarity(text)
        assert scores[row] == pytest.approx(1.0 if words_in(text) else 0.0)
        assert scores[row] >= scores.max() - 1e-9


@settings(deadline=None, max_examples=150)
@given(one=TEXTS, other=TEXTS)
def test_likeness_is_told_in_words_that_stand_on_each_side(one: str, other: str) -> None:
    index = TextIndex.build([one, other])
    own, theirs = (unicodedata.normalize("NFC", text) for text in (one, other))
    found = index.because(one, other)
    for shared in found:
        assert shared.own
        assert shared.other
        assert all(words in own for words in shared.own)
        assert all(words in theirs for words in shared.other)
    if found:
        assert index.similarity(one)[1] > 0


# Reasons -------------------------------------------------------------------------------------


def test_a_reason_quotes_the_words_of_both_and_what_they_mean(index: TextIndex) -> None:
    [shared] = index.because("Donner une aide alimentaire", "Épicerie solidaire de Meylan")
    assert (shared.own, shared.other, shared.concept) == (
        ("aide alimentaire",),
        ("Épicerie solidaire",),
        "aide alimentaire",
    )


def test_the_same_word_and_a_misspelt_one_are_told_without_a_concept(index: TextIndex) -> None:
    def both(found: list[Shared]) -> list[tuple[object, ...]]:
        return [(shared.own, shared.other, shared.concept) for shared in found]

    assert both(index.because("le FOOTBALL", "Club de football")) == [
        (("FOOTBALL",), ("football",), None)
    ]
    assert both(index.because("resourcerie", "Ressourcerie du Grésivaudan")) == [
        (("resourcerie",), ("Ressourcerie",), None)
    ]
    assert index.because("chorale", "Club de football") == []


# The view ------------------------------------------------------------------------------------


def actors() -> list[Claim]:
    found: list[Claim] = [
        NodeClaim(f"lever:{means}", LEVER, means, {"family": "means"}) for means in Means
    ]
    for key, name, offer, need in (
        ("x:a", "La Fourmi", "prêt d’un local", ""),
        ("x:b", "La Ruche", "", "une épicerie solidaire où livrer"),
        ("x:c", "L’Essaim", "", ""),
    ):
        found.append(NodeClaim(key, ORGANISATION, key, {"name": name}))
        if offer:
            found.append(TieClaim(OFFERS, key, "lever:tools", key, {"words": [offer]}))
        if need:
            found.append(TieClaim(NEEDS, key, "lever:tools", key, {"words": [need]}))
    return found


def test_a_need_meets_an_offer_and_an_offer_a_need(view_of: Callable[..., View]) -> None:
    view = view_of(("actors", actors()))
    index = text_index(view)
    a, b, c = (view.ordinal(key) for key in ("x:a", "x:b", "x:c"))
    assert a is not None
    assert b is not None
    offering = index.offering("nous cherchons un local")
    needing = index.needing("aide alimentaire")
    assert np.flatnonzero(offering).tolist() == [a]
    assert np.flatnonzero(needing).tolist() == [b]
    assert index.similarity("local")[a] > 0
    assert told(view, a) == "La Fourmi\nprêt d’un local"
    [shared] = index.because("aide alimentaire", view.needed[b])
    assert shared.other == ("épicerie solidaire",)
    rows = vectors(view)
    assert rows.shape[0] == len(view)
    lengths = np.sqrt(np.asarray(rows.multiply(rows).sum(axis=1)).ravel())
    assert lengths[[a, b, c]] == pytest.approx([1, 1, 1])


def test_texts_compared_pair_by_pair_are_as_alike_as_with_all(
    view_of: Callable[..., View],
) -> None:
    index = text_index(view_of(("actors", actors())))
    texts = ["prêt d’un local", "épicerie solidaire", "La Fourmi, un local", ""]
    count = len(index)
    one, other = np.repeat(np.arange(len(texts)), count), np.tile(np.arange(count), len(texts))
    for field, alone in (
        ("about", index.similarity),
        ("offered", index.offering),
        ("needed", index.needing),
    ):
        expected = np.concatenate([alone(text) for text in texts])
        assert expected.max() > 0.3
        assert index.between(texts, field, one, other) == pytest.approx(expected, abs=1e-9)


def test_the_same_index_comes_of_any_order_of_reading(view_of: Callable[..., View]) -> None:
    claims = actors()
    one = text_index(view_of(("actors", claims)))
    other = text_index(view_of(("actors", claims[::-1])))
    assert one.about.toarray().tolist() == other.about.toarray().tolist()
    assert (
        one.similarity("local solidaire").tolist() == other.similarity("local solidaire").tolist()
    )
