"""The graph in RDF: every word exists, nothing is lost, and the same graph is the same file."""

import datetime
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

import pytest
import rdflib
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyoxigraph import RdfFormat, parse
from rdflib.compare import isomorphic
from rdflib.namespace import DCTERMS, FOAF, OWL, RDF, RDFS, SDO, SKOS, XSD

from graph.claims import Claim, NodeClaim, Scalar, Source, TieClaim, Value
from graph.identity import Judgement
from graph.merge import in_order_of_trust, merged
from graph.model import (
    ALLIANCE,
    CALL,
    GOAL,
    KINDS,
    LEVER,
    ORGANISATION,
    PLATFORM,
    PROJECT,
    TARGET,
    TERRITORY,
    TIES,
    Kind,
    Property,
    Tie,
    ValueType,
    properties,
    tie_named,
)
from graph.rdf.claims import Said, list_order, read_claims, read_sources
from graph.rdf.export import Scannable, triples
from graph.rdf.files import to_turtle, write_ntriples, write_turtle
from graph.rdf.forms import KindMapping, TieMapping
from graph.rdf.kinds import KIND_MAPPINGS, mapping_of
from graph.rdf.mapping import CLOSED, words
from graph.rdf.names import PREFIXES, RESERVED, prefixes
from graph.rdf.ntriples import cleaned
from graph.rdf.page import page
from graph.rdf.terms import Iris, date, decimal, legal_form_iri, web_iri
from graph.rdf.ties import TIE_MAPPINGS, mapping_of_tie
from graph.rdf.vocabulary import VOCABULARY_LABELS, own_terms, vocabulary
from graph.sqlite.store import SqliteStore
from graph.store import StoredClaim, StoredNode, StoredSource, StoredTie
from graph.validation import problems

ROOT = Path(__file__).resolve().parents[2]
BASE = "https://alliage.example"

REFERENCE = Source(
    "reference",
    "Code officiel géographique",
    "Insee",
    "Licence Ouverte 2.0",
    "https://www.insee.fr/fr/information/2560452",
    "2026-01-01",
    100,
)
EXAMPLES = Source(
    "exemples",
    "À la racine de la Charte du faire alliance",
    "Fondation des Territoires",
    "voir le document",
    date="2021-12",
    trust=50,
    keeps_history=False,
)
SOURCES = (EXAMPLES, REFERENCE)


@dataclass
class Statement:
    """A claim of a source."""

    source: Source
    claim: Claim

    @property
    def stored(self) -> StoredClaim:
        c = self.claim
        place = c.locator, c.url, c.date
        return StoredClaim(self.source, c.record, c.properties, *place, c.ended, c.note)


@dataclass
class MemoryReader:
    """A store in memory: what the exporter asks of `graph.store.Reader`, and no more."""

    statements: Sequence[Statement]
    known: Sequence[Source] = SOURCES
    former: dict[str, str] = field(default_factory=dict)
    judged: Sequence[Judgement] = ()

    @contextmanager
    def snapshot(self) -> Iterator[int]:
        yield 1

    def sources(self) -> list[StoredSource]:
        made = Counter(s.source.name for s in self.statements)
        return [
            StoredSource(s, made[s.name], 0, 1) for s in sorted(self.known, key=lambda s: s.name)
        ]

    def scan_nodes(self) -> Iterator[StoredNode]:
        for key, group in groupby(self.scan_node_claims(), key=lambda row: row[0]):
            rows = list(group)
            kind, claims = rows[0][1], in_order_of_trust(row[2] for row in rows)
            known = merged(kind, claims)
            name = str(known.get("name", key))
            yield StoredNode(key, kind, name, known, all(c.ended for c in claims))

    def scan_node_claims(self) -> Iterator[tuple[str, Kind, StoredClaim]]:
        rows = [
            (s.claim.subject, s.claim.kind, s.stored)
            for s in self.statements
            if isinstance(s.claim, NodeClaim)
        ]
        return iter(sorted(rows, key=lambda row: (row[0], row[2].source.name, row[2].record)))

    def scan_ties(self, tie: Tie) -> Iterator[StoredTie]:
        keys = {row[0] for row in self.scan_node_claims()}
        rows = [
            (s.claim.start, s.claim.end, s.stored)
            for s in self.statements
            if isinstance(s.claim, TieClaim) and s.claim.tie is tie
        ]
        rows.sort(key=lambda row: row[:2])
        for (start, end), group in groupby(rows, key=lambda row: row[:2]):
            claims = in_order_of_trust(row[2] for row in group)
            if start in keys and end in keys:
                yield StoredTie(tie, start, end, merged(tie, claims), tuple(claims))

    def scan_tie_claims(self, tie: Tie) -> Iterator[tuple[str, str, StoredClaim]]:
        rows = [
            (s.claim.start, s.claim.end, s.stored)
            for s in self.statements
            if isinstance(s.claim, TieClaim) and s.claim.tie is tie
        ]
        return iter(sorted(rows, key=lambda row: (*row[:2], row[2].source.name, row[2].record)))

    def aliases(self) -> Iterator[tuple[str, str]]:
        return iter(sorted(self.former.items()))

    def judgements(self) -> Iterator[Judgement]:
        return iter(sorted(self.judged))


def _thing(source: Source, key: str, kind: Kind, where: str = "", **said: Value) -> Statement:
    return Statement(source, NodeClaim(key, kind, key, said, where))


def _tie(source: Source, name: str, start: str, end: str, **said: Value) -> Statement:
    return Statement(source, TieClaim(tie_named(name), start, end, f"{start} {end}", said, "§ 4"))


# Places and numbers of Insee (geographic code 2026, Sirene), actors of the founding document 000.
# The part of the city, the amount and the RNA number are made up: no source states them.
GRENOBLE = "commune:38185"
METROPOLE = "epci:200040715"
LA_POSTE = "siren:356000000"
CITY = "siren:213801855"
RAMEAU = "org:le-rameau"
GROUP = "org:correspondants-rse"
SILVERGEEK = "alliance:silvergeek"
DYNAMIQUE = "alliance:alliance-dynamique"
CHARTER = "lever:data"

STATEMENTS = (
    _thing(REFERENCE, "nation:fr", TERRITORY, name="France", level="nation", code="FR"),
    _thing(REFERENCE, "region:84", TERRITORY, name="Auvergne-Rhône-Alpes", level="region"),
    _thing(REFERENCE, "departement:38", TERRITORY, name="Isère", level="departement", code="38"),
    _thing(REFERENCE, METROPOLE, TERRITORY, name="Grenoble-Alpes-Métropole", level="epci"),
    _thing(
        REFERENCE,
        GRENOBLE,
        TERRITORY,
        name="Grenoble",
        level="commune",
        code="38185",
        liaison=0,
        population=156140,
        surface_km2=18.13,
        latitude=45.18423,
        longitude=5.71554,
        postcodes=["38000", "38100"],
    ),
    _thing(EXAMPLES, "crte:grenoble", TERRITORY, name="CRTE", level="perimeter", extent="unknown"),
    _thing(REFERENCE, "goal:17", GOAL, name="Partenariats", number=17, title="Renforcer…"),
    _thing(REFERENCE, "target:17.17", TARGET, name="Encourager les partenariats", code="17.17"),
    _thing(REFERENCE, CHARTER, LEVER, name="Données", family="means", order=1, question="Quoi ?"),
    _thing(
        REFERENCE,
        LA_POSTE,
        ORGANISATION,
        name="LA POSTE",
        acronym="LP",
        other_names=["LA POSTE", "Le Groupe La Poste", "Groupe La Poste"],
        world="company",
        legal_form="5510",
        siren="356000000",
        siret="35600000000048",
        ess=False,
        address="9 rue du Colonel Pierre Avia\r\n75015 Paris",
        latitude=48.83,
        longitude=2.27,
        websites=["https://www.lapostegroupe.com/fr", "https://www.laposte.fr/a b"],
        started="1991-01-01",
    ),
    _thing(EXAMPLES, LA_POSTE, ORGANISATION, "§ 9", name="Groupe La Poste", world="company"),
    _thing(EXAMPLES, CITY, ORGANISATION, name="Ville de Grenoble", world="local_authority"),
    _thing(
        EXAMPLES,
        RAMEAU,
        ORGANISATION,
        "§ 5",
        name="Le RAMEAU",
        world="association",
        roles=["catalyst"],
        functions=["support", "dialogue"],
        started="2006",
    ),
    _thing(
        EXAMPLES, GROUP, ORGANISATION, name="Correspondants RSE", world="company", collective=True
    ),
    _thing(EXAMPLES, "org:habitants", ORGANISATION, name="Habitants", world="citizens"),
    _thing(
        EXAMPLES, SILVERGEEK, ALLIANCE, name="SilverGeek", type="experiment", phase="deployment"
    ),
    _thing(
        EXAMPLES, DYNAMIQUE, ALLIANCE, name="L'Alliance Dynamique", identifiers=["rna:W751000001"]
    ),
    _thing(EXAMPLES, "project:laboratoire", PROJECT, name="Laboratoire", started="2012-03"),
    _thing(EXAMPLES, "call:generique", CALL, name="Appel", closes="2022-01-31", worlds=["company"]),
    _thing(
        EXAMPLES,
        "platform:innovation-territoriale",
        PLATFORM,
        name="L'innovation territoriale en actions",
    ),
    _tie(REFERENCE, "PART_OF", GRENOBLE, METROPOLE),
    _tie(REFERENCE, "PART_OF", GRENOBLE, "departement:38"),
    _tie(REFERENCE, "PART_OF", "departement:38", "region:84"),
    _tie(REFERENCE, "PART_OF", "region:84", "nation:fr"),
    _tie(EXAMPLES, "PART_OF", GRENOBLE, "crte:grenoble", until="2026"),
    _tie(EXAMPLES, "PART_OF", METROPOLE, "crte:grenoble"),
    _tie(REFERENCE, "PART_OF", "target:17.17", "goal:17"),
    _tie(EXAMPLES, "PART_OF", GROUP, LA_POSTE),
    _tie(EXAMPLES, "GOVERNS", CITY, GRENOBLE),
    _tie(EXAMPLES, "SEATED_IN", CITY, GRENOBLE),
    _tie(EXAMPLES, "ACTS_IN", RAMEAU, "nation:fr"),
    _tie(EXAMPLES, "ACTS_IN", "project:laboratoire", GRENOBLE),
    _tie(EXAMPLES, "MEMBER_OF", LA_POSTE, SILVERGEEK, role="initiator", since="2014"),
    _tie(EXAMPLES, "MEMBER_OF", CITY, SILVERGEEK),
    _tie(EXAMPLES, "MEMBER_OF", RAMEAU, DYNAMIQUE, words=["un ambassadeur", "à l'origine"]),
    _tie(EXAMPLES, "FUNDED", LA_POSTE, SILVERGEEK, amount=1500.5, until="2020"),
    _tie(EXAMPLES, "GAVE_RISE_TO", GROUP, DYNAMIQUE),
    _tie(EXAMPLES, "RUNS", RAMEAU, "platform:innovation-territoriale"),
    _tie(EXAMPLES, "AIMS_AT", SILVERGEEK, "goal:17"),
    _tie(EXAMPLES, "AIMS_AT", "project:laboratoire", "target:17.17"),
    _tie(EXAMPLES, "OFFERS", RAMEAU, CHARTER, words=["quinze ans d'observation"]),
    _tie(EXAMPLES, "NEEDS", "call:generique", CHARTER),
    Statement(
        REFERENCE,
        TieClaim(
            tie_named("SUPPORTS"),
            RAMEAU,
            GROUP,
            "12",
            date="2008",
            note="année lue « 08 »",
            ended="2025-06-30",
        ),
    ),
)

READER = MemoryReader(STATEMENTS, former={"org:rameau": RAMEAU})


@pytest.fixture(scope="module")
def ntriples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("rdf") / "graph.nt"
    write_ntriples(READER, BASE, path)
    return path


@pytest.fixture(scope="module")
def written(ntriples: Path) -> rdflib.Graph:
    return rdflib.Graph().parse(ntriples, format="nt")


def uri(prefixed: str) -> rdflib.URIRef:
    prefix, _, local = prefixed.partition(":")
    return rdflib.URIRef(prefixes(BASE)[prefix] + local)


def thing(key: str) -> rdflib.URIRef:
    return rdflib.URIRef(Iris(BASE).thing(key))


def classes(graph: rdflib.Graph, key: str) -> set[str]:
    known = {iri: prefix for prefix, iri in prefixes(BASE).items()}
    found = set()
    for name in graph.objects(thing(key), RDF.type):
        space = next(iri for iri in known if str(name).startswith(iri))
        found.add(f"{known[space]}:{str(name).removeprefix(space)}")
    return found


def objects(graph: rdflib.Graph, subject: rdflib.URIRef, prefixed: str) -> list[str]:
    return sorted(str(value) for value in graph.objects(subject, uri(prefixed)))


# The table ------------------------------------------------------------------------------------


def test_the_examples_follow_the_model() -> None:
    assert [problem for s in STATEMENTS for problem in problems(s.claim)] == []


def test_every_kind_property_and_tie_of_the_model_has_words() -> None:
    assert [m.kind for m in KIND_MAPPINGS] == list(KINDS)
    assert [m.tie for m in TIE_MAPPINGS] == list(TIES)
    for kind in KINDS:
        known = mapping_of(kind)
        assert list(known.sayings) or not kind.properties
        assert {p.name for p in kind.properties} == set(known.sayings), kind.name
        assert all(known.sayings.values())
    for tie in TIES:
        mapping = mapping_of_tie(tie)
        assert {p.name for p in tie.properties} <= set(mapping.sayings), tie.name
        assert mapping.always or mapping.links


def test_every_pair_of_kinds_that_a_tie_may_link_has_a_predicate() -> None:
    for mapping in TIE_MAPPINGS:
        for start, end in mapping.tie.pairs:
            fitting = [
                link
                for link in mapping.links
                if start in (link.starts or (start,)) and end in (link.ends or (end,))
            ]
            assert mapping.always or fitting, (mapping.tie.name, start.name, end.name)


def test_a_part_is_reached_from_the_thing_and_every_saying_has_its_part() -> None:
    mappings: tuple[KindMapping | TieMapping, ...] = (*KIND_MAPPINGS, *TIE_MAPPINGS)
    for mapping in mappings:
        names = {part.name for part in mapping.parts}
        for part in mapping.parts:
            assert {link.start for link in part.links} <= names | {""}
        used = {saying.part for group in mapping.sayings.values() for saying in group}
        assert used <= names | {""}


def _published(shared: Path) -> set[str]:
    """Every IRI of the vocabularies' own files."""
    found: set[str] = set()
    for path in sorted((shared / "vocab").rglob("*")):
        if path.suffix in (".ttl", ".nq"):
            form = RdfFormat.TURTLE if path.suffix == ".ttl" else RdfFormat.N_QUADS
            for quad in parse(path=path, format=form, base_iri=BASE, lenient=True):
                found.update(re.findall(r"<([^>]+)>", f"{quad.subject} {quad.object}"))
    goals = shared / "data" / "goals" / "sdg-kos-goals-targets-indicators.ttl"
    for spo in rdflib.Graph().parse(goals):
        found.update(str(getattr(term, "datatype", None) or term) for term in spo)
    return found


def test_every_word_exists_in_the_file_of_its_vocabulary(shared: Path) -> None:
    published = _published(shared)
    own = {term.name for term in own_terms()} | {"fa:levers"}
    closed = {"dct": DCTERMS, "foaf": FOAF, "owl": OWL, "rdf": RDF, "schema": SDO}
    design = (shared / "design" / "open-data.md").read_text()
    missing = []
    for word in sorted(set(words()) | _words_of_the_vocabulary()):
        prefix, _, local = word.partition(":")
        if prefix == "fa":
            known = word in own
        elif prefix == "wdt":  # Wikidata publishes no vocabulary file; the design checked them
            known = local in design
        elif prefix in ("rdfs", "xsd"):
            known = local in {"rdfs": RDFS, "xsd": XSD}[prefix]
        elif prefix in closed:
            known = local in closed[prefix]
        else:
            known = PREFIXES[prefix] + local in published
        if not known:
            missing.append(word)
    assert missing == []


def _words_of_the_vocabulary() -> set[str]:
    used = set()
    for term in own_terms():
        used |= {term.type, *term.parents, *term.domains, *term.ranges}
    return used


def test_the_check_of_words_sees_a_word_that_nobody_has(shared: Path) -> None:
    published = _published(shared)
    assert PREFIXES["org"] + "hasMembership" in published
    assert PREFIXES["org"] + "hasMemberships" not in published
    assert PREFIXES["pair"] + "membershipMember" not in published


def test_the_datatypes_of_goals_are_those_of_the_united_nations(shared: Path) -> None:
    goals = shared / "data" / "goals" / "sdg-kos-goals-targets-indicators.ttl"
    theirs = rdflib.Graph().parse(goals)
    compact = uri("sdgo:SDGCodeCompact")
    ours = rdflib.Graph().parse(data="\n".join(triples(READER, BASE)), format="nt")
    for key in ("goal:17", "target:17.17"):
        notations = list(ours.objects(thing(key), SKOS.notation))
        assert [n.datatype for n in notations if isinstance(n, rdflib.Literal)] == [compact]
        assert set(notations) <= set(theirs.objects(thing(key), SKOS.notation))


def test_no_word_is_about_persons() -> None:
    personal = re.compile(r"person|e-?mail|mbox|phone|firstname|lastname|head|family_?name", re.I)
    assert [word for word in words() if personal.search(word)] == []


def test_the_page_of_the_mapping_is_up_to_date() -> None:
    path = ROOT / "docs" / "rdf.md"
    assert path.read_text() == page(), "python -m graph.rdf.page > docs/rdf.md"


# Our own vocabulary -----------------------------------------------------------------------------


def test_each_word_of_ours_is_described_once_in_french_and_in_english() -> None:
    names = [term.name for term in own_terms()]
    assert len(names) == len(set(names))
    graph = rdflib.Graph().parse(data="\n".join(vocabulary(BASE)), format="nt")
    for term in own_terms():
        labels = list(graph.objects(uri(term.name), RDFS.label))
        languages = sorted(str(b.language) for b in labels if isinstance(b, rdflib.Literal))
        assert languages == ["en", "fr"], term.name
        assert len(term.domains) == len(list(graph.objects(uri(term.name), RDFS.domain))) or (
            len(term.domains) > 1
        )
    assert {word for word in words() if word.startswith("fa:")} <= {*names, "fa:levers"}


def test_each_closed_vocabulary_is_a_concept_scheme() -> None:
    assert set(VOCABULARY_LABELS) == set(CLOSED)
    graph = rdflib.Graph().parse(data="\n".join(vocabulary(BASE)), format="nt")
    for closed in CLOSED:
        home = uri(f"fa:{closed.__name__}Scheme")
        assert len(list(graph.subjects(SKOS.inScheme, home))) == len(closed)
    assert (uri("fa:MemberRole-lead"), RDF.type, uri("org:Role")) in graph


def test_properties_of_one_name_have_one_type_so_that_claims_can_name_them() -> None:
    by_name: dict[str, set[tuple[object, bool]]] = {}
    for _, declared in properties():
        by_name.setdefault(declared.name, set()).add((declared.type, declared.many))
    assert [name for name, types in by_name.items() if len(types) > 1] == []


# What is written --------------------------------------------------------------------------------


def test_a_registered_company_is_a_legal_entity(written: rdflib.Graph) -> None:
    assert classes(written, LA_POSTE) == {
        "legal:LegalEntity",
        "org:FormalOrganization",
        "org:Organization",
        "pair:Organization",
        "schema:Organization",
    }
    assert objects(written, thing(LA_POSTE), "legal:companyType") == [
        "http://id.insee.fr/codes/cj/n3/5510"
    ]
    assert objects(written, thing(LA_POSTE), "wdt:P1616") == ["356000000"]
    names = written.objects(thing(LA_POSTE), SKOS.prefLabel)
    assert [name.n3() for name in names] == ['"LA POSTE"@fr']
    assert "LA POSTE" not in objects(written, thing(LA_POSTE), "skos:altLabel")


def test_a_public_body_is_one_and_is_never_member_by_a_direct_triple(
    written: rdflib.Graph,
) -> None:
    assert classes(written, CITY) == {
        "cv:PublicOrganisation",
        "legal:LegalEntity",
        "org:FormalOrganization",
        "org:Organization",
        "pair:Organization",
        "schema:Organization",
    }
    # CPOV 2.1.2, PublicOrganisationShape: org:memberOf and org:hasMember are public bodies only.
    assert not list(written.subject_objects(uri("org:memberOf")))
    assert not list(written.subject_objects(uri("org:hasMember")))


@pytest.mark.parametrize("key", [GROUP, "org:habitants"])
def test_what_is_no_legal_person_is_an_organisation_only(key: str, written: rdflib.Graph) -> None:
    assert classes(written, key) == {
        "org:Organization",
        "pair:Organization",
        "schema:Organization",
    }


def test_a_collaboration_is_never_a_legal_entity(written: rdflib.Graph) -> None:
    assert classes(written, SILVERGEEK) == {
        "fa:AllianceInteretGeneral",
        "org:OrganizationalCollaboration",
        "pair:Organization",
    }
    assert classes(written, DYNAMIQUE) == {
        "fa:AllianceInteretGeneral",
        "org:FormalOrganization",
        "pair:Organization",
    }
    # ORG, § OrganizationalCollaboration: not a legal entity.
    both = set(written.subjects(RDF.type, uri("org:OrganizationalCollaboration")))
    for formal in ("org:FormalOrganization", "legal:LegalEntity"):
        assert not both & set(written.subjects(RDF.type, uri(formal)))


def test_territories_nest_as_insee_allows(written: rdflib.Graph) -> None:
    assert classes(written, GRENOBLE) == {
        "dct:Location",
        "geo:Feature",
        "igeo:Commune",
        "pair:Place",
    }
    assert "fa:Perimetre" in classes(written, "crte:grenoble")
    up = "igeo:subdivisionDirecteDe"
    assert objects(written, thing(GRENOBLE), up) == [str(thing(METROPOLE))]
    assert objects(written, thing("departement:38"), up) == [str(thing("region:84"))]
    indirect = objects(written, thing(GRENOBLE), "igeo:subdivisionDe")
    assert indirect == [str(thing("departement:38"))]
    # It left the perimeter: that stands in the statement with its period only.
    assert objects(written, thing(GRENOBLE), "dct:isPartOf") == []
    assert objects(written, thing(METROPOLE), "dct:isPartOf") == [str(thing("crte:grenoble"))]
    centre = rdflib.URIRef(f"{thing(GRENOBLE)}#centre")
    assert objects(written, centre, "geo:asWKT") == ["POINT(5.71554 45.18423)"]


def test_a_membership_stands_between_member_and_alliance(written: rdflib.Graph) -> None:
    node = rdflib.URIRef(f"{BASE}/id/membership/{LA_POSTE}/{SILVERGEEK}")
    assert objects(written, node, "org:member") == [str(thing(LA_POSTE))]
    assert objects(written, node, "pair:membershipOrganization") == [str(thing(SILVERGEEK))]
    assert objects(written, node, "org:role") == [str(uri("fa:MemberRole-initiator"))]
    [period] = written.objects(node, uri("org:memberDuring"))
    [start] = written.objects(period, uri("time:hasBeginning"))
    [year] = written.objects(start, uri("time:inXSDgYear"))
    assert year == rdflib.Literal("2014", datatype=XSD.gYear)
    assert len(list(written.subjects(RDF.type, uri("org:Membership")))) == 3


def test_what_a_tie_bears_is_a_statement_and_an_event_stays_true(written: rdflib.Graph) -> None:
    node = rdflib.URIRef(f"{BASE}/id/tie/FUNDED/{LA_POSTE}/{SILVERGEEK}")
    assert objects(written, node, "fa:amount") == ["1500.5"]
    assert (node, RDF.predicate, uri("fa:funded")) in written
    assert (thing(LA_POSTE), uri("fa:funded"), thing(SILVERGEEK)) in written
    assert (thing(SILVERGEEK), uri("schema:funder"), thing(LA_POSTE)) in written
    # A source stopped saying so: no direct triple, and a statement with its end.
    assert not list(written.subject_objects(uri("pair:supports")))
    over = rdflib.URIRef(f"{BASE}/id/tie/SUPPORTS/{RAMEAU}/{GROUP}#period")
    assert objects(written, over, "dcat:endDate") == ["2025-06-30"]


def test_goals_have_the_iris_of_the_united_nations(written: rdflib.Graph) -> None:
    goal = rdflib.URIRef("http://metadata.un.org/sdg/17")
    assert (thing(SILVERGEEK), uri("org:purpose"), goal) in written
    assert (uri("sdg:17.17"), uri("sdgo:isTargetOf"), goal) in written
    assert (rdflib.URIRef(f"{BASE}/id/goal/17"), OWL.sameAs, goal) in written
    # org:purpose is of organisations; a project has a subject.
    laboratory = thing("project:laboratoire")
    assert objects(written, laboratory, "org:purpose") == []
    assert objects(written, laboratory, "dct:subject") == ["http://metadata.un.org/sdg/17.17"]


def test_every_thing_and_every_claim_has_its_sources(written: rdflib.Graph) -> None:
    derived = uri("prov:wasDerivedFrom")
    assert objects(written, thing(LA_POSTE), "prov:wasDerivedFrom") == [
        f"{BASE}/id/source/exemples",
        f"{BASE}/id/source/reference",
    ]
    for node in READER.scan_nodes():
        assert list(written.objects(thing(node.key), derived)), node.key
    claims = list(written.subjects(RDF.type, uri("fa:Claim")))
    assert len(claims) == len(STATEMENTS)
    assert all(len(list(written.objects(claim, derived))) == 1 for claim in claims)


def test_former_ids_lead_to_the_present_one(written: rdflib.Graph) -> None:
    assert (thing("org:rameau"), OWL.sameAs, thing(RAMEAU)) in written


def test_what_two_sources_say_stays_apart(written: rdflib.Graph) -> None:
    said = {
        str(claim).rpartition("/claim/")[2].partition("/")[0]: str(name)
        for claim in written.subjects(uri("fa:about"), thing(LA_POSTE))
        for name in written.objects(claim, uri("fa:says_name"))
    }
    assert said == {"reference": "LA POSTE", "exemples": "Groupe La Poste"}


# Files ------------------------------------------------------------------------------------------


def test_no_line_has_a_blank_node_or_more_than_the_canonical_form(ntriples: Path) -> None:
    line = re.compile(
        r'<[^\x00-\x20<>"{}|^`\\]+> <[^\x00-\x20<>"{}|^`\\]+> '
        r'(?:<[^\x00-\x20<>"{}|^`\\]+>'
        r'|"(?:[^\x00-\x1f"\\\x7f]|\\[btnfr"\\])*"(?:@[a-z-]+|\^\^<[^\x00-\x20<>"{}|^`\\]+>)?) \.'
    )
    for text in ntriples.read_text().splitlines():
        assert line.fullmatch(text), text


def test_lines_are_sorted_by_bytes_and_each_stands_once(ntriples: Path) -> None:
    lines = ntriples.read_bytes().splitlines(keepends=True)
    assert lines == sorted(set(lines))
    assert lines[-1].endswith(b" .\n")


def test_ntriples_and_turtle_are_the_same_graph(ntriples: Path, tmp_path: Path) -> None:
    turtle = tmp_path / "graph.ttl"
    to_turtle(ntriples, BASE, turtle)
    from_lines = rdflib.Graph().parse(ntriples, format="nt")
    from_turtle = rdflib.Graph().parse(turtle, format="turtle")
    assert len(from_lines) == len(from_turtle) == len(ntriples.read_bytes().splitlines())
    assert isomorphic(from_lines, from_turtle)
    assert not any(isinstance(term, rdflib.BNode) for spo in from_turtle for term in spo)
    assert b"@prefix fa: <https://alliage.example/ns#>" in turtle.read_bytes()


def test_rdflib_keeps_every_value_as_it_was_written(ntriples: Path) -> None:
    graph = rdflib.Graph().parse(ntriples, format="nt")
    wrong = [
        value for value in graph.objects() if isinstance(value, rdflib.Literal) and value.ill_typed
    ]
    assert wrong == []


@pytest.mark.parametrize("in_memory", [1, 7, 400])
def test_a_sort_through_files_gives_the_same_bytes(
    in_memory: int, ntriples: Path, tmp_path: Path
) -> None:
    path = tmp_path / "graph.nt"
    count = write_ntriples(READER, BASE, path, lines_in_memory=in_memory)
    assert path.read_bytes() == ntriples.read_bytes()
    assert count == len(path.read_bytes().splitlines())
    assert [entry.name for entry in tmp_path.iterdir()] == ["graph.nt"]


def test_an_export_that_fails_leaves_the_last_one(tmp_path: Path) -> None:
    path = tmp_path / "graph.nt"
    path.write_text("before")

    class Broken(MemoryReader):
        def aliases(self) -> Iterator[tuple[str, str]]:
            raise OSError("the store is gone")

    with pytest.raises(OSError, match="is gone"):
        write_ntriples(Broken(STATEMENTS), BASE, path)
    assert path.read_text() == "before"
    assert [entry.name for entry in tmp_path.iterdir()] == ["graph.nt"]


def test_two_processes_write_the_same_bytes(ntriples: Path, tmp_path: Path) -> None:
    files = []
    for seed in ("0", "4711"):
        target = tmp_path / f"{seed}.nt"
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)}
        command = [sys.executable, __file__, str(target)]
        subprocess.run(command, check=True, env=environment, timeout=120)
        files += [target.read_bytes(), target.with_suffix(".ttl").read_bytes()]
    assert files[0] == files[2] == ntriples.read_bytes()
    assert files[1] == files[3]


# Round trip -------------------------------------------------------------------------------------


def _as_said(statements: Iterable[Statement]) -> list[Said]:
    said = [Said(s.source.name, _clean(s.claim)) for s in statements]
    return sorted(said, key=repr)


def _clean(claim: Claim) -> Claim:
    """A claim without the control characters that no RDF writer should meet."""
    said: dict[str, Value] = {
        name: [cleaned(item) for item in value]
        if isinstance(value, list)
        else cleaned(value)
        if isinstance(value, str)
        else value
        for name, value in claim.properties.items()
    }
    parts = claim.locator, claim.url, claim.date, claim.note, claim.ended
    where = [cleaned(part) for part in parts]
    if isinstance(claim, TieClaim):
        return TieClaim(claim.tie, claim.start, claim.end, cleaned(claim.record), said, *where)
    return NodeClaim(claim.subject, claim.kind, cleaned(claim.record), said, *where)


def test_every_source_and_claim_comes_back_whole(ntriples: Path) -> None:
    assert list(read_sources(ntriples, BASE)) == list(SOURCES)
    assert sorted(read_claims(ntriples, BASE), key=repr) == _as_said(STATEMENTS)


def test_export_after_import_is_the_same_file(ntriples: Path, tmp_path: Path) -> None:
    known = {source.name: source for source in read_sources(ntriples, BASE)}
    back = [Statement(known[s.source], s.claim) for s in read_claims(ntriples, BASE)]
    again = tmp_path / "again.nt"
    reader = MemoryReader(back, tuple(known.values()), READER.former)
    write_ntriples(reader, BASE, again)
    assert again.read_bytes() == ntriples.read_bytes()


def test_a_store_that_takes_the_claims_back_exports_the_same_file(
    tmp_path: Path,
) -> None:
    first = tmp_path / "first.nt"
    write_ntriples(MemoryReader([Statement(s.source, s.claim) for s in STATEMENTS]), BASE, first)
    with closing(SqliteStore(tmp_path / "graph.db", writable=True)) as store:
        for source in read_sources(first, BASE):
            with store.write(source) as writing:
                writing.add(s.claim for s in read_claims(first, BASE) if s.source == source.name)
                writing.finish()
        second = tmp_path / "second.nt"
        write_ntriples(store, BASE, second)
    assert second.read_bytes() == first.read_bytes()


def _values(declared: Property) -> st.SearchStrategy[Value]:
    one: st.SearchStrategy[Scalar]
    if not isinstance(declared.type, ValueType):
        one = st.sampled_from([term.value for term in declared.type])
    else:
        text = st.text(min_size=1).filter(lambda t: bool(cleaned(t).strip()))
        number = st.integers(-90, 90) | st.floats(-90, 90)
        by_type: dict[ValueType, st.SearchStrategy[Scalar]] = {
            ValueType.TEXT: text,
            ValueType.INTEGER: st.integers(),
            ValueType.NUMBER: number,
            ValueType.BOOLEAN: st.booleans(),
            ValueType.DATE: st.dates(min_value=datetime.date(1000, 1, 1)).map(str)
            | st.from_regex(r"(19|20)\d\d(-(0[1-9]|1[0-2])(-31)?)?", fullmatch=True),
            ValueType.URL: st.text().map(lambda tail: f"https://{tail}"),
        }
        one = by_type[declared.type]
    if declared.many:
        return st.lists(one.map(str), max_size=4)
    return one


@st.composite
def _claims(draw: st.DrawFn) -> NodeClaim:
    kind = draw(st.sampled_from([ORGANISATION, TERRITORY, LEVER, ALLIANCE, CALL]))
    said: dict[str, Value] = {}
    for declared in kind.properties:
        if draw(st.booleans()):
            said[declared.name] = draw(_values(declared))
    local = draw(st.from_regex(r"[^\s]{1,12}", fullmatch=True))
    words = st.text(max_size=8)
    where = (draw(words), draw(words), draw(words), draw(words))
    return NodeClaim(f"x:{local}", kind, draw(words), said, *where, ended=draw(st.dates().map(str)))


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(_claims())
def test_any_claim_comes_back_whole(tmp_path: Path, claim: NodeClaim) -> None:
    path = tmp_path / "one.nt"
    statement = Statement(REFERENCE, claim)
    write_ntriples(MemoryReader((statement,)), BASE, path)
    [said] = read_claims(path, BASE)
    assert said == Said("reference", _clean(claim))
    for name, value in said.claim.properties.items():  # 3 and 3.0 are equal: the type too
        assert type(value) is type(claim.properties[name])
    assert len(rdflib.Graph().parse(path, format="nt")) == len(path.read_bytes().splitlines())


# Terms ------------------------------------------------------------------------------------------


@given(st.from_regex(r"[a-z][a-z0-9_-]*:[^\s]+", fullmatch=True))
def test_an_id_comes_back_from_its_iri(key: str) -> None:
    iris = Iris(BASE)
    assert iris.key(iris.thing(key)) == key
    assert iris.key(iris.own(key)) == key


@given(st.sampled_from(sorted(RESERVED)), st.from_regex(r"[^\s]+", fullmatch=True))
def test_an_id_of_a_scheme_that_our_iris_use_is_no_iri_of_ours(scheme: str, local: str) -> None:
    iris = Iris(BASE)
    thing = iris.thing(f"{scheme}:{local}")
    assert iris.key(thing) == f"{scheme}:{local}"
    assert not thing.startswith(f"{BASE}/id/{scheme}/")


def test_ids_of_goals_and_targets_are_those_of_the_united_nations() -> None:
    iris = Iris(BASE)
    assert iris.thing("goal:17") == "http://metadata.un.org/sdg/17"
    assert iris.thing("target:1.a") == "http://metadata.un.org/sdg/1.a"
    assert iris.thing("goal:bien-vivre") == f"{BASE}/id/goal/bien-vivre"
    assert iris.thing(GRENOBLE) == f"{BASE}/id/commune/38185"
    assert {iris.key(iris.thing(key)) for key in ("goal:17", "target:1.a")} == {
        "goal:17",
        "target:1.a",
    }


@pytest.mark.parametrize("base", ["alliage", "https://a.example/", "ftp://a", "https://a b"])
def test_a_base_is_an_absolute_web_iri(base: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        Iris(base)


def test_dates_are_as_precise_as_known() -> None:
    xsd = "http://www.w3.org/2001/XMLSchema#"
    assert date("2012") == f'"2012"^^<{xsd}gYear>'
    assert date("2020-03") == f'"2020-03"^^<{xsd}gYearMonth>'
    assert date("2020-02-29") == f'"2020-02-29"^^<{xsd}date>'
    assert date("2021-02-29") == '"2021-02-29"'
    assert date("2012", only=10) is None


def test_numbers_are_decimals_and_come_back_of_their_type() -> None:
    xsd = "http://www.w3.org/2001/XMLSchema#"
    assert decimal(3) == f'"3"^^<{xsd}decimal>'
    assert decimal(3.0) == f'"3.0"^^<{xsd}decimal>'
    assert decimal(1e-7) == f'"0.0000001"^^<{xsd}decimal>'
    assert decimal(1e22) == f'"10000000000000000000000.0"^^<{xsd}decimal>'


def test_a_url_is_an_iri_or_is_left_to_the_claim() -> None:
    assert web_iri("https://www.laposte.fr/a b") == "<https://www.laposte.fr/a%20b>"
    assert web_iri("https://a.fr/?x[]=1&y=%zz") == "<https://a.fr/?x%5B%5D=1&y=%25zz>"
    assert web_iri("https://nulle-part:port/") is None


def test_legal_forms_have_three_levels() -> None:
    assert legal_form_iri("9220") == "<http://id.insee.fr/codes/cj/n3/9220>"
    assert legal_form_iri("92") == "<http://id.insee.fr/codes/cj/n2/92>"
    assert legal_form_iri("SARL") is None


def test_the_order_of_a_list_is_kept_only_where_it_is_lost() -> None:
    assert list_order("websites", ["a", "b"]) is None
    assert list_order("websites", ["b", "a"]) == "websites 1 0"
    assert list_order("websites", ["b", "a", "b"]) == "websites 1 0 1"
    assert list_order("websites", []) == "websites"


def main() -> None:
    """Export the examples to a path: another process, another hash seed."""
    reader: Scannable = READER
    target = Path(sys.argv[1])
    write_ntriples(reader, BASE, target)
    write_turtle(reader, BASE, target.with_suffix(".ttl"))


if __name__ == "__main__":
    main()
