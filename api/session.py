"""The store and the view of a run, made ready where there is none yet."""

import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from api.french import in_french
from graph.errors import EmptyStore, StoreUnwritable
from graph.opening import open_store
from graph.settings import Settings
from graph.store import Store
from graph.view import View, memory_view, open_view
from ingest.bundled import BUNDLED
from ingest.runner import ingest


@contextmanager
def reading(settings: Settings) -> Iterator[tuple[Store, View]]:
    """A store to read and its view, in one generation; where there is none, what is bundled."""
    ensure(settings)
    with closing(opened(settings)) as store, store.snapshot():
        yield store, _view(store, settings.view_folder)


def _view(store: Store, folder: Path) -> View:
    try:
        return open_view(store, folder)
    except (OSError, EOFError, ValueError, KeyError):
        # The columns cannot be kept there, or are damaged: they are only derived from the store.
        return memory_view(store)


def opened(settings: Settings, *, writable: bool = False) -> Store:
    """The store of a run."""
    return open_store(settings.address, settings.password, writable=writable)


def ensure(settings: Settings) -> None:
    """Make a store of what is bundled, where there is none."""
    if not is_there(settings):
        fill(settings)


def is_there(settings: Settings) -> bool:
    """Whether there is a store: a file, or a database that was written."""
    if settings.file is not None:
        return settings.file.exists()
    try:
        with closing(opened(settings)) as store:
            return store.generation() > 0  # a writer that was killed may have left an empty one
    except EmptyStore:
        return False


def fill(settings: Settings) -> None:
    """Read into the store, made where there is none, all that is bundled."""
    file = settings.file
    print(f"Je prépare les données fournies dans {file or settings.address}…", file=sys.stderr)
    if file is not None and not file.exists():
        _make(file)
        return
    with closing(opened(settings, writable=True)) as store:
        _read_bundled(store)


def _make(file: Path) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        # Made aside: a run that is stopped leaves no half-filled store, which the next would trust.
        with tempfile.TemporaryDirectory(prefix=".alliage-", dir=file.parent) as aside:
            made = Path(aside) / file.name
            with closing(open_store(str(made), writable=True)) as store:
                _read_bundled(store)
            if not file.exists():
                made.replace(file)
    except OSError as error:
        raise StoreUnwritable(f"« {file} » ne peut pas être créé : {in_french(error)}.") from error


def _read_bundled(store: Store) -> None:
    for importer in BUNDLED:
        for _ in ingest(store, importer):
            pass
