from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.identifiers import is_siren, is_siret
from ingest.files.repair import Repaired
from ingest.files.repair_ids import rna, siren, siren_or_siret
from ingest.files.tables import read_rows
from ingest.rows import Rejected, Row


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("22440002800011", Repaired("22440002800011")),  # Département de Loire-Atlantique
        ("200 078 004", Repaired("200078004")),
        ("200\u00a0078\u202f004", Repaired("200078004")),
        ("SIREN : 200078004", Repaired("200078004", "SIREN remis en forme")),
        ("200.078.004", Repaired("200078004", "SIREN remis en forme")),
        ("200078004.0", Repaired("200078004", "SIREN remis en forme")),
        ("2.2440002800011E13", Repaired("22440002800011", "SIRET remis en forme")),
        ("2,2440002800011E+13", Repaired("22440002800011", "SIRET remis en forme")),
        # Fonds vert, lines 526, 10226 and 9758; grants.
        ("58502329", Repaired("058502329", "SIREN : zéro initial rétabli")),
        ("6650089", Repaired("006650089", "SIREN : zéros initiaux rétablis")),
        ("5720113900045", Repaired("05720113900045", "SIRET : zéro initial rétabli")),
        ("7220086800072", Repaired("07220086800072", "SIRET : zéro initial rétabli")),
        (
            "34911434800000",  # Banque alimentaire de la Vendée: 34911434800023
            Repaired("349114348", "SIRET arrondi par un tableur : seul le SIREN est gardé"),
        ),
        (
            "00000538666215",  # data.inclusion
            Repaired("538666215", "SIREN débarrassé des zéros qui le précèdent"),
        ),
    ],
)
def test_a_number_whose_check_digits_prove_it_is_put_right(
    text: str, expected: Repaired[str]
) -> None:
    assert siren_or_siret(text) == expected
    assert siren(text) == Repaired(expected.value[:9], expected.note)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("7,86E+13", "a perdu ses derniers chiffres dans un tableur"),
        ("4,20495E+13", "a perdu ses derniers chiffres dans un tableur"),
        ("52976200000000", "est un SIRET arrondi par un tableur"),
        ("22530000000000", "est un SIRET arrondi par un tableur"),
        ("33452381900011", "est un SIRET dont la clé de contrôle est fausse"),
        ("304865000", "est un SIREN dont la clé de contrôle est fausse"),
        ("1090992001", "n'est ni un SIREN ni un SIRET : 10 chiffres"),
        ("8094406540001", "n'est ni un SIREN ni un SIRET : 13 chiffres"),
        ("SECOURS POPULAIRE", "n'est ni un SIREN ni un SIRET"),
        ("000000000", "est un SIREN dont la clé de contrôle est fausse"),
        ("²00078004", "n'est ni un SIREN ni un SIRET"),
        ("NA", "est absent"),
        ("#", "est absent"),
        ("", "est absent"),
    ],
)
def test_a_number_that_is_not_certain_is_rejected(text: str, reason: str) -> None:
    with pytest.raises(Rejected) as raised:
        siren_or_siret(text)
    assert (raised.value.reason, raised.value.value) == (reason, text)


def judged(file: Path, column: str) -> Iterator[str]:
    for row in read_rows(file):
        assert isinstance(row, Row)
        text = row.take(column)
        try:
            yield siren_or_siret(text).note if text else "vide"
        except Rejected as rejected:
            yield rejected.reason


def test_the_identifiers_of_the_grants_are_judged_one_by_one(shared: Path) -> None:
    file = shared / "data" / "organisations" / "subventions-pays-de-la-loire.csv"
    assert Counter(judged(file, "idBeneficiaire")) == {
        "": 18_566,
        "est absent": 98,
        "est un SIRET arrondi par un tableur": 17,
        "est un SIRET dont la clé de contrôle est fausse": 8,
        "est un SIREN dont la clé de contrôle est fausse": 5,
        "vide": 4,
        "SIREN : zéros initiaux rétablis": 2,
        "SIRET : zéro initial rétabli": 2,
        "a perdu ses derniers chiffres dans un tableur": 2,
        "n'est ni un SIREN ni un SIRET : 13 chiffres": 1,
    }


def test_the_identifiers_of_the_fonds_vert_are_judged_one_by_one(shared: Path) -> None:
    file = shared / "data" / "organisations" / "fonds-vert-2023-export.csv"
    assert Counter(judged(file, "siren")) == {
        "": 10_769,
        "SIREN : zéro initial rétabli": 5,
        "SIREN : zéros initiaux rétablis": 1,
        "SIRET : zéro initial rétabli": 1,
        "est absent": 2,
        "n'est ni un SIREN ni un SIRET : 10 chiffres": 2,
        "est un SIREN dont la clé de contrôle est fausse": 2,
    }


@settings(deadline=None)
@given(st.text(max_size=20) | st.text(alphabet="0123456789 .,E+", max_size=18))
def test_whatever_comes_out_is_valid(text: str) -> None:
    found, reason = "", ""
    try:
        found = siren_or_siret(text).value
    except Rejected as rejected:
        reason = rejected.reason
    assert reason or is_siren(found) or is_siret(found)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("W381000001", Repaired("W381000001")),
        ("w38 1000001", Repaired("W381000001", "numéro RNA remis en forme")),
        ("RNA : W9A1000001", Repaired("W9A1000001", "numéro RNA remis en forme")),
    ],
)
def test_rna_numbers_are_put_in_form(text: str, expected: Repaired[str]) -> None:
    assert rna(text) == expected


@pytest.mark.parametrize("text", ["381000001", "W38100000", "", "néant"])
def test_what_is_no_rna_number_is_rejected(text: str) -> None:
    with pytest.raises(Rejected):
        rna(text)
