"""The command that searches names: what may be typed, and what was found as text."""

import argparse
from collections.abc import Iterator
from dataclasses import dataclass

from api import as_json
from api.as_json import Json
from graph.view import View
from queries import find
from queries.find import Match

DOES = "ce qui porte un nom semblable"


@dataclass(frozen=True, slots=True)
class Found:
    """What bears a name like a text."""

    text: str
    matches: tuple[Match, ...]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what may be typed after the command."""
    parser.add_argument("text", nargs="+", metavar="TEXTE")
    parser.add_argument("--limit", type=int, default=20, metavar="N")


def ask(view: View, arguments: argparse.Namespace) -> Found:
    """What bears the name that was typed.

    Raises:
        RequestError: see its sentence.
    """
    text = " ".join(arguments.text)
    return Found(text, tuple(find.find(view, text, arguments.limit)))


def form(found: Found) -> Json:
    """What was found as JSON."""
    return {"question": {"text": found.text}, "answers": as_json.plain(found.matches)}


def lines(found: Found) -> Iterator[str]:
    """What was found, for a person."""
    for match in found.matches:
        place = f" · {match.place}" if match.place and match.place != match.name else ""
        yield f"{match.name}  ({match.id}){place}"
    if not found.matches:
        yield "Rien ne porte un nom semblable."
