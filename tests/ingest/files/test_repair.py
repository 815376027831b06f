from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.files.repair import Repaired, amount, date, is_absent, items, url, yes_or_no
from ingest.files.tables import read_rows
from ingest.rows import Rejected, Row


def reason(what: object, *texts: str) -> str:
    with pytest.raises(Rejected) as raised:
        what(*texts)  # type: ignore[operator]
    return raised.value.reason


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2014", "2014"),
        ("2014.0", "2014"),
        ("2018-11-22", "2018-11-22"),
        ("2018-11-22T00:00:00+01:00", "2018-11-22"),
        ("2020-3-1", "2020-03-01"),
        ("2020-03", "2020-03"),
        ("31/03/2020", "2020-03-31"),
        ("1/2/2020", "2020-02-01"),
        ("31.03.2020", "2020-03-31"),
        ("31/03/2020 14:05", "2020-03-31"),
        ("2020/03/31", "2020-03-31"),
        ("20200331", "2020-03-31"),
        ("03/2020", "2020-03"),
        ("mars 2020", "2020-03"),
        ("1er août 2021", "2021-08-01"),
        ("3 févr. 2021", "2021-02-03"),
        ("29/02/2020", "2020-02-29"),
    ],
)
def test_dates_become_iso_as_precise_as_they_are(text: str, expected: str) -> None:
    assert date(text) == Repaired(expected)


def test_the_days_of_a_spreadsheet_become_a_date_and_are_noted() -> None:
    note = "date tirée d'un nombre de jours de tableur"
    assert date("43921") == date("43921.0") == Repaired("2020-03-31", note)


@pytest.mark.parametrize("text", ["1900-01-01", "0001-01-01", "0000-00-00", "00/00/0000"])
def test_a_date_that_stands_for_none_gives_none(text: str) -> None:
    assert date(text) == Repaired("", "date inconnue de la source")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("31/02/2014", "est une date impossible"),
        ("12/31/2014", "est une date impossible"),
        ("2014-13-01", "est une date impossible"),
        ("01/02/14", "n'est pas une date"),
        ("2014-03-01_2015-03-01", "n'est pas une date"),
        ("mardi 2014", "n'est pas une date"),
        ("٢٠١٤", "n'est pas une date"),
        ("NA", "est absent"),
        (" ", "est absent"),
    ],
)
def test_a_date_that_is_not_certain_is_rejected(text: str, why: str) -> None:
    assert reason(date, text) == why


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("21 667,00 €", 21667.0),  # fonds vert, line 2, with a no-break space
        ("2\u202f746\u00a0567,20\u00a0€", 2746567.20),
        ("250.0", 250.0),
        ("25970.06", 25970.06),
        ("1.500,00", 1500.0),
        ("1,500.00", 1500.0),
        ("1.500.000", 1500000.0),
        ("1'500,5 EUR", 1500.5),
        ("0,375", 0.38),
        ("1e+05", 100000.0),
        ("-500", -500.0),
        ("7164", 7164.0),
        (",5", 0.5),
    ],
)
def test_amounts_are_numbers_of_euros(text: str, expected: float) -> None:
    assert amount(text) == Repaired(expected)


def test_an_amount_in_thousands_is_noted() -> None:
    assert amount("12,5 k€") == Repaired(12500.0, "montant donné en k€")
    assert amount("1,2 M€").value == 1_200_000


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("1,500", "est un montant qui se lit de deux façons"),
        ("12.345", "est un montant qui se lit de deux façons"),
        ("1.50.000", "n'est pas un montant"),
        ("1.5,0,0", "n'est pas un montant"),
        ("12 €/mois", "n'est pas un montant"),
        ("environ 12", "n'est pas un montant"),
        ("12345 € : 2018-05-01", "n'est pas un montant"),
        (",", "n'est pas un montant"),
        ("9" * 400, "n'est pas un montant"),
        ("NA", "est absent"),
    ],
)
def test_an_amount_that_is_not_certain_is_rejected(text: str, why: str) -> None:
    assert reason(amount, text) == why


def test_every_amount_of_the_fonds_vert_is_read(shared: Path) -> None:
    file = shared / "data" / "organisations" / "fonds-vert-2023-export.csv"
    found = [amount(row.take("montant_engage")) for row in read_rows(file) if isinstance(row, Row)]
    assert len(found) == 10_782
    assert {repaired.note for repaired in found} == {""}


def test_yes_and_no_in_every_way() -> None:
    said = {text: yes_or_no(text).value for text in ("Oui", "O", "true", "1", "Vrai", "x", "1.0")}
    denied = {text: yes_or_no(text).value for text in ("Non", "n", "FALSE", "0", "faux")}
    assert (set(said.values()), set(denied.values())) == ({True}, {False})
    assert reason(yes_or_no, "peut-être") == "n'est ni oui ni non"
    assert reason(yes_or_no, "") == "est absent"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://apije.org", Repaired("https://apije.org")),
        ("HTTP://Apije.ORG:8080/a?b#c", Repaired("http://apije.org:8080/a?b#c")),
        ("www.foix.fr/é", Repaired("https://www.foix.fr/é", "adresse web mise en forme")),
        ("http//mairie-foix.fr", Repaired("http://mairie-foix.fr", "adresse web mise en forme")),
        ("http:/mairie-foix.fr", Repaired("http://mairie-foix.fr", "adresse web mise en forme")),
        ("http://https://foix.fr", Repaired("https://foix.fr", "adresse web mise en forme")),
        ("<https://étampes.fr/>", Repaired("https://étampes.fr/")),
    ],
)  # fmt: skip
def test_addresses_of_sites_get_their_scheme(text: str, expected: Repaired[str]) -> None:
    assert url(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "contact@mairie-foix.fr", "mailto:a@b.fr", "javascript:alert(1)", "en cours", "localhost",
        "http://a.fr http://b.fr", "http://a.fr;http://b.fr", "ftp://a.fr", "https://[::1", "http://",
        "http://user:pass@a.fr", "a.fr:99999999", "https://127.0.0.1/x",
    ],
)  # fmt: skip
def test_what_is_no_address_of_a_site_is_rejected(text: str) -> None:
    with pytest.raises(Rejected):
        url(text)


def test_an_e_mail_address_is_not_even_kept_among_the_rejects() -> None:
    with pytest.raises(Rejected) as raised:
        url("prenom.nom@mairie-foix.fr")
    assert (raised.value.reason, raised.value.value) == (
        "est une adresse électronique, qui n'est pas gardée",
        "",
    )


def test_every_site_of_data_inclusion_is_an_address(shared: Path) -> None:
    file = shared / "data" / "organisations" / "data-inclusion-structures.json"
    sites = [row.take("site_web") for row in read_rows(file) if isinstance(row, Row)]
    assert [url(site).note for site in sites if site] == [""] * 1997


@pytest.mark.parametrize("text", ['["a","b"]', "a; b", "a|b|", "['a", "[1]"])
def test_a_cell_may_hold_several_items(text: str) -> None:
    expected = {"['a": ["['a"], "[1]": ["[1]"]}
    assert items(text) == expected.get(text, ["a", "b"])


def test_what_stands_for_nothing_is_absent() -> None:
    assert all(map(is_absent, ("", " ", "NA", "n/a", "NULL", "#N/A", "-", "nan", "NC")))
    assert not any(map(is_absent, ("0", "non", "Nantes")))


@settings(deadline=None)
@given(st.text(max_size=20) | st.text(alphabet="0123456789/-.,e+€ kM:h@w", max_size=16))
def test_any_text_is_repaired_or_rejected(text: str) -> None:
    for repair in (date, amount, yes_or_no, url):
        reason = "none"
        try:
            repair(text)
        except Rejected as rejected:
            reason = rejected.reason
        assert reason
    items(text)


@settings(deadline=None)
@given(st.dates())
def test_every_date_is_read_in_iso_and_in_french(day: object) -> None:
    iso = str(day)
    year, month, of_month = iso.split("-")
    unknown = iso in ("0001-01-01", "1900-01-01", "1899-12-30", "9999-12-31")
    expected = "" if unknown else iso
    assert date(iso).value == date(f"{of_month}/{month}/{year}").value == expected


@settings(deadline=None)
@given(st.decimals(min_value=0, max_value=10**9, places=2, allow_nan=False, allow_infinity=False))
def test_every_amount_is_read_as_it_is_written_in_france(euros: object) -> None:
    written = f"{euros:,.2f}".replace(",", "\u202f").replace(".", ",")
    assert amount(f"{written}\u00a0€").value == float(str(euros))
