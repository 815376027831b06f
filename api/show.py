"""The command that shows a thing: what may be typed, and all that is said of it as text."""

import argparse
from collections.abc import Iterator

from api.lines import cited, thousands, wrapped
from graph.claims import Value
from graph.model import Property, ValueType, tie_named
from graph.view import View
from queries import show
from queries.show import Shown, ShownTie
from queries.wording import joined

DOES = "tout ce qui est connu d'une fiche, et qui le dit"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what may be typed after the command."""
    parser.add_argument("id", nargs="+", metavar="ID", help="un identifiant, ou un nom")


def ask(view: View, arguments: argparse.Namespace) -> Shown:
    """What is known of the thing that was typed.

    Raises:
        RequestError: see its sentence.
    """
    return show.show(view, " ".join(arguments.id))


def lines(answer: Shown) -> Iterator[str]:
    """The lines of a thing with the claims behind each value."""
    yield f"{answer.name}  ({answer.id}, {answer.kind.fr})"
    if answer.asked not in (answer.id, answer.name) and ":" in answer.asked:
        yield f"  {answer.asked} est un ancien identifiant : voici ce qu'il est aujourd'hui."
    yield ""
    for name, value in answer.values.items():
        declared = answer.kind.property(name)
        yield from wrapped(f"{value.label} : {_value(value.value, declared)}", "  ", "      ")
        if value.disputed:
            yield "      Les sources ne disent pas la même chose :"
        for said in value.claims:
            differs = f"{_value(said.value, declared)} " if value.disputed else ""
            line = f"{differs}[{said.source}{_locator(said.locator)}] {said.note}"
            yield from wrapped(line, "      ", "        ")
    if answer.ties:
        yield ""
    for tie in answer.ties:
        yield from wrapped(_tie(tie), "  ", "      ")
    for verb, count in answer.more_ties.items():
        yield f"  {verb} : {thousands(count)} de plus"


def _locator(locator: str) -> str:
    return f" {locator}" if locator else ""


def _tie(tie: ShownTie) -> str:
    declared = [tie_named(tie.tie).property(name) for name in tie.properties]
    said = [
        f"{known.fr} : {_value(value, known)}"
        for known, value in zip(declared, tie.properties.values(), strict=True)
        if known
    ]
    more = f" ({', '.join(said)})" if said else ""
    text = f"{joined(tie.verb, tie.other.name)} ({tie.other.id}){more}"
    return cited(text, tie.evidence)


def _value(value: Value, declared: Property | None) -> str:
    """A value in French: the name of a term rather than its code."""
    match value:
        case list():
            return ", ".join(_value(item, declared) for item in value)
        case bool():
            return "oui" if value else "non"
        case int():
            return thousands(value)
        case float():
            return _decimal(value)
        case _:
            return _term(value, declared)


def _term(code: str, declared: Property | None) -> str:
    if declared is None or isinstance(declared.type, ValueType):
        return code
    return next((term.fr for term in declared.type if term == code), code)


def _decimal(number: float) -> str:
    return f"{number:.10g}".replace(".", ",")
