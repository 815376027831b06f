"""What can be lacking in a territory, as it is chosen and as it is told."""

from dataclasses import dataclass

from graph.errors import RequestError
from graph.model import World
from queries.white_zones import Lack, lack, lacks
from viz.pages.asked import Asked
from viz.pages.language import Language
from viz.pages.rendering import goal_label, world_label


@dataclass(frozen=True, slots=True)
class Choice:
    """Something that can be lacking: its code, and how it is told in a list of them."""

    code: str
    label: str
    chosen: bool


def lack_label(asked: Asked, what: Lack) -> str:
    """What is looked for, in words."""
    if what.goal:
        number, name = what.goal, goal_label(asked, what.goal)
        return asked.say("ce qui vise l'ODD {number} ({name})", number=number, name=name)
    if not what.worlds:
        return asked.say("les catalyseurs")
    return asked.say("ce qui relie {worlds}", worlds=_pair(asked.language, what.worlds))


def _pair(language: Language, worlds: tuple[World, ...]) -> str:
    return " ↔ ".join(world_label(language, world) for world in worlds)


def lack_choices(asked: Asked) -> list[tuple[str, list[Choice]]]:
    """All that can be lacking, by group."""
    present = _asked(asked)
    first, pairs, goals = asked.say("Catalyseurs"), asked.say("Ce qui relie"), asked.say("Les ODD")
    found: dict[str, list[Choice]] = {first: [], pairs: [], goals: []}
    for each in lacks():
        group, label = first, asked.say("aucun catalyseur connu")
        if each.worlds:
            group, label = pairs, _pair(asked.language, each.worlds)
        elif each.goal:
            told = asked.say("ODD {number}", number=each.goal)
            group, label = goals, f"{told} {goal_label(asked, each.goal)}"
        found[group].append(Choice(each.code, label, each == present))
    return list(found.items())


def _asked(asked: Asked) -> Lack | None:
    """What the address asks; None where it asks nothing that there is."""
    code = asked.one("manque")
    try:
        return lack(code) if code else None
    except RequestError:
        return None
