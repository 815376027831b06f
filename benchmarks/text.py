"""Does a text find the texts of the same theme? Measured on real files, part by part.

    python -m benchmarks.text DATA [--queries 1000] [--only services] [--embeddings]

DATA is the folder of the open data (`organisations` in it). Two sets of texts with themes that
their publishers gave: the services of data.inclusion (name and summary; by thematique, of those
written by the structures themselves) and the projects of the Fonds vert 2023 (title; by démarche).
Texts that are equal word for word are one. Each query is a text; right are all others with one of
its themes, and it is ranked against all. Themes weigh the same, whatever their size, and so does
each bootstrap interval: themes are drawn, then queries within them.

Printed: MRR, NDCG@10 and the 95 % intervals of the difference from plain words; then the same with
two letters exchanged in each long word of the query, as in a hasty request.
"""

import argparse
import csv
import json
import re
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from graph.columns import Floats, Ints
from queries.matching import text as method
from queries.matching.embeddings import Embeddings
from queries.matching.text import TextIndex
from queries.matching.thesaurus import Thesaurus, thesaurus

DRAWS = 1000
Likeness = Callable[[str], Floats]


@dataclass(frozen=True, slots=True)
class Themed:
    """Texts, and the themes of each."""

    name: str
    texts: tuple[str, ...]
    themes: tuple[frozenset[str], ...]


def services(data: Path) -> Themed:
    """The services of data.inclusion, by thematique, at the first level and below it."""
    rows = json.loads((data / "organisations" / "data-inclusion-services.json").read_text())
    themes: defaultdict[str, set[str]] = defaultdict(set)
    for row in rows:
        text = f"{row['nom']}\n{row['presentation_resume'] or ''}"
        themes[text] |= {each.partition("--")[0] for each in row["thematiques"] or ()}
    return _themed("services", themes)


def projects(data: Path) -> Themed:
    """The projects of the Fonds vert, by démarche; engineering is of no theme."""
    themes: defaultdict[str, set[str]] = defaultdict(set)
    path = data / "organisations" / "fonds-vert-2023-export.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file, delimiter=";"):
            if row["nom_demarche_ds"] != "Ingénierie":
                themes[row["nom_du_projet"]].add(row["nom_demarche_ds"])
    return _themed("projects", themes)


def _themed(name: str, themes: Mapping[str, set[str]]) -> Themed:
    kept = {text: frozenset(of_text) for text, of_text in sorted(themes.items()) if of_text}
    return Themed(name, tuple(kept), tuple(kept.values()))


def queries(themed: Themed, count: int) -> list[tuple[str, int]]:
    """A theme and a text of it, as many of each theme, drawn without replacement."""
    generator = np.random.default_rng(4)
    members: defaultdict[str, list[int]] = defaultdict(list)
    for index, themes in enumerate(themed.themes):
        for theme in sorted(themes):
            members[theme].append(index)
    big = {theme: of for theme, of in sorted(members.items()) if len(of) > 10}
    share = count // len(big)
    return [
        (theme, int(index))
        for theme, of in big.items()
        for index in generator.permutation(of)[:share]
    ]


def misspelt(text: str) -> str:
    """A text with two letters exchanged in the middle of each word of six letters or more."""
    return re.sub(r"\b(\w{2,})(\w)(\w)(\w{2,})\b", r"\1\3\2\4", text)


def as_written(text: str) -> str:
    return text


def measured(
    themed: Themed,
    asked: Sequence[tuple[str, int]],
    likeness: Likeness,
    spelt: Callable[[str], str],
) -> Floats:
    """Reciprocal rank and NDCG@10 of each query; shape (queries, 2)."""
    return np.array([
        _one(themed, theme, index, likeness(spelt(themed.texts[index]))) for theme, index in asked
    ])  # fmt: skip


def _one(themed: Themed, theme: str, index: int, scores: Floats) -> tuple[float, float]:
    scores[index] = -1
    right = np.array([theme in themes for themes in themed.themes])
    right[index] = False
    order: Ints = np.argsort(-scores, kind="stable")
    found = right[order]
    # What shares nothing with the query was not found: such ranks by the order of the file.
    found &= scores[order] > 0
    ranks = np.flatnonzero(found)
    gains = 1 / np.log2(np.arange(10) + 2)
    best = gains[: min(10, int(right.sum()))].sum()
    reciprocal = 1 / (ranks[0] + 1) if len(ranks) else 0.0
    return float(reciprocal), float(gains[ranks[ranks < 10]].sum() / best)


def interval(asked: Sequence[tuple[str, int]], values: Floats) -> tuple[float, float, float]:
    """The mean over themes, and its 95 % bootstrap interval."""
    generator = np.random.default_rng(4)
    of_theme: defaultdict[str, list[float]] = defaultdict(list)
    for (theme, _), value in zip(asked, values.tolist(), strict=True):
        of_theme[theme].append(value)
    groups = [np.array(of) for of in of_theme.values()]
    means = [
        np.mean([np.mean(generator.choice(of, len(of))) for of in groups]) for _ in range(DRAWS)
    ]
    low, high = np.quantile(means, [0.025, 0.975])
    return float(np.mean([of.mean() for of in groups])), float(low), float(high)


def methods(texts: Sequence[str], embeddings: bool) -> dict[str, Likeness]:
    """The ways to compare, from plain words on."""
    none = Thesaurus([], [])
    plain = TextIndex.build(texts, known=none)
    full = TextIndex.build(texts)
    ways: dict[str, Likeness] = {
        "words": _without_spelling(plain),
        "words + spelling": plain.similarity,
        "words + thesaurus": _without_spelling(full),
        "words + thesaurus + spelling": full.similarity,
    }
    if embeddings:
        encoded = Embeddings.of(texts)
        ways["embeddings"] = encoded.similarity
        ways["all + embeddings"] = lambda text: full.similarity(text) + encoded.similarity(text)
    return ways


def _without_spelling(index: TextIndex) -> Likeness:
    return lambda text: np.asarray(index.about @ index.vector(text).toarray().ravel())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--queries", type=int, default=1000)
    parser.add_argument("--only", choices=["services", "projects"])
    parser.add_argument("--embeddings", action="store_true")
    args = parser.parse_args()
    print(f"{len(thesaurus().concepts)} concepts; spelling {method.SPELLING:.0%}")
    for themed in (services(args.data), projects(args.data)):
        if args.only not in (None, themed.name):
            continue
        asked = queries(themed, args.queries)
        themes = len({theme for theme, _ in asked})
        print(f"\n{themed.name}: {len(themed.texts)} texts, {themes} themes, {len(asked)} queries")
        ways = methods(themed.texts, args.embeddings)
        for spelt in (as_written, misspelt):
            print(f"-- {spelt.__name__}")
            compare(themed, asked, ways, spelt)


def compare(
    themed: Themed,
    asked: Sequence[tuple[str, int]],
    ways: Mapping[str, Likeness],
    spelt: Callable[[str], str],
) -> None:
    """Print the figures of each way, and how far it is from the first."""
    plain: Floats | None = None
    for name, likeness in ways.items():
        start = time.perf_counter()
        found = measured(themed, asked, likeness, spelt)
        took = (time.perf_counter() - start) / len(asked) * 1000
        plain = found if plain is None else plain
        told = []
        for column, label in enumerate(("MRR", "NDCG@10")):
            mean, *_ = interval(asked, found[:, column])
            gain, low, high = interval(asked, found[:, column] - plain[:, column])
            told.append(f"{label} {mean:.4f} ({gain:+.4f} [{low:+.4f}, {high:+.4f}])")
        print(f"{name:30} {'  '.join(told)}  {took:.1f} ms", flush=True)


if __name__ == "__main__":
    main()
