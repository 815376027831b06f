"""What does the graph say, for every machine that reads RDF?

Lines of canonical N-Triples straight from a store, sorted by bytes: two exports of one graph are
the same file, which `diff` can compare. Other formats are transcoded from that file.
"""

import heapq
import os
import secrets
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from pathlib import Path
from typing import BinaryIO, Protocol, TypeAlias

from pyoxigraph import RdfFormat, parse, serialize

from graph.claims import Properties, Scalar, Value
from graph.identity import Judgement, Verdict
from graph.model import KINDS, ORGANISATION, TIES, Kind, Level, Property, Tie, ValueType
from graph.ntriples import literal, quoted
from graph.rdf_claims import ClaimWriter, boolean, concept_writer, integer, source_lines
from graph.rdf_judgements import JudgementWriter
from graph.rdf_mapping import (
    CEASED,
    FORMER_ID,
    KIND_MAPPINGS,
    TIE_MAPPINGS,
    Classes,
    Condition,
    Form,
    KindMapping,
    Link,
    Nesting,
    Part,
    Saying,
    TieMapping,
    lever_collection,
    nesting,
    prefixes,
)
from graph.rdf_terms import Iris, date, decimal, double, legal_form_iri, web_iri
from graph.rdf_vocabulary import vocabulary
from graph.store import StoredClaim, StoredNode, StoredSource, StoredTie

_Write: TypeAlias = Callable[[Scalar, Properties], str | None]

LINES_IN_MEMORY = 250_000  # some 200 MB with the sort
_FILES_AT_ONCE = 64

# Kinds by the scheme of an id; where a thing is of another kind its id is remembered.
_USUAL_KINDS: Mapping[str, Kind] = {
    **{kind.name.lower(): kind for kind in KINDS},
    **{level.value: kind for level in Level for kind in KINDS if kind.name == "Territory"},
}


class Scannable(Protocol):
    """What an export asks of a store: the part of `graph.store.Reader` that reads all of it."""

    def snapshot(self) -> AbstractContextManager[int]:
        """Hold one generation still."""

    def sources(self) -> list[StoredSource]:
        """All sources."""

    def scan_nodes(self) -> Iterator[StoredNode]:
        """All things."""

    def scan_node_claims(self) -> Iterator[tuple[str, Kind, StoredClaim]]:
        """All claims about things, sorted by id and source."""

    def scan_ties(self, tie: Tie) -> Iterator[StoredTie]:
        """All ties of one kind between things that are described."""

    def scan_tie_claims(self, tie: Tie) -> Iterator[tuple[str, str, StoredClaim]]:
        """All claims about ties of one kind, with the ids that sources use."""

    def aliases(self) -> Iterator[tuple[str, str]]:
        """Former ids and present ones."""

    def judgements(self) -> Iterator[Judgement]:
        """All judgements on identity."""


# Values ---------------------------------------------------------------------------------------


def _number(value: Scalar) -> float:
    return value if isinstance(value, int) else float(value)


def _point(value: Scalar, known: Properties) -> str | None:
    """A point in WKT, longitude first (GeoSPARQL 1.1, § 8.5.1: CRS84 by default)."""
    latitude, longitude = known.get("latitude"), known.get("longitude")
    if isinstance(latitude, list) or isinstance(longitude, list):
        return None
    if latitude is None or longitude is None:
        return None
    return quoted(f"POINT({longitude} {latitude})")


def _french(value: Scalar, known: Properties) -> str:
    return f"{quoted(str(value))}@fr"


def _other_name(value: Scalar, known: Properties) -> str | None:
    """SKOS S13: a preferred label is not an alternative one too."""
    return None if value == known.get("name") else f"{quoted(str(value))}@fr"


_WRITERS: Mapping[Form, _Write] = {
    Form.TEXT: lambda value, known: quoted(str(value)),
    Form.FRENCH: _french,
    Form.ENGLISH: lambda value, known: f"{quoted(str(value))}@en",
    Form.OTHER_NAME: _other_name,
    Form.INTEGER: lambda value, known: integer(value),
    Form.DECIMAL: lambda value, known: decimal(_number(value)),
    Form.BOOLEAN: lambda value, known: boolean(value),
    Form.DATE: lambda value, known: date(str(value)),
    Form.YEAR: lambda value, known: date(str(value), only=4),
    Form.MONTH: lambda value, known: date(str(value), only=7),
    Form.DAY: lambda value, known: date(str(value), only=10),
    Form.LINK: lambda value, known: web_iri(str(value)),
    Form.LEGAL_FORM: lambda value, known: legal_form_iri(str(value)),
    Form.SQUARE_METRES: lambda value, known: double(round(_number(value) * 1e6)),
}


def _writer(iris: Iris, declared: Property, saying: Saying) -> _Write:
    if saying.form is Form.CONCEPT:
        if isinstance(declared.type, ValueType):
            raise TypeError(f"{declared.name} has no vocabulary")
        concepts = concept_writer(iris, declared.type)
        return lambda value, known: concepts(value)
    if saying.form is Form.COLLECTION:
        return lambda value, known: iris.word(lever_collection(str(value)))
    if saying.form in (Form.CODE, Form.POINT):
        datatype = f"^^{iris.word(saying.datatype or 'geo:wktLiteral')}"
        inner = _point if saying.form is Form.POINT else _WRITERS[Form.TEXT]
        return lambda value, known: _typed(inner(value, known), datatype)
    return _WRITERS[saying.form]


def _typed(text: str | None, datatype: str) -> str | None:
    return None if text is None else text + datatype


# Plans: the mapping, made ready for one base ----------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Way:
    """A saying, made ready: ` <predicate> ` and a function that writes the value."""

    predicate: str
    part: str
    when: Condition | None
    inverse: bool
    write: _Write


@dataclass(frozen=True, slots=True)
class _Linked:
    """A way to a part, made ready."""

    start: str
    predicate: str
    when: Condition | None


@dataclass(frozen=True, slots=True)
class _PartPlan:
    """A part, made ready: what follows its IRI in the lines that are always written."""

    tails: tuple[str, ...]
    links: tuple[_Linked, ...]


class _Plan:
    """How one kind of node is written."""

    def __init__(
        self,
        iris: Iris,
        classes: Sequence[Classes],
        parts: Sequence[Part],
        sayings: Mapping[str, tuple[Saying, ...]],
        properties: Sequence[Property],
        fixed: Sequence[tuple[str, str]] = (),
    ) -> None:
        typed = iris.word("rdf:type")
        self.classes = [
            (group.when, f" {typed} {iris.word(name)} .")
            for group in classes
            for name in group.classes
        ]
        self.classes += [(None, f" {iris.word(p)} {iris.word(v)} .") for p, v in fixed]
        self.parts = {part.name: _part_plan(iris, part) for part in parts}
        self.ways = {
            declared.name: [_way(iris, declared, saying) for saying in sayings[declared.name]]
            for declared in properties
        }
        conditions = [group.when for group in classes]
        conditions += [way.when for ways in self.ways.values() for way in ways]
        conditions += [link.when for part in parts for link in part.links]
        self.conditions = [when for when in dict.fromkeys(conditions) if when is not None]

    def lines(self, iri: str, key: str, known: Properties) -> list[str]:
        """All that is said of a node, given its IRI without brackets."""
        holding: set[Condition | None] = {c for c in self.conditions if c.holds(key, known)}
        holding.add(None)
        lines = [f"<{iri}>{tail}" for when, tail in self.classes if when in holding]
        used: set[str] = set()
        for name, value in known.items():
            items = value if isinstance(value, list) else (value,)
            for way in self.ways[name]:
                if way.when in holding:
                    self._say(lines, iri, way, items, known, used)
        if used:
            self._parts(lines, iri, used, holding)
        return lines

    @staticmethod
    def _say(
        lines: list[str],
        iri: str,
        way: _Way,
        items: Iterable[Scalar],
        known: Properties,
        used: set[str],
    ) -> None:
        subject = f"<{iri}#{way.part}>" if way.part else f"<{iri}>"
        for item in items:
            written = way.write(item, known)
            if written is None:
                continue
            if way.part:
                used.add(way.part)
            if way.inverse:
                lines.append(f"{written}{way.predicate}{subject} .")
            else:
                lines.append(f"{subject}{way.predicate}{written} .")

    def _parts(
        self, lines: list[str], iri: str, used: set[str], holding: set[Condition | None]
    ) -> None:
        waiting = list(used)
        while waiting:
            name = waiting.pop()
            plan = self.parts[name]
            part = f"<{iri}#{name}>"
            lines.extend(part + tail for tail in plan.tails)
            for link in plan.links:
                if link.when not in holding:
                    continue
                if link.start and link.start not in used:
                    used.add(link.start)
                    waiting.append(link.start)
                start = f"<{iri}#{link.start}>" if link.start else f"<{iri}>"
                lines.append(f"{start}{link.predicate}{part} .")


def _way(iris: Iris, declared: Property, saying: Saying) -> _Way:
    predicate = f" {iris.word(saying.predicate)} "
    write = _writer(iris, declared, saying)
    return _Way(predicate, saying.part, saying.when, saying.inverse, write)


def _part_plan(iris: Iris, part: Part) -> _PartPlan:
    tails = [f" {iris.word('rdf:type')} {iris.word(name)} ." for name in part.classes]
    tails += [f" {iris.word(name)} {literal(text)} ." for name, text in part.fixed]
    links = [_Linked(ln.start, f" {iris.word(ln.predicate)} ", ln.when) for ln in part.links]
    return _PartPlan(tuple(tails), tuple(links))


def _kind_plan(iris: Iris, mapping: KindMapping) -> _Plan:
    return _Plan(
        iris,
        mapping.classes,
        mapping.parts,
        mapping.sayings,
        mapping.kind.properties,
        mapping.fixed,
    )


_Direct: TypeAlias = tuple[list[str], list[str]]


class _TiePlan:
    """How one kind of tie is written."""

    def __init__(self, iris: Iris, mapping: TieMapping) -> None:
        self._iris = iris
        self._mapping = mapping
        self._node = _Plan(
            iris,
            [Classes(mapping.node)],
            mapping.parts,
            mapping.sayings,
            mapping.tie.properties,
        )
        self._ends = [[f" {iris.word(name)} " for name in names] for names in mapping.ends]
        self._named = f" {iris.word('rdf:predicate')} {iris.word(mapping.own)} ."
        self._source = f" {iris.word('prov:wasDerivedFrom')} "
        self._direct: dict[tuple[Kind, Kind, Nesting | None], _Direct] = {}

    def lines(self, stored: StoredTie, start_kind: Kind, end_kind: Kind) -> list[str]:
        """The direct triples of a tie, and its node where it has one."""
        mapping = self._mapping
        ceased = bool(stored.claims) and all(claim.ended for claim in stored.claims)
        known = _lived(stored) if ceased else stored.properties
        start, end = self._iris.thing(stored.start), self._iris.thing(stored.end)
        lines: list[str] = []
        if not (mapping.lasting and (ceased or "until" in known)):
            forward, backward = self._predicates(stored, start_kind, end_kind)
            lines += [f"<{start}>{name}<{end}> ." for name in forward]
            lines += [f"<{end}>{name}<{start}> ." for name in backward]
        if mapping.always or known:
            lines += self._node_lines(stored, known, f"<{start}>", f"<{end}>")
        return lines

    def _node_lines(self, stored: StoredTie, known: Properties, start: str, end: str) -> list[str]:
        iri = self._iris.tie(stored.tie, stored.start, stored.end)
        node = f"<{iri}>"
        to_start, from_start, to_end, from_end = self._ends
        lines = self._node.lines(iri, "", known)
        lines += [f"{node}{name}{start} ." for name in to_start]
        lines += [f"{start}{name}{node} ." for name in from_start]
        lines += [f"{node}{name}{end} ." for name in to_end]
        lines += [f"{end}{name}{node} ." for name in from_end]
        if not self._mapping.always:
            lines.append(f"{node}{self._named}")
        for source in dict.fromkeys(claim.source.name for claim in stored.claims):
            lines.append(f"{node}{self._source}<{self._iris.source(source)}> .")
        return lines

    def _predicates(self, stored: StoredTie, start: Kind, end: Kind) -> _Direct:
        in_territory = start.name == end.name == "Territory"
        level = nesting(stored.start, stored.end) if in_territory else None
        case = start, end, level
        if case not in self._direct:
            links = [link for link in self._mapping.links if _fits(link, *case)]
            word = self._iris.word
            self._direct[case] = (
                [f" {word(name)} " for link in links for name in link.forward],
                [f" {word(name)} " for link in links for name in link.backward],
            )
        return self._direct[case]


def _fits(link: Link, start: Kind, end: Kind, level: Nesting | None) -> bool:
    return (
        (not link.starts or start in link.starts)
        and (not link.ends or end in link.ends)
        and (link.levels is None or link.levels is level)
    )


def _lived(stored: StoredTie) -> Properties:
    """What a tie bears that no source asserts any more: `until` the day when it ended."""
    if stored.tie.property("until") is None:
        return stored.properties
    known: dict[str, Value] = {"until": min(claim.ended for claim in stored.claims)}
    return {**known, **stored.properties}


# The whole graph --------------------------------------------------------------------------------


class Provenance(StrEnum):
    """How much an export says of where facts come from; see `docs/decisions`, 0008."""

    LOCATED = "located"
    """The source of each thing, each claim that names its place in the source or a date, and
    what was decided on identity."""
    WHOLE = "whole"
    """Each claim and each judgement, so that a store can be made again from the export."""


def _always(_: StoredClaim) -> bool:
    return True


def _is_located(claim: StoredClaim) -> bool:
    return bool(claim.locator or claim.url or claim.date or claim.ended)


class _Exporter:
    """Writes one graph, part by part."""

    def __init__(self, reader: Scannable, base: str, provenance: Provenance) -> None:
        self._reader = reader
        self._provenance = provenance
        self._tells = _is_located if provenance is Provenance.LOCATED else _always
        self._iris = Iris(base)
        self._plans = {m.kind.name: _kind_plan(self._iris, m) for m in KIND_MAPPINGS}
        self._ties = {m.tie.name: _TiePlan(self._iris, m) for m in TIE_MAPPINGS}
        self._claims = ClaimWriter(self._iris)
        self._unusual: dict[str, Kind] = {}
        self._legal_forms: set[str] = set()

    def lines(self) -> Iterator[str]:
        with self._reader.snapshot():
            yield from vocabulary(self._iris.base)
            for stored in self._reader.sources():
                yield from source_lines(self._iris, stored)
            for node in self._reader.scan_nodes():
                yield from self._thing(node)
            yield from self._legal_form_lines()
            yield from self._node_claims()
            for tie in TIES:
                yield from self._tie_lines(tie)
            yield from self._former_ids()
            yield from self._judgements()

    def _thing(self, node: StoredNode) -> list[str]:
        if self._kind(node.key) is not node.kind:
            self._unusual[node.key] = node.kind
        iri = self._iris.thing(node.key)
        lines = self._plans[node.kind.name].lines(iri, node.key, node.properties)
        if node.ended:
            lines.append(f"<{iri}> {self._iris.word(CEASED)} {boolean(True)} .")
        own = self._iris.own(node.key)
        if own != iri:
            lines.append(f"<{own}> {self._iris.word(FORMER_ID)} <{iri}> .")
        form = node.properties.get("legal_form")
        if form is not None:
            self._legal_forms.add(str(form))
        return lines

    def _kind(self, key: str) -> Kind:
        usual = _USUAL_KINDS.get(key.partition(":")[0], ORGANISATION)
        return self._unusual.get(key, usual)

    def _legal_form_lines(self) -> Iterator[str]:
        for code in sorted(self._legal_forms):
            if (form := legal_form_iri(code)) is not None:
                yield f"{form} {self._iris.word('rdf:type')} {self._iris.word('skos:Concept')} ."
                yield f"{form} {self._iris.word('skos:notation')} {quoted(code)} ."

    def _node_claims(self) -> Iterator[str]:
        derived = f" {self._iris.word('prov:wasDerivedFrom')} "
        last = ""
        for key, kind, claim in self._reader.scan_node_claims():
            source = self._iris.source(claim.source.name)
            line = f"<{self._iris.thing(key)}>{derived}<{source}> ."
            if line != last:
                yield line
                last = line
            if self._tells(claim):
                yield from self._claims.node_claim(key, kind, claim)

    def _tie_lines(self, tie: Tie) -> Iterator[str]:
        plan = self._ties[tie.name]
        for stored in self._reader.scan_ties(tie):
            start, end = stored.start, stored.end
            yield from plan.lines(stored, self._kind(start), self._kind(end))
        for start, end, claim in self._reader.scan_tie_claims(tie):
            if self._tells(claim):
                yield from self._claims.tie_claim(tie, start, end, claim)

    def _former_ids(self) -> Iterator[str]:
        same = f" {self._iris.word(FORMER_ID)} "
        for former, present in self._reader.aliases():
            before, now = self._iris.thing(former), self._iris.thing(present)
            if before != now:
                yield f"<{before}>{same}<{now}> ."

    def _judgements(self) -> Iterator[str]:
        writer = JudgementWriter(self._iris)
        whole = self._provenance is Provenance.WHOLE
        for judgement in self._reader.judgements():
            if whole or judgement.verdict is not Verdict.UNSURE:
                yield from writer.lines(judgement)


def triples(
    reader: Scannable, base: str, provenance: Provenance = Provenance.WHOLE
) -> Iterator[str]:
    """The graph as lines of canonical N-Triples without line ends: unsorted, some repeated.

    Args:
        reader: any `graph.store.Reader`; one generation of it is read.
        base: under which things are published, `https://alliage.example`; see `Iris`.
        provenance: how many claims go with it.

    Raises:
        ValueError: the base is not one.
    """
    return _Exporter(reader, base, provenance).lines()


# Files ------------------------------------------------------------------------------------------


def write_ntriples(
    reader: Scannable,
    base: str,
    path: Path,
    provenance: Provenance = Provenance.WHOLE,
    *,
    lines_in_memory: int = LINES_IN_MEMORY,
) -> int:
    """Write the graph as canonical N-Triples, sorted by bytes, each triple once.

    The file appears whole or not at all. Beyond some lines the sort goes through files in a
    temporary folder beside it.

    Returns:
        The number of triples.

    Raises:
        ValueError: as `triples`.
        OSError: the file cannot be written; what was there before stays.
    """
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix=".rdf-", dir=path.parent))
        runs = _Runs(Path(folder))
        lines = triples(reader, base, provenance)
        while chunk := list(islice(lines, lines_in_memory)):
            runs.add(chunk)
        with _replacing(path) as output:
            return runs.write(output)


def write_turtle(
    reader: Scannable, base: str, path: Path, provenance: Provenance = Provenance.WHOLE
) -> None:
    """Write the graph as Turtle: its sorted N-Triples, transcoded.

    Raises:
        ValueError: as `triples`.
        OSError: the file cannot be written; what was there before stays.
    """
    with tempfile.TemporaryDirectory(prefix=".rdf-", dir=path.parent) as folder:
        lines = Path(folder) / "graph.nt"
        write_ntriples(reader, base, lines, provenance)
        to_turtle(lines, base, path)


def to_turtle(ntriples: Path, base: str, path: Path) -> None:
    """Transcode what `write_ntriples` wrote to Turtle, with prefixes.

    Raises:
        SyntaxError: the file is not N-Triples.
        OSError: the file cannot be written; what was there before stays.
    """
    with _replacing(path) as output:
        read = parse(path=ntriples, format=RdfFormat.N_TRIPLES)
        serialize(read, output, RdfFormat.TURTLE, prefixes=prefixes(base))


class _Runs:
    """Sorted runs of lines in files of a folder, to be merged (external merge sort)."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files: list[Path] = []
        self._count = 0

    def add(self, lines: list[str]) -> None:
        """Take lines; the order of code points is that of UTF-8 bytes."""
        unique = sorted(set(lines))
        self._new_file().write_bytes("".join(f"{line}\n" for line in unique).encode())
        if len(self._files) == _FILES_AT_ONCE:
            merged = self._files
            self._files = []
            with self._new_file().open("wb") as output:
                _merge(merged, output)
            for file in merged:
                file.unlink()

    def _new_file(self) -> Path:
        self._count += 1
        self._files.append(self._folder / f"{self._count}.nt")
        return self._files[-1]

    def write(self, output: BinaryIO) -> int:
        """Write all lines, each once; gives their number."""
        return _merge(self._files, output)


def _merge(files: Sequence[Path], output: BinaryIO) -> int:
    count, last = 0, b""
    with ExitStack() as stack:
        runs = [stack.enter_context(file.open("rb", buffering=1 << 18)) for file in files]
        for line in runs[0] if len(runs) == 1 else heapq.merge(*runs):
            if line != last:
                output.write(line)
                count += 1
                last = line
    return count


@contextmanager
def _replacing(path: Path) -> Iterator[BinaryIO]:
    """A file that takes the place of another when all of it is on the disk."""
    waiting = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with waiting.open("xb", buffering=1 << 20) as output:
            yield output
            output.flush()
            os.fsync(output.fileno())
        waiting.replace(path)
    except BaseException:
        waiting.unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":  # elsewhere a folder cannot be opened
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
