import json
import shutil
from pathlib import Path

import pytest

from api.cli import main
from api.render import typeset

FIXTURES = Path(__file__).parents[1] / "data"
GRANTS = FIXTURES / "grants" / "subventions.csv"


@pytest.fixture(autouse=True)
def store(bundled_store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the bundled store, for each test to write into."""
    path = Path(shutil.copy(bundled_store, tmp_path / "alliage.db"))
    monkeypatch.setenv("ALLIAGE_STORE", str(path))
    return path


def printed(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    capsys.readouterr()
    assert main(words) == 0
    return capsys.readouterr().out


def refused(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    capsys.readouterr()
    assert main(words) == 2
    return capsys.readouterr().err.strip()


def test_a_file_is_read_and_what_became_of_it_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    report = json.loads(printed(capsys, "ingest", "grants", str(GRANTS), "--json"))["answers"]
    [grants] = report
    assert grants["source"] == "grants"
    assert grants["read"] == grants["written"] + grants["unchanged"] + sum(
        grants["rejected"].values()
    )
    assert grants["written"] > 0
    again = printed(capsys, "ingest", "grants", str(GRANTS))
    assert typeset(f"grants : {grants['read']} enregistrements lus, 0 écrit") in again


def test_the_source_of_a_file_is_found_by_its_columns(capsys: pytest.CaptureFixture[str]) -> None:
    report = json.loads(printed(capsys, "ingest", "auto", str(GRANTS), "--json"))
    assert [answer["source"] for answer in report["answers"]] == ["grants"]


def test_a_source_that_was_read_can_be_forgotten(capsys: pytest.CaptureFixture[str]) -> None:
    before = printed(capsys, "sources")
    printed(capsys, "ingest", "grants", str(GRANTS))
    assert printed(capsys, "sources") != before
    assert "faits retirés" in printed(capsys, "forget", "grants")
    assert printed(capsys, "sources") == before


def test_a_table_of_partners_goes_in_with_a_mapping_that_was_suggested(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    table = tmp_path / "partenaires.csv"
    table.write_text(
        "Nom de la structure,SIREN,Commune,ODD\nVille de Grenoble,213801855,Grenoble,11\n",
        encoding="utf-8",
    )
    mapping = tmp_path / "partenaires.yaml"
    mapping.write_text(
        printed(capsys, "ingest", "table", str(table), "--suggest").replace(
            "À COMPLÉTER", "Grenoble"
        ),
        encoding="utf-8",
    )
    words = ("ingest", "table", str(table), "--mapping", str(mapping), "--json")
    [report] = json.loads(printed(capsys, *words))["answers"]
    assert (report["read"], report["written"]) == (1, 1)


def test_what_cannot_be_read_is_told_in_one_sentence(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    missing = tmp_path / "absent.csv"
    for words, sentence in (
        (("ingest", "grants"), "donnez le chemin"),
        (("ingest", "grants", str(missing)), "n'existe pas"),
        (("ingest", "table", str(GRANTS)), "--mapping"),
        (("ingest", "sirène"), "n'est pas une source connue"),
        (("ingest", "reference", str(GRANTS)), "ne lit pas de fichier"),
        (("forget", "sirene"), "n'est pas une source connue"),
    ):
        message = refused(capsys, *words)
        assert sentence in message
        assert "\n" not in message


def test_a_first_list_comes_with_what_is_bundled(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALLIAGE_STORE", str(tmp_path / "new.db"))
    printed(capsys, "ingest", "grants", str(GRANTS))
    names = [
        s["source"]["name"] for s in json.loads(printed(capsys, "sources", "--json"))["answers"]
    ]
    assert {"cog", "exemples", "grants"} <= set(names)
