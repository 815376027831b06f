"""What came of a question that a page asks: an answer, or what has to be said first."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, Self, TypeVar

from graph.errors import AlliageError
from viz.pages.asked import Page

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Outcome(Generic[_T]):
    """An answer, or why there is none; neither where nothing was asked yet."""

    answer: _T | None = None
    problem: AlliageError | None = None

    @classmethod
    def of(cls, asked: bool, ask: Callable[[], _T]) -> Self:
        """What came of a question, where it is asked."""
        if not asked:
            return cls()
        try:
            return cls(ask())
        except AlliageError as problem:
            return cls(problem=problem)

    def page(self, template: str, title: str, formats: Sequence[str], **more: object) -> Page:
        """The page of it, with the files in which the answer can be taken away."""
        shown = {
            "answer": self.answer,
            "problem": self.problem,
            "candidates": getattr(self.problem, "candidates", []),
            "formats": formats,
            **more,
        }
        return Page(template, title, shown, 400 if self.problem else 200)
