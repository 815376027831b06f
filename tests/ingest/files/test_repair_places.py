from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest import reference
from ingest.files.repair import Repaired
from ingest.files.repair_places import commune, commune_at, coordinates, postcode
from ingest.files.tables import read_rows
from ingest.rows import Rejected, Row

ZERO = "zéro initial du code commune rétabli"


@pytest.mark.parametrize(
    ("code", "name", "expected"),
    [
        ("01004", "", Repaired("commune:01004")),
        ("38185", "Grenoble", Repaired("commune:38185")),
        ("38185.0", "GRENOBLE CEDEX 9", Repaired("commune:38185")),
        ("1004", "AMBERIEU EN BUGEY", Repaired("commune:01004", ZERO)),
        ("7334", "VANS", Repaired("commune:07334", ZERO)),
        ("9122.0", "Foix", Repaired("commune:09122", ZERO)),
        ("2a004", "Ajaccio", Repaired("commune:2A004")),
        ("20004", "Ajaccio", Repaired("commune:2A004", "ancien code commune 20004")),
        ("69152", "Pierre-Bénite", Repaired("commune:69149", "ancien code commune 69152")),
        ("75056", "Paris", Repaired("commune:75056")),
        ("75112", "Paris 12e", Repaired("arrondissement:75112")),
        ("13204", "Marseille", Repaired("arrondissement:13204")),
        ("69388", "LYON 08", Repaired("arrondissement:69388")),
        ("26165", "Livron", Repaired("commune:26165")),
        ("74010", "Annecy-le-Vieux", Repaired("commune:74010")),
        ("62040", "NULL", Repaired("commune:62040")),
        (
            "01194",
            "Trévoux",
            Repaired(
                "commune:01194",
                "le code commune 01194 est celui de Jassans-Riottier, pas de Trévoux",
            ),
        ),
    ],
)
def test_a_code_means_a_commune_of_today(code: str, name: str, expected: Repaired[str]) -> None:
    assert commune(code, name) == expected


@pytest.mark.parametrize(
    ("code", "name", "reason"),
    [
        ("1004", "Foix", "est un code commune à quatre chiffres, que le nom ne confirme pas"),
        ("1004", "", "est un code commune à quatre chiffres, que le nom ne confirme pas"),
        ("99999", "", "n'est le code d'aucune commune, présente ou passée"),
        ("0null", "Saint-Étienne", "n'est pas un code commune"),
        ("Foix", "", "n'est pas un code commune"),
        ("08227", "Hocmont", "est une ancienne commune, partagée depuis entre plusieurs"),
        ("NULL", "NULL", "est absent"),
    ],
)
def test_a_code_that_is_not_certain_is_rejected(code: str, name: str, reason: str) -> None:
    with pytest.raises(Rejected) as raised:
        commune(code, name)
    assert raised.value.reason == reason


def test_a_shared_former_commune_is_certain_where_the_name_is_that_of_today() -> None:
    assert commune("08227", "Guignicourt-sur-Vence").value == "commune:08203"


def test_every_code_of_the_fonds_vert_that_lost_its_zero_gets_it_back(shared: Path) -> None:
    file = shared / "data" / "organisations" / "fonds-vert-2023-export.csv"
    found: Counter[str] = Counter()
    for row in read_rows(file):
        assert isinstance(row, Row)
        try:
            note = commune(row.take("code_commune"), row.take("nom_commune")).note
            found[note if note in ("", ZERO) else note[:11]] += 1
        except Rejected as rejected:
            found[rejected.reason] += 1
    assert found == {"": 9_313, ZERO: 602, "ancien code": 33, "le code com": 7, "est absent": 827}


def test_a_postcode_and_a_name_make_a_commune() -> None:
    note = "commune trouvée par son code postal et son nom"
    assert commune_at("09000", "FOIX CEDEX") == Repaired("commune:09122", note)
    assert commune_at("1500", "Ambérieu").value == "commune:01004"
    assert commune_at("75012", "Paris 12e").value == "arrondissement:75112"
    for postal, name in (("09000", "Albi"), ("09000", ""), ("75012", "NULL")):
        with pytest.raises(Rejected):
            commune_at(postal, name)


def test_postcodes_get_their_zero_back() -> None:
    assert postcode("F-75 011") == Repaired("75011")
    assert postcode("38026") == Repaired("38026")  # Grenoble Cedex 1
    assert postcode("1500.0") == Repaired("01500", "zéro initial du code postal rétabli")
    for text in ("", "1", "00123", "99123", "ABCDE", "1999"):
        with pytest.raises(Rejected):
            postcode(text)


@pytest.mark.parametrize(
    ("latitude", "longitude", "expected"),
    [
        ("46.1060711578546", "5.8260084241619", (46.1060711578546, 5.8260084241619)),
        ("46,106", "5,826", (46.106, 5.826)),
        ("-21.115141", "55.536384", (-21.115141, 55.536384)),  # La Réunion
        ("4.9372", "-52.3260", (4.9372, -52.3260)),  # Cayenne
    ],
)
def test_coordinates_in_france_are_numbers(
    latitude: str, longitude: str, expected: tuple[float, float]
) -> None:
    assert coordinates(latitude, longitude) == Repaired(expected)


def test_exchanged_coordinates_are_put_in_order() -> None:
    note = "latitude et longitude échangées"
    assert coordinates("5.724", "45.188") == Repaired((45.188, 5.724), note)
    assert coordinates("55.45", "-20.88") == Repaired((-20.88, 55.45), note)


@pytest.mark.parametrize(
    ("latitude", "longitude", "reason"),
    [
        ("52.52", "13.40", "sont hors de France"),
        ("0", "0", "sont hors de France"),
        ("6519924.4", "842666.7", "ne sont pas des degrés"),
        ("45°11'", "5°43'", "ne sont pas des degrés"),
        ("nan", "5", "est absent"),
        ("", "", "est absent"),
    ],
)
def test_coordinates_that_are_not_certain_are_rejected(
    latitude: str, longitude: str, reason: str
) -> None:
    with pytest.raises(Rejected) as raised:
        coordinates(latitude, longitude)
    assert raised.value.reason == reason


@pytest.mark.parametrize("name", ["france-services-20221201.csv", "data-inclusion-structures.json"])
def test_every_place_of_real_files_lies_in_france(shared: Path, name: str) -> None:
    for row in read_rows(shared / "data" / "organisations" / name):
        assert isinstance(row, Row)
        latitude, longitude = row.take("latitude"), row.take("longitude")
        if latitude:
            assert coordinates(latitude, longitude).note == ""


@settings(deadline=None)
@given(st.text(max_size=12), st.text(max_size=12))
def test_any_texts_are_repaired_or_rejected(first: str, second: str) -> None:
    for repair in (commune, commune_at, coordinates):
        reason = "none"
        try:
            repair(first, second)
        except Rejected as rejected:
            reason = rejected.reason
        assert reason


def test_every_commune_of_today_is_known_by_its_name_and_by_that_in_capitals() -> None:
    for row in reference.rows("communes.csv.gz"):
        code, name = row["code"], row["name"]
        assert commune(code, name) == commune(code, name.upper()) == (f"commune:{code}", "")
