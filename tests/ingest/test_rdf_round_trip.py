"""What an export says comes back whole: ties to what nobody describes, judgements, all claims."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
import rdflib
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rdflib.namespace import OWL, RDF

from graph.claims import Claim, NodeClaim, Source, TieClaim
from graph.errors import SourceError
from graph.identity import Judgement, Verdict
from graph.model import MEMBER_OF, ORGANISATION, PART_OF, SEATED_IN, TERRITORY, TIES
from graph.rdf.export import Provenance
from graph.rdf.files import write_ntriples, write_turtle
from graph.rdf.mapping import Judge
from graph.rdf.ntriples import cleaned
from graph.sqlite.store import SqliteStore
from graph.store import Reader
from ingest import rdf
from ingest.catalogue import bundled
from ingest.duplicates.resolution import COMPARISON, IDENTIFIERS, PERSON
from ingest.runner import ingest

BASE = "https://graphe.example/alliage"
ADEME, ANGERS = "siren:385290309", "commune:49007"
LISTED, NETWORK = "liste:ademe", "liste:ademe-reseau"
LIST = Source("liste", "Liste", "Éditeur", "ODbL 1.0", trust=50, keeps_history=False)
REGISTER = Source("registre", "Registre", "Insee", "Licence Ouverte 2.0", trust=80)

# The ADEME of two sources, its seat, which neither describes, and itself as a part of itself.
SAID: tuple[tuple[Source, list[Claim]], ...] = (
    (
        LIST,
        [
            NodeClaim(LISTED, ORGANISATION, "1", {"name": "L'ADEME"}),
            NodeClaim(NETWORK, ORGANISATION, "2", {"name": "Réseau de l'ADEME"}),
            TieClaim(SEATED_IN, LISTED, ANGERS, "1", {}, "ligne 1", note="« à Angers »"),
            TieClaim(PART_OF, LISTED, ADEME, "1", {"words": ["délégation"]}),
            TieClaim(PART_OF, NETWORK, "liste:nulle-part", "2"),
            TieClaim(PART_OF, "source:1", "claim:liste/1", "4"),
            TieClaim(MEMBER_OF, "liste:x/y%", "liste:é", "3", {"role": "initiator"}, ended="2024"),
        ],
    ),
    (REGISTER, [NodeClaim(ADEME, ORGANISATION, "385290309", {"name": "ADEME"})]),
)
JUDGED = (
    Judgement(LISTED, ADEME, Verdict.SAME, PERSON, "2026-11-22"),
    Judgement(
        NETWORK, ADEME, Verdict.DIFFERENT, PERSON, "2026-11", 1.0, "un réseau,\nnon l'agence"
    ),
    Judgement(NETWORK, LISTED, Verdict.UNSURE, COMPARISON, "2026", 0.1 + 0.2, "même « nom »"),
    Judgement("liste:nulle-part", "liste:é", Verdict.SAME, IDENTIFIERS, "", 1e-7),
)


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[tuple[SqliteStore, SqliteStore]]:
    with ExitStack() as stack:
        opened = [
            stack.enter_context(closing(SqliteStore(tmp_path / f"{name}.db", writable=True)))
            for name in ("one", "two")
        ]
        yield opened[0], opened[1]


@pytest.fixture
def told(stores: tuple[SqliteStore, SqliteStore]) -> SqliteStore:
    store, _ = stores
    for source, claims in SAID:
        with store.write(source) as writing:
            writing.add(claims)
            writing.finish()
    return store


def export(reader: Reader, path: Path, provenance: Provenance = Provenance.WHOLE) -> bytes:
    write_ntriples(reader, BASE, path, provenance)
    return path.read_bytes()


def take_back(file: Path, store: SqliteStore) -> None:
    store.judge(rdf.judgements(file))
    assert list(ingest(store, rdf.EXPORT, file))


def kept(store: Reader) -> Mapping[str, object]:
    """All that sources say and that was judged, as it lies in a store."""
    return {
        "sources": [each.source for each in store.sources()],
        "claims": [*store.scan_node_claims()],
        "ties": {tie.name: [*store.scan_tie_claims(tie)] for tie in TIES},
        "judgements": [*store.judgements()],
        "merged": [*store.scan_nodes()],
    }


def test_every_claim_and_every_judgement_comes_back_as_it_was(
    tmp_path: Path, told: SqliteStore, stores: tuple[SqliteStore, SqliteStore]
) -> None:
    _, again = stores
    assert told.judge(JUDGED) == 4
    first = export(told, tmp_path / "one.nt")
    take_back(tmp_path / "one.nt", again)
    assert kept(again) == kept(told)
    assert [*again.judgements()] == sorted(each.ordered for each in JUDGED)
    assert export(again, tmp_path / "two.nt") == first


def test_a_merge_that_came_back_can_be_undone(
    tmp_path: Path, told: SqliteStore, stores: tuple[SqliteStore, SqliteStore]
) -> None:
    _, again = stores
    before = export(told, tmp_path / "before.nt")
    told.judge(JUDGED)
    export(told, tmp_path / "one.nt")
    take_back(tmp_path / "one.nt", again)
    assert again.withdraw((each.one, each.other) for each in JUDGED) == 4
    assert export(again, tmp_path / "two.nt") == before


def test_documents_with_undescribed_ends_and_three_verdicts_come_back_from_turtle(
    tmp_path: Path, stores: tuple[SqliteStore, SqliteStore]
) -> None:
    store, again = stores
    known = bundled("ecosystem")
    assert known is not None
    assert list(ingest(store, known))
    described = {node.key for node in store.scan_nodes()}
    loose = [(s, e) for tie in TIES for s, e, _ in store.scan_tie_claims(tie)]
    assert any(not described >= {*ends} for ends in loose)
    keys = [node.key for node in store.scan_nodes() if node.kind is ORGANISATION][:4]
    for verdict, other in zip(Verdict, keys[1:], strict=True):
        store.judge([Judgement(keys[0], other, verdict, COMPARISON, "2026-11-22", 0.75)])
    first = export(store, tmp_path / "one.nt")
    write_turtle(store, BASE, tmp_path / "one.ttl")
    take_back(tmp_path / "one.ttl", again)
    assert kept(again) == kept(store)
    assert export(again, tmp_path / "two.nt") == first


def test_an_undescribed_end_has_its_iri_in_claims_and_nothing_is_said_of_it(
    tmp_path: Path, told: SqliteStore
) -> None:
    export(told, tmp_path / "one.nt")
    graph = rdflib.Graph().parse(tmp_path / "one.nt")
    end = rdflib.URIRef(f"{BASE}/id/commune/49007")
    assert not list(graph.predicate_objects(end))
    assert {str(predicate) for predicate in graph.predicates(None, end)} == {str(RDF.object)}


def test_the_default_export_has_what_is_decided_and_what_names_its_place(
    tmp_path: Path, told: SqliteStore
) -> None:
    told.judge(JUDGED)
    export(told, tmp_path / "part.nt", Provenance.LOCATED)
    graph = rdflib.Graph().parse(tmp_path / "part.nt")
    verdicts = [str(v) for v in graph.objects(None, rdflib.URIRef(f"{BASE}/ns#verdict"))]
    assert sorted(verdicts) == [
        f"{BASE}/ns#Verdict-{word}" for word in ("different", "same", "same")
    ]
    ademe, listed, network = (
        rdflib.URIRef(f"{BASE}/id/{path}")
        for path in ("siren/385290309", "liste/ademe", "liste/ademe-reseau")
    )
    assert (listed, OWL.sameAs, ademe) in graph
    assert (network, OWL.differentFrom, ademe) in graph
    seat = rdflib.URIRef(f"{BASE}/id/commune/49007")
    assert [str(s).rpartition("/claim/")[2] for s in graph.subjects(RDF.object, seat)] == [
        "liste/1/SEATED_IN/liste:ademe/commune:49007"
    ]


def test_who_judged_is_never_told_by_name(
    tmp_path: Path, told: SqliteStore, stores: tuple[SqliteStore, SqliteStore]
) -> None:
    _, again = stores
    told.judge([Judgement(LISTED, ADEME, Verdict.UNSURE, "quelqu'un de l'équipe", "2026")])
    first = export(told, tmp_path / "one.nt")
    assert "quelqu'un de l'équipe".encode() not in first
    take_back(tmp_path / "one.nt", again)
    assert [each.who for each in again.judgements()] == ["autre"]
    assert export(again, tmp_path / "two.nt") == first


def test_all_that_judges_in_alliage_has_its_concept() -> None:
    assert {IDENTIFIERS, COMPARISON, PERSON} == {each.value for each in Judge} - {"autre"}


@pytest.mark.parametrize("said", ["SEATED_IN", "PART_OF", "liste:ademe-reseau"])
def test_an_export_that_lost_a_claim_is_refused(
    said: str, tmp_path: Path, told: SqliteStore
) -> None:
    whole = export(told, tmp_path / "one.nt").splitlines(keepends=True)
    start = f"<{BASE}/id/claim/".encode()
    left = [line for line in whole if not (line.startswith(start) and said.encode() in line)]
    assert len(left) < len(whole)
    (tmp_path / "left.nt").write_bytes(b"".join(left))
    with pytest.raises(SourceError, match="toutes les affirmations"):
        next(rdf.read(tmp_path / "left.nt"))


def test_a_default_export_where_only_ties_are_left_out_is_refused(
    tmp_path: Path, stores: tuple[SqliteStore, SqliteStore]
) -> None:
    store, _ = stores
    with store.write(LIST) as writing:
        writing.add(
            [
                NodeClaim(LISTED, ORGANISATION, "1", {"name": "L'ADEME"}, "ligne 1"),
                NodeClaim(ANGERS, TERRITORY, "2", {"name": "Angers"}, "ligne 2"),
                TieClaim(SEATED_IN, LISTED, ANGERS, "1"),
            ]
        )
        writing.finish()
    export(store, tmp_path / "part.nt", Provenance.LOCATED)
    with pytest.raises(SourceError, match="--all-claims"):
        next(rdf.read(tmp_path / "part.nt"))


@pytest.mark.parametrize(
    ("there", "instead"),
    [
        (b"/ns#Verdict-same>", b"/ns#Verdict-perhaps>"),
        (b"/ns#Judge-personne>", b"/id/liste/quelquun>"),
        (b"/ns#judges>", b"/ns#judged>"),
        (b'"0.0000001"', b'"beaucoup"'),
    ],
)
def test_a_judgement_that_cannot_be_read_is_told_and_nothing_is_judged(
    there: bytes,
    instead: bytes,
    tmp_path: Path,
    told: SqliteStore,
    stores: tuple[SqliteStore, SqliteStore],
) -> None:
    _, again = stores
    told.judge(JUDGED)
    whole = export(told, tmp_path / "one.nt")
    own = f"<{BASE}/id/judgement/".encode()
    lines = [
        line.replace(there, instead) if line.startswith(own) else line
        for line in whole.splitlines(keepends=True)
    ]
    (tmp_path / "broken.nt").write_bytes(b"".join(lines))
    with pytest.raises(SourceError):
        again.judge(rdf.judgements(tmp_path / "broken.nt"))
    assert [*again.judgements()] == []


_KEYS = st.from_regex(r"([a-z][a-z0-9-]*|claim|judgement|source|tie):\S{1,12}", fullmatch=True)
_JUDGEMENTS = st.builds(
    Judgement,
    _KEYS,
    _KEYS,
    st.sampled_from([Verdict.DIFFERENT, Verdict.UNSURE]),
    st.sampled_from([judge.value for judge in Judge]),
    st.dates().map(str) | st.just(""),
    st.floats(0, 1),
    st.text(max_size=20).map(cleaned),
)


@settings(
    max_examples=100,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(_JUDGEMENTS, max_size=5, unique_by=lambda j: (j.ordered.one, j.ordered.other)))
def test_any_judgement_comes_back_whole(tmp_path: Path, judged: list[Judgement]) -> None:
    path = tmp_path / "any.db"
    path.unlink(missing_ok=True)
    with closing(SqliteStore(path, writable=True)) as store:
        with store.write(LIST) as writing:
            writing.finish()
        store.judge(judged)
        export(store, tmp_path / "any.nt")
        expected = [*store.judgements()]
    assert len(expected) == len(judged)
    assert sorted(rdf.judgements(tmp_path / "any.nt")) == expected
