"""How long `bridges` and `path` take, on a made-up graph.

    python -m benchmarks.bridges [--organisations 30000] [--alliances 12000] [--nation]

A région by default: 15,000 organisations in 12,000 alliances; `--nation` for 50,000 alliances. The
graph lies in a store, and the questions go through its view as in the command. Prints the first
answer of all, then for each question how long it takes when the contacts of the place are known
and nothing was asked of them, and when it is asked again; on the clock, in milliseconds.
"""

import argparse
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

import numpy as np

from graph.claims import Claim, NodeClaim, Properties, Source, TieClaim
from graph.model import ACTS_IN, ALLIANCE, MEMBER_OF, ORGANISATION, PART_OF, TERRITORY, World
from graph.sqlite.store import SqliteStore
from graph.view import View, open_view
from queries.acquaintance import acquaintances, disjoint
from queries.bridges import Request, bridges
from queries.meetings import Meetings, meetings

_REGION = "region:84"
_COMMUNES = 4_000
# Of organisations in alliances, roughly as in the open lists: associations, companies, local
# authorities, academic actors, the State, foundations, citizens.
_WORLDS = {
    World.ASSOCIATION: 0.35,
    World.COMPANY: 0.30,
    World.LOCAL_AUTHORITY: 0.15,
    World.ACADEMIC: 0.08,
    World.STATE: 0.05,
    World.FOUNDATION: 0.04,
    World.CITIZENS: 0.03,
}
_ASKED = (("association", "company"), ("academic", "company"), ("association", "state", "citizens"))


def made_up(organisations: int, alliances: int, seed: int = 0) -> Iterator[Claim]:
    """Alliances of 2 to some dozens, a few of 300; some organisations are in very many."""
    chance = np.random.default_rng(seed)
    yield NodeClaim(_REGION, TERRITORY, "r", {"name": "Région", "level": "region"})
    for number in range(_COMMUNES):
        said: Properties = {"name": f"Commune {number}", "level": "commune", "population": 1000}
        yield NodeClaim(f"commune:{number:05}", TERRITORY, f"c{number}", said)
        yield TieClaim(PART_OF, f"commune:{number:05}", _REGION, f"p{number}")
    activity = chance.pareto(1.2, organisations) + 0.05
    size = np.minimum(2 + chance.geometric(0.25, alliances), 60)
    size[: alliances // 1000] = 300
    members = chance.choice(organisations, int(size.sum()), p=activity / activity.sum())
    worlds = chance.choice(list(_WORLDS), organisations, p=list(_WORLDS.values()))
    for number in np.unique(members).tolist():
        stated: Properties = {"name": f"Organisation {number}", "world": str(worlds[number])}
        yield NodeClaim(f"alliage:o{number}", ORGANISATION, f"o{number}", stated)
    year, commune = (
        chance.integers(2010, 2026, alliances),
        chance.integers(_COMMUNES, size=alliances),
    )
    for number, those in enumerate(np.split(members, np.cumsum(size)[:-1])):
        key = f"alliage:a{number}"
        begun: Properties = {"name": f"Alliance {number}", "started": f"{year[number]}"}
        yield NodeClaim(key, ALLIANCE, f"a{number}", begun)
        yield TieClaim(ACTS_IN, key, f"commune:{commune[number]:05}", f"t{number}")
        for rank, member in enumerate(dict.fromkeys(those.tolist())):
            role: Properties = {"role": "lead" if rank == 0 and number % 10 < 7 else "member"}
            yield TieClaim(MEMBER_OF, f"alliage:o{member}", key, f"m{number} {member}", role)


def milliseconds(run: Callable[[], object]) -> float:
    """On the clock."""
    start = time.perf_counter()
    run()
    return 1000 * (time.perf_counter() - start)


def measure(opened: Callable[[], View], times: int) -> None:
    """Print how long the questions take."""
    view = opened()
    first = milliseconds(lambda: bridges(view, Request(_ASKED[0], _REGION)))
    graph = _contacts(view)
    print(
        f"organisations in contact {len(graph.nodes)}, alliances {len(graph.alliances)}, ", end=""
    )
    print(f"contacts {graph.contacts.strength.nnz // 2}; first answer {first:.0f} ms")
    for between in _ASKED:
        asked = partial(bridges, request=Request(between, _REGION))
        new = [_anew(opened(), asked) for _ in range(3)]
        again = [milliseconds(partial(asked, view)) for _ in range(times)]
        print(f"bridges {'–'.join(between)}: new {_told(new)}; again {_told(again[1:])}")
    known, chance = acquaintances(view), random.Random(0)
    pairs = [chance.sample(graph.nodes.tolist(), 2) for _ in range(40)]
    found = [milliseconds(partial(disjoint, known, a, b, 5)) for a, b in pairs]
    print(f"path, five disjoint: median {statistics.median(found):.0f}, most {max(found):.0f} ms")


def _contacts(view: View) -> Meetings:
    return meetings(view, view.territories.rank(view.ordinal(_REGION) or 0))


def _anew(view: View, asked: Callable[[View], object]) -> float:
    """How long a question takes when the contacts are known, and nothing was asked of them."""
    _contacts(view)
    return milliseconds(lambda: asked(view))


def _told(found: list[float]) -> str:
    return (
        f"median {statistics.median(found):.0f} ms, least {min(found):.0f}, most {max(found):.0f}"
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--organisations", type=int, default=30_000)
    parser.add_argument("--alliances", type=int, default=12_000)
    parser.add_argument("--nation", action="store_true")
    parser.add_argument("--times", type=int, default=9)
    asked = parser.parse_args()
    size = (90_000, 50_000) if asked.nation else (asked.organisations, asked.alliances)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "made-up.db"
        with closing(SqliteStore(path, writable=True)) as store:
            with store.write(Source("exemples", "exemples", "", "faits inventés")) as writing:
                writing.add(list(made_up(*size)))
                writing.finish()
            measure(lambda: open_view(store, path.with_suffix(".view")), asked.times)


if __name__ == "__main__":
    main()
