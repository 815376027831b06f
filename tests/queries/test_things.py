import pytest

from graph.errors import AmbiguousName, UnknownId
from graph.model import ACTS_IN, ALLIANCE, ORGANISATION, SEATED_IN
from graph.view import View
from queries.answers import Named
from queries.things import goal_named, named, place_name, resolve_thing, whereabouts


def key(view: View, text: str) -> str:
    return view.keys[resolve_thing(view, text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("alliage:gaia", "alliage:gaia"),
        (" alliage:gaia ", "alliage:gaia"),
        ("GAIA", "alliage:gaia"),
        ("gaia", "alliage:gaia"),
        ("Alsace Active", "alliage:alsace-active"),
        ("alsace activ", "alliage:alsace-active"),
        ("Le RAMEAU", "alliage:le-rameau"),
        ("CRESS Bretagne", "alliage:cress-bretagne"),
        ("silvergeek", "alliage:silvergeek"),
        ("commune:38024", "commune:38152"),
        ("siren:213801855", "siren:213801855"),
    ],
)
def test_a_thing_is_meant_by_its_id_its_former_id_or_its_name(
    bundled: View, text: str, expected: str
) -> None:
    assert key(bundled, text) == expected


def test_a_name_that_a_place_and_an_alliance_share_is_settled_by_the_kind(bundled: View) -> None:
    with pytest.raises(UnknownId):
        resolve_thing(bundled, "alliage:gaia", [ALLIANCE])
    assert bundled.keys[resolve_thing(bundled, "GAIA", [ORGANISATION])] == "alliage:gaia"


def test_several_things_of_one_name_are_listed(bundled: View) -> None:
    with pytest.raises(AmbiguousName) as told:
        resolve_thing(bundled, "Saint-Denis")
    listed = dict(told.value.candidates)
    four = {f"commune:{code}" for code in ("11339", "30247", "93066", "97411")}
    assert four <= listed.keys()
    assert {listed[key] for key in four} == {"Saint-Denis"}
    assert told.value.message.startswith("« Saint-Denis » désigne plusieurs fiches, précisez")


def test_what_nobody_knows_is_said_so(bundled: View) -> None:
    with pytest.raises(UnknownId) as told:
        resolve_thing(bundled, "siren:123456782")
    assert told.value.message == (
        "Nous ne connaissons rien sous l'identifiant ou le nom « siren:123456782 »."
    )


def test_the_seventeen_goals_have_their_names(bundled: View) -> None:
    assert goal_named(bundled, 11) == Named("goal:11", "Villes et communautés durables")
    assert goal_named(bundled, 17) == Named(
        "goal:17", "Partenariats pour la réalisation des objectifs"
    )
    assert named(bundled, resolve_thing(bundled, "goal:17")) == goal_named(bundled, 17)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("alliage:gaia", "Isère"),
        ("siren:213801855", "Grenoble"),
        ("alliage:agroparistech-clermont-ferrand", "Clermont-Ferrand"),
        ("alliage:cocoshaker", None),
        # Poitiers, Poitou-Charentes and « 17.000 points de contact en France »: the widest.
        ("alliage:groupe-la-poste", "France"),
    ],
)
def test_the_place_of_an_actor_is_its_seat_else_its_widest_perimeter(
    bundled: View, text: str, place: str | None
) -> None:
    assert place_name(bundled, resolve_thing(bundled, text)) == place


def test_where_an_actor_acts_may_be_asked_before_where_it_has_its_seat(bundled: View) -> None:
    grenoble = resolve_thing(bundled, "siren:213801855")
    assert whereabouts(bundled, grenoble, (ACTS_IN, SEATED_IN)) == bundled.ordinal("commune:38185")
    assert whereabouts(bundled, resolve_thing(bundled, "alliage:cocoshaker"), (SEATED_IN,)) is None
