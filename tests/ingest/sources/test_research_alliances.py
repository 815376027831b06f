from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeAlias

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.claims import Claim, NodeClaim, TieClaim
from graph.model import ALLIANCE
from graph.validation import problems
from ingest.rows import Rejected, Row
from ingest.sources.research_alliances import TABULAR, recognises, transform
from ingest.tabular import Tabular

Told: TypeAlias = tuple[list[Claim], Counter[str], int, set[str]]
Read: TypeAlias = Callable[[Tabular, Sequence[Path]], Told]

DATA = Path(__file__).parents[2] / "data" / "research-alliances"
ANR, H2020 = DATA / "anr-partners.csv", DATA / "h2020-participations.csv"
IGBMC = "research-alliances:rnsr-200112491c"
# organization.csv of the archives cordis-h2020projects and cordis-HORIZONprojects.
CORDIS = (
    "projectID", "projectAcronym", "organisationID", "vatNumber", "name", "shortName", "SME",
    "activityType", "street", "postCode", "city", "country", "nutsCode", "geolocation",
    "organizationURL", "contactForm", "contentUpdateDate", "rcn", "order", "role",
    "ecContribution", "netEcContribution", "totalCost", "endOfParticipation", "active",
)  # fmt: skip
EXTRACT = (
    "rcn", "role", "pic", "type", "contribution", "country", "start_date", "end_date",
    "max_contribution",
)  # fmt: skip


def things(claims: list[Claim]) -> dict[str, dict[str, object]]:
    return {c.subject: dict(c.properties) for c in claims if isinstance(c, NodeClaim)}


def ties(claims: list[Claim], name: str) -> list[TieClaim]:
    return [c for c in claims if isinstance(c, TieClaim) and c.tie.name == name]


def test_a_project_of_the_anr_is_an_alliance_dated_by_its_code(told: Read) -> None:
    claims, _, _, _ = told(TABULAR, [ANR])
    key = "research-alliances:anr-18-wtw7-0008"
    assert things(claims)[key] == {
        "name": "EviBAN",
        "type": "research",
        "started": "2018",
        "identifiers": ["anr:ANR-18-WTW7-0008"],
    }
    members = {c.start: c.properties for c in ties(claims, "MEMBER_OF") if c.end == key}
    assert members == {
        "research-alliances:anr-sintef-as-norvege": {"role": "lead", "since": "2018"},
        "research-alliances:rnsr-195922846r": {"role": "member", "since": "2018"},
        "research-alliances:anr-imageau-clapiers": {"role": "member", "since": "2018"},
    }
    (page,) = {c.url for c in ties(claims, "MEMBER_OF") if c.end == key}
    assert page == "https://anr.fr/Projet-ANR-18-WTW7-0008"
    (funded,) = [c for c in ties(claims, "FUNDED") if c.end == key]
    assert (funded.start, funded.properties) == ("siren:130002504", {"since": "2018"})


def test_a_laboratory_is_one_under_all_its_spellings(told: Read) -> None:
    claims, _, _, _ = told(TABULAR, [ANR])
    names = [c for c in claims if isinstance(c, NodeClaim) and c.subject == IGBMC]
    assert [c.properties["name"] for c in sorted(names, key=lambda c: c.record)] == [
        "Institut de Génétique et de Biologie Moléculaire et Cellulaire",
        "INSTITUT DE GENETIQUE ET DE BIOLOGIE MOLECULAIRE ET CELLULAIRE",
    ]
    assert {c.end for c in ties(claims, "MEMBER_OF") if c.start == IGBMC} == {
        "research-alliances:anr-18-rar3-0006",
        "research-alliances:anr-18-ce93-0006",
    }
    # Insee: 67218.
    assert {c.end for c in ties(claims, "SEATED_IN") if c.start == IGBMC} == {"commune:67218"}


def test_its_own_name_comes_before_that_of_who_lodges_it() -> None:
    def record(name: str) -> str:
        values = {
            "project_id": "ANR-18-CE44-0009", "partner_id": "ANR-18-CE44-0009-02",
            "org_name": name, "rnsr": "200112491c",
        }  # fmt: skip
        node = list(transform(Row(values, "ligne 2", set())))[1]
        return node.record

    names = (
        "Institut de génétique et de biologie moléculaire et cellulaire",
        "CERBM",
        "CENTRE NATIONAL DE LA RECHERCHE SCIENTIFIQUE - DELEGATION ALSACE",
    )
    assert sorted(names, key=record) == list(names)


def test_a_laboratory_under_the_name_of_a_person_is_told_by_its_number() -> None:
    values = {
        "project_id": "ANR-18-CE44-0009", "org_name": "Prénom PATRONYME", "rnsr": "200112491c",
    }  # fmt: skip
    node = list(transform(Row(values, "ligne 2", set())))[1]
    assert isinstance(node, NodeClaim)
    assert node.properties["name"] == "Structure de recherche 200112491C"
    assert "PATRONYME" not in str(node)


def test_worlds_come_from_the_category(told: Read) -> None:
    claims, _, _, _ = told(TABULAR, [ANR])
    found = things(claims)
    assert found[IGBMC]["world"] == "academic"
    assert found["research-alliances:anr-imageau-clapiers"]["world"] == "company"
    # « Divers public » says no world; the directory of research structures does.
    assert found["research-alliances:rnsr-195922846r"]["world"] == "academic"
    assert found["siren:493902662"]["world"] == "foundation"


def test_a_siren_in_the_column_of_the_directory_is_a_siren(told: Read) -> None:
    claims, _, _, _ = told(TABULAR, [ANR])
    (node,) = [c for c in claims if isinstance(c, NodeClaim) and c.subject == "siren:493902662"]
    assert node.note == "SIREN trouvé dans la colonne du numéro RNSR"


def test_an_organisation_abroad_has_its_seat_in_its_country(told: Read) -> None:
    claims, _, _, _ = told(TABULAR, [ANR])
    key = "research-alliances:anr-sintef-as-norvege"
    assert things(claims)[key] == {"name": "SINTEF AS", "world": "company", "address": "Norvège"}
    assert {c.end for c in ties(claims, "SEATED_IN") if c.start == key} == {"nation:NO"}
    # ISO 3166-1.
    norway = {"name": "Norvège", "level": "nation", "code": "NO"}
    assert things(claims)["nation:NO"] == norway


def test_a_project_of_the_anr_came_from_its_programme(told: Read) -> None:
    claims, _, _, _ = told(TABULAR, [ANR])
    key = "research-alliances:anr-18-wtw7-0008"
    (born,) = [c for c in ties(claims, "GAVE_RISE_TO") if c.end == key]
    assert born.start == "research-alliances:anr-programme-wtw7"
    assert things(claims)[born.start]["name"] == "Programme WTW7 de l'ANR"
    assert {c.start for c in ties(claims, "OPENED")} == {"siren:130002504"}


def test_researchers_and_nameless_partners_stay_out(told: Read) -> None:
    claims, rejects, read, unused = told(TABULAR, [ANR])
    assert (read, unused) == (8, set())
    assert rejects == {"personne physique": 1, "organisme sans nom": 1}
    assert "DURAND" not in str(claims)


def test_a_participation_in_horizon_2020_is_dated_and_paid(told: Read) -> None:
    claims, rejects, read, unused = told(TABULAR, [H2020])
    assert (read, rejects.total(), unused) == (4, 0, set())
    # CORDIS writes UK where ISO 3166-1 has GB.
    seats = {c.start: c.end for c in ties(claims, "SEATED_IN")}
    assert seats["research-alliances:pic-923546022"] == "nation:GB"
    key = "research-alliances:cordis-rcn-207027"
    assert things(claims)[key] == {
        "name": "Projet Horizon 2020 cordis-rcn:207027",
        "type": "research",
        "started": "2017-01-01",
        "ended": "2020-12-31",
        "identifiers": ["cordis-rcn:207027"],
    }
    period = {"since": "2017-01-01", "until": "2020-12-31"}
    assert {c.start: c.properties for c in ties(claims, "MEMBER_OF")} == {
        "research-alliances:pic-916785413": {"role": "member", "amount": 318000.0} | period,
        "research-alliances:pic-923546022": {"role": "member"} | period,
        "research-alliances:pic-916915490": {"role": "member", "amount": 754250.0} | period,
        "research-alliances:pic-999839432": {"role": "lead", "amount": 772236.25} | period,
    }
    (funded,) = ties(claims, "FUNDED")
    assert funded.properties == {"since": "2017-01-01", "amount": 3990206.25}
    assert funded.url == "https://cordis.europa.eu/project/rcn/207027"


def test_a_participant_without_a_name_says_so(told: Read) -> None:
    claims, _, _, _ = told(TABULAR, [H2020])
    assert things(claims)["research-alliances:pic-916785413"] == {
        "name": "Organisation PIC 916785413 (CY)",
        "world": "company",
        "identifiers": ["pic:916785413"],
    }
    assert {c.start: c.end for c in ties(claims, "SEATED_IN")} == {
        "research-alliances:pic-916785413": "nation:CY",
        "research-alliances:pic-923546022": "nation:GB",
        "research-alliances:pic-916915490": "nation:FR",
        "research-alliances:pic-999839432": "nation:GB",
    }


def test_the_file_of_cordis_itself_gives_names_places_and_french_numbers() -> None:
    values = dict.fromkeys(CORDIS, "") | {
        "projectID": "633080",
        "projectAcronym": "MACC-III",
        "organisationID": "999997930",
        "vatNumber": "FR40180089013",
        "name": "CENTRE NATIONAL DE LA RECHERCHE SCIENTIFIQUE CNRS",
        "shortName": "CNRS",
        "activityType": "REC",
        "street": "RUE MICHEL ANGE 3",
        "postCode": "75794",
        "city": "PARIS",
        "country": "FR",
        "organizationURL": "http://www.cnrs.fr",
        "rcn": "1905574",
        "role": "participant",
        "ecContribution": "123,45",
    }
    taken: set[str] = set()
    alliance, member, seat, held = transform(Row(values, "ligne 2", taken))
    assert taken >= set(CORDIS)
    assert isinstance(alliance, NodeClaim)
    assert (alliance.subject, alliance.properties["name"]) == (
        "research-alliances:cordis-id-633080",
        "MACC-III",
    )
    assert isinstance(member, NodeClaim)
    assert member.subject == "siren:180089013"
    assert member.properties == {
        "name": "CENTRE NATIONAL DE LA RECHERCHE SCIENTIFIQUE CNRS",
        "acronym": "CNRS",
        "siren": "180089013",
        "world": "academic",
        "identifiers": ["pic:999997930"],
        "websites": ["http://www.cnrs.fr"],
        "address": "RUE MICHEL ANGE 3, 75794 PARIS",
    }
    assert isinstance(seat, TieClaim)
    assert seat.end == "nation:FR"  # a postcode of its own, which no commune has
    assert held.properties == {"role": "member", "amount": 123.45}


def test_the_file_of_the_anr_itself_is_read_without_the_researchers() -> None:
    columns = {
        "Projet.Code_Decision_ANR": "ANR-10-LABX-0025",
        "Projet.Acronyme": "CeLyA",
        "Projet.Partenaire.Code_Decision_ANR": "ANR-10-LABX-0025-01",
        "Projet.Partenaire.Est_coordinateur": "False",
        "Projet.Partenaire.Nom_organisme": "Université de Lyon",
        "Projet.Partenaire.Adresse.Ville": "Lyon Cedex 07",
        "Projet.Partenaire.Adresse.Region": "Auvergne-Rhône-Alpes",
        "Projet.Partenaire.Adresse.Pays": "France",
        "Projet.Partenaire.Aide_allouee.ANR": "1500.5",
        "Projet.Partenaire.Responsable_scientifique.Nom": "DURAND",
        "Projet.Partenaire.Responsable_scientifique.Prenom": "Jeanne",
    }
    taken: set[str] = set()
    _, member, seat, held = transform(Row(columns, "ligne 2", taken))
    assert taken >= columns.keys()
    assert "DURAND" not in str((member, seat, held))
    assert isinstance(seat, TieClaim)
    assert (seat.start, seat.end) == (
        "research-alliances:anr-universite-de-lyon-lyon-cedex-07",
        "commune:69123",
    )
    assert held.properties == {"role": "member", "since": "2010", "amount": 1500.5}


def test_a_town_whose_name_two_communes_have_leaves_the_region() -> None:
    values = {
        "project_id": "ANR-18-CE44-0009", "partner_id": "ANR-18-CE44-0009-02",
        "org_name": "Météo-France", "city": "La Garde", "region": "Provence-Alpes-Côte d'Azur",
        "country": "France",
    }  # fmt: skip
    (seat,) = ties(list(transform(Row(values, "ligne 2", set()))), "SEATED_IN")
    assert seat.end == "region:93"  # one in Var, one in Alpes-de-Haute-Provence


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"project_id": "X", "org_name": "CNRS"}, "n'est pas le code d'un projet de l'ANR"),
        ({"rcn": "", "pic": "916785413"}, "n'est pas le numéro d'un projet"),
        ({"rcn": "207027", "pic": "?"}, "n'est pas un numéro de participant (PIC)"),
    ],
)
def test_without_an_id_a_participation_is_rejected(values: dict[str, str], reason: str) -> None:
    with pytest.raises(Rejected) as rejected:
        list(transform(Row(values, "ligne 2", set())))
    assert rejected.value.reason == reason


def test_all_the_tables_are_recognised() -> None:
    assert recognises("organization.csv", frozenset(CORDIS))
    assert recognises("h2020.csv", frozenset(EXTRACT))
    assert recognises(
        "anr.csv", frozenset(["project_id", "partner_id", "is_coordinator", "org_name"])
    )
    assert not recognises("x.csv", frozenset(["name", "role", "country"]))


values = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        ["ANR-18-CE44-0009", "207027", "999997930", "FR", "FR40180089013", "2017-01-01", "True",
         "Laboratoire public", "200112491C", "La Réunion", "Jeanne DURAND", "(45.7,4.8)"]
    ),
)  # fmt: skip
anr_columns = st.sampled_from(
    ["acronym", "partner_id", "is_coordinator", "org_name", "org_category", "rnsr", "city",
     "region", "country"]
)  # fmt: skip


@given(st.dictionaries(anr_columns, values))
def test_no_record_of_the_anr_breaks_it(
    takes_or_rejects: Callable[[Tabular, dict[str, str]], None], record: dict[str, str]
) -> None:
    takes_or_rejects(TABULAR, record | {"project_id": "ANR-18-CE44-0009"})


@given(st.dictionaries(st.sampled_from((*CORDIS, *EXTRACT)), values))
def test_no_record_of_cordis_breaks_it(
    takes_or_rejects: Callable[[Tabular, dict[str, str]], None], record: dict[str, str]
) -> None:
    takes_or_rejects(TABULAR, {"projectRcn": "207027", "organisationID": "999997930"} | record)


@pytest.mark.needs_shared
def test_the_participations_in_the_anr_go_in(shared: Path, told: Read) -> None:
    path = shared / "data" / "alliances" / "anr-partners-2010-2018.csv.gz"
    claims, rejects, read, unused = told(TABULAR, [path])
    assert (read, unused) == (37_724, set())
    assert len(ties(claims, "MEMBER_OF")) + rejects.total() == read
    # « 0 Aide », « Aucune Aide » stand where the name of a partner without a grant should.
    assert rejects == {"organisme sans nom": 160, "personne physique": 27}
    assert not any(problems(claim) for claim in claims)


@pytest.mark.needs_shared
def test_the_participations_in_horizon_2020_go_in(shared: Path, told: Read) -> None:
    path = shared / "data" / "alliances" / "h2020-participations-2014-2018.csv.gz"
    claims, rejects, read, unused = told(TABULAR, [path])
    assert (read, rejects.total(), unused) == (91_334, 0, set())
    assert len(ties(claims, "MEMBER_OF")) == read
    # Each project and each participant once: 20,073 rcn and 27,411 PIC in the file.
    alliances = {c.subject for c in claims if isinstance(c, NodeClaim) and c.kind is ALLIANCE}
    assert len(alliances) == 20_073
    assert len({claim.start for claim in ties(claims, "MEMBER_OF")}) == 27_411
    assert not any(problems(claim) for claim in claims)
