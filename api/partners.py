"""The command that finds partners: what may be typed, and the answer as text."""

import argparse
from collections.abc import Iterator

from api import pairs
from api.advising import BAND_NAMES, advised
from api.lines import also, asked, counted, goals, reasons, thousands, who, wrapped
from graph.view import View
from queries import pairs as among
from queries import partners
from queries.matching.weights import OTHER_WORLD
from queries.pairs import Pairs
from queries.partner_request import Request, has_profile
from queries.partners import Partners
from queries.wording import quoted

DOES = "qui pourrait faire alliance avec qui, ici"

# Of one, of several.
_LEFT_OUT = {
    "elsewhere": ("qui agit ailleurs", "qui agissent ailleurs"),
    "ended": ("qui n'existe plus", "qui n'existent plus"),
    "outside_box": ("qui est hors du cadre", "qui sont hors du cadre"),
    "other_world": ("d'un autre monde", "d'autres mondes"),
    "itself": ("elle-même", "elles-mêmes"),
    "already_together": ("qui fait déjà alliance avec elle", "qui font déjà alliance avec elle"),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what may be typed after the command."""
    parser.add_argument("--at", metavar="LIEU", help="un territoire : nom, code ou code postal")
    parser.add_argument("--for", dest="organisation", metavar="ORGANISATION", help="pour qui")
    for option, name, does in (
        ("--goal", "ODD", "1 à 17"),
        ("--need", "MOYEN", "cherché"),
        ("--offer", "MOYEN", "offert"),
        ("--world", "MONDE", "seulement"),
    ):
        parser.add_argument(option, action="append", default=[], metavar=name, help=does)
    parser.add_argument("--text", default="", metavar="MOTS", help="le projet, en mots")
    does = "ce que compte un autre monde, de 1 à 2"
    parser.add_argument("--difference", type=float, default=OTHER_WORLD, metavar="N", help=does)
    does = "comparer aussi les sens par plongements (extra « embeddings »)"
    parser.add_argument("--embeddings", action="store_true", help=does)
    parser.add_argument("--limit", type=int, default=10, metavar="N")


def ask(view: View, arguments: argparse.Namespace) -> Partners | Pairs:
    """The answer to what was typed: for someone or something, else for whoever is there.

    Raises:
        RequestError: see its sentence.
    """
    request = Request(
        arguments.at,
        tuple(arguments.goal),
        tuple(arguments.need),
        tuple(arguments.offer),
        arguments.organisation,
        tuple(arguments.world),
        arguments.limit,
        arguments.text,
        arguments.difference,
        arguments.embeddings,
    )
    if has_profile(request):
        return partners.partners(view, request)
    return among.pairs(view, request)


def lines(answer: Partners | Pairs) -> Iterator[str]:
    """The answer for a person."""
    return pairs.lines(answer) if isinstance(answer, Pairs) else _of_someone(answer)


def _of_someone(answer: Partners) -> Iterator[str]:
    """The lines of an answer to "who could partner with whom here"."""
    question = answer.question
    yield f"Qui pourrait faire alliance ici : {question.place.name} ?"
    if question.organisation:
        yield f"  pour : {question.organisation.name}"
    yield from asked("objectifs", goals(question.goals))
    yield from asked("moyens cherchés", [means.fr for means in question.needs])
    yield from asked("moyens offerts", [means.fr for means in question.offers])
    yield from asked("mondes", [world.fr for world in question.worlds])
    yield from asked("projet", [question.text] if question.text else [])
    for goal in question.goals_in_text:
        words = ", ".join(quoted(word) for word in goal.words)
        yield from wrapped(f"vos mots évoquent l'ODD {goal.goal} : {words}", "  ", "    ")
    yield from also(question.place.also)
    for rank, partner in enumerate(answer.answers, start=1):
        yield ""
        yield f"{rank}. {partner.name}{who(partner.world, partner.place)}"
        yield f"   {partner.id} · {BAND_NAMES[partner.band]}"
        yield from reasons(partner.reasons)
    if not answer.answers:
        yield ""
        yield "Personne, à notre connaissance, ne remplit toutes ces conditions."
    yield ""
    yield f"{counted(answer.considered, 'organisation considérée', 'organisations considérées')}."
    left_out = [_left_out(reason, count) for reason, count in answer.left_out.items()]
    if left_out:
        yield from wrapped(f"Non retenues : {', '.join(left_out)}.", "", "  ")
    if answer.advice:
        yield from advised(answer.advice)


def _left_out(reason: str, count: int) -> str:
    one, several = _LEFT_OUT[reason]
    if reason == "itself":
        return one
    return f"{thousands(count)} {several if count > 1 else one}"
