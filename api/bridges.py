"""What `bridges` and `path` tell besides, as text: measures, coverage, disjoint introductions."""

from collections.abc import Iterator

from api.lines import cited, counted, thousands, wrapped
from queries.bridges import Bridge, Coverage, Standing
from queries.path import Paths

_STANDINGS = {
    Standing.DECLARED: " ★ catalyseur territorial",
    Standing.FUNCTIONS: " ☆ en tient des fonctions",
    Standing.UNLABELLED: " ○ relie sans en porter le nom",
}


def mark(bridge: Bridge) -> str:
    """What follows the name of a broker: whether a source calls it a catalyst."""
    return _STANDINGS[bridge.standing]


def measures(bridge: Bridge) -> Iterator[str]:
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


def disjoint(answer: Paths) -> Iterator[str]:
    """The introductions that have nobody in common, where they say more than the shortest."""
    if {way.ids for way in answer.disjoint} <= {way.ids for way in answer.introductions}:
        return
    yield ""
    yield "Par des chemins qui n'ont personne en commun :"
    for rank, introduction in enumerate(answer.disjoint, start=1):
        yield ""
        for index, one in enumerate(introduction.steps):
            start = f"{rank}. " if index == 0 else "   "
            yield f"{start}{cited(one.text, one.evidence)}"


def _decimal(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".").replace(".", ",")
