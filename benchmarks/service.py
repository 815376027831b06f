"""How long does the service take for each answer and each page, on a store of any size?

    python benchmarks/service.py STORE [--rounds 3] [--workers 1] [--busy] [--json FILE]

It starts the service on the store (its columns are made first, which is not counted), asks each
question of places of four sizes, and prints the 50th and 95th percentiles and the largest time of
each, in milliseconds, on connections that are kept open, and the memory of the process. Target:
p95 at most 150 ms. With `--busy` they are the milliseconds in which the only worker computes
(Linux), which other work on the machine lengthens less. For a store of 200,000 organisations:
`python -m benchmarks.large_store STORE FOLDER …`.
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

_TERRITORIES = ("commune:38185", "epci:200040715", "departement:38", "region:84")
_CNRS = "siren:180089013"


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


def pages(place: str) -> Mapping[str, str]:
    """The pages about a place, by name."""
    between = [("territoire", place), ("monde", "academic"), ("monde", "company")]
    goal = {"territoire": place, "odd": 2}
    return {
        "/partenaires (pairs)": f"/partenaires?{urlencode({'territoire': place})}",
        "/partenaires (goal)": f"/partenaires?{urlencode(goal)}",
        "/partenaires (map)": f"/partenaires?{urlencode({**goal, 'vue': 'carte'})}",
        "/relier": f"/relier?{urlencode(between)}",
        "/rendez-vous": f"/rendez-vous?{urlencode({'territoire': place})}",
    }


def others() -> Mapping[str, list[str]]:
    """The questions without a place."""
    ends = [urlencode({"from": start, "to": end}) for start, end in ACTORS]
    return {
        "path": [f"/api/v1/path?{words}" for words in ends],
        "search (typing errors)": ["/api/v1/search?text=grenobel+universite"],
        "charter": ["/api/v1/charter"],
        "sources": ["/api/v1/sources"],
        "openapi": ["/api/v1/openapi.json"],
        "/": ["/", "/en"],
        "/territoires/…": [f"/territoires/{quote(each)}" for each in _TERRITORIES],
        "/acteurs/…": [f"/acteurs/{quote(each)}" for each in ("alliage:le-rameau", _CNRS)],
    }


@contextmanager
def served(store: Path, workers: int) -> Iterator[tuple[int, int]]:
    """The service on a store, in processes of its own; gives its port and the first of them."""
    with closing(socket.socket()) as found:
        found.bind(("127.0.0.1", 0))
        port = int(found.getsockname()[1])
    words = [sys.executable, "-m", "api.cli", "serve"]
    words += ["--port", str(port), "--workers", str(workers)]
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
            print(f"ready after {time.monotonic() - began:.1f} s, {memory(process.pid)}")
            yield port, process.pid
            print(f"after all answers {memory(process.pid)}")
        finally:
            process.terminate()


def memory(process: int) -> str:
    """The memory of a process of its own, and what it maps; empty where Linux does not tell."""
    told = Path(f"/proc/{process}/status")
    if not told.exists():
        return ""
    lines = [line.split() for line in told.read_text(encoding="utf-8").splitlines()]
    sizes = {line[0].rstrip(":"): int(line[1]) // 1024 for line in lines if line[0][:3] == "Rss"}
    return f"{sizes['RssAnon']} MB of its own, {sizes['RssFile']} MB mapped"


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


def busy_ms(process: int) -> float:
    """How long the threads of a process have computed."""
    told = Path(f"/proc/{process}/task").glob("*/schedstat")
    return sum(int(each.read_text(encoding="ascii").split()[0]) for each in told) / 1e6


def measured(port: int, rounds: int, process: int | None) -> dict[str, dict[str, list[float]]]:
    """By question and size of place: the milliseconds of each answer, or those of a process."""
    asked: list[tuple[str, str, str]] = [
        (name, level, path)
        for level, places in PLACES.items()
        for place in places
        for name, path in (*questions(place).items(), *pages(place).items())
    ]
    asked += [(name, "", path) for name, paths in others().items() for path in paths]
    found: dict[str, dict[str, list[float]]] = {}
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=180)
    for _ in range(rounds):
        for name, level, path in asked:
            before = busy_ms(process) if process else 0.0
            answered, ms, _ = timed(link, path)
            ms = busy_ms(process) - before if process else ms
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
    parser.add_argument("--busy", action="store_true")
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    with served(arguments.store, arguments.workers) as (port, process):
        found = measured(port, arguments.rounds, process if arguments.busy else None)
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
