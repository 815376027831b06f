import json
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from graph.claims import Claim, NodeClaim, Source, TieClaim
from graph.errors import SourceError
from graph.identity import Judgement, Verdict
from graph.model import (
    AIMS_AT,
    CARRIES,
    KINDS,
    MEMBER_OF,
    ORGANISATION,
    PART_OF,
    SEATED_IN,
    Kind,
)
from graph.rdf.export import Provenance
from graph.rdf.files import write_ntriples, write_turtle
from graph.sqlite.store import SqliteStore
from graph.store import Reader
from graph.validation import problems
from ingest import rdf
from ingest.actors import PERSON
from ingest.catalogue import bundled, is_rdf
from ingest.files.records import Reject
from ingest.rows import Rejected
from ingest.runner import ingest, ingest_files
from ingest.sources.rdf import SOURCE, TABULAR, tabular
from ingest.tabular import Tabular

BASE = "https://graphe.example/alliage"
DATA = Path(__file__).parents[2] / "data" / "rdf"
PAIR, ORG = DATA / "pair.jsonld", DATA / "org.ttl"
ADEME, ANGERS = "siren:385290309", "commune:49007"
CDC = "rdf:pair.example/organizations/cdc"
GRENOBLE, METROPOLE = "siren:213801855", "rdf:org.example/metropole"

Told = tuple[list[Claim], Counter[str], int, set[str]]
Tell = Callable[[Tabular, Sequence[Path]], Told]


def _export(reader: Reader, path: Path) -> bytes:
    write_ntriples(reader, BASE, path)
    return path.read_bytes()


def _take_back(file: Path, store: SqliteStore) -> list[str]:
    store.judge(rdf.judgements(file))
    return [done.source.name for done in ingest(store, rdf.EXPORT, file)]


@pytest.fixture
def ecosystem(tmp_path: Path) -> SqliteStore:
    store = SqliteStore(tmp_path / "ecosystem.db", writable=True)
    known = bundled("ecosystem")
    assert known is not None
    assert list(ingest(store, known))
    return store


# Our own export -----------------------------------------------------------------------------------


def test_an_export_read_into_an_empty_store_is_exported_the_same(
    tmp_path: Path, ecosystem: SqliteStore
) -> None:
    with closing(ecosystem), closing(SqliteStore(tmp_path / "again.db", writable=True)) as again:
        first = _export(ecosystem, tmp_path / "first.nt")
        names = _take_back(tmp_path / "first.nt", again)
        assert sorted(names) == [each.source.name for each in ecosystem.sources()]
        assert [each.source for each in again.sources()] == [
            each.source for each in ecosystem.sources()
        ]
        assert _export(again, tmp_path / "second.nt") == first


def test_an_export_in_turtle_or_in_any_order_comes_back_whole(
    tmp_path: Path, ecosystem: SqliteStore
) -> None:
    with closing(ecosystem):
        first = _export(ecosystem, tmp_path / "first.nt")
        write_turtle(ecosystem, BASE, tmp_path / "first.ttl")
    lines = first.splitlines(keepends=True)
    (tmp_path / "reversed.nt").write_bytes(b"".join(reversed(lines)) + lines[0])
    for name in ("first.ttl", "reversed.nt"):
        with closing(SqliteStore(tmp_path / f"{name}.db", writable=True)) as again:
            _take_back(tmp_path / name, again)
            assert _export(again, tmp_path / f"{name}.nt") == first


def test_reading_an_export_twice_changes_nothing(tmp_path: Path, ecosystem: SqliteStore) -> None:
    with closing(ecosystem), closing(SqliteStore(tmp_path / "again.db", writable=True)) as again:
        _export(ecosystem, tmp_path / "first.nt")
        _take_back(tmp_path / "first.nt", again)
        for done in ingest(again, rdf.EXPORT, tmp_path / "first.nt"):
            assert done.written.written == done.written.removed == done.written.ended == 0
            assert done.written.unchanged == done.read


def test_former_ids_ended_claims_and_a_source_without_claims_come_back(tmp_path: Path) -> None:
    with (
        closing(SqliteStore(tmp_path / "one.db", writable=True)) as store,
        closing(SqliteStore(tmp_path / "two.db", writable=True)) as again,
    ):
        said: list[Claim] = [
            NodeClaim("siren:385290309", ORGANISATION, "1", {"name": "ADEME"}, "ligne 1"),
            NodeClaim("liste:ademe", ORGANISATION, "2", {"name": "L'ADEME"}, ended="2024-03-01"),
            TieClaim(SEATED_IN, "liste:ademe", ANGERS, "2", note="« à Angers »"),
        ]
        for name in ("liste", "liste-vide"):
            with store.write(Source(name, name, "Éditeur", "ODbL 1.0")) as writing:
                writing.add(said if name == "liste" else ())
                writing.finish()
        store.judge([Judgement("liste:ademe", ADEME, Verdict.SAME, "personne", "2024-01-01")])
        first = _export(store, tmp_path / "one.nt")
        assert _take_back(tmp_path / "one.nt", again) == ["liste", "liste-vide"]
        assert list(again.aliases()) == [("liste:ademe", ADEME)]
        assert _export(again, tmp_path / "two.nt") == first


def test_an_export_without_all_its_claims_is_refused(
    tmp_path: Path, ecosystem: SqliteStore
) -> None:
    with closing(ecosystem):
        write_ntriples(ecosystem, BASE, tmp_path / "part.nt", Provenance.LOCATED)
    with pytest.raises(SourceError, match="--all-claims"):
        next(rdf.read(tmp_path / "part.nt"))


def test_the_base_is_found_in_the_file(tmp_path: Path, ecosystem: SqliteStore) -> None:
    with closing(ecosystem):
        _export(ecosystem, tmp_path / "export.nt")
    assert rdf.base_of(tmp_path / "export.nt") == BASE
    assert rdf.base_of(ORG) == rdf.base_of(PAIR) == ""
    with pytest.raises(SourceError, match="n'est pas un export"):
        next(rdf.read(ORG))


def test_a_truncated_export_leaves_its_source_as_it_was(
    tmp_path: Path, ecosystem: SqliteStore
) -> None:
    with closing(ecosystem):
        first = _export(ecosystem, tmp_path / "first.nt")
        broken = first.replace(b"/ns#saysKind> <", b"/ns#saysKind> <oups ", 3)
        (tmp_path / "broken.nt").write_bytes(broken)
        with pytest.raises(SourceError):
            _take_back(tmp_path / "broken.nt", ecosystem)
        assert _export(ecosystem, tmp_path / "second.nt") == first


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_no_damage_to_an_export_crashes_its_reading(
    tmp_path: Path, small_export: bytes, data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(small_export)))
    more = data.draw(st.binary(max_size=20))
    file = tmp_path / "damaged.nt"
    file.write_bytes(small_export[:at] + more + small_export[at + len(more) :])
    try:
        for _, claims in rdf.read(file, BASE):
            for _claim in claims:
                pass
        list(rdf.judgements(file, BASE))
    except SourceError:
        pass


@pytest.fixture(scope="module")
def small_export(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    folder = tmp_path_factory.mktemp("small")
    with closing(SqliteStore(folder / "small.db", writable=True)) as store:
        with store.write(SOURCE) as writing:
            writing.add([NodeClaim(ADEME, ORGANISATION, "1", {"name": "ADEME"})])
            writing.finish()
        whole = _export(store, folder / "small.nt")
    own = f"<{BASE}/id/".encode()
    return b"".join(line for line in whole.splitlines(keepends=True) if line.startswith(own))


# RDF of others ------------------------------------------------------------------------------------


def _nodes(claims: list[Claim]) -> dict[str, NodeClaim]:
    return {claim.subject: claim for claim in claims if isinstance(claim, NodeClaim)}


def _ties(claims: list[Claim]) -> set[tuple[object, str, str]]:
    return {(c.tie, c.start, c.end) for c in claims if isinstance(c, TieClaim)}


def test_organisations_of_semapps_in_json_ld(told: Tell) -> None:
    claims, rejects, count, unused = told(TABULAR, [PAIR])
    nodes = _nodes(claims)
    assert nodes[ADEME].properties == {
        "name": "ADEME",
        "purpose": "Agence de la transition écologique. Écrire à [coordonnée retirée]"
        " — Thèmes : Énergie",
        "websites": ["https://www.ademe.fr"],
        "identifiers": ["https://pair.example/organizations/ademe"],
        "siren": "385290309",
        "address": "20 avenue du Grésillé, 49000 Angers",
    }
    assert nodes[ADEME].url == "https://pair.example/organizations/ademe"
    assert nodes["rdf:pair.example/projects/acv"].properties == {
        "name": "Action cœur de ville",
        "websites": ["https://pair.example/projects/acv"],
        "started": "2018-03-27",
    }
    [partnership] = [each for each in nodes.values() if each.kind.name == "Alliance"]
    assert partnership.properties["type"] == "partnership"
    assert _ties(claims) == {
        (AIMS_AT, ADEME, "goal:13"),
        (SEATED_IN, ADEME, ANGERS),
        (CARRIES, CDC, "rdf:pair.example/projects/acv"),
        (MEMBER_OF, ADEME, partnership.subject),
        (MEMBER_OF, CDC, partnership.subject),
    }
    assert rejects == {PERSON: 1, "d'une classe que le modèle n'a pas": 1}
    assert (count, unused) == (5, set())
    assert "Quelqu'un" not in repr(claims)


def test_organisations_of_w3c_org(told: Tell) -> None:
    claims, rejects, _, _ = told(TABULAR, [ORG])
    assert _nodes(claims)[GRENOBLE].properties["siren"] == "213801855"
    # Nothing says that 200040715 is a SIREN: it is a number among others.
    assert _nodes(claims)[METROPOLE].properties == {
        "name": "Grenoble-Alpes Métropole",
        "other_names": ["Grenoble Alps Metropolis"],
        "identifiers": ["https://org.example/metropole", "200040715"],
    }
    assert _ties(claims) == {
        (PART_OF, GRENOBLE, METROPOLE),
        (MEMBER_OF, GRENOBLE, "rdf:org.example/reseau"),
        (SEATED_IN, GRENOBLE, "commune:38185"),
    }
    [member] = [c for c in claims if isinstance(c, TieClaim) and c.tie is MEMBER_OF]
    assert member.properties == {"role": "member", "since": "2010", "words": ["membre"]}
    assert rejects == {
        PERSON: 1,
        "sans adresse (IRI) : rien ne le désigne d'une édition à l'autre": 1,
    }
    assert "Quelqu'un" not in repr(claims)


def test_the_source_is_the_dataset_that_the_file_describes() -> None:
    assert tabular([ORG]).source == Source(
        "rdf-intercommunalite",
        "Intercommunalité",
        "Intercommunalités de France",
        "licence ouverte",
        "https://org.example/dataset",
        "2026-01-15",
        60,
    )
    assert tabular([PAIR]).source == SOURCE


@pytest.mark.needs_shared
def test_the_examples_of_core_business_and_of_public_organisations(
    shared: Path, told: Tell
) -> None:
    vocab = shared / "vocab"
    claims, rejects, _, _ = told(TABULAR, [vocab / "corebusiness" / "example-rdf_legal_entity.ttl"])
    assert _nodes(claims)["rdf:example.com/a"].properties == {
        "name": "Comité belge pour l'UNICEF",
        "other_names": ["Belgisch Comite voor UNICEF"],
        "identifiers": ["http://example.com/a", "0407.562.029"],
        "started": "1952-09-27",
        "address": "Rue Picard 7/306, 1000 Bruxelles, Belgique",
    }
    more, none, _, _ = told(TABULAR, [vocab / "cpov" / "example-rdf_public_organisation.ttl"])
    finance = _nodes(more)["rdf:example.com/po"].properties
    assert finance["name"] == "Service Public Fédéral FINANCES"
    assert finance["address"] == "Boulevard du Roi Albert II 33 1030 Bruxelles, Belgique"
    assert len(finance["websites"]) == 4  # type: ignore[arg-type]
    assert "info@unicef.be" not in repr(claims)
    assert not rejects + none
    assert not _ties(claims + more)  # Brussels is in no commune of France


def test_a_number_is_a_siren_only_where_something_says_so(tmp_path: Path, told: Tell) -> None:
    file = tmp_path / "a.jsonld"
    thing = {"@type": "http://www.w3.org/ns/org#Organization"}
    name = "http://www.w3.org/2004/02/skos/core#prefLabel"
    number = "http://purl.org/dc/terms/identifier"
    graph = [
        {**thing, "@id": "https://a.example/siren/552100554", name: "Peugeot SA"},
        {**thing, "@id": "https://a.example/2", name: "Commune", number: "SIRET 21380185500015"},
        {**thing, "@id": "https://a.example/3", name: "Autre liste", number: "552100554"},
    ]
    file.write_text(json.dumps(graph))
    claims, _, _, _ = told(TABULAR, [file])
    assert list(_nodes(claims)) == [
        "siren:552100554", "siret:21380185500015", "rdf:a.example/3",
    ]  # fmt: skip
    assert _ties(claims) == {(PART_OF, "siret:21380185500015", "siren:213801855")}


@pytest.mark.parametrize(
    "context",
    ["https://schema.org/", ["https://x.example/ctx"], {"a": {"@context": "https://y.example"}}],
)
def test_no_context_is_ever_fetched(tmp_path: Path, context: object) -> None:
    file = tmp_path / "a.jsonld"
    file.write_text(json.dumps({"@context": context, "@id": "https://a.example/b"}))
    with pytest.raises(SourceError, match="ne télécharge"):
        list(TABULAR.read([file], set()))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("deep.jsonld", b'{"http://a/b":' * 9_000 + b"1" + b"}" * 9_000),
        (
            "bomb.rdf",
            b'<!DOCTYPE a [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><rdf:RDF xmlns:rdf='
            b'"http://www.w3.org/1999/02/22-rdf-syntax-ns#"/>',
        ),
        ("wide.jsonld", '{"@id": "http://a/b"}'.encode("utf-16")),
        ("latin.ttl", b'<http://a/b> <http://a/c> "\xe9" .'),
        ("other.csv", b"nom;ville"),
    ],
)
def test_what_is_dangerous_or_no_rdf_is_refused(tmp_path: Path, name: str, content: bytes) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    with pytest.raises(SourceError):
        list(TABULAR.read([file], set()))


def test_a_file_without_anything_of_ours_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "empty.ttl"
    file.write_text("<http://a/b> <http://a/c> 1 .")
    with (
        closing(SqliteStore(tmp_path / "a.db", writable=True)) as store,
        pytest.raises(SourceError, match="aucun enregistrement"),
    ):
        ingest_files(store, TABULAR, [file], tmp_path / "rejects")


def test_files_are_recognised_by_the_end_of_their_names() -> None:
    assert is_rdf("Export.TTL")
    assert is_rdf("pair.jsonld")
    assert not is_rdf("transiscope.json")


def _takes(files: list[Path]) -> None:
    try:
        rows = list(TABULAR.read(files, set()))
    except SourceError:
        return
    for row in rows:
        if isinstance(row, Reject):
            continue
        try:
            claims = list(TABULAR.transform(row))
        except Rejected:
            continue
        assert [wrong for claim in claims if (wrong := problems(claim))] == []


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(sorted(rdf.FORMATS)), st.binary(max_size=300))
@example(".rdf", b"<!ENTITY")
def test_no_bytes_crash_it(tmp_path: Path, suffix: str, content: bytes) -> None:
    file = tmp_path / f"any{suffix}"
    file.write_bytes(content)
    _takes([file])


_WORDS = st.sampled_from(
    [
        "http://www.w3.org/1999/02/22-rdf-syntax-ns#type",
        "http://virtual-assembly.org/ontologies/pair#label",
        "http://virtual-assembly.org/ontologies/pair#partnerOf",
        "http://virtual-assembly.org/ontologies/pair#hasLocation",
        "http://virtual-assembly.org/ontologies/pair#addressZipCode",
        "http://virtual-assembly.org/ontologies/pair#latitude",
        "http://www.w3.org/ns/org#memberOf",
        "http://www.w3.org/ns/org#member",
        "http://www.w3.org/ns/org#organization",
        "http://www.w3.org/ns/org#identifier",
        "http://schema.org/foundingDate",
        "http://xmlns.com/foaf/0.1/homepage",
        "http://purl.org/dc/terms/subject",
    ]
)
_NODES = st.sampled_from(["http://a/1", "http://a/2", "urn:x:3", "_:b", "http://a/siren/552100554"])
_CLASSES = st.sampled_from(
    [
        {"@id": f"http://virtual-assembly.org/ontologies/pair#{name}"}
        for name in ("Organization", "Project", "Person")
    ]
    + [{"@id": "http://www.w3.org/ns/org#OrganizationalCollaboration"}]
)
_VALUES = (
    _CLASSES
    | _NODES.map(lambda node: {"@id": node})
    | st.text(max_size=12).map(lambda text: {"@value": text})
)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(_NODES, _WORDS, _VALUES), max_size=25))
def test_no_graph_crashes_it(tmp_path: Path, triples: list[tuple[str, str, object]]) -> None:
    file = tmp_path / "any.jsonld"
    kind = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
    file.write_text(
        json.dumps(
            [
                {"@id": s, "@type": [str(o["@id"])]}
                if p == kind and isinstance(o, dict) and "@id" in o
                else {"@id": s, p: [o]}
                for s, p, o in triples
            ]
        )
    )
    _takes([file])


_KINDS: list[Kind] = list(KINDS)
_COLUMNS = st.sampled_from(
    ["→ nature", "→ sujet", "→ adresse", "→ siren", "→ appartenance", "pair:label", "org:memberOf",
     "pair:partnerOf", "pair:hasTopic", "pair:homePage", "schema:foundingDate", "pair:latitude",
     "legal:companyType", "fa:world"]
)  # fmt: skip


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.dictionaries(
        _COLUMNS,
        st.text()
        | st.sampled_from([kind.name for kind in _KINDS])
        | st.sampled_from(["rdf:a", "→\x1fAlliance\x1frdf:b\x1fRéseau\x1fpilote", "http://a/b"]),
    )
)
def test_no_row_crashes_it(
    takes_or_rejects: Callable[[Tabular, dict[str, str]], None], values: dict[str, str]
) -> None:
    takes_or_rejects(TABULAR, values)
