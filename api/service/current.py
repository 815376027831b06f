"""Which generation of the graph does the service answer from, and how does it take up the next?

Each generation is held whole: its columns, and a connection of its own that goes on reading that
generation, so that what only the store knows (descriptions, ties, sources, search) is read as it
was when the columns were made. A newer generation is prepared beside it and then put in its place
at once; who reads the old one finishes, and the last of them lets it go.
"""

import logging
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field

from api.service.building import build_apart, view_of, warm
from api.service.shared_store import Lookout, SharedStore, shared
from graph.errors import AlliageError, EmptyStore, StoreBusy, StoreRefused
from graph.settings import Settings
from graph.view import View

_REFUSED_S = 30.0  # before a password is tried again, lest the server refuse all who have that name
_log = logging.getLogger("alliage.service")


@dataclass(eq=False)
class Generation:
    """One generation, held still.

    Attributes:
        stamp: the random mark of the store's last change.
        readers: how many requests read it now.
        retired: whether a newer one has taken its place.
    """

    store: SharedStore
    view: View
    stamp: str
    held: ExitStack
    readers: int = 0
    retired: bool = False


@dataclass(eq=False)
class Current:
    """The present generation, for any number of threads; a thread of its own looks for newer ones.

    Attributes:
        settings: where the store lies.
        refresh_s: seconds between two looks.
        patience_s: how long a reader waits for the first generation.
    """

    settings: Settings
    refresh_s: float = 1.0
    patience_s: float = 10.0
    _present: Generation | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _first: threading.Event = field(default_factory=threading.Event)
    _stop: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None
    _trouble: str = ""

    def __post_init__(self) -> None:
        self._lookout = Lookout(self.settings)

    def start(self) -> None:
        """Begin to look for generations."""
        self._stop.clear()
        self._thread = threading.Thread(target=self._watch, name="generations", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Look no more, and let go of what nobody reads."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()
        self._lookout.close()
        self._put(None)
        self._first.clear()

    @property
    def number(self) -> int | None:
        """The number of the present generation, None before the first."""
        present = self._present
        return None if present is None else present.view.generation

    @property
    def is_whole(self) -> bool:
        """Whether every question has an answer: there is a generation, and its server answers.

        A file is open as long as its generation is held, whatever becomes of its name.
        """
        return self._present is not None and not (self._trouble and self.settings.file is None)

    @contextmanager
    def held(self) -> Iterator[Generation]:
        """The present generation, held still for a reader.

        Raises:
            StoreBusy: the first one is still being prepared.
        """
        if not self._trouble:
            self._first.wait(self.patience_s)
        with self._lock:
            generation = self._present
            if generation is None:
                raise StoreBusy("Les données se préparent : réessayez dans un moment.")
            generation.readers += 1
        try:
            yield generation
        finally:
            with self._lock:
                generation.readers -= 1
                unused = generation.retired and not generation.readers
            if unused:
                generation.held.close()

    @contextmanager
    def __call__(self) -> Iterator[View]:
        """The view of the present generation, held still (`viz.pages.reading.Reading`)."""
        with self.held() as generation:
            yield generation.view

    def refresh(self) -> bool:
        """Take up the present generation of the store, where it is a newer one; tells whether.

        Raises:
            AlliageError: the store cannot be read; the generation that was held stays.
        """
        present = self._present
        try:
            stamp = self._lookout.stamp()
        except EmptyStore as error:
            if present is not None:
                present.store.lose(error)
            raise
        if present is not None and present.stamp == stamp:
            present.store.confirm()
            return False
        build_apart(self.settings)
        generation = _open(self.settings)
        if present is not None and present.stamp == generation.stamp:
            generation.held.close()  # read from a member of the cluster that is behind
            return False
        self._put(generation)
        return True

    def _watch(self) -> None:
        while not self._stop.is_set():
            self._stop.wait(self._look())

    def _look(self) -> float:
        """Take up a newer generation; gives the seconds until the next look."""
        trouble, pause = "", self.refresh_s
        try:
            if self.refresh():
                _log.info("generation %s", self.number)
        except (AlliageError, OSError) as problem:
            trouble = f"{type(problem).__name__}: {problem}"
            pause = _REFUSED_S if isinstance(problem, StoreRefused) else pause
        if trouble and trouble != self._trouble:
            _log.warning("the store cannot be read: %s", trouble)
        elif self._trouble and not trouble:
            _log.info("the store is read again")
        self._trouble = trouble
        return pause

    def _put(self, generation: Generation | None) -> None:
        with self._lock:
            before, self._present = self._present, generation
            unused = before is not None and not before.readers
            if before is not None:
                before.retired = True
        if generation is not None:
            self._first.set()
        if before is not None and unused:
            before.held.close()


def _open(settings: Settings) -> Generation:
    with ExitStack() as stack:
        store = stack.enter_context(closing(shared(settings)))
        stack.enter_context(store.snapshot())
        view = view_of(store, settings)
        warm(view)
        return Generation(store, view, store.stamp(), stack.pop_all())
