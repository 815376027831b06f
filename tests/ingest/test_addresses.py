import pytest

from ingest.addresses import address


def test_lines_postcode_and_town_make_one_text() -> None:
    found = address(["MNEI", "5 PLACE BIR HAKEIM", ""], "38000", "GRENOBLE")
    assert found == "MNEI, 5 PLACE BIR HAKEIM, 38000 GRENOBLE"


def test_without_a_street_there_is_no_address() -> None:
    assert address(["", ""], "38000", "GRENOBLE") == ""


def test_without_a_town_the_street_stands_alone() -> None:
    assert address(["5 PLACE BIR HAKEIM"], "", "") == "5 PLACE BIR HAKEIM"


@pytest.mark.parametrize(
    "line",
    [
        "CHEZ MME DURAND",
        "chez Mr Durand 3 rue X",
        "c/o Durand",
        "M. Durand",
        "Monsieur Durand",
        "3 rue X, Mlle Durand",
    ],
)
def test_a_line_that_says_at_whose_home_it_is_is_left_out(line: str) -> None:
    assert address([line, "12 RUE DE MALTE"], "75011", "PARIS") == "12 RUE DE MALTE, 75011 PARIS"
    assert address([line], "75011", "PARIS") == ""


@pytest.mark.parametrize(
    "street", ["12 RUE MONSIEUR LE PRINCE", "3 rue Madame", "1 QUAI DES CHAMPS", "4 rue M Curie"]
)
def test_a_street_named_after_somebody_is_nobody_s_home(street: str) -> None:
    assert address([street], "75006", "PARIS") == f"{street}, 75006 PARIS"
