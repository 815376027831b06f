"""Our own words, described: each class, predicate, datatype and concept that nobody else has.

RDF Schema 1.1, SKOS. The labels are those of `graph.model`, so that they are declared once.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from graph.identity import Verdict
from graph.model import (
    ALLIANCE,
    CALL,
    LEVER,
    PLATFORM,
    AllianceType,
    Extent,
    Function,
    Kind,
    Level,
    LeverFamily,
    Means,
    MemberRole,
    Outcome,
    Phase,
    Property,
    Role,
    Term,
    Tie,
    ValueType,
    World,
    means_lever,
    properties,
)
from graph.rdf.forms import Form, Saying, TieMapping
from graph.rdf.kinds import KIND_MAPPINGS, mapping_of
from graph.rdf.mapping import (
    CEASED,
    CLAIM_CLASS,
    CLOSED,
    JUDGEMENT,
    JUDGEMENT_CLASS,
    SOURCE_CLASSES,
    Judge,
    concept,
    lever_collection,
    says,
    scheme,
    vocabulary_class,
)
from graph.rdf.names import LEVER_SCHEME, own_namespace, prefixes
from graph.rdf.ntriples import iri, literal, triple
from graph.rdf.ties import TIE_MAPPINGS

_XSD: Mapping[ValueType, str] = {
    ValueType.TEXT: "xsd:string",
    ValueType.INTEGER: "xsd:integer",
    ValueType.NUMBER: "xsd:decimal",
    ValueType.BOOLEAN: "xsd:boolean",
    ValueType.URL: "xsd:anyURI",
}

VOCABULARY_LABELS: Mapping[type[Term], tuple[str, str]] = {
    World: ("monde", "world"),
    Means: ("moyen", "means"),
    LeverFamily: ("famille de leviers", "family of levers"),
    Role: ("rôle dans le territoire", "role in the territory"),
    Function: ("fonction de catalyseur", "function of a catalyst"),
    Level: ("niveau de territoire", "level of territory"),
    Extent: ("connaissance d'une composition", "knowledge of a composition"),
    AllianceType: ("forme d'alliance", "form of alliance"),
    Phase: ("phase d'une alliance", "phase of an alliance"),
    Outcome: ("issue d'une alliance", "outcome of an alliance"),
    MemberRole: ("rôle d'un membre", "role of a member"),
    Verdict: ("verdict", "verdict"),
    Judge: ("ce qui a jugé", "what judged"),
}

# What the concepts of a vocabulary are besides concepts.
_BESIDES: Mapping[type[Term], tuple[str, ...]] = {
    MemberRole: ("org:Role", "pair:MembershipRole"),
    Judge: ("prov:Agent",),
}


@dataclass(frozen=True, slots=True)
class OwnTerm:
    """A class, a predicate or a datatype of ours, prefixed; labels in French and in English.

    Attributes:
        domains: classes of what bears it; one is an rdfs:domain, several are hints only,
            because RDF would take them all at once.
    """

    name: str
    type: str
    fr: str
    en: str
    comment: str = ""
    parents: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    ranges: tuple[str, ...] = ()


_CLASS, _DATATYPE = "rdfs:Class", "rdfs:Datatype"
_OBJECT, _VALUE = "owl:ObjectProperty", "owl:DatatypeProperty"


def _kind_class(kind: Kind, *parents: str) -> OwnTerm:
    name = mapping_of(kind).principal
    return OwnTerm(name, _CLASS, kind.fr, kind.en, kind.description, parents)


_DECLARED: tuple[OwnTerm, ...] = (
    _kind_class(ALLIANCE, "org:Organization"),
    _kind_class(LEVER, "skos:Concept"),
    _kind_class(CALL),
    _kind_class(PLATFORM, "schema:WebSite"),
    OwnTerm(
        "fa:Perimetre",
        _CLASS,
        "périmètre",
        "perimeter",
        "Un territoire fait de communes, sans être un niveau officiel.",
        ("dct:Location",),
    ),
    OwnTerm(
        "fa:EtablissementPublicTerritorial",
        _CLASS,
        "établissement public territorial",
        "territorial public body",
        "L'un des territoires de la métropole du Grand Paris.",
        ("igeo:TerritoireAdministratif",),
    ),
    OwnTerm(
        CLAIM_CLASS,
        _CLASS,
        "déclaration",
        "claim",
        "Ce qu'un enregistrement d'une source dit d'une chose ou d'un lien.",
        ("prov:Entity",),
    ),
    OwnTerm("fa:Siren", _DATATYPE, "numéro SIREN", "SIREN number"),
    OwnTerm("fa:Siret", _DATATYPE, "numéro SIRET", "SIRET number"),
    OwnTerm("fa:Rna", _DATATYPE, "numéro RNA", "RNA number"),
    OwnTerm("fa:about", _OBJECT, "au sujet de", "about", domains=(CLAIM_CLASS,)),
    OwnTerm(
        "fa:saysKind",
        _OBJECT,
        "dit que c'est",
        "says that it is",
        domains=(CLAIM_CLASS,),
        ranges=("rdfs:Class",),
    ),
    OwnTerm(
        "fa:locator",
        _VALUE,
        "endroit dans la source",
        "place in the source",
        domains=(CLAIM_CLASS,),
        ranges=("xsd:string",),
    ),
    OwnTerm(
        "fa:page",
        _VALUE,
        "page de la source",
        "page of the source",
        "L'adresse telle que la source la donne, caractère pour caractère.",
        domains=(CLAIM_CLASS, SOURCE_CLASSES[0]),
        ranges=("xsd:anyURI",),
    ),
    OwnTerm(
        "fa:unsaidSince",
        _VALUE,
        "n'est plus dit depuis",
        "no longer said since",
        domains=(CLAIM_CLASS,),
    ),
    OwnTerm(
        "fa:listOrder",
        _VALUE,
        "ordre d'une liste",
        "order of a list",
        "Le nom de la propriété, puis le rang de chaque valeur parmi les valeurs triées.",
        domains=(CLAIM_CLASS,),
        ranges=("xsd:string",),
    ),
    OwnTerm(
        JUDGEMENT_CLASS,
        _CLASS,
        "jugement",
        "judgement",
        "Ce qui a été jugé de deux identifiants : une même chose, deux choses, ou à décider.",
        ("prov:Entity",),
    ),
    OwnTerm(JUDGEMENT["ids"], _OBJECT, "juge de", "is a judgement on", domains=(JUDGEMENT_CLASS,)),
    OwnTerm(
        JUDGEMENT["verdict"],
        _OBJECT,
        "verdict",
        "verdict",
        domains=(JUDGEMENT_CLASS,),
        ranges=(vocabulary_class(Verdict),),
    ),
    OwnTerm(
        JUDGEMENT["score"],
        _VALUE,
        "score",
        "score",
        "Celui de la comparaison, de 0 à 1 ; 1 pour des numéros égaux ou une décision.",
        domains=(JUDGEMENT_CLASS,),
        ranges=("xsd:decimal",),
    ),
    OwnTerm(
        CEASED,
        _VALUE,
        "a cessé d'être mentionné",
        "is no longer mentioned",
        "Plus aucune source ne parle de cette chose.",
        ranges=("xsd:boolean",),
    ),
    OwnTerm(
        "fa:licence",
        _VALUE,
        "licence, en mots",
        "licence, in words",
        domains=SOURCE_CLASSES[:1],
        ranges=("xsd:string",),
    ),
    OwnTerm(
        "fa:trust",
        _VALUE,
        "rang de confiance",
        "rank of trust",
        "Plus il est haut, plus la source l'emporte quand deux sources se contredisent.",
        domains=SOURCE_CLASSES[:1],
        ranges=("xsd:integer",),
    ),
    OwnTerm(
        "fa:claimCount",
        _VALUE,
        "nombre de déclarations",
        "number of claims",
        "Toutes celles de la source, que ce graphe les ait toutes ou non.",
        domains=SOURCE_CLASSES[:1],
        ranges=("xsd:integer",),
    ),
    OwnTerm(
        "fa:keepsHistory",
        _VALUE,
        "garde l'histoire",
        "keeps history",
        "Ce qui disparaît d'une édition est noté comme fini, non retiré.",
        domains=SOURCE_CLASSES[:1],
        ranges=("xsd:boolean",),
    ),
)


def own_terms() -> list[OwnTerm]:
    """All our classes, predicates and datatypes, sorted by name."""
    terms = [*_DECLARED, *_property_terms(), *map(_tie_term, TIE_MAPPINGS)]
    terms.extend(_says_terms())
    for vocabulary in CLOSED:
        fr, en = VOCABULARY_LABELS[vocabulary]
        parents = ("skos:Concept", *_BESIDES.get(vocabulary, ()))
        terms.append(OwnTerm(vocabulary_class(vocabulary), _CLASS, fr, en, "", parents))
    return sorted(terms, key=lambda term: term.name)


_Use: TypeAlias = tuple[Property, Saying, str]


def _uses() -> Iterator[_Use]:
    """Each of our predicates in the table: for which property, how, and borne by which class."""
    for kind in KIND_MAPPINGS:
        for declared in kind.kind.properties:
            for saying in kind.sayings[declared.name]:
                yield declared, saying, kind.principal
    for tie in TIE_MAPPINGS:
        for declared in tie.tie.properties:
            for saying in tie.sayings[declared.name]:
                yield declared, saying, tie.node[0]


def _property_terms() -> Iterator[OwnTerm]:
    uses: dict[str, list[_Use]] = {}
    for use in _uses():
        if use[1].predicate.startswith("fa:"):
            uses.setdefault(use[1].predicate, []).append(use)
    for name, group in uses.items():
        declared, saying, _ = group[0]
        domains = tuple(dict.fromkeys(domain for _, _, domain in group))
        kind = _OBJECT if saying.form is Form.CONCEPT else _VALUE
        ranges = _ranges(declared)
        yield OwnTerm(name, kind, declared.fr, declared.en, "", (), domains, ranges)


def _ranges(declared: Property) -> tuple[str, ...]:
    if not isinstance(declared.type, ValueType):
        return (vocabulary_class(declared.type),)
    if declared.type is ValueType.TEXT:  # plain or in a language
        return ()
    return (_XSD[declared.type],) if declared.type in _XSD else ()


def _says_terms() -> Iterator[OwnTerm]:
    seen: dict[str, Property] = {}
    for _, declared in properties():
        seen.setdefault(says(declared), declared)
    for name, declared in seen.items():
        term = not isinstance(declared.type, ValueType)
        ranges = ("xsd:string",) if declared.type is ValueType.TEXT else _ranges(declared)
        yield OwnTerm(
            name,
            _OBJECT if term else _VALUE,
            f"dit : {declared.fr}",
            f"says: {declared.en}",
            domains=(CLAIM_CLASS,),
            ranges=ranges,
        )


def _tie_term(mapping: TieMapping) -> OwnTerm:
    tie: Tie = mapping.tie
    starts = dict.fromkeys(mapping_of(start).principal for start, _ in tie.pairs)
    ends = dict.fromkeys(mapping_of(end).principal for _, end in tie.pairs)
    general = (link for link in mapping.links if not (link.starts or link.ends or link.levels))
    parents = dict.fromkeys(name for link in general for name in link.forward)
    parents.pop(mapping.own, None)
    return OwnTerm(
        mapping.own,
        _OBJECT,
        tie.verb,
        tie.verb_en,
        f"Dans l'autre sens : {tie.inverse}.",
        tuple(parents),
        tuple(starts),
        tuple(ends),
    )


# Lines ----------------------------------------------------------------------------------------


class _Writer:
    """Writes triples of prefixed names."""

    def __init__(self, base: str) -> None:
        self.known = prefixes(base)

    def name(self, prefixed: str) -> str:
        prefix, _, local = prefixed.partition(":")
        return iri(self.known[prefix] + local)

    def link(self, subject: str, predicate: str, *values: str) -> Iterator[str]:
        for value in values:
            yield triple(self.name(subject), self.name(predicate), self.name(value))

    def text(self, subject: str, predicate: str, text: str, language: str = "") -> Iterator[str]:
        if text:
            value = literal(text, language=language)
            yield triple(self.name(subject), self.name(predicate), value)

    def labels(self, subject: str, predicate: str, fr: str, en: str) -> Iterator[str]:
        yield from self.text(subject, predicate, fr, "fr")
        yield from self.text(subject, predicate, en, "en")


def vocabulary(base: str) -> Iterator[str]:
    """The description of our words, as lines of canonical N-Triples, without line ends."""
    writer = _Writer(base)
    ontology = iri(own_namespace(base).removesuffix("#"))
    yield triple(ontology, writer.name("rdf:type"), writer.name("owl:Ontology"))
    title = literal("Vocabulaire du faire alliance", language="fr")
    yield triple(ontology, writer.name("dct:title"), title)
    for term in own_terms():
        yield from _term_lines(writer, term)
        yield triple(writer.name(term.name), writer.name("rdfs:isDefinedBy"), ontology)
    for closed in CLOSED:
        yield from _concept_lines(writer, closed)
    for means in Means:
        thing = iri(f"{base}/id/{means_lever(means).replace(':', '/')}")
        yield triple(writer.name(concept(means)), writer.name("skos:exactMatch"), thing)
    yield from _lever_lines(writer)


def _term_lines(writer: _Writer, term: OwnTerm) -> Iterator[str]:
    yield from writer.link(term.name, "rdf:type", term.type)
    yield from writer.labels(term.name, "rdfs:label", term.fr, term.en)
    yield from writer.text(term.name, "rdfs:comment", term.comment, "fr")
    parent = "rdfs:subClassOf" if term.type == _CLASS else "rdfs:subPropertyOf"
    yield from writer.link(term.name, parent, *term.parents)
    yield from _bounds(writer, term.name, "domain", term.domains)
    yield from _bounds(writer, term.name, "range", term.ranges)


def _bounds(writer: _Writer, name: str, side: str, classes: tuple[str, ...]) -> Iterable[str]:
    predicate = f"rdfs:{side}" if len(classes) == 1 else f"schema:{side}Includes"
    return writer.link(name, predicate, *classes)


def _concept_lines(writer: _Writer, closed: type[Term]) -> Iterator[str]:
    home = scheme(closed)
    yield from writer.link(home, "rdf:type", "skos:ConceptScheme")
    yield from writer.labels(home, "skos:prefLabel", *VOCABULARY_LABELS[closed])
    for term in closed:
        name = concept(term)
        yield from writer.link(name, "rdf:type", "skos:Concept", vocabulary_class(closed))
        yield from writer.link(name, "rdf:type", *_BESIDES.get(closed, ()))
        yield from writer.link(name, "skos:inScheme", home)
        yield from writer.link(name, "skos:topConceptOf", home)
        yield from writer.labels(name, "skos:prefLabel", term.fr, term.en)
        yield from writer.text(name, "skos:notation", term.value)
        for alias in term.aliases:
            yield from writer.text(name, "skos:hiddenLabel", alias)


def _lever_lines(writer: _Writer) -> Iterator[str]:
    yield from writer.link(LEVER_SCHEME, "rdf:type", "skos:ConceptScheme")
    yield from writer.labels(LEVER_SCHEME, "skos:prefLabel", "leviers", "levers")
    for family in LeverFamily:
        name = lever_collection(family.value)
        yield from writer.link(name, "rdf:type", "skos:Collection")
        yield from writer.labels(name, "skos:prefLabel", family.fr, family.en)
