import tempfile
import zipfile
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.errors import SourceError
from ingest.files.tables import Reject, columns_of, read_rows
from ingest.files.xlsx import moment
from ingest.rows import Row

MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
LINKS = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
STYLES = f"""<styleSheet {MAIN}>
<numFmts><numFmt numFmtId="164" formatCode="00000"/>
<numFmt numFmtId="165" formatCode="[$-40C]d\\ mmmm\\ yyyy;@"/>
<numFmt numFmtId="166" formatCode="#,##0.00\\ &quot;day&quot;"/></numFmts>
<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>
<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="165"/>
<xf numFmtId="166"/></cellXfs></styleSheet>"""
SHARED = f"""<sst {MAIN}><si><t>nom</t></si>
<si><r><t xml:space="preserve">Les </t></r><r><t>Élans</t></r><rPh><t>x</t></rPh></si></sst>"""


def xlsx(path: Path, *sheets: str, states: str = "", first: str = "") -> Path:
    """A workbook with the rows of each sheet in XML; `states` has h for each hidden one."""
    hidden = [' state="hidden"' if state == "h" else "" for state in states.ljust(len(sheets))]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        listed = "".join(
            f'<sheet name="Feuille {n}" sheetId="{n}"{hidden[n - 1]} r:id="rId{n}"/>'
            for n in range(1, len(sheets) + 1)
        )
        workbook = f"<workbook {MAIN} {LINKS}>{first}<sheets>{listed}</sheets></workbook>"
        archive.writestr("xl/workbook.xml", workbook)
        targets = "".join(
            f'<Relationship Id="rId{n}" Target="worksheets/sheet{n}.xml"/>'
            for n in range(1, len(sheets) + 1)
        )
        archive.writestr("xl/_rels/workbook.xml.rels", f"<Relationships>{targets}</Relationships>")
        archive.writestr("xl/styles.xml", STYLES)
        archive.writestr("xl/sharedStrings.xml", SHARED)
        for n, rows in enumerate(sheets, 1):
            sheet = f"<worksheet {MAIN}><sheetData>{rows}</sheetData></worksheet>"
            archive.writestr(f"xl/worksheets/sheet{n}.xml", sheet)
    return path


def row(number: int, *texts: str) -> str:
    cells = "".join(
        f'<c r="{chr(65 + place)}{number}" t="inlineStr"><is><t>{escape(text)}</t></is></c>'
        for place, text in enumerate(texts)
    )
    return f'<row r="{number}">{cells}</row>'


def ods(path: Path, rows: str) -> Path:
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text", "style")
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr(
            "content.xml",
            f"<office:document-content {spaces}><office:body><office:spreadsheet>"
            f'<table:table table:name="Partenaires">{rows}</table:table>'
            "</office:spreadsheet></office:body></office:document-content>",
        )
    return path


def told(path: Path, sheet: str = "") -> list[tuple[str, dict[str, str]] | Reject]:
    return [
        (found.locator, dict(found.values)) if isinstance(found, Row) else found
        for found in read_rows(path, sheet=sheet)
    ]


def test_cells_are_texts_as_a_person_reads_them(tmp_path: Path) -> None:
    values = (
        '<row r="3"><c r="A3" t="s"><v>1</v></c>'
        '<c r="B3"><v>75201.0</v></c>'
        '<c r="C3"><v>4.4911434800023E13</v></c>'
        '<c r="D3" s="2"><v>1004</v></c>'
        '<c r="E3" s="1"><v>43921</v></c>'
        '<c r="F3" s="3"><v>43921.586805555555</v></c>'
        '<c r="G3" s="4"><v>21667.1</v></c>'
        '<c r="H3" t="b"><v>1</v></c>'
        '<c r="I3" t="e"><v>#N/A</v></c>'
        '<c r="J3" t="str"><f>A1&amp;"x"</f><v>résultat</v></c>'
        '<c r="L3" t="inlineStr"><is><t>=1+1</t></is></c></row>'
    )
    path = xlsx(tmp_path / "a.xlsx", row(2, *"abcdefghijkl") + values)
    assert told(path) == [
        (
            "feuille 1, ligne 3",
            {
                "a": "Les Élans", "b": "75201", "c": "44911434800023", "d": "01004",
                "e": "2020-03-31", "f": "2020-03-31T14:05:00", "g": "21667.1", "h": "true",
                "i": "", "j": "résultat", "k": "", "l": "=1+1",
            },
        )
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("serial", "date"),
    [
        (1, "1900-01-01"),  # ISO/IEC 29500-1, 18.17.4.1
        (59, "1900-02-28"),
        (61, "1900-03-01"),
        (38749, "2006-02-01"),
        (2958465, "9999-12-31"),
        (0.5, "12:00:00"),
        (-1, ""),
        (2958466, ""),
    ],
)
def test_days_of_a_spreadsheet_are_dates(serial: float, date: str) -> None:
    assert moment(serial) == date


def test_workbooks_that_count_from_1904_say_so(tmp_path: Path) -> None:
    cells = row(1, "nom", "date") + '<row r="2"><c r="B2" s="1"><v>42459</v></c></row>'
    path = xlsx(tmp_path / "a.xlsx", cells, first='<workbookPr date1904="1"/>')
    assert told(path) == [("feuille 1, ligne 2", {"nom": "", "date": "2020-03-31"})]


def test_the_visible_sheet_that_holds_most_is_read_and_titles_are_passed_over(
    tmp_path: Path,
) -> None:
    notice, hidden = row(1, "Notice"), "".join(row(n, *"xyzt") for n in range(1, 90))
    data = row(1, "Partenaires 2024") + row(4, "nom", "ville", "siren") + row(6, "A", "Foix", "1")
    path = xlsx(tmp_path / "a.xlsx", notice, data, hidden, states="  h")
    expected = [("feuille 2, ligne 6", {"nom": "A", "ville": "Foix", "siren": "1"})]
    assert told(path) == told(path, "2") == told(path, "Feuille 2") == expected
    assert columns_of(path) == ["nom", "ville", "siren"]
    assert len(told(path, "Feuille 3")) == 88
    with pytest.raises(SourceError) as raised:
        told(path, "Adhérents")
    assert raised.value.message == (
        "« a.xlsx » n'a pas la feuille « Adhérents » ;"
        " feuilles : « Feuille 1 », « Feuille 2 », « Feuille 3 »."
    )


def test_a_cell_beyond_the_columns_is_rejected_with_its_place(tmp_path: Path) -> None:
    path = xlsx(tmp_path / "a.xlsx", row(1, "a", "b") + row(2, "1", "2", "3") + row(3, "1"))
    assert told(path) == [
        Reject("feuille 1, ligne 2", "une cellule est hors des colonnes", "3"),
        ("feuille 1, ligne 3", {"a": "1", "b": ""}),
    ]


def test_a_sheet_with_two_distant_cells_takes_no_memory(tmp_path: Path) -> None:
    far = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    assert told(xlsx(tmp_path / "a.xlsx", row(1, "a", "b") + far)) == [
        Reject("feuille 1, ligne 1048576", "une cellule est hors des colonnes", "1")
    ]


def test_a_cell_that_is_too_long_is_rejected(tmp_path: Path) -> None:
    path = xlsx(tmp_path / "a.xlsx", row(1, "a", "b") + row(2, "x" * 1_100_000, "y"))
    assert told(path) == [Reject("feuille 1, ligne 2", "cellule trop longue")]


def test_opendocument_cells_are_read_like_those_of_excel(tmp_path: Path) -> None:
    def cell(kind: str, value: str, shown: str) -> str:
        said = f'office:value-type="{kind}" office:{value}'
        return f"<table:table-cell {said}><text:p>{shown}</text:p></table:table-cell>"

    def words(*texts: str) -> str:
        cells = "".join(cell("string", 'x=""', text) for text in texts)
        return f"<table:table-row>{cells}</table:table-row>"

    empty = '<table:table-cell table:number-columns-repeated="2"/>'
    note = "<office:annotation><text:p>note</text:p></office:annotation>"
    values = (
        "<table:table-row>"
        + cell("string", 'x=""', f'Amis{note}<text:s text:c="2"/>de</text:p><text:p>Foix')
        + cell("float", 'value="1004"', "01004")
        + empty
        + cell("date", 'date-value="2020-03-31"', "31/03/20")
        + cell("float", 'value="21667.1"', "21 667,10")
        + "</table:table-row>"
    )
    many = '<table:table-row table:number-rows-repeated="1048000">'
    twice = '<table:table-row table:number-rows-repeated="2">'
    path = ods(
        tmp_path / "a.ods",
        words("nom", "insee", "x", "y", "date", "montant")
        + f'{many}<table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
        + values
        + twice
        + cell("boolean", 'boolean-value="true"', "VRAI")
        + "</table:table-row>",
    )
    last = {"nom": "true", "insee": "", "x": "", "y": "", "date": "", "montant": ""}
    assert told(path) == [
        (
            "feuille 1, ligne 1048002",
            {
                "nom": "Amis  de\nFoix", "insee": "01004", "x": "", "y": "",
                "date": "2020-03-31", "montant": "21667.1",
            },
        ),
        ("feuille 1, ligne 1048003", last),
        ("feuille 1, ligne 1048004", last),
    ]  # fmt: skip


def test_a_workbook_that_declares_entities_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        laughs = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><workbook>&b;</workbook>'
        archive.writestr("xl/workbook.xml", laughs)
        archive.writestr("xl/_rels/workbook.xml.rels", "<Relationships/>")
    with pytest.raises(SourceError, match=r"« a\.xlsx » est abîmé : enregistrez le classeur"):
        told(path)


def test_a_workbook_in_a_zip_and_in_a_gzip_is_read(tmp_path: Path) -> None:
    path = xlsx(tmp_path / "a.xlsx", row(1, "a", "b") + row(2, "1", "2"))
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as archive:
        archive.write(path, "d/a.xlsx")
    expected = [("feuille 1, ligne 2", {"a": "1", "b": "2"})]
    assert told(tmp_path / "b.zip") == told(path) == expected


@settings(deadline=None)
@given(st.integers(0, 5000), st.binary(min_size=1, max_size=4), st.booleans())
def test_no_damage_to_a_workbook_crashes_its_reader(
    place: int, damage: bytes, opendocument: bool
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a"
        cells = row(1, "a", "b") + "".join(row(n, "1", "é" * n) for n in range(2, 20))
        whole = (ods if opendocument else xlsx)(path, cells).read_bytes()
        with zipfile.ZipFile(path) as archive:
            parts = {name: archive.read(name) for name in archive.namelist()}
        part = list(parts)[place % len(parts)]
        at = place % len(parts[part])
        parts[part] = parts[part][:at] + damage + parts[part][at + len(damage) :]
        with zipfile.ZipFile(path, "w") as archive:
            for name, content in parts.items():
                archive.writestr(name, content)
        for content in (path.read_bytes(), whole[:place], whole[:place] + damage + whole[place:]):
            path.write_bytes(content)
            said, found = "", list[str]()
            try:
                found.extend(row.locator for row in read_rows(path))
            except SourceError as error:
                said = error.message
            assert said.endswith("." if said else "")
            assert all(found)
