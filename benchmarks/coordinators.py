"""Would the real coordinators have been found? Our order of brokers and five other measures.

    python -m benchmarks.coordinators DATA [--write FOLDER] [--inner] [--only SET]

DATA is the folder `alliances` of the open data. The last years of the research alliances are hidden
(`queries/evaluation/coordinators.py`); `--inner` hides the years before those, on which the order
was chosen; `--write docs/evaluation` writes `coordinators.md` and `coordinators.json`.
"""

import argparse
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import orjson

from api.evaluation import record_of
from graph.settings import Settings
from queries.evaluation.coordinators import Among, Finding, Measure, Verdict, evaluate
from queries.evaluation.intervals import Estimate

SETS = {"ANR": "anr-*.csv.gz", "Horizon 2020": "h2020-*.csv.gz"}
_MEASURES = {
    Measure.ALLIAGE: "Alliage",
    Measure.DEGREE: "degree",
    Measure.BETWEENNESS: "betweenness",
    Measure.CONSTRAINT: "constraint",
    Measure.OPEN_PAIRS: "raw count of open pairs",
    Measure.CREDIT: "raw count with partial credit",
}
_AMONG = {
    Among.KNOWN: "all known organisations",
    Among.NEAR: "seats in a région of a member",
    Among.AS_LARGE: "as many contacts, ± 10 %",
    Among.MEMBERS: "members of the alliance",
}

_HEAD = """# Would the real coordinators have been found?

Written by `python -m benchmarks.coordinators DATA --write docs/evaluation`; what it tells is in
[bridges](../bridges.md#evaluation), the figures in [coordinators.json](coordinators.json).

Research alliances that begin in the last years are hidden, and organisations are described as
they were known before. The worlds of the members of each are asked of the order of `alliage
bridges`, wherever, and the rank of the real coordinator is looked up. Asked are those whose members
are of two known worlds or more, and whose one coordinator had an alliance before. All measures rank
the same candidates on the same contacts; equals are in any order, each as likely. In brackets the
interval of 95 % over 1,000 draws of alliances; ratios are paired in each draw.
"""


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--write", type=Path, metavar="FOLDER")
    parser.add_argument("--inner", action="store_true")
    parser.add_argument("--only", choices=sorted(SETS), action="append")
    arguments = parser.parse_args()
    found = {}
    for name in arguments.only or SETS:
        begun = time.monotonic()
        found[name] = _measured(arguments.data, SETS[name], inner=arguments.inner)
        print("\n".join(_lines(name, found[name])))
        print(f"({time.monotonic() - begun:.0f} s)\n", flush=True)
    if arguments.write:
        _write(arguments.write / "coordinators", found)


def _measured(data: Path, pattern: str, *, inner: bool) -> Verdict:
    files = sorted(str(path) for path in data.glob(pattern))
    with (
        tempfile.TemporaryDirectory() as folder,
        record_of(Settings(str(Path(folder) / "none.db")), files) as (record, _),
    ):
        split = record.split()
        return evaluate(record.gatherings(record.inner(split) if inner else split))


def _lines(name: str, verdict: Verdict) -> Iterator[str]:
    """The tables of one set, in Markdown."""
    told, split = verdict.gathered, verdict.gathered.split
    yield f"## {name}: alliances that begin from {split.day:g} to {split.end:g}"
    yield ""
    yield (
        f"{told.alliances:,} alliances of two members or more; {told.one_world:,} have members of"
        f" less than two known worlds, {told.not_one:,} of the others not one coordinator,"
        f" {told.unseen:,} of the others one without an alliance before. Asked:"
        f" {len(told.asked):,}. Known organisations: {int(told.known.sum()):,}."
    )
    yield ""
    yield f"| mean reciprocal rank | {' | '.join(_MEASURES.values())} |"
    yield f"|---|{'---|' * len(Measure)}"
    for finding in verdict.findings:
        cells = " | ".join(_interval(finding.reciprocal[m], 4) for m in Measure)
        yield f"| {_candidates(finding)} | {cells} |"
    yield f"| Spearman with the contacts | {' | '.join(_sizes(verdict))} |"
    yield ""
    yield f"| Alliage ÷ | {' | '.join(n for m, n in _MEASURES.items() if m != 'alliage')} |"
    yield f"|---|{'---|' * (len(Measure) - 1)}"
    for finding in verdict.findings:
        cells = " | ".join(_interval(ratio, 2) for ratio in finding.ratio.values())
        yield f"| {_AMONG[finding.among]} | {cells} |"
    yield ""


def _candidates(finding: Finding) -> str:
    several = f"{finding.queries:,} alliances, {finding.candidates:,.0f} candidates"
    return f"{_AMONG[finding.among]} ({several})"


def _sizes(verdict: Verdict) -> Iterator[str]:
    return (f"{verdict.size[measure]:.2f}" for measure in Measure)


def _interval(found: Estimate, digits: int) -> str:
    return f"{found.value:.{digits}f} [{found.low:.{digits}f}, {found.high:.{digits}f}]"


def _write(path: Path, found: Mapping[str, Verdict]) -> None:
    tables = "\n".join(line for name, verdict in found.items() for line in _lines(name, verdict))
    path.with_suffix(".md").write_text(f"{_HEAD}\n{tables}", "utf-8")
    form = {name: _form(verdict) for name, verdict in found.items()}
    options = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE | orjson.OPT_NON_STR_KEYS
    path.with_suffix(".json").write_bytes(orjson.dumps(form, option=options))


def _form(verdict: Verdict) -> dict[str, object]:
    told = verdict.gathered
    return {
        "split": {"day": told.split.day, "end": told.split.end},
        "alliances": told.alliances,
        "one_world": told.one_world,
        "not_one_coordinator": told.not_one,
        "unseen": told.unseen,
        "asked": len(told.asked),
        "known": int(told.known.sum()),
        "findings": verdict.findings,
        "spearman_with_contacts": verdict.size,
    }


if __name__ == "__main__":
    main()
