"""Every command and the service on a Neo4j server: the same answers as from a file, to the word."""

import io
import json
import shlex
import shutil
import threading
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import (
    ExitStack,
    closing,
    contextmanager,
    redirect_stderr,
    redirect_stdout,
    suppress,
)
from dataclasses import dataclass
from pathlib import Path

import pytest

from api import as_json, cli, session
from api.questions import QUESTIONS, form_of
from api.service.current import Current
from api.session import reading
from graph.claims import NodeClaim, Source
from graph.errors import EmptyStore, StoreBusy, StoreRefused
from graph.model import ORGANISATION
from graph.opening import open_store
from graph.settings import Settings
from graph.view import View
from ingest.bundled import BUNDLED
from tests.api.service.test_serving import Server as Service
from tests.api.service.test_serving import serve
from tests.api.test_duplicates import ISERE, LISTED, OURS, organisation
from tests.conftest import Neo4j
from tests.neo4j.made_up import write_tables

pytestmark = pytest.mark.needs_neo4j

ORGANISATIONS = 20_000
ASKED = (
    "partners --at Isère --goal 17 --need données --offer outils --limit 20",
    "partners --for GAIA --at Isère --text 'insertion par le logement' --limit 20",
    "partners --at Isère --limit 10",
    "team --at Isère --goal 17 --goal 11 --size 4",
    "missed --at Isère --on 2026-11-23 --limit 20",
    "alike --goal 17 --at Isère --text insertion --on 2026-11-23 --limit 20",
    "bridges --between 'acteur académique' --between entreprise --in Isère --limit 20",
    "gaps --in Isère --limit 20",
    "ecosystem --in Isère --limit 20",
    "signals --in Isère --since 2018-01-01 --limit 20",
    "path GAIA 'Le RAMEAU'",
    "search 'fondation des territoire'",
    "show 'Programme d’animation territoriale pour l’innovation sociale en Isère'",
)
OF_MADE_UP = ("show x:organisation-7", "search insertion --limit 20", "show x:appel-3")
NEW = Source("essai", "Essai", "Alliage", "Licence Ouverte 2.0")
ANSWERS_S = 120


@dataclass
class Both:
    """One graph in a file and on a server, written by the same commands."""

    file: str
    server: str

    def said(self, line: str) -> str:
        """What a command says of each, which has to be the same; but for the name of the store."""
        here, there = (ran(*shlex.split(line), "--store", s) for s in (self.file, self.server))
        assert there == tuple(
            each.replace(self.file, self.server) if isinstance(each, str) else each for each in here
        )
        return here[1]


def ran(*words: str) -> tuple[int, str, str]:
    """A command in this process: its exit status and what it wrote."""
    with redirect_stdout(io.StringIO()) as out, redirect_stderr(io.StringIO()) as err:
        status = cli.main(words)
    return status, out.getvalue(), err.getvalue()


def address_of(neo4j: Neo4j) -> str:
    return neo4j.server.uri.replace("://", "://neo4j@")


@pytest.fixture(scope="module", autouse=True)
def data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of this machine for what is derived from a server."""
    folder = tmp_path_factory.mktemp("data")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_DATA_HOME", str(folder))
        patch.setattr("platformdirs.user_data_path", lambda *_, **__: folder)
        yield folder


@pytest.fixture(scope="module")
def both(
    bundled_store: Path, bundled_neo4j: Neo4j, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Both]:
    """What is bundled, in a file and on a server."""
    file = shutil.copy(bundled_store, tmp_path_factory.mktemp("asking") / "alliage.db")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ALLIAGE_NEO4J_PASSWORD", bundled_neo4j.server.password)
        yield Both(str(file), address_of(bundled_neo4j))


# The service ----------------------------------------------------------------------------------


def test_a_service_takes_up_what_is_written_and_outlives_its_server(
    both: Both, bundled_neo4j: Neo4j
) -> None:
    server = bundled_neo4j.server
    words = "--workers", "2"
    with serve(both.server, *words, ALLIAGE_BURST="100000") as service:
        question = "/api/v1/things/alliage:le-rameau"
        before = service.get(question)
        expected = json.loads(ran("show", "alliage:le-rameau", "--json", "--store", both.file)[1])
        assert json.loads(before[2]) == expected
        with asking_on(service, question, "/api/v1/search?text=rameau") as statuses:
            with closing(bundled_neo4j.writer()) as store, store.write(NEW) as writing:
                writing.add([NodeClaim("x:neuf", ORGANISATION, "1", {"name": "Essai neuf"})])
                writing.finish()
            wait_until(service, "/api/v1/things/x:neuf", 200)
        assert {*statuses} == {200}
        server.stop()
        try:
            wait_until(service, "/ready", 503)
            assert service.get("/api/v1/map?place=departement:38")[0] == 200
            status, headers, body = service.get("/api/v1/things/alliage:gaia")
            assert (status, headers["retry-after"]) == (503, "5")
            assert json.loads(body)["title"] == "Données indisponibles"
        finally:
            server.start()
        wait_until(service, "/ready", 200)
        wait_until(service, "/api/v1/things/alliage:gaia", 200)
    assert all(line.startswith("{") for line in service.lines[1:]), service.lines
    with closing(bundled_neo4j.writer()) as store:
        assert store.forget(NEW.name) == 1


@contextmanager
def asking_on(service: Service, *questions: str) -> Iterator[list[int]]:
    """The statuses of what is asked all the time meanwhile."""
    statuses: list[int] = []
    stop = threading.Event()

    def ask() -> None:
        while not stop.is_set():
            statuses.extend(service.get(question)[0] for question in questions)

    asker = threading.Thread(target=ask)
    asker.start()
    try:
        yield statuses
    finally:
        stop.set()
        asker.join()


def wait_until(service: Service, path: str, status: int) -> None:
    """Wait until all workers answer so: ten in a row, each from any of them."""
    end, seen = time.monotonic() + ANSWERS_S, list[int]()
    while seen[-10:] != [status] * 10:
        assert time.monotonic() < end, (seen[-10:], service.lines)
        seen.append(service.get(path)[0])
        time.sleep(0.05)


# The questions -------------------------------------------------------------------


@pytest.fixture(scope="module", params=[0, ORGANISATIONS], ids=["bundled", "made up"])
def graph(
    both: Both, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Both:
    """What is bundled; then with 20,000 organisations more."""
    if request.param:
        tables = write_tables(tmp_path_factory.mktemp("tables"), request.param)
        told = json.loads(both.said(f"ingest ecosystem '{tables}' --json"))["answers"]
        assert [each["written"] > request.param for each in told].count(True) == 1
    return both


@pytest.fixture(scope="module")
def views(graph: Both, bundled_neo4j: Neo4j) -> Iterator[tuple[View, View]]:
    password = bundled_neo4j.server.password
    with ExitStack() as stack:
        here, there = (
            stack.enter_context(reading(Settings(store, password=password)))[1]
            for store in (graph.file, graph.server)
        )
        yield here, there


def asked(view: View, line: str) -> str:
    """The answer to a question as the command prints it for programs."""
    name, *words = shlex.split(line)
    parser = ArgumentParser()
    QUESTIONS[name].add_arguments(parser)
    return as_json.text(form_of(name, QUESTIONS[name].ask(view, parser.parse_args(words))))


@pytest.mark.parametrize("line", ASKED)
def test_a_question_has_the_same_answer_from_both(views: tuple[View, View], line: str) -> None:
    here, there = (asked(view, line) for view in views)
    assert there == here
    assert len(here) > 300


def test_every_question_of_the_product_is_asked() -> None:
    assert {line.split()[0] for line in ASKED} == {*QUESTIONS}


def test_the_sources_are_the_same(graph: Both) -> None:
    assert graph.said("sources").count("Alliage") >= 2


# Judgements and sources, on a small graph ---------------------------------------------------------


@pytest.fixture
def small(neo4j: Neo4j, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Both:
    """Three names of one département."""
    monkeypatch.setenv("ALLIAGE_NEO4J_PASSWORD", neo4j.cleared().server.password)
    stores = Both(str(tmp_path / "a.db"), address_of(neo4j))
    for address in (stores.file, stores.server):
        password = neo4j.server.password
        with (
            closing(open_store(address, password, writable=True)) as store,
            store.write(Source("liste", "Liste", "", "")) as writing,
        ):
            names = "Département de l'Isère", "Conseil départemental de l'Isère", "CD 38"
            writing.add(map(organisation, (ISERE, OURS, LISTED), names))
            writing.finish()
    return stores


def test_judgements_are_the_same(small: Both, tmp_path: Path) -> None:
    assert "comparés" in small.said("duplicates find")
    assert "enregistrée" in small.said(f"duplicates decide {ISERE} {OURS} same")
    assert "enregistrée" in small.said(f"duplicates decide {ISERE} {LISTED} unsure")
    assert json.loads(small.said("duplicates --json"))["count"] == 1
    pairs = tmp_path / "pairs.csv"
    assert small.said(f"duplicates export {pairs}")
    pairs.write_text(pairs.read_text("utf-8-sig").rstrip("\r\n") + "same\n", "utf-8")
    assert json.loads(small.said(f"duplicates import {pairs} --json"))["changed"] == 1
    assert "Conseil départemental" in small.said(f"show {LISTED}")
    exports: list[Path] = []
    for store in (small.file, small.server):
        exports.append(tmp_path / f"{len(exports)}.nt")
        assert ran("export", "--all-claims", "-o", str(exports[-1]), "--store", store)[0] == 0
    assert exports[0].read_bytes() == exports[1].read_bytes()
    assert "retiré" in small.said(f"duplicates undo {ISERE} {OURS}")


def test_a_source_is_forgotten_on_both(small: Both) -> None:
    assert json.loads(small.said("forget liste --json"))["removed"] == 3
    assert small.said("search isère --json").count("siren") == 0
    small.said("forget liste")  # no such source any more


def test_an_empty_server_is_filled_by_the_first_question(
    neo4j: Neo4j, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALLIAGE_NEO4J_PASSWORD", neo4j.cleared().server.password)
    monkeypatch.setattr(session, "BUNDLED", BUNDLED[1:])  # without the territories, in seconds
    stores = Both(str(tmp_path / "new.db"), address_of(neo4j))
    assert stores.said("duplicates") == ""  # there is nothing yet
    assert "GAIA" in stores.said("show GAIA")
    assert "1" in stores.said("duplicates decide alliage:gaia alliage:le-rameau unsure --json")


def test_a_generation_that_may_be_swept_is_read_no_more(
    neo4j: Neo4j, small: Both, monkeypatch: pytest.MonkeyPatch
) -> None:
    current = Current(Settings(small.server, password=neo4j.server.password))
    current.refresh()
    with current() as view:
        assert view.describe(0).key == OURS
        monkeypatch.setattr("api.service.shared_server.time", Later(3_600))
        with pytest.raises(StoreBusy):
            view.claims(0)
        assert view.describe(0).key == OURS  # is remembered
        assert not current.refresh()  # it is still the present one
        assert len(view.claims(0)) == 1
        neo4j.cleared()
        with pytest.raises(EmptyStore):
            current.refresh()
        with pytest.raises(EmptyStore):
            view.ties_of(0)
    current.stop()


class Later:
    """A clock that is ahead."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    def monotonic(self) -> float:
        return time.monotonic() + self._seconds


# What may go wrong, told in a sentence ------------------------------------------------------------


def test_a_wrong_password_is_told_by_every_command_also_when_it_is_tried_too_often(
    neo4j: Neo4j, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALLIAGE_NEO4J_PASSWORD", "autre")
    for line in ("search gaia", "sources --json", "forget liste", "duplicates", "export"):
        status, out, err = ran(*line.split(), "--store", address_of(neo4j))
        assert status == 2
        assert "vérifiez l'adresse et ALLIAGE_NEO4J_PASSWORD" in out + err
        assert "autre" not in out + err
    end = time.monotonic() + ANSWERS_S  # the server lets the right one in again after some seconds
    while time.monotonic() < end:
        with suppress(StoreRefused), closing(neo4j.writer()):
            return
        time.sleep(0.2)
    raise AssertionError("the right password is refused")
