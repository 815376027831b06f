"""Registry identifiers, against true ones and other implementations' test cases."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.identifiers import (
    LA_POSTE,
    is_date,
    is_key,
    is_rna,
    is_siren,
    is_siret,
    luhn_sum,
)

# Communes and intercommunality: code officiel géographique and DGCL; the others are on the pages
# « mentions légales » of the organisations, or in the documentation of InseeFrLab/validinsee.
SIRENS = {
    "356000000": "La Poste",
    "213801855": "commune de Grenoble",
    "213801517": "commune d'Échirolles",
    "200040715": "Grenoble-Alpes-Métropole",
    "217500016": "Ville de Paris",
    "552100554": "Peugeot",
    "732829320": "the example of Wikipédia and of python-stdnum",
    "200034528": "the example of validinsee",
    "901264374": "Naomakers, association",
}
SIRETS = {
    "73282932000074": "the example of python-stdnum",
    "20003452800014": "the example of validinsee",
    "90126437400025": "Naomakers, siège",
    "35600000000048": "La Poste, siège: follows Luhn (IsoCodes #136)",
    "35600000009075": "La Poste: sum of digits 35 (python-stdnum #291)",
    "35600000049837": "La Poste: sum of digits 45",
}
DIGIT = st.sampled_from(string.digits)


@pytest.mark.parametrize("siren", SIRENS, ids=SIRENS.values())
def test_the_siren_of_a_true_organisation_is_one(siren: str) -> None:
    assert is_siren(siren)


@pytest.mark.parametrize("siret", SIRETS, ids=SIRETS.values())
def test_the_siret_of_a_true_establishment_is_one(siret: str) -> None:
    assert is_siret(siret)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "000000000",
        "200034582",
        "21380185",
        "2138018550",
        "213 801 855",
        "²13801855",
        "٢١٣٨٠١٨٥٥",
    ],
)
def test_what_is_no_siren_is_refused(text: str) -> None:
    assert not is_siren(text)


@pytest.mark.parametrize(
    "text",
    [
        "20003452800041",  # two digits exchanged (validinsee)
        "213801855",
        "35600000009074",  # neither Luhn nor a multiple of five
        "35600100000009",  # a sum of 15, but not La Poste
        "00000000000000",
    ],
)
def test_what_is_no_siret_is_refused(text: str) -> None:
    assert not is_siret(text)


@given(st.sampled_from(sorted(SIRENS)), st.integers(0, 8), DIGIT)
def test_changing_one_digit_of_a_siren_breaks_it(siren: str, place: int, digit: str) -> None:
    """Luhn finds every single wrong digit (ISO/IEC 7812-1)."""
    changed = siren[:place] + digit + siren[place + 1 :]
    assert is_siren(changed) == (changed == siren)


@given(st.sampled_from(sorted(SIRETS)), st.integers(0, 13), DIGIT)
def test_changing_one_digit_of_a_siret_breaks_it_except_at_la_poste(
    siret: str, place: int, digit: str
) -> None:
    changed = siret[:place] + digit + siret[place + 1 :]
    if not changed.startswith(LA_POSTE):
        assert is_siret(changed) == (changed == siret)


@given(st.text(DIGIT, min_size=8, max_size=8))
def test_exactly_one_key_completes_eight_digits(digits: str) -> None:
    keys = [key for key in string.digits if luhn_sum(digits + key) % 10 == 0]
    assert len(keys) == 1
    assert is_siren(digits + keys[0]) == (digits != "00000000")


# ISO/IEC 7812-1 gives 7992739871 and the key 3 as its example.
def test_the_luhn_sum_is_that_of_the_standard() -> None:
    assert luhn_sum("79927398713") == 70


# « Mentions légales » of Parlons-en (Grenoble), Naomakers (Nantes), Secourisme pour tous (Nice).
@pytest.mark.parametrize("rna", ["W381017450", "W442026186", "W061000773"])
def test_the_number_of_a_true_association_is_an_rna(rna: str) -> None:
    assert is_rna(rna)


@pytest.mark.parametrize(
    "text", ["", "W38101745", "W3810174500", "w381017450", "381017450", "W38 1017450", "W٣81017450"]
)
def test_what_is_no_rna_is_refused(text: str) -> None:
    assert not is_rna(text)


@pytest.mark.parametrize("text", ["2012", "2020-03", "2020-03-31", "1901-07-01"])
def test_a_date_is_as_precise_as_known(text: str) -> None:
    assert is_date(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "12",
        "2020-13",
        "2020-00",
        "2020-03-32",
        "2020-3-1",
        "01/07/1901",
        "2020-03-31T00:00",
        "٢٠١٢",
    ],
)
def test_what_is_no_date_is_refused(text: str) -> None:
    assert not is_date(text)


@pytest.mark.parametrize(
    "key",
    ["siren:356000000", "commune:2A004", "goal:17", "target:17.16", "alliage:alliance-dynamique"],
)
def test_an_id_is_a_scheme_and_a_local_id(key: str) -> None:
    assert is_key(key)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "siren",
        "siren:",
        ":356000000",
        "SIREN:356000000",
        "siren:356 000 000",
        "a:b\n",
        "a:\ud83d",
    ],
)
def test_what_is_no_id_is_refused(text: str) -> None:
    assert not is_key(text)
