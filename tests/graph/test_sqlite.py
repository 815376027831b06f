"""What only the embedded store promises."""

from contextlib import closing
from pathlib import Path

import apsw

from graph.claims import Source, TieClaim
from graph.model import MEMBER_OF
from graph.sqlite.store import SqliteStore

LA_POSTE, ALLIANCE = "siren:356000000", "alliage:alliance-dynamique"


def test_a_file_is_recognised_as_a_store_of_ours(tmp_path: Path) -> None:
    """The application id lies at byte 68 (SQLite, Database File Format, 1.3)."""
    SqliteStore(tmp_path / "alliage.db", writable=True).close()
    held = (tmp_path / "alliage.db").read_bytes()
    assert (held[:16], held[68:72]) == (b"SQLite format 3\0", b"Alli")
    assert [path.name for path in tmp_path.iterdir()] == ["alliage.db"]


def test_a_folder_that_is_not_there_is_made(tmp_path: Path) -> None:
    path = tmp_path / "données" / "l'Isère" / "alliage.db"
    SqliteStore(path, writable=True).close()
    assert path.is_file()


def test_sqlite_is_one_that_mended_the_fault_of_the_log() -> None:
    """https://www.sqlite.org/wal.html: the WAL-reset bug, mended in 3.51.3."""
    assert tuple(map(int, apsw.sqlite_lib_version().split("."))) >= (3, 51, 3)


def test_a_tie_ended_when_the_last_source_ceased_to_assert_it(tmp_path: Path) -> None:
    path = tmp_path / "alliage.db"
    with closing(SqliteStore(path, writable=True)) as store:
        for name, day in (("exemples", "2019-06-30"), ("sirene", "2024-12-31")):
            source = Source(name, "", "", "")
            for claims in ([TieClaim(MEMBER_OF, LA_POSTE, ALLIANCE, "1")], []):
                with store.write(source) as writing:
                    writing.add(claims)
                    writing.finish()
            with closing(apsw.Connection(str(path))) as db:  # as if the edition had come that day
                sql = (
                    "UPDATE tie_member_of SET ended = ? WHERE source = (SELECT max(id) FROM source)"
                )
                db.execute(sql, (day,))
                db.execute("UPDATE node SET kind = 'Organisation'")
        assert [*store.scan_tie_values(MEMBER_OF)] == [
            (LA_POSTE, ALLIANCE, {"until": "2024-12-31"})
        ]
