"""A first edition, applied as it comes, leaves the store as the general way of writing does."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import apsw
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph.claims import Claim, NodeClaim, Source, TieClaim
from graph.errors import InvalidClaim
from graph.identity import Judgement, Verdict
from graph.model import ALLIANCE, MEMBER_OF, ORGANISATION, PART_OF, TERRITORY, TIES
from graph.sqlite.schema import tie_table
from graph.sqlite.store import SqliteStore
from graph.sqlite.writing import SourceWriting
from graph.store import Written

BEFORE = Source("reference", "Référence", "Insee", "Licence Ouverte 2.0", trust=100)
SOURCE = Source("sirene", "Base Sirene", "Insee", "Licence Ouverte 2.0", trust=80)
KEYS = ("siren:356000000", "siren:775685019", "commune:38185", "commune:74010", "x:1", "x:2")
SAME = Judgement(KEYS[0], "x:2", Verdict.SAME, "personne", "2025-01-01")

keys = st.sampled_from(KEYS)
records = st.sampled_from(("1", "2", "3"))
said = st.fixed_dictionaries(
    {},
    optional={
        "name": st.sampled_from(("La Poste", "Échirolles", "St-Égrève")),
        "other_names": st.lists(st.sampled_from(("PTT", "Docaposte"))),
    },
)
things = st.builds(
    NodeClaim,
    keys,
    st.sampled_from((ORGANISATION, ORGANISATION, ORGANISATION, ALLIANCE)),
    records,
    said,
    note=st.sampled_from(("", "zéro initial rétabli")),
    ended=st.sampled_from(("", "", "2024-12-31")),
)
places = st.builds(
    NodeClaim,
    st.sampled_from(KEYS[2:4]),
    st.just(TERRITORY),
    records,
    st.fixed_dictionaries({}, optional={"former_codes": st.just(["74011", "74011"])}),
)
ties = st.builds(TieClaim, st.sampled_from((MEMBER_OF, PART_OF)), keys, keys, records)
tellings = st.lists(st.lists(things | places | ties, max_size=3), max_size=8)


def dump(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """Every table, with ids in the place of the numbers of nodes, and every indexed word."""
    columns = "s.name, c.record, c.properties, c.locator, c.url, c.date, c.ended, c.note"
    rest = "JOIN source s ON s.id = c.source ORDER BY 1, 2, 3, 4"
    claims = f"SELECT n.key, {columns} FROM claim c JOIN node n ON n.id = c.node {rest}"
    asked = {
        # Of an id for which another stands nobody reads what it once amounted to by itself.
        "node": """SELECT n.key, w.key, n.kind, iif(w.id, '', n.name),
            iif(w.id, '', n.properties), iif(w.id, 0, n.ended), iif(w.id, 0, n.changed)
            FROM node n LEFT JOIN node w ON w.id = n.same_as ORDER BY 1""",
        "alias": "SELECT a.key, n.key FROM alias a JOIN node n ON n.id = a.node ORDER BY 1, 2",
        "source": "SELECT * FROM source ORDER BY name",
        "claim": claims,
        "word": """SELECT w.term, n.key FROM temp.word w JOIN node n ON n.id = w.doc
            ORDER BY 1, 2""",
        "state": "SELECT generation FROM state",
    }
    for tie in map(tie_table, TIES):
        asked[tie] = f"""SELECT a.key, b.key, {columns} FROM {tie} c JOIN node a ON a.id = c.start
            JOIN node b ON b.id = c.end {rest}"""
    with closing(apsw.Connection(str(path))) as db:
        db.execute("CREATE VIRTUAL TABLE temp.word USING fts5vocab(main, name_index, instance)")
        return {name: list(db.execute(sql)) for name, sql in asked.items()}


def outcome(
    path: Path, before: Sequence[Sequence[Claim]], now: Sequence[Sequence[Claim]], size: int
) -> tuple[Written | str, dict[str, list[tuple[object, ...]]]]:
    """What a store holds, and what its writer says, after a source told its records."""
    with closing(SqliteStore(path, writable=True)) as store:
        store.judge([SAME])
        result: Written | str = ""
        for source, told in ((BEFORE, before), (SOURCE, now)):
            try:
                with store.write(source) as writing:
                    for index, claims in enumerate(told):
                        writing.add_record(claims)
                        if index % size == 0:
                            writing._flush()
                    result = writing.finish()
            except InvalidClaim as wrong:
                result = wrong.message
    return result, dump(path)


@pytest.fixture
def generally() -> Iterator[pytest.MonkeyPatch]:
    with pytest.MonkeyPatch.context() as patch:
        yield patch


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(before=tellings, now=tellings, size=st.integers(1, 8))
def test_a_first_edition_leaves_what_gathering_and_comparing_it_would_leave(
    generally: pytest.MonkeyPatch,
    tmp_path_factory: pytest.TempPathFactory,
    before: list[list[Claim]],
    now: list[list[Claim]],
    size: int,
) -> None:
    folder = tmp_path_factory.mktemp("editions")
    first = outcome(folder / "first.db", before, now, size)
    with generally.context() as patch:
        patch.setattr(SourceWriting, "_has_spoken", lambda _: True)
        assert outcome(folder / "general.db", before, now, size) == first


def test_a_first_edition_that_is_left_unfinished_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "alliage.db"
    with closing(SqliteStore(path, writable=True)) as store:
        before = dump(path)
        with store.write(SOURCE) as writing:
            writing.add_record([NodeClaim(KEYS[0], ORGANISATION, "1", {"name": "La Poste"})])
            writing._flush()
        assert dump(path) == before
        with store.write(SOURCE) as writing:
            writing.add([NodeClaim(KEYS[0], ORGANISATION, "1", {"name": "La Poste"})])
            assert writing.finish().written == 1
        with store.write(SOURCE) as writing:
            writing.add([])
            assert writing.finish().ended == 1
