"""The answer of a place without a profile, as text: who could work with whom."""

from collections.abc import Iterable, Iterator

from api.advising import BAND_NAMES, advised
from api.lines import counted, reasons, wrapped
from graph.model import World
from queries.answers import Named, Reason
from queries.pairs import Pair, Pairs


def lines(answer: Pairs) -> Iterator[str]:
    """The answer for a person."""
    yield f"Qui pourrait travailler avec qui, ici : {answer.question.place.name} ?"
    for rank, pair in enumerate(answer.answers, start=1):
        yield ""
        yield from _pair(rank, pair)
    yield ""
    if not answer.answers:
        yield "Nous ne savons pas assez de qui est ici pour rapprocher deux organisations."
    known = (
        "organisation dont quelque chose est connu",
        "organisations dont quelque chose est connu",
    )
    yield f"{counted(answer.considered, *known)}."
    if answer.advice:
        yield from advised(answer.advice)


def _pair(rank: int, pair: Pair) -> Iterator[str]:
    one, other = (
        _named(each, world) for each, world in zip((pair.one, pair.other), pair.worlds, strict=True)
    )
    yield from wrapped(f"{rank}. {one} et {other}", "", "   ")
    yield f"   {pair.one.id} + {pair.other.id} · {BAND_NAMES[pair.band]}"
    yield from _reasons(pair.one, pair.other, pair.for_one)
    yield from _reasons(pair.other, pair.one, pair.for_other)


def _named(each: Named, world: World | None) -> str:
    return f"{each.name} ({world.fr})" if world else each.name


def _reasons(asker: Named, other: Named, found: Iterable[Reason]) -> Iterator[str]:
    yield from wrapped(f"À {asker.name}, ce que nous dirions de {other.name} :", "   ", "   ")
    yield from reasons(found)
