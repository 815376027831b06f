"""Reading in a process of its own, beside the one that writes: two cores work on one source.

The process that reads also checks the claims and lays them out in columns (`graph.prepared`); the
one that writes gets them through a pipe, some thousand at once, and only as fast as it takes them,
so that memory does not grow with the file. The process is started anew (`spawn`): a copy (`fork`)
of one that has threads and an open store is not safe, and macOS and Windows have none.
"""

import gc
import os
import pickle
import signal
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing import current_process, get_context, resource_tracker
from multiprocessing.connection import Connection
from pathlib import Path
from queue import Queue
from threading import Thread
from typing import Protocol, TypeAlias, runtime_checkable

from graph.claims import Claim
from graph.errors import AlliageError, SourceError
from graph.prepared import Batch
from ingest.reading import Counts, Keep, Progress, Reading, told_of
from ingest.rows import Row
from ingest.tabular import Tabular

# The other process is ready after half a second to a second, in which one alone reads so much.
_WORTH = 8 << 20  # bytes
_WAITING = 4  # portions that are ready before the writer takes them
_RARELY = 100_000  # objects between two searches for cycles, in which no claim is
_STOPPED = "La lecture de « {what} » s'est arrêtée avant la fin ({how}) : rien n'a été changé."

Transform: TypeAlias = Callable[[Row], Iterator[Claim]]


@runtime_checkable
class TakesBatches(Protocol):
    """A writing that takes what was checked and laid out elsewhere."""

    def add_batch(self, batch: Batch) -> None:
        """Take some records."""


@dataclass(slots=True)
class _Portion:
    """What one message holds: records, and what was rejected between them."""

    batch: Batch = field(default_factory=Batch)
    rejects: list[tuple[str, str, str]] = field(default_factory=list)
    read: int = 0


@dataclass(frozen=True, slots=True)
class _Failure:
    """An error of ours: those with parts of their own cannot be pickled whole."""

    kind: type[AlliageError]
    message: str

    def error(self) -> AlliageError:
        error = self.kind.__new__(self.kind)
        AlliageError.__init__(error, self.message)
        return error


@dataclass(frozen=True, slots=True)
class _Job:
    read: Callable[[Sequence[Path], set[str]], Iterable[object]]
    transform: Transform
    files: Sequence[Path]
    what: str


def job_for(chosen: Tabular, files: Sequence[Path], what: str) -> bytes:
    """What another process needs to read files; nothing where this one had better do it.

    So it is with small files, on one core, and for sources made on the spot (closures).
    """
    if current_process().daemon or (os.cpu_count() or 1) < 2 or _size(files) < _WORTH:
        return b""
    try:
        return pickle.dumps(_Job(chosen.read, chosen.transform, files, what))
    except (pickle.PicklingError, AttributeError, TypeError):
        return b""


def _size(files: Sequence[Path]) -> int:
    return sum(file.stat().st_size for file in files if file.is_file())


def read_beside(
    job: bytes, what: str, writing: TakesBatches, keep: Keep, progress: Progress
) -> Counts:
    """Have another process read, and write what it sends.

    Raises:
        SourceError: the files cannot be read, or the process died.
    """
    with _reader(job) as (receiving, how_it_ended):
        while True:
            try:
                said = receiving.recv()
            except EOFError:
                raise SourceError(_STOPPED.format(what=what, how=how_it_ended())) from None
            match said:
                case _Portion():
                    writing.add_batch(said.batch)
                    for reject in said.rejects:
                        keep(*reject)
                    progress(said.read)
                case Counts():
                    return said
                case _Failure():
                    raise said.error()


@contextmanager
def _reader(job: bytes) -> Iterator[tuple[Connection, Callable[[], str]]]:
    """A process that reads, gone at the end whatever happens."""
    context = get_context("spawn")
    receiving, sending = context.Pipe(duplex=False)
    process = context.Process(target=_read, args=(job, sending), daemon=True)
    with receiving:
        with sending, _uninterrupted():
            process.start()

        def how_it_ended() -> str:
            process.join()
            return f"code {process.exitcode}"

        try:
            yield receiving, how_it_ended
        finally:
            process.kill()
            process.join()
            process.close()


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Ctrl-C is for the process that writes, which ends the other: that one inherits the mask."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    resource_tracker.ensure_running()  # it would take the mask off
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _read(job: bytes, sending: Connection) -> None:
    """What the other process does."""
    gc.set_threshold(_RARELY)
    with _Sender(sending) as sender:
        asked: _Job = pickle.loads(job)
        taken: set[str] = set()
        reading = Reading(asked.transform, sender.add_record, sender.keep, sender.progress)
        try:
            with told_of(asked.what):
                counts = reading.run(asked.read(asked.files, taken), taken)
        except AlliageError as error:
            sender.last(_Failure(type(error), error.message))
        else:
            sender.last(counts)


class _Sender:
    """Sends portions in a thread of its own, while the next ones are made."""

    def __init__(self, sending: Connection) -> None:
        self._sending = sending
        self._queue: Queue[object] = Queue(_WAITING)
        self._portion = _Portion()
        self._thread = Thread(target=self._send, daemon=True)

    def __enter__(self) -> "_Sender":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._queue.put(None)
        self._thread.join()

    def add_record(self, claims: Sequence[Claim]) -> None:
        self._portion.batch.add(claims)

    def keep(self, locator: str, value: str, reason: str) -> None:
        self._portion.rejects.append((locator, value, reason))

    def progress(self, read: int) -> None:
        self._portion.read = read
        self._pass_on()

    def last(self, said: object) -> None:
        self._pass_on()
        self._queue.put(said)

    def _pass_on(self) -> None:
        portion, self._portion = self._portion, _Portion(read=self._portion.read)
        self._queue.put(portion)

    def _send(self) -> None:
        while (said := self._queue.get()) is not None:
            try:
                self._sending.send(said)
            except BrokenPipeError:  # whoever writes is gone
                os._exit(1)
