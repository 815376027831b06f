from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeAlias

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.claims import Claim, NodeClaim, TieClaim
from graph.model import PART_OF, SEATED_IN
from graph.validation import problems
from ingest.rows import Row
from ingest.sources.france_services import TABULAR, transform
from ingest.tabular import Tabular

Told: TypeAlias = tuple[list[Claim], Counter[str], int, set[str]]
Read: TypeAlias = Callable[[Tabular, Sequence[Path]], Told]

# Rows of the list of 1 August 2024, telephone and e-mail left out.
FILE = Path(__file__).parents[2] / "data" / "france-services" / "liste-fs-20240801.csv"
NETWORK = "france-services:reseau"
OF_2022 = {
    "id_fs": "79",
    "insee_dep": "14",
    "lib_fs": "France services Caen Pierre Heuzé",
    "insee_com": "14118",
    "lib_com": "Caen",
    "itinerance": "Non",
    "format_fs": "Antenne",
    "groupe": "PI14",
    "labellisation": "Espace labellisé 15/01/2021",
    "commentaire": "Contact : une personne - 06.12.34.56.78",
}


def purposes(claims: list[Claim]) -> dict[str, object]:
    return {
        c.subject: c.properties["purpose"]
        for c in claims
        if isinstance(c, NodeClaim) and "purpose" in c.properties
    }


def test_a_place_is_an_organisation_of_the_network_since_its_label(told: Read) -> None:
    claims, rejects, count, unused = told(TABULAR, [FILE])
    assert (dict(rejects), count, unused) == ({}, 2, set())
    place = next(c for c in claims if isinstance(c, NodeClaim))
    assert (place.subject, place.properties) == (
        "france-services:1",
        {
            "name": "France services de Valserhône",
            "purpose": "Espace France services",
            "address": "5-9 Rue des Papetiers, 01200 Valserhône",
            "latitude": 46.1060711578546,
            "longitude": 5.8260084241619,
        },
    )
    assert [
        (c.tie.name, c.end, c.properties)
        for c in claims
        if isinstance(c, TieClaim) and c.start == "france-services:1"
    ] == [
        ("SEATED_IN", "commune:01033", {}),
        ("PART_OF", NETWORK, {"since": "2020-01-01"}),
        ("LISTED_ON", "platform:france-services", {}),
    ]
    assert purposes(claims)["france-services:8"] == "Espace France services itinérant"


def test_the_columns_of_2022_say_the_same_by_other_names_and_name_nobody() -> None:
    claims = list(transform(Row(OF_2022, "ligne 2", set())))
    assert purposes(claims) == {"france-services:79": "Antenne France services"}
    group = "france-services:groupe-14-pi14"
    assert [
        (c.end, c.properties) for c in claims if isinstance(c, TieClaim) and c.tie is PART_OF
    ] == [
        (NETWORK, {"since": "2021-01-15"}),
        (group, {}),
    ]
    assert [c.properties for c in claims if isinstance(c, NodeClaim) and c.subject == group] == [
        {"name": "France services PI14", "collective": True}
    ]
    assert "personne" not in str(claims)


@pytest.mark.needs_shared
def test_the_whole_real_list_is_taken(told: Read, shared: Path) -> None:
    file = shared / "data" / "organisations" / "france-services-20221201.csv"
    claims, rejects, count, unused = told(TABULAR, [file])
    assert (count, dict(rejects), unused) == (2683, {}, set())
    assert [(c, wrong) for c in claims if (wrong := problems(c))] == []
    places = {c.subject for c in claims if isinstance(c, NodeClaim) and c.record != c.subject}
    assert len(places - {"platform:france-services"}) == 2683
    seated = {c.start for c in claims if isinstance(c, TieClaim) and c.tie is SEATED_IN}
    assert len(seated) == 2657  # 26 are without an address


@given(
    st.dictionaries(
        st.sampled_from([*OF_2022, "type_fs", "groupe_fs", "latitude", "longitude", "code_postal"]),
        st.text() | st.sampled_from(list(OF_2022.values())),
    )
)
def test_no_record_breaks_the_reading(
    takes_or_rejects: Callable[[Tabular, dict[str, str]], None], values: dict[str, str]
) -> None:
    takes_or_rejects(TABULAR, values)


def test_the_list_is_recognised_by_its_columns() -> None:
    assert TABULAR.recognises("x.csv", frozenset(["id_fs", "lib_fs", "insee_com", "groupe"]))
    assert not TABULAR.recognises("x.csv", frozenset(["id", "lib_com", "insee_com"]))
