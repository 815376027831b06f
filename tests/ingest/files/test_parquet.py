import datetime as dt
import tempfile
import zipfile
from pathlib import Path

import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.parquet as pq  # type: ignore[import-untyped]
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.errors import SourceError
from ingest.files.tables import columns_of, read_rows
from ingest.rows import Row

UNIT = {
    "siren": ["005880596", None],
    "trancheEffectifs": [12, None],
    "dateCreationUniteLegale": [dt.date(1955, 1, 1), None],
    "dateDernierTraitement": pa.array([1711116300, 1711065600], pa.timestamp("s")),
    "denomination": ["Forêt de CÃ\x83Â©zanne", "x"],
    "ess": [True, None],
    "montant": [75201.0, 21667.1],
    "manque": [float("nan"), None],
    "sigles": [["a", "é"], None],
    "activite": pa.array(["94.99Z", None]).dictionary_encode(),
}


def written(path: Path) -> Path:
    pq.write_table(pa.table(UNIT), path)
    return path


def test_values_are_texts(tmp_path: Path) -> None:
    first, second = read_rows(written(tmp_path / "a.parquet"))
    assert isinstance(first, Row)
    assert isinstance(second, Row)
    assert first.locator == "ligne 1"
    assert first.values == {
        "siren": "005880596", "trancheEffectifs": "12", "dateCreationUniteLegale": "1955-01-01",
        "dateDernierTraitement": "2024-03-22T14:05:00", "denomination": "Forêt de Cézanne",
        "ess": "true", "montant": "75201", "manque": "", "sigles": '["a", "é"]',
        "activite": "94.99Z",
    }  # fmt: skip
    assert first.notes == ["accents rétablis"]
    assert second.values == dict.fromkeys(UNIT, "") | {
        "dateDernierTraitement": "2024-03-22", "denomination": "x", "montant": "21667.1",
    }  # fmt: skip


def test_columns_and_files_within_a_zip(tmp_path: Path) -> None:
    path = written(tmp_path / "a.parquet")
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as archive:
        archive.write(path, "a.parquet")
    assert columns_of(path) == columns_of(tmp_path / "b.zip") == list(UNIT)


def test_a_truncated_file_is_said(tmp_path: Path) -> None:
    path = written(tmp_path / "a.parquet")
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(SourceError) as raised:
        read_rows(path)
    assert raised.value.message == (
        "« a.parquet » est un fichier Parquet tronqué ou abîmé : téléchargez-le de nouveau."
    )


@settings(deadline=None)
@given(st.integers(4, 4000), st.binary(min_size=1, max_size=4))
def test_no_damage_crashes_the_reader(place: int, damage: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = written(Path(folder) / "a.parquet")
        raw = bytearray(path.read_bytes())
        at = place % (len(raw) - 8)
        raw[at : at + len(damage)] = damage
        path.write_bytes(raw)
        said, found = "", list[str]()
        try:
            found.extend(row.locator for row in read_rows(path))
        except SourceError as error:
            said = error.message
        assert said.endswith("." if said else "")
        assert all(found)
