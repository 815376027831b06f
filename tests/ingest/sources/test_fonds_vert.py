import csv
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeAlias

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.claims import Claim, NodeClaim, TieClaim
from graph.model import PROJECT
from graph.validation import problems
from ingest import reference
from ingest.sources.fonds_vert import TABULAR, THEMES, recognises
from ingest.tabular import Tabular

Told: TypeAlias = tuple[list[Claim], Counter[str], int, set[str]]
Read: TypeAlias = Callable[[Tabular, Sequence[Path]], Told]

FILE = Path(__file__).parents[2] / "data" / "fonds-vert" / "projets.csv"
COLUMNS = (
    "nom_region", "code_departement", "nom_departement", "code_commune", "nom_commune", "axe",
    "numero_demarche_ds", "nom_demarche_ds", "numero_dossier_ds", "nom_du_projet",
    "nom_beneficiaire_principal", "siren", "montant_engage",
)  # fmt: skip


def ties(claims: list[Claim], key: str) -> set[tuple[str, str, str]]:
    found = [claim for claim in claims if isinstance(claim, TieClaim)]
    return {(c.start, c.tie.name, c.end) for c in found if key in (c.start, c.end)}


def notes(claims: list[Claim], key: str) -> set[str]:
    return {c.note for c in claims if isinstance(c, NodeClaim) and c.subject == key}


def test_a_project_has_its_place_its_carrier_its_goals_and_what_the_state_pays(told: Read) -> None:
    claims, _, _, _ = told(TABULAR, [FILE])
    project = "fonds-vert:11951700"
    (node,) = [c for c in claims if isinstance(c, NodeClaim) and c.subject == project]
    assert node.kind is PROJECT
    assert node.properties == {
        "name": "Aménagement d'une aire de covoiturage",
        "purpose": "Fonds vert : Développement du covoiturage",
    }
    assert ties(claims, project) == {
        ("siren:210101036", "CARRIES", project),
        (project, "ACTS_IN", "commune:01103"),
        ("alliage:etat", "FUNDED", project),
        (project, "AIMS_AT", "goal:11"),
        (project, "AIMS_AT", "goal:13"),
        (project, "LISTED_ON", "fonds-vert:site"),
    }
    (paid,) = [
        c for c in claims if isinstance(c, TieClaim) and c.tie.name == "FUNDED" and c.end == project
    ]
    assert paid.properties == {"since": "2023", "amount": 1450.0, "words": ["fonds vert"]}


def test_a_zero_that_a_code_lost_comes_back_where_the_name_agrees(told: Read) -> None:
    claims, _, _, _ = told(TABULAR, [FILE])
    assert notes(claims, "fonds-vert:11951700") == {"zéro initial du code commune rétabli"}


def test_a_commune_that_merged_is_the_one_of_today(told: Read) -> None:
    claims, _, _, _ = told(TABULAR, [FILE])
    project = "fonds-vert:12503709"
    assert reference.former_communes()["22200"] == "22237"
    assert (project, "ACTS_IN", "commune:22237") in ties(claims, project)
    assert notes(claims, project) == {"ancien code commune 22200"}


def test_a_commune_of_another_departement_is_the_seat_of_the_carrier(told: Read) -> None:
    """Annemasse is in Haute-Savoie: its pôle métropolitain runs a service for the Ain."""
    claims, _, _, _ = told(TABULAR, [FILE])
    project = "fonds-vert:12964651"
    assert (project, "ACTS_IN", "departement:01") in ties(claims, project)
    assert "sans doute le siège du porteur" in " ".join(notes(claims, project))


def test_the_prefecture_of_a_region_keeps_the_files_of_the_whole_region(told: Read) -> None:
    """Bailleul-sur-Thérain is in Oise; the file says Nord, where the prefecture is (Lille)."""
    claims, _, _, _ = told(TABULAR, [FILE])
    project = "fonds-vert:11957417"
    assert (project, "ACTS_IN", "commune:60041") in ties(claims, project)
    assert notes(claims, project) == {""}


def test_one_application_for_several_communes_is_one_project_paid_in_parts(told: Read) -> None:
    claims, _, _, _ = told(TABULAR, [FILE])
    project = "fonds-vert:11478421"
    places = {end for start, tie, end in ties(claims, project) if tie == "ACTS_IN"}
    assert places == {"commune:11255", "commune:11254"}
    parts = [c for c in claims if isinstance(c, TieClaim) and c.tie.name == "FUNDED"]
    paid = {c.record: c.properties["amount"] for c in parts if c.end == project}
    assert sorted(map(float, map(str, paid.values()))) == [9799.3, 10901.75]


def test_overseas_a_collectivity_is_the_place_and_its_own_register_is_not_a_siren(
    told: Read,
) -> None:
    claims, _, _, _ = told(TABULAR, [FILE])
    project = "fonds-vert:12618516"
    carrier = "fonds-vert:agence-neo-caledonienne-de-la-biodiversite"
    assert {(project, "ACTS_IN", "region:988"), (carrier, "CARRIES", project)} <= ties(
        claims, project
    )
    assert not any(tie == "AIMS_AT" for _, tie, _ in ties(claims, project))


def test_a_carrier_that_may_be_a_person_is_rejected(told: Read) -> None:
    _, rejects, read, unused = told(TABULAR, [FILE])
    assert (read, rejects.total(), unused) == (9, 1, set())


def test_the_table_of_themes_names_goals_of_the_united_nations() -> None:
    goals = {row["number"] for row in reference.rows("goals.csv")}
    with THEMES.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert len({row["demarche"] for row in rows}) == len(rows)
    assert {goal for row in rows for goal in row["goals"].split()} <= goals
    assert all(row["why"] for row in rows)


def test_the_export_is_recognised() -> None:
    assert recognises("fonds-vert.csv", frozenset(COLUMNS))
    assert not recognises("fonds-vert.csv", frozenset(["siren", "nom"]))


values = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        ["1004", "AMBERIEU EN BUGEY", "NULL", "Ain", "1", "69282", "200078004", "2A004"]
    ),
)


@given(st.dictionaries(st.sampled_from(COLUMNS), values))
def test_no_record_breaks_it(
    takes_or_rejects: Callable[[Tabular, dict[str, str]], None], record: dict[str, str]
) -> None:
    takes_or_rejects(TABULAR, record)


@pytest.mark.needs_shared
def test_the_projects_of_2023_go_in(shared: Path, told: Read) -> None:
    path = shared / "data" / "organisations" / "fonds-vert-2023-export.csv"
    claims, rejects, read, unused = told(TABULAR, [path])
    assert (read, rejects.total(), unused) == (10_782, 2, set())
    assert not any(problems(claim) for claim in claims)
    taken = [c for c in claims if isinstance(c, NodeClaim) and c.kind is PROJECT]
    assert len(taken) == read - rejects.total()
    # Every call of the file is in our table; only one has no goal.
    placed = {c.start for c in claims if isinstance(c, TieClaim) and c.tie.name == "ACTS_IN"}
    assert placed == {claim.subject for claim in taken}
