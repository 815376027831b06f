"""Organisations and projects in the RDF of others: PAIR (SemApps), W3C ORG, schema.org, FOAF."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from pathlib import Path

from pyoxigraph import BlankNode, Literal, NamedNode

from graph.claims import Claim, NodeClaim, Source
from graph.claims import Value as Said
from graph.identifiers import is_key, is_rna, is_siren, is_siret
from graph.model import (
    ACTS_IN,
    AIMS_AT,
    ALLIANCE,
    CARRIES,
    FOUNDED,
    FUNDED,
    INSPIRED,
    MEMBER_OF,
    ORGANISATION,
    PART_OF,
    PROJECT,
    REPLACED_BY,
    SEATED_IN,
    SUPPORTS,
    AllianceType,
    Kind,
    MemberRole,
    Tie,
    World,
)
from graph.rdf.names import LEGAL_FORMS, LICENCES
from graph.rdf.ntriples import path_part
from graph.text import fold
from ingest.actors import PERSON, digest, slug, tidy
from ingest.addresses import address
from ingest.files.records import Reject, rejected
from ingest.files.repair import date
from ingest.listing import Origin, described, ignore_persons, known, point, sites, sure, town
from ingest.organisation_names import may_be_a_person, world_of
from ingest.rdf_graph import Described, Graph, Value, key_of, load, name_of
from ingest.reference import legal_forms
from ingest.rows import Rejected, Row
from ingest.tabular import Read, Tabular

SOURCE = Source(
    name="rdf",
    title="Données liées (RDF) : PAIR, W3C ORG",
    publisher="l'éditeur du fichier",
    licence="celle du fichier",
    trust=60,
)

# What a thing is ------------------------------------------------------------------------------

_CLASSES: Mapping[str, Kind] = {
    "fa:AllianceInteretGeneral": ALLIANCE,
    "org:OrganizationalCollaboration": ALLIANCE,
    **dict.fromkeys(
        ("pair:Project", "schema:Project", "schema:ResearchProject", "foaf:Project"), PROJECT
    ),
    **dict.fromkeys(
        (
            "org:Organization", "org:FormalOrganization", "org:OrganizationalUnit",
            "legal:LegalEntity", "rov:RegisteredOrganization", "cv:PublicOrganisation",
            "pair:Organization", "pair:Group", "foaf:Organization", "foaf:Group",
            "vcard:Organization", "schema:Organization", "schema:NGO", "schema:Corporation",
            "schema:EducationalOrganization", "schema:GovernmentOrganization",
            "schema:LocalBusiness", "schema:ResearchOrganization",
        ),
        ORGANISATION,
    ),
}  # fmt: skip
_PERSONS = frozenset(
    ["foaf:Person", "pair:Person", "schema:Person", "vcard:Individual", "prov:Person", "cv:Person"]
)
_POSTS = frozenset(["org:Post"])
_LEFT = frozenset(
    ["pair:Event", "pair:Document", "pair:Idea", "pair:Task", "pair:Challenge", "pair:Resource",
     "pair:DigitalPlace", "schema:Event", "schema:Place", "org:ChangeEvent"]
)  # fmt: skip
_DATASETS = frozenset(["dcat:Dataset", "void:Dataset"])
_KINDS = {kind.name: kind for kind in (ALLIANCE, PROJECT, ORGANISATION)}

# Told by `read`.
_KIND, _SUBJECT, _IRI = "→ nature", "→ sujet", "→ adresse"
_SIREN, _SIRET, _RNA = "→ siren", "→ siret", "→ rna"
_MEMBERS = "→ appartenance"
_BETWEEN, _INSIDE = "\x1e", "\x1f"

_NAMES = (
    "skos:prefLabel", "legal:legalName", "rov:legalName", "pair:preferedLabel", "pair:label",
    "schema:name", "foaf:name", "vcard:fn", "rdfs:label", "dct:title", "dc:title",
)  # fmt: skip
_OTHER_NAMES = (
    "skos:altLabel",
    "pair:alternativeLabel",
    "schema:alternateName",
    "schema:legalName",
)
_PURPOSES = (
    "dct:description", "pair:description", "schema:description", "pair:comment", "rdfs:comment",
    "dc:description",
)  # fmt: skip
_SITES = (
    "foaf:homepage", "foaf:page", "pair:homePage", "pair:webPage", "schema:url", "schema:sameAs",
    "vcard:url", "dcat:landingPage",
)  # fmt: skip
_IDENTIFIERS = (
    "org:identifier", "dct:identifier", "adms:identifier", "legal:legalIdentifier",
    "pair:identifier", "schema:identifier", "skos:notation", "rov:registration", "schema:taxID",
    "wdt:P1616", "wdt:P3215", "dc:identifier",
)  # fmt: skip
_STARTS = (
    "schema:foundingDate", "cv:registrationDate", "pair:startDate", "schema:startDate",
    "dcat:startDate", "dct:issued",
)  # fmt: skip
_ENDS = ("schema:dissolutionDate", "pair:endDate", "schema:endDate", "dcat:endDate")
_TOPICS = ("pair:hasTopic", "pair:hasSector", "pair:hasActivityField", "dct:subject", "org:purpose",
           "schema:about", "schema:keywords")  # fmt: skip
_LABELS = ("skos:prefLabel", "pair:label", "rdfs:label", "schema:name")
# Where a thing is: itself, its site or place, and the address of these.
_PLACES = (
    "", "org:hasRegisteredSite/", "org:hasPrimarySite/", "org:hasSite/", "pair:hasLocation/",
    "schema:location/", "foaf:based_near/",
)  # fmt: skip
_ADDRESSES = (
    "", "cv:registeredAddress/", "locn:address/", "org:siteAddress/", "pair:hasPostalAddress/",
    "schema:address/", "vcard:hasAddress/",
)  # fmt: skip
_WHERE = tuple(place + there for place in _PLACES for there in _ADDRESSES)
_WHOLE = ("locn:fullAddress", "pair:address", "pair:addressStreet")
_STREETS = ("locn:thoroughfare", "schema:streetAddress", "vcard:street-address")
_POSTCODES = ("locn:postCode", "pair:addressZipCode", "schema:postalCode", "vcard:postal-code")
_TOWNS = ("locn:postName", "pair:addressLocality", "schema:addressLocality", "vcard:locality")
_COUNTRIES = ("locn:adminUnitL1", "pair:addressCountry", "schema:addressCountry")
_LATITUDES = ("pair:latitude", "schema:latitude", "wgs84:lat")
_LONGITUDES = ("pair:longitude", "schema:longitude", "wgs84:long")
_AREAS = ("dct:spatial", "schema:areaServed", "fa:actsIn")
_SEATS = ("fa:seatedIn",)
# What is kept of a node that is a part of a thing.
_NESTED = frozenset(
    [*_LABELS, *_WHOLE, *_STREETS, *_POSTCODES, *_TOWNS, *_COUNTRIES, *_LATITUDES, *_LONGITUDES,
     "skos:notation", "igeo:codeINSEE", "dcat:startDate", "dcat:endDate",
     *(step.rstrip("/") for step in _ADDRESSES if step), "schema:geo", "geo:hasGeometry"]
)  # fmt: skip
_PARTS = frozenset(step.rstrip("/") for step in (*_PLACES, *_ADDRESSES, *_IDENTIFIERS))
_UNUSED = (
    "rdf:type", "foaf:mbox", "pair:phone", "schema:email", "schema:telephone", "vcard:hasEmail",
    "cv:contactPoint", "org:hasPost", "org:hasMembership", "org:headOf", "pair:hasFollower",
    "pair:organizationOfMembership", "pair:actorOfMembership", "pair:image", "foaf:logo",
    "foaf:depiction", "schema:image", "schema:logo", "prov:wasDerivedFrom", "dct:created",
    "dct:creator", "dct:modified", "owl:sameAs", "pair:openingHours", "pair:locationOf",
)  # fmt: skip

_UNUSED_PARTS = ("cv:contactPoint/", *(f"{name}/" for name in _IDENTIFIERS))

# Ties, read from one end or the other: predicate, tie, whether the subject is its end.
_TIES: tuple[tuple[str, Tie, bool], ...] = (
    ("org:subOrganizationOf", PART_OF, False),
    ("org:hasSubOrganization", PART_OF, True),
    ("org:transitiveSubOrganizationOf", PART_OF, False),
    ("org:unitOf", PART_OF, False),
    ("org:hasUnit", PART_OF, True),
    ("pair:partOf", PART_OF, False),
    ("pair:hasPart", PART_OF, True),
    ("schema:parentOrganization", PART_OF, False),
    ("schema:department", PART_OF, True),
    ("schema:subOrganization", PART_OF, True),
    ("org:linkedTo", PART_OF, False),
    ("pair:involvedIn", CARRIES, False),
    ("pair:involves", CARRIES, True),
    ("pair:supports", SUPPORTS, False),
    ("pair:supportedBy", SUPPORTS, True),
    ("pair:hasInspired", INSPIRED, False),
    ("pair:inspiredBy", INSPIRED, True),
    ("schema:founder", FOUNDED, True),
    ("schema:funder", FUNDED, True),
    ("schema:sponsor", FUNDED, True),
    ("dct:isReplacedBy", REPLACED_BY, False),
    ("dct:replaces", REPLACED_BY, True),
)
_MEMBERSHIPS = (
    ("org:memberOf", False),
    ("org:hasMember", True),
    ("schema:memberOf", False),
    ("schema:member", True),
    ("foaf:member", True),
    (_MEMBERS, False),
)
_PARTNERS = ("pair:partnerOf",)

_GOAL = re.compile(r"https?://metadata\.un\.org/sdg/([1-9]\d?)(\.(?:[1-9]\d?|[a-z]))?")
_NATIONS = frozenset(["", "fr", "fra", "france"])
_EVIDENCE = re.compile(r"siren|siret|insee|rna\b|waldec|P1616|P3215", re.IGNORECASE)
_IN_IRI = re.compile(r"/(?:siren|siret|rna)[/:]([0-9A-Z]+)(?:$|[#?/])")
_CONCEPT = re.compile(r".*(?:#|/)World-([a-z_]+)")
_COMMUNE = re.compile(r"http://id\.insee\.fr/geo/commune/(\d[\dAB]\d{3})")
_DEEPEST = 3
_LONGEST = 150


# Reading --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Thing:
    """Something that we keep, as the index of a file has it."""

    kind: Kind
    key: str
    name: str
    numbers: Mapping[str, str]

    @property
    def text(self) -> str:
        """As the value of a column that ties another thing to it."""
        return _INSIDE.join(("→", self.kind.name, self.key, self.name))


def read(files: Sequence[Path], taken: set[str]) -> Read:
    """The organisations, alliances and projects of the files, a row a subject."""
    graph: Graph = {}
    for file in files:
        for subject, said in load(file).items():
            _join(graph.setdefault(subject, {}), said)
    yield from _Index(graph).rows(taken)


def _join(into: Described, said: Described) -> None:
    for name, values in said.items():
        into.setdefault(name, []).extend(values)


class _Index:
    """What the files say, with what each subject is."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._types = {subject: _types(said) for subject, said in graph.items()}
        publishers = {
            key_of(value)
            for subject, said in graph.items()
            if self._types[subject] & _DATASETS
            for value in said.get("dct:publisher", ())
            if isinstance(value, BlankNode)
        }
        self._hidden = {s for s, types in self._types.items() if types & (_PERSONS | _POSTS)}
        self._things: dict[str, _Thing] = {}
        kept_out = self._hidden | publishers
        for subject, said in graph.items():
            kind = _kind_of(self._types[subject])
            if kind is not None and subject not in kept_out:
                self._things[subject] = self._thing(subject, said, kind)
        self._memberships: dict[str, list[str]] = {}
        for said in graph.values():
            self._membership(said)

    def rows(self, taken: set[str]) -> Iterator[Row | Reject]:
        """A row for each thing; a reject for what is left out."""
        for number, (subject, said) in enumerate(self._graph.items(), 1):
            thing = self._things.get(subject)
            if self._types[subject] & _PERSONS:
                yield Reject(f"sujet {number}", PERSON)
            elif thing is not None:
                where = subject if not subject.startswith("_:") else f"sujet {number}"
                yield Row(self._columns(subject, said, thing), where, taken)
            elif left := self._types[subject] & _LEFT:
                yield rejected(
                    subject, "d'une classe que le modèle n'a pas", ", ".join(sorted(left))
                )

    def _thing(self, subject: str, said: Described, kind: Kind) -> _Thing:
        names = [text for name in _NAMES for text in _texts(said.get(name, ()))]
        numbers = self._numbers(subject, said) if kind is ORGANISATION else {}
        key = _registry_key(numbers) or _own_key(subject)
        return _Thing(kind, key, " ".join(names[0].split()) if names else "", numbers)

    def _numbers(self, subject: str, said: Described) -> dict[str, str]:
        """Numbers of French registers, where something says that they are such."""
        found: dict[str, str] = {}
        if inside := _IN_IRI.search(subject):
            _add_number(found, inside[1])
        for name in _IDENTIFIERS:
            for value in said.get(name, ()):
                for text, evidence in self._identifier(name, value):
                    bare = _bare(text)
                    if _EVIDENCE.search(f"{evidence} {text}") or is_rna(bare):
                        _add_number(found, bare)
        return found

    def _identifier(self, name: str, value: Value) -> Iterator[tuple[str, str]]:
        if isinstance(value, Literal):
            yield value.value, f"{name} {name_of(value.datatype.value)}"
            return
        about = self._graph.get(key_of(value), {})
        evidence = " ".join(
            text for each, values in about.items() if each != "rdf:type" for text in _texts(values)
        )
        for notation in (*about.get("skos:notation", ()), *about.get("schema:value", ())):
            if isinstance(notation, Literal):
                yield notation.value, f"{evidence} {name_of(notation.datatype.value)}"

    def _membership(self, said: Described) -> None:
        """A node between a member and what it belongs to, kept with the member."""
        for member_name, whole_name, role_name in (
            ("org:member", "org:organization", "org:role"),
            ("pair:membershipActor", "pair:membershipOrganization", "pair:membershipRole"),
        ):
            for member in said.get(member_name, ()):
                for whole in said.get(whole_name, ()):
                    if isinstance(member, Literal) or isinstance(whole, Literal):
                        continue
                    thing = self._things.get(key_of(whole))
                    if thing is not None:
                        more = (self._role(said.get(role_name, ())), *self._period(said))
                        text = _INSIDE.join((thing.text, *more))
                        kept = self._memberships.setdefault(key_of(member), [])
                        if text not in kept:
                            kept.append(text)

    def _role(self, values: Sequence[Value]) -> str:
        for value in values:
            about = {} if isinstance(value, Literal) else self._graph.get(key_of(value), {})
            labels = [text for name in _LABELS for text in _texts(about.get(name, ()))]
            if labels or isinstance(value, (Literal, NamedNode)):
                return labels[0] if labels else value.value
        return ""

    def _period(self, said: Described) -> tuple[str, str]:
        parts = [said]
        for value in (*said.get("org:memberDuring", ()), *said.get("dct:temporal", ())):
            parts += [] if isinstance(value, Literal) else [self._graph.get(key_of(value), {})]
        found = []
        for names in (("dcat:startDate", "pair:startDate"), ("dcat:endDate", "pair:endDate")):
            texts = [t for part in parts for name in names for t in _texts(part.get(name, ()))]
            found.append(texts[0] if texts else "")
        return found[0], found[1]

    def _columns(self, subject: str, said: Described, thing: _Thing) -> dict[str, str]:
        columns: dict[str, list[str]] = {}
        self._flatten(said, "", 0, columns)
        values = {name: _BETWEEN.join(dict.fromkeys(texts)) for name, texts in columns.items()}
        values |= {_KIND: thing.kind.name, _SUBJECT: thing.key}
        values |= {f"→ {name}": number for name, number in thing.numbers.items()}
        if not subject.startswith("_:"):
            values[_IRI] = subject
        if subject in self._memberships:
            values[_MEMBERS] = _BETWEEN.join(self._memberships[subject])
        return values

    def _flatten(
        self, said: Described, before: str, depth: int, columns: dict[str, list[str]]
    ) -> None:
        for name, values in said.items():
            if depth and name not in _NESTED:
                continue
            column = f"{before}{name}"
            for value in values:
                if isinstance(value, Literal):
                    continue
                key = key_of(value)
                if key in self._hidden:
                    continue
                if key in self._things:
                    columns.setdefault(column, []).append(self._things[key].text)
                    continue
                if isinstance(value, NamedNode) and not (name in _PARTS and key in self._graph):
                    columns.setdefault(column, []).append(value.value)
                if depth < _DEEPEST and key in self._graph:
                    self._flatten(self._graph[key], f"{column}/", depth + 1, columns)
            if texts := _texts(values):
                columns.setdefault(column, []).extend(texts)


def _types(said: Described) -> frozenset[str]:
    return frozenset(name_of(v.value) for v in said.get("rdf:type", ()) if isinstance(v, NamedNode))


def _kind_of(types: frozenset[str]) -> Kind | None:
    found = {_CLASSES[name] for name in types if name in _CLASSES}
    return next((kind for kind in _KINDS.values() if kind in found), None)


def _texts(values: Sequence[Value]) -> list[str]:
    """Literals: those in French first, then those in no language, then the others."""
    literals = [value for value in values if isinstance(value, Literal) and value.value.strip()]

    def rank(value: Literal) -> int:
        language = value.language or ""
        return 0 if language.split("-")[0] == "fr" else 2 if language else 1

    return [value.value for value in sorted(literals, key=rank)]


def _bare(text: str) -> str:
    """A number without the spaces, points and the name of its register around it."""
    return re.sub(r"(?i)siren|siret|rna|insee|[\s.:\u00a0]", "", text)


def _add_number(found: dict[str, str], text: str) -> None:
    if is_siret(text):
        found.setdefault("siret", text)
    elif is_siren(text):
        found.setdefault("siren", text)
    elif is_rna(text):
        found.setdefault("rna", text)


def _registry_key(numbers: Mapping[str, str]) -> str:
    """The legal unit where it is said, else the establishment, else the association."""
    return next((f"{n}:{numbers[n]}" for n in ("siren", "siret", "rna") if n in numbers), "")


def _own_key(subject: str) -> str:
    """The id of a thing of which only the IRI is known; empty for a blank node."""
    if subject.startswith("_:"):
        return ""
    local = path_part(re.sub(r"^https?://", "", subject))
    if len(local) > _LONGEST:
        local = f"{local[:_LONGEST]}-{blake2b(subject.encode(), digest_size=6).hexdigest()}"
    return f"rdf:{local}"


# What a row says --------------------------------------------------------------------------------


def _all(row: Row, *names: str) -> list[str]:
    """The values of columns that are texts or IRIs of things that we do not keep."""
    found = [text.strip() for name in names for text in row.take(name).split(_BETWEEN)]
    return [text for text in dict.fromkeys(found) if text and not text.startswith("→")]


def _first(row: Row, *names: str) -> str:
    return next(iter(_all(row, *names)), "")


def _tied(row: Row, name: str) -> Iterator[tuple[Kind, str, str, list[str]]]:
    """The things that a column ties this one to: kind, id, name, and what else is said."""
    for text in row.take(name).split(_BETWEEN):
        parts = text.strip(" \n").split(_INSIDE)
        if len(parts) >= 4 and parts[0] == "→" and parts[1] in _KINDS and is_key(parts[2]):
            yield _KINDS[parts[1]], parts[2], parts[3], parts[4:]


def transform(row: Row) -> Iterator[Claim]:
    """What is said of one subject."""
    row.ignore(_UNUSED)
    row.ignore(name for name in row.values if name.startswith(_UNUSED_PARTS))
    ignore_persons(row)
    kind, subject = _KINDS.get(row.take(_KIND)), row.take(_SUBJECT)
    labels = [tidy(text, row) for text in _all(row, *_NAMES)]
    names = list(dict.fromkeys(label for label in labels if label))
    if kind is None or not is_key(subject):
        raise Rejected("sans adresse (IRI) : rien ne le désigne d'une édition à l'autre")
    if not names:
        raise Rejected("sans nom", subject)
    iri = row.take(_IRI)
    siren, siret, rna = _numbers(row)
    form = _legal_form(row)
    if form == "1000" or (
        not (siren or rna) and kind is ORGANISATION and may_be_a_person(names[0])
    ):
        raise Rejected(PERSON)
    page = iri if iri.startswith(("http://", "https://")) else ""
    said = _described(row, kind, names, iri)
    if kind is ORGANISATION:
        said |= known(siren=siren, siret=siret, rna=rna, legal_form=form)
        said |= known(world=_world(row, names[0], form, siren, rna))
        said |= _position(row)
    origin = Origin(_own_key(iri) if iri else subject, page)
    claims: list[Claim] = [origin.node(subject, kind, said)]
    if subject.startswith("siret:"):
        claims.append(origin.tie(PART_OF, subject, f"siren:{subject[6:15]}"))
    claims += _ties(row, kind, subject, origin)
    claims += _belongings(row, kind, subject, names[0], origin)
    claims += _territories(row, kind, subject, origin)
    note = row.note
    for claim in _once(claims):
        yield replace(claim, note=note) if claim.record == origin.record else claim


def _once(claims: Sequence[Claim]) -> Iterator[Claim]:
    """Each claim once: PAIR says a tie from both ends, and by several predicates."""
    seen = set()
    for claim in claims:
        what = (
            claim.subject if isinstance(claim, NodeClaim) else (claim.tie, claim.start, claim.end)
        )
        if what not in seen:
            seen.add(what)
            yield claim


def _numbers(row: Row) -> tuple[str, str, str]:
    siren, siret, rna = row.take(_SIREN), row.take(_SIRET), row.take(_RNA)
    siret = siret if is_siret(siret) and siren in ("", siret[:9]) else ""
    return siren if is_siren(siren) else "", siret, rna if is_rna(rna) else ""


def _described(row: Row, kind: Kind, names: list[str], iri: str) -> dict[str, Said]:
    pages = sites(row, *_all(row, *_SITES))
    others = [*names[1:], *(tidy(text, row) for text in _all(row, *_OTHER_NAMES))]
    numbers = {row.take(_SIREN), row.take(_SIRET), row.take(_RNA)}
    stated = _all(row, *_IDENTIFIERS, *(f"{name}/skos:notation" for name in _IDENTIFIERS))
    identifiers = [iri, *(tidy(text, row) for text in stated if _bare(text) not in numbers)]
    started = sure(row, "date écartée", date, _first(row, *_STARTS, "dct:temporal/dcat:startDate"))
    ended = sure(row, "date écartée", date, _first(row, *_ENDS, "dct:temporal/dcat:endDate"))
    if kind is PROJECT and iri.startswith(("http://", "https://")):
        pages = list(dict.fromkeys([*pages, *sites(row, iri)]))
    return known(
        name=names[0],
        other_names=list(dict.fromkeys(text for text in others if text and text != names[0])),
        purpose=_purpose(row),
        websites=pages,
        identifiers=[] if kind is PROJECT else list(dict.fromkeys(filter(None, identifiers))),
        started=started,
        ended=ended,
    )


def _purpose(row: Row) -> str:
    """What it is for, in the words of the first description, then its themes."""
    found = _all(row, *_PURPOSES)
    themes = [*_all(row, *(f"{topic}/{label}" for topic in _TOPICS for label in _LABELS))]
    themes += [text for text in _all(row, *_TOPICS) if ":" not in text]
    kept = [found[0]] if found else []
    if themes:
        kept.append(f"Thèmes : {', '.join(dict.fromkeys(themes))}")
    return tidy(" — ".join(kept), row)


def _legal_form(row: Row) -> str:
    """The code of Insee, of level 2 or 3."""
    forms = (t.rpartition("/")[2] for t in _all(row, "legal:companyType") if LEGAL_FORMS in t)
    return next((code for code in forms if code in legal_forms()), "")


def _world(row: Row, name: str, form: str, siren: str, rna: str) -> str | None:
    for text in _all(row, "fa:world", "org:classification"):
        match = _CONCEPT.fullmatch(text)
        if match is not None and match[1] in set(World):
            return match[1]
    stated = legal_forms()[form].world if form else None
    found = stated or world_of(name, registered=bool(siren))
    return found.value if found else World.ASSOCIATION.value if rna else None


def _at(row: Row, names: Sequence[str]) -> str:
    return _first(row, *(f"{where}{name}" for where in _WHERE for name in names))


def _position(row: Row) -> dict[str, Said]:
    places = (*_WHERE, *(f"{place}schema:geo/" for place in _PLACES))
    latitude, longitude = (
        _first(row, *(f"{where}{name}" for where in places for name in names))
        for names in (_LATITUDES, _LONGITUDES)
    )
    street, postal, here = (_at(row, names) for names in (_STREETS, _POSTCODES, _TOWNS))
    whole = _at(row, _WHOLE)
    written = whole if postal and postal in whole else address([whole or street], postal, here)
    return known(address=tidy(written or whole, row)) | point(row, latitude, longitude)


# Ties -------------------------------------------------------------------------------------------


def _ties(row: Row, kind: Kind, subject: str, origin: Origin) -> Iterator[Claim]:
    for name, tie, inverse in _TIES:
        for other, key, _, _ in _tied(row, name):
            ends = ((other, key), (kind, subject)) if inverse else ((kind, subject), (other, key))
            if (ends[0][0], ends[1][0]) in tie.pairs and key != subject:
                yield origin.tie(tie, ends[0][1], ends[1][1])
    for text in _all(row, *_TOPICS):
        if match := _GOAL.fullmatch(text):
            yield origin.tie(AIMS_AT, subject, _goal(match))


def _goal(match: re.Match[str]) -> str:
    return f"target:{match[1]}{match[2]}" if match[2] else f"goal:{match[1]}"


def _belongings(row: Row, kind: Kind, subject: str, name: str, origin: Origin) -> Iterator[Claim]:
    for column, inverse in _MEMBERSHIPS:
        for other, key, _, more in _tied(row, column):
            ends = ((other, key), (kind, subject)) if inverse else ((kind, subject), (other, key))
            if key != subject:
                yield from _membership(row, ends, more, origin)
    for column in _PARTNERS:
        for other, key, partner, _ in _tied(row, column):
            if key != subject and kind is other is ORGANISATION:
                yield from _partnership((subject, name), (key, partner))


def _membership(
    row: Row, ends: tuple[tuple[Kind, str], tuple[Kind, str]], more: list[str], origin: Origin
) -> Iterator[Claim]:
    """A member of an alliance; of an organisation (a federation), a part of it."""
    (start_kind, start), (end_kind, end) = ends
    said, since, until = (*more, "", "", "")[:3]
    began, over = (sure(row, "date écartée", date, text) for text in (since, until))
    words = [tidy(said, row)] if said and "://" not in said and tidy(said, row) else []
    if (start_kind, end_kind) in MEMBER_OF.pairs:
        role = _role(said)
        yield origin.tie(MEMBER_OF, start, end, role=role, since=began, until=over, words=words)
    elif (start_kind, end_kind) in PART_OF.pairs:
        yield origin.tie(PART_OF, start, end, since=began, until=over, words=words or ["membre"])
    elif (start_kind, end_kind) in CARRIES.pairs:
        yield origin.tie(CARRIES, start, end, since=began, until=over, words=words)


def _role(text: str) -> str | None:
    """The role of ours that a word or the IRI of a concept of ours means."""
    local = fold(text.rpartition("MemberRole-")[2])
    return next((r.value for r in MemberRole if local in map(fold, r.spellings)), None)


def _partnership(*partners: tuple[str, str]) -> Iterator[Claim]:
    """An alliance of two: said alike from both sides, so that it is one."""
    (one, first), (other, second) = sorted(partners)
    key = f"rdf:partnership-{digest(one, other)}"
    name = f"Partenariat {first or one} – {second or other}"
    yield described(key, ALLIANCE, name=name, type=AllianceType.PARTNERSHIP.value)
    for each in (one, other):
        yield Origin(key).tie(MEMBER_OF, each, key)


def _territories(row: Row, kind: Kind, subject: str, origin: Origin) -> Iterator[Claim]:
    code = _first(row, *(f"{place}igeo:codeINSEE" for place in _PLACES))
    for text in _all(row, *_SEATS, *(place.rstrip("/") for place in _PLACES if place)):
        if match := _COMMUNE.fullmatch(text):
            code = code or match[1]
    if kind is ORGANISATION and fold(_at(row, _COUNTRIES)) in _NATIONS:
        here = town(row, code, _at(row, _TOWNS), _at(row, _POSTCODES))
        if here:
            yield origin.tie(SEATED_IN, subject, here)
    for text in _all(row, *_AREAS):
        match = _COMMUNE.fullmatch(text)
        if match and (area := town(row, match[1], "", "")):
            yield origin.tie(ACTS_IN, subject, area)


# The dataset itself -----------------------------------------------------------------------------


def tabular(files: Sequence[Path]) -> Tabular:
    """The declaration for some files: their source is the dataset that they describe, if any.

    Raises:
        SourceError: one cannot be read.
    """
    graph: Graph = {}
    for file in files:
        for subject, said in load(file).items():
            if _types(said) & _DATASETS:
                _join(graph.setdefault(subject, {}), said)
            elif "foaf:name" in said or "dct:publisher" in said:
                graph.setdefault(subject, said)
    return replace(TABULAR, source=_source(graph))


def _source(graph: Graph) -> Source:
    """The source that the only dataset described is."""
    found = [
        (subject, said)
        for subject, said in graph.items()
        if _types(said) & _DATASETS and _texts(said.get("dct:title", ()))
    ]
    if len(found) != 1:
        return SOURCE
    [(subject, said)] = found
    title = " ".join(_texts(said["dct:title"])[0].split())
    pages = [*said.get("dcat:landingPage", ()), *said.get("foaf:homepage", ())]
    page = _link(pages) or (subject if subject.startswith("http") else "")
    return replace(
        SOURCE,
        name=f"rdf-{slug(title)}",
        title=title,
        publisher=_publisher(graph, said) or SOURCE.publisher,
        licence=_licence(said) or SOURCE.licence,
        url=page,
        date=_day(said),
    )


def _link(values: Sequence[Value]) -> str:
    links = (value.value for value in values if isinstance(value, NamedNode))
    return next((link for link in links if link.startswith(("http://", "https://"))), "")


def _publisher(graph: Graph, said: Described) -> str:
    for value in said.get("dct:publisher", ()):
        if isinstance(value, Literal):
            return value.value.strip()
        about = graph.get(key_of(value), {})
        if not _types(about) & _PERSONS and (names := _texts(about.get("foaf:name", ()))):
            return names[0].strip()
    return ""


def _licence(said: Described) -> str:
    for value in (*said.get("dct:license", ()), *said.get("dct:licence", ())):
        if not isinstance(value, (Literal, NamedNode)):
            continue
        text = value.value.strip()
        known_names = (name for name, iri in LICENCES.items() if iri == text)
        return next(known_names, text)
    return ""


def _day(said: Described) -> str:
    for text in _texts((*said.get("dct:modified", ()), *said.get("dct:issued", ()))):
        try:
            return date(text).value
        except Rejected:
            continue
    return ""


TABULAR = Tabular(
    source=SOURCE,
    files="un fichier RDF : Turtle, N-Triples, N-Quads, TriG, RDF/XML ou JSON-LD",
    read=read,
    transform=transform,
    recognises=lambda name, columns: False,  # told by its name: `ingest.catalogue.is_rdf`
)
