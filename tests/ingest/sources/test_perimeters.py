from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.claims import Claim, NodeClaim, TieClaim
from graph.model import ACTS_IN, GOVERNS, ORGANISATION, PART_OF, TERRITORY
from graph.validation import problems
from ingest.files.records import Reject
from ingest.files.tables import columns_of
from ingest.rows import Rejected, Row
from ingest.sources.perimeters import TABULAR, named
from ingest.sources.perimeters import ZONINGS as ALL

DATA = Path(__file__).parents[2] / "data" / "perimeters"


def perimeter(local: str, name: str, code: str = "", extent: str = "whole") -> NodeClaim:
    said = {"name": name, "level": "perimeter", "extent": extent}
    if code:
        said["code"] = code
    return NodeClaim(f"perimeter:{local}", TERRITORY, local, said)


def part(member: str, local: str, note: str = "") -> TieClaim:
    return TieClaim(PART_OF, member, f"perimeter:{local}", f"{member} {local}", note=note)


def told(path: Path, taken: set[str] | None = None) -> Iterator[Claim | Reject]:
    for row in TABULAR.read([path], set() if taken is None else taken):
        if isinstance(row, Reject):
            yield row
            continue
        try:
            yield from TABULAR.transform(row)
        except Rejected as error:
            yield Reject(row.locator, error.reason, error.value)


def row(**values: str) -> Row:
    return Row(values, "ligne 2", set())


def test_the_table_of_insee_gives_zones_and_leaves_out_what_is_outside() -> None:
    taken: set[str] = set()
    path = DATA / "table-appartenance-geo-communes.csv"
    assert list(told(path, taken)) == [
        perimeter("arr-012", "Arrondissement 012", "012"),
        part("commune:01001", "arr-012"),
        perimeter("ze2020-8405", "Zone d'emploi 8405", "8405"),
        part("commune:01001", "ze2020-8405"),
        perimeter("bv2022-01093", "Bassin de vie 01093", "01093"),
        part("commune:01001", "bv2022-01093"),
        perimeter("arr-011", "Arrondissement 011", "011"),
        part("commune:01002", "arr-011"),
        perimeter("ze2020-8405", "Zone d'emploi 8405", "8405"),
        part("commune:01002", "ze2020-8405"),
        perimeter("bv2022-01004", "Bassin de vie 01004", "01004"),
        part("commune:01002", "bv2022-01004"),
    ]
    assert set(columns_of(path)) == taken


def test_a_crte_comprises_intercommunalities_and_lone_communes() -> None:
    taken: set[str] = set()
    assert list(told(DATA / "crte.csv", taken)) == [
        perimeter("crte-53-29-1", "CRTE Brest Métropole", "crte-53-29-1"),
        part("epci:242900314", "crte-53-29-1"),
        perimeter("crte-53-29-2", "CRTE Pays de Morlaix", "crte-53-29-2"),
        part("epci:242900835", "crte-53-29-2"),
        perimeter("crte-53-29-3", "CRTE Îles du Ponant", "crte-53-29-3"),
        part("commune:29155", "crte-53-29-3"),
        Reject("ligne 5", "n'est le SIREN d'aucune commune ni intercommunalité", "200000001"),
    ]
    assert set(columns_of(DATA / "crte.csv")) == taken


def test_a_quarter_lies_within_its_commune_or_the_intercommunality_that_it_crosses() -> None:
    found = list(told(DATA / "listeqp2024.csv"))
    assert found == [
        perimeter("qpv-QN01341I", "QPV Les Escourtines", "QN01341I", "unknown"),
        TieClaim(PART_OF, "perimeter:qpv-QN01341I", "epci:200054807", "qpv-QN01341I"),
        perimeter("qpv-QN06099M", "QPV Quartier d'essai", "QN06099M", "unknown"),
        TieClaim(PART_OF, "perimeter:qpv-QN06099M", "commune:60057", "qpv-QN06099M"),
    ]


def test_a_massif_is_known_by_its_name_and_no_massif_is_none() -> None:
    assert list(told(DATA / "massifs.csv")) == [
        perimeter("massif-central", "Massif central"),
        part("commune:63113", "massif-central"),
        perimeter("massif-alpes", "Massif des Alpes"),
        part("commune:38185", "massif-alpes"),
    ]


def test_a_petr_is_an_organisation_too() -> None:
    # A number of the right form, of no body: the check digit of 12345678 is 2.
    claims = TABULAR.transform(
        row(siren_epci="242900835", siren_petr="123456782", lib_petr="PETR d'essai")
    )
    key, local = "siren:123456782", "petr-123456782"
    said = {
        "name": "PETR d'essai",
        "siren": "123456782",
        "world": "local_authority",
        "legal_form": "7357",
    }
    assert list(claims) == [
        perimeter(local, "PETR d'essai", "123456782"),
        part("epci:242900835", local),
        NodeClaim(key, ORGANISATION, local, said),
        TieClaim(GOVERNS, key, f"perimeter:{local}", local),
        TieClaim(ACTS_IN, key, f"perimeter:{local}", local),
    ]


def test_a_former_commune_leads_to_that_of_today_and_the_tie_says_so() -> None:
    # Amareins is part of Francheleins (01165) since 1998 (Insee).
    claims = list(TABULAR.transform(row(DEPCOM="01003", ZE2020="8434")))
    assert claims[1] == part("commune:01165", "ze2020-8434", "ancien code commune 01003")
    assert claims[0].note == ""


def test_columns_named_in_words_are_known_and_a_second_header_is_no_commune() -> None:
    names = ("Code géographique", "Libellé géographique", "Zone d'emploi 2020", "Région")
    taken: set[str] = set()
    codes = Row(dict(zip(names, ("CODGEO", "LIBGEO", "ZE2020", "REG"), strict=True)), "", taken)
    first = Row(
        dict(zip(names, ("01004", "Ambérieu-en-Bugey", "8405", "84"), strict=True)), "", taken
    )
    assert list(TABULAR.transform(codes)) == []
    assert list(TABULAR.transform(first)) == [
        perimeter("ze2020-8405", "Zone d'emploi 8405", "8405"),
        part("commune:01004", "ze2020-8405"),
    ]
    assert taken == set(names)


@pytest.mark.parametrize(
    ("scheme", "label", "name"),
    [
        ("ze{}", "Bourg-en-Bresse", "Zone d'emploi de Bourg-en-Bresse"),
        ("ze{}", "Le Genevois Français", "Zone d'emploi du Genevois Français"),
        ("ze{}", "Est Grande Terre", "Zone d'emploi d'Est Grande Terre"),
        ("bv{}", "Le Havre", "Bassin de vie du Havre"),
        ("bv{}", "Ambérieu-en-Bugey", "Bassin de vie d'Ambérieu-en-Bugey"),
        ("crte", "CRTE du Trièves", "CRTE du Trièves"),
        ("massif", "Vosges", "Massif des Vosges"),
        ("massif", "Massif des Vosges", "Massif des Vosges"),
        ("massif", "Jura", "Massif du Jura"),
    ],
)
def test_a_name_says_what_the_perimeter_is(scheme: str, label: str, name: str) -> None:
    assert named(next(each for each in ALL if each.scheme == scheme), label) == name


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ({"DEPCOM", "ZE2020", "LIB_ZE2020"}, True),
        ({"insee_com", "lib_com", "id_crte", "lib_crte"}, True),
        ({"siren_petr", "lib_petr", "siren_epci"}, True),
        ({"insee_com", "nom", "siret"}, False),
        ({"siret", "code_commune", "massif"}, False),
        ({"INSEECOM", "ADRESSE", "INSEE_ZE", "NOM_ZE"}, False),
        ({"codgeo", "code_cv", "lib_cv"}, False),
        ({"nom", "pays"}, False),
    ],
)
def test_a_table_is_known_by_its_columns(columns: set[str], expected: bool) -> None:
    assert TABULAR.recognises("table.csv", frozenset(columns)) is expected


_COLUMNS = "DEPCOM LIBGEO ZE2020 LIB_ZE2020 UU2020 massif code_qp lib_qp siren_epci siren_petr"
_TEXTS = st.one_of(
    st.sampled_from(["01001", "1004", "75056", "8405", "000", "242900835", '="60057"', "NA"]),
    st.text(max_size=12),
)


@given(st.dictionaries(st.sampled_from(_COLUMNS.split()), _TEXTS))
def test_no_record_crashes(values: dict[str, str]) -> None:
    try:
        claims = list(TABULAR.transform(row(**values)))
    except Rejected:
        return
    assert [phrase for claim in claims for phrase in problems(claim)] == []


def test_the_whole_table_of_insee_goes_in(shared: Path) -> None:
    path = shared / "data" / "territories" / "table_passage_communes_zonages.csv.gz"
    taken: set[str] = set()
    names: dict[str, str] = {}
    rejects, ties = [], Counter[str]()
    for claim in told(path, taken):
        if isinstance(claim, Reject):
            rejects.append(claim)
            continue
        assert problems(claim) == []
        if isinstance(claim, NodeClaim):
            names[claim.subject] = str(claim.properties["name"])
        else:
            ties[claim.end.partition(":")[2].partition("-")[0]] += 1
    assert rejects == []
    assert set(columns_of(path)) == taken
    # Insee: 306 zones d'emploi, 699 aires d'attraction, 1,707 bassins de vie, 333 arrondissements.
    kinds = Counter(key.partition(":")[2].partition("-")[0] for key in names)
    assert kinds == {"ze2020": 306, "aav2020": 699, "bv2022": 1707, "arr": 333, "uu2020": 2472}
    assert ties["ze2020"] == ties["bv2022"] == 34_875
    assert ties["aav2020"] == 34_875 - 8_897  # CATEAAV2020 = 30
    assert names["perimeter:ze2020-8405"] == "Zone d'emploi de Bourg-en-Bresse"
    assert names["perimeter:aav2020-524"] == "Aire d'attraction de Châtillon-sur-Chalaronne"
