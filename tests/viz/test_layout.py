"""Where things stand: apart, in their rooms, always the same."""

from dataclasses import replace
from itertools import combinations
from math import atan2, hypot, pi

import pytest

from graph.model import ALLIANCE, MEMBER_OF, ORGANISATION, TERRITORY, World
from viz.layout import NAMES, NUMBERS, Layout, Spot, Style, layout, levels, wrapped
from viz.network import Actor, Link, Network, Part

NAME = "Programme d'animation territoriale pour l'innovation sociale en Isère"


def network(count: int) -> Network:
    """A place, alliances of seven, and their members from all worlds."""
    place = Actor("departement:38", "Isère", TERRITORY, None, False, Part.CENTRE, None, ())
    actors, links = [place], list[Link]()
    for i in range(1, count):
        kind = ALLIANCE if i % 8 == 1 else ORGANISATION
        world = None if kind is ALLIANCE else tuple(World)[i * i % 7]
        actors.append(
            Actor(f"x:{i}", f"{NAME}, n° {i}", kind, world, i % 5 == 0, Part.BETWEEN, None, ())
        )
        end = 0 if kind is ALLIANCE else i - (i - 1) % 8
        ends = actors[i].id, actors[end].id
        links.append(Link(*ends, MEMBER_OF, "prend part à", "", "", "", (), False, ()))
    return Network("", "", tuple(actors), tuple(links), ((World.COMPANY, 12),), ())


def boxes(picture: Layout) -> list[tuple[int, float, float, float, float]]:
    style = picture.style
    spots = [*picture.spots, *(room.others for room in picture.rooms if room.others)]
    return [(i, *box(spot, style)) for i, spot in enumerate(spots)]


def box(spot: Spot, style: Style) -> tuple[float, float, float, float]:
    """Left, top, right, bottom of a mark and its label, as the program draws them."""
    half = max(spot.width / 2, style.radius)
    bottom = spot.y + style.radius * 1.35 + len(spot.lines) * style.font * 1.25
    return spot.x - half, spot.y - style.radius, spot.x + half, bottom


@pytest.mark.parametrize("style", [NAMES, NUMBERS], ids=lambda style: style.name)
@pytest.mark.parametrize("count", [1, 2, 9, 30, 60])
def test_no_two_labels_touch(count: int, style: Style) -> None:
    picture = layout(network(count), style)
    for (_, *a), (_, *b) in combinations(boxes(picture), 2):
        assert a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]


@pytest.mark.parametrize("style", [NAMES, NUMBERS], ids=lambda style: style.name)
def test_every_label_is_inside_the_rooms(style: Style) -> None:
    picture = layout(network(60), style)
    for _, left, top, right, bottom in boxes(picture):
        for x, y in [(left, top), (right, top), (left, bottom), (right, bottom)]:
            assert hypot(x / picture.half_width, y / picture.half_height) <= 1.01


def test_each_stands_in_the_room_of_its_world() -> None:
    drawn = network(60)
    picture = layout(drawn)
    rooms = {room.world: room for room in picture.rooms}
    for actor, spot in zip(drawn.actors, picture.spots, strict=True):
        if actor.kind is ORGANISATION:
            angle = (atan2(spot.y, spot.x / NAMES.stretch) + pi / 2) % (2 * pi) - pi / 2
            assert rooms[actor.world].start < angle < rooms[actor.world].end


def test_the_middle_is_in_the_middle_and_the_others_around() -> None:
    spots = layout(network(9)).spots
    assert (spots[0].x, spots[0].y) == (0, 0)
    assert all(hypot(spot.x, spot.y) >= NAMES.inner for spot in spots[1:])


def test_ties_of_ties_stand_further_out() -> None:
    assert levels(network(9)) == (0, 1, 2, 2, 2, 2, 2, 2, 2)


def test_what_nothing_ties_stands_outside() -> None:
    drawn = replace(network(3), links=())
    assert levels(drawn) == (0, 1, 1)
    assert levels(replace(network(9), links=network(9).links[:2])) == (0, 1, 2, *[3] * 6)


def test_the_same_network_gives_the_same_picture() -> None:
    assert layout(network(40)) == layout(network(40))


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("GAIA", ("GAIA",)),
        ("Labo des partenariats de Grenoble", ("Labo des", "partenariats de", "Grenoble")),
        ("Grenoble-Alpes-Métropole", ("Grenoble-Alpes-", "Métropole")),
        (NAME, ("Programme", "d'animation", "territoriale pour…")),
        ("A" * 300, ("A" * 11 + "…",)),
        ("", ("",)),
    ],
)
def test_a_label_is_broken_at_spaces_and_hyphens(name: str, lines: tuple[str, ...]) -> None:
    assert wrapped(name, NAMES) == lines
