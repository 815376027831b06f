"""Organisations are those of data·inclusion, the fonds vert and the city contracts."""

from itertools import combinations

import pytest

from graph.claims import Properties
from ingest.duplicates.comparison import (
    MAYBE,
    SURE,
    WEIGHTS,
    Rarity,
    compare,
    distance,
    scored,
    vetoed,
)
from ingest.duplicates.profiles import Profile


def profile(key: str, place: str = "", **said: str | float | list[str]) -> Profile:
    made = Profile(key)
    values: Properties = dict(said)
    made.take(values)
    if place:
        made.locate(place, seat=place.startswith("commune"))
    made.finish()
    return made


TOWN = profile("siren:213401458", "commune:34145", name="Commune de Lunel", siren="213401458")
HALL = profile("liste:1", "commune:34145", name="MAIRIE DE LUNEL")
CENTRE = profile("liste:2", "commune:34145", name="CCAS de Lunel")
APIJE = profile("liste:3", "commune:34145", name="APIJE - LUNEL")
OTHERS = [profile(f"liste:a{n}", name=f"Association numéro {n}") for n in range(2_000)]
RARITY = Rarity([TOWN, HALL, CENTRE, APIJE, *OTHERS])


def test_the_town_hall_is_the_commune() -> None:
    assert compare(TOWN, HALL, RARITY).score >= SURE


def test_the_social_centre_is_not_the_commune() -> None:
    assert compare(TOWN, CENTRE, RARITY).score < MAYBE
    assert compare(TOWN, APIJE, RARITY).score < SURE


def test_a_comparison_is_symmetric_and_within_bounds() -> None:
    for one, other in combinations([TOWN, HALL, CENTRE, APIJE], 2):
        found = compare(one, other, RARITY)
        assert found == compare(other, one, RARITY)
        assert 0 <= found.score <= 1


def test_what_is_missing_never_makes_a_sure_match() -> None:
    here = profile("liste:4", name="APIJE - LUNEL")
    assert "place unknown" in compare(APIJE, here, RARITY).observed
    assert compare(APIJE, here, RARITY).score < SURE


def test_coordinates_that_one_lacks_change_nothing() -> None:
    located = profile("liste:5", "commune:34145", name="APIJE", latitude=43.67, longitude=4.13)
    bare = profile("liste:5", "commune:34145", name="APIJE")
    assert compare(APIJE, located, RARITY) == compare(APIJE, bare, RARITY)


def test_one_address_and_one_site_speak_for_it_another_département_against() -> None:
    whole = profile(
        "liste:6",
        "commune:34145",
        name="APIJE",
        address="84 rue de la libération, 34400 LUNEL",
        websites=["https://apije.org"],
    )
    same = profile(
        "liste:7",
        "commune:34145",
        name="Apije",
        address="84 R DE LA LIBERATION, 34400 LUNEL",
        websites=["https://www.apije.org/contact"],
    )
    far = profile("liste:8", "departement:59", name="APIJE")
    assert {"same address", "same site"} <= {*compare(whole, same, RARITY).observed}
    assert compare(whole, far, RARITY).score < MAYBE


def test_a_site_that_all_share_is_nobodys() -> None:
    page = profile("liste:9", name="APIJE", websites=["https://www.facebook.com/apije"])
    assert page.domains == set()


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [
        ({"siren": "223800012"}, {"siren": "356000000"}, True),
        ({"siren": "223800012"}, {"siret": "22380001200013"}, True),
        ({"siren": "223800012"}, {}, False),
        ({"rna": "W381000001"}, {"rna": "W381000002"}, True),
        ({"rna": "W381000001"}, {"siren": "223800012"}, False),
    ],
)
def test_registries_veto(one: dict[str, str], other: dict[str, str], apart: bool) -> None:
    ours, theirs = profile("a:1", name="A", **one), profile("a:2", name="A", **other)
    assert vetoed(ours, theirs) is vetoed(theirs, ours) is apart


def test_a_score_is_the_logistic_of_its_weights() -> None:
    assert scored([]).score == 0.5
    assert scored(["prior"]).score == pytest.approx(0.011, abs=0.001)
    assert MAYBE < SURE < 1
    assert WEIGHTS["prior"] < 0


def test_grenoble_and_lyon_are_94_km_apart() -> None:
    assert distance((45.1885, 5.7245), (45.7640, 4.8357)) == pytest.approx(94, abs=1)


LAB = profile(
    "anr:1",
    "commune:34172",
    name="Centre d'écologie fonctionnelle et évolutive, UMR 5175",
    identifiers=["rnsr:199517454A"],
)


@pytest.mark.parametrize(
    ("said", "apart"),
    [
        ({"identifiers": ["rnsr:200311842P"]}, True),
        ({"identifiers": ["rnsr:199517454A"]}, False),
        ({"identifiers": ["pic:999981537"]}, False),
        ({"name": "UMR5244"}, True),
        ({"name": "CNRS UMR 5175"}, False),
        # A number of Inserm beside one of the CNRS is that of one laboratory.
        ({"name": "Inserm U 1163"}, False),
    ],
)
def test_two_numbers_of_laboratories_veto(said: dict[str, str | list[str]], apart: bool) -> None:
    other = profile("anr:2", "commune:34172", **{"name": LAB.name, **said})
    assert vetoed(LAB, other) is vetoed(other, LAB) is apart


def test_two_participant_numbers_may_be_of_one_organisation() -> None:
    ours = profile("cordis:1", name="Sintef", identifiers=["pic:999985126"])
    theirs = profile("cordis:2", name="Sintef", identifiers=["pic:916785413"])
    assert not vetoed(ours, theirs)


def test_a_laboratory_is_not_the_university_that_lodges_it() -> None:
    host = profile("anr:3", "commune:73051", name="UNIVERSITE DE SAVOIE - CHAMBERY")
    lab = Profile("anr:4")
    lab.take({"name": "UNIVERSITE DE SAVOIE - CHAMBERY", "identifiers": ["rnsr:199313547A"]})
    lab.take({"name": "Laboratoire de chimie moléculaire et environnement"})
    lab.locate("commune:73051", seat=True)
    lab.finish()
    assert compare(host, lab, RARITY).score < MAYBE
    assert lab.name == "Laboratoire de chimie moléculaire et environnement"


def test_a_brand_within_a_longer_name_is_worth_a_look() -> None:
    brand = profile("liste:10", "commune:38544", name="ALFA 3A")
    longer = profile("liste:11", "commune:38544", name="ALFA 3A centre social de Malissol")
    assert MAYBE <= compare(brand, longer, RARITY).score < SURE


def test_the_town_is_not_all_that_bears_its_name() -> None:
    library = profile("liste:12", "commune:34145", name="Médiathèque Lunel")
    assert compare(TOWN, library, RARITY).score < MAYBE


def test_a_name_that_only_says_town_hall_is_of_its_town() -> None:
    hall = Profile("liste:13")
    hall.take({"name": "MAIRIE"})
    hall.locate("commune:34145", seat=True)
    hall.finish(["Lunel"])
    assert compare(TOWN, hall, RARITY).score >= SURE
