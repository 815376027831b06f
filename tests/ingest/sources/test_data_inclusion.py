from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeAlias

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.claims import Claim, NodeClaim, TieClaim
from graph.model import ACTS_IN, AIMS_AT, OFFERS, PART_OF, SEATED_IN
from graph.validation import problems
from ingest import inclusion
from ingest.reference import rows
from ingest.sources.data_inclusion import TABULAR
from ingest.tabular import Tabular

Told: TypeAlias = tuple[list[Claim], Counter[str], int, set[str]]
Read: TypeAlias = Callable[[Tabular, Sequence[Path]], Told]

# True structures and services in the columns of PyPI data-inclusion-schema 1.0.10 (v1) and 0.27.0
# (v0); links, zones, the branch and its RNA number are made up. `services-v0.json` is the example
# of the publisher's documentation (api.gouv.fr).
DATA = Path(__file__).parents[2] / "data" / "data-inclusion"
STRUCTURES, SERVICES = DATA / "structures-v1.json", DATA / "services-v1.csv"
APIJE = "siret:34422913300196"
PRODUCER = "data-inclusion:dora--010c714a-71ce-44aa-a8bf-45d63ae4d1e8"
COLUMNS = (
    "id", "structure_id", "source", "nom", "siret", "pivot", "rna", "typologie", "antenne",
    "commune", "code_postal", "code_insee", "latitude", "longitude", "site_web", "thematiques",
    "types", "type", "services", "zone_diffusion_type", "zone_diffusion_code",
    "zone_diffusion_nom", "zone_eligibilite", "date_maj", "date_creation", "date_suspension",
    "lien_source", "labels_nationaux", "reseaux_porteurs", "presentation_resume", "description",
)  # fmt: skip


def ties(claims: list[Claim]) -> list[tuple[str, str, str]]:
    return [(c.start, c.tie.name, c.end) for c in claims if isinstance(c, TieClaim)]


def things(claims: list[Claim]) -> dict[str, dict[str, object]]:
    return {c.subject: dict(c.properties) for c in claims if isinstance(c, NodeClaim)}


def test_a_structure_of_the_current_schema_is_its_establishment(told: Read) -> None:
    claims, rejects, count, unused = told(TABULAR, [STRUCTURES])
    assert (dict(rejects), count, unused) == ({}, 1, set())
    assert things(claims) == {
        APIJE: {
            "name": "APIJE - LUNEL",
            "world": "association",
            "siret": "34422913300196",
            "identifiers": [PRODUCER],
            "purpose": "Mise à disposition de personnel / Accompagnement socio-professionnel des"
            " publics / Plateforme mobilité / France Services",
            "websites": ["https://apije.org"],
            "address": "84 rue de la libération, 34400 LUNEL",
        },
        "data-inclusion:reseau-france-service": {"name": "France Service", "collective": True},
        "platform:data-inclusion": {
            "name": "data·inclusion",
            "websites": ["https://www.data.inclusion.beta.gouv.fr"],
        },
        "platform:dora": {"name": "DORA", "websites": ["https://dora.inclusion.beta.gouv.fr"]},
    }
    assert ties(claims) == [
        (APIJE, "SEATED_IN", "commune:34145"),
        (APIJE, "PART_OF", "siren:344229133"),
        (APIJE, "PART_OF", "data-inclusion:reseau-france-service"),
        (APIJE, "LISTED_ON", "platform:data-inclusion"),
        (APIJE, "LISTED_ON", "platform:dora"),
    ]
    assert {(c.url, c.date) for c in claims if isinstance(c, TieClaim)} == {
        ("https://dora.inclusion.beta.gouv.fr/structures/apije-lunel", "2022-04-24")
    }


@pytest.mark.parametrize("files", [[STRUCTURES, SERVICES], [SERVICES, STRUCTURES]])
def test_services_tell_what_their_structure_offers_and_where(told: Read, files: list[Path]) -> None:
    claims, rejects, count, unused = told(TABULAR, files)
    assert (dict(rejects), count, unused) == ({}, 3, set())
    of_services = [
        (c.start, c.tie, c.end, c.properties)
        for c in claims
        if isinstance(c, TieClaim) and c.tie in (OFFERS, AIMS_AT, ACTS_IN)
    ]
    guidance = "Être accompagné dans son parcours mobilité"
    transport, workshop = "TRANSPORT PERSONNALISE", "ATELIER PRE CODE"
    assert of_services == [
        (APIJE, OFFERS, "lever:tools", {"words": [transport, guidance]}),
        (APIJE, AIMS_AT, "goal:11", {"words": [guidance]}),
        (APIJE, ACTS_IN, "departement:34", {"words": [transport]}),
        (APIJE, ACTS_IN, "epci:243400520", {"words": [transport]}),
        (APIJE, OFFERS, "lever:skills", {"words": [workshop, "Préparer un permis"]}),
        (APIJE, AIMS_AT, "goal:11", {"words": ["Préparer un permis"]}),
        (APIJE, ACTS_IN, "commune:34145", {"words": [workshop]}),
    ]
    assert next(c.note for c in claims if c.record.endswith("bb")) == (
        "thématique inconnue : theme-nouveau"
    )


def test_what_is_said_of_a_structure_that_no_file_gives_waits_for_its_name(told: Read) -> None:
    claims, rejects, _, unused = told(TABULAR, [DATA / "services-v0.json"])
    assert (things(claims), dict(rejects), unused) == ({}, {}, set())
    unnamed = "data-inclusion:dora--ma-structure-id"
    assert [(c.tie, c.start, c.end, c.properties) for c in claims if isinstance(c, TieClaim)] == [
        (OFFERS, unnamed, "lever:skills", {"words": ["TISF", "Mobilité"], "since": "2023-02-04"}),
        (OFFERS, unnamed, "lever:tools", {"words": ["TISF", "Mobilité"], "since": "2023-02-04"}),
        (AIMS_AT, unnamed, "goal:11", {"words": ["Mobilité"]}),
        (ACTS_IN, unnamed, "departement:29", {"words": ["TISF"], "since": "2023-02-04"}),
    ]


def test_the_places_of_a_legal_unit_stay_apart_and_are_part_of_it(told: Read) -> None:
    claims, rejects, _, unused = told(TABULAR, [DATA / "structures-v0.csv"])
    assert (dict(rejects), unused) == ({}, set())
    named = {
        key: (said["name"], said.get("world"), said.get("siret"), said.get("identifiers"))
        for key, said in things(claims).items()
        if key.startswith(("siret:", "data-inclusion:")) and not said.get("collective")
    }
    kaleidoscope = "data-inclusion:dora--7d85f4d5-102f-4e3e-aa16-ae28ee058734"
    assert named == {
        "siret:81902366400025": (
            "LES COPEAUX NUMERIQUES LE KALEIDOSCOPE (LE KA)",
            None,
            "81902366400025",
            [kaleidoscope],
        ),
        "data-inclusion:dora--arthon": ("ARTHON ANIMATION RURALE", "association", None, None),
        "data-inclusion:conseiller-numerique--sicaudais": (
            "Mairie annexe de la Sicaudais",
            None,
            None,
            None,
        ),
        "data-inclusion:dora--antenne": (
            "Antenne des Copeaux numériques",
            "association",
            None,
            ["rna:W123456789"],
        ),
    }
    wholes = Counter(c.end for c in claims if isinstance(c, TieClaim) and c.tie is PART_OF)
    assert wholes == {
        "siren:819023664": 2,
        "siren:409915758": 2,
        "data-inclusion:reseau-fabrique-de-territoire": 1,
        "data-inclusion:reseau-conseillers-numeriques": 1,
    }
    # Arthon-en-Retz has been Chaumes-en-Retz since 2016.
    assert (
        "data-inclusion:dora--arthon",
        SEATED_IN.name,
        "commune:44005",
    ) in ties(claims)


def test_every_theme_of_ours_names_means_and_goals_that_exist() -> None:
    levers = {row["id"] for row in rows("levers.csv")}
    goals = {f"goal:{row['number']}" for row in rows("goals.csv")}
    found, unknown = inclusion.themes(["mobilite", "sante--inconnue", "inconnue"])
    assert [theme.code for theme in found] == ["mobilite", "sante"]
    assert unknown == ["inconnue"]
    for theme in [
        *inclusion._themes("thematique").values(),
        *inclusion._themes("type").values(),
    ]:
        assert set(theme.levers) <= levers
        assert set(theme.goals) <= goals
        assert theme.label
    for words in inclusion._stems().values():
        assert inclusion.themes([words])[1] == []


@pytest.mark.parametrize(
    "text", ['["mobilite","sante"]', "['mobilite', 'sante']", "{mobilite,sante}", "mobilite;sante"]
)
def test_a_list_is_read_however_it_is_written(text: str) -> None:
    assert inclusion.codes(text) == ["mobilite", "sante"]


def test_the_themes_that_a_name_says_are_read_in_it() -> None:
    assert [t.code for t in inclusion.themes_in("Obtenir une aide alimentaire")] == [
        "gestion-financiere--obtenir-une-aide-alimentaire"
    ]
    assert [t.code for t in inclusion.themes_in("Hébergement d'urgence")] == [
        "logement-hebergement"
    ]


@pytest.mark.needs_shared
def test_both_real_files_are_taken_but_for_services_that_say_nothing(
    told: Read, shared: Path
) -> None:
    folder = shared / "data" / "organisations"
    files = [folder / "data-inclusion-services.json", folder / "data-inclusion-structures.json"]
    claims, rejects, count, unused = told(TABULAR, files)
    assert (count, unused) == (3811 + 4261, set())
    assert dict(rejects) == {"service dont rien ne dit ce qu'il offre ni où": 46}
    assert [(c, wrong) for c in claims if (wrong := problems(c))] == []
    # Each record speaks of at least one thing: nothing is read for nothing.
    records = {c.record for c in claims if "--" in c.record}
    assert len(records) == 3811 + 4261 - 46


@given(
    st.dictionaries(
        st.sampled_from(COLUMNS),
        st.text()
        | st.sampled_from(
            [
                "34422913300196",
                "dora",
                "mobilite",
                '["34", "france"]',
                "departement",
                "75056",
                "true",
            ]
        ),
    )
)
def test_no_record_breaks_the_reading(
    takes_or_rejects: Callable[[Tabular, dict[str, str]], None], values: dict[str, str]
) -> None:
    takes_or_rejects(TABULAR, values)


def test_the_files_are_recognised_by_their_columns() -> None:
    structures = ["id", "nom", "source", "date_maj", "pivot", "services"]
    services = ["id", "structure_id", "source", "nom", "types", "thematiques"]
    assert TABULAR.recognises("a.json", frozenset(structures))
    assert TABULAR.recognises("b.json", frozenset(services))
    assert not TABULAR.recognises("c.csv", frozenset(["id", "nom", "source"]))
