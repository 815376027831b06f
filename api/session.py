"""The store and the view of a run, made ready where there is none yet."""

import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager

from graph.settings import Settings
from graph.sqlite import SqliteStore
from graph.view import View, open_view
from ingest.catalogue import BUNDLED
from ingest.runner import ingest


@contextmanager
def reading(settings: Settings) -> Iterator[tuple[SqliteStore, View]]:
    """A store to read and its view; where there is no store, one with what is bundled."""
    if not settings.store.exists():
        fill(settings)
    with closing(SqliteStore(settings.store)) as store:
        yield store, open_view(store, settings.view_folder)


def fill(settings: Settings) -> None:
    """Make a store and read into it all that is bundled."""
    print(f"Je prépare les données fournies dans {settings.store}…", file=sys.stderr)
    with closing(SqliteStore(settings.store, writable=True)) as store:
        for importer in BUNDLED:
            for _ in ingest(store, importer):
                pass
