"""The command that tells white zones: what may be typed, and the answer as text."""

import argparse
from collections.abc import Iterator, Sequence

from api.lines import also, cited, counted, thousands, wrapped
from graph.view import View
from queries import gaps
from queries.coverage import Cover, Covers
from queries.gap_reasons import GapState, told_worlds
from queries.gaps import Gap, Gaps
from queries.uncovered import Uncovered

DOES = "ce que rien ne relie ici, et les territoires sans catalyseur"

_HEADINGS = {
    GapState.GAP: "Zones blanches : bien moins que dans des territoires comparables",
    GapState.UNSURE: "Rien, mais on n'attendait pas assez pour conclure",
    GapState.NO_DATA: "Faute de données, nous ne savons pas",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what may be typed after the command."""
    does = "un territoire : nom, code ou code postal"
    parser.add_argument("--in", dest="place", metavar="LIEU", help=does)
    parser.add_argument("--limit", type=int, default=10, metavar="N", help="de chaque sorte")


def ask(view: View, arguments: argparse.Namespace) -> Gaps:
    """The answer to what was typed.

    Raises:
        RequestError: see its sentence.
    """
    return gaps.gaps(view, arguments.place, arguments.limit)


def lines(answer: Gaps) -> Iterator[str]:
    """The answer for a person."""
    question = answer.question
    people = counted(question.inhabitants, "habitant", "habitants")
    yield f"Que manque-t-il ici : {question.place.name} ({people}) ?"
    if question.place.also:
        yield from also(question.place.also)
    if not any(each.here for each in answer.coverage):
        yield ""
        yield "Aucune source ne dit rien de ce lieu : nous ne pouvons pas savoir ce qui y manque."
    else:
        yield from _found(answer)
    yield ""
    yield from _territories(answer)
    yield ""
    yield from covering(answer.coverage)


def _found(answer: Gaps) -> Iterator[str]:
    everything = [*answer.actors, *answer.pairs, *answer.goals]
    for state in (GapState.GAP, GapState.UNSURE):
        of_state = [gap for gap in everything if gap.state is state]
        if of_state or state is GapState.GAP:
            yield ""
            yield _HEADINGS[state]
        if state is GapState.GAP and not of_state:
            yield "– Aucune n'est établie."
        for gap in of_state:
            yield from wrapped(f"– {cited(gap.reason.text, gap.reason.evidence)}", "", "  ")
    yield from _unknown([gap for gap in everything if gap.state is GapState.NO_DATA])
    yield ""
    if not answer.compared:
        yield "Aucun territoire ne se compare à celui-ci : rien ne dit combien en attendre."
        return
    connected = answer.connected
    compared = counted(answer.compared, "territoire comparable", "territoires comparables")
    pairs = counted(connected["pairs"], "paire de mondes", "paires de mondes")
    yield from wrapped(
        f"Comparé à {compared} : {pairs} et "
        f"{counted(connected['goals'], 'objectif', 'objectifs')} sans manque établi."
    )


def _unknown(found: Sequence[Gap]) -> Iterator[str]:
    if not found:
        return
    yield ""
    yield _HEADINGS[GapState.NO_DATA]
    told = [told_worlds(gap.worlds) if gap.worlds else _goal(gap) for gap in found]
    yield from wrapped(f"– {' ; '.join(told)}.", "", "  ")


def _goal(gap: Gap) -> str:
    return f"ODD {gap.goal.id.partition(':')[2]}" if gap.goal else ""


def _territories(answer: Gaps) -> Iterator[str]:
    without, total = answer.territories_without, answer.territories_all
    if not without:
        yield "Chaque partie de ce territoire a un catalyseur territorial connu."
        return
    yield f"Sans catalyseur territorial connu : {without} sur {total}"
    if answer.territories[0].no_data:
        yield from wrapped(
            "Aucune source qui nomme des catalyseurs ne couvre ce lieu : c'est peut-être faute de "
            "données.",
            "  ",
        )
    for each in answer.territories:
        yield from _territory(each)
    if (more := without - len(answer.territories)) > 0:
        yield f"  et {more} de plus"
    yield from wrapped("Les distances vont d'un centre à l'autre.", "  ")


def _territory(each: Uncovered) -> Iterator[str]:
    people = counted(each.inhabitants, "habitant", "habitants")
    told = f"– {each.place.name} ({people})"
    if nearest := each.nearest:
        far = thousands(round(nearest.distance_km))
        told += f" ; le plus proche : {nearest.catalyst.name}, à {far} km ({nearest.at.name})"
    yield from wrapped(told, "", "  ")


def covering(found: Sequence[Cover]) -> Iterator[str]:
    """Which sources cover a place, and which do not."""
    yield "Ce que les sources disent d'ici : fiches connues (attendues d'après la population)"
    for state in (Covers.WELL, Covers.LITTLE, Covers.ABSENT):
        told = [_cover(each) for each in found if each.covers is state and _told(each)]
        if told:
            yield from wrapped(f"– {state.fr} : {' ; '.join(told)}.", "", "  ")


def _told(each: Cover) -> bool:
    return each.here > 0 or each.covers is Covers.ABSENT


def _cover(each: Cover) -> str:
    expected = thousands(round(each.expected))
    return f"{each.source} {thousands(round(each.here))} ({expected})"
