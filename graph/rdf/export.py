"""What does the graph say, for every machine that reads RDF: lines of N-Triples from a store."""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from enum import StrEnum
from typing import Protocol

from graph.identity import Judgement, Verdict
from graph.model import KINDS, ORGANISATION, TIES, Kind, Level, Tie
from graph.rdf.claims import ClaimWriter, boolean, source_lines
from graph.rdf.judgements import JudgementWriter
from graph.rdf.kinds import KIND_MAPPINGS
from graph.rdf.lines import TiePlan, kind_plan
from graph.rdf.mapping import CEASED, FORMER_ID
from graph.rdf.ntriples import quoted
from graph.rdf.terms import Iris, legal_form_iri
from graph.rdf.ties import TIE_MAPPINGS
from graph.rdf.vocabulary import vocabulary
from graph.store import StoredClaim, StoredNode, StoredSource, StoredTie

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
        self._plans = {m.kind.name: kind_plan(self._iris, m) for m in KIND_MAPPINGS}
        self._ties = {m.tie.name: TiePlan(self._iris, m) for m in TIE_MAPPINGS}
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
