import csv
import gzip
import io
import json
import random
import tempfile
import tracemalloc
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from graph.errors import SourceError
from ingest.files.tables import Reject, columns_of, harmless, read_rows
from ingest.rows import Row

Told = list[dict[str, str] | tuple[str, str, str]]


def told(path: Path, **settings: str) -> Told:
    """Rows as their values, rejects as place, reason and value."""
    return [
        dict(found.values) if isinstance(found, Row) else (found.locator, found.reason, found.value)
        for found in read_rows(path, **settings)  # type: ignore[arg-type]
    ]


def table(folder: Path, content: str | bytes, name: str = "table.csv") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def rows(path: Path) -> list[Row]:
    found = list(read_rows(path))
    assert all(isinstance(row, Row) for row in found)
    return [row for row in found if isinstance(row, Row)]


@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
def test_the_separator_is_found(tmp_path: Path, separator: str) -> None:
    content = f'nom{separator}ville\n"A{separator}B"{separator}Foix\nC, D; E{separator}Albi\n'
    if separator in ",;":
        content = content.replace("C, D; E", '"C, D; E"')
    path = table(tmp_path, content)
    assert told(path) == [
        {"nom": f"A{separator}B", "ville": "Foix"},
        {"nom": "C, D; E", "ville": "Albi"},
    ]
    assert columns_of(path) == ["nom", "ville"]


def test_places_are_lines_of_the_file_and_blank_lines_are_none(tmp_path: Path) -> None:
    path = table(tmp_path, 'nom;note\n\nA;"1\n2\n3"\n\nB;x\n')
    assert [(row.locator, row.values["nom"]) for row in rows(path)] == [
        ("ligne 3", "A"),
        ("ligne 7", "B"),
    ]


def test_titles_above_the_header_are_passed_over(tmp_path: Path) -> None:
    path = table(tmp_path, "Partenaires;;\nMise à jour;2024;\n\nnom;ville;siren\nA;Foix;1\n")
    assert told(path) == [{"nom": "A", "ville": "Foix", "siren": "1"}]
    assert [row.locator for row in rows(path)] == ["ligne 5"]


def test_columns_without_name_and_columns_of_the_same_name_are_told_apart(tmp_path: Path) -> None:
    path = table(tmp_path, "\ufeff nom ;;nom;nom (2);;\nA;B;C;D;;\n")
    assert told(path) == [{"nom": "A", "colonne 2": "B", "nom (2)": "C", "nom (2) (2)": "D"}]


def test_a_row_with_too_many_or_too_few_fields_is_rejected_with_its_place(tmp_path: Path) -> None:
    path = table(tmp_path, "a;b;c\n1;2\n1;2;3;4\n1;2;3\n1;2;3;;\n")
    assert told(path) == [
        ("ligne 2", "2 champs au lieu de 3", "1;2"),
        ("ligne 3", "4 champs au lieu de 3", "1;2;3;4"),
        {"a": "1", "b": "2", "c": "3"},
        {"a": "1", "b": "2", "c": "3"},
    ]


def test_quotes_that_were_not_doubled_are_repaired_and_noted(tmp_path: Path) -> None:
    path = table(
        tmp_path,
        'a;b;c\n"1";"Association "Les Amis; ensemble" de Foix";"3"\n"1";"dit ""Le Pont""";"3"\n',
    )
    first, second = rows(path)
    assert first.values == {"a": "1", "b": 'Association "Les Amis; ensemble" de Foix', "c": "3"}
    assert first.notes == ["guillemets réparés"]
    assert second.values == {"a": "1", "b": 'dit "Le Pont"', "c": "3"}
    assert second.notes == []


def test_a_quote_that_is_never_closed_costs_no_other_row(tmp_path: Path) -> None:
    good = "".join(f"{number};x;y\n" for number in range(60_000))
    path = table(tmp_path, f'a;b;c\n1;"Les Amis;3\n{good}')
    found = rows(path)
    assert found[0].values == {"a": "1", "b": "Les Amis", "c": "3"}
    assert found[0].notes == ["guillemets réparés"]
    assert [row.values["a"] for row in found[1:]] == [str(number) for number in range(60_000)]
    assert found[-1].locator == "ligne 60002"


def test_a_quote_that_cannot_be_repaired_is_rejected_and_reading_goes_on(tmp_path: Path) -> None:
    path = table(tmp_path, 'a;b;c\n1;"Les Amis\n"x"y";2;9\n4;5;6\n')
    assert told(path) == [
        ("ligne 2", "guillemets mal fermés", '1;"Les Amis'),
        {"a": 'x"y', "b": "2", "c": "9"},
        {"a": "4", "b": "5", "c": "6"},
    ]


def test_a_multi_line_cell_across_the_blocks_of_reading_stays_whole(tmp_path: Path) -> None:
    long = "\n".join(["mot " * 20] * 1000)
    content = "".join(f'{number};"{long}";z\n' for number in range(9))
    path = table(tmp_path, f"a;b;c\n{content}")
    found = rows(path)
    assert [row.values["a"] for row in found] == [str(number) for number in range(9)]
    assert {row.values["b"] for row in found} == {long}
    assert found[8].locator == "ligne 8002"


def test_a_cell_and_a_line_that_are_too_long_are_rejected_with_their_place(tmp_path: Path) -> None:
    path = table(tmp_path, f'a;b\n1;2\n1;"{"x" * 200_000}"\n1;{"x;" * 900_000}\n3;4\n')
    found = told(path)
    assert [row if isinstance(row, dict) else row[:2] for row in found] == [
        {"a": "1", "b": "2"},
        ("ligne 3", "cellule de plus de 131072 caractères"),
        ("ligne 4", "ligne de plus de 1 Mio"),
        {"a": "3", "b": "4"},
    ]


def test_memory_does_not_grow_with_a_line_of_any_length(tmp_path: Path) -> None:
    packed = gzip.compress(random.Random(1).randbytes(1 << 20).hex().encode() * 12, 1)
    path = table(tmp_path, gzip.compress(b"a;b\n1;2\n") + packed + gzip.compress(b"\n3;4\n"))
    tracemalloc.start()
    found = told(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found == [
        {"a": "1", "b": "2"},
        ("ligne 3", "ligne de plus de 1 Mio", ""),
        {"a": "3", "b": "4"},
    ]
    assert peak < 16 << 20


def test_what_was_used_is_known(tmp_path: Path) -> None:
    path = table(tmp_path, "nom;ville;siren\nA;Foix;1\n")
    read = read_rows(path)
    for row in read:
        assert isinstance(row, Row)
        row.take("nom")
        row.ignore(["ville"])
    assert read.columns == ["nom", "ville", "siren"]
    assert read.unused == ["siren"]


def test_the_files_of_a_zip_are_read_one_after_the_other(tmp_path: Path) -> None:
    path = tmp_path / "rna.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("dpt_01.csv", "id;titre\nW1;A\n")
        archive.writestr("dpt_38.csv", "titre;id;site\nB;W2\n")
        archive.writestr("dpt_69.json", '[{"id":"W3"}]')
    read = read_rows(path, member="dpt_*")
    assert [(row.locator, dict(row.values)) if isinstance(row, Row) else row for row in read] == [
        ("dpt_01.csv, ligne 2", {"id": "W1", "titre": "A"}),
        Reject("dpt_38.csv, ligne 2", "2 champs au lieu de 3", "B;W2"),
        ("dpt_69.json, élément 1", {"id": "W3"}),
    ]
    assert read.columns == ["id", "titre", "site"]


def test_json_gives_texts_as_they_were_written(tmp_path: Path) -> None:
    record = (
        '{"nom":"Élan","siret":4.20495E+13,"montant":19875.06,"n":75201.0,"ok":true,"rien":null,'
        '"types":["a","b"],"ou":{"lat":1,"dans":{"x":"y"}}}'
    )
    expected = {
        "nom": "Élan", "siret": "4.20495E+13", "montant": "19875.06", "n": "75201.0",
        "ok": "true", "rien": "", "types": '["a", "b"]', "ou.lat": "1", "ou.dans.x": "y",
    }  # fmt: skip
    for content in (
        f"[{record},\n{record}]",
        f'{{"licence":"x","context":["a"],"data":[{record},{record}],"count":2}}',
        f"{record}\n{record}\n",
    ):
        path = table(tmp_path, content, "a.json")
        assert told(path) == [expected, expected]
        assert columns_of(path) == list(expected)
    assert told(table(tmp_path, record, "a.json")) == [expected]


def test_the_list_within_a_json_object_can_be_named(tmp_path: Path) -> None:
    path = table(tmp_path, '{"meta":[{"a":1}],"n":[],"features":[{"b":2},3]}', "a.json")
    assert told(path, records="features") == [
        {"b": "2"},
        ("élément 2", "n'est pas un objet JSON", "3"),
    ]


def test_geojson_gives_properties_and_the_place_of_points(tmp_path: Path) -> None:
    def feature(kind: str, coordinates: object) -> dict[str, object]:
        geometry = {"type": kind, "coordinates": coordinates}
        return {"type": "Feature", "id": 7, "properties": {"nom": "A"}, "geometry": geometry}

    features = [
        feature("Point", [5.26, 45.9]),
        feature("Point", [842666.7, 6519924.4]),
        feature("LineString", [[5.26, 45.9], [5, 45]]),
        {"type": "Feature", "properties": {"nom": "B"}, "geometry": None},
    ]
    path = table(tmp_path, json.dumps({"type": "FeatureCollection", "features": features}))
    assert told(path) == [
        {"nom": "A", "id": "7", "latitude": "45.9", "longitude": "5.26"},
        {"nom": "A", "id": "7"},
        {"nom": "A", "id": "7"},
        {"nom": "B"},
    ]
    assert rows(path)[1].notes == ["coordonnées qui ne sont pas des degrés, laissées"]


@pytest.mark.parametrize("content", ['[{"a":1},{"a":', '[{"a":1} {"a":2}]', "[", '{"a":1', "[1,"])
def test_truncated_json_is_an_error_because_what_is_missing_is_not_gone(
    tmp_path: Path, content: str
) -> None:
    path = table(tmp_path, content, "a.json")
    with pytest.raises(SourceError, match=r"^« a\.json » n'est pas du JSON à partir de la ligne 1"):
        list(read_rows(path))


def test_a_bad_line_among_json_lines_is_rejected(tmp_path: Path) -> None:
    path = table(tmp_path, '{"a":1}\n{"a":\n\n[1]\n{"a":2}\n', "a.ndjson")
    assert told(path) == [
        {"a": "1"},
        ("ligne 2", "n'est pas du JSON", '{"a":'),
        ("ligne 4", "n'est pas un objet JSON", "['1']"),
        {"a": "2"},
    ]


def test_json_nested_without_end_is_an_error(tmp_path: Path) -> None:
    path = table(tmp_path, "[" * 200_000, "a.json")
    with pytest.raises(SourceError):
        list(read_rows(path))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "« a » est vide, ou sa première ligne n'est pas un en-tête."),
        (b" \n\n", "« a » est vide, ou sa première ligne n'est pas un en-tête."),
        (b"%PDF-1.7", "« a » est un PDF : demandez la table dont il est tiré."),
        (b"<!doctype html>", "une page web ou du XML, pas une table"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "enregistrez-le en .xlsx, sans mot de passe"),
        (b"PAR1xxxxPAR1", "« a » est un fichier Parquet tronqué ou abîmé"),
        (b"PK\x03\x04xxxx", "« a » est tronqué ou abîmé"),
    ],
)
def test_what_is_no_table_is_said_before_the_first_row(
    tmp_path: Path, content: bytes, said: str
) -> None:
    path = table(tmp_path, content, "a")
    with pytest.raises(SourceError) as raised:
        read_rows(path)
    assert said in raised.value.message


def test_who_stops_early_closes_the_file(tmp_path: Path) -> None:
    path = table(tmp_path, "a;b\n1;2\n3;4\n")
    read = read_rows(path)
    assert isinstance(next(read), Row)
    read.close()
    assert list(read) == []


def test_what_the_file_does_not_say_can_be_said(tmp_path: Path) -> None:
    path = table(tmp_path, "nom|a;b\nÉlan|1;2\n".encode("cp850"))
    assert told(path, encoding="cp850", separator="|") == [{"nom": "Élan", "a;b": "1;2"}]
    with pytest.raises(SourceError) as raised:
        read_rows(path, encoding="latin-9000")
    assert raised.value.message == "« latin-9000 » n'est pas un encodage connu ; essayez utf-8."


@pytest.mark.parametrize(
    "text", ['=HYPERLINK("http://x";"y")', "+A1", "-A1", "@SUM(1)", "\t=1", " =1", "＝1"]
)
def test_formulas_are_plain_text_and_harmless_when_they_are_written_again(
    tmp_path: Path, text: str
) -> None:
    written = io.StringIO()
    csv.writer(written, delimiter=";").writerows([["a", "b"], [text, "x"]])
    assert told(table(tmp_path, written.getvalue())) == [{"a": text, "b": "x"}]
    assert harmless(text) == f"'{text}"
    assert harmless(harmless(text)) == harmless(text)


@pytest.mark.parametrize("text", ["", "-12,5", "+33 4 76 00 00 00", "Foix", "a=b", "12 %", "-5 %"])
def test_numbers_and_words_are_written_as_they_are(text: str) -> None:
    assert harmless(text) == text


REAL: Mapping[str, int] = {
    "organisations/fonds-vert-2023-export.csv": 10_782,
    "organisations/france-services-20221201.csv": 2_683,
    "organisations/subventions-pays-de-la-loire.csv": 18_705,
    "organisations/data-inclusion-structures.json": 3_811,
    "organisations/data-inclusion-services.json": 4_261,
    "alliances/adulte-relais-2020.json": 4_660,
    "alliances/postes-fonjep-2021.json": 1_462,
    "alliances/contrats-de-ville-centres.json": 434,
    "alliances/anr-partners-2010-2018.csv.gz": 37_724,
    "alliances/h2020-participations-2014-2018.csv.gz": 91_334,
    "nomenclatures/cj_septembre_2022_n3.csv": 260,
    "nomenclatures/rna_objet_social.tsv": 169,
    "territories/mvtcommunes.csv.gz": 13_534,
    "geometry/fr-drom-4326-pur-style1-dep.geojson": 101,
}


@pytest.mark.parametrize("name", REAL)
def test_every_row_of_the_real_files_is_read(shared: Path, name: str) -> None:
    read = read_rows(shared / "data" / name)
    found = list(read)
    assert (len(found), [row for row in found if isinstance(row, Reject)]) == (REAL[name], [])
    assert all(read.columns)


def test_the_first_rows_of_real_files_are_what_their_publishers_wrote(shared: Path) -> None:
    data = shared / "data"
    city = next(read_rows(data / "alliances" / "contrats-de-ville-centres.json"))
    grant = next(read_rows(data / "organisations" / "subventions-pays-de-la-loire.csv"))
    assert isinstance(city, Row)
    assert city.values == {
        "codgeo": "240100883", "code_cv": "CV001", "lib_cv": "01 - CC de la Plaine de l'Ain",
        "insee_dep": "01", "pop": "1568.0",
        "latitude": "45.905406863373152", "longitude": "5.264910539703634",
    }  # fmt: skip
    assert isinstance(grant, Row)
    assert (grant.take("nomAttribuant"), grant.take("montant")) == (
        "Département de Loire-Atlantique",
        "250.0",
    )


CELLS = st.text(alphabet="ab;,|\t\"'\n\r é\0\ufffdÃ©=", max_size=8)


@settings(deadline=None)
@given(st.binary(max_size=400) | st.lists(CELLS, max_size=40).map(lambda c: "".join(c).encode()))
@example(b'a;b\n"')
@example(b'"')
@example(b'a;b\n1;"\n"2;3')
@example(b"[")
@example(b'{"a":1}\n{')
def test_no_input_crashes_a_reader_and_what_is_rejected_has_place_and_reason(raw: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = table(Path(folder), raw)
        found: list[Row | Reject] = []
        said = ""
        try:
            found.extend(read_rows(path))
        except SourceError as error:
            said = error.message
        assert said.endswith("." if said else "")
        for row in found:
            assert row.locator
            if isinstance(row, Reject):
                assert row.reason
            else:
                assert all(isinstance(text, str) for text in row.values.values())


@settings(deadline=None)
@given(
    st.lists(
        st.lists(st.text(alphabet='ab;, "\nàé', max_size=6), min_size=3, max_size=3), max_size=8
    ),
    st.sampled_from([";", ",", "\t", "|"]),
)
def test_what_a_csv_writer_writes_is_read_as_it_was(
    records: list[list[str]], separator: str
) -> None:
    written = io.StringIO()
    writer = csv.writer(written, delimiter=separator, quoting=csv.QUOTE_ALL)
    writer.writerows([["nom", "ville", "note"], *records])
    with tempfile.TemporaryDirectory() as folder:
        path = table(Path(folder), written.getvalue())
        found = told(path, separator=separator)
    assert found == [dict(zip(["nom", "ville", "note"], cells, strict=True)) for cells in records]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=12,
)


@settings(deadline=None)
@given(st.lists(st.dictionaries(st.text(max_size=4), JSON, max_size=3), max_size=4))
def test_any_json_list_of_objects_gives_as_many_rows(records: list[dict[str, object]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = table(Path(folder), json.dumps(records), "a.json")
        assert len(rows(path)) == len(records)
