"""The outlines at hand: those that are bundled, and the official ones that were ingested."""

from functools import cache
from pathlib import Path
from threading import Lock
from typing import TypeAlias

from ingest.outlines import SUFFIX, DamagedOutlines, read
from viz.outlines.merging import Borders

BUNDLED = Path(__file__).parent / "data" / f"communes{SUFFIX}"

_State: TypeAlias = tuple[tuple[str, int, int, int], ...]


@cache
def bundled() -> Borders:
    """The borders of the bundled cells; read once a process."""
    return Borders(read(BUNDLED))


class Shelf:
    """The outlines of a folder, which other processes may replace at any time.

    Attributes:
        problems: of the files that could not be read, and are left out.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._lock = Lock()
        self._state: _State = ()
        self._official: tuple[Borders, ...] = ()
        self.problems: tuple[str, ...] = ()

    def borders(self) -> tuple[Borders, ...]:
        """Of each file, the official ones first; read again where a file has changed."""
        state = self.state()
        with self._lock:
            if state != self._state:
                self._read(state)
            return (*self._official, bundled())

    def state(self) -> _State:
        """What marks the files that are there now: it differs when one has changed."""
        if self._folder is None:
            return ()
        found = []
        for file in sorted(self._folder.glob(f"*{SUFFIX}")):
            try:
                about = file.stat()
            except FileNotFoundError:
                continue  # taken away in between
            found.append((file.name, about.st_ino, about.st_mtime_ns, about.st_size))
        return tuple(found)

    def _read(self, state: _State) -> None:
        official, problems = [], []
        for name, *_ in state:
            try:
                official.append(Borders(read(Path(self._folder or "", name))))
            except (DamagedOutlines, OSError) as error:
                problems.append(str(error))
        self._official, self.problems, self._state = tuple(official), tuple(problems), state
