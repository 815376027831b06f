"""The command that tells missed meetings: what may be typed, and the answer as text."""

import argparse
import datetime
from collections.abc import Iterator, Sequence

from api.lines import advice, cited, counted, wrapped
from graph.errors import RequestError
from graph.model import CALL
from graph.view import View
from queries import missed
from queries.conditions import Condition, ConditionKind, State
from queries.missed import Counts, Fit, Missed, Pair

DOES = "quels projets et quels financeurs se sont manqués, ici"

_HEADINGS = {
    Fit.FITS: "Toutes les conditions connues sont remplies, et ils ne se sont jamais rencontrés",
    Fit.TO_CHECK: "Rien ne s'y oppose, mais tout n'est pas connu : à vérifier",
    Fit.NEAR: "Presque : une seule condition bloque",
}
_NOTHING = {
    Fit.FITS: "Aucune paire ne remplit toutes les conditions.",
    Fit.TO_CHECK: "",
    Fit.NEAR: "",
}
_MARKS = {State.SATISFIED: "–", State.TO_CHECK: "?", State.REFUSED: "✗", State.TOLD: "·"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what may be typed after the command."""
    parser.add_argument("--at", metavar="LIEU", help="un territoire : nom, code ou code postal")
    parser.add_argument("--on", metavar="AAAA-MM-JJ", help="le jour où les appels sont ouverts")
    parser.add_argument("--limit", type=int, default=10, metavar="N", help="paires de chaque sorte")


def ask(view: View, arguments: argparse.Namespace) -> Missed:
    """The answer to what was typed.

    Raises:
        RequestError: see its sentence.
    """
    return missed.missed(view, missed.Request(arguments.at, day(arguments.on), arguments.limit))


def day(text: str | None) -> datetime.date:
    """The day that was typed, today where none was.

    Raises:
        RequestError: it is no day.
    """
    if text is None:
        return datetime.datetime.now(datetime.UTC).date()
    try:
        return datetime.date.fromisoformat(text)
    except ValueError as error:
        raise RequestError(
            f"« {text} » n'est pas un jour : écrivez-le comme 2026-03-31 (AAAA-MM-JJ)."
        ) from error


def lines(answer: Missed) -> Iterator[str]:
    """The answer for a person."""
    counts, question = answer.counts, answer.question
    yield f"Rendez-vous manqués ici : {question.place.name}, au {_day(question.day)}"
    if question.place.also:
        yield from wrapped(
            f"autres lieux de ce nom : {', '.join(question.place.also)}", "  ", "    "
        )
    groups: tuple[tuple[Fit, Sequence[Pair], int], ...] = (
        (Fit.FITS, answer.fits, counts.fits),
        (Fit.TO_CHECK, answer.to_check, counts.to_check),
        (Fit.NEAR, answer.near_misses, counts.near_misses),
    )
    for fit, pairs, total in groups:
        if pairs:
            yield ""
            yield from wrapped(f"{_HEADINGS[fit]} ({counted(total, 'paire', 'paires')})")
            for rank, pair in enumerate(pairs, start=1):
                yield ""
                yield from _pair(rank, pair)
    yield ""
    yield from _why_none(counts)
    yield from advice(answer.wider, answer.catalysts, ("paire", "paires"))
    yield from _considered(counts)


def _pair(rank: int, pair: Pair) -> Iterator[str]:
    by = ", ".join(carrier.name for carrier in pair.carriers)
    yield from wrapped(f"{rank}. {pair.seeker.name}{f' · porté par {by}' if by else ''}", "", "   ")
    opened = ", ".join(opener.name for opener in pair.openers)
    kind = "appel" if pair.funder_kind is CALL else "financeur"
    yield from wrapped(
        f"et {pair.funder.name} · {kind}{f' ouvert par {opened}' if opened else ''}", "   ", "   "
    )
    yield f"   {pair.seeker.id} · {pair.funder.id}"
    for condition in pair.conditions:
        yield from _condition(condition)


def _condition(condition: Condition) -> Iterator[str]:
    label = condition.kind.fr
    said = cited(condition.text, condition.evidence)
    yield from wrapped(f"{_MARKS[condition.state]} {label} : {said}", "   ", "     ")


def _why_none(counts: Counts) -> Iterator[str]:
    """Which condition empties the answer, where no pair fits."""
    if counts.fits or counts.to_check:
        return
    if not counts.seekers:
        yield "Aucun projet n'est connu ici, ni personne qui dise chercher un financement."
    elif not counts.calls + counts.funders:
        yield "Aucun appel ni aucun financeur n'est connu."
    elif counts.near_misses:
        blocking = sorted(counts.blocked_by.items(), key=lambda item: (-item[1], item[0]))
        told = ", ".join(f"{kind.fr} ({counted(n, 'paire', 'paires')})" for kind, n in blocking)
        yield from wrapped(f"Aucune paire ne convient ici ; ce qui bloque, seul : {told}.")
        if ConditionKind.DATES in counts.blocked_by:
            yield "Pour un autre jour : --on AAAA-MM-JJ."
    else:
        yield "Aucune paire ne convient ici : de toutes, trop peu est connu, ou trop bloque."


def _considered(counts: Counts) -> Iterator[str]:
    looked = (
        f"{counted(counts.seekers, 'projet', 'projets')}, "
        f"{counted(counts.calls, 'appel', 'appels')} et "
        f"{counted(counts.funders, 'financeur', 'financeurs')} considérés"
    )
    apart = [
        (counts.met, "paire se connaît déjà", "paires se connaissent déjà"),
        (
            counts.faint,
            "dont trop peu est connu ou convient",
            "dont trop peu est connu ou convient",
        ),
        (counts.seekers_ended, "projet terminé", "projets terminés"),
        (counts.funders_ended, "financeur disparu", "financeurs disparus"),
    ]
    told = [counted(count, one, several) for count, one, several in apart if count]
    yield from wrapped(f"{looked}{' ; ' if told else ''}{', '.join(told)}.")


def _day(iso: str) -> str:
    return "/".join(reversed(iso.split("-")))
