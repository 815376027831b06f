"""Names of laboratories are those of the participants of projects of the ANR."""

import pytest

from ingest.duplicates.laboratories import is_rnsr, other_units, own_name, units_of


@pytest.mark.parametrize(
    ("name", "units"),
    [
        ("CNRS UMR 7225 INSERM U 1127 ICM", {7225, 1127}),
        ("INSERM UMR_S 1064", {1064}),
        ("Analyses littéraires et histoire de la langue (EA1061)", {1061}),
        ("UMR CNRS 5525", {5525}),
        ("IUT 44 de Nantes", set()),
    ],
)
def test_unit_numbers_are_read_in_all_their_spellings(name: str, units: set[int]) -> None:
    assert units_of(name) == units


def test_numbers_are_compared_within_one_series() -> None:
    assert other_units({5175}, {5244})
    assert not other_units({5175}, {1163})
    assert not other_units(set(), {5244})


@pytest.mark.parametrize(
    ("name", "own"),
    [
        ("CNRS - Délégation Alpes - Institut Néel", "Institut Néel"),
        ("UNIVERSITE DE SAVOIE - CHAMBERY", ""),
        ("UNIVERSITE DE ROUEN [HAUTE-NORMANDIE]", ""),
        ("Laboratoire Charles Coulomb, Université Montpellier 2", "Laboratoire Charles Coulomb"),
        ("Géographie-cités", "Géographie-cités"),
    ],
)
def test_a_laboratory_keeps_its_own_name(name: str, own: str) -> None:
    assert own_name(name) == own


def test_an_rnsr_number_is_nine_digits_and_a_letter() -> None:
    assert is_rnsr("199517454A")
    assert not is_rnsr("199517454")
