"""Every question that the command answers, by its name: a module each, in one form."""

import argparse
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol

from api import (
    alike,
    as_json,
    bridges,
    ecosystem,
    gaps,
    missed,
    partners,
    path,
    search,
    show,
    signals,
    team,
)
from api.as_json import Json
from graph.view import View


class Question(Protocol):
    """A module of `api` that asks one question; what `ask` gives, `lines` takes."""

    @property
    def DOES(self) -> str:  # noqa: N802 (a constant of a module)
        """What it asks, in French."""

    @property
    def add_arguments(self) -> Callable[[argparse.ArgumentParser], None]:
        """Declare what may be typed after the command."""

    @property
    def ask(self) -> Callable[[View, argparse.Namespace], Any]:
        """The answer to what was typed; raises a RequestError that says what to do."""

    @property
    def lines(self) -> Callable[[Any], Iterable[str]]:
        """The answer for a person."""


QUESTIONS: Mapping[str, Question] = {
    "partners": partners,
    "team": team,
    "missed": missed,
    "alike": alike,
    "bridges": bridges,
    "gaps": gaps,
    "ecosystem": ecosystem,
    "signals": signals,
    "path": path,
    "search": search,
    "show": show,
}
_FORMS: Mapping[str, Callable[[Any], Json]] = {
    "path": path.form,
    "search": search.form,
    "show": as_json.shown,
}


def form_of(name: str, answer: object) -> Json:
    """The answer to a question as JSON."""
    return _FORMS.get(name, as_json.plain)(answer)
