"""What any test may ask for."""

import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import settings

from graph.sqlite import SqliteStore
from graph.view import View, open_view
from ingest.bundled import BUNDLED
from ingest.runner import ingest

# A slow machine is no fault, and CI tries the same examples each time; a run by hand tries others.
settings.register_profile("here", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder beside the checkout: the seed documents and the open data."""
    folder = Path(__file__).resolve().parents[2] / "shared"
    if not folder.is_dir():
        pytest.skip("needs ../shared (the seed documents and open data, beside the checkout)")
    return folder


@pytest.fixture(scope="session")
def bundled_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with all that is bundled; not to be written."""
    path = tmp_path_factory.mktemp("bundled") / "alliage.db"
    with closing(SqliteStore(path, writable=True)) as store:
        for importer in BUNDLED:
            for _ in ingest(store, importer):
                pass
    return path


@pytest.fixture(scope="session")
def bundled(bundled_store: Path) -> Iterator[View]:
    """The view of all that is bundled."""
    with closing(SqliteStore(bundled_store)) as store:
        yield open_view(store, bundled_store.with_name("alliage.db.view"))
