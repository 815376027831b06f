"""The command that measures: it hides the last alliances, asks for partners, and compares."""

import argparse
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import orjson

from api import evaluation_card
from api.lines import typeset
from api.session import reading
from graph.claims import Claim, NodeClaim, TieClaim
from graph.errors import RequestError
from graph.model import ACTS_IN, MEMBER_OF, ORGANISATION, SEATED_IN
from graph.settings import Settings
from graph.sqlite.store import SqliteStore
from graph.view import memory_view
from ingest.bundled import BUNDLED
from ingest.catalogue import local, recognised, tabular
from ingest.rows import Row
from ingest.runner import ingest, ingest_files
from ingest.tabular import Tabular
from queries.evaluation.card import Card
from queries.evaluation.evaluation import evaluate
from queries.evaluation.record import Record
from queries.evaluation.tuning import Tuned, tuned
from queries.matching.weights import Feature

_FORMATS = (".md", ".html", ".json")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a person asks to measure.

    Attributes:
        files: tables of dated participations; none for the store itself.
        split, end: ISO dates, what begins in between is hidden; None for the last fifth.
        card: where to write the card, in the format that its name ends with.
        fit: where to write the weights that are best before the split.
    """

    files: tuple[str, ...] = ()
    split: str | None = None
    end: str | None = None
    card: Path | None = None
    fit: Path | None = None


def add_arguments(command: argparse.ArgumentParser) -> None:
    """What may be typed after `alliage evaluate`."""
    command.add_argument("file", nargs="*", metavar="FICHIER", help="sinon le dépôt lui-même")
    command.add_argument("--split", metavar="DATE", help="sinon le dernier cinquième des années")
    command.add_argument("--end", metavar="DATE", help="la fin de ce qui est caché")
    command.add_argument("--card", type=Path, metavar="FICHIER", help="en .md, .html ou .json")
    command.add_argument("--fit", type=Path, metavar="FICHIER.json", help="ajuster les poids")


def run(settings: Settings, arguments: argparse.Namespace) -> None:
    """Measure, print the report, write what is wanted.

    Raises:
        RequestError, SourceError: see their sentences.
    """
    wanted = Wanted(
        tuple(arguments.file), arguments.split, arguments.end, arguments.card, arguments.fit
    )
    card, weights = measured(settings, wanted, _progress)
    if arguments.json:
        print(evaluation_card.in_json(card))
    else:
        for line in evaluation_card.lines(card):
            print(typeset(line))
        for path in filter(None, (wanted.card, wanted.fit)):
            print(typeset(f"Écrit dans {path}."))
    if wanted.card:
        wanted.card.write_text(_FORM[wanted.card.suffix](card), encoding="utf-8")
    if wanted.fit and weights:
        wanted.fit.write_bytes(table_of(weights))


def measured(
    settings: Settings, wanted: Wanted, progress: evaluation_card.Told = lambda _: None
) -> tuple[Card, Tuned | None]:
    """The card of what is wanted and, where they are wanted, the weights it was made with."""
    if wanted.card and wanted.card.suffix not in _FORMATS:
        raise RequestError(f"« {wanted.card} » : une fiche s'écrit en .md, en .html ou en .json.")
    if wanted.card and wanted.card.suffix == ".html":
        evaluation_card.require_plots()
    with record_of(settings, wanted.files) as (record, data):
        split = record.split(wanted.split, wanted.end)
        weights = None
        if wanted.fit:
            progress("ajustement des poids")
            inner = record.trial(record.inner(split))
            weights = tuned({data: inner})
        trial = record.trial(split)
        if weights is None:
            return evaluate(trial, data, progress=progress), None
        return evaluate(trial, data, weights.weights, weights.bands, progress), weights


def table_of(found: Tuned) -> bytes:
    """The table of weights, as JSON."""
    form = {
        "data": list(found.data),
        "weights": {feature.value: weight for feature, weight in found.weights.items()},
        "bands": dict(found.bands),
        "inner": {name: list(ratios) for name, ratios in found.ratios.items()},
    }
    return orjson.dumps(form, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def read_table(path: Path) -> tuple[Mapping[Feature, float], Sequence[tuple[str, float]]]:
    """The weights and the bands of a table that was written."""
    form = orjson.loads(path.read_bytes())
    named = {feature.value: feature for feature in Feature}
    weights = {named[name]: float(weight) for name, weight in form["weights"].items()}
    return weights, [(str(code), float(least)) for code, least in form["bands"].items()]


# What is measured on --------------------------------------------------------------------------


@contextmanager
def record_of(settings: Settings, files: Sequence[str]) -> Iterator[tuple[Record, str]]:
    """The dated alliances of files, or of the store where there is none, and what was read.

    Files are read by their own source into a store for the time of the measure, over the
    reference territories.
    """
    if not files:
        with reading(settings) as (store, view):
            yield Record(view, store), "le dépôt"
        return
    found = recognised(local(files))
    with (
        tempfile.TemporaryDirectory() as folder,
        closing(SqliteStore(Path(folder) / "evaluation.db", writable=True)) as store,
    ):
        for _ in ingest(store, BUNDLED[0]):
            pass
        for name, chosen in found.items():
            ingest_files(store, dated(tabular(name)), chosen, Path(folder))
        names = sorted(path.name for chosen in found.values() for path in chosen)
        yield Record(memory_view(store), store), ", ".join(names)


def dated(source: Tabular) -> Tabular:
    """The source, saying of what it says of organisations when it was so: see `Tabular`.

    A row of a table of participations describes an organisation as it was when it took part; the
    same organisation may be told otherwise by a later row, that nobody had read on the day.
    """

    def transform(row: Row) -> Iterator[Claim]:
        claims = list(source.transform(row))
        days = [
            str(claim.properties["since"])
            for claim in claims
            if isinstance(claim, TieClaim)
            and claim.tie is MEMBER_OF
            and "since" in claim.properties
        ]
        for claim in claims:
            yield _on(claim, min(days)) if days and _describes(claim) else claim

    return replace(source, transform=transform)


def _describes(claim: Claim) -> bool:
    """Whether it says something of an organisation itself."""
    if isinstance(claim, NodeClaim):
        return claim.kind is ORGANISATION
    return claim.tie in (SEATED_IN, ACTS_IN)


def _on(claim: Claim, day: str) -> Claim:
    return replace(claim, date=claim.date or day, record=f"{claim.record} {day}")


def _progress(doing: str) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\x1b[K{typeset(doing)}…")
        sys.stderr.flush()


_FORM = {
    ".md": evaluation_card.in_markdown,
    ".html": evaluation_card.in_html,
    ".json": evaluation_card.in_json,
}
