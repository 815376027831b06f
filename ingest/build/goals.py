"""Makes the bundled tables of the 17 goals and 169 targets.

    python -m ingest.build.goals GOALS ingest/data/reference

`GOALS` is a folder with `sdg-kos-goals-targets-indicators.ttl` (United Nations Statistics
Division: addresses, titles, English names) and `open-sdg_fr_global_goals.yml` (Open SDG: the
short French names, which the United Nations file lacks).
"""

import re
import sys
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path

from rdflib import Graph, URIRef
from rdflib.namespace import RDF, SKOS
from rdflib.term import Literal

from ingest.build.territories import write_table

SDG = "http://metadata.un.org/sdg/"
ONTOLOGY = f"{SDG}ontology#"

COLOURS = (
    "#E5243B",
    "#DDA63A",
    "#4C9F38",
    "#C5192D",
    "#FF3A21",
    "#26BDE2",
    "#FCC30B",
    "#A21942",
    "#FD6925",
    "#DD1367",
    "#FD9D24",
    "#BF8B2E",
    "#3F7E44",
    "#0A97D9",
    "#56C02B",
    "#00689D",
    "#19486A",
)

# Three of the names of Open SDG have a slip; these are the official ones.
CORRECTED = {
    2: "Faim « zéro »",
    7: "Énergie propre et d’un coût abordable",
    8: "Travail décent et croissance économique",
}

GOAL_SOURCE = "ONU 2020 (iri, titres, noms anglais) ; Open SDG 2025 (noms français)"
TARGET_SOURCE = "ONU 2020"

SPELLING = str.maketrans({"'": "’", "\u2010": "-", "\u2011": "-", "\u00a0": " ", "\u202f": " "})


def clean(text: str) -> str:
    """One spelling of accents, apostrophes, hyphens and spaces."""
    return " ".join(unicodedata.normalize("NFC", text).translate(SPELLING).split())


def label(graph: Graph, iri: str, language: str, predicate: URIRef = SKOS.prefLabel) -> str:
    """The name of a thing in a language.

    Raises:
        ValueError: it has none.
    """
    for value in graph.objects(URIRef(iri), predicate):
        if isinstance(value, Literal) and value.language == language:
            return clean(str(value))
    raise ValueError(f"{iri} has no name in {language}")


def short_names(path: Path) -> dict[int, str]:
    """The short names in a goals file of Open SDG, whose long lines are folded."""
    unfolded = re.sub(r"\n +", " ", path.read_text("utf-8"))
    found = re.findall(r"^(\d+)-short: (.+)$", unfolded, re.MULTILINE)
    return {int(number): clean(name) for number, name in found} | CORRECTED


def goal_rows(graph: Graph, names: dict[int, str]) -> Iterator[Sequence[object]]:
    """One row a goal."""
    for number, colour in enumerate(COLOURS, start=1):
        iri = f"{SDG}{number}"
        yield (
            number,
            iri,
            names[number],
            label(graph, iri, "en", SKOS.altLabel),
            label(graph, iri, "fr"),
            label(graph, iri, "en"),
            colour,
            GOAL_SOURCE,
        )


def target_rows(graph: Graph) -> Iterator[Sequence[object]]:
    """One row a target."""
    for subject in graph.subjects(RDF.type, URIRef(f"{ONTOLOGY}Target")):
        iri = str(subject)
        code = iri.removeprefix(SDG)
        goal = int(code.split(".")[0])
        yield code, goal, iri, label(graph, iri, "fr"), label(graph, iri, "en"), TARGET_SOURCE


def target_order(row: Sequence[object]) -> tuple[int, bool, int, str]:
    """Numbered targets first (1.1 to 1.5), then the means of implementation (1.a, 1.b)."""
    goal, rank = str(row[0]).split(".")
    return int(goal), not rank.isdigit(), int(rank) if rank.isdigit() else 0, rank


def build(folder: Path, out: Path) -> None:
    """Writes the tables of goals and targets into `out`."""
    graph = Graph().parse(folder / "sdg-kos-goals-targets-indicators.ttl")
    names = short_names(folder / "open-sdg_fr_global_goals.yml")
    write_table(
        out / "goals.csv",
        ("number", "iri", "label_fr", "label_en", "title_fr", "title_en", "colour", "source"),
        goal_rows(graph, names),
    )
    write_table(
        out / "targets.csv",
        ("code", "goal", "iri", "title_fr", "title_en", "source"),
        sorted(target_rows(graph), key=target_order),
    )


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    build(*(Path(argument) for argument in sys.argv[1:]))
