"""The lines of a thing and of a tie: the mapping, made ready for one base."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from graph.claims import Properties, Scalar, Value
from graph.model import Kind, Property, ValueType
from graph.rdf.claims import boolean, concept_writer, integer
from graph.rdf.forms import (
    Classes,
    Condition,
    Form,
    KindMapping,
    Link,
    Nesting,
    Part,
    Saying,
    TieMapping,
    nesting,
)
from graph.rdf.mapping import lever_collection
from graph.rdf.ntriples import literal, quoted
from graph.rdf.terms import Iris, date, decimal, double, legal_form_iri, web_iri
from graph.store import StoredTie

_Write: TypeAlias = Callable[[Scalar, Properties], str | None]

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


class KindPlan:
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


def kind_plan(iris: Iris, mapping: KindMapping) -> KindPlan:
    """How the things of a kind are written."""
    return KindPlan(
        iris,
        mapping.classes,
        mapping.parts,
        mapping.sayings,
        mapping.kind.properties,
        mapping.fixed,
    )


_Direct: TypeAlias = tuple[list[str], list[str]]


class TiePlan:
    """How one kind of tie is written."""

    def __init__(self, iris: Iris, mapping: TieMapping) -> None:
        self._iris = iris
        self._mapping = mapping
        self._node = KindPlan(
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
        known = lived(stored) if ceased else stored.properties
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


def lived(stored: StoredTie) -> Properties:
    """What a tie bears that no source asserts any more: `until` the day when it ended."""
    if stored.tie.property("until") is None:
        return stored.properties
    known: dict[str, Value] = {"until": min(claim.ended for claim in stored.claims)}
    return {**known, **stored.properties}
