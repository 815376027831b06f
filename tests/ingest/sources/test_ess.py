import csv
import zipfile
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeAlias
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.claims import Claim, NodeClaim, TieClaim
from graph.model import ORGANISATION, SEATED_IN
from graph.validation import problems
from ingest.rows import Rejected, Row
from ingest.sources.ess import TABULAR, transform
from ingest.tabular import Tabular

Told: TypeAlias = tuple[list[Claim], Counter[str], int, set[str]]
Read: TypeAlias = Callable[[Tabular, Sequence[Path]], Told]

FILE = Path(__file__).parents[2] / "data" / "ess" / "entreprisesess.csv"
FOUND = "commune trouvée par son code postal et son nom"
_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_LINKS = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'


def table() -> list[list[str]]:
    with FILE.open(encoding="utf-8", newline="") as lines:
        return list(csv.reader(lines))


def workbook(path: Path, rows: list[list[str]]) -> Path:
    def cell(place: int, row: int, text: str) -> str:
        name = f"{chr(65 + place)}{row}"
        if text.isdigit():
            return f'<c r="{name}"><v>{int(text)}</v></c>'
        return f'<c r="{name}" t="inlineStr"><is><t>{escape(text)}</t></is></c>'

    lines = "".join(
        f'<row r="{number}">{"".join(cell(at, number, text) for at, text in enumerate(row))}</row>'
        for number, row in enumerate(rows, 1)
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        sheets = '<sheets><sheet name="ESS" sheetId="1" r:id="rId1"/></sheets>'
        archive.writestr("xl/workbook.xml", f"<workbook {_MAIN} {_LINKS}>{sheets}</workbook>")
        link = '<Relationship Id="rId1" Target="worksheets/sheet1.xml"/>'
        archive.writestr("xl/_rels/workbook.xml.rels", f"<Relationships>{link}</Relationships>")
        sheet = f"<worksheet {_MAIN}><sheetData>{lines}</sheetData></worksheet>"
        archive.writestr("xl/worksheets/sheet1.xml", sheet)
    return path


def test_an_enterprise_is_told_with_its_world_and_its_commune(told: Read) -> None:
    claims, rejects, count, unused = told(TABULAR, [FILE])
    key = "siren:923114524"
    assert [claim for claim in claims if claim.record == "923114524"] == [
        NodeClaim(
            key,
            ORGANISATION,
            "923114524",
            {
                "name": "MAM P'TITE ETOILE",
                "siren": "923114524",
                "ess": True,
                "world": "association",
            },
            note=FOUND,
        ),
        TieClaim(SEATED_IN, key, "commune:35124", "923114524", note=FOUND),
    ]
    assert (rejects, count) == ({"est un SIREN dont la clé de contrôle est fausse": 1}, 6)
    assert unused == set()
    assert [problems(claim) for claim in claims] == [[]] * len(claims)


def test_each_family_of_the_law_has_its_world(told: Read) -> None:
    claims, _, _, _ = told(TABULAR, [FILE])
    worlds = {c.record: c.properties["world"] for c in claims if isinstance(c, NodeClaim)}
    assert worlds == {
        "923114524": "association",
        "775556327": "company",
        "803872886": "foundation",
        "012345674": "company",
        "987654324": "company",
    }


def test_first_zeros_that_a_spreadsheet_took_are_put_back(told: Read) -> None:
    claims, _, _, _ = told(TABULAR, [FILE])
    _, seat = [claim for claim in claims if claim.record == "012345674"]
    assert isinstance(seat, TieClaim)
    # The postcode 1000 is that of Bourg-en-Bresse, 01000.
    assert (seat.start, seat.end) == ("siren:012345674", "commune:01053")
    assert seat.note.startswith("SIREN : zéro initial rétabli")


def test_without_a_commune_there_is_no_seat(told: Read) -> None:
    claims, _, _, _ = told(TABULAR, [FILE])
    (alone,) = [claim for claim in claims if claim.record == "803872886"]
    assert isinstance(alone, NodeClaim)


def test_a_workbook_says_the_same(told: Read, tmp_path: Path) -> None:
    claims, _, count, _ = told(TABULAR, [workbook(tmp_path / "liste.xlsx", table())])
    plain, _, _, _ = told(TABULAR, [FILE])
    assert [claim for claim in claims if isinstance(claim, NodeClaim)] == [
        claim for claim in plain if isinstance(claim, NodeClaim)
    ]
    assert (len(claims), count) == (len(plain), 6)


def test_a_person_is_left_out_where_the_list_says_the_form() -> None:
    row = Row({"SIREN": "923114524", "Nom": "X", "Catégorie juridique": "1000"}, "ligne 2", set())
    with pytest.raises(Rejected, match="personne physique"):
        list(transform(row))


def test_the_list_is_recognised_by_its_families() -> None:
    assert TABULAR.recognises("liste.csv", frozenset(table()[0]))
    assert not TABULAR.recognises("liste.csv", frozenset(["SIREN", "Nom"]))


@given(st.dictionaries(st.sampled_from(table()[0]), st.text(max_size=20)))
def test_no_record_breaks_it(
    takes_or_rejects: Callable[[Tabular, dict[str, str]], None], odd: dict[str, str]
) -> None:
    takes_or_rejects(TABULAR, dict(zip(table()[0], table()[1], strict=True)) | odd)
