import shutil
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from graph.claims import Claim, NodeClaim, Source
from graph.errors import InvalidClaim, SourceError, UnknownSource
from graph.model import ORGANISATION, TIES
from graph.sqlite.store import SqliteStore
from graph.store import StoredClaim, StoredTie
from ingest.bundled import BUNDLED, Bundled
from ingest.catalogue import NAMES, tabular
from ingest.ecosystem import DATA
from ingest.runner import Ingested, ingest

REFERENCE, ECOSYSTEM = BUNDLED
EXEMPLES = Source("exemples", "Exemples", "", "faits repris")
GAIA = NodeClaim("alliage:gaia", ORGANISATION, "1", {"name": "GAIA"}, "§ 6")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    with closing(SqliteStore(tmp_path / "alliage.db", writable=True)) as opened:
        yield opened


@pytest.fixture
def tables(tmp_path: Path) -> Path:
    folder = tmp_path / "tables"
    (folder / "reference").mkdir(parents=True)
    shutil.copytree(DATA / "ecosystem", folder / "ecosystem")
    shutil.copy(DATA / "reference" / "levers.csv", folder / "reference")
    return folder


def said(store: SqliteStore) -> list[tuple[str, StoredClaim] | StoredTie]:
    """All that a store holds."""
    nodes = [(key, claim) for key, _, claim in store.scan_node_claims()]
    return [*nodes, *(stored for tie in TIES for stored in store.scan_ties(tie))]


def telling(*told: tuple[Source, Iterable[Claim]]) -> Bundled:
    return Bundled("essai", "Essai", lambda _: iter(told))


def counts(done: Iterable[Ingested]) -> dict[str, tuple[int, int, int, int, int]]:
    return {
        one.source.name: (
            one.written.read,
            one.written.written,
            one.written.unchanged,
            one.written.removed,
            one.written.ended,
        )
        for one in done
    }


def test_the_first_reading_writes_all_and_the_second_changes_nothing(store: SqliteStore) -> None:
    first = counts(ingest(store, ECOSYSTEM))
    assert set(first) == {"racines", "charte", "world-cafe", "recit", "exemples", "alliage"}
    assert first == {name: (read, read, 0, 0, 0) for name, (read, *_) in first.items()}
    before, generation = said(store), store.generation()
    second = counts(ingest(store, ECOSYSTEM))
    assert second == {name: (read, 0, read, 0, 0) for name, (read, *_) in first.items()}
    assert (said(store), store.generation()) == (before, generation)


def test_tables_in_a_folder_are_read_as_the_bundled_ones(store: SqliteStore, tables: Path) -> None:
    first = counts(ingest(store, ECOSYSTEM))
    second = counts(ingest(store, ECOSYSTEM, tables))
    assert second == {name: (read, 0, read, 0, 0) for name, (read, *_) in first.items()}


def test_a_corrected_table_changes_just_what_was_corrected(
    store: SqliteStore, tables: Path
) -> None:
    assert list(ingest(store, ECOSYSTEM))
    values = tables / "ecosystem" / "values.csv"
    rows = values.read_text("utf-8").splitlines(keepends=True)
    corrected = [row.replace(",17000,", ",17001,") for row in rows]
    assert corrected != rows
    values.write_text("".join(corrected), "utf-8")
    done = counts(ingest(store, ECOSYSTEM, tables))
    assert {name: (w, r + e) for name, (_, w, _, r, e) in done.items() if w or r or e} == {
        "exemples": (1, 0)
    }
    counted = {
        c.properties.get("contact_point_count") for c in store.claims("alliage:groupe-la-poste")
    }
    assert {17_001, 19_000} <= counted
    assert 17_000 not in counted


def test_a_removed_row_removes_the_fact(store: SqliteStore, tables: Path) -> None:
    assert list(ingest(store, ECOSYSTEM))
    ties = tables / "ecosystem" / "ties.csv"
    rows = ties.read_text("utf-8").splitlines(keepends=True)
    inspired = "alliage:alsace-active,INSPIRED,alliage:gaia"
    ties.write_text("".join(row for row in rows if not row.startswith(inspired)), "utf-8")
    done = counts(ingest(store, ECOSYSTEM, tables))
    assert {name: c[3] for name, c in done.items() if c[3]} == {"exemples": 1}
    assert not any(tie.tie.name == "INSPIRED" for tie in store.ties("alliage:gaia"))
    assert counts(ingest(store, ECOSYSTEM))["exemples"][1] == 1  # and back again


@pytest.mark.parametrize(
    ("name", "find", "put"),
    [
        ("nodes", ",Organisation,", ",Guilde,"),
        ("ties", ",MEMBER_OF,", ",ADMIRES,"),
        ("values", ",world,", ",monde,"),
        ("values", ",company,", ",compagnie,"),
        ("ties", "alliage:gaia,", "GAIA,"),
        ("ties", ",exemples,", ",inconnu,"),
        ("ties", ",2012,", ",douze,"),
        ("values", ",17000,", ",dix-sept mille,"),
        ("documents", "2021-10-20", "hier"),
        ("nodes", "\n", "\n\x00\n"),
    ],
)
def test_a_broken_table_is_told_and_leaves_the_store_as_it_was(
    store: SqliteStore, tables: Path, name: str, find: str, put: str
) -> None:
    assert list(ingest(store, ECOSYSTEM))
    before = said(store), store.generation()
    table = tables / "ecosystem" / f"{name}.csv"
    text = table.read_text("utf-8")
    assert find in text
    table.write_text(text.replace(find, put, 1), "utf-8")
    with pytest.raises(SourceError) as told:
        list(ingest(store, ECOSYSTEM, tables))
    assert told.value.message.endswith(".")
    assert (said(store), store.generation()) == before


def test_each_source_is_all_or_nothing_and_those_before_stay(store: SqliteStore) -> None:
    def breaking() -> Iterator[Claim]:
        yield GAIA
        raise EOFError

    recit = replace(EXEMPLES, name="recit")
    reading = ingest(store, telling((EXEMPLES, [GAIA]), (recit, breaking())))
    assert next(reading).source == EXEMPLES
    with pytest.raises(SourceError) as told:
        next(reading)
    assert told.value.message == (
        "« essai » ne peut pas être lu : il est tronqué ; téléchargez-le de nouveau."
    )
    assert [stored.source.name for stored in store.sources()] == ["exemples"]
    assert [claim.source.name for claim in store.claims("alliage:gaia")] == ["exemples"]


def test_a_claim_against_the_model_refuses_the_whole_source(store: SqliteStore) -> None:
    wrong = replace(GAIA, record="2", properties={"world": "marché"})
    with pytest.raises(InvalidClaim):
        list(ingest(store, telling((EXEMPLES, [GAIA, wrong]))))
    assert store.sources() == []


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (FileNotFoundError(2, "No such file", "a.csv"), "le fichier a.csv manque"),
        (PermissionError(13, "Permission denied"), "vous n'avez pas le droit de le lire"),
        (IsADirectoryError(21, "Is a directory", "a.csv"), "a.csv est un dossier"),
        (NotADirectoryError(20, "Not a directory"), "ce n'est pas un dossier"),
        (OSError(5, "Input/output error"), "erreur 5 du système"),
        (EOFError("Compressed file ended"), "il est tronqué ; téléchargez-le de nouveau"),
        (UnicodeDecodeError("utf-8", b"\xe9", 0, 1, "bad"), "l'octet 0 n'est pas de l'UTF-8"),
        (KeyError("siren"), "la colonne ou la valeur 'siren' manque ou n'est pas connue"),
    ],
)
def test_what_goes_wrong_with_a_file_is_told_in_french(
    store: SqliteStore, error: Exception, sentence: str
) -> None:
    def broken() -> Iterator[Claim]:
        yield from ()
        raise error

    with pytest.raises(SourceError) as told:
        list(ingest(store, telling((EXEMPLES, broken()))))
    assert told.value.message == f"« essai » ne peut pas être lu : {sentence}."
    assert store.sources() == []


def test_a_file_is_refused_by_what_takes_none_and_asked_for_where_it_is_absent(
    store: SqliteStore, tmp_path: Path
) -> None:
    with pytest.raises(SourceError, match="est fourni avec Alliage et ne lit pas de fichier"):
        list(ingest(store, REFERENCE, tmp_path))
    with pytest.raises(SourceError, match="n'existe pas ; donnez un dossier qui contient"):
        list(ingest(store, ECOSYSTEM, tmp_path / "absent"))


def test_an_unknown_source_is_answered_with_those_that_are_known() -> None:
    with pytest.raises(UnknownSource) as told:
        tabular("sirene-1900")
    assert told.value.known == list(NAMES)
    assert {known.name for known in BUNDLED} >= {"reference", "ecosystem"}
