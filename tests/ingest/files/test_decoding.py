import io
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.files.decoding import BLOCK, Block, blocks, encoding_of, texts


def read(raw: bytes, **settings: int) -> list[Block]:
    return list(blocks(io.BytesIO(raw), **settings))  # type: ignore[arg-type]


def lines(raw: bytes) -> list[str]:
    return [line for block in read(raw) for line in block.lines]


TEXT = "nom;ville\nLes Élans;Forêt\n"


@pytest.mark.parametrize(
    "raw",
    [
        TEXT.encode(),
        TEXT.encode("utf-8-sig"),
        TEXT.encode("cp1252"),
        TEXT.encode("utf-16"),
        TEXT.encode("utf-16-le"),
        TEXT.encode("utf-16-be"),
        TEXT.encode("utf-32"),
    ],
)
def test_every_encoding_gives_the_same_lines(raw: bytes) -> None:
    assert lines(raw) == ["nom;ville\n", "Les Élans;Forêt\n"]


def test_a_line_in_latin_1_within_a_file_in_utf_8_is_read_and_noted() -> None:
    raw = "Forêt\n".encode() * 3 + "Vendée\n".encode("cp1252") + b"Foix\n"
    (block,) = read(raw)
    assert block.lines == ["Forêt\n"] * 3 + ["Vendée\n", "Foix\n"]
    assert block.notes == {3: ["ligne en Latin-1 dans un fichier UTF-8"]}


def test_a_line_in_utf_8_within_a_file_in_latin_1_is_read_and_noted() -> None:
    raw = "Forêt\n".encode("cp1252") * 3 + "Vendée\n".encode()
    (block,) = read(raw)
    assert block.lines == ["Forêt\n"] * 3 + ["Vendée\n"]
    assert block.notes == {3: ["ligne en UTF-8 dans un fichier Latin-1"]}


def test_a_file_all_in_latin_1_is_no_fault_of_each_line(shared: Path) -> None:
    file = shared / "data" / "organisations" / "subventions-pays-de-la-loire.csv"
    with file.open("rb") as stream:
        found = list(blocks(stream))
    assert sum(len(block.lines) for block in found) == 19_031
    noted = {block.first + index: notes for block in found for index, notes in block.notes.items()}
    assert noted == {line: ["accents rétablis"] for line in (18_148, 18_161, 18_176, 18_951)}


def test_nul_characters_are_taken_out_and_noted() -> None:
    (block,) = read(b"a;b\n1\0;2\n")
    assert block.lines == ["a;b\n", "1;2\n"]
    assert block.notes == {1: ["caractères nuls ôtés"]}


def test_a_lost_character_is_noted() -> None:
    (block,) = read("D\ufffdpartement\n".encode())
    assert block.notes == {0: ["caractères perdus (\ufffd)"]}


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_lines_may_end_in_three_ways_and_the_last_need_not_end(ending: str) -> None:
    raw = ending.join(["a", "b\x0bc\x85d", "e"]).encode()
    assert [line.rstrip("\r\n") for line in lines(raw)] == ["a", "b\x0bc…d", "e"]


def test_a_line_longer_than_the_limit_is_passed_over_and_reading_goes_on() -> None:
    raw = b"a\n" + b"x" * (5 * BLOCK) + b"\nb\n"
    found = read(raw, max_line=BLOCK)
    assert [(block.first, block.lines, block.too_long) for block in found] == [
        (1, ["a\n"], False),
        (2, [], True),
        (3, ["b\n"], False),
    ]


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_no_bytes_are_too_odd_to_be_lines(raw: bytes) -> None:
    found = read(raw)
    lengths = [len(block.lines) for block in found]
    assert [block.first for block in found] == [1 + sum(lengths[:i]) for i in range(len(found))]
    text = "".join(line for block in found for line in block.lines)
    text.encode("utf-8")
    if raw.isascii() and b"\0" not in raw:
        assert text == raw.decode()


@settings(deadline=None)
@given(st.lists(st.text(alphabet='aé\u2028\x0c ;"', max_size=8), max_size=8))
def test_valid_utf_8_is_read_as_it_is(rows: list[str]) -> None:
    raw = "\n".join(rows)
    assert "".join(lines(raw.encode())) == raw


def test_a_byte_that_is_not_utf_8_survives_in_texts_without_lines() -> None:
    raw = b'[{"nom":"Vend' + "é".encode("latin-1") + '","v":"Forêt","w":"Forêt"}]'.encode()
    text = "".join(texts(io.BytesIO(raw), "utf-8"))
    assert re.sub("[\ud800-\udfff]", "?", text) == '[{"nom":"Vend?","v":"Forêt","w":"Forêt"}]'


def test_a_sample_that_ends_within_a_character_is_still_utf_8() -> None:
    assert encoding_of("é".encode()[:1]) == "utf-8"
    assert encoding_of("aé€".encode()[:-1]) == "utf-8"
    assert encoding_of("Vendée".encode("latin-1")) == "cp1252"
