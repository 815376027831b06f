import io
import json
import re
import shutil
import sys
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from api.cli import main
from api.ingesting import Progress, how_far
from api.lines import duration, typeset
from ingest.files.fetch import fetch
from ingest.files.transfer import Limits

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
        (("ingest", "grants", str(GRANTS), "--as", "Isère 2024"), "par exemple « isere-2024 »"),
        (("ingest", "grants", str(GRANTS), "--as", ""), "ne peut pas nommer une édition"),
        (("ingest", "grants", str(GRANTS), "--as", "a" * 41), "jusqu'à 40 lettres"),
        (("ingest", "grants", str(GRANTS), "--as", "rna"), "est déjà le nom d'une source"),
        (("ingest", "grants", str(GRANTS), "--as", "charte"), "est déjà le nom d'une source"),
        (("ingest", "reference", "--as", "2026"), "ne s'y applique pas"),
        (("ingest", "table", str(GRANTS), "--suggest", "--as", "2026"), "ne fait que proposer"),
    ):
        message = refused(capsys, *words)
        assert typeset(sentence) in message
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


# Editions ------------------------------------------------------------------------------------

ALLIANCES = "id,nom,forme,objet,phase,debut\n{},{},,,,2024\n"


def sources(capsys: pytest.CaptureFixture[str]) -> dict[str, str]:
    """The titles of the sources that are in the store, by name."""
    told = json.loads(printed(capsys, "sources", "--json"))["answers"]
    return {each["source"]["name"]: each["source"]["title"] for each in told}


def test_what_two_publishers_say_stands_side_by_side_and_is_forgotten_apart(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    for place, name in (("trieves", "Eau du Trièves"), ("oisans", "Forêt d'Oisans")):
        table = tmp_path / f"{place}.csv"
        table.write_text(ALLIANCES.format("1", name), encoding="utf-8")
        printed(capsys, "ingest", "alliances", str(table), "--as", place)
    for place, name in (("trieves", "Eau du Trièves"), ("oisans", "Forêt d'Oisans")):
        shown = json.loads(printed(capsys, "show", f"alliances-{place}:1", "--json"))
        assert shown["name"] == name
        assert sources(capsys)[f"alliances-{place}"].endswith(f"({place})")
    printed(capsys, "forget", "alliances-trieves")
    assert "alliances-trieves" not in sources(capsys)
    assert "Forêt d'Oisans" in printed(capsys, "show", "alliances-oisans:1")


def test_a_newer_file_of_an_edition_takes_the_place_of_the_older_one_only(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    crte, massifs = (FIXTURES / "perimeters" / name for name in ("crte.csv", "massifs.csv"))
    printed(capsys, "ingest", "perimeters", str(crte), "--as", "crte-2024")
    printed(capsys, "ingest", "perimeters", str(massifs), "--as", "massifs")
    shorter = tmp_path / "crte.csv"
    lines = crte.read_text(encoding="utf-8").splitlines(keepends=True)
    shorter.write_text("".join(lines[:1] + lines[2:]), encoding="utf-8")
    words = ("perimeters", str(shorter), "--as", "crte-2024", "--json")
    [report] = json.loads(printed(capsys, "ingest", *words))["answers"]
    assert report["source"] == "perimeters-crte-2024"
    assert report["ended"] > 0
    [again] = json.loads(
        printed(capsys, "ingest", "perimeters", str(massifs), "--as", "massifs", "--json")
    )["answers"]
    assert (again["written"], again["ended"]) == (0, 0)


def test_an_export_keeps_the_names_that_its_sources_have(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALLIAGE_STORE", str(tmp_path / "new.db"))
    dump = tmp_path / "all.nt"
    base = "https://example.org"
    dump.write_text(f'<{base}/id/source/rna> <{base}/ns#trust> "80" .\n', encoding="utf-8")
    assert "est un export d'Alliage" in refused(capsys, "ingest", "rdf", str(dump), "--as", "copie")
    assert not (tmp_path / "new.db").exists()


def test_rdf_of_others_may_be_an_edition(capsys: pytest.CaptureFixture[str]) -> None:
    words = ("ingest", "rdf", str(FIXTURES / "rdf" / "org.ttl"), "--json")
    [alone] = json.loads(printed(capsys, *words))["answers"]
    [edition] = json.loads(printed(capsys, *words, "--as", "2026"))["answers"]
    assert edition["source"] == f"{alone['source']}-2026"
    assert {alone["source"], edition["source"]} <= sources(capsys).keys()


def test_a_table_adds_its_edition_to_the_name_that_its_mapping_gives(
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder = FIXTURES / "table"
    mapping = folder / "partenaires.yaml"
    name = re.search(r"name: (\S+)", mapping.read_text(encoding="utf-8"))
    assert name is not None
    words = ("ingest", "table", str(folder / "partenaires.csv"), "--mapping", str(mapping))
    [report] = json.loads(printed(capsys, *words, "--as", "2026", "--json"))["answers"]
    assert report["source"] == f"{name[1]}-2026"
    assert name[1] not in sources(capsys)


# Progress ------------------------------------------------------------------------------------


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_how_far_a_reading_is_says_what_is_left() -> None:
    assert how_far(430, 1000, 98.0) == "43\u00a0%, encore 2\u00a0min\u00a010\u00a0s"
    assert how_far(430, 1000, 0.5) == "43\u00a0%"
    assert how_far(1000, 1000, 10.0) == "100\u00a0%"


def test_an_estimate_that_was_exceeded_or_is_not_there_gives_the_speed() -> None:
    assert how_far(1001, 1000, 10.0) == "100 par seconde"
    assert how_far(1000, None, 10.0) == "100 par seconde"
    assert how_far(1000, 0, 10.0) == "100 par seconde"
    assert how_far(0, 1000, 0.0) == "0 par seconde"


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, "0 s"), (59.4, "59 s"), (59.6, "1 min"), (130, "2 min 10 s"), (3594, "59 min 50 s"),
     (3599, "1 h"), (3900, "1 h 05 min"), (90_000, "25 h")],
)  # fmt: skip
def test_a_time_to_wait_is_told_as_people_say_it(seconds: float, said: str) -> None:
    assert duration(seconds).replace("\u00a0", " ") == said


def test_the_line_of_progress_says_the_share_that_was_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", terminal := Terminal())
    progress = Progress("grants", lambda: 2000)
    progress(1000)
    assert "grants\u00a0: 1\u202f000 enregistrements, 50\u00a0%" in terminal.getvalue()
    progress.close()
    assert terminal.getvalue().endswith("\r\x1b[K")


def test_a_line_of_progress_is_no_longer_than_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "20")
    monkeypatch.setattr(sys, "stderr", terminal := Terminal())
    Progress("perimeters-crte-2024")(1000)
    assert len(terminal.getvalue().removeprefix("\r\x1b[K")) == 19


def test_nobody_counts_records_where_there_is_no_terminal() -> None:
    def count() -> int:
        raise AssertionError

    Progress("grants", count)(1000)


# Older copies --------------------------------------------------------------------------------


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ThreadingHTTPServer]:
    """A publisher of the grants, and a cache of ours."""
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    once = partial(fetch, limits=Limits(attempts=1))
    monkeypatch.setattr("ingest.catalogue.fetch", once)

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            return

    handler = partial(Quiet, directory=str(GRANTS.parent))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_a_copy_from_before_is_said_to_be_one(
    capsys: pytest.CaptureFixture[str], site: ThreadingHTTPServer
) -> None:
    url = f"http://127.0.0.1:{site.server_port}/{GRANTS.name}"
    [fresh] = json.loads(printed(capsys, "ingest", "grants", url, "--json"))["answers"]
    assert fresh["older_copies"] == []
    site.shutdown()
    site.server_close()
    [older] = json.loads(printed(capsys, "ingest", "grants", url, "--json"))["answers"]
    [copy] = older["older_copies"]
    assert (copy["url"], copy["reason"]) == (url, "le serveur refuse la connexion")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT.+", copy["retrieved"])
    assert older["unchanged"] == fresh["written"]
    told = printed(capsys, "ingest", "grants", url)
    assert "attention" in told
    assert "car le serveur refuse la connexion." in " ".join(told.split())
    capsys.readouterr()
    assert main(["ingest", "table", url, "--suggest"]) == 0
    assert "car le serveur refuse la connexion." in capsys.readouterr().err
