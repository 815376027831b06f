"""What `alliage export` writes, and what it refuses."""

from pathlib import Path

import networkx as nx
import pytest

from api.cli import main


@pytest.fixture
def asked(bundled_store: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The command asks the bundled graph."""
    monkeypatch.setenv("ALLIAGE_STORE", str(bundled_store))
    return bundled_store


@pytest.mark.usefixtures("asked")
@pytest.mark.parametrize(("form", "read"), [("graphml", nx.read_graphml), ("gexf", nx.read_gexf)])
def test_the_network_of_a_territory_is_written(tmp_path: Path, form: str, read: object) -> None:
    assert callable(read)
    file = tmp_path / "isere"
    assert main(["export", "--format", form, "--in", "Isère", "-o", str(file)]) == 0
    network = read(file)
    assert network.nodes["commune:38185"]["name"] == "Grenoble"
    assert network.in_degree("alliage:programme-innovation-sociale-isere") == 14  # § 9


@pytest.mark.usefixtures("asked")
@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--in", "Isère"], "gexf et graphml"),
        (["--format", "gexf", "--all-claims"], "ntriples et turtle"),
        (["--format", "graphml", "--in", "Atlantide"], "Atlantide"),
    ],
)
def test_what_does_not_go_together_is_told_and_nothing_is_written(
    tmp_path: Path, words: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "file"
    assert main(["export", *words, "-o", str(file)]) == 2
    assert told in capsys.readouterr().err
    assert not file.exists()


@pytest.mark.usefixtures("asked")
def test_a_file_that_cannot_be_written_leaves_what_was_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["export", "--format", "gexf", "-o", str(tmp_path / "none" / "file")]) == 2
    assert "Impossible d'écrire" in capsys.readouterr().err
