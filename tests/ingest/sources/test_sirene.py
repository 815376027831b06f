import csv
import zipfile
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeAlias

import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.parquet as pq  # type: ignore[import-untyped]
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.claims import Claim, NodeClaim, TieClaim
from graph.errors import SourceError
from graph.model import ORGANISATION, PART_OF, SEATED_IN
from graph.validation import problems
from ingest.rows import Rejected, Row
from ingest.sources.sirene import LEFT_OUT, PERSON, RESTRICTED, TABULAR, left_out, transform
from ingest.tabular import Tabular

Told: TypeAlias = tuple[list[Claim], Counter[str], int, set[str]]
Read: TypeAlias = Callable[[Tabular, Sequence[Path]], Told]

DATA = Path(__file__).parents[2] / "data" / "sirene"
UNITS = DATA / "StockUniteLegale_utf8.csv"
ESTABLISHMENTS = DATA / "StockEtablissement_utf8.csv"
PAGE = "https://annuaire-entreprises.data.gouv.fr"


def header(path: Path) -> list[str]:
    with path.open(encoding="utf-8", newline="") as lines:
        return next(csv.reader(lines))


def unit(**values: str) -> Row:
    known = {
        "siren": "408192722",
        "statutDiffusionUniteLegale": "O",
        "etatAdministratifUniteLegale": "A",
        "denominationUniteLegale": "GENTIANA",
        "categorieJuridiqueUniteLegale": "9220",
    }
    return Row(dict.fromkeys(header(UNITS), "") | known | values, "ligne 2", set())


def told_of(row: Row) -> dict[str, object]:
    (claim,) = transform(row)
    assert isinstance(claim, NodeClaim)
    return dict(claim.properties)


def test_the_fixtures_have_the_published_number_of_columns() -> None:
    assert (len(header(UNITS)), len(header(ESTABLISHMENTS))) == (35, 54)


def test_a_legal_unit_is_told_with_its_world_and_its_mark(told: Read) -> None:
    claims, _, _, _ = told(TABULAR, [UNITS])
    assert claims[0] == NodeClaim(
        "siren:408192722",
        ORGANISATION,
        "408192722",
        {
            "name": "GENTIANA SOCIETE BOTANIQUE DAUPHINOISE D. VILLARS",
            "acronym": "GENTIANA",
            "world": "association",
            "legal_form": "9220",
            "ess": True,
            "siren": "408192722",
            "siret": "40819272200010",
            "rna": "W381000001",
            "started": "1990-01-01",
        },
        url=f"{PAGE}/entreprise/408192722",
        date="2023-11-29",
    )


def test_another_name_is_kept_and_the_same_name_is_not_repeated(told: Read) -> None:
    claims, _, _, _ = told(TABULAR, [UNITS])
    metropole = claims[1]
    assert isinstance(metropole, NodeClaim)
    assert metropole.properties["name"] == "GRENOBLE-ALPES-METROPOLE"
    assert metropole.properties["other_names"] == ["LA METRO"]
    assert metropole.properties["world"] == "local_authority"
    assert metropole.properties["ess"] is False


def test_persons_and_restricted_units_are_rejected_and_nothing_of_them_comes_out(
    told: Read,
) -> None:
    claims, rejects, count, unused = told(TABULAR, [UNITS, ESTABLISHMENTS])
    assert rejects == {PERSON: 1, RESTRICTED: 1, LEFT_OUT: 2}
    assert count == 14
    assert unused == set()
    shown = repr(claims)
    assert "JEANNE" not in shown
    assert "PERSONNE" not in shown
    assert "[ND]" not in shown
    assert "MME EXEMPLE" not in shown
    assert [problems(claim) for claim in claims] == [[]] * len(claims)


def test_what_has_ceased_ended_when_its_last_period_began(told: Read) -> None:
    claims, _, _, _ = told(TABULAR, [UNITS])
    ceased = {c.record: c for c in claims if isinstance(c, NodeClaim) and "ended" in c.properties}
    assert {record: claim.properties["ended"] for record, claim in ceased.items()} == {
        "987654324": "2014-12-31",
        "012345674": "2009-02-10",
    }
    assert ceased["012345674"].note == (
        "date de fin inconnue : celle de la mise à jour de la fiche"
    )


def test_a_number_that_is_no_rna_number_is_left_and_noted(told: Read) -> None:
    claims, _, _, _ = told(TABULAR, [UNITS])
    (ceased,) = [c for c in claims if c.record == "987654324"]
    assert isinstance(ceased, NodeClaim)
    assert "rna" not in ceased.properties
    assert ceased.note == "numéro RNA écarté : « 381P1234 » n'est pas un numéro RNA"


def test_the_head_office_gives_the_unit_its_commune_and_address(told: Read) -> None:
    claims, _, _, _ = told(TABULAR, [ESTABLISHMENTS, UNITS])
    assert [claim for claim in claims if claim.record == "40819272200010"] == [
        NodeClaim(
            "siren:408192722",
            ORGANISATION,
            "40819272200010",
            {
                "siret": "40819272200010",
                "address": "MNEI, 5 PLACE BIR HAKEIM, 38000 GRENOBLE",
                "latitude": 45.18838,
                "longitude": 5.71272,
            },
            url=f"{PAGE}/etablissement/40819272200010",
            date="2023-11-29",
        ),
        TieClaim(
            SEATED_IN, "siren:408192722", "commune:38185", "40819272200010", date="2023-11-29"
        ),
    ]


def test_another_establishment_is_a_part_of_its_unit_with_its_life(told: Read) -> None:
    claims, _, _, _ = told(TABULAR, [UNITS, ESTABLISHMENTS])
    record, key = "40819272200028", "siret:40819272200028"
    day = {"date": "2011-11-29"}
    assert [claim for claim in claims if claim.record == record] == [
        TieClaim(
            PART_OF,
            key,
            "siren:408192722",
            record,
            {"since": "2003-03-01", "until": "2010-06-30"},
            **day,
        ),
        NodeClaim(
            key,
            ORGANISATION,
            record,
            {
                "siret": record,
                "name": "ANTENNE DU GRESIVAUDAN",
                "other_names": ["GENTIANA GRESIVAUDAN"],
                "address": "12B-14 RUE DE L'EXEMPLE, 38190 CHAMP PRES FROGES",
                "started": "2003-03-01",
                "ended": "2010-06-30",
            },
            url=f"{PAGE}/etablissement/{record}",
            **day,
        ),
        TieClaim(SEATED_IN, key, "commune:38070", record, {"until": "2010-06-30"}, **day),
    ]


def test_a_post_office_is_known_though_its_number_breaks_the_luhn_rule(told: Read) -> None:
    claims, _, _, _ = told(TABULAR, [UNITS, ESTABLISHMENTS])
    office = [claim for claim in claims if claim.record == "35600000049837"]
    assert [type(claim) for claim in office] == [TieClaim, NodeClaim, TieClaim]
    assert isinstance(office[2], TieClaim)
    assert office[2].end == "arrondissement:75112"


def test_a_seat_abroad_is_in_no_commune(told: Read) -> None:
    claims, _, _, _ = told(TABULAR, [UNITS, ESTABLISHMENTS])
    (seat,) = [claim for claim in claims if claim.record == "98765432400019"]
    assert isinstance(seat, NodeClaim)
    assert seat.properties["address"] == "RUE DE L'EXEMPLE, GENEVE"


def test_establishments_alone_are_refused_with_what_to_do() -> None:
    with pytest.raises(SourceError, match="donnez StockUniteLegale avec lui"):
        list(TABULAR.read([ESTABLISHMENTS], set()))


def test_the_zip_that_insee_publishes_says_the_same(told: Read, tmp_path: Path) -> None:
    packed = tmp_path / "StockUniteLegale_utf8.zip"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(UNITS, UNITS.name)
    assert told(TABULAR, [packed]) == told(TABULAR, [UNITS])


def test_the_parquet_that_insee_publishes_says_the_same(told: Read, tmp_path: Path) -> None:
    files = []
    for path in (UNITS, ESTABLISHMENTS):
        with path.open(encoding="utf-8", newline="") as lines:
            rows = list(csv.DictReader(lines))
        columns = {name: [row[name] or None for row in rows] for name in header(path)}
        for name, values in columns.items():
            if name == "etablissementSiege":
                columns[name] = [value == "true" for value in values]
            elif name == "categorieJuridiqueUniteLegale":
                columns[name] = [int(value or 0) for value in values]
        files.append(tmp_path / f"{path.stem}.parquet")
        pq.write_table(pa.table(columns), files[-1])
    assert told(TABULAR, files)[:3] == told(TABULAR, [UNITS, ESTABLISHMENTS])[:3]


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"categorieJuridiqueUniteLegale": "1000"}, PERSON),
        ({"categorieJuridiqueUniteLegale": "1300"}, PERSON),
        ({"denominationUniteLegale": "", "nomUniteLegale": "X"}, PERSON),
        ({"statutDiffusionUniteLegale": "P"}, RESTRICTED),
        ({"statutDiffusionUniteLegale": "N"}, RESTRICTED),
        ({"statutDiffusionUniteLegale": ""}, RESTRICTED),
        ({}, ""),
    ],
)
def test_who_is_left_out_and_why(values: dict[str, str], reason: str) -> None:
    assert left_out(unit(**values).values) == reason


def test_the_mark_of_the_register_comes_before_that_of_the_form() -> None:
    assert told_of(unit(economieSocialeSolidaireUniteLegale="N"))["ess"] is False
    assert told_of(unit(economieSocialeSolidaireUniteLegale=""))["ess"] is True
    company = unit(categorieJuridiqueUniteLegale="5710", economieSocialeSolidaireUniteLegale="O")
    assert told_of(company)["ess"] is True
    assert "ess" not in told_of(unit(categorieJuridiqueUniteLegale="5710"))


def test_an_unknown_form_gives_no_world() -> None:
    assert "world" not in told_of(unit(categorieJuridiqueUniteLegale="9999"))


def test_without_any_name_a_unit_is_rejected() -> None:
    with pytest.raises(Rejected, match="unité légale sans dénomination"):
        list(transform(unit(denominationUniteLegale="")))


def test_a_lost_first_zero_is_put_back_and_noted() -> None:
    (claim,) = transform(unit(siren="12345674"))
    assert isinstance(claim, NodeClaim)
    assert (claim.subject, claim.note) == ("siren:012345674", "SIREN : zéro initial rétabli")


def test_a_wrong_key_is_rejected() -> None:
    with pytest.raises(Rejected, match="dont la clé de contrôle est fausse"):
        list(transform(unit(siren="408192723")))


def test_the_day_1900_01_01_is_an_unknown_one() -> None:
    assert "started" not in told_of(unit(dateCreationUniteLegale="1900-01-01"))


@pytest.mark.parametrize("path", [UNITS, ESTABLISHMENTS])
def test_both_files_are_recognised(path: Path) -> None:
    assert TABULAR.recognises(path.name, frozenset(header(path)))
    assert not TABULAR.recognises(path.name, frozenset(["siren", "siret"]))


_TEXT = st.text(max_size=12)
_CELL = st.sampled_from(
    ["", "O", "P", "A", "C", "F", "true", "1000", "9220", "2014-12-31", "408192722"]
)
_ODD = st.one_of(_CELL, _TEXT)


@given(st.sampled_from([UNITS, ESTABLISHMENTS]), st.data())
def test_no_record_breaks_it(
    takes_or_rejects: Callable[[Tabular, dict[str, str]], None], path: Path, data: st.DataObject
) -> None:
    names = header(path)
    values = dict.fromkeys(names, "")
    values |= {"siren": "408192722", "statutDiffusionUniteLegale": "O"}
    values |= {"statutDiffusionEtablissement": "O"}
    if path == ESTABLISHMENTS:
        values["siret"] = "40819272200010"
    values |= data.draw(st.dictionaries(st.sampled_from(names), _ODD))
    takes_or_rejects(TABULAR, {name: values[name] for name in names})
