"""The command that profiles a territory: what may be typed, and the answer as text."""

import argparse
from collections.abc import Iterator, Sequence

from api.gaps import covering
from api.lines import also, cited, counted, thousands, wrapped
from graph.view import View
from queries import ecosystem
from queries.answers import Fact
from queries.ecosystem import Ecosystem, Number

DOES = "le profil d'un territoire : qui, pour quoi, avec quels moyens, dans quelles alliances"

_GROUPS = {
    "actors": "Acteurs d'ici, par monde",
    "catalysts": "Catalyseurs territoriaux d'ici",
    "projects": "Projets",
    "calls": "Appels à projets",
    "goals": "Objectifs visés",
    "offers": "Moyens offerts",
    "needs": "Moyens cherchés",
    "alliances": "Alliances",
    "phases": "Alliances, par phase",
    "outcomes": "Alliances, par issue",
    "started": "Alliances commencées, par année",
    "stopped": "Alliances terminées, par année",
    "joined": "Participations commencées, par année",
    "left": "Participations terminées, par année",
    "outside": "Qui agit ici depuis ailleurs",
}
_BY_YEAR = ("started", "stopped", "joined", "left")
_SHARED = (
    "Une alliance qui ne dit pas où elle agit compte une fois en tout, partagée en parts égales"
    " entre ses membres : la part d'ici est celle de ses membres d'ici. Les parts de tous les"
    " territoires font le total."
)
_OF_PART = (
    ("actors", "acteur", "acteurs"),
    ("projects", "projet", "projets"),
    ("alliances", "alliance", "alliances"),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what may be typed after the command."""
    does = "un territoire : nom, code ou code postal"
    parser.add_argument("--in", dest="place", metavar="LIEU", help=does)
    does = "ce qui est compté sous un nombre, par exemple goals.11"
    parser.add_argument("--list", dest="listed", metavar="NOMBRE", help=does)
    parser.add_argument("--limit", type=int, default=5, metavar="N", help="faits de chaque nombre")


def ask(view: View, arguments: argparse.Namespace) -> Ecosystem:
    """The answer to what was typed.

    Raises:
        RequestError: see its sentence.
    """
    return ecosystem.ecosystem(view, arguments.place, arguments.listed, arguments.limit)


def lines(answer: Ecosystem) -> Iterator[str]:
    """The answer for a person."""
    question = answer.question
    people = counted(question.inhabitants, "habitant", "habitants")
    yield f"Ce qui vit ici : {question.place.name} ({people})"
    if question.place.also:
        yield from also(question.place.also)
    if question.listed is not None:
        for number in answer.numbers:
            yield ""
            yield from _listed(number)
        return
    known = [number for number in answer.numbers if number.value]
    if not known:
        yield ""
        yield "Aucune source ne dit rien de ce lieu."
    for group, heading in _GROUPS.items():
        of_group = [number for number in known if _group(number.name) == group]
        if of_group:
            yield ""
            yield from _numbers(group, heading, of_group)
    if any(_is_shared(number) for number in known):
        yield ""
        yield from wrapped(_SHARED)
    yield from _programmes(answer)
    yield from _parts(answer)
    yield ""
    yield from covering(answer.coverage)
    if known:
        yield ""
        yield from wrapped(f"Pour voir ce que compte un nombre : --list {known[0].name}")


def _group(name: str) -> str:
    return name.partition(".")[0]


def _numbers(group: str, heading: str, found: Sequence[Number]) -> Iterator[str]:
    if group in _BY_YEAR:
        told = ", ".join(f"{n.name.partition('.')[2]} : {_counted(n)}" for n in found)
        yield from wrapped(f"{heading} — {told}")
        return
    if len(found) == 1 and found[0].name.endswith(".all"):
        yield f"{heading} : {_counted(found[0])}"
        return
    yield heading
    for number in found:
        yield from wrapped(f"– {number.label} : {_counted(number)}  [{number.name}]", "", "  ")


def _listed(number: Number) -> Iterator[str]:
    yield from wrapped(f"{number.label} : {_counted(number)}  [{number.name}]")
    if _is_shared(number):
        yield from wrapped(_SHARED)
    if not number.additive:
        yield from wrapped(f"ne s'additionne pas d'un territoire à l'autre : {number.why_not}")
    for fact in number.facts:
        yield f"– {_fact(fact)}"
    if (more := number.count - len(number.facts)) > 0:
        yield f"  et {thousands(more)} de plus (--limit)"


def _fact(fact: Fact) -> str:
    return " ".join(part for part in (fact.subject, fact.relation, fact.object) if part)


def _programmes(answer: Ecosystem) -> Iterator[str]:
    if not answer.programmes:
        return
    yield ""
    heading = "Ce qui nourrit d'ici des cadres nationaux, chaque contribution comptée une fois"
    yield from wrapped(f"{heading} ({answer.programmes_count})")
    for each in answer.programmes:
        yield from wrapped(f"– {cited(each.reason.text, each.reason.evidence)}", "", "  ")


def _parts(answer: Ecosystem) -> Iterator[str]:
    if not answer.parts:
        return
    yield ""
    shared = any(_is_shared(number) for number in answer.numbers)
    parts = ", ce qui est partagé compté en parts" if shared else ""
    yield from wrapped(f"Par territoire{parts} ; la somme est le total")
    for part in answer.parts:
        yield from wrapped(f"– {part.place.name} : {_sums(part.values)}", "", "  ")
    yield from wrapped(f"– dans aucun d'eux en entier : {_sums(answer.in_no_part)}", "", "  ")


def _sums(values: dict[str, float]) -> str:
    told = []
    for group, one, several in _OF_PART:
        total = sum(value for name, value in values.items() if _group(name) == group)
        told.append(f"{_value(total)} {several if total >= 2 else one}")
    return ", ".join(told)


def _is_shared(number: Number) -> bool:
    """Whether it counts less than the whole of something."""
    return round(number.value, 3) != number.things


def _counted(number: Number) -> str:
    """How many, and how much of them falls to here where that is less."""
    whole = thousands(number.things)
    return f"{whole} (part d'ici : {_value(number.value)})" if _is_shared(number) else whole


def _value(value: float) -> str:
    if value == round(value):
        return thousands(round(value))
    return f"{thousands(int(value))},{round(value % 1 * 10) % 10}"
