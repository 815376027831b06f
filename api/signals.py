"""The command that tells what is new: what may be typed, and the answer as text."""

import argparse
import datetime
from collections.abc import Iterator

from api.gaps import covering
from api.lines import also, cited, counted, wrapped
from api.missed import day
from graph.errors import RequestError
from graph.view import View
from queries import signals
from queries.firsts import Firsts
from queries.signals import Signals
from queries.triangles import Triangles

DOES = "ce qui est nouveau ici, et plus que le hasard ne l'apporterait"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what may be typed after the command."""
    does = "un territoire : nom, code ou code postal"
    parser.add_argument("--in", dest="place", metavar="LIEU", help=does)
    parser.add_argument("--since", metavar="AAAA-MM-JJ", help="depuis quel jour")
    parser.add_argument("--limit", type=int, default=10, metavar="N", help="de chaque sorte")


def ask(view: View, arguments: argparse.Namespace) -> Signals:
    """The answer to what was typed.

    Raises:
        RequestError: see its sentence.
    """
    if arguments.since is None:
        raise RequestError("Dites depuis quand : donnez un jour, comme --since 2018-01-01.")
    today = datetime.datetime.now(datetime.UTC).date()
    return signals.signals(view, arguments.place, day(arguments.since), today, arguments.limit)


def lines(answer: Signals) -> Iterator[str]:
    """The answer for a person."""
    question = answer.question
    since = "/".join(reversed(question.since.split("-")))
    yield f"Ce qui est nouveau ici : {question.place.name}, depuis le {since}"
    if question.place.also:
        yield from also(question.place.also)
    yield ""
    yield from _firsts(answer.firsts)
    yield ""
    yield from _triangles(answer.triangles)
    yield ""
    yield from covering(answer.coverage)


def _firsts(found: Firsts) -> Iterator[str]:
    yield "Un monde sert un objectif pour la première fois à un endroit"
    if not found.since:
        yield "– Rien de daté n'y vise d'objectif depuis ce jour : nous ne savons pas."
        return
    if found.observed and found.observed == found.starts:
        firsts = counted(found.observed, "première fois connue", "premières fois connues")
        yield from wrapped(
            f"– {firsts}, mais parce qu'une source commence alors : ce n'est pas une nouveauté.",
            "",
            "  ",
        )
        return
    for each in found.shown:
        yield from wrapped(f"– {cited(each.reason.text, each.reason.evidence)}", "", "  ")
    if not found.shown:
        yield "– Aucune première fois que des dates tirées au sort n'auraient aussi donnée."
    told = (
        f"{counted(found.observed, 'première fois', 'premières fois')} ; des dates tirées au sort "
        f"en donneraient {_number(found.expected)} (de {found.low} à {found.high})."
    )
    if found.starts:
        told += (
            f" {counted(found.starts, 'tient', 'tiennent')} surtout à ce qu'une source commence : "
            "non montrées."
        )
    if found.undated:
        several = "cas où quelque chose n'a pas de date"
        told += f" Laissés de côté : {counted(found.undated, several, several)}."
    yield from wrapped(told)


def _triangles(found: Triangles) -> Iterator[str]:
    yield "Deux acteurs d'ici se rencontrent, qu'un même tiers connaissait déjà"
    if not found.met:
        yield "– Aucune rencontre nouvelle et datée entre acteurs d'ici n'est connue."
        return
    for each in found.shown:
        others = each.known_to_count - 1
        more = f" (et {counted(others, 'autre tiers', 'autres tiers')})" if others else ""
        told = f"– {cited(each.reason.text + more, each.reason.evidence)}"
        yield from wrapped(told, "", "  ")
    yield from wrapped(
        f"{counted(found.met, 'rencontre nouvelle', 'rencontres nouvelles')} entre "
        f"{counted(found.actors, 'acteur déjà connu', 'acteurs déjà connus')}, dont {found.closed} "
        f"par un tiers commun ; le hasard en donnerait {_number(found.expected)}."
    )


def _number(value: float) -> str:
    return f"{value:.1f}".replace(".", ",") if value < 10 else f"{value:.0f}"
