from collections import defaultdict
from contextlib import closing
from pathlib import Path

from graph.claims import Claim, NodeClaim, Source
from graph.identity import Judgement, Verdict
from graph.model import ORGANISATION
from graph.sqlite.store import SqliteStore
from graph.view import View, memory_view
from queries.coverage import sources
from queries.ledger import COUNTED


def told(view: View) -> dict[str, set[str]]:
    """The sources of each thing, by its id."""
    spoken, found = sources(view), defaultdict(set)
    for thing, source in zip(spoken.thing.tolist(), spoken.source.tolist(), strict=True):
        found[view.keys[thing]].add(spoken.names[source])
    return dict(found)


def test_the_sources_of_a_thing_are_those_of_what_is_said_of_it(bundled: View) -> None:
    counted = [node for kind in COUNTED for node in bundled.of_kind(kind).tolist()]
    assert told(bundled) == {
        bundled.keys[node]: {claim.source.name for claim in bundled.claims(node)}
        for node in counted
    }


def test_what_was_judged_the_same_has_the_sources_of_all_its_ids() -> None:
    with closing(SqliteStore(Path(":memory:"), writable=True)) as store:
        for name, key in (("rna", "rna:W381000001"), ("liste", "test:gaia"), ("autre", "test:b")):
            claims: list[Claim] = [NodeClaim(key, ORGANISATION, key, {"name": key})]
            with store.write(Source(name, name, "", "faits repris")) as writing:
                writing.add(claims)
                writing.finish()
        same = ("rna:W381000001", "test:gaia", Verdict.SAME)
        store.judge([Judgement(*same, "comparaison", "2026-11-22")])
        assert told(memory_view(store)) == {
            "rna:W381000001": {"rna", "liste"},
            "test:b": {"autre"},
        }
