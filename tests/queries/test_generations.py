"""What questions make of a generation is let go with it."""

import gc
import weakref
from contextlib import closing
from pathlib import Path

from graph.claims import NodeClaim, Properties, Source, TieClaim
from graph.model import ORGANISATION, SEATED_IN, TERRITORY
from graph.sqlite.store import SqliteStore
from graph.view import View, memory_view
from queries.ecosystem import ecosystem
from queries.gaps import gaps
from queries.matching.text import text_index
from queries.pairs import pairs
from queries.partner_request import Request
from queries.partner_scores import matching_of
from queries.partners import partners
from queries.presence import presence

GRENOBLE = "commune:38185"


def view_of_grenoble(path: Path) -> View:
    """Two organisations in Grenoble; the store may be asked until its connection is closed."""
    source = Source("rameau", "Exemples d'alliances", "Le RAMEAU", "")
    with closing(SqliteStore(path, writable=True)) as store, store.write(source) as writing:
        said: Properties = {"name": "Grenoble", "level": "commune", "population": 156_140}
        writing.add([NodeClaim(GRENOBLE, TERRITORY, "1", said)])
        for key in ("rna:W381000001", "rna:W381000002"):
            writing.add([NodeClaim(key, ORGANISATION, key, {"name": "Entraide du Drac"})])
            writing.add([TieClaim(SEATED_IN, key, GRENOBLE, key)])
        writing.finish()
    return memory_view(SqliteStore(path))


def test_a_generation_that_was_asked_is_let_go_with_all_that_was_made_of_it(
    tmp_path: Path,
) -> None:
    view = view_of_grenoble(tmp_path / "alliage.db")
    [partner, _] = partners(view, Request(GRENOBLE, text="entraide")).answers
    assert partner.name == "Entraide du Drac"
    assert pairs(view, Request(GRENOBLE)).considered == 0
    assert gaps(view, GRENOBLE).question.inhabitants == 156_140
    assert ecosystem(view, GRENOBLE).question.inhabitants == 156_140
    made = view, matching_of(view), text_index(view), presence(view, 0)
    gone = [weakref.ref(each) for each in made]
    del view, made
    gc.collect()
    assert [each() for each in gone] == [None] * len(gone)
