"""How good is the matching? One table of weights, measured on three sets of true alliances.

    python -m benchmarks.evaluation DATA [--fit TABLE.json] [--table TABLE.json] [--cards FOLDER]

DATA is the folder `alliances` of the open data. `--fit` chooses one table of weights on the inner
splits of the three sets together, and writes it; nothing of the reported splits is read for that.
The reported splits are then measured with it, or with the table of `--table`, or with the shipped
weights; `--cards` writes the cards of `docs/evaluation`. `--inner` measures the inner splits.
"""

import argparse
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from api import evaluation_card
from api.evaluation import read_table, record_of, table_of
from graph.settings import Settings
from queries.evaluation.card import METHOD
from queries.evaluation.evaluation import evaluate
from queries.evaluation.record import Record
from queries.evaluation.tuning import tuned
from queries.matching.weights import BANDS, WEIGHTS

SETS = {
    "research-alliances": "anr-*.csv.gz",
    "h2020": "h2020-*.csv.gz",
    "city-contracts": "*.json",
}


def main() -> None:
    """Fit, measure, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--fit", type=Path, metavar="TABLE.json")
    parser.add_argument("--table", type=Path, metavar="TABLE.json")
    parser.add_argument("--cards", type=Path, metavar="FOLDER")
    parser.add_argument("--inner", action="store_true")
    parser.add_argument("--only", choices=sorted(SETS), action="append")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        settings = Settings(str(Path(folder) / "none.db"))
        records: dict[str, tuple[Record, str]] = {}
        for name in arguments.only or SETS:
            begun = time.monotonic()
            files = sorted(str(path) for path in arguments.data.glob(SETS[name]))
            records[name] = stack.enter_context(record_of(settings, files))
            _say(f"{name}: read", begun)
        _measure(records, arguments)


def _measure(records: dict[str, tuple[Record, str]], arguments: argparse.Namespace) -> None:
    weights = WEIGHTS
    bands: Sequence[tuple[str, float]] = [(band.name, band.score) for band in BANDS]
    if arguments.table:
        weights, bands = read_table(arguments.table)
    if arguments.fit:
        begun = time.monotonic()
        inner = {name: r.trial(r.inner(r.split())) for name, (r, _) in records.items()}
        found = tuned(inner, print)
        arguments.fit.write_bytes(table_of(found))
        weights, bands = found.weights, found.bands
        print(table_of(found).decode())
        _say("fitted", begun)
    for name, (record, data) in records.items():
        begun = time.monotonic()
        split = record.inner(record.split()) if arguments.inner else record.split()
        card = evaluate(record.trial(split), data, weights, bands)
        print("\n".join(evaluation_card.lines(card)))
        mine = {f"{r.form.value} {r.stratum.value}": r.of[METHOD].coverage for r in card.results}
        print(mine)
        if arguments.cards:
            path = arguments.cards / name
            path.with_suffix(".md").write_text(evaluation_card.in_markdown(card), "utf-8")
            path.with_suffix(".json").write_text(evaluation_card.in_json(card), "utf-8")
        _say(f"{name}: measured", begun)


def _say(what: str, begun: float) -> None:
    print(f"{what} ({time.monotonic() - begun:.0f} s)", flush=True)


if __name__ == "__main__":
    main()
