"""How long the matching takes, on a made-up history.

    python -m benchmarks.matching [--organisations 100000] [--alliances 30000]

Prints the set-up, one asker, and fifty at once, in milliseconds of processor: the best of several.
"""

import argparse
import time
from collections.abc import Callable
from functools import partial

import numpy as np
from scipy import sparse

from queries.matching.features import Matching, asker_of
from queries.matching.history import (
    Alliances,
    History,
    Organisations,
    Participations,
    history,
    incidence,
)

_YEARS = (2010.0, 2024.0)
# Communes, intercommunalities, départements, régions, nations: about as many as in France.
_PLACES = (35_000, 1_250, 101, 18, 40)
_WORDS, _THEMES = 20_000, 120


def made_up(organisations: int, alliances: int, seed: int = 0) -> History:
    """Alliances of 2 to some dozens members, as likely to be an organisation of many as in life."""
    chance = np.random.default_rng(seed)
    activity = chance.pareto(1.2, organisations) + 0.05
    size = np.minimum(2 + chance.geometric(0.25, alliances), 60)
    size[: alliances // 1000] = 300
    alliance = np.repeat(np.arange(alliances), size)
    organisation = chance.choice(organisations, len(alliance), p=activity / activity.sum())
    began = chance.uniform(*_YEARS, alliances)
    offsets = np.cumsum([0, *_PLACES[:-1]])
    places = [
        offset + chance.integers(count, size=organisations)
        for offset, count in zip(offsets, _PLACES, strict=True)
    ]
    words = incidence(
        np.repeat(np.arange(organisations), 5),
        chance.zipf(1.3, organisations * 5).clip(max=_WORDS) - 1,
        (organisations, _WORDS),
    )
    everything = Organisations(
        ordinals=np.arange(organisations),
        world=chance.integers(7, size=organisations),
        places=np.stack(places),
        centre=chance.uniform((42, -4), (51, 8), (organisations, 2)),
        words=sparse.csr_array(words / np.sqrt(5)),
    )
    rows = np.arange(alliances)
    themes = incidence(rows, chance.integers(_THEMES, size=alliances), (alliances, _THEMES))
    sites = incidence(rows, chance.integers(36_000, size=alliances), (alliances, 36_409))
    led = np.zeros(len(alliance), dtype=np.bool_)
    led[np.searchsorted(alliance, rows)] = True
    unknown = np.full(len(alliance), np.nan)
    return history(
        everything,
        Alliances(rows + organisations, themes, sites, began),
        Participations(organisation, alliance, unknown, unknown, led),
        _YEARS[1],
    )


def milliseconds(run: Callable[[], object], times: int) -> float:
    """The least of several times."""
    found = []
    for _ in range(times):
        start = time.process_time()
        run()
        found.append(time.process_time() - start)
    return 1000 * min(found)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--organisations", type=int, default=100_000)
    parser.add_argument("--alliances", type=int, default=30_000)
    asked = parser.parse_args()
    made = made_up(asked.organisations, asked.alliances)
    print(f"participations {made.member.nnz}, with a past {int(made.past.sum())}")
    print(f"set-up {milliseconds(partial(Matching, made), 3):.0f} ms")
    matching = Matching(made)
    active = np.argsort(-np.diff(made.member.indptr))
    for name, row in (("busiest", 0), ("usual", len(active) // 20), ("newcomer", -1)):
        asker = [asker_of(made, int(active[row]))]
        print(f"one asker, {name}: {milliseconds(partial(matching.scores, asker), 5):.0f} ms")
    many = [asker_of(made, int(row)) for row in active[:2000:40]]
    print(f"{len(many)} askers at once: {milliseconds(partial(matching.scores, many), 2):.0f} ms")


if __name__ == "__main__":
    main()
