import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.model import Function, MemberRole, World
from ingest.words import goals, lever, means_in, slug, term


@pytest.mark.parametrize(
    ("text", "found", "left"),
    [
        ("ODD 2, 12", ["goal:2", "goal:12"], []),
        ("2 et 12", ["goal:2", "goal:12"], []),
        ("ODD11/ODD 13", ["goal:11", "goal:13"], []),
        ("ODD n°4", ["goal:4"], []),
        ("1|2|17", ["goal:1", "goal:2", "goal:17"], []),
        ("ODD 12 : Consommation et production responsables", ["goal:12"], []),
        ("2 - Faim « zéro »", ["goal:2"], []),
        ("Paix, justice et institutions efficaces ; 17", ["goal:16", "goal:17"], []),
        ("No poverty", ["goal:1"], []),
        ("cible 2.4; paix", ["target:2.4"], ["paix"]),
        ("18", [], ["18"]),
        ("12 % de", [], ["12 % de"]),
        ("2030", [], ["2030"]),
        ("", [], []),
    ],
)
def test_goals_are_read_from_numbers_and_names(
    text: str, found: list[str], left: list[str]
) -> None:
    assert goals(text) == (found, left)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("données", ["lever:data"]),
        ("formation des bénévoles, financement", ["lever:skills", "lever:value"]),
        ("mécénat de compétences", ["lever:skills"]),
        ("mécénat", ["lever:value"]),
        ("mise en réseau", ["lever:governance"]),
        ("animation et gouvernance", ["lever:governance"]),
        ("un local", []),
        ("", []),
    ],
)
def test_the_means_of_free_words(text: str, found: list[str]) -> None:
    assert means_in(text) == found


def test_a_lever_goes_by_its_names_its_code_and_its_id() -> None:
    spellings = ["lever:tools", "tools", "Outils", "outils", "OUTILS"]
    assert {lever(text) for text in spellings} == {"lever:tools"}
    assert lever("Évaluer") == "lever:evaluate"
    assert lever("un local") is None


def test_a_term_goes_by_all_its_spellings() -> None:
    assert term(World, "Collectivités territoriales") is World.LOCAL_AUTHORITY
    assert term(Function, "gestion d'un lieu") is Function.PLACE
    assert term(MemberRole, "Pilote") is MemberRole.LEAD
    assert term(World, "guilde") is None


def test_a_slug_is_part_of_an_id() -> None:
    assert slug("Pays de l'Ours !") == "pays-de-l-ours"


@given(st.text(max_size=60))
def test_any_text_is_read(text: str) -> None:
    found, _ = goals(text)
    assert all(key.startswith(("goal:", "target:")) for key in found)
    assert all(key.startswith("lever:") for key in means_in(text))
