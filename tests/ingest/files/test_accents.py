from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest import reference
from ingest.files.accents import Vocabulary, unscrambled

DEPARTEMENTS = [
    "Département de Loire-Atlantique",
    "Département de Maine-et-Loire",
    "Conseil départemental de la Vendée",
    "Conseil départemental de la Mayenne",
]


@pytest.mark.parametrize(
    ("found", "meant"),
    [
        ("Fresnes-LÃ©guillon", "Fresnes-Léguillon"),  # France services, line 2701
        ("Trie-ChÃ¢teau", "Trie-Château"),  # France services, line 2702
        ("CS 1808 NÂ° 11A 15", "CS 1808 N° 11A 15"),  # data.inclusion, structure 680
        ("LES RESTAURANTS DU CÃƒâ€¦Ã¢â‚¬â„¢UR", "LES RESTAURANTS DU CŒUR"),  # grants, line 18148
        ("soutien ÃƒÂ\xa0 l'enseignement", "soutien à l'enseignement"),  # grants, line 18161
        ("places d\x92accueil", "places d’accueil"),
    ],
)
def test_scrambled_accents_of_real_files_are_read_as_they_were_meant(
    found: str, meant: str
) -> None:
    assert unscrambled(found) == meant


@pytest.mark.parametrize(
    "text", ["« LIBERTÉ»", "MÉ°", "L’HAŸ", "Ångström", "SÃO TOMÉ", "À L’ÂGE", "Ô‘ É’", "Œuvre"]
)
def test_capitals_before_a_quotation_mark_are_not_taken_for_scrambled_accents(text: str) -> None:
    assert unscrambled(text) == text


@settings(deadline=None)
@given(st.text(alphabet="abc ÀÂÃÉàâéèêëîïôùûüçœŒÆ’«»…€°–", max_size=30))
def test_a_text_scrambled_once_comes_back(text: str) -> None:
    scrambled = text.encode().decode("cp1252", "replace")
    if "\ufffd" not in scrambled and unscrambled(text) == text:
        assert unscrambled(scrambled) == text


@settings(deadline=None)
@given(st.text())
def test_unscrambling_twice_changes_nothing_more(text: str) -> None:
    once = unscrambled(text)
    assert len(once) <= len(text)
    assert unscrambled(once) in (once, unscrambled(once))


@pytest.mark.parametrize(
    ("found", "meant"),
    [
        ("D\ufffdpartement de Loire-Atlantique", "Département de Loire-Atlantique"),
        ("D\ufffd\ufffdpartement de Loire-Atlantique", "Département de Loire-Atlantique"),
        ("D\ufffdPARTEMENT DE LOIRE-ATLANTIQUE", "DÉPARTEMENT DE LOIRE-ATLANTIQUE"),
        ("Le d\ufffdpartement finance", "Le département finance"),
        ("p\ufffdche", "p\ufffdche"),
        ("no accent lost", "no accent lost"),
    ],
)
def test_a_lost_accent_comes_back_where_only_one_known_word_fits(found: str, meant: str) -> None:
    assert Vocabulary(DEPARTEMENTS).restored(found) == meant


def test_a_lost_accent_stays_lost_where_two_known_words_fit() -> None:
    assert Vocabulary(["pêche", "pèche"]).restored("p\ufffdche") == "p\ufffdche"


def test_the_names_of_communes_bring_lost_accents_back() -> None:
    communes = Vocabulary(row["name"] for row in reference.rows("communes.csv.gz"))
    for name in ("Saint-Étienne", "Évry-Courcouronnes", "Bégaar", "Châtelaudren-Plouagat"):
        damaged = name.encode("latin-1").decode("ascii", "replace")
        assert communes.restored(damaged) == name


def test_every_damaged_accent_of_the_grants_is_restored_from_the_names_of_its_funders(
    shared: Path,
) -> None:
    """The file is Latin-1; a program that took it for UTF-8 leaves the marks of lost characters."""
    file = shared / "data" / "organisations" / "subventions-pays-de-la-loire.csv"
    damaged = file.read_bytes().decode("utf-8", "replace").splitlines()[1:18_000]
    funders = {line.split(";")[0].strip('"') for line in damaged}
    assert funders == {"D\ufffdpartement de Loire-Atlantique"}
    known = Vocabulary(DEPARTEMENTS)
    assert {known.restored(name) for name in funders} == {"Département de Loire-Atlantique"}
