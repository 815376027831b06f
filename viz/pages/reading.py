"""What the pages ask of the service: the graph as it is now."""

from contextlib import AbstractContextManager
from typing import Protocol

from graph.view import View


class Reading(Protocol):
    """Gives the view of the present generation, held still until its answer is written."""

    def __call__(self) -> AbstractContextManager[View]:
        """Hold the present generation."""
