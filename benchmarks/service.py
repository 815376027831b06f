"""How long does the service take for each answer, on a store of any size?

`python benchmarks/service.py STORE [--rounds 3] [--workers 1] [--json FILE]` starts the service on
the store (its columns are made first, which is not counted), asks each question of places of four
sizes, and prints the 50th and 95th percentiles and the largest time of each, in milliseconds, on
connections that are kept open. Target: p95 at most 150 ms.
"""

import argparse
import http.client
import json
import os
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import quote, urlencode

TARGET_MS = 150
ROOT = Path(__file__).resolve().parents[1]
PLACES = {
    "commune": ("Grenoble", "Lille", "Mende", "commune:44184", "commune:97411"),
    "epci": ("epci:200040715", "epci:200054781", "epci:244400404", "epci:243300316"),
    "departement": ("Isère", "departement:59", "Lozère", "departement:75", "Gironde"),
    "region": ("region:84", "region:11", "Bretagne", "region:76"),
}
ACTORS = (
    ("alliage:le-rameau", "alliage:chaire-ess-iep-grenoble"),
    ("Fonds ODD 17", "alliage:le-rameau"),
)
_SERVE = (
    "import argparse, os; from api import serving; from graph.settings import Settings; "
    "p = argparse.ArgumentParser(); serving.add_arguments(p); "
    "serving.run(Settings.from_environment(os.environ), p.parse_args())"
)


def questions(place: str) -> Mapping[str, str]:
    """The questions about a place, by name."""
    words: dict[str, dict[str, object]] = {
        "partners (goal, need)": {"at": place, "goal": [2, 11], "need": "tools"},
        "partners (text)": {"at": place, "text": "épicerie solidaire et aide alimentaire"},
        "partners (for)": {"at": place, "for": "alliage:le-rameau"},
        "pairs": {"at": place},
        "team": {"at": place, "goal": [2, 11]},
        "missed": {"at": place, "on": "2026-03-31"},
        "alike": {"at": place, "goal": 2, "text": "aide alimentaire", "on": "2026-03-31"},
        "bridges": {"between": ["academic", "company"], "in": place},
        "gaps": {"in": place},
        "ecosystem": {"in": place},
        "signals": {"in": place, "since": "2018-01-01", "on": "2026-03-31"},
        "map": {"place": place},
        "things": {},
        "search": {"text": place.partition(":")[2] or place},
        "suggest": {"text": place[:4]},
    }
    paths = {name: f"/api/v1/{name.partition(' ')[0]}" for name in words}
    paths["things"] += f"/{quote(place, safe='')}"
    return {name: f"{paths[name]}?{urlencode(said, doseq=True)}" for name, said in words.items()}


def others() -> Mapping[str, list[str]]:
    """The questions without a place."""
    ends = [urlencode({"from": start, "to": end}) for start, end in ACTORS]
    return {
        "path": [f"/api/v1/path?{words}" for words in ends],
        "search (typing errors)": ["/api/v1/search?text=grenobel+universite"],
        "charter": ["/api/v1/charter"],
        "sources": ["/api/v1/sources"],
        "openapi": ["/api/v1/openapi.json"],
    }


@contextmanager
def served(store: Path, workers: int) -> Iterator[int]:
    """The service on a store, in processes of its own; gives its port."""
    with closing(socket.socket()) as found:
        found.bind(("127.0.0.1", 0))
        port = int(found.getsockname()[1])
    words = [sys.executable, "-c", _SERVE, "--port", str(port), "--workers", str(workers)]
    settings = {
        "ALLIAGE_STORE": str(store),
        "ALLIAGE_BURST": "1000000",
        "ALLIAGE_REQUEST_S": "120",
        "PYTHONPATH": str(ROOT),
    }
    quiet = subprocess.DEVNULL
    with subprocess.Popen(words, env={**os.environ, **settings}, stderr=quiet) as process:
        try:
            began = time.monotonic()
            while status(port, "/ready") != 200:
                time.sleep(0.2)
            print(f"ready after {time.monotonic() - began:.1f} s")
            yield port
        finally:
            process.terminate()


def status(port: int, path: str) -> int:
    """The status of a GET, 0 where nobody answers."""
    try:
        return timed(http.client.HTTPConnection("127.0.0.1", port, timeout=5), path)[0]
    except OSError:
        return 0


def timed(link: http.client.HTTPConnection, path: str) -> tuple[int, float, int]:
    """Status, milliseconds and bytes of a GET."""
    began = time.perf_counter()
    link.request("GET", path, headers={"Accept-Encoding": "gzip"})
    response = link.getresponse()
    size = len(response.read())
    return response.status, (time.perf_counter() - began) * 1000, size


def measured(port: int, rounds: int) -> dict[str, dict[str, list[float]]]:
    """By question and size of place: the milliseconds of each answer."""
    asked: list[tuple[str, str, str]] = [
        (name, level, path)
        for level, places in PLACES.items()
        for place in places
        for name, path in questions(place).items()
    ]
    asked += [(name, "", path) for name, paths in others().items() for path in paths]
    found: dict[str, dict[str, list[float]]] = {}
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=180)
    for _ in range(rounds):
        for name, level, path in asked:
            answered, ms, _ = timed(link, path)
            if answered == 200:
                found.setdefault(name, {}).setdefault(level, []).append(ms)
            elif answered != 404:
                print(f"{answered} {path}", file=sys.stderr)
    return found


def percentile(values: list[float], percent: int) -> float:
    """The percentile of some times."""
    if len(values) == 1:
        return values[0]
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("store", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    with served(arguments.store, arguments.workers) as port:
        found = measured(port, arguments.rounds)
    print(f"{'question':24} {'p50':>7} {'p95':>7} {'most':>7}   p95 by size of place")
    for name, by_level in sorted(found.items()):
        every = [ms for times in by_level.values() for ms in times]
        sizes = "  ".join(f"{lvl} {percentile(v, 95):.0f}" for lvl, v in by_level.items() if lvl)
        slow = "  SLOW" if percentile(every, 95) > TARGET_MS else ""
        figures = f"{percentile(every, 50):7.0f} {percentile(every, 95):7.0f} {max(every):7.0f}"
        print(f"{name:24} {figures}   {sizes}{slow}")
    if arguments.json:
        arguments.json.write_text(json.dumps(found), encoding="utf-8")


if __name__ == "__main__":
    main()
