"""What is made once of something that does not change, and goes with it."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from threading import Lock
from typing import TypeVar, cast

_T = TypeVar("_T")


@dataclass(slots=True, eq=False)
class _Slot:
    """The place of one value; who makes it holds the turn, and the others wait for theirs."""

    turn: Lock = field(default_factory=Lock)
    made: bool = False
    value: object = None


class Once:
    """Values by key, each made once, however many threads ask for it at the same time.

    It belongs to what the values are made of, which holds it as an attribute: they live as long as
    that, and no longer. A value that could not be made is tried again by who asks next.
    """

    def __init__(self, most: int | None = None) -> None:
        """Keep `most` values, those asked for last; all of them where it is not said."""
        self._most = most
        self._slots: OrderedDict[Hashable, _Slot] = OrderedDict()
        self._lock = Lock()

    def __call__(self, key: Hashable, make: Callable[[], _T]) -> _T:
        """The value of a key; `make` makes it, and may ask for the values of other keys."""
        with self._lock:
            slot = self._slots.setdefault(key, _Slot())
            self._slots.move_to_end(key)
            if self._most is not None and len(self._slots) > self._most:
                self._slots.popitem(last=False)
        with slot.turn:
            if not slot.made:
                slot.value = make()
                slot.made = True
        return cast(_T, slot.value)
