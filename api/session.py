"""The store and the view of a run, made ready where there is none yet."""

import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from api.french import in_french
from graph.errors import StoreUnwritable
from graph.settings import Settings
from graph.sqlite import SqliteStore
from graph.view import View, memory_view, open_view
from ingest.bundled import BUNDLED
from ingest.runner import ingest


@contextmanager
def reading(settings: Settings) -> Iterator[tuple[SqliteStore, View]]:
    """A store to read and its view; where there is no store, one with what is bundled."""
    if not settings.store.exists():
        fill(settings)
    with closing(SqliteStore(settings.store)) as store:
        yield store, _view(store, settings.view_folder)


def _view(store: SqliteStore, folder: Path) -> View:
    try:
        return open_view(store, folder)
    except (OSError, EOFError, ValueError, KeyError):
        # The columns cannot be kept there, or are damaged: they are only derived from the store.
        return memory_view(store)


def fill(settings: Settings) -> None:
    """Read into the store, made where there is none, all that is bundled."""
    print(f"Je prépare les données fournies dans {settings.store}…", file=sys.stderr)
    if settings.store.exists():
        _read_bundled(settings.store)
        return
    folder = settings.store.parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
        # Made aside: a run that is stopped leaves no half-filled store, which the next would trust.
        with tempfile.TemporaryDirectory(prefix=".alliage-", dir=folder) as aside:
            made = Path(aside) / settings.store.name
            _read_bundled(made)
            if not settings.store.exists():
                made.replace(settings.store)
    except OSError as error:
        raise StoreUnwritable(
            f"« {settings.store} » ne peut pas être créé : {in_french(error)}."
        ) from error


def _read_bundled(path: Path) -> None:
    with closing(SqliteStore(path, writable=True)) as store:
        for importer in BUNDLED:
            for _ in ingest(store, importer):
                pass
