from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeAlias

from hypothesis import given
from hypothesis import strategies as st

from graph.claims import Claim, NodeClaim, TieClaim
from ingest.sources.tiers_lieux import TABULAR
from ingest.tabular import Tabular

Told: TypeAlias = tuple[list[Claim], Counter[str], int, set[str]]
Read: TypeAlias = Callable[[Tabular, Sequence[Path]], Told]

# Rows of https://github.com/anct-carto/mission_coworking (Licence Ouverte 2.0); the other file has
# the columns of the data dictionary of Carto-NA/tiers_lieux: one true place, two made up.
DATA = Path(__file__).parents[2] / "data" / "tiers-lieux"
CGET, AQUITAINE = DATA / "CGET_TiersLieux_2019.csv", DATA / "nouvelle-aquitaine.csv"
CGET_COLUMNS = CGET.read_text("utf-8").splitlines()[0].split(",")
AQUITAINE_COLUMNS = AQUITAINE.read_text("utf-8").splitlines()[0].split(",")


def places(claims: list[Claim]) -> dict[str, dict[str, object]]:
    return {
        c.subject: dict(c.properties)
        for c in claims
        if isinstance(c, NodeClaim) and not c.subject.startswith("platform:")
    }


def seats(claims: list[Claim]) -> dict[str, str]:
    return {c.start: c.end for c in claims if isinstance(c, TieClaim) and c.tie.name == "SEATED_IN"}


def test_a_place_of_the_national_list_says_where_it_is_and_what_is_at_hand(told: Read) -> None:
    claims, rejects, count, unused = told(TABULAR, [CGET])
    assert (dict(rejects), count, unused) == ({}, 4, set())
    assert places(claims)["tiers-lieux:cget-4"] == {
        "name": "Cowork In Grenoble",
        "functions": ["place"],
        "purpose": "Tiers lieux à dominante coworking",
        "websites": ["https://www.co-work.fr"],
        "address": "16 Boulevard Maréchal Lyautey, 38000 Grenoble",
        "latitude": 45.18532,
        "longitude": 5.731603,
    }
    assert [
        (c.tie.name, c.end, c.properties)
        for c in claims
        if isinstance(c, TieClaim) and c.start == "tiers-lieux:cget-4"
    ] == [
        ("SEATED_IN", "commune:38185", {}),
        ("OFFERS", "lever:tools", {"words": ["espaces de travail partagés"]}),
        ("LISTED_ON", "platform:tiers-lieux-cget", {}),
    ]


def test_a_lost_commune_is_that_of_the_geocoder_and_an_unsure_point_is_left_out(
    told: Read,
) -> None:
    claims, _, _, _ = told(TABULAR, [CGET])
    assert seats(claims) == {
        "tiers-lieux:cget-4": "commune:38185",
        "tiers-lieux:cget-16": "arrondissement:75110",
        "tiers-lieux:cget-26": "commune:03190",
        "tiers-lieux:cget-51": "arrondissement:75112",
    }
    assert "latitude" not in places(claims)["tiers-lieux:cget-51"]
    notes = {c.record: c.note for c in claims if isinstance(c, NodeClaim)}
    assert notes["cget-26"] == "commune trouvée par le géocodage de la source"
    assert notes["cget-51"] == "position écartée : géocodage peu sûr selon la source"


def test_a_place_with_a_siret_is_that_establishment_and_a_sole_trader_is_left_out(
    told: Read,
) -> None:
    claims, rejects, count, unused = told(TABULAR, [AQUITAINE])
    assert (dict(rejects), count, unused) == ({"personne physique": 1}, 3, set())
    kaleidoscope = "siret:81902366400025"
    found = places(claims)
    assert set(found) == {kaleidoscope, "tiers-lieux:na-2"}
    assert found[kaleidoscope] == {
        "name": "Le Kaléidoscope",
        "siret": "81902366400025",
        "identifiers": ["tiers-lieux:na-1"],
        "functions": ["place"],
        "purpose": "Coworking, fablab et atelier partagé",
        "websites": ["http://www.le-kaleidoscope.fr"],
        "address": "12 rue Ursin Scheid, 76140 Le Petit-Quevilly",
        "latitude": 49.422504,
        "longitude": 1.065393,
    }
    assert found["tiers-lieux:na-2"]["world"] == "association"
    assert "purpose" not in found["tiers-lieux:na-2"]
    assert [
        (c.tie.name, c.end, c.properties)
        for c in claims
        if isinstance(c, TieClaim) and c.start == kaleidoscope
    ] == [
        ("SEATED_IN", "commune:76498", {}),
        ("PART_OF", "siren:819023664", {}),
        (
            "OFFERS",
            "lever:tools",
            {
                "words": [
                    "espaces de travail partagés",
                    "machines et outils de fabrication",
                    "atelier partagé",
                ]
            },
        ),
        ("LISTED_ON", "platform:tiers-lieux-na", {}),
    ]


@given(
    st.dictionaries(
        st.sampled_from([*CGET_COLUMNS, *AQUITAINE_COLUMNS]),
        st.text() | st.sampled_from(["0", "0.49", "38185", "81902366400025", "fablab", "a.fr/b"]),
    )
)
def test_no_record_breaks_the_reading(
    takes_or_rejects: Callable[[Tabular, dict[str, str]], None], values: dict[str, str]
) -> None:
    takes_or_rejects(TABULAR, values)


def test_both_lists_are_recognised_by_their_columns() -> None:
    assert TABULAR.recognises("x.csv", frozenset(CGET_COLUMNS))
    assert TABULAR.recognises("x.csv", frozenset(AQUITAINE_COLUMNS))
    assert not TABULAR.recognises("x.csv", frozenset(["id", "siret", "typologie"]))
