"""How the lines of an answer are set: folded, with their sources, with French spaces."""

from collections.abc import Iterable, Iterator, Sequence
from textwrap import wrap

from graph.model import World
from queries.answers import Evidence, Named, Reason
from queries.wider import Wider

_WIDTH = 96
_SOURCES_SHOWN = 4


def wrapped(text: str, first: str = "", following: str = "  ") -> list[str]:
    """A text folded at the width of a page, indented."""
    return wrap(
        typeset(text.strip()),
        _WIDTH,
        initial_indent=first,
        subsequent_indent=following,
        break_long_words=False,
        break_on_hyphens=False,
    )


def cited(text: str, evidence: Sequence[Evidence]) -> str:
    """A sentence with its sources, the first of them where there are many."""
    shown = [f"{e.source} {e.locator}".strip() for e in evidence]
    shown = list(dict.fromkeys(shown))
    more = len(shown) - _SOURCES_SHOWN
    listed = ", ".join(shown[:_SOURCES_SHOWN]) + (f"… et {more} de plus" if more > 0 else "")
    return f"{text} [{listed}]" if listed else text


def counted(number: int, one: str, several: str) -> str:
    """A number with its noun, which agrees: `0 projet`, `2 appels`."""
    return f"{thousands(number)} {several if number > 1 else one}"


def advice(
    wider: Iterable[Wider], catalysts: Sequence[Named], what: tuple[str, str]
) -> Iterator[str]:
    """What a wider territory would give, and which catalysts act here."""
    around = [f"{each.place.name} ({counted(each.count, *what)})" for each in wider]
    if around:
        yield from wrapped(f"Plus largement : {' ; '.join(around)}.")
    if catalysts:
        names = ", ".join(catalyst.name for catalyst in catalysts)
        yield from wrapped(f"Catalyseurs territoriaux d'ici, à interroger : {names}.")


def asked(label: str, items: Sequence[str]) -> list[str]:
    """The line on a part of the question, none where nothing was asked."""
    return wrapped(f"{label} : {', '.join(items)}", "  ", "    ") if items else []


def also(others: Sequence[str]) -> list[str]:
    """The line on other places of the same name."""
    return asked("autres lieux de ce nom", others)


def goals(found: Iterable[Named]) -> list[str]:
    """Goals with their numbers."""
    return [f"ODD {goal.id.partition(':')[2]} {goal.name}" for goal in found]


def who(world: World | None, place: str | None) -> str:
    """What follows a name: its world and its place, as far as they are known."""
    known = [world.fr if world else "", place or ""]
    return "".join(f" · {part}" for part in known if part)


def reasons(found: Iterable[Reason]) -> Iterator[str]:
    """The lines of reasons: for, against, to check."""
    for reason in found:
        sign = "?" if reason.to_check else "✗" if reason.against else "–"
        yield from wrapped(f"{sign} {cited(reason.text, reason.evidence)}", "   ", "     ")


def thousands(number: int) -> str:
    """A number as French writes it, with narrow no-break spaces."""
    return f"{number:,}".replace(",", "\u202f")


def duration(seconds: float) -> str:
    """A time to wait, the less exact the longer: `45 s`, `2 min 10 s`, `1 h 05 min`."""
    whole = max(0, round(seconds))
    if whole < 60:
        told = f"{whole} s"
    elif whole < 3595:
        tens = (whole + 5) // 10 * 10
        told = f"{tens // 60} min" + (f" {tens % 60} s" if tens % 60 else "")
    else:
        minutes = (whole + 30) // 60
        told = f"{minutes // 60} h" + (f" {minutes % 60:02} min" if minutes % 60 else "")
    return told.replace(" ", "\u00a0")


def typeset(text: str) -> str:
    """A text with the no-break spaces that French puts beside « » and before ; : ? !."""
    for sign in ";:?!":
        text = text.replace(f" {sign}", f"\u00a0{sign}")
    return text.replace("« ", "«\u00a0").replace(" »", "\u00a0»").replace("§ ", "§\u00a0")
