"""Small graphs of true places; the expected numbers are counted by hand from what is claimed."""

from collections.abc import Callable, Iterator
from math import hypot, radians

import numpy as np
import pytest

from graph.claims import Claim, NodeClaim, Properties, TieClaim
from graph.errors import RequestError, UnknownTerm
from graph.model import (
    ACTS_IN,
    ALLIANCE,
    ORGANISATION,
    PART_OF,
    SEATED_IN,
    TERRITORY,
    Tie,
    World,
)
from graph.view import View
from queries.cartography import Request, cartography, spot_of
from queries.partner_request import Request as PartnerRequest
from queries.partners import partners
from queries.perimeters import perimeters
from queries.spots import box_of, spots_of, within

ViewOf = Callable[..., View]

# Insee 2022 (inhabitants), IGN (centres of communes, rounded).
GRENOBLE, VOIRON, LYON = "commune:38185", "commune:38563", "commune:69123"
CENTRES = {GRENOBLE: (45.182, 5.720), VOIRON: (45.378, 5.582), LYON: (45.758, 4.835)}
AROUND_GRENOBLE = 5.6, 45.1, 5.9, 45.3


def tie(kind: Tie, start: str, end: str) -> TieClaim:
    return TieClaim(kind, start, end, f"{kind} {start} {end}", {})


def actor(
    key: str, seat: str, world: World, *, roles: tuple[str, ...] = (), ended: str = ""
) -> list[Claim]:
    said: Properties = {"name": key, "world": world.value, "roles": list(roles)}
    if ended:
        said = {**said, "ended": ended}
    return [NodeClaim(key, ORGANISATION, key, said), tie(SEATED_IN, key, seat)]


def territories() -> Iterator[Claim]:
    for key, name, population in (
        (GRENOBLE, "Grenoble", 156_140),
        (VOIRON, "Voiron", 20_463),
        (LYON, "Lyon", 520_774),
    ):
        latitude, longitude = CENTRES[key]
        said: Properties = {
            "name": name,
            "level": "commune",
            "population": population,
            "latitude": latitude,
            "longitude": longitude,
        }
        yield NodeClaim(key, TERRITORY, key, said)
    for key, name, level in (
        ("departement:38", "Isère", "departement"),
        ("departement:69", "Rhône", "departement"),
        ("region:84", "Auvergne-Rhône-Alpes", "region"),
        ("nation:FR", "France", "nation"),
    ):
        yield NodeClaim(key, TERRITORY, key, {"name": name, "level": level})
    for part, whole in (
        (GRENOBLE, "departement:38"),
        (VOIRON, "departement:38"),
        (LYON, "departement:69"),
        ("departement:38", "region:84"),
        ("departement:69", "region:84"),
        ("region:84", "nation:FR"),
    ):
        yield tie(PART_OF, part, whole)


def known() -> list[Claim]:
    return [
        *territories(),
        *actor("alliage:une", GRENOBLE, World.ASSOCIATION, roles=("catalyst",)),
        *actor("alliage:deux", GRENOBLE, World.COMPANY),
        *actor("alliage:trois", VOIRON, World.COMPANY),
        *actor("alliage:quatre", LYON, World.ACADEMIC),
        *actor("alliage:finie", LYON, World.COMPANY, ended="2019-06-30"),
        *actor("alliage:vague", "departement:38", World.STATE),
        NodeClaim("alliage:ailleurs", ORGANISATION, "a", {"name": "sans siège"}),
    ]


def counted(view: View, request: Request) -> dict[str, tuple[int, int]]:
    return {each.id: (each.actors, each.catalysts) for each in cartography(view, request).answers}


def test_an_actor_counts_where_its_seat_is_and_in_what_contains_it(view_of: ViewOf) -> None:
    view = view_of(("exemples", known()))
    assert counted(view, Request(level="commune", box=(-180, -90, 180, 90))) == {
        GRENOBLE: (2, 1),
        VOIRON: (1, 0),
        LYON: (1, 0),
    }
    assert counted(view, Request()) == {"departement:38": (4, 1), "departement:69": (1, 0)}
    assert counted(view, Request(level="region")) == {"region:84": (5, 1)}


def test_those_without_a_seat_are_told_apart(view_of: ViewOf) -> None:
    answer = cartography(view_of(("exemples", known())), Request())
    assert (answer.considered, answer.unplaced) == (6, 1)


def test_the_map_counts_those_whom_the_list_considers(view_of: ViewOf) -> None:
    view = view_of(("exemples", known()))
    for words in (
        {"at": "Isère"},
        {"at": "Grenoble", "worlds": ("company",)},
        {"at": "Isère", "seats": AROUND_GRENOBLE},
    ):
        listed = partners(view, PartnerRequest(text="aide", **words))
        shown = cartography(view, Request(level="region", **words))
        assert shown.considered == listed.considered
        placed = sum(each.actors for each in shown.answers)
        assert placed == listed.considered - shown.unplaced


def test_a_search_in_a_box_considers_who_is_seen_in_it(view_of: ViewOf) -> None:
    view = view_of(("exemples", known()))
    request = PartnerRequest("France", text="aide", seats=AROUND_GRENOBLE)
    assert {each.id for each in partners(view, request).answers} == {"alliage:une", "alliage:deux"}


def test_only_some_worlds_are_counted_in_the_whole_country(view_of: ViewOf) -> None:
    view = view_of(("exemples", known()))
    answer = cartography(view, Request(level="commune", worlds=("company",), place="France"))
    assert {each.id: each.worlds for each in answer.answers} == {
        GRENOBLE: {World.COMPANY: 1},
        VOIRON: {World.COMPANY: 1},
    }


def test_each_actor_is_near_the_centre_of_its_commune_and_on_no_other(view_of: ViewOf) -> None:
    many = [
        claim
        for number in range(40)
        for claim in actor(f"alliage:n{number}", GRENOBLE, World.COMPANY)
    ]
    view = view_of(("exemples", [*known(), *many]))
    answer = cartography(view, Request(place=GRENOBLE, level="actor"))
    assert answer.question.level == "actor"
    assert len(answer.actors) == 42
    latitude, longitude = CENTRES[GRENOBLE]
    metres = np.array(
        [
            [
                (each.latitude - latitude) * 111_195,
                (each.longitude - longitude) * 111_195 * np.cos(radians(latitude)),
            ]
            for each in answer.actors
        ]
    )
    assert np.hypot(*metres.T).max() < 1_500
    apart = [hypot(*(a - b)) for i, a in enumerate(metres) for b in metres[:i]]
    assert min(apart) > 100  # metres: told apart from zoom 14 on, where a pixel is 6.7 m


def test_the_spot_of_an_actor_does_not_change_with_what_is_asked(view_of: ViewOf) -> None:
    view = view_of(("exemples", known()))
    every = {each.id: each for each in cartography(view, Request(GRENOBLE, "actor")).actors}
    some = cartography(view, Request(GRENOBLE, "actor", worlds=("company",))).actors
    assert [each.id for each in some] == ["alliage:deux"]
    assert some[0] == every["alliage:deux"]
    node = view.ordinal("alliage:deux")
    assert node is not None
    assert spot_of(view, node) == some[0]


def test_the_only_actor_of_a_commune_is_at_its_centre(view_of: ViewOf) -> None:
    view = view_of(("exemples", known()))
    (alone,) = cartography(view, Request(VOIRON, "actor")).actors
    assert (alone.latitude, alone.longitude) == CENTRES[VOIRON]


def test_who_has_ended_or_whose_commune_is_unknown_has_no_spot(view_of: ViewOf) -> None:
    view = view_of(("exemples", known()))
    for key in ("alliage:finie", "alliage:vague", "alliage:ailleurs"):
        node = view.ordinal(key)
        assert node is not None
        assert spot_of(view, node) is None
    assert np.isnan(spots_of(view)[view.ordinal("alliage:vague")]).all()


def test_actors_are_shown_somewhere_and_levels_are_known_ones(view_of: ViewOf) -> None:
    view = view_of(("exemples", known()))
    with pytest.raises(RequestError):
        cartography(view, Request(level="actor"))
    with pytest.raises(RequestError):
        cartography(view, Request(box=AROUND_GRENOBLE))
    with pytest.raises(UnknownTerm):
        cartography(view, Request(level="canton"))


def test_territories_where_no_catalyst_acts_are_told_with_and_without_actors(
    view_of: ViewOf,
) -> None:
    view = view_of(("exemples", known()))
    asked = Request(level="commune", place="France", uncovered=True)
    assert cartography(view, asked).uncovered == (VOIRON, LYON)
    assert cartography(view, Request(level="commune", place="France")).uncovered == ()


def test_a_box_is_four_numbers_in_their_order() -> None:
    assert box_of("5.5,45,6,45.5") == (5.5, 45.0, 6.0, 45.5)
    for text in ("", "5,45,6", "6,45,5,46", "5,nan,6,46", "5,45,6,91", "a,b,c,d"):
        with pytest.raises(RequestError):
            box_of(text)
    spots = np.array([[45.182, 5.72], [45.758, 4.835], [np.nan, np.nan]])
    assert within(spots, AROUND_GRENOBLE).tolist() == [True, False, False]


def test_alliances_have_the_shape_of_their_territory_within_and_around_a_place(
    view_of: ViewOf,
) -> None:
    claims: list[Claim] = [
        *territories(),
        NodeClaim("alliage:ici", ALLIANCE, "i", {"name": "Ici"}),
        NodeClaim("alliage:la", ALLIANCE, "l", {"name": "Là", "ended": "2020"}),
        NodeClaim("alliage:partout", ALLIANCE, "p", {"name": "Partout"}),
        tie(ACTS_IN, "alliage:ici", "departement:38"),
        tie(ACTS_IN, "alliage:la", "departement:38"),
        tie(ACTS_IN, "alliage:la", "departement:69"),
        tie(ACTS_IN, "alliage:partout", "nation:FR"),
    ]
    view = view_of(("exemples", claims))
    told = {
        each.territory.id: [alliance.id for alliance in each.alliances]
        for each in perimeters(view, GRENOBLE).answers
    }
    assert told == {"departement:38": ["alliage:ici", "alliage:la"]}
    assert [each.territory.id for each in perimeters(view, "France").answers] == [
        "departement:38",
        "departement:69",
    ]
