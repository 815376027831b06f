"""What goes wrong is told as RFC 9457 asks, in French, and is never a fault of ours."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import quote

import httpx
import pytest
from fastapi import FastAPI

from api.service import problems
from api.service.app import create_app
from graph import errors
from graph.settings import Settings

Ask: TypeAlias = Callable[..., httpx.Response]


def problem(response: httpx.Response) -> dict[str, Any]:
    """The members of a problem, its form checked against RFC 9457, section 3.1."""
    assert response.headers["Content-Type"] == "application/problem+json"
    form: dict[str, Any] = response.json()
    assert form["status"] == response.status_code
    for member in ("type", "title", "detail"):
        assert isinstance(form[member], str)
        assert form[member]
    return form


@pytest.mark.parametrize(
    ("query", "status", "code", "says"),
    [
        ("partners?goal=2&at=Trifouillis-les-Oies", 404, "unknown_place", "Trifouillis"),
        ("partners?goal=2&at=Saint-Denis", 400, "ambiguous_place", "commune:93066"),
        ("partners?goal=18&at=Grenoble", 400, "unknown_term", "« 18 »"),
        ("partners?for=Personne+du+tout&at=Grenoble", 404, "unknown_id", "Personne du tout"),
        ("partners?goal=2", 400, "bad_request", "(at)"),
        ("team?at=Grenoble", 400, "invalid_parameter", "« goal » : il manque"),
        ("search?text=a&limit=dix", 400, "invalid_parameter", "nombre entier"),
        ("search?text=a&limit=101", 400, "invalid_parameter", "au plus 100"),
        ("search?text=a&limit=0", 400, "invalid_parameter", "au moins 1"),
        ("search?text=", 400, "invalid_parameter", "il est vide"),
        ("search?text=a&page=2", 400, "invalid_parameter", "« page » : il n'existe pas ici"),
        ("charter?a=b", 400, "invalid_parameter", "« a »"),
        ("missed?at=Grenoble&on=demain", 400, "invalid_parameter", "« on »"),
        ("missed?at=Grenoble&on=2026-02-30", 400, "bad_request", "2026-02-30"),
        ("partners?at=Grenoble&goal=2&difference=nan", 400, "invalid_parameter", "un nombre"),
        ("path?from=goal:2&to=", 400, "invalid_parameter", "« to »"),
        ("things/siren:000000000", 404, "unknown_id", "siren:000000000"),
        ("rien", 404, "not_found", "/api/v1/openapi.json"),
    ],
)
def test_each_mistake_has_its_status_its_name_and_a_sentence(
    ask: Ask, query: str, status: int, code: str, says: str
) -> None:
    told = problem(ask(f"/api/v1/{query}"))
    assert (told["status"], told["code"]) == (status, code)
    assert says in told["detail"].replace("\u00a0", " ")


def test_what_may_have_been_meant_is_told_for_programs(ask: Ask) -> None:
    several = problem(ask("/api/v1/gaps?in=Saint-Denis"))["candidates"]
    assert {"commune:93066", "commune:97411"} <= {each["id"] for each in several}
    near = problem(ask("/api/v1/gaps?in=Grenobl"))["suggestions"]
    assert any("commune:38185" in each for each in near)
    known = problem(ask("/api/v1/bridges?in=38&between=x&between=y"))["known"]
    assert "association" in known


def test_all_that_is_wrong_with_the_parameters_is_told_at_once(ask: Ask) -> None:
    told = problem(ask("/api/v1/search?limit=dix&page=2"))
    assert {each["parameter"] for each in told["errors"]} == {"text", "limit", "page"}


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_nothing_is_written_over_http(ask: Ask, method: str) -> None:
    response = ask("/api/v1/charter", method)
    assert problem(response)["status"] == 405
    assert response.headers["Allow"] == "GET"


def test_the_type_of_a_problem_leads_to_what_it_means(ask: Ask) -> None:
    told = problem(ask("/api/v1/gaps?in=Nulle-part-du-tout"))
    meant = ask(told["type"]).json()
    assert meant == {"code": told["code"], "title": told["title"]}
    assert ask("/api/v1/problems/inconnu").status_code == 404


def of_our_own(error: type[errors.AlliageError]) -> list[type[errors.AlliageError]]:
    return [error, *(found for each in error.__subclasses__() for found in of_our_own(each))]


def test_every_error_of_a_request_has_a_title_of_its_own() -> None:
    declared = [each for each in vars(errors).values() if isinstance(each, type)]
    for error in of_our_own(errors.RequestError):
        if error not in declared:  # of an option that the service does not have
            continue
        assert problems.TITLES[error.type] != problems.TITLES["error"]


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (errors.StoreBusy("« /srv/secret.db » est occupé"), 503),
        (errors.NotAStore("« /srv/secret.db »"), 503),
        (errors.SourceError("« /srv/secret.csv »"), 500),
        (errors.AlliageError("« /srv/secret »"), 500),
    ],
)
def test_a_trouble_of_the_machine_does_not_tell_its_files(
    error: errors.AlliageError, status: int
) -> None:
    told = problems.of_error(error)
    assert told.status == status
    assert "secret" not in json.dumps(told.form())


@pytest.fixture
def broken(app: FastAPI, settings: Settings) -> FastAPI:
    """A service with an address where it breaks."""
    broken = create_app(settings)

    @broken.get("/api/v1/broken")
    def get_broken(word: str) -> None:
        raise KeyError(word)

    return broken


def test_a_fault_of_ours_is_a_500_that_tells_nothing_of_it(
    broken: FastAPI, caplog: pytest.LogCaptureFixture, asks: Callable[[FastAPI], Ask]
) -> None:
    with caplog.at_level("INFO", "alliage.service"):
        response = asks(broken)("/api/v1/broken?word=confidentiel")
    told = problem(response)
    assert told["status"] == 500
    assert "confidentiel" not in response.text
    lines = [vars(record)["said"] for record in caplog.records]
    assert "confidentiel" not in json.dumps(lines)
    fault, request = lines
    assert fault["error"] == "KeyError"
    assert Path(fault["at"][-1].partition(":")[0]).name == Path(__file__).name
    assert fault["id"] == request["id"] == response.headers["X-Request-Id"]


def test_before_the_first_generation_the_service_is_alive_and_not_ready(
    settings: Settings, asks: Callable[[FastAPI], Ask]
) -> None:
    app = create_app(settings)
    app.state.current.patience_s = 0.01
    ask = asks(app)
    assert ask("/health").json() == {"status": "ok"}
    assert problem(ask("/ready"))["status"] == 503
    response = ask("/api/v1/charter")
    assert problem(response)["status"] == 503
    assert int(response.headers["Retry-After"]) > 0


HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    '=HYPERLINK("http://example.org")',
    "\u202egnp.exe",
    "a\r\nSet-Cookie: x=1",
    "\x00",
    "' OR 1=1 --",
    '" OR name MATCH "',
    "*",
    "NEAR(",
    "x" * 300,
    "../../etc/passwd",
    "%2e%2e%2f",
    "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"),
]
ADDRESSES = [
    "search?text={}",
    "suggest?text={}",
    "things/{}",
    "gaps?in={}",
    "partners?at=Grenoble&text={}",
    "partners?at=Grenoble&for={}",
    "bridges?in=38&between={}&between={}",
    "path?from={}&to={}",
    "map?place={}",
    "map?level={}",
    "ecosystem?in=38&list={}",
    "missed?at={}",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_text_is_data_everywhere(ask: Ask, text: str) -> None:
    for address in ADDRESSES:
        response = ask(f"/api/v1/{address.replace('{}', quote(text, safe=''))}")
        assert response.status_code in (200, 400, 404), address
        assert response.headers["Content-Type"] in (
            "application/json",
            "application/problem+json",
        )
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert "Set-Cookie" not in response.headers
        response.json()
