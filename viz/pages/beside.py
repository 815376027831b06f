"""What stands beside a picture of rooms: its legend, and who is in which room."""

from collections.abc import Sequence

from graph.model import ORGANISATION, World
from viz import marks
from viz.marks import Mark
from viz.network import Actor, Network
from viz.pages.asked import Asked
from viz.pages.rendering import world_label


def legend(asked: Asked, network: Network) -> list[tuple[Mark, str, bool]]:
    """The marks that are drawn, each with its label; the last one with the star of a catalyst."""
    present = {marks.mark_of(a.kind, a.world).name for a in network.actors}
    entries = [(mark, asked.say(mark.label), False) for mark in marks.ALL if mark.name in present]
    if any(actor.catalyst for actor in network.actors):
        entries.append((marks.ALL[0], asked.say("catalyseur (étoile autour)"), True))
    return entries


def in_rooms(asked: Asked, actors: Sequence[Actor]) -> dict[str, list[tuple[int, Actor]]]:
    """The drawn actors but the middle, by the name of their room, with their numbers.

    What has no room of its own (alliances, projects) comes last.
    """
    rows: dict[str, list[tuple[int, Actor]]] = {
        world_label(asked.language, world): [] for world in (*World, None)
    }
    for number, actor in enumerate(actors[1:], 2):
        name = asked.say("alliances, projets et autres")
        if actor.kind is ORGANISATION:
            name = world_label(asked.language, actor.world)
        rows.setdefault(name, []).append((number, actor))
    return {name: there for name, there in rows.items() if there}
