import csv
import gzip
import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from graph.claims import Claim, NodeClaim, TieClaim
from graph.identifiers import is_siren
from graph.model import ACTS_IN, GOVERNS, PART_OF, SEATED_IN, World
from graph.validation import problems
from ingest import reference
from ingest.build.goals import build

DATA = Path(__file__).resolve().parents[1] / "data"


@cache
def claims() -> tuple[Claim, ...]:
    return tuple(claim for _, read in reference.CLAIMS for claim in read())


@cache
def things() -> dict[str, dict[str, object]]:
    found: dict[str, dict[str, object]] = defaultdict(dict)
    for claim in claims():
        if isinstance(claim, NodeClaim):
            found[claim.subject] |= claim.properties
    return dict(found)


@cache
def ties(name: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for claim in claims():
        if isinstance(claim, TieClaim) and claim.tie.name == name:
            found[claim.start].add(claim.end)
    return dict(found)


def of_scheme(scheme: str) -> list[str]:
    return [key for key in things() if key.startswith(f"{scheme}:")]


@cache
def commune_rows() -> dict[str, dict[str, str]]:
    return {row["code"]: row for row in reference.rows("communes.csv.gz")}


def test_everything_that_the_reference_data_says_follows_the_model() -> None:
    assert [(claim, wrong) for claim in claims() if (wrong := problems(claim))] == []


def test_there_are_as_many_of_each_as_insee_dgcl_and_the_united_nations_publish() -> None:
    counted = Counter(key.split(":")[0] for key in things() if not key.startswith("siren:"))
    assert counted == {
        "nation": 1,
        "region": 18 + 8,  # with the overseas collectivities
        "departement": 101,
        "epci": 1255,
        "ept": 11,
        "commune": 34969,
        "arrondissement": 20 + 9 + 16,
        "goal": 17,
        "target": 169,
    }


def test_a_thing_is_described_once_by_each_source() -> None:
    for _, read in reference.CLAIMS:
        keys = [claim.subject for claim in read() if isinstance(claim, NodeClaim)]
        assert [key for key, count in Counter(keys).items() if count > 1] == []


def test_both_ends_of_every_tie_exist() -> None:
    ends = {
        end for claim in claims() if isinstance(claim, TieClaim) for end in (claim.start, claim.end)
    }
    assert ends - things().keys() == set()


@pytest.mark.parametrize(
    ("key", "name", "population"),
    [  # Insee, populations légales 2023 (statistiques 8681011, December 2025)
        ("commune:75056", "Paris", 2103778),
        ("commune:13055", "Marseille", 886040),
        ("commune:69123", "Lyon", 519127),
    ],
)
def test_known_places_have_the_population_that_insee_publishes(
    key: str, name: str, population: int
) -> None:
    assert (things()[key]["name"], things()[key]["population"]) == (name, population)


def test_the_regions_sum_up_to_the_population_that_insee_publishes() -> None:
    people = {key: int(str(things()[key].get("population", 0))) for key in of_scheme("region")}
    assert things()["nation:FR"]["population"] == sum(people.values())
    # Populations légales 2023 are those of France without Mayotte and the overseas collectivities.
    counted = {key for key in people if len(key) == len("region:84")} - {"region:06"}
    assert len(counted) == 17
    assert sum(people[key] for key in counted) == 68094280


def test_the_communes_of_an_epci_sum_up_to_its_population() -> None:
    summed: Counter[str] = Counter()
    members: Counter[str] = Counter()
    for row in commune_rows().values():
        if row["epci"]:
            summed[row["epci"]] += int(row["population"])
            members[row["epci"]] += 1
    rows = list(reference.rows("epci.csv"))
    assert summed == {row["code"]: int(row["population"]) for row in rows}
    assert members == {row["code"]: int(row["communes"]) for row in rows}


@pytest.mark.parametrize(
    ("key", "population"),
    [  # DGCL, EPCI of 2026 with their populations of 2022
        ("epci:200040715", 449509),
        ("epci:200054781", 7115576),
        ("epci:200000172", 28363),
        ("ept:200057867", 453671),
    ],
)
def test_known_epci_have_about_the_population_that_dgcl_gave_a_year_before(
    key: str, population: int
) -> None:
    assert things()[key]["population"] == pytest.approx(population, rel=0.02)


def test_the_arrondissements_of_a_city_sum_up_to_its_population() -> None:
    summed: Counter[str] = Counter()
    for key in of_scheme("arrondissement"):
        (city,) = ties(PART_OF.name)[key]
        summed[city] += int(str(things()[key]["population"]))
    assert summed == {key: things()[key]["population"] for key in summed}
    assert set(summed) == {"commune:13055", "commune:69123", "commune:75056"}


def test_every_commune_is_in_a_departement_or_an_overseas_collectivity() -> None:
    whole = {
        key: {end.split(":")[0] for end in ties(PART_OF.name)[key]} for key in of_scheme("commune")
    }
    alone = {key for key, levels in whole.items() if "departement" not in levels}
    assert len(alone) == 94
    assert all(whole[key] == {"region"} for key in alone)


def test_four_islands_and_the_overseas_collectivities_are_in_no_epci() -> None:
    outside = [row for row in commune_rows().values() if not row["epci"]]
    assert [row["name"] for row in outside if row["departement"]] == [
        "Île-de-Bréhat",
        "Île-de-Sein",
        "Ouessant",
        "L'Île-d'Yeu",
    ]
    assert len(outside) == 4 + 94


def test_every_level_leads_up_to_the_nation() -> None:
    for key in things():
        if key.split(":")[0] in {"siren", "goal", "target", "epci", "ept", "nation"}:
            continue
        above = {key}
        while above and reference.NATION not in above:
            above = {end for start in above for end in ties(PART_OF.name).get(start, ())}
        assert above, key


def test_every_siren_passes_its_check_digit_and_is_that_of_a_local_authority() -> None:
    for key in of_scheme("siren"):
        said = things()[key]
        assert is_siren(str(said["siren"])), key
        assert said["world"] == World.LOCAL_AUTHORITY.value


def test_each_authority_has_a_seat_and_acts_where_it_governs() -> None:
    assert set(of_scheme("siren")) == ties(SEATED_IN.name).keys() == ties(GOVERNS.name).keys()
    assert ties(ACTS_IN.name) == ties(GOVERNS.name)


def test_all_but_the_communes_of_the_pacific_and_of_saint_pierre_have_an_authority() -> None:
    governed = {end for ends in ties(GOVERNS.name).values() for end in ends}
    levels = ("region", "departement", "epci", "ept", "commune")
    alone = {key for level in levels for key in of_scheme(level)} - governed
    overseas = Counter(key[:11] for key in alone if key.startswith("commune:"))
    assert overseas == {
        "commune:975": 2,
        "commune:984": 5,
        "commune:986": 3,
        "commune:987": 48,
        "commune:988": 33,
        "commune:989": 1,
    }
    assert {key for key in alone if not key.startswith("commune:")} == {"region:989"}


@pytest.mark.parametrize(
    ("siren", "name", "governed"),
    [
        ("200094332", "Collectivité européenne d'Alsace", {"departement:67", "departement:68"}),
        ("200076958", "Collectivité de Corse", {"region:94", "departement:2A", "departement:2B"}),
        ("217500016", "Ville de Paris", {"commune:75056", "departement:75"}),
        ("200052678", "Collectivité territoriale de Guyane", {"region:03", "departement:973"}),
        ("200046977", "Métropole de Lyon", {"epci:200046977"}),
        ("226900017", "Département du Rhône", {"departement:69"}),
        ("223800012", "Département de l'Isère", {"departement:38"}),
        ("233500016", "Région Bretagne", {"region:53"}),
        ("217603513", "Commune du Havre", {"commune:76351"}),
        ("213801855", "Commune de Grenoble", {"commune:38185"}),
        (
            "200057941",
            "Établissement public territorial Paris Est Marne et Bois",
            {"ept:200057941"},
        ),
    ],
)
def test_known_authorities_have_their_name_and_their_territories(
    siren: str, name: str, governed: set[str]
) -> None:
    assert things()[f"siren:{siren}"]["name"] == name
    assert ties(GOVERNS.name)[f"siren:{siren}"] == governed


def test_the_source_of_each_siren_of_a_departement_or_region_is_stated() -> None:
    rows = list(reference.rows("authorities.csv"))
    assert len(rows) == 120
    assert [row["siren"] for row in rows if not row["siren_source"]] == []


@pytest.mark.parametrize(
    ("name", "liaison", "expected"),
    [
        ("Grenoble", 0, "de Grenoble"),
        ("Albi", 1, "d'Albi"),
        ("Le Havre", 2, "du Havre"),
        ("La Rochelle", 3, "de La Rochelle"),
        ("Les Mureaux", 4, "des Mureaux"),
        ("L'Haÿ-les-Roses", 5, "de L'Haÿ-les-Roses"),
        ("Aux Marais", 6, "d'Aux Marais"),
        ("Los Masos", 8, "de Los Masos"),
    ],
)
def test_the_preposition_contracts_with_the_article(name: str, liaison: int, expected: str) -> None:
    assert reference.of_commune(name, liaison) == expected


@pytest.mark.parametrize(
    ("name", "form", "expected", "acronym"),
    [
        ("CA Porte de l'Isère (CAPI)", "CA", "Communauté d'agglomération Porte de l'Isère", "CAPI"),
        ("CC du Grésivaudan", "CC", "Communauté de communes du Grésivaudan", ""),
        ("CA Communauté Paris-Saclay", "CA", "Communauté Paris-Saclay", ""),
        ("Grenoble-Alpes-Métropole", "METRO", "Grenoble-Alpes-Métropole", ""),
        (
            "CA de Blois ''Agglopolys''",
            "CA",
            "Communauté d'agglomération de Blois « Agglopolys »",
            "",
        ),
    ],
)
def test_an_epci_is_named_in_full_words(name: str, form: str, expected: str, acronym: str) -> None:
    assert (reference.epci_name(name, form), reference.acronym(name)) == (expected, acronym)


def insee_mergers() -> Iterator[dict[str, str]]:
    with (DATA / "former_communes_insee_2025.csv").open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)


def test_every_commune_that_insee_saw_merge_leads_to_the_commune_of_today() -> None:
    expected = {row["former"]: row["current"] for row in insee_mergers()}
    assert len(expected) == 3248
    found = reference.former_communes()
    assert {old: found.get(old) for old in expected} == expected


@pytest.mark.needs_shared
def test_every_change_in_the_full_table_of_insee_leads_to_the_same_commune(shared: Path) -> None:
    path = shared / "data" / "territories" / "table_passage_com_historique.csv.gz"
    with gzip.open(path, "rt", encoding="utf-8-sig", newline="") as lines:
        changes = {row["DEPCOM_HIST"]: row["DEPCOM"] for row in csv.DictReader(lines)}
    cities = {
        row["code"]: row["commune"] for row in reference.rows("arrondissements_municipaux.csv")
    }
    found = {old: old for old in commune_rows()} | cities | dict(reference.former_communes())
    wrong = {old: found.get(old) for old, now in changes.items() if found.get(old) != now}
    # La Neuville-Garnier (60455) stayed in Les Hauts-Talican when that commune took the code
    # 60694 in 2024 and left its former code to Beaumont-les-Nonains.
    assert wrong == {"60455": "60694"}
    assert sum(old != now for old, now in changes.items()) == 4286


def test_a_former_code_is_never_in_use_and_leads_to_one_that_is() -> None:
    former = reference.former_communes()
    assert former.keys() & commune_rows().keys() == set()
    assert set(former.values()) - commune_rows().keys() == set()


@pytest.mark.parametrize("code", ["15031", "15035", "15047", "15171", "60054", "85165", "85212"])
def test_a_commune_that_was_established_again_keeps_its_own_code(code: str) -> None:
    assert code in commune_rows()
    assert code not in reference.former_communes()


@pytest.mark.parametrize(
    ("old", "current"),
    [
        ("20004", "2A004"),  # Ajaccio, when Corsica was one département
        ("75059", "93066"),  # Pierrefitte, in the département of the Seine, today in Saint-Denis
        ("49069", "49126"),  # Orée d'Anjou, whose seat moved in 2025
        ("14507", "50592"),  # two mergers and a change of département
        ("97127", "97801"),  # Saint-Martin, a commune of Guadeloupe until 2007
    ],
)
def test_chains_of_changes_lead_to_the_commune_of_today(old: str, current: str) -> None:
    assert reference.former_communes()[old] == current
    assert old in str(things()[f"commune:{current}"]["former_codes"])


def test_all_communes_of_europe_and_of_the_five_departements_overseas_but_eight_have_a_centre() -> (
    None
):
    without = {
        key
        for key in of_scheme("commune")
        if "latitude" not in things()[key] and key < "commune:975"
    }
    assert without == {
        f"commune:{code}"
        for code in ("15031", "15035", "15047", "15171", "27676", "60694", "85165", "85212")
    }


@pytest.mark.parametrize(
    ("key", "surface"),
    [  # as the cities publish it
        ("commune:75056", 105.4),
        ("commune:69123", 47.87),
        ("commune:13055", 240.62),
    ],
)
def test_the_three_great_cities_have_the_area_of_their_arrondissements(
    key: str, surface: float
) -> None:
    assert things()[key]["surface_km2"] == pytest.approx(surface, rel=0.001)


def test_the_centre_of_a_new_commune_weighs_the_areas_of_those_that_made_it() -> None:
    rows = {row["code"]: row for row in reference.rows("centres.csv.gz")}
    # Wholly inside Saint-Denis: 12.36 km² at 48.930, and Pierrefitte, 3.41 km² at 48.963.
    assert rows["93066"]["method"] == "from former communes"
    assert 48.93 < float(rows["93066"]["lat"]) < 48.94
    assert Counter(row["method"] for row in rows.values()) == {
        "given": 34862,
        "": 99,
        "from former communes": 50,
        "from arrondissements": 3,
    }


def test_every_goal_has_the_name_address_and_colour_that_the_united_nations_gave_it() -> None:
    goal = things()["goal:17"]
    assert goal == {
        "name": "Partenariats pour la réalisation des objectifs",
        "name_en": "Partnerships for the goals",
        "number": 17,
        "title": "Renforcer les moyens de mettre en œuvre le Partenariat mondial pour le"
        " développement durable et le revitaliser",
        "title_en": "Strengthen the means of implementation and revitalize the Global Partnership"
        " for Sustainable Development",
        "iri": "http://metadata.un.org/sdg/17",
        "colour": "#19486A",
    }
    assert {len(str(things()[key]["colour"])) for key in of_scheme("goal")} == {7}


def test_each_target_is_part_of_its_goal() -> None:
    for key in of_scheme("target"):
        goal = key.removeprefix("target:").split(".")[0]
        assert ties(PART_OF.name)[key] == {f"goal:{goal}"}
    assert len([key for key in of_scheme("target") if key.startswith("target:17.")]) == 19


def test_the_wording_of_goals_and_targets_has_one_spelling_of_apostrophes_and_hyphens() -> None:
    text = "".join(
        (reference.TABLES / name).read_text("utf-8") for name in ("goals.csv", "targets.csv")
    )
    assert re.findall("['\u2010\u2011\u0300-\u036f\u00a0]", text) == []


def test_every_legal_form_of_insee_is_there_and_unclear_ones_have_no_world() -> None:
    forms = reference.legal_forms()
    assert Counter(len(code) for code in forms) == {2: 39, 4: 260}
    assert {code for code in ("1000", "2900", "7389", "7410", "9900") if forms[code].world} == set()


@pytest.mark.parametrize(
    ("code", "world", "ess"),
    [
        ("9220", World.ASSOCIATION, True),
        ("9300", World.FOUNDATION, True),
        ("9210", World.CITIZENS, None),
        ("5710", World.COMPANY, None),
        ("5558", World.COMPANY, True),
        ("8210", World.COMPANY, True),
        ("7210", World.LOCAL_AUTHORITY, False),
        ("7357", World.LOCAL_AUTHORITY, False),
        ("7383", World.ACADEMIC, False),
        ("7120", World.STATE, False),
    ],
)
def test_legal_forms_tell_the_world(code: str, world: World, ess: bool | None) -> None:
    form = reference.legal_forms()[code]
    assert (form.world, form.ess) == (world, ess)


@pytest.mark.needs_shared
def test_the_bundled_goals_are_built_again_byte_for_byte(shared: Path, tmp_path: Path) -> None:
    build(shared / "data" / "goals", tmp_path)
    built = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in tmp_path.iterdir()
    }
    kept = {
        name: hashlib.sha256((reference.TABLES / name).read_bytes()).hexdigest() for name in built
    }
    assert set(built) == {"goals.csv", "targets.csv"}
    assert built == kept
