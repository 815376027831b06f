"""Where the store lies, and what lies beside it."""

from pathlib import Path

import pytest

from graph.errors import RequestError
from graph.settings import Settings

SERVER = "neo4j://equipe@graphe.exemple.fr:7687/alliage"


def settings(store: str = "") -> Settings:
    return Settings.from_environment({"ALLIAGE_STORE": store, "ALLIAGE_NEO4J_PASSWORD": "secret"})


@pytest.mark.parametrize("store", ["/data/a.db", "sqlite:////data/a.db"])
def test_what_is_derived_from_a_file_lies_beside_it(store: str) -> None:
    found = settings(store)
    assert found.file == Path("/data/a.db")
    assert found.view_folder == Path("/data/a.db.view")
    assert found.rejects_folder == Path("/data/a.db.rejects")
    assert found.outlines_folder == Path("/data/a.db.outlines")


def test_what_is_derived_from_a_server_lies_with_the_data_of_the_user() -> None:
    found = settings(SERVER)
    assert found.file is None
    assert (own := settings().file) is not None
    assert found.view_folder.parent == found.rejects_folder.parent == own.parent
    assert found.view_folder != found.rejects_folder


@pytest.mark.parametrize(
    "same",
    [
        "neo4j://graphe.exemple.fr/alliage",
        "bolt://autre@GRAPHE.exemple.fr:7687/alliage",
        "neo4j+s://equipe@graphe.exemple.fr/alliage/",
    ],
)
def test_users_and_protocols_share_what_is_derived_from_one_database(same: str) -> None:
    assert settings(same).view_folder == settings(SERVER).view_folder


@pytest.mark.parametrize(
    "other",
    [
        "neo4j://equipe@graphe.exemple.fr:7688/alliage",
        "neo4j://equipe@graphe.exemple.fr/autre",
        "neo4j://equipe@autre.exemple.fr/alliage",
    ],
)
def test_two_databases_share_nothing(other: str) -> None:
    assert settings(other).view_folder != settings(SERVER).view_folder


def test_neither_name_nor_password_is_shown() -> None:
    found = settings(SERVER)
    for shown in (repr(found), str(found.view_folder)):
        assert "secret" not in shown
    assert "exemple" not in str(found.view_folder)
    assert "equipe" not in str(found.view_folder)


@pytest.mark.parametrize("store", ["http://exemple.fr/a.db", "postgres://h/a"])
def test_the_address_of_something_else_is_refused(store: str) -> None:
    with pytest.raises(RequestError, match="n'est pas l'adresse d'un dépôt"):
        _ = settings(store).view_folder
