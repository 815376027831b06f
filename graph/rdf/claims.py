"""What each source says, as RDF, whole: written as claims, and read back as claims."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import TypeAlias

from pyoxigraph import Literal, NamedNode, RdfFormat, parse

from graph.claims import Claim, NodeClaim, Properties, Scalar, Source, TieClaim, Value
from graph.model import KINDS, TIES, Kind, Property, Term, Tie, ValueType, properties
from graph.rdf.kinds import mapping_of
from graph.rdf.mapping import CLAIM, CLAIM_CLASS, SAYS, SOURCE, SOURCE_CLASSES, concept, says
from graph.rdf.names import LICENCES
from graph.rdf.ntriples import XSD, cleaned, quoted
from graph.rdf.terms import Iris, date, decimal, web_iri
from graph.rdf.ties import own_predicate
from graph.store import StoredClaim, StoredSource

Writer: TypeAlias = Callable[[Scalar], str]
Fields: TypeAlias = Mapping[str, list[str]]
"""What is said of a subject: values by the name of the field, IRIs without angle brackets."""

_INTEGER, _BOOLEAN, _ANY_URI = f"^^<{XSD}integer>", f"^^<{XSD}boolean>", f"^^<{XSD}anyURI>"


@dataclass(frozen=True, slots=True)
class Said:
    """A claim as it was read back, with the name of its source."""

    source: str
    claim: Claim


# Writing --------------------------------------------------------------------------------------


def integer(value: Scalar) -> str:
    """A whole number as xsd:integer."""
    return f'"{value}"{_INTEGER}'


def boolean(value: Scalar) -> str:
    """A truth value as xsd:boolean."""
    return f'"{"true" if value else "false"}"{_BOOLEAN}'


def concept_writer(iris: Iris, vocabulary: type[Term]) -> Writer:
    """Writes the terms of a closed vocabulary, by their codes."""
    known = {term.value: iris.word(concept(term)) for term in vocabulary}
    return lambda value: known[str(value)]


def _value_writer(iris: Iris, declared: Property) -> Writer:
    if not isinstance(declared.type, ValueType):
        return concept_writer(iris, declared.type)
    match declared.type:
        case ValueType.TEXT:
            return lambda value: quoted(str(value))
        case ValueType.INTEGER:
            return integer
        case ValueType.NUMBER:
            return lambda value: decimal(value if isinstance(value, int) else float(value))
        case ValueType.BOOLEAN:
            return boolean
        case ValueType.DATE:
            return lambda value: date(str(value)) or quoted(str(value))
        case ValueType.URL:
            return lambda value: f"{quoted(str(value))}{_ANY_URI}"


class ClaimWriter:
    """Writes claims as lines of canonical N-Triples, without line ends."""

    def __init__(self, iris: Iris) -> None:
        self._iris = iris
        self._predicates = {name: f" {iris.word(word)} " for name, word in CLAIM.items()}
        self._type = f" {iris.word('rdf:type')} {iris.word(CLAIM_CLASS)} ."
        self._kinds = {kind.name: iris.word(mapping_of(kind).principal) for kind in KINDS}
        self._ties = {tie.name: iris.word(own_predicate(tie)) for tie in TIES}
        self._values = {
            declared.name: (f" {iris.word(says(declared))} ", _value_writer(iris, declared))
            for _, declared in properties()
        }

    def node_claim(self, key: str, kind: Kind, claim: StoredClaim) -> list[str]:
        """What a record says of a thing."""
        subject = f"<{self._iris.node_claim(claim.source.name, claim.record, key)}>"
        predicates = self._predicates
        lines = [
            f"{subject}{predicates['subject']}<{self._iris.thing(key)}> .",
            f"{subject}{predicates['kind']}{self._kinds[kind.name]} .",
        ]
        return self._rest(lines, subject, claim)

    def tie_claim(self, tie: Tie, start: str, end: str, claim: StoredClaim) -> list[str]:
        """What a record says of a tie."""
        iris = self._iris
        name = iris.tie_claim(claim.source.name, claim.record, tie, start, end)
        subject, predicates = f"<{name}>", self._predicates
        lines = [
            f"{subject}{predicates['start']}<{iris.thing(start)}> .",
            f"{subject}{predicates['tie']}{self._ties[tie.name]} .",
            f"{subject}{predicates['end']}<{iris.thing(end)}> .",
        ]
        return self._rest(lines, subject, claim)

    def _rest(self, lines: list[str], subject: str, claim: StoredClaim) -> list[str]:
        predicates = self._predicates
        source = self._iris.source(claim.source.name)
        lines.append(f"{subject}{self._type}")
        lines.append(f"{subject}{predicates['source']}<{source}> .")
        lines.append(f"{subject}{predicates['record']}{quoted(claim.record)} .")
        if claim.locator:
            lines.append(f"{subject}{predicates['locator']}{quoted(claim.locator)} .")
        if claim.url:
            lines.append(f"{subject}{predicates['url']}{quoted(claim.url)}{_ANY_URI} .")
        if claim.date:
            lines.append(f"{subject}{predicates['date']}{date(claim.date)} .")
        if claim.note:
            lines.append(f"{subject}{predicates['note']}{quoted(claim.note)} .")
        if claim.ended:
            lines.append(f"{subject}{predicates['ended']}{date(claim.ended)} .")
        self._say(lines, subject, claim.properties)
        return lines

    def _say(self, lines: list[str], subject: str, said: Properties) -> None:
        for name, value in said.items():
            predicate, write = self._values[name]
            if isinstance(value, list):
                lines.extend(f"{subject}{predicate}{write(item)} ." for item in value)
                if (order := list_order(name, value)) is not None:
                    lines.append(f"{subject}{self._predicates['order']}{quoted(order)} .")
            else:
                lines.append(f"{subject}{predicate}{write(value)} .")


def list_order(name: str, items: list[str]) -> str | None:
    """The order of a list, which a set of triples forgets; None when it is sorted.

    The name of the property and the rank of each item among the distinct items, by code point:
    `list_order("websites", ["b", "a"]) == "websites 1 0"`.
    """
    kept = [cleaned(item) for item in items]
    distinct = sorted(set(kept))
    if kept == distinct and kept:
        return None
    rank = {item: position for position, item in enumerate(distinct)}
    return " ".join([name, *(str(rank[item]) for item in kept)])


def source_lines(iris: Iris, stored: StoredSource) -> Iterator[str]:
    """A source, as lines of canonical N-Triples, without line ends."""
    source = stored.source
    name = iris.source(source.name)
    subject, publisher = f"<{name}>", f"<{name}#publisher>"
    values = {
        "name": quoted(source.name),
        "title": f"{quoted(source.title)}@fr",
        "publisher": publisher,
        "licence": quoted(source.licence),
        "url": f"{quoted(source.url)}{_ANY_URI}" if source.url else "",
        "date": (date(source.date) or "") if source.date else "",
        "trust": integer(source.trust),
        "keeps_history": boolean(source.keeps_history),
        "claims": integer(stored.node_claims + stored.tie_claims),
    }
    for known in SOURCE_CLASSES:
        yield f"{subject} {iris.word('rdf:type')} {iris.word(known)} ."
    for field, value in values.items():
        if value:
            yield f"{subject} {iris.word(SOURCE[field])} {value} ."
    yield f"{publisher} {iris.word('rdf:type')} {iris.word('foaf:Agent')} ."
    yield f"{publisher} {iris.word('foaf:name')} {quoted(source.publisher)} ."
    if page := web_iri(source.url) if source.url else None:
        yield f"{subject} {iris.word('dcat:landingPage')} {page} ."
    if licence := licence_iri(source.licence):
        yield f"{subject} {iris.word('dct:license')} <{licence}> ."


def licence_iri(name: str) -> str | None:
    """The IRI of a licence by its name, or None for one that we do not know."""
    lowered = name.lower()
    return next((known for start, known in LICENCES.items() if lowered.startswith(start)), None)


# Reading --------------------------------------------------------------------------------------


def read_sources(path: Path, base: str) -> Iterator[Source]:
    """The sources of a graph in N-Triples, sorted as `graph.rdf.files` writes it, by name.

    Raises:
        SyntaxError: it is not N-Triples.
        ValueError: a source lacks something that every source has.
    """
    iris = Iris(base)
    fields = {iris.word(word)[1:-1]: name for name, word in SOURCE.items()}
    fields[iris.word("foaf:name")[1:-1]] = "publisher_name"
    publisher: dict[str, str] = {}
    found: dict[str, dict[str, list[str]]] = {}
    for subject, known in described(path, iris.source(""), fields):
        owner = subject.removesuffix("#publisher")
        if owner != subject:
            publisher[owner] = only(known, "publisher_name")
        else:
            found[subject] = known
    for subject, known in found.items():
        yield _source(known, publisher[subject])


def _source(known: Fields, publisher: str) -> Source:
    return Source(
        only(known, "name"),
        only(known, "title"),
        publisher,
        only(known, "licence"),
        only(known, "url", ""),
        only(known, "date", ""),
        int(only(known, "trust")),
        only(known, "keeps_history") == "true",
    )


def read_claims(path: Path, base: str) -> Iterator[Said]:
    """The claims of a graph in N-Triples, sorted as `graph.rdf.files` writes it, by IRI.

    Reads line by line, in constant memory.

    Raises:
        SyntaxError: it is not N-Triples.
        ValueError: a claim lacks something that every claim has.
    """
    return _ClaimReader(Iris(base)).read(path)


class _ClaimReader:
    """Reads claims back."""

    def __init__(self, iris: Iris) -> None:
        self._iris = iris
        self._fields = {iris.word(word)[1:-1]: name for name, word in CLAIM.items()}
        self._declared = {declared.name: declared for _, declared in properties()}
        for declared in self._declared.values():
            self._fields[iris.word(says(declared))[1:-1]] = says(declared)
        self._kinds = {iris.word(mapping_of(kind).principal)[1:-1]: kind for kind in KINDS}
        self._ties = {iris.word(own_predicate(tie))[1:-1]: tie for tie in TIES}
        self._terms: dict[str, str] = {}
        for declared in self._declared.values():
            if not isinstance(declared.type, ValueType):
                for term in declared.type:
                    self._terms[iris.word(concept(term))[1:-1]] = term.value

    def read(self, path: Path) -> Iterator[Said]:
        for _, known in described(path, self._iris.claims, self._fields):
            source = self._iris.source_name(only(known, "source"))
            yield Said(source, self._claim(known))

    def _claim(self, known: Fields) -> Claim:
        record, said = only(known, "record"), self._said(known)
        where = tuple(only(known, name, "") for name in ("locator", "url", "date", "note", "ended"))
        if "tie" in known:
            tie = self._ties[only(known, "tie")]
            start, end = (self._iris.key(only(known, name)) for name in ("start", "end"))
            return TieClaim(tie, start, end, record, said, *where)
        kind = self._kinds[only(known, "kind")]
        return NodeClaim(self._iris.key(only(known, "subject")), kind, record, said, *where)

    def _said(self, known: Fields) -> Properties:
        orders = dict(_order(text) for text in known.get("order", ()))
        said: dict[str, Value] = {}
        for name, declared in self._declared.items():
            items = [self._value(declared, text) for text in known.get(SAYS + name, ())]
            if declared.many and (items or name in orders):
                distinct = sorted(str(item) for item in items)
                ranks = orders.get(name, range(len(distinct)))
                said[name] = [distinct[rank] for rank in ranks]
            elif items:
                said[name] = items[0]
        return said

    def _value(self, declared: Property, text: str) -> Scalar:
        if not isinstance(declared.type, ValueType):
            return self._terms[text]
        match declared.type:
            case ValueType.INTEGER:
                return int(text)
            case ValueType.NUMBER:
                return int(text) if text.lstrip("-").isdigit() else float(text)
            case ValueType.BOOLEAN:
                return text == "true"
            case _:
                return text


def _order(text: str) -> tuple[str, list[int]]:
    name, *ranks = text.split()
    return name, [int(rank) for rank in ranks]


def only(known: Fields, field: str, default: str | None = None) -> str:
    """The value of a field that has one.

    Raises:
        ValueError: there is none, and no default.
    """
    values = known.get(field, ())
    if values:
        return values[0]
    if default is None:
        raise ValueError(f"a claim, a source or a judgement without {field}")
    return default


def described(
    path: Path, start: str, fields: Mapping[str, str]
) -> Iterator[tuple[str, dict[str, list[str]]]]:
    """The subjects whose IRI begins with something, and what is said of each by field.

    Args:
        path: sorted N-Triples.
        start: the beginning, without angle bracket.
        fields: names of fields by the IRI of their predicate; the others are left out.
    """
    opening = f"<{start}".encode()
    with path.open("rb") as lines:
        wanted = (line for line in lines if line.startswith(opening))
        for subject, group in groupby(wanted, key=lambda line: line.partition(b" ")[0]):
            yield subject[1:-1].decode(), _by_field(group, fields)


def _by_field(lines: Iterable[bytes], fields: Mapping[str, str]) -> dict[str, list[str]]:
    known: dict[str, list[str]] = {}
    for quad in parse(b"".join(lines), RdfFormat.N_TRIPLES):
        value = quad.object
        field = fields.get(quad.predicate.value)
        if field is not None and isinstance(value, (NamedNode, Literal)):
            known.setdefault(field, []).append(value.value)
    return known
