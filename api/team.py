"""The command that composes a group: what may be typed, and the answer as text."""

import argparse
from collections.abc import Iterator

from api.advising import advised
from api.lines import cited, counted, wrapped
from graph.view import View
from queries import team
from queries.team import Convener, Member, Team

DOES = "quel petit groupe, de plusieurs mondes, pour ces objectifs, ici"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what may be typed after the command."""
    parser.add_argument("--at", metavar="LIEU", help="un territoire : nom, code ou code postal")
    parser.add_argument("--goal", action="append", default=[], metavar="ODD", help="1 à 17")
    parser.add_argument("--with", dest="organisation", metavar="ORGANISATION", help="qui en est")
    parser.add_argument("--world", action="append", default=[], metavar="MONDE", help="seulement")
    parser.add_argument("--size", type=int, metavar="N", help="3 à 6 ; sinon le plus petit")


def ask(view: View, arguments: argparse.Namespace) -> Team:
    """The answer to what was typed.

    Raises:
        RequestError: see its sentence.
    """
    goals, worlds = tuple(arguments.goal), tuple(arguments.world)
    asked = team.Request(arguments.at, goals, arguments.organisation, worlds, arguments.size)
    return team.team(view, asked)


def lines(answer: Team) -> Iterator[str]:
    """The answer for a person."""
    question = answer.question
    yield f"Quel groupe pour ces objectifs, ici : {question.place.name} ?"
    goals = ", ".join(f"ODD {g.id.partition(':')[2]} {g.name}" for g in question.goals)
    yield from wrapped(f"objectifs : {goals}", "  ", "    ")
    for rank, member in enumerate(answer.members, start=1):
        yield ""
        yield from _member(rank, member)
    yield ""
    if not answer.members:
        yield "Personne d'ici, à notre connaissance, ne vise ces objectifs ni n'offre de moyen."
    else:
        yield from _missing(answer)
        yield from _convener(answer.convener)
    yield f"{counted(answer.considered, 'organisation considérée', 'organisations considérées')}."
    if answer.advice:
        yield from advised(answer.advice)


def _member(rank: int, member: Member) -> Iterator[str]:
    known = [member.world.fr if member.world else "", member.place or ""]
    yield f"{rank}. {member.name}{''.join(f' · {part}' for part in known if part)}"
    yield f"   {member.id}"
    for reason in member.reasons:
        mark = "?" if reason.to_check else "–"
        yield from wrapped(f"{mark} {cited(reason.text, reason.evidence)}", "   ", "     ")


def _missing(answer: Team) -> Iterator[str]:
    lacking = [f"ODD {goal.id.partition(':')[2]} {goal.name}" for goal in answer.missing_goals]
    lacking += [means.fr for means in answer.missing_means]
    if lacking:
        yield from wrapped(f"Que personne de ce groupe ne dit couvrir : {', '.join(lacking)}.")


def _convener(convener: Convener | None) -> Iterator[str]:
    if convener is None:
        yield "Aucun catalyseur territorial n'est connu ici pour les réunir."
        return
    yield f"Pourrait les réunir : {convener.name} ({convener.id})"
    for reason in convener.reasons:
        mark = "?" if reason.to_check else "–"
        yield from wrapped(f"{mark} {cited(reason.text, reason.evidence)}", "   ", "     ")
