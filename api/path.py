"""The command that tells how two know each other: what may be typed, and the answer as text."""

import argparse
from collections.abc import Iterator, Sequence

from api import as_json
from api.as_json import Json
from api.lines import cited
from graph.view import View
from queries import path
from queries.path import Introduction, Paths

DOES = "comment ces deux-là se connaissent-ils"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what may be typed after the command."""
    parser.add_argument("start", metavar="DE")
    parser.add_argument("end", metavar="VERS")


def ask(view: View, arguments: argparse.Namespace) -> Paths:
    """The answer to what was typed.

    Raises:
        RequestError: see its sentence.
    """
    return path.paths(view, arguments.start, arguments.end)


def form(answer: Paths) -> Json:
    """The answer as JSON."""
    return {
        "question": {"from": as_json.plain(answer.start), "to": as_json.plain(answer.end)},
        "answers": as_json.plain(answer.introductions),
        "disjoint": as_json.plain(answer.disjoint),
    }


def lines(answer: Paths) -> Iterator[str]:
    """The answer for a person."""
    yield f"Comment {answer.start.name} et {answer.end.name} se connaissent-ils ?"
    if not answer.introductions:
        yield ""
        yield "Nous ne leur connaissons aucun lien."
    yield from _told(answer.introductions)
    # Those that have nobody in common, where they say more than the shortest.
    if not {way.ids for way in answer.disjoint} <= {way.ids for way in answer.introductions}:
        yield ""
        yield "Par des chemins qui n'ont personne en commun :"
        yield from _told(answer.disjoint)


def _told(introductions: Sequence[Introduction]) -> Iterator[str]:
    for rank, introduction in enumerate(introductions, start=1):
        yield ""
        for index, one in enumerate(introduction.steps):
            start = f"{rank}. " if index == 0 else "   "
            yield f"{start}{cited(one.text, one.evidence)}"
