from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeAlias

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.claims import Claim, NodeClaim, TieClaim
from graph.model import ALLIANCE
from graph.sqlite.store import SqliteStore
from graph.store import StoredTie
from graph.validation import problems
from ingest.sources.city_contracts import SOURCE, TABULAR, recognises
from ingest.tabular import Tabular

Told: TypeAlias = tuple[list[Claim], Counter[str], int, set[str]]
Read: TypeAlias = Callable[[Tabular, Sequence[Path]], Told]

FILES = sorted((Path(__file__).parents[2] / "data" / "city-contracts").glob("*.json"))
COLUMNS = (
    "id_poste", "code_tiers", "raison_sociale", "montant", "annee", "code_cv", "insee_dep",
    "insee_reg", "lib_cv", "codgeo", "latitude", "longitude", "pop",
)  # fmt: skip


def ties(claims: list[Claim], name: str) -> set[tuple[str, str]]:
    return {
        (claim.start, claim.end)
        for claim in claims
        if isinstance(claim, TieClaim) and claim.tie.name == name
    }


def stored(claims: list[Claim], key: str, tie: str) -> list[StoredTie]:
    store = SqliteStore(Path(":memory:"), writable=True)
    try:
        with store.write(SOURCE) as writing:
            writing.add(claims)
            writing.finish()
        return [each for each in store.ties(key) if each.tie.name == tie]
    finally:
        store.close()


def test_a_contract_is_an_alliance_of_its_intercommunality(told: Read) -> None:
    claims, _, _, _ = told(TABULAR, FILES)
    (node,) = [c for c in claims if isinstance(c, NodeClaim) and c.record == "CV002-01"]
    assert (node.subject, node.kind) == ("city-contracts:CV002", ALLIANCE)
    assert node.properties == {
        "name": "Contrat de ville : CC Haut - Bugey",
        "type": "contract",
        "identifiers": ["cv:CV002"],
    }
    assert ("city-contracts:CV002", "epci:200042935") in ties(claims, "ACTS_IN")
    assert ("city-contracts:CV002", "city-contracts:sig-ville") in ties(claims, "LISTED_ON")


def test_the_contract_of_a_commune_acts_in_the_commune(told: Read) -> None:
    claims, _, _, _ = told(TABULAR, FILES)
    assert ("city-contracts:CV901", "commune:75056") in ties(claims, "ACTS_IN")


def test_an_intercommunality_that_merged_is_found_by_its_centre_and_its_name(told: Read) -> None:
    claims, _, _, _ = told(TABULAR, FILES)
    # CA du Bassin de Bourg-en-Bresse, Métropole d'Aix-Marseille-Provence.
    assert ("city-contracts:CV004", "epci:200071751") in ties(claims, "ACTS_IN")
    assert ("city-contracts:CV043", "epci:200054807") in ties(claims, "ACTS_IN")
    (node,) = [c for c in claims if isinstance(c, NodeClaim) and c.record == "CV004-01"]
    assert node.note == "intercommunalité de 2015 (240100628) retrouvée par son centre et son nom"


def test_one_that_nothing_confirms_leaves_the_departement(told: Read) -> None:
    """CC des Villes d'Oyse is now a part of CA Chauny Tergnier La Fère, unnamed there."""
    claims, _, _, _ = told(TABULAR, FILES)
    assert ("city-contracts:CV009", "departement:02") in ties(claims, "ACTS_IN")
    (node,) = [c for c in claims if isinstance(c, NodeClaim) and c.record == "CV009-02"]
    assert node.note == "intercommunalité de 2015 (240200428) disparue"


def test_the_years_of_a_post_make_one_membership(told: Read) -> None:
    claims, _, _, _ = told(TABULAR, FILES)
    held = stored(claims, "siren:775544026", "MEMBER_OF")
    (membership,) = held
    assert membership.end == "city-contracts:CV002"
    assert membership.properties == {
        "role": "member",
        "since": "2020",
        "until": "2022",
        "words": ["poste d'adulte-relais"],
    }
    assert [claim.date for claim in membership.claims] == ["2022", "2020"]


def test_the_contract_keeps_its_own_name_beside_the_posts(told: Read) -> None:
    claims, _, _, _ = told(TABULAR, FILES)
    store = SqliteStore(Path(":memory:"), writable=True)
    with store.write(SOURCE) as writing:
        writing.add(claims)
        writing.finish()
    node = store.node("city-contracts:CV002")
    store.close()
    assert node
    assert node.name == "Contrat de ville : CC Haut - Bugey"


def test_codes_that_are_glued_are_two_contracts(told: Read) -> None:
    claims, _, _, _ = told(TABULAR, FILES)
    member = "siren:439277252"
    assert {end for start, end in ties(claims, "MEMBER_OF") if start == member} == {
        "city-contracts:CV380",
        "city-contracts:CV384",
    }
    glued = [c for c in claims if isinstance(c, TieClaim) and c.start == member and c.note]
    assert {claim.note for claim in glued} == {"codes de contrats de ville collés, séparés"}


def test_an_association_without_number_is_known_by_name_and_departement(told: Read) -> None:
    claims, _, _, _ = told(TABULAR, FILES)
    key = "city-contracts:01-centre-social-et-culturel-jacques-prevert"
    (node,) = [c for c in claims if isinstance(c, NodeClaim) and c.subject == key]
    assert node.properties == {
        "name": "CENTRE SOCIAL ET CULTUREL JACQUES PREVERT",
        "world": "association",
    }
    assert (key, "city-contracts:CV002") in ties(claims, "MEMBER_OF")
    assert (key, "departement:01") in ties(claims, "ACTS_IN")
    (paid,) = stored(claims, key, "FUNDED")
    assert paid.start == "alliage:etat"
    assert paid.properties["amount"] == 7164.0


def test_a_post_without_departement_acts_where_its_contract_does(told: Read) -> None:
    """Saint-Martin is no département, and its posts name none."""
    claims, rejects, read, unused = told(TABULAR, FILES)
    assert "siren:199710229" in {start for start, _ in ties(claims, "MEMBER_OF")}
    assert "siren:199710229" not in {start for start, _ in ties(claims, "ACTS_IN")}
    assert (read, rejects.total(), unused) == (13, 0, set())


def test_the_files_are_recognised() -> None:
    assert recognises("adulte-relais-2020.json", frozenset(COLUMNS[:8]))
    assert recognises("centres.json", frozenset(["codgeo", "code_cv", "lib_cv", "pop"]))
    assert not recognises("x.json", frozenset(["code_cv", "nom"]))


values = st.one_of(
    st.text(max_size=20),
    st.sampled_from(["CV001", "CV380CV384", "240100883", "01004", "2020", "45.9", "5.26", "01"]),
)


@given(st.dictionaries(st.sampled_from(COLUMNS), values))
def test_no_record_breaks_it(
    takes_or_rejects: Callable[[Tabular, dict[str, str]], None], record: dict[str, str]
) -> None:
    takes_or_rejects(TABULAR, record | {"code_cv": record.get("code_cv", "CV001")})


@pytest.mark.needs_shared
def test_the_posts_of_three_years_and_the_433_contracts_go_in(shared: Path, told: Read) -> None:
    files = sorted((shared / "data" / "alliances").glob("*.json"))
    claims, rejects, read, unused = told(TABULAR, files)
    # Adultes-relais 4,660 + 5,377 + 5,623; FONJEP 1,455 + 1,462 + 1,429; 434 contracts.
    assert (read, rejects.total(), unused) == (20_440, 0, set())
    assert not any(problems(claim) for claim in claims)
    alliances = {c.subject for c in claims if isinstance(c, NodeClaim) and c.kind is ALLIANCE}
    assert len(alliances) == 433
    assert alliances <= {start for start, _ in ties(claims, "ACTS_IN")}
