"""Our own export, read back: each source as itself, with all that it says."""

import heapq
import re
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import groupby, islice
from pathlib import Path

from pyoxigraph import RdfFormat, parse

from graph.claims import Claim
from graph.errors import SourceError
from graph.identity import Judgement
from graph.rdf.claims import Said, read_claims, read_sources
from graph.rdf.judgements import read_judgements
from graph.rdf.mapping import CLAIM_CLASS, SOURCE
from graph.rdf.terms import Iris
from ingest.bundled import Bundled, Told

FORMATS = {
    ".jsonld": RdfFormat.JSON_LD,
    ".json": RdfFormat.JSON_LD,
    ".nq": RdfFormat.N_QUADS,
    ".nt": RdfFormat.N_TRIPLES,
    ".owl": RdfFormat.RDF_XML,
    ".rdf": RdfFormat.RDF_XML,
    ".trig": RdfFormat.TRIG,
    ".ttl": RdfFormat.TURTLE,
    ".xml": RdfFormat.RDF_XML,
}
"""The serialisations, by the end of a file's name."""

# Those that our own exports, and their transcodings, come in.
_OF_EXPORTS = frozenset([".nt", ".ttl", ".nq", ".trig"])
_LINES_IN_MEMORY = 250_000
_FILES_AT_ONCE = 64
# A triple that only our exports hold, in the spelling of N-Triples.
_SIGN = re.compile(
    rb"<(https?://[^<>]+)/id/(?:claim|source)/[^<>]+> <\1/ns#(?:saysKind|trust|keepsHistory)> "
)
_BROKEN = (SyntaxError, ValueError, KeyError, IndexError, RecursionError)


def form_of(path: Path) -> RdfFormat:
    """The serialisation of a file, by the end of its name.

    Raises:
        SourceError: it is none that we read.
    """
    found = FORMATS.get(path.suffix.lower())
    if found is None:
        known = ", ".join(sorted(FORMATS))
        raise SourceError(f"« {path} » n'est pas un fichier RDF ; extensions lues : {known}.")
    return found


@contextmanager
def told_of(path: Path) -> Iterator[None]:
    """Say what is wrong with a file as a sentence of ours."""
    try:
        yield
    except OSError as error:
        raise SourceError(f"« {path} » ne peut pas être lu : {error.strerror}.") from error
    except _BROKEN as error:
        raise SourceError(f"« {path} » n'est pas du RDF sain : {error}.") from error


def base_of(path: Path) -> str:
    """The base IRI of an export of ours; empty for a file that is none.

    Raises:
        SourceError: the file cannot be read.
    """
    if path.suffix.lower() not in _OF_EXPORTS:
        return ""
    try:
        with told_of(path):
            return next(
                (match[1].decode() for match in map(_SIGN.match, _lines(path)) if match), ""
            )
    except SourceError:
        if path.is_file():  # what is not sound RDF is none of our exports
            return ""
        raise


def _lines(path: Path) -> Iterator[bytes]:
    """The triples of a file as lines of N-Triples."""
    if path.suffix.lower() == ".nt":
        with path.open("rb") as lines:
            yield from lines
        return
    for quad in parse(path=path, format=form_of(path)):
        yield f"{quad.subject} {quad.predicate} {quad.object} .\n".encode()


def read(path: Path, base: str = "") -> Told:
    """The sources of an export of ours, each with all its claims, in constant memory.

    Consume the claims of a source before the next one is asked for.

    Args:
        path: N-Triples, Turtle, N-Quads or TriG; N-Triples in the order of our exports are
            streamed, others are put in that order in a temporary folder first.
        base: the IRI under which it was published; by default what the file itself says.

    Raises:
        SourceError: it cannot be read, is no export of ours, or one without all its claims.
    """
    base = base or base_of(path)
    if not base:
        raise SourceError(f"« {path} » n'est pas un export d'Alliage.")
    with told_of(path), _in_order(path, base) as (ordered, scanned):
        if not scanned.is_whole:
            raise SourceError(
                f"« {path} » ne contient pas toutes les affirmations de ses sources : faites "
                "l'export avec « --all-claims »."
            )
        yield from _told(path, ordered, base)


def _told(path: Path, ordered: Path, base: str) -> Told:
    """The sources that claims are of, in the order of claims; then those that claim nothing."""
    sources = {source.name: source for source in read_sources(ordered, base)}
    told = set()
    for name, group in groupby(read_claims(ordered, base), key=lambda said: said.source):
        if name not in sources or name in told:
            raise SourceError(f"« {path} » ne décrit pas la source « {name} », ou deux fois.")
        told.add(name)
        yield sources[name], _claims(path, group)
    for name, source in sources.items():
        if name not in told:
            yield source, ()


def _claims(path: Path, group: Iterable[Said]) -> Iterator[Claim]:
    with told_of(path):  # read while the store is written, not while the next source is sought
        yield from (said.claim for said in group)


def judgements(path: Path, base: str = "") -> Iterator[Judgement]:
    """What an export of ours says was judged of two ids.

    To be kept before its sources are read (see `read`): judgements join what is of one kind, and
    what was kept unapplied is then kept so again.

    Raises:
        SourceError: it cannot be read.
    """
    base = base or base_of(path)
    if not base:
        return
    with told_of(path), _in_order(path, base) as (ordered, _):
        yield from read_judgements(ordered, base)


EXPORT = Bundled(
    "rdf",
    "Un export d'Alliage, lu en retour",
    lambda path: read(path) if path else iter(()),
    "un export fait avec « alliage export --all-claims »",
)
"""To be read by `ingest.runner.ingest`, a transaction a source."""


# The order of our exports -----------------------------------------------------------------------


@dataclass(slots=True)
class _Scan:
    """What one look at an export says of it.

    Attributes:
        found: the number of its claims, by the last part of the IRI of their source.
        made: how many the source makes, as the export says.
    """

    in_order: bool = True
    found: Counter[bytes] = field(default_factory=Counter)
    made: dict[bytes, int] = field(default_factory=dict)

    @property
    def is_whole(self) -> bool:
        """Whether it has all the claims of each of its sources."""
        return dict(self.found) == {name: count for name, count in self.made.items() if count}


def _scan(lines: Iterable[bytes], base: str) -> _Scan:
    """Look at each line once."""
    scan = _Scan()
    word = Iris(base).word
    typed = f"{word('rdf:type')} {word(CLAIM_CLASS)} ".encode()
    count = f'{word(SOURCE["claims"])} "'.encode()
    claim, source = (f"<{base}/id/{segment}/".encode() for segment in ("claim", "source"))
    before = b""
    for line in lines:
        scan.in_order = scan.in_order and before < line
        before = line
        subject, _, rest = line.partition(b" ")
        if subject.startswith(claim) and rest.startswith(typed):
            scan.found[subject[len(claim) :].partition(b"/")[0]] += 1
        elif subject.startswith(source) and rest.startswith(count):
            made = rest[len(count) :].partition(b'"')[0]
            scan.made[subject[len(source) : -1]] = int(made)
    return scan


@contextmanager
def _in_order(path: Path, base: str) -> Iterator[tuple[Path, _Scan]]:
    """The export as N-Triples sorted by bytes, each triple once, and what a look at it says."""
    if path.suffix.lower() == ".nt":
        with path.open("rb") as lines:
            scan = _scan(lines, base)
        if scan.in_order:
            yield path, scan
            return
    with tempfile.TemporaryDirectory(prefix="alliage-") as folder:
        ordered = Path(folder) / "ordered.nt"
        _sort(_lines(path), ordered)
        with ordered.open("rb") as lines:
            scan = _scan(lines, base)
        yield ordered, scan


def _sort(lines: Iterator[bytes], output: Path) -> None:
    """Sort lines by bytes into a file, each once, in bounded memory (external merge sort)."""
    runs: list[Path] = []
    while chunk := list(islice(lines, _LINES_IN_MEMORY)):
        runs.append(output.with_name(f"{len(runs)}.run"))
        runs[-1].write_bytes(b"".join(sorted({_ended(line) for line in chunk})))
    while len(runs) > _FILES_AT_ONCE:
        merged = output.with_name(f"{runs[0].stem}+.run")
        _merge(runs[:_FILES_AT_ONCE], merged)
        runs = [*runs[_FILES_AT_ONCE:], merged]
    _merge(runs, output)


def _ended(line: bytes) -> bytes:
    return line if line.endswith(b"\n") else line + b"\n"


def _merge(runs: list[Path], output: Path) -> None:
    with ExitStack() as stack, output.open("wb") as merged:
        files = [stack.enter_context(run.open("rb")) for run in runs]
        merged.writelines(line for line, _ in groupby(heapq.merge(*files)))
