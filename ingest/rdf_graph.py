"""RDF of others: a file as its subjects, parsed without ever asking the network for anything."""

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TypeAlias

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, parse

from graph.errors import SourceError
from graph.rdf.names import PREFIXES
from ingest.rdf import form_of, told_of

Node: TypeAlias = NamedNode | BlankNode
Value: TypeAlias = NamedNode | BlankNode | Literal
Described: TypeAlias = dict[str, list[Value]]
"""What is said of a subject: values by prefixed name of predicate."""
Graph: TypeAlias = dict[str, Described]
"""What a file says: by subject, an IRI or `_:` and a label."""

TRIPLES = 3_000_000
BYTES = 1 << 30
_DEPTH = 64
_ENTITY = 1_000

# Vocabularies of others, under the prefix by which we call them.
_NAMESPACES = {
    **{namespace: prefix for prefix, namespace in PREFIXES.items()},
    "https://schema.org/": "schema",
    "http://w3.org/ns/locn#": "locn",  # as the examples of SEMIC have it
    "http://purl.org/dc/elements/1.1/": "dc",
    "http://rdfs.org/ns/void#": "void",
    "http://www.w3.org/2003/01/geo/wgs84_pos#": "wgs84",
    "http://www.w3.org/2006/vcard/ns#": "vcard",
    "http://virtual-assembly.org/pair#": "pair",
    "http://www.w3.org/ns/regorg#": "rov",
}
_LOCAL = re.compile(r"(.*[/#])([^/#]*)", re.DOTALL)

# What PAIR's own context declares to be links (`semapps_pair.json`), of what we read.
_LINKS = (
    "about actorOfInvolvement actorOfMembership affiliatedBy affiliates hasActivityField"
    " hasInspired hasLocation hasPart hasPostalAddress hasSector hasStatus hasTopic hasType"
    " inspiredBy involvedIn involves locationOf membershipActor membershipOrganization"
    " membershipRole neededBy needs offeredBy offers operatedBy operates organizationOfMembership"
    " partOf partnerOf supportedBy supports"
)
_PAIR_CONTEXT: Mapping[str, object] = {
    **PREFIXES,
    "ldp": "http://www.w3.org/ns/ldp#",
    "id": "@id",
    "type": "@type",
    **{f"pair:{name}": {"@type": "@id"} for name in _LINKS.split()},
}
# The context of PAIR, and that of an instance of SemApps: prefixes, and which values are links.
_PAIR = re.compile(
    r"https?://(?:(?:[a-z.-]+\.)?virtual-assembly\.org/\S*"
    r"|[^/\s]+/(?:\.well-known/)?context\.json(?:ld)?)"
)


def name_of(iri: str) -> str:
    """An IRI as a prefixed name where we know the vocabulary: `pair:label`; else as it is."""
    cut = _LOCAL.fullmatch(iri)
    if cut is None:
        return iri
    namespace, local = cut.groups()
    if prefix := _NAMESPACES.get(namespace):
        return f"{prefix}:{local}"
    # Ours, whoever publishes it.
    return f"fa:{local}" if namespace.endswith("/ns#") and local else iri


def key_of(node: Node) -> str:
    """A node as the key of a graph."""
    return node.value if isinstance(node, NamedNode) else f"_:{node.value}"


def load(path: Path) -> Graph:
    """What a file says, whole, in memory.

    Raises:
        SourceError: it is not sound, too large, or asks for a context that we do not carry.
    """
    form = form_of(path)
    with told_of(path):
        if path.stat().st_size > BYTES:
            raise SourceError(f"« {path} » dépasse 1 Go : coupez-le en plusieurs fichiers.")
        graph: Graph = defaultdict(lambda: defaultdict(list))
        names: dict[str, str] = {}
        for count, quad in enumerate(_quads(path, form)):
            if count == TRIPLES:
                raise SourceError(f"« {path} » dépasse {TRIPLES} triplets : coupez-le.")
            subject, value = quad.subject, quad.object
            if isinstance(subject, (NamedNode, BlankNode)) and isinstance(
                value, (NamedNode, BlankNode, Literal)
            ):
                iri = quad.predicate.value
                name = names.get(iri) or names.setdefault(iri, name_of(iri))
                values = graph[key_of(subject)][name]
                values.append(value)
        return {key: dict(said) for key, said in graph.items()}


def _quads(path: Path, form: RdfFormat) -> Iterator[Quad]:
    if form == RdfFormat.JSON_LD:
        yield from parse(_self_contained(path), form, rename_blank_nodes=True)
        return
    if form == RdfFormat.RDF_XML:
        _refuse_bombs(path)
    yield from parse(path=path, format=form, rename_blank_nodes=True)


def _refuse_bombs(path: Path) -> None:
    """Refuse what a parser would expand or nest without end."""
    content = path.read_bytes()
    _refuse_nulls(content)
    for declared in re.finditer(rb"<!ENTITY([^>]*)", content):
        if b"&" in declared[1] or len(declared[1]) > _ENTITY:
            raise ValueError("des entités XML imbriquées ou démesurées")
    depth = 0
    for tag in re.finditer(rb"<(/?)[^<>!?][^<>]*>", content):
        if tag[1]:
            depth -= 1
        elif not tag[0].endswith(b"/>"):
            depth += 1
        if depth > _DEPTH:
            raise ValueError("des éléments imbriqués sans fin")


def _refuse_nulls(content: bytes) -> None:
    """Refuse UTF-16, of which the checks here would see nothing."""
    if b"\0" in content:
        raise ValueError("des octets nuls, il devrait être en UTF-8")


# JSON-LD ----------------------------------------------------------------------------------------


def _self_contained(path: Path) -> bytes:
    """A document in JSON-LD whose contexts are all within it.

    Raises:
        SourceError: it names a context that we do not carry.
        ValueError: it is not JSON, or nested too deep.
    """
    content = path.read_bytes()
    _refuse_nulls(content)
    _refuse_depth(content)
    document = json.loads(content)
    if _replace_contexts(document, path):
        return json.dumps(document).encode()
    return content


def _refuse_depth(content: bytes) -> None:
    """Refuse what would fill the stack of a parser, before any reads it."""
    depth = 0
    for sign in re.finditer(rb'"(?:[^"\\]|\\.)*"|[\[{]|[\]}]', content, re.DOTALL):
        first = sign[0][:1]
        depth += first in b"[{"
        depth -= first in b"]}"
        if depth > _DEPTH:
            raise ValueError("des objets imbriqués sans fin")


def _replace_contexts(value: object, path: Path) -> bool:
    """Put our own context in place of a known remote one; tells whether there was any."""
    if isinstance(value, list):
        found = [_replace_contexts(item, path) for item in value]  # each of them: not `any` alone
        return any(found)
    if not isinstance(value, dict):
        return False
    changed = False
    for name, item in value.items():
        if name == "@context":
            value[name], here = _context(item, path)
        elif name == "@import":
            raise _foreign(path, str(item))
        else:
            here = _replace_contexts(item, path)
        changed = changed or here
    return changed


def _context(context: object, path: Path) -> tuple[object, bool]:
    if isinstance(context, list):
        found = [_context(item, path) for item in context]
        return [item for item, _ in found], any(changed for _, changed in found)
    if isinstance(context, str):
        if _PAIR.fullmatch(context) is None:
            raise _foreign(path, context)
        return dict(_PAIR_CONTEXT), True
    # Scoped contexts may name others; terms are objects, of which one may be `@context`.
    return context, _replace_contexts(context, path)


def _foreign(path: Path, context: str) -> SourceError:
    return SourceError(
        f"« {path} » renvoie au contexte JSON-LD « {context[:200]} », qu'Alliage ne télécharge "
        "pas : mettez ce contexte dans le fichier, ou convertissez-le en Turtle."
    )
