"""How claims, sources, judgements and concepts are written, and all words that RDF comes from.

With the tables of `graph.rdf.kinds` and `graph.rdf.ties`: the exporter (`graph.rdf.export`), our
own vocabulary (`graph.rdf.vocabulary`) and the page `docs/rdf.md` (`graph.rdf.page`) read them. A
test walks `graph.model` and fails when something has no words here, and checks each word against
the vocabulary's own file.
"""

from collections.abc import Iterator, Mapping

from graph.identity import Verdict
from graph.model import VOCABULARIES, Property, Term
from graph.rdf.forms import Part, Sayings
from graph.rdf.kinds import KIND_MAPPINGS
from graph.rdf.names import LEVER_SCHEME
from graph.rdf.ties import TIE_MAPPINGS

SAYS = "fa:says_"
"""Our predicate for a value in a claim is this and the name of the property."""

CLAIM_CLASS = "fa:Claim"
CLAIM: Mapping[str, str] = {
    "subject": "fa:about",
    "kind": "fa:saysKind",
    "start": "rdf:subject",
    "tie": "rdf:predicate",
    "end": "rdf:object",
    "source": "prov:wasDerivedFrom",
    "record": "dct:identifier",
    "locator": "fa:locator",
    "url": "fa:page",
    "date": "dct:date",
    "note": "rdfs:comment",
    "ended": "fa:unsaidSince",
    "order": "fa:listOrder",
}
"""How each field of a claim is written, besides its values."""

SOURCE_CLASSES = ("dcat:Dataset", "prov:Entity")
SOURCE: Mapping[str, str] = {
    "name": "dct:identifier",
    "title": "dct:title",
    "publisher": "dct:publisher",
    "licence": "fa:licence",
    "url": "fa:page",
    "date": "dct:modified",
    "trust": "fa:trust",
    "keeps_history": "fa:keepsHistory",
    "claims": "fa:claimCount",
}
"""How each field of a source is written; a known licence and a sound URL are IRIs besides.

`claims` is the number of claims that the source makes, whether the export has them all or not.
"""

# Judgements on identity ------------------------------------------------------------------------


class Judge(Term):
    """What judged two ids, by the codes of `graph.identity.Judgement.who`."""

    IDENTIFIERS = "identifiants", "numéros égaux", "equal numbers"
    COMPARISON = (
        "comparaison",
        "comparaison des noms et des lieux",
        "comparison of names and places",
    )
    PERSON = "personne", "décision humaine", "human decision"
    OTHER = "autre", "autre", "other"
    """Anything else, which is not told: it might be a name."""


JUDGEMENT_CLASS = "fa:Judgement"
JUDGEMENT: Mapping[str, str] = {
    "ids": "fa:judges",
    "verdict": "fa:verdict",
    "who": "prov:wasAttributedTo",
    "date": "dct:date",
    "score": "fa:score",
    "note": "rdfs:comment",
}
"""How each field of a judgement is written; its two ids, as the IRIs of things."""

DIFFERENT = "owl:differentFrom"
"""Between two things that were judged different."""

CLOSED: tuple[type[Term], ...] = (*VOCABULARIES, Verdict, Judge)
"""All vocabularies that are concept schemes: those of the model, and those of judgements."""

CEASED = "fa:ceased"
"""Of a thing that no source speaks of any more."""

FORMER_ID = "owl:sameAs"
"""From the IRI of a former id to the present one, and from our own IRI of a goal to the UN's."""


def vocabulary_class(vocabulary: type[Term]) -> str:
    """The class of the concepts of a closed vocabulary."""
    return f"fa:{vocabulary.__name__}"


def concept(term: Term) -> str:
    """The concept of a term: `fa:World-association`."""
    return f"{vocabulary_class(type(term))}-{term.value}"


def scheme(vocabulary: type[Term]) -> str:
    """The concept scheme of a closed vocabulary."""
    return f"{vocabulary_class(vocabulary)}Scheme"


def lever_collection(family: str) -> str:
    """The collection of the seven levers of a family, by its code."""
    return f"{LEVER_SCHEME}-{family}"


def says(declared: Property) -> str:
    """Our predicate for a value of a property in a claim."""
    return SAYS + declared.name


def words() -> Iterator[str]:
    """Every class, predicate and datatype of the table, prefixed; some more than once."""
    for kind in KIND_MAPPINGS:
        yield kind.principal
        for group in kind.classes:
            yield from group.classes
        for predicate, value in kind.fixed:
            yield from (predicate, value)
        yield from _words_of(kind.parts, kind.sayings)
    for tie in TIE_MAPPINGS:
        yield from (tie.own, *tie.node, *(word for end in tie.ends for word in end))
        for link in tie.links:
            yield from (*link.forward, *link.backward)
        yield from _words_of(tie.parts, tie.sayings)
    yield from (CLAIM_CLASS, *CLAIM.values(), *SOURCE_CLASSES, *SOURCE.values())
    yield from (JUDGEMENT_CLASS, *JUDGEMENT.values(), DIFFERENT, CEASED, FORMER_ID)


def _words_of(parts: tuple[Part, ...], sayings: Sayings) -> Iterator[str]:
    for part in parts:
        yield from part.classes
        yield from (link.predicate for link in part.links)
        yield from (predicate for predicate, _ in part.fixed)
    for group in sayings.values():
        for saying in group:
            yield saying.predicate
            if saying.datatype:
                yield saying.datatype
