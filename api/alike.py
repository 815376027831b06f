"""The command that tells similar alliances: what may be typed, and the answer as text."""

import argparse
from collections.abc import Iterator

from api.lines import advice, cited, counted, wrapped
from api.missed import day
from graph.view import View
from queries import alike
from queries.alike import Alike, Alikes
from queries.alike_request import Request
from queries.fates import Fate
from queries.matching.text import text_index

DOES = "quelles alliances ressemblent à ce projet, et ce qu'elles sont devenues"

_HEADINGS = {
    Fate.WORKED: "Ont porté leurs fruits",
    Fate.STOPPED: "Se sont arrêtées",
    Fate.RUNNING: "Sont en cours",
    Fate.UNKNOWN: "Dont l'issue n'est pas connue",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what may be typed after the command."""
    parser.add_argument("--for", dest="thing", metavar="PROJET", help="un projet ou une alliance")
    for option, name, does in (
        ("--goal", "ODD", "1 à 17"),
        ("--need", "MOYEN", "mis en jeu"),
        ("--world", "MONDE", "réuni"),
    ):
        parser.add_argument(option, action="append", default=[], metavar=name, help=does)
    parser.add_argument("--at", metavar="LIEU", help="un territoire : nom, code ou code postal")
    parser.add_argument("--text", default="", metavar="MOTS", help="ce qu'on veut faire, en mots")
    parser.add_argument("--on", metavar="AAAA-MM-JJ", help="ce qui est terminé ce jour-là")
    parser.add_argument("--limit", type=int, default=5, metavar="N", help="de chaque groupe")


def ask(view: View, arguments: argparse.Namespace) -> Alikes:
    """The answer to what was typed.

    Raises:
        RequestError: see its sentence.
    """
    request = Request(
        day(arguments.on),
        arguments.thing,
        tuple(arguments.goal),
        arguments.at,
        tuple(arguments.need),
        tuple(arguments.world),
        arguments.text,
        arguments.limit,
    )
    return alike.alike(view, request, text_index(view))


def lines(answer: Alikes) -> Iterator[str]:
    """The answer for a person."""
    question = answer.question
    name = question.thing.name if question.thing else "le projet décrit"
    yield f"Quelles alliances ressemblent à : {name} ?"
    for label, items in (
        ("objectifs", [f"ODD {g.id.partition(':')[2]} {g.name}" for g in question.goals]),
        ("lieux", [place.name for place in question.places]),
        ("moyens", [means.fr for means in question.means]),
        ("mondes", [world.fr for world in question.worlds]),
        ("forme", [question.form.fr] if question.form else []),
        ("mots", [question.text] if question.text else []),
    ):
        if items:
            yield from wrapped(f"{label} : {', '.join(items)}", "  ", "    ")
    for fate, found in answer.groups.items():
        if found:
            yield ""
            yield f"{_HEADINGS[fate]} ({counted(answer.counts[fate], 'alliance', 'alliances')})"
            for rank, each in enumerate(found, start=1):
                yield ""
                yield from _alliance(rank, each)
    yield ""
    if not any(answer.counts.values()):
        yield "Aucune alliance connue ne ressemble à ce projet."
    for lacking in answer.lacking:
        yield from wrapped(lacking.text)
    yield from advice(answer.wider, answer.catalysts, ("alliance", "alliances"))
    yield f"{counted(answer.considered, 'alliance considérée', 'alliances considérées')}."


def _alliance(rank: int, found: Alike) -> Iterator[str]:
    form = f" · {found.form.fr}" if found.form else ""
    yield from wrapped(f"{rank}. {found.name}{form}{_period(found)}", "", "   ")
    yield f"   {found.id}"
    for label, said in (
        ("Résultat", found.result),
        ("Raison de la fin", found.exit_reason),
        ("Enseignement", found.lesson),
    ):
        if said:
            yield from wrapped(f"{label} : {cited(said.text, said.evidence)}", "   ", "     ")
    if found.fate is Fate.STOPPED and not found.exit_reason:
        yield "   Raison de la fin : aucune source ne la dit."
    for trait in found.traits:
        yield from wrapped(f"– {cited(trait.text, trait.evidence)}", "   ", "     ")


def _period(found: Alike) -> str:
    """When it began and ended, as precise as known."""
    if found.started and found.ended:
        return f" · {found.started} à {found.ended}"
    if found.started:
        return (
            f" · depuis {found.started}" if not found.over else f" · commencée en {found.started}"
        )
    if found.ended:
        return f" · jusqu'à {found.ended}"
    return " · terminée" if found.over else ""
