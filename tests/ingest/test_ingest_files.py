import csv
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from graph.claims import Source
from graph.errors import SourceError, UnknownSource
from graph.model import ORGANISATION
from graph.sqlite.store import SqliteStore
from ingest.catalogue import FILE_SOURCES, local, recognised, tabular
from ingest.runner import Ingested, ingest_files
from ingest.tabular import Tabular

FILES = Path(__file__).parents[1] / "data"
HEADER = "nomAttribuant,idAttribuant,dateConvention,nomBeneficiaire,idBeneficiaire,objet,montant"
# True grants of the département de Loire-Atlantique, from its open data (Licence Ouverte).
COMPET = "Département de Loire-Atlantique,22440002800011,2014,COMPET,448522631,,1500.0"
PLONGEE = (
    "Département de Loire-Atlantique,22440002800011,2014,CLUB DE PLONGEE DE LA COURONNEE,"
    "452474562,,250.0"
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    with closing(SqliteStore(tmp_path / "alliage.db", writable=True)) as opened:
        yield opened


def grants(folder: Path, *lines: str) -> Path:
    path = folder / "subventions.csv"
    path.write_text("\n".join((HEADER, *lines)) + "\n", encoding="utf-8")
    return path


def taken(store: SqliteStore, path: Path, name: str = "grants") -> Ingested:
    return ingest_files(store, tabular(name), [path], path.parent / "rejects")


def test_every_record_is_written_unchanged_or_rejected(store: SqliteStore, tmp_path: Path) -> None:
    done = taken(store, grants(tmp_path, COMPET, PLONGEE, COMPET.replace("22440002800011", "1")))
    written = done.written
    assert (done.read, written.written, written.unchanged) == (3, 2, 0)
    assert done.rejected.total() == 1


def test_what_is_rejected_is_kept_with_its_place_and_reason(
    store: SqliteStore, tmp_path: Path
) -> None:
    done = taken(store, grants(tmp_path, COMPET, PLONGEE.replace("22440002800011", "=1+1")))
    assert done.rejects is not None
    [reject] = csv.DictReader(done.rejects.read_text(encoding="utf-8").splitlines())
    assert reject["endroit"] == "ligne 3"
    assert reject["raison"] in done.rejected
    assert not reject["valeur"].startswith("=")


def test_the_same_file_again_changes_nothing_and_says_so(
    store: SqliteStore, tmp_path: Path
) -> None:
    path = grants(tmp_path, COMPET, PLONGEE)
    taken(store, path)
    generation = store.generation()
    again = taken(store, path).written
    assert (again.read, again.written, again.unchanged) == (2, 0, 2)
    assert store.generation() == generation


def test_what_a_newer_file_no_longer_says_is_ended(store: SqliteStore, tmp_path: Path) -> None:
    taken(store, grants(tmp_path, COMPET, PLONGEE))
    newer = taken(store, grants(tmp_path, COMPET))
    assert newer.written.ended > 0
    club = store.node("siren:452474562")
    assert club is not None
    assert club.ended


def test_a_file_without_rejects_takes_the_earlier_rejects_away(
    store: SqliteStore, tmp_path: Path
) -> None:
    first = taken(store, grants(tmp_path, COMPET.replace("22440002800011", "1")))
    assert first.rejects is not None
    second = taken(store, grants(tmp_path, COMPET))
    assert second.rejects is None
    assert not first.rejects.exists()


def test_a_column_that_nobody_used_is_reported(store: SqliteStore, tmp_path: Path) -> None:
    path = tmp_path / "subventions.csv"
    path.write_text(f"{HEADER},couleur\n{COMPET},bleu\n", encoding="utf-8")
    assert taken(store, path).unused == ("couleur",)


def test_an_edition_that_is_too_small_is_reported(store: SqliteStore, tmp_path: Path) -> None:
    declared = tabular("grants")
    demanding = Tabular(
        declared.source,
        declared.files,
        declared.read,
        declared.transform,
        declared.recognises,
        {ORGANISATION: 1000},
    )
    done = ingest_files(store, demanding, [grants(tmp_path, COMPET)], tmp_path / "rejects")
    assert [(kind, least) for kind, least, _ in done.missed] == [(ORGANISATION, 1000)]


def test_a_truncated_file_leaves_the_source_as_it_was(store: SqliteStore, tmp_path: Path) -> None:
    taken(store, grants(tmp_path, COMPET, PLONGEE))
    before = (store.generation(), store.sources())
    broken = tmp_path / "structures.json"
    broken.write_text('[{"id": "1", "nom": "APIJE", "siret": "344', encoding="utf-8")
    with pytest.raises(SourceError, match=r"structures\.json"):
        taken(store, broken, "data-inclusion")
    assert (store.generation(), store.sources()) == before


def test_each_source_of_files_is_declared_under_its_name() -> None:
    for name in FILE_SOURCES:
        source = tabular(name).source
        assert isinstance(source, Source)
        assert source.name == name
        assert source.licence
        assert source.publisher


def test_an_unknown_source_lists_those_that_there_are() -> None:
    with pytest.raises(UnknownSource, match="sirene"):
        tabular("sirène")


def test_a_file_that_no_source_knows_is_told_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "carnet.csv"
    path.write_text("Quoi,Comment\nun,deux\n", encoding="utf-8")
    with pytest.raises(SourceError, match="--suggest"):
        recognised([path])


def test_the_open_data_beside_the_checkout_are_all_recognised(shared: Path) -> None:
    folders = [str(shared / "data" / name) for name in ("organisations", "alliances")]
    found = recognised(local(folders))
    assert {name: len(files) for name, files in found.items()} == {
        "data-inclusion": 2,
        "france-services": 1,
        "grants": 1,
        "fonds-vert": 1,
        "city-contracts": 7,
        "research-alliances": 2,
    }


def test_sound_files_lose_less_than_two_records_in_a_hundred(
    store: SqliteStore, shared: Path, tmp_path: Path
) -> None:
    folders = [str(shared / "data" / name) for name in ("organisations", "alliances")]
    for name, files in recognised(local(folders)).items():
        done = ingest_files(store, tabular(name), files, tmp_path / "rejects")
        written = done.written
        assert done.read == written.written + written.unchanged + done.rejected.total()
        assert done.rejected.total() < 0.02 * done.read, name
