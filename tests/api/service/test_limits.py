"""Who asks too much, too long or too slowly is told so, and others are served."""

import asyncio
import gzip
import json
import logging
import re
import threading
import time
from collections.abc import Callable
from typing import TypeAlias

import httpx
import pytest
from fastapi import FastAPI
from prometheus_client.parser import text_string_to_metric_families

from api.service.app import create_app
from api.service.limits import TokenBuckets
from api.service.observing import JsonLines
from api.service.settings import ServiceSettings
from graph.errors import RequestError
from graph.settings import Settings
from tests.loops import awaited

Ask: TypeAlias = Callable[..., httpx.Response]
ServiceOf: TypeAlias = Callable[[ServiceSettings], Ask]


def test_a_bucket_is_emptied_by_requests_and_filled_by_time() -> None:
    clock = [100.0]
    buckets = TokenBuckets(rate=2, burst=3, most=10, now=lambda: clock[0])
    assert [buckets.wait_s("a") for _ in range(3)] == [0, 0, 0]
    assert buckets.wait_s("a") == pytest.approx(0.5)  # the next token: 1 / rate
    assert buckets.wait_s("b") == 0
    clock[0] += 0.5
    assert buckets.wait_s("a") == 0
    clock[0] += 3600
    assert [buckets.wait_s("a") > 0 for _ in range(4)] == [False, False, False, True]


def test_only_the_last_addresses_are_remembered() -> None:
    buckets = TokenBuckets(rate=0.001, burst=1, most=2)
    assert [buckets.wait_s(each) for each in ("a", "b", "c")] == [0, 0, 0]
    assert buckets.wait_s("c") > 0
    assert buckets.wait_s("a") == 0  # forgotten


def test_an_address_that_asks_too_much_waits_and_others_do_not(service_of: ServiceOf) -> None:
    ask = service_of(ServiceSettings(rate=0.1, burst=3))
    statuses = [ask("/api/v1/charter").status_code for _ in range(4)]
    assert statuses == [200, 200, 200, 429]
    refused = ask("/api/v1/charter")
    assert refused.json()["code"] == "too_many_requests"
    assert 1 <= int(refused.headers["Retry-After"]) <= 10
    assert ask("/api/v1/charter", address="192.0.2.2").status_code == 200
    assert ask("/health").status_code == 200


def test_one_subscriber_has_one_bucket_for_all_its_ipv6_addresses(service_of: ServiceOf) -> None:
    ask = service_of(ServiceSettings(rate=0.1, burst=1))
    assert ask("/api/v1/charter", address="2001:db8:1:2::1").status_code == 200
    assert ask("/api/v1/charter", address="2001:db8:1:2:3::9").status_code == 429
    assert ask("/api/v1/charter", address="2001:db8:1:3::1").status_code == 200


def test_only_a_trusted_proxy_says_for_whom_it_asks(service_of: ServiceOf) -> None:
    ask = service_of(ServiceSettings(trusted_proxies="10.0.0.0/8", rate=0.1, burst=1))

    def status(proxy: str, client: str) -> int:
        forwarded = {"X-Forwarded-For": client}
        return ask("/api/v1/charter", address=proxy, headers=forwarded).status_code

    assert [status("10.1.2.3", f"198.51.100.{n}") for n in range(3)] == [200, 200, 200]
    assert status("10.1.2.3", "198.51.100.0") == 429
    assert [status("192.0.2.9", f"198.51.100.{n}") for n in range(10, 13)] == [200, 429, 429]


def test_a_url_has_a_longest_length(service_of: ServiceOf) -> None:
    ask = service_of(ServiceSettings(longest_url=2_000))
    response = ask(f"/api/v1/search?text={'a' * 2_000}")
    assert response.status_code == 414
    assert response.json()["code"] == "url_too_long"


def test_a_long_body_is_refused_from_its_head(ask: Ask) -> None:
    response = ask("/api/v1/charter", content=b"x" * 70_000)
    assert response.status_code == 413
    assert response.json()["code"] == "body_too_large"
    assert ask("/api/v1/charter", content=b"x" * 1_000).status_code == 200


@pytest.fixture
def slow(settings: Settings) -> tuple[FastAPI, threading.Event]:
    """A service whose answers are given up after 0.2 s, with one that waits for an event."""
    app = create_app(settings, ServiceSettings(request_s=0.2))
    done = threading.Event()

    @app.get("/api/v1/slow")
    def get_slow() -> None:
        done.wait(10)

    return app, done


def test_an_answer_that_takes_too_long_is_given_up(
    slow: tuple[FastAPI, threading.Event],
) -> None:
    app, done = slow

    async def asked() -> tuple[httpx.Response, float]:
        transport = httpx.ASGITransport(app)
        began = time.monotonic()
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            response = await client.get("/api/v1/slow")
        took = time.monotonic() - began
        done.set()
        await asyncio.sleep(0.1)
        return response, took

    response, took = awaited(asked())
    assert response.status_code == 503
    assert response.json()["code"] == "time_out"
    assert took < 5


def test_an_unchanged_answer_is_not_sent_again(ask: Ask) -> None:
    first = ask("/api/v1/charter")
    tag = first.headers["ETag"]
    assert re.fullmatch(r'W/"[!#-~]+"', tag)  # RFC 9110, section 8.8.3
    for known in (tag, f'"other", {tag}', tag.removeprefix("W/"), "*"):
        again = ask("/api/v1/charter", headers={"If-None-Match": known})
        assert again.status_code == 304, known
        assert again.content == b""
        assert again.headers["ETag"] == tag
    assert ask("/api/v1/charter", headers={"If-None-Match": 'W/"other"'}).status_code == 200
    # What does not exist has no mark.
    unknown = ask("/api/v1/gaps?in=Nulle-part", headers={"If-None-Match": "*"})
    assert unknown.status_code == 404
    assert "ETag" not in unknown.headers


def test_answers_are_compressed_for_who_can_read_it(ask: Ask) -> None:
    plain = ask("/api/v1/charter", headers={"Accept-Encoding": "identity"})
    assert "Content-Encoding" not in plain.headers
    packed = ask("/api/v1/charter", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert packed.num_bytes_downloaded < len(plain.content) / 2
    assert packed.content == plain.content
    assert len(gzip.compress(plain.content)) < len(plain.content)


def test_head_is_get_without_a_body(ask: Ask) -> None:
    head, get = ask("/api/v1/charter", "HEAD"), ask("/api/v1/charter")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["ETag"] == get.headers["ETag"]


@pytest.mark.parametrize("path", ["/api/v1/charter", "/rien", "/health", "/api/v1/gaps?in=x"])
def test_every_response_protects_who_reads_it(ask: Ask, path: str) -> None:
    headers = ask(path).headers
    policy = dict(
        part.strip().partition(" ")[::2] for part in headers["Content-Security-Policy"].split(";")
    )
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"


def test_only_a_page_made_for_it_may_be_shown_within_another(ask: Ask) -> None:
    policy = ask("/embed/rien").headers["Content-Security-Policy"]
    assert policy.endswith("frame-ancestors *")


def test_any_site_may_read_the_api_and_only_the_api(ask: Ask) -> None:
    assert ask("/api/v1/charter").headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Origin" not in ask("/rien").headers


def test_a_line_of_the_log_tells_neither_who_asks_nor_what(
    ask: Ask, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("INFO", "alliage.service"):
        response = ask(
            "/api/v1/search?text=Mme+Confidentielle",
            address="203.0.113.77",
            headers={"X-Forwarded-For": "203.0.113.78", "User-Agent": "navigateur-rare"},
        )
    (record,) = caplog.records
    line = json.loads(JsonLines().format(record))
    assert set(line) == {"time", "level", "event", "method", "route", "status", "ms", "id"}
    assert (line["method"], line["route"], line["status"]) == ("GET", "/api/v1/search", 200)
    assert line["id"] == response.headers["X-Request-Id"]
    for secret in ("Confidentielle", "203.0.113", "navigateur-rare"):
        assert secret not in json.dumps(line)


def test_the_log_names_the_template_of_an_address_not_the_address(
    ask: Ask, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("INFO", "alliage.service"):
        ask("/api/v1/things/goal:2")
        ask("/confidentiel")
    routes = [vars(record)["said"]["route"] for record in caplog.records]
    assert routes == ["/api/v1/things/{id:path}", "(none)"]


def test_the_trace_of_an_exception_does_not_enter_the_log() -> None:
    try:
        raise KeyError("confidentiel")
    except KeyError as error:
        told = logging.LogRecord(
            "uvicorn.error", logging.ERROR, "", 0, "broken", (), (KeyError, error, None)
        )
    line = json.loads(JsonLines().format(told))
    assert line["error"] == "KeyError"
    assert "confidentiel" not in json.dumps(line)


def test_numbers_are_in_the_format_of_prometheus(service_of: ServiceOf) -> None:
    ask = service_of(ServiceSettings())
    for _ in range(3):
        ask("/api/v1/charter")
    ask("/api/v1/things/siren:0")
    response = ask("/metrics")
    assert response.headers["Content-Type"].startswith("text/plain; version=")
    families = {each.name: each for each in text_string_to_metric_families(response.text)}
    samples = {
        (s.name, *sorted(s.labels.items())): s.value
        for family in families.values()
        for s in family.samples
    }
    charter = ("method", "GET"), ("route", "/api/v1/charter"), ("status", "200")
    assert samples["alliage_requests_total", *charter] == 3
    thing = ("method", "GET"), ("route", "/api/v1/things/{id:path}"), ("status", "404")
    assert samples["alliage_requests_total", *thing] == 1
    assert samples["alliage_request_seconds_count", ("route", "/api/v1/charter")] == 3
    assert samples[("alliage_generation",)] > 0


def test_invented_methods_and_addresses_do_not_make_new_numbers(service_of: ServiceOf) -> None:
    ask = service_of(ServiceSettings())
    for n in range(20):
        ask(f"/inconnu/{n}")
        ask("/api/v1/charter", f"M{n}")
    text = ask("/metrics").text
    assert text.count("alliage_requests_total{") == 2


@pytest.mark.parametrize("name", ["ALLIAGE_RATE", "ALLIAGE_BURST", "ALLIAGE_REQUEST_S"])
@pytest.mark.parametrize("value", ["beaucoup", "0", "-1", "nan", "inf"])
def test_a_limit_that_is_no_positive_number_is_refused(name: str, value: str) -> None:
    with pytest.raises(RequestError, match=name):
        ServiceSettings.from_environment({name: value})


def test_limits_are_read_from_the_environment() -> None:
    environment = {"ALLIAGE_BURST": "7", "ALLIAGE_TRUSTED_PROXIES": "10.0.0.0/8", "BURST": "9"}
    assert ServiceSettings.from_environment(environment) == ServiceSettings(
        burst=7, trusted_proxies="10.0.0.0/8"
    )
