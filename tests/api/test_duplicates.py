"""The command `alliage duplicates`. The organisations are true."""

import csv
import json
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TypeAlias

import pytest

from api import cli
from graph.claims import Claim, NodeClaim, Source, TieClaim
from graph.identity import Judgement, Verdict
from graph.model import ORGANISATION, SEATED_IN, TERRITORY
from graph.sqlite.store import SqliteStore

Run: TypeAlias = Callable[..., tuple[int, str, str]]

ISERE, OURS, LISTED = "siren:223800012", "alliage:departement-isere", "liste:cd38"
POSTE = "siren:356000000"


def organisation(key: str, name: str) -> NodeClaim:
    return NodeClaim(key, ORGANISATION, key, {"name": name})


@pytest.fixture(autouse=True)
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "alliage.db"
    claims: list[Claim] = [
        NodeClaim("commune:38185", TERRITORY, "1", {"name": "Grenoble", "level": "commune"}),
        organisation(ISERE, "Département de l'Isère"),
        organisation(OURS, "Conseil départemental de l'Isère"),
        organisation(LISTED, "=CD 38"),
        organisation(POSTE, "La Poste"),
        *(TieClaim(SEATED_IN, key, "commune:38185", "1") for key in (ISERE, OURS)),
    ]
    with closing(SqliteStore(path, writable=True)) as opened:
        with opened.write(Source("liste", "Liste", "", "")) as writing:
            writing.add(claims)
            writing.finish()
        opened.judge(
            [
                Judgement(ISERE, OURS, Verdict.UNSURE, "comparaison", "2026", 0.9, "même nom"),
                Judgement(ISERE, LISTED, Verdict.UNSURE, "comparaison", "2026", 0.5),
            ]
        )
    monkeypatch.setenv("ALLIAGE_STORE", str(path))
    return path


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def ran(*words: str) -> tuple[int, str, str]:
        capsys.readouterr()
        status = cli.main(["duplicates", *words])
        printed = capsys.readouterr()
        return status, printed.out, printed.err

    return ran


def queued(run: Run) -> list[tuple[str, str]]:
    answers = json.loads(run("--json")[1])["answers"]
    return [(each["one"]["id"], each["other"]["id"]) for each in answers]


def test_the_queue_is_listed_best_first(run: Run) -> None:
    status, out, _ = run()
    assert status == 0
    assert out.index("0,90") < out.index("0,50")
    assert "Conseil départemental de l'Isère (alliage:departement-isere)" in out
    assert queued(run) == [(OURS, ISERE), (LISTED, ISERE)]


def test_only_so_many_are_listed(run: Run) -> None:
    assert "Et une autre" in run("--limit", "1")[1]


def test_what_is_decided_leaves_the_queue_and_comes_back_undone(run: Run) -> None:
    assert run("decide", ISERE, OURS, "same")[0] == 0
    assert queued(run) == [(LISTED, ISERE)]
    assert run("undo", OURS, ISERE)[0] == 0
    assert queued(run) == [(LISTED, ISERE)]
    assert run("undo", OURS, ISERE)[0] == 2


def test_an_option_before_the_action_stands(run: Run, store: Path, tmp_path: Path) -> None:
    moved = store.rename(tmp_path / "elsewhere.db")
    status, out, _ = run("--json", "--store", str(moved), "decide", ISERE, OURS, "different")
    assert (status, json.loads(out)) == (0, {"changed": 1})


def test_two_siren_are_refused(run: Run) -> None:
    status, _, err = run("decide", ISERE, POSTE, "same")
    assert status == 2
    assert "leurs SIREN diffèrent" in err


def test_an_unknown_id_and_the_same_id_twice_are_refused(run: Run) -> None:
    assert run("decide", ISERE, "siren:000000000", "same")[0] == 2
    assert run("decide", ISERE, ISERE, "same")[0] == 2


def test_the_table_is_filled_and_read_back(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "paires.csv"
    assert run("export", str(file))[0] == 0
    with file.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream, delimiter=";"))
    assert [row["nom_un"] for row in rows] == ["Conseil départemental de l'Isère", "'=CD 38"]
    rows[0]["verdict"], rows[1]["verdict"] = "same", "peut-être"
    rows.append(rows[0] | {"un": ISERE, "autre": POSTE})
    rows.append(rows[0] | {"autre": "siren:1"})
    rows.append(rows[0] | {"verdict": ""})
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, rows[0].keys(), delimiter=";")
        writer.writeheader()
        writer.writerows(rows)
    status, out, _ = run("--json", "import", str(file))
    told = json.loads(out)
    assert status == 0
    assert (told["changed"], told["unchanged"], told["waiting"]) == (1, 0, 1)
    assert [each["place"] for each in told["rejected"]] == ["ligne 3", "ligne 5", "ligne 4"]
    assert queued(run) == [(LISTED, ISERE)]
    assert json.loads(run("import", str(file), "--json")[1])["unchanged"] == 1


def test_what_was_judged_the_same_and_is_of_two_kinds_is_listed_first(
    run: Run, store: Path, tmp_path: Path
) -> None:
    with closing(SqliteStore(store, writable=True)) as opened:
        opened.judge([Judgement(LISTED, "epci:200040715", Verdict.SAME, "personne", "2026")])
        with opened.write(Source("reference", "Code officiel", "Insee", "")) as writing:
            place = {"name": "Grenoble-Alpes-Métropole", "level": "epci"}
            writing.add([NodeClaim("epci:200040715", TERRITORY, "1", place)])
            writing.finish()
    first, *others = json.loads(run("--json")[1])["answers"]
    assert (first["verdict"], first["one"]["id"]) == ("same", "epci:200040715")
    assert {each["verdict"] for each in others} == {"unsure"}
    told = "de deux sortes (territoire, organisation)"
    assert told in first["reason"]
    assert told in run()[1]
    assert run("export", str(tmp_path / "paires.csv"))[0] == 0
    assert told in (tmp_path / "paires.csv").read_text(encoding="utf-8-sig")
    assert run("decide", LISTED, "epci:200040715", "different")[0] == 0
    assert queued(run) == [(OURS, ISERE), (LISTED, ISERE)]


def test_a_table_without_verdict_is_refused(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "autre.csv"
    file.write_text("un;autre\na:1;a:2\n", encoding="utf-8")
    status, _, err = run("import", str(file))
    assert status == 2
    assert "verdict" in err


def test_finding_keeps_what_a_person_decided(run: Run) -> None:
    run("decide", ISERE, OURS, "different")
    assert run("find")[0] == 0
    assert "Rien n'a changé" in run("find")[1]
    assert (OURS, ISERE) not in queued(run)


def test_without_store_one_is_told_how_to_make_it(run: Run, store: Path) -> None:
    store.unlink()
    status, _, err = run()
    assert status == 2
    assert "alliage ingest" in err
