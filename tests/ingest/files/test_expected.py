import csv
import gzip
import io
import random
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.parquet as pq  # type: ignore[import-untyped]
import pytest

from ingest.files.expected import expected_records
from ingest.files.tables import read_rows

COLUMNS = ("siren", "nom", "objet")


def records(count: int, seed: int = 0) -> Iterator[tuple[str, str, str]]:
    """Records of various lengths, some of several lines; the same for the same seed."""
    chance = random.Random(seed)
    for number in range(count):
        purpose = "entraide " * chance.randrange(8)
        yield f"{number:09}", f"Association n° {number}", chance.choice((purpose, f"{purpose}\nà"))


def table(count: int, separator: str = ";", seed: int = 0) -> str:
    """A text table of as many records."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=separator)
    writer.writerow(COLUMNS)
    writer.writerows(records(count, seed))
    return text.getvalue()


def read(path: Path) -> int:
    return sum(1 for _ in read_rows(path))


@pytest.mark.parametrize(
    ("name", "separator", "encoding"),
    [
        ("a.csv", ";", "utf-8"),
        ("a.csv", ",", "cp1252"),
        ("a.tsv", "\t", "utf-8-sig"),
        ("a.txt", "|", "utf-16"),
    ],
)
def test_of_a_large_text_table_the_beginning_tells_within_a_twentieth(
    tmp_path: Path, name: str, separator: str, encoding: str
) -> None:
    path = tmp_path / name
    path.write_text(table(60_000, separator), encoding=encoding, newline="")
    assert path.stat().st_size > 2 << 20
    assert expected_records([path]) == pytest.approx(60_000, rel=0.05)
    assert read(path) == 60_000


@pytest.mark.parametrize("count", [0, 1, 7, 1000])
def test_of_a_small_table_the_number_is_exact(tmp_path: Path, count: int) -> None:
    path = tmp_path / "a.csv"
    path.write_text(table(count), encoding="utf-8", newline="")
    assert expected_records([path]) == count


def test_of_a_zip_the_size_of_what_is_in_it_tells(tmp_path: Path) -> None:
    path = tmp_path / "rna_waldec.zip"
    counts = (9_000, 30_000, 4_000)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, count in enumerate(counts):
            archive.writestr(f"rna_waldec_{number}.csv", table(count, seed=number))
        archive.writestr("LisezMoi.txt", "Une ligne\n" * 50_000)
        archive.writestr("notice.pdf", "%PDF" + "\n" * 50_000)
    assert expected_records([path]) == pytest.approx(sum(counts), rel=0.05)


def test_parquet_says_it(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"siren": [str(number) for number in range(12_345)]}), path)
    assert expected_records([path]) == read(path) == 12_345


def test_one_object_a_line_is_one_record(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text("\n".join(f'{{"siren": "{n:09}"}}' for n in range(100_000)), encoding="utf-8")
    assert path.stat().st_size > 1 << 20
    assert expected_records([path]) == pytest.approx(100_000, rel=0.05)


def test_files_are_counted_together_or_not_at_all(tmp_path: Path) -> None:
    one, other, unknown = (tmp_path / name for name in ("a.csv", "b.csv", "c.json"))
    one.write_text(table(10), encoding="utf-8", newline="")
    other.write_text(table(5), encoding="utf-8", newline="")
    unknown.write_text('[{"siren": "1"}]', encoding="utf-8")
    assert expected_records([one, other]) == 15
    assert expected_records([one, unknown]) is None
    assert expected_records([]) is None


def test_what_does_not_say_it_cheaply_or_cannot_be_read_is_not_known(tmp_path: Path) -> None:
    text = table(1000)
    files = {
        "a.csv.gz": gzip.compress(text.encode()),
        "objets.csv": b' [{"siren": "1"}]',
        "classeur.csv": b"PK\x03\x04 tronqu",
        "abime.parquet": b"PAR1 tronqu",
        "archive.7z": b"7z\xbc\xaf\x27\x1c",
        "page.html": b"<html>",
        "graphe.ttl": b"@prefix org: <http://www.w3.org/ns/org#> .",
    }
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
        assert expected_records([tmp_path / name]) is None, name
    assert expected_records([tmp_path / "absent.csv"]) is None
    assert expected_records([tmp_path]) is None
