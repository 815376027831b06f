"""The command that finds who connects worlds: what may be typed, and the answer as text."""

import argparse
from collections.abc import Iterator

from api.lines import also, asked, counted, goals, reasons, thousands, wrapped
from graph.view import View
from queries import bridges
from queries.bridges import Bridge, Bridges, BrokerRole, Coverage, Request, Standing
from queries.wording import listed

DOES = "quel catalyseur relie ces mondes, ici"

_STANDINGS = {
    Standing.DECLARED: " ★ catalyseur territorial",
    Standing.FUNCTIONS: " ☆ en tient des fonctions",
    Standing.UNLABELLED: " ○ relie sans en porter le nom",
}
_ROLES = {
    BrokerRole.LIAISON: "liaison entre deux autres mondes",
    BrokerRole.GATEKEEPER: "passeur entre son monde et un autre",
    BrokerRole.ITINERANT: "itinérant au sein d'un autre monde",
    BrokerRole.COORDINATOR: "coordinateur au sein de son monde",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what may be typed after the command."""
    parser.add_argument("--between", action="append", required=True, metavar="MONDE")
    parser.add_argument("--in", dest="place", required=True, metavar="LIEU")
    parser.add_argument("--goal", action="append", default=[], metavar="ODD", help="1 à 17")
    parser.add_argument("--limit", type=int, default=10, metavar="N")


def ask(view: View, arguments: argparse.Namespace) -> Bridges:
    """The answer to what was typed.

    Raises:
        RequestError: see its sentence.
    """
    worlds, aims = tuple(arguments.between), tuple(arguments.goal)
    return bridges.bridges(view, Request(worlds, arguments.place, aims, arguments.limit))


def lines(answer: Bridges) -> Iterator[str]:
    """The lines of an answer to "which catalyst connects these worlds"."""
    question = answer.question
    worlds = listed([world.fr for world in question.between])
    yield f"Qui relie ces mondes, {worlds}, ici : {question.place.name} ?"
    yield from asked("objectifs", goals(question.goals))
    yield from also(question.place.also)
    if not answer.answers:
        yield ""
        yield "Personne, à notre connaissance, ne met ici ces mondes en contact."
    for rank, bridge in enumerate(answer.answers, start=1):
        yield ""
        yield from _bridge(rank, bridge)
    yield ""
    yield f"{counted(answer.considered, 'organisation', 'organisations')} en contact ici."


def _bridge(rank: int, bridge: Bridge) -> Iterator[str]:
    yield f"{rank}. {bridge.name}{_mark(bridge)}"
    counts = ", ".join(f"{world.fr} : {count}" for world, count in bridge.worlds.items())
    yield f"   {bridge.id} · en contact avec : {counts}"
    yield from _measures(bridge)
    roles = {_ROLES[role]: value for role, value in bridge.roles.items() if value}
    played = [f"{name} ({_decimal(value)})" for name, value in roles.items()]
    if played:
        yield from wrapped(f"Rôles : {', '.join(played)}.", "   ", "     ")
    if bridge.only_through:
        yield f"   Mises en relation sans autre intermédiaire connu : {bridge.only_through}."
    yield from reasons(bridge.reasons)


def _mark(bridge: Bridge) -> str:
    """What follows the name of a broker: whether a source calls it a catalyst."""
    return _STANDINGS[bridge.standing]


def _measures(bridge: Bridge) -> Iterator[str]:
    """How much it introduces, of what it could, against chance; and who is within its reach."""
    pairs = counted(bridge.introduced, "mise en relation", "mises en relation")
    text = f"{pairs} sur {thousands(bridge.possible)} possibles"
    if bridge.variance:
        text += f" ; {_decimal(bridge.expected)} attendues au hasard des mondes"
        text += f" (écart réduit {_decimal(bridge.z)})"
    yield from wrapped(f"{text}.", "   ", "     ")
    text = f"Contrainte {_decimal(bridge.constraint)}, taille utile du réseau "
    yield from wrapped(f"{text}{_decimal(bridge.effective_size)} (Burt).", "   ", "     ")
    yield from wrapped(f"À sa portée : {', '.join(map(_reach, bridge.coverage))}.", "   ", "     ")


def _reach(coverage: Coverage) -> str:
    text = f"{coverage.world.fr} {thousands(coverage.reached)} sur {thousands(coverage.present)}"
    aims = [f"ODD {key.partition(':')[2]} : {count}" for key, count in coverage.goals.items()]
    return f"{text} ({', '.join(aims)})" if aims else text


def _decimal(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".").replace(".", ",")
