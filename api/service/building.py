"""The columns of a new generation, made in a process of their own while the old one answers."""

import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, date, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path

from graph.errors import AlliageError, RequestError
from graph.opening import open_store
from graph.settings import Settings
from graph.store import Reader
from graph.territory_view import territory_view
from graph.view import View, memory_view, open_view
from queries.acquaintance import acquaintances
from queries.cartography import table_of
from queries.connections import prepare_levels
from queries.coverage import FRANCE, sources
from queries.ecosystem import ecosystem
from queries.fates import ends_of
from queries.funders import funders
from queries.gaps import gaps
from queries.matching.history import without_words
from queries.matching.text import text_index
from queries.missed import Request as MissedRequest
from queries.missed import missed
from queries.pairs import pairs
from queries.partner_request import Request as PairsRequest
from queries.partner_scores import matching_of
from queries.signals import signals
from queries.spots import spots_of
from queries.tallies import tallies
from queries.team import Request as TeamRequest
from queries.team import team
from queries.uncovered import covering

_LOCK = ".lock"
_MADE_ONCE: tuple[Callable[[View], object], ...] = (
    matching_of,
    text_index,
    ends_of,
    tallies,
    sources,
    acquaintances,
    prepare_levels,
    without_words,
    funders,
    table_of,
    spots_of,
    covering,
)


def _today() -> date:
    return datetime.now(UTC).date()


_LAST_YEAR = timedelta(days=365)
_ASKED: tuple[Callable[[View], object], ...] = (
    lambda view: gaps(view, FRANCE, 1),
    lambda view: ecosystem(view, FRANCE, None, 1),
    lambda view: signals(view, FRANCE, _today() - _LAST_YEAR, _today(), 1),
    lambda view: team(view, TeamRequest(FRANCE, ("17",))),
    lambda view: pairs(view, PairsRequest(FRANCE)),
    lambda view: missed(view, MissedRequest(FRANCE, _today())),
)


def build_apart(settings: Settings) -> None:
    """Make and save the columns of the present generation, where none are kept.

    Made in this process they would keep Python's lock for seconds, and with it every answer. Of
    several workers one makes them and the others wait. Where it fails, nothing is saved, and who
    opens the view makes it in memory.
    """
    with closing(open_store(settings.address, settings.password)) as store:
        kept = f"{store.generation()}-{store.stamp()}-"
    with suppress(OSError):
        if any(folder.name.startswith(kept) for folder in settings.view_folder.iterdir()):
            return
    process = get_context("spawn").Process(target=_build, args=(settings,), daemon=True)
    process.start()
    process.join()


def _build(settings: Settings) -> None:
    with (
        suppress(AlliageError, OSError),
        _alone(settings.view_folder),
        closing(open_store(settings.address, settings.password)) as store,
    ):
        warm(_narrowed(open_view(store, settings.view_folder), settings))


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Wait for one's turn among the workers of this machine.

    Raises:
        OSError: the folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / _LOCK).open("a") as file:
        if sys.platform != "win32":
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def view_of(store: Reader, settings: Settings) -> View:
    """The view of a store, in memory where its columns cannot be kept or are damaged.

    Raises:
        UnknownId: the territory that the service is for is none.
    """
    try:
        whole = open_view(store, settings.view_folder)
    except (OSError, EOFError, ValueError, KeyError):
        whole = memory_view(store)
    return _narrowed(whole, settings)


def _narrowed(whole: View, settings: Settings) -> View:
    """What the service is for: a territory, or all."""
    return territory_view(whole, settings.within) if settings.within else whole


def warm(view: View) -> None:
    """Make what the first question of each kind would otherwise wait for."""
    for make in _MADE_ONCE:
        make(view)
    view.search("a", limit=1)
    with suppress(RequestError):  # a graph without France, such as one of others
        for ask in _ASKED:
            ask(view)
