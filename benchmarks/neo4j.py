"""How fast a Neo4j server is loaded, read, and followed: claims a second, on a made-up graph.

    python -m benchmarks.neo4j [--organisations 20000]

Each organisation is seated in one of 34 000 communes, acts in two, takes part in two alliances and
aims at goals: 7.5 ties, as in the target of 200 000 organisations and 1.5 million ties. The server
is the one of the tests, started for the run.
"""

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from random import Random

from graph.claims import Claim, NodeClaim, Properties, Source, TieClaim
from graph.model import (
    ACTS_IN,
    AIMS_AT,
    ALLIANCE,
    GOAL,
    MEMBER_OF,
    ORGANISATION,
    SEATED_IN,
    TERRITORY,
    TIES,
)
from graph.neo4j.connection import Address
from graph.neo4j.store import Neo4jStore
from graph.view import open_view
from graph.view_columns import build
from tests.neo4j.server import USER, running

OTHER = Source("autre", "Une autre source", "Alliage", "", keeps_history=False)
SOURCE = Source("mesure", "Graphe inventé", "Alliage", "", keeps_history=False)
_WORDS = ("atelier", "avenir", "collectif", "énergie", "forêt", "habitat", "insertion", "jardin")


def made_up(organisations: int, seed: int = 0) -> Iterator[Claim]:
    """The claims of a graph of so many organisations."""
    random = Random(seed)
    communes, alliances = max(organisations // 6, 10), max(organisations // 20, 5)
    for number in range(1, 18):
        yield NodeClaim(f"goal:{number}", GOAL, "1", {"name": f"ODD {number}", "number": number})
    for number in range(communes):
        values: Properties = {"name": f"Commune {number}", "level": "commune", "population": number}
        yield NodeClaim(f"commune:{number:05}", TERRITORY, str(number), values)
    for number in range(alliances):
        yield NodeClaim(f"x:alliance-{number}", ALLIANCE, str(number), {"name": f"A {number}"})
    for number in range(organisations):
        key, record = f"x:{number:07}", str(number)
        name = " ".join(random.choices(_WORDS, k=3)).capitalize()
        said: Properties = {
            "name": f"{name} {number}",
            "world": "association",
            "purpose": f"Agir : {name}",
        }
        yield NodeClaim(key, ORGANISATION, record, said)
        places = random.sample(range(communes), 3)
        yield TieClaim(SEATED_IN, key, f"commune:{places[0]:05}", record)
        for place in places[1:]:
            yield TieClaim(ACTS_IN, key, f"commune:{place:05}", record)
        for alliance in random.sample(range(alliances), 2):
            role = {"role": "member", "since": "2020"}
            yield TieClaim(MEMBER_OF, key, f"x:alliance-{alliance}", record, role)
        for goal in random.sample(range(1, 18), 2 + number % 2):
            yield TieClaim(AIMS_AT, key, f"goal:{goal}", record)


def show(what: str, claims: int, work: Callable[[], object]) -> None:
    """Print how long a work takes."""
    begun = time.perf_counter()
    work()
    spent = time.perf_counter() - begun
    print(f"{what:32} {spent:7.1f} s {claims / spent:10,.0f} claims/s", flush=True)


def measure(address: Address, organisations: int, folder: Path) -> None:
    """Load, open the view, change some and open it again, scan, load again."""
    claims = list(made_up(organisations))
    changed = min(10_000, organisations // 20)
    with closing(Neo4jStore(address, writable=True)) as store:

        def load(told: list[Claim]) -> None:
            with store.write(SOURCE) as writing:
                writing.add(told)
                writing.finish()

        def ties() -> None:
            for tie in TIES:
                for _ in store.scan_tie_values(tie):
                    pass

        show("first load", len(claims), lambda: load(claims))
        nodes = sum(isinstance(claim, NodeClaim) for claim in claims)
        show("the index, from a scan", len(claims), lambda: open_view(store, folder))
        show(f"{changed} changed, written", 2 * changed, lambda: change(store, changed))
        show("the index, of what changed", 2 * changed, lambda: open_view(store, folder))
        show("scan of things", nodes, lambda: list(store.scan_nodes()))
        show("scan of ties", len(claims) - nodes, ties)
        show("columns, of all scans", len(claims), lambda: build(store))
        show("the same again", len(claims), lambda: load(claims))
        newer = [
            NodeClaim(c.subject, c.kind, c.record, {**c.properties, "name": "Autre"})
            if isinstance(c, NodeClaim) and c.kind is ORGANISATION and int(c.record) < changed
            else c
            for c in claims
        ]
        show(f"with {changed} changed", len(claims), lambda: load(newer))


def change(store: Neo4jStore, organisations: int) -> None:
    """Have another source say something of some organisations: a name, and an aim."""
    with store.write(OTHER) as writing:
        for number in range(organisations):
            key, record = f"x:{number:07}", str(number)
            name = NodeClaim(key, ORGANISATION, record, {"name": f"Nouveau nom {number}"})
            writing.add_record((name, TieClaim(AIMS_AT, key, f"goal:{number % 17 + 1}", record)))
        writing.finish()


def main() -> None:
    parser = argparse.ArgumentParser(description="The speed of the Neo4j store")
    parser.add_argument("--organisations", type=int, default=20_000)
    arguments = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        running(Path(folder) / "neo4j", large=True) as server,
    ):
        address = Address(server.uri, USER, server.password)
        measure(address, arguments.organisations, Path(folder) / "view")


if __name__ == "__main__":
    main()
