import pytest

from graph.errors import UnknownTerm
from graph.model import Means, World
from queries import terms


@pytest.mark.parametrize("text", ["11", " 11 ", "ODD 11", "odd11", "goal:11", "011"])
def test_a_goal_is_its_number_with_or_without_a_prefix(text: str) -> None:
    assert terms.goal(text) == 11


@pytest.mark.parametrize("text", ["0", "18", "-1", "1.5", "", "onze", "169", "ODD", "1 1"])
def test_there_are_seventeen_goals_and_no_other(text: str) -> None:
    with pytest.raises(UnknownTerm) as told:
        terms.goal(text)
    assert told.value.message == (
        f"« {text} » n'est pas un objectif de développement durable ; "
        "choisissez parmi : les nombres de 1 à 17."
    )


@pytest.mark.parametrize(
    ("text", "world"),
    [
        ("association", World.ASSOCIATION),
        ("Associations", World.ASSOCIATION),
        ("entreprise", World.COMPANY),
        ("company", World.COMPANY),
        ("collectivité", World.LOCAL_AUTHORITY),
        ("COLLECTIVITE", World.LOCAL_AUTHORITY),
        ("local_authority", World.LOCAL_AUTHORITY),
        ("local authority", World.LOCAL_AUTHORITY),
        ("services de l'Etat", World.STATE),
        ("state", World.STATE),
        ("acteur académique", World.ACADEMIC),
        ("academic", World.ACADEMIC),
        ("fondation", World.FOUNDATION),
        ("citoyens", World.CITIZENS),
        ("citizens", World.CITIZENS),
    ],
)
def test_a_world_takes_its_french_or_its_english_name(text: str, world: World) -> None:
    assert terms.world(text) is world


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("données", Means.DATA),
        ("data", Means.DATA),
        ("Outils", Means.TOOLS),
        ("competences", Means.SKILLS),
        ("research", Means.RESEARCH),
        ("financements", Means.VALUE),
        ("animation", Means.GOVERNANCE),
        ("legal", Means.LEGAL),
    ],
)
def test_a_means_takes_its_french_or_its_english_name(text: str, means: Means) -> None:
    assert terms.means(text) is means


def test_an_unknown_world_is_answered_with_the_seven_in_both_languages() -> None:
    with pytest.raises(UnknownTerm) as told:
        terms.world("marché")
    assert told.value.message == (
        "« marché » n'est pas un monde ; choisissez parmi : association, entreprise (company), "
        "collectivité (local authority), service de l'État (State service), "
        "acteur académique (academic actor), fondation (foundation), "
        "collectif de citoyens (citizens' group)."
    )


@pytest.mark.parametrize("world", list(World))
def test_what_is_suggested_for_a_world_is_understood(world: World) -> None:
    assert {terms.world(world.fr), terms.world(world.en), terms.world(world.value)} == {world}


@pytest.mark.parametrize("means", list(Means))
def test_what_is_suggested_for_a_means_is_understood(means: Means) -> None:
    assert {terms.means(means.fr), terms.means(means.en), terms.means(means.value)} == {means}
