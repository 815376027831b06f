import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.identifiers import is_key
from ingest.places import governed_by, territory
from ingest.rows import Rejected


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Bretagne", "region:53"),  # two communes bear the name, too
        ("Région Bretagne", "region:53"),
        ("Isère", "departement:38"),
        ("Département de l'Isère", "departement:38"),
        ("Département des Côtes-d'Armor", "departement:22"),
        ("Grenoble", "commune:38185"),
        ("Ville de Lyon", "commune:69123"),
        ("Commune du Havre", "commune:76351"),
        ("Saint-Denis (93)", "commune:93066"),
        ("Paris", "commune:75056"),
        ("38185", "commune:38185"),
        ("2A004", "commune:2A004"),
        ("Grenoble-Alpes-Métropole", "epci:200040715"),
        ("200040715", "epci:200040715"),
        ("213801855", "commune:38185"),
        ("France", "nation:FR"),
        ("departement:38", "departement:38"),
        ("perimeter:alsace", "perimeter:alsace"),
    ],
)
def test_a_territory_goes_by_its_name_its_code_or_its_id(text: str, key: str) -> None:
    assert territory(text).value == key


def test_a_former_commune_is_that_of_today() -> None:
    # Amareins is part of Francheleins (01165) since 1998 (Insee).
    assert territory("01003") == ("commune:01165", "ancien code commune 01003")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "est absent"),
        ("Atlantide", "n'est le nom d'aucun territoire ; donnez son code"),
        (
            "Saint-Denis",
            "est le nom de plusieurs territoires (commune:11339, commune:30247, commune:93066,"
            " commune:97411) ; donnez le code",
        ),
        ("epci:1", "n'est l'identifiant d'aucun territoire"),
        ("99999", "n'est le code d'aucune commune, présente ou passée"),
        ("775672272", "n'est le SIREN d'aucune commune ni intercommunalité"),
    ],
)
def test_what_is_not_certain_is_refused(text: str, reason: str) -> None:
    with pytest.raises(Rejected) as told:
        territory(text)
    assert told.value.reason == reason


def test_authorities_lead_to_what_they_govern() -> None:
    assert governed_by("200 040 715") == "epci:200040715"


@given(st.text(max_size=30))
def test_any_text_gives_a_key_or_a_reason(text: str) -> None:
    try:
        assert is_key(territory(text).value)
    except Rejected:
        return
