from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeAlias

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.claims import Claim, NodeClaim, TieClaim
from ingest.rows import Rejected, Row
from ingest.sources.gogocarto import TABULAR, transform
from ingest.tabular import Tabular

Told: TypeAlias = tuple[list[Claim], Counter[str], int, set[str]]
Read: TypeAlias = Callable[[Tabular, Sequence[Path]], Told]

# The answer of presdecheznous.gogocarto.fr/api/elements.json, fields as `Element.php` and
# `APIController.php` of GoGoCarto write them (MIT): one true element of
# Guadeloupe (its point made up) and two made up.
DATA = Path(__file__).parents[2] / "data" / "gogocarto"
EXPORT, GEOJSON = DATA / "presdecheznous.gogocarto.fr.json", DATA / "transiscope.geojson"
DOTSOLEY = "DotSoley : Amap, Gwada Fungi, Jardins partagés, Jardins pédagogiques"
KEY = "gogocarto:presdecheznous-AEW"
ELEMENT = {
    "id": "AEW",
    "name": "Jardins partagés",
    "geo.latitude": "16.2675",
    "geo.longitude": "-61.5869",
    "address.addressLocality": "Baie mahault",
    "address.postalCode": "97122",
    "address.addressCountry": "FR",
    "sourceKey": "Colibris",
    "status": "4",
    "categories": '["Circuits courts"]',
    "website": "http://www.dotsoley.asso.gp",
    "updatedAt": "2018-01-16T16:50:03+01:00",
}


def test_an_element_says_what_it_is_where_and_on_which_map(told: Read) -> None:
    claims, _, count, unused = told(TABULAR, [EXPORT])
    assert (count, unused) == (3, set())
    assert [(c.subject, c.properties) for c in claims if isinstance(c, NodeClaim)] == [
        (
            KEY,
            {
                "name": DOTSOLEY,
                "purpose": "Panier et fruits et légumes — Promotion de l'agriculture locale —"
                " Catégories : Alimentation et Agriculture, Circuits courts, AMAP / Paniers,"
                " Autre produit",
                "websites": ["http://www.dotsoley.asso.gp"],
                "address": "centre equestre martingale, 97122 Baie mahault",
                "latitude": 16.2675,
                "longitude": -61.5869,
            },
        ),
        (
            "platform:gogocarto-presdecheznous",
            {
                "name": "presdecheznous.gogocarto.fr",
                "websites": ["https://presdecheznous.gogocarto.fr"],
            },
        ),
        ("platform:colibris", {"name": "Colibris"}),
    ]
    assert [(c.tie.name, c.end, c.properties) for c in claims if isinstance(c, TieClaim)] == [
        ("SEATED_IN", "commune:97103", {}),
        ("AIMS_AT", "goal:2", {"words": ["Alimentation et Agriculture", "AMAP / Paniers"]}),
        (
            "AIMS_AT",
            "goal:12",
            {"words": ["Alimentation et Agriculture", "Circuits courts", "AMAP / Paniers"]},
        ),
        ("LISTED_ON", "platform:gogocarto-presdecheznous", {}),
        ("LISTED_ON", "platform:colibris", {}),
    ]
    assert {(c.url, c.date) for c in claims if c.record == "presdecheznous-AEW"} == {
        ("https://presdecheznous.gogocarto.fr/annuaire#/fiche/-/AEW/", "2018-01-16")
    }


def test_what_is_not_shown_or_lies_abroad_is_rejected(told: Read) -> None:
    _, rejects, _, _ = told(TABULAR, [EXPORT])
    assert dict(rejects) == {
        "supprimé, refusé, en double ou pas encore validé sur la carte": 1,
        "hors de France": 1,
    }


def test_a_geojson_says_the_same_of_its_own_map(told: Read) -> None:
    claims, rejects, _, unused = told(TABULAR, [GEOJSON])
    assert (dict(rejects), unused) == ({}, set())
    first = claims[0]
    assert isinstance(first, NodeClaim)
    assert first.subject == "gogocarto:transiscope-AEW"
    assert (first.properties["latitude"], first.properties["longitude"]) == (16.2675, -61.5869)
    assert {c.end for c in claims if isinstance(c, TieClaim) and c.tie.name == "LISTED_ON"} == {
        "platform:gogocarto-transiscope",
        "platform:pres-de-chez-nous",
    }


@pytest.mark.parametrize("name", ["Mme Durand", "Marie DURAND"])
def test_a_person_is_left_out(name: str) -> None:
    with pytest.raises(Rejected, match="personne physique"):
        list(transform(Row(ELEMENT | {"name": name}, "élément 1", set())))


def test_telephone_and_e_mail_are_not_kept() -> None:
    values = ELEMENT | {
        "description": "Écrire à amap@exemple.fr ou au 05 90 26 28 39",
        "telephone": "0590262839",
        "email": "amap@exemple.fr",
        "subscriberEmails": '["amap@exemple.fr"]',
    }
    told = str(list(transform(Row(values, "élément 1", set()))))
    assert "exemple.fr" not in told
    assert "05 90" not in told


def test_a_compact_export_is_refused_with_what_to_ask_for() -> None:
    values = {"ontology": "gogocompact", "data": '[["AEW", ["DotSoley"], 16.2, -61.5, [12]]]'}
    with pytest.raises(Rejected, match="ontology=gogofull"):
        list(transform(Row(values, "élément 1", set())))


@given(
    st.dictionaries(
        st.sampled_from([*ELEMENT, "description", "descriptionMore", "siret", "showUrl", "data"]),
        st.text() | st.sampled_from([*ELEMENT.values(), "34422913300196", "-6"]),
    )
)
def test_no_record_breaks_the_reading(
    takes_or_rejects: Callable[[Tabular, dict[str, str]], None], values: dict[str, str]
) -> None:
    takes_or_rejects(TABULAR, values)


def test_an_export_is_recognised_by_its_columns() -> None:
    assert TABULAR.recognises("elements.json", frozenset(ELEMENT))
    assert not TABULAR.recognises("x.json", frozenset(["id", "name", "latitude", "longitude"]))
