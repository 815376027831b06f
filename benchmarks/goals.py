"""Are the goals of a text found in its words? Precision and recall on texts of stated goals.

    python -m benchmarks.goals [DATA]

Three sets of texts: the 169 targets by their French titles, each of one goal; the themes of the
national register of associations, whose goals are our own judgement; and, with DATA, the folder of
the open data, the projects of the Fonds vert 2023 by their titles, whose goals are those of their
démarche in our own table. A text speaks of a goal or does not; all pairs count the same. The first
goal told is right where it is one of those stated. The interval is a bootstrap over texts.
"""

import argparse
import csv
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from queries.matching.goals_in_text import goals_in

BUNDLED = Path(__file__).resolve().parents[1] / "ingest" / "data"
DRAWS = 1000
Stated = list[tuple[str, frozenset[int]]]


def targets() -> Stated:
    return [
        (row["title_fr"], frozenset({int(row["goal"])}))
        for row in _rows(BUNDLED / "reference" / "targets.csv")
    ]


def themes() -> Stated:
    return [
        (row["label"], _goals(row["goals"]))
        for row in _rows(BUNDLED / "rna_themes.csv")
        if row["goals"]
    ]


def projects(data: Path) -> Stated:
    goals = {
        row["demarche"]: _goals(row["goals"]) for row in _rows(BUNDLED / "fonds_vert_themes.csv")
    }
    path = data / "organisations" / "fonds-vert-2023-export.csv"
    titles = {row["nom_du_projet"]: goals[row["numero_demarche_ds"]] for row in _rows(path, ";")}
    return [(title, of) for title, of in sorted(titles.items()) if of]


def _rows(path: Path, delimiter: str = ",") -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter=delimiter))


def _goals(text: str) -> frozenset[int]:
    return frozenset(int(number) for number in text.split())


def report(name: str, stated: Stated) -> None:
    """Print the figures of a set, and the precision and recall of each goal."""
    found = [[each.goal for each in goals_in(text)] for text, _ in stated]
    counts = np.array([
        (
            len(of & set(told)), len(told), len(of), bool(told), bool(told) and told[0] in of,
        )
        for (_, of), told in zip(stated, found, strict=True)
    ], dtype=float)  # fmt: skip
    generator = np.random.default_rng(4)
    drawn = [
        _figures(counts[generator.integers(0, len(counts), len(counts))]) for _ in range(DRAWS)
    ]
    low, high = np.quantile(drawn, [0.025, 0.975], axis=0)
    print(f"\n{name}: {len(stated)} texts, {int(counts[:, 2].sum())} stated goals")
    labels = ("precision", "recall", "first goal right", "texts with an answer")
    for label, value, least, most in zip(labels, _figures(counts), low, high, strict=True):
        print(f"  {label:22} {value:.3f} [{least:.3f}, {most:.3f}]")
    by_goal: defaultdict[int, list[int]] = defaultdict(lambda: [0, 0, 0])
    for (_, of), told in zip(stated, found, strict=True):
        for goal in of | set(told):
            by_goal[goal][0] += goal in of and goal in told
            by_goal[goal][1] += goal in told
            by_goal[goal][2] += goal in of
    parts = [f"{g}: {_ratio(r, t)}/{_ratio(r, s)}" for g, (r, t, s) in sorted(by_goal.items()) if s]
    print("  precision/recall by goal:", "  ".join(parts))


def _ratio(part: int, whole: int) -> str:
    return f"{part / whole:.2f}" if whole else "–"


def _figures(counts: np.ndarray[tuple[int, int], np.dtype[np.float64]]) -> Sequence[float]:
    """Precision, recall, part of the answers whose first goal is right, part of texts answered."""
    right, told, stated, answered, first = counts.sum(axis=0).tolist()
    return right / max(told, 1), right / stated, first / max(answered, 1), answered / len(counts)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("data", type=Path, nargs="?")
    args = parser.parse_args()
    report("targets", targets())
    report("themes of associations", themes())
    if args.data:
        report("projects", projects(args.data))


if __name__ == "__main__":
    main()
