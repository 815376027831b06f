"""`alliage ingest outlines`: what it says, and where it puts the outlines."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from api.cli import main
from ingest.outlines import SUFFIX, read

# About the centre of Isère, which the reference puts at 45.2603 N, 5.5757 E.
SQUARE = [[5.0, 45.0], [6.0, 45.0], [6.0, 46.0], [5.0, 46.0], [5.0, 45.0]]
FAR = [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0], [0.0, 0.0]]

Run = Callable[..., tuple[int, str, str]]


def feature(code: str, ring: list[list[float]]) -> dict[str, object]:
    geometry = {"type": "Polygon", "coordinates": [ring]}
    return {"type": "Feature", "properties": {"dep": code}, "geometry": geometry}


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    def run(*words: str) -> tuple[int, str, str]:
        status = main(["ingest", "outlines", *words, "--store", str(tmp_path / "a.db")])
        out, err = capsys.readouterr()
        return status, out.replace("\u202f", " ").replace("\u00a0", " "), err

    return run


@pytest.fixture
def file(tmp_path: Path) -> Path:
    features = [feature("38", SQUARE), feature("99", SQUARE), feature("974", FAR)]
    path = tmp_path / "departements.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), "utf-8")
    return path


def test_outlines_lie_beside_the_store_and_what_was_left_out_is_told(
    run: Run, file: Path, tmp_path: Path
) -> None:
    status, out, err = run(str(file))
    assert (status, err) == (0, "")
    assert out.splitlines() == [
        "contours : 1 département",
        "    1 code que nous ne connaissons pas : departement:99",
        "    1 contour loin de son territoire : departement:974",
    ]
    kept = read(tmp_path / "a.db.outlines" / f"departement{SUFFIX}")
    assert list(kept.keys) == ["departement:38"]
    assert not (tmp_path / "a.db").exists()


def test_what_was_kept_is_told_as_json(run: Run, file: Path) -> None:
    status, out, _ = run(str(file), "--json")
    assert status == 0
    told = {"drawn": {"departement": 1}, "unknown": ["departement:99"]}
    assert json.loads(out) == {**told, "elsewhere": ["departement:974"]}


@pytest.mark.parametrize("words", [(), ("un", "deux"), ("absent.geojson",)])
def test_no_file_or_two_or_an_absent_one_is_one_sentence(run: Run, words: tuple[str, ...]) -> None:
    status, out, err = run(*words)
    assert (status, out) == (2, "")
    assert err.endswith(".\n")
    assert err.count("\n") == 1


def test_a_name_for_an_edition_makes_no_sense_for_outlines(run: Run, file: Path) -> None:
    status, _, err = run(str(file), "--as", "essai")
    assert status == 2
    assert "ne prend que le chemin" in err


def test_a_folder_that_cannot_be_made_is_one_sentence(run: Run, file: Path, tmp_path: Path) -> None:
    (tmp_path / "a.db.outlines").write_text("un fichier", "utf-8")
    status, _, err = run(str(file))
    assert status == 2
    assert err.count("\n") == 1
    assert "ne peuvent pas être gardés" in err
