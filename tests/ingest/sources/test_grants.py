from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeAlias

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.claims import Claim, NodeClaim, TieClaim
from graph.model import FUNDED
from graph.validation import problems
from ingest.rows import Row
from ingest.sources.grants import TABULAR, recognises, transform
from ingest.tabular import Tabular

Told: TypeAlias = tuple[list[Claim], Counter[str], int, set[str]]
Read: TypeAlias = Callable[[Tabular, Sequence[Path]], Told]

FILE = Path(__file__).parents[2] / "data" / "grants" / "subventions.csv"
# https://schema.data.gouv.fr/scdl/subventions/2.1.1/documentation.html
SCHEMA = (
    "nomAttribuant", "idAttribuant", "dateConvention", "referenceDecision", "nomBeneficiaire",
    "idBeneficiaire", "rnaBeneficiaire", "objet", "montant", "nature", "conditionsVersement",
    "datesPeriodeVersement", "idRAE", "notificationUE", "pourcentageSubvention", "dispositifAide",
)  # fmt: skip
LOIRE_ATLANTIQUE, VENDEE = "siren:224400028", "siren:228500013"


def grants(claims: list[Claim]) -> list[TieClaim]:
    return [claim for claim in claims if isinstance(claim, TieClaim)]


def things(claims: list[Claim]) -> dict[str, dict[str, object]]:
    return {c.subject: dict(c.properties) for c in claims if isinstance(c, NodeClaim)}


def test_a_grant_ties_funder_and_beneficiary_with_amount_date_and_object(told: Read) -> None:
    claims, _, _, _ = told(TABULAR, [FILE])
    (basket,) = [claim for claim in grants(claims) if claim.start == VENDEE]
    assert (basket.tie, basket.end) == (FUNDED, "siren:352749501")
    assert basket.properties == {
        "since": "2017-10-06",
        "amount": 86994.0,
        "words": ["Sports Collectifs de Haut Niveau 2017/2018"],
    }
    assert things(claims)["siren:352749501"] == {
        "name": "Vendée Challans Basket",
        "siren": "352749501",
        "identifiers": ["siret:35274950100016"],
    }


def test_grants_of_two_years_between_the_same_two_are_two_claims_of_one_tie(told: Read) -> None:
    claims, _, _, _ = told(TABULAR, [FILE])
    audencia = [claim for claim in grants(claims) if claim.end == "siren:431887165"]
    assert [claim.properties["since"] for claim in audencia] == ["2008", "2009"]
    assert len({claim.record for claim in audencia}) == 2
    assert {claim.start for claim in audencia} == {LOIRE_ATLANTIQUE}


def test_without_a_number_an_organisation_is_known_by_its_name_and_its_funder(told: Read) -> None:
    claims, _, _, _ = told(TABULAR, [FILE])
    assert things(claims)["grants:224400028-ass-tazzanine"] == {
        "name": "ASS TAZZANINE",
        "world": "association",
    }
    (furniture,) = [c for c in grants(claims) if c.end == "grants:224400028-ass-tazzanine"]
    assert furniture.properties["words"] == ["Don de mobilier divers"]


def test_a_number_that_a_spreadsheet_rounded_is_left_and_noted(told: Read) -> None:
    claims, _, _, _ = told(TABULAR, [FILE])
    (kiosk,) = [c for c in grants(claims) if c.start == "siren:225300011"]
    assert kiosk.end == "grants:225300011-le-kiosque-centre-d-action"
    assert kiosk.note == "« 38014700000000 » est un SIRET arrondi par un tableur"


def test_a_loan_without_a_sum_is_told_in_words(told: Read) -> None:
    claims, _, _, _ = told(TABULAR, [FILE])
    (housing,) = [claim for claim in grants(claims) if claim.end == "siren:509264057"]
    assert housing.properties == {
        "since": "2010",
        "words": ["prêt de 800000 euros", "garantie de 400000 euros"],
    }
    assert housing.note == "montant absent ou illisible"


def test_whoever_may_be_a_person_stays_out_and_so_does_a_funder_without_number(told: Read) -> None:
    claims, rejects, read, unused = told(TABULAR, [FILE])
    assert (read, unused) == (8, set())
    assert rejects == {
        "sans identifiant valide, son nom ne dit pas que c'est une organisation": 1,
        "l'attribuant n'a pas de SIREN valide": 1,
    }
    assert "indivision" not in str(claims).lower()


@pytest.mark.parametrize("spelled", [str, str.lower])
def test_an_association_known_by_its_rna_number_alone(spelled: Callable[[str], str]) -> None:
    values = dict.fromkeys(SCHEMA, "") | {
        "nomAttribuant": "Région Bretagne",
        "idAttribuant": "23350001600040",  # the schema's own example
        "dateConvention": "2017-06-27",
        "nomBeneficiaire": "Les Petits Débrouillards",
        "rnaBeneficiaire": "W442008375",
        "montant": "22000.80",
        "dispositifAide": "Fonds d'amorçage",
    }
    row = Row({spelled(name): value for name, value in values.items()}, "ligne 2", set())
    funder, beneficiary, grant = transform(row)
    assert isinstance(funder, NodeClaim)
    assert isinstance(beneficiary, NodeClaim)
    assert (funder.subject, beneficiary.subject) == ("siren:233500016", "rna:W442008375")
    assert beneficiary.properties["world"] == "association"
    assert grant.properties == {
        "since": "2017-06-27",
        "amount": 22000.8,
        "words": ["Fonds d'amorçage"],
    }


def test_a_file_of_the_schema_is_recognised_whatever_its_spelling() -> None:
    assert recognises("x.csv", frozenset(SCHEMA))
    assert recognises("x.csv", frozenset(name.lower() for name in SCHEMA))
    assert not recognises("x.csv", frozenset(["nom", "siret", "montant"]))


values = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        ["22440002800011", "431887165", "W442008375", "NA", "Mme Durand", "ASSOC X", "1,5", "1e309"]
    ),
)


@given(st.dictionaries(st.sampled_from(SCHEMA), values))
def test_no_record_breaks_it(
    takes_or_rejects: Callable[[Tabular, dict[str, str]], None], record: dict[str, str]
) -> None:
    takes_or_rejects(TABULAR, record)


@pytest.mark.needs_shared
def test_the_grants_of_pays_de_la_loire_go_in(shared: Path, told: Read) -> None:
    path = shared / "data" / "organisations" / "subventions-pays-de-la-loire.csv"
    claims, rejects, read, unused = told(TABULAR, [path])
    assert read == 18_705
    assert len(grants(claims)) + rejects.total() == read
    assert rejects.total() < 0.02 * read
    assert unused == set()
    assert not any(problems(claim) for claim in claims)
    assert {claim.start for claim in grants(claims)} == {
        LOIRE_ATLANTIQUE, VENDEE, "siren:225300011", "siren:224900019", "siren:227200029",
    }  # fmt: skip
