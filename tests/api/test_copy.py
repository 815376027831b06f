"""`alliage copy` between two files; between a file and a server: `tests/neo4j`."""

import json
from contextlib import closing
from pathlib import Path

import pytest

from api.cli import main
from graph.claims import NodeClaim, Source
from graph.model import ORGANISATION
from graph.sqlite.store import SqliteStore

SOURCE = Source("essai", "Essai", "Alliage", "Licence Ouverte 2.0")


@pytest.fixture
def origin(tmp_path: Path) -> Path:
    path = tmp_path / "a.db"
    with closing(SqliteStore(path, writable=True)) as store, store.write(SOURCE) as writing:
        said = {"name": "Le RAMEAU", "purpose": "Inventer des alliances"}
        writing.add([NodeClaim("alliage:le-rameau", ORGANISATION, "1", said)])
        writing.finish()
    return path


def test_a_copy_has_every_claim(
    origin: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "b.db"
    assert main(["copy", str(origin), f"sqlite:///{target}", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"claims": 1}
    with closing(SqliteStore(origin)) as before, closing(SqliteStore(target)) as after:
        assert list(after.scan_node_claims()) == list(before.scan_node_claims())
        assert [each.source for each in after.sources()] == [SOURCE]


@pytest.mark.parametrize(
    ("origin_address", "said"),
    [("http://exemple.fr/a.db", "n'est pas l'adresse d'un dépôt"), ("absent.db", "absent.db")],
)
def test_what_is_no_store_is_one_sentence(
    origin_address: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["copy", origin_address, str(tmp_path / "b.db")]) == 2
    err = capsys.readouterr().err
    assert said in err
    assert err.count("\n") == 1
    assert not (tmp_path / "b.db").exists()


def test_a_store_that_holds_another_source_is_not_copied_into(
    origin: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "b.db"
    other = Source("autre", "Autre", "Alliage", "Licence Ouverte 2.0")
    with closing(SqliteStore(target, writable=True)) as store, store.write(other) as writing:
        writing.add([NodeClaim("alliage:gaia", ORGANISATION, "1", {"name": "GAIA"})])
        writing.finish()
    assert main(["copy", str(origin), str(target)]) == 2
    err = capsys.readouterr().err
    assert "autre" in err
    assert err.count("\n") == 1
    with closing(SqliteStore(target)) as store:
        assert [each.source.name for each in store.sources()] == ["autre"]


def test_a_server_that_does_not_answer_is_one_sentence(
    origin: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["copy", str(origin), "bolt://neo4j@127.0.0.1:1/neo4j"]) == 2
    assert capsys.readouterr().err.count("\n") == 1
