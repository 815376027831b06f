"""Reading in a process of its own: the same outcome as in one, and its accidents."""

import gzip
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from multiprocessing import active_children
from pathlib import Path

import pytest

from graph.errors import SourceError
from graph.model import TIES
from graph.sqlite.store import SqliteStore
from ingest import pipeline
from ingest.runner import Ingested, ingest_files
from ingest.sources import rna, sirene
from ingest.tabular import Tabular

COLUMNS = "id;id_ex;siret;titre;objet;objet_social1;objet_social2;adrs_codeinsee;position;couleur"
PURPOSE = "écrire à contact@asso.example ou au 04 76 00 00 00"


@pytest.fixture(autouse=True)
def beside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "_WORTH", 0)


def associations(folder: Path, count: int) -> Path:
    """A file of the form of the register; in a hundred, one is struck off and one has no title."""
    path = folder / "rna_waldec.csv"
    with path.open("w", encoding="utf-8") as out:
        out.write(f"{COLUMNS}\n")
        for number in range(count):
            position = "S" if number % 100 == 7 else "A"
            title = "" if number % 100 == 8 else f"Amicale {number}"
            out.write(f"W381{number:06d};;;{title};{PURPOSE};024020;;38185;{position};bleu\n")
    return path


def said(path: Path) -> list[object]:
    with closing(SqliteStore(path)) as store:
        ties = [row for tie in TIES for row in store.scan_ties(tie)]
        found = [one.key for one in store.search("amicale 12")]
        return [store.sources(), [*store.scan_nodes()], [*store.scan_node_claims()], ties, found]


def done(
    chosen: Tabular, path: Path, folder: Path, progress: Callable[[int], None] = lambda _: None
) -> tuple[Ingested, list[object], str]:
    with closing(SqliteStore(folder / "alliage.db", writable=True)) as store:
        ingested = ingest_files(store, chosen, [path], folder, progress)
    rejects = ingested.rejects.read_text("utf-8") if ingested.rejects else ""
    return replace(ingested, rejects=None), said(folder / "alliage.db"), rejects


def test_two_processes_leave_what_one_leaves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = associations(tmp_path, 2_500)
    assert pipeline.job_for(rna.TABULAR, [path], "") != b""
    two = done(rna.TABULAR, path, tmp_path / "two")
    monkeypatch.setattr(pipeline, "_WORTH", 1 << 40)
    assert pipeline.job_for(rna.TABULAR, [path], "") == b""
    one = done(rna.TABULAR, path, tmp_path / "one")
    assert one == two
    assert (one[0].written.written, one[0].rejected.total()) == (2_450, 50)
    assert one[0].unused == ("couleur",)
    assert len(one[2].splitlines()) == 51


def test_what_cannot_be_sent_is_read_in_one_process(tmp_path: Path) -> None:
    path = associations(tmp_path, 5)
    made = replace(rna.TABULAR, transform=lambda row: rna.transform(row))
    assert pipeline.job_for(made, [path], "") == b""
    assert done(made, path, tmp_path)[0].written.written == 5


def test_a_truncated_file_is_told_as_in_one_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = gzip.compress(associations(tmp_path, 5_000).read_bytes())
    path = tmp_path / "rna_waldec.csv.gz"
    path.write_bytes(whole[: len(whole) // 2])
    sentences = []
    for worth in (0, 1 << 40):
        monkeypatch.setattr(pipeline, "_WORTH", worth)
        with pytest.raises(SourceError) as told:
            done(rna.TABULAR, path, tmp_path)
        sentences.append((type(told.value), told.value.message))
    assert sentences[0] == sentences[1]
    assert said(tmp_path / "alliage.db") == [[], [], [], [], []]


def test_a_reader_that_is_killed_is_one_sentence_and_changes_nothing(tmp_path: Path) -> None:
    done(rna.TABULAR, associations(tmp_path, 20), tmp_path)
    before = said(tmp_path / "alliage.db")
    path = associations(tmp_path, 60_000)

    def kill(_: int) -> None:
        for child in active_children():
            child.kill()

    with pytest.raises(SourceError) as told:
        done(rna.TABULAR, path, tmp_path, kill)
    sentence = "s'est arrêtée avant la fin (code -9) : rien n'a été changé."
    assert told.value.message == f"La lecture de « {path} » {sentence}"
    assert said(tmp_path / "alliage.db") == before


def test_a_writer_that_is_interrupted_leaves_no_process_and_no_change(tmp_path: Path) -> None:
    def interrupt(_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        done(rna.TABULAR, associations(tmp_path, 20_000), tmp_path, interrupt)
    assert active_children() == []
    assert said(tmp_path / "alliage.db") == [[], [], [], [], []]
    assert [file.name for file in tmp_path.glob("*rna.csv*")] == []


def test_what_is_left_out_on_purpose_has_one_line_with_its_number(tmp_path: Path) -> None:
    path = tmp_path / "StockUniteLegale.csv"
    rows = [
        "siren,statutDiffusionUniteLegale,denominationUniteLegale,categorieJuridiqueUniteLegale"
    ]
    rows += ["356000000,O,LA POSTE,5510", ",O,,1000", ",P,,5510", ",O,,1000", "1,O,X,5510"]
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    ingested, _, rejects = done(sirene.TABULAR, path, tmp_path)
    assert ingested.rejected[sirene.PERSON] == 2
    assert ingested.rejected.total() == 4
    lines = rejects.splitlines()
    assert lines[0] == "endroit,valeur,raison"
    assert lines[1].startswith("ligne 6,1,")
    assert lines[2:] == [
        f'ligne 3,"2 enregistrements, ici le premier",{sirene.PERSON}',
        f"ligne 4,un enregistrement,{sirene.RESTRICTED}",
    ]
