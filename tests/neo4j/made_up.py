"""A made-up graph over the bundled territories, as tables that `alliage ingest ecosystem` reads.

Organisations of all worlds with seats, goals, means and alliances, some of them catalysts; projects
that seek, and calls that are open: enough for every question to have answers.
"""

import csv
import gzip
import shutil
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from random import Random

from graph.model import AllianceType, Function, Means, Phase, World
from ingest.ecosystem import DATA

DOCUMENT = "mesure"
_IN = ("38", "26", "69")  # départements
_WORDS = (
    *("atelier", "avenir", "biodiversité", "collectif", "échange", "énergie", "forêt", "habitat"),
    *("insertion", "jardin", "logement", "mobilité", "montagne", "numérique", "parentalité"),
    *("rénovation", "santé", "solidarité"),
)
_SHARES = dict(zip(World, (60, 25, 4, 4, 3, 3, 1), strict=True))

Row = Sequence[str]


def write_tables(folder: Path, organisations: int) -> Path:
    """The bundled tables with a document more, which describes so many organisations; the folder.

    Everything is drawn anew from the same seed: two calls write the same bytes.
    """
    for name in ("documents", "nodes", "values", "ties"):
        (folder / "ecosystem").mkdir(parents=True, exist_ok=True)
        shutil.copy(DATA / "ecosystem" / f"{name}.csv", folder / "ecosystem")
    (folder / "reference").mkdir(exist_ok=True)
    shutil.copy(DATA / "reference" / "levers.csv", folder / "reference")
    title = "Graphe inventé"
    _append(folder, "documents", [(DOCUMENT, title, "Alliage", "2026-11-23", "", "", "")])
    made = _MadeUp(organisations)
    _append(folder, "nodes", made.nodes)
    _append(folder, "values", made.values)
    _append(folder, "ties", made.ties)
    return folder


def _append(folder: Path, name: str, rows: Iterable[Row]) -> None:
    with (folder / "ecosystem" / f"{name}.csv").open("a", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)


class _MadeUp:
    """The rows of the three tables, drawn at random."""

    def __init__(self, organisations: int) -> None:
        self.nodes: list[Row] = []
        self.values: list[Row] = []
        self.ties: list[Row] = []
        self._random = Random(0)
        self._communes = list(_communes())
        actors = [f"x:organisation-{number}" for number in range(organisations)]
        alliances = [f"x:alliance-{number}" for number in range(organisations // 20)]
        for key in alliances:
            self._alliance(key)
        for key in actors:
            self._organisation(key, alliances)
        for number in range(organisations // 200):
            self._project(f"x:projet-{number}", actors)
            self._call(f"x:appel-{number}", actors)

    def _alliance(self, key: str) -> None:
        self._node(key, "Alliance", f"Alliance {self._words(2)}")
        self._value(key, "type", self._random.choice([*AllianceType]).value)
        self._value(key, "phase", self._random.choice([*Phase]).value)
        self._value(key, "started", str(self._random.randint(2005, 2025)))
        self._value(key, "purpose", f"Agir pour {self._words(5)}")
        if self._random.random() < 0.3:
            self._value(key, "ended", "2026")
        self._tie(key, "ACTS_IN", self._commune())
        self._goals(key, 2)

    def _organisation(self, key: str, alliances: Sequence[str]) -> None:
        random = self._random
        self._node(key, "Organisation", f"{self._words(2).capitalize()} {len(self.nodes)}")
        [world] = random.choices([*_SHARES], [*_SHARES.values()])
        self._value(key, "world", world.value)
        self._value(key, "purpose", f"Œuvrer pour {self._words(4)}")
        self._value(key, "started", str(random.randint(1950, 2025)))
        self._tie(key, "SEATED_IN", self._commune())
        self._goals(key, 1)
        means = random.choice([*Means])
        self._tie(key, random.choice(("OFFERS", "NEEDS")), f"lever:{means.value}")
        for alliance in random.sample(alliances, random.choice((0, 0, 1, 1, 2))):
            self._tie(key, "MEMBER_OF", alliance, "member", str(random.randint(2005, 2025)))
        if random.random() < 0.02:
            self._value(key, "roles", "catalyst")
            self._value(key, "functions", random.choice([*Function]).value)
            self._tie(key, "RUNS", random.choice(alliances))
            self._tie(key, "ACTS_IN", "departement:38")

    def _project(self, key: str, actors: Sequence[str]) -> None:
        self._node(key, "Project", f"Projet {self._words(2)}")
        self._value(key, "purpose", f"Lancer {self._words(4)}")
        self._tie(self._random.choice(actors), "CARRIES", key)
        self._tie(key, "ACTS_IN", self._commune())
        self._tie(key, "NEEDS", "lever:value")
        self._goals(key, 1)

    def _call(self, key: str, actors: Sequence[str]) -> None:
        self._node(key, "Call", f"Appel {self._words(2)}")
        self._value(key, "opens", "2026-01-01")
        self._value(key, "closes", "2026-12-31")
        self._tie(self._random.choice(actors), "OPENED", key)
        self._tie(key, "ACTS_IN", "departement:38")
        self._tie(key, "OFFERS", "lever:value")
        self._goals(key, 2)

    def _goals(self, key: str, count: int) -> None:
        for goal in self._random.sample(range(1, 18), count):
            self._tie(key, "AIMS_AT", f"goal:{goal}")

    def _words(self, count: int) -> str:
        return " ".join(self._random.choices(_WORDS, k=count))

    def _commune(self) -> str:
        return self._random.choice(self._communes)

    def _node(self, key: str, kind: str, name: str) -> None:
        self.nodes.append((key, kind, name, name, DOCUMENT, "1"))

    def _value(self, key: str, name: str, value: str) -> None:
        self.values.append((key, name, value, DOCUMENT, "1", ""))

    def _tie(self, start: str, tie: str, end: str, role: str = "", since: str = "") -> None:
        self.ties.append((start, tie, end, role, since, "", "", DOCUMENT, "1", ""))


def _communes() -> Iterator[str]:
    file = DATA / "reference" / "communes.csv.gz"
    with gzip.open(file, "rt", encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows):
            if row["code"].startswith(_IN):
                yield f"commune:{row['code']}"
