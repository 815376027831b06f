import pytest

from graph.model import World
from ingest.organisation_names import (
    is_a_person,
    marks_an_organisation,
    may_be_a_person,
    world_of,
)


@pytest.mark.parametrize(
    "name",
    [
        "ASS TAZZANINE",
        "Comité Départemental d'Aéronautique",
        "SAS MABRIS",
        "Mairie de Marj Ben Amer",
        "Club de plongée de la Couronnée",
        "Croix-Rouge française",
        "Maison de quartier de Bellevue",
        "Universität Freiburg Institut",
    ],
)
def test_a_word_that_only_organisations_bear_marks_one(name: str) -> None:
    assert marks_an_organisation(name)
    assert not is_a_person(name)
    assert not may_be_a_person(name)


@pytest.mark.parametrize(
    "name",
    ["", "DURAND JEANNE", "Jeanne Durand", "Marie Bureau", "Paul Maison", "LA CONCORDE", "HAYATI"],
)
def test_what_may_be_a_name_of_a_person_marks_nothing(name: str) -> None:
    assert not marks_an_organisation(name)


@pytest.mark.parametrize(
    "name",
    [
        "M. Durand",
        "Mme DURAND Jeanne",
        "Monsieur Jean Durand",
        "DURAND JEANNE EI",
        "Durand Jeanne, entrepreneur individuel",
        "Jeanne M. DURAND",
        "Jean-Paul R. Durand",
    ],
)
def test_a_title_an_initial_or_the_mark_of_a_sole_trader_makes_a_person(name: str) -> None:
    assert is_a_person(name)


@pytest.mark.parametrize(
    "name",
    ["M.J.C. ALLOBROGES", "M'TZAMBORO", "Max Planck Gesellschaft", "EPFL", "", "MAITRE OUVRAGE"],
)
def test_initials_and_capitals_of_an_organisation_make_no_person(name: str) -> None:
    assert not is_a_person(name)


def test_a_first_name_and_a_last_name_in_capitals_may_be_a_person() -> None:
    assert may_be_a_person("Jeanne DURAND")
    assert may_be_a_person("Jean-Paul DURAND")
    assert not may_be_a_person("Fraunhofer IBMT")
    assert not may_be_a_person("Selfrag AG")
    assert not may_be_a_person("CNRS Délégation")


@pytest.mark.parametrize(
    ("name", "registered", "world"),
    [
        ("Association Mayennaise", False, World.ASSOCIATION),
        ("ASSOC AVES", True, World.ASSOCIATION),
        ("EARL BEL AIR", True, World.COMPANY),
        ("Fondation Abbé Pierre", True, World.FOUNDATION),
        ("COMMUNE DE MULHOUSE", True, World.LOCAL_AUTHORITY),
        ("SYNDMC ARGUENON PENTHIEVRE", True, World.LOCAL_AUTHORITY),
        # Every French public body has a SIREN: this one is of another country.
        ("MAIRIE DE MARJ BEN AMER", False, None),
        ("Association des maires et communes", True, World.ASSOCIATION),
        # A learned society is an association, a trading one is not.
        ("Société d'histoire naturelle", True, None),
        ("MISSION LOCALE", True, None),
    ],
)
def test_the_world_is_that_of_the_form_that_the_name_states(
    name: str, registered: bool, world: World | None
) -> None:
    assert world_of(name, registered=registered) is world
