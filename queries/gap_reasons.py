"""Why little or nothing in a place is a white zone, or is not, in words."""

from collections.abc import Sequence

from graph.model import Term, World
from queries.answers import Evidence, Fact, Reason, ReasonKind
from queries.coverage import Cover, covered
from queries.expected import Expected
from queries.wording import listed


class GapState(Term):
    """What little or nothing in a place means."""

    GAP = "gap", "zone blanche", "white zone"
    UNSURE = "unsure", "on ne peut pas conclure", "cannot be told"
    NO_DATA = "no_data", "faute de données", "for want of data"


def gap_reason(
    kind: ReasonKind,
    counted: str,
    state: GapState,
    level: Expected | None,
    cover: Sequence[Cover],
    facts: tuple[Fact, ...],
) -> Reason:
    """What is counted, what was expected, and what it means; the evidence is who covers the place.

    Args:
        kind: of the reason.
        counted: what is counted and how many there are, in words.
        state: what it means.
        level: what is expected, None where nothing can be told.
        cover: the sources that speak of such things.
        facts: some of what there is.
    """
    names = [each.source for each in cover if covered([each])]
    if state is GapState.NO_DATA:
        why = (
            "nous n'en savons pas assez, ici ou ailleurs, pour dire combien on en attendrait"
            if level is None
            else "aucune source qui en parle ne couvre ce lieu : c'est faute de données"
        )
        text = f"{counted} ; {why}."
    else:
        text = f"{counted} ; {_told(level)}{_judged(state)}."
    return Reason(
        kind,
        f"{text[0].upper()}{text[1:]}",
        tuple(Evidence(name, "", "") for name in names),
        to_check=state is not GapState.GAP,
        facts=facts,
    )


def _told(level: Expected | None) -> str:
    if level is None:
        return ""
    mean = _number(level.mean)
    return f"des territoires comparables en font attendre {mean} (de {level.low} à {level.high})"


def _judged(state: GapState) -> str:
    return "" if state is GapState.GAP else " : trop peu pour conclure"


def _number(mean: float) -> str:
    if mean < 0.05:
        return "presque rien"
    return f"{mean:.1f}".replace(".", ",") if mean < 10 else f"{mean:.0f}"


def known(number: int, one: str, several: str) -> str:
    """A number with what it counts: `aucun lien connu`, `2 liens connus`."""
    if not number:
        return f"aucun {one}"
    return f"{number} {several if number > 1 else one}"


def told_worlds(worlds: Sequence[World]) -> str:
    """Worlds in words: `association et entreprise`."""
    return listed([world.fr for world in worlds])
