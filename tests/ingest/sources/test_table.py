from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.claims import Claim, NodeClaim, TieClaim
from graph.errors import SourceError
from graph.model import (
    ACTS_IN,
    AIMS_AT,
    ALLIANCE,
    FUNDED,
    LISTED_ON,
    MEMBER_OF,
    NEEDS,
    OFFERS,
    ORGANISATION,
    PART_OF,
    PLATFORM,
    PROJECT,
    SEATED_IN,
)
from graph.validation import problems
from ingest.files.records import Reject
from ingest.files.tables import columns_of
from ingest.mapping import Mapping, load
from ingest.rows import Rejected, Row
from ingest.sources.table import tabular
from ingest.tabular import Tabular

DATA = Path(__file__).parents[2] / "data" / "table"
PARTNERS = tabular(load(DATA / "partenaires.yaml"))
SOURCE = {"name": "essai", "title": "Essai", "publisher": "Essai", "licence": "LO 2.0"}


def described(**said: object) -> Tabular:
    return tabular(Mapping.model_validate({"source": SOURCE, **said}))


def told(source: Tabular, values: dict[str, str]) -> list[Claim]:
    return list(source.transform(Row(values, "ligne 2", set())))


def node(claims: list[Claim]) -> NodeClaim:
    found = claims[0]
    assert isinstance(found, NodeClaim)
    return found


def ties(claims: list[Claim]) -> list[tuple[str, str, str]]:
    return [(c.tie.name, c.start, c.end) for c in claims if isinstance(c, TieClaim)]


def test_a_table_of_partners_becomes_organisations_with_their_ties() -> None:
    taken: set[str] = set()
    path = DATA / "partenaires.csv"
    rows = list(PARTNERS.read([path], taken))
    claims = [list(PARTNERS.transform(row)) for row in rows if isinstance(row, Row)]
    assert set(columns_of(path)) == taken
    assert claims[0] == _la_poste()
    assert claims[3] == _inhabitants()
    assert ties(claims[1]) == [
        ("SEATED_IN", "siren:775672272", "arrondissement:75114"),
        ("ACTS_IN", "siren:775672272", "nation:FR"),
        ("AIMS_AT", "siren:775672272", "goal:3"),
        ("AIMS_AT", "siren:775672272", "goal:10"),
        ("OFFERS", "siren:775672272", "lever:skills"),
        ("NEEDS", "siren:775672272", "lever:value"),
        ("NEEDS", "siren:775672272", "lever:data"),
    ]
    assert ties(claims[2]) == [
        ("SEATED_IN", "siren:213801855", "commune:38185"),
        ("ACTS_IN", "siren:213801855", "departement:38"),
        ("AIMS_AT", "siren:213801855", "goal:11"),
        ("NEEDS", "siren:213801855", "lever:governance"),
    ]
    assert not any("Dupont" in repr(claim) or "jeanne" in repr(claim) for claim in claims)


def _la_poste() -> list[Claim]:
    key, place, alliance = "siren:356000000", "ligne 2", "partenaires:alliance-alliance-dynamique"
    note = (
        "adresse web mise en forme ; commune trouvée par son code postal et son nom ; « offre »"
        " « des points de contact » laissé : ne nomme aucun moyen reconnu"
    )
    said: dict[str, str | list[str]] = {
        "name": "La Poste",
        "world": "company",
        "websites": ["https://www.laposte.fr"],
        "siren": "356000000",
        "siret": "35600000000048",
    }
    ends = [
        (SEATED_IN, "arrondissement:75115"),
        (ACTS_IN, "nation:FR"),
        (AIMS_AT, "goal:8"),
        (AIMS_AT, "goal:17"),
    ]
    dynamic = NodeClaim(
        alliance, ALLIANCE, f"{alliance} alliance-dynamique", {"name": "Alliance Dynamique"}
    )
    role = {"role": "lead"}
    return [
        NodeClaim(key, ORGANISATION, "la-poste", {**said}, place, note=note),
        *(TieClaim(tie, key, end, f"{key} {tie.name} {end}", {}, place, note=note)
          for tie, end in ends),
        dynamic,
        TieClaim(MEMBER_OF, key, alliance, f"{key} MEMBER_OF {alliance}", role, place, note=note),
    ]  # fmt: skip


def _inhabitants() -> list[Claim]:
    key, place = "partenaires:organisation-habitants-du-quartier-38100", "ligne 5"
    note = (
        "monde « Autre » laissé : n'est pas dans la liste ; ajoutez-le sous « values » ; commune"
        " trouvée par son code postal et son nom ; « offre » « un local » laissé : ne nomme aucun"
        " moyen reconnu"
    )
    ends = [
        (SEATED_IN, "commune:38185"),
        (ACTS_IN, "commune:38185"),
        (AIMS_AT, "goal:2"),
        (NEEDS, "lever:tools"),
    ]
    said = {"name": "Habitants du quartier"}
    return [
        NodeClaim(key, ORGANISATION, "habitants-du-quartier-38100", said, place, note=note),
        *(TieClaim(tie, key, end, f"{key} {tie.name} {end}", {}, place, note=note)
          for tie, end in ends),
    ]  # fmt: skip


def test_a_column_that_the_table_lacks_is_named_with_those_it_has(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("Nom;Ville\nA;Albi\n", "utf-8")
    with pytest.raises(SourceError) as error:
        list(described(properties={"name": "Nom", "purpose": "Objet"}).read([path], set()))
    assert error.value.message == (
        "« t.csv » n'a pas de colonne « Objet » ; il a : « Nom », « Ville ». Corrigez la"
        " correspondance, ou la table."
    )


def test_json_records_that_have_some_columns_only_are_read(tmp_path: Path) -> None:
    path = tmp_path / "t.json"
    path.write_text('[{"nom": "A"}, {"nom": "B", "objet": "C"}]', "utf-8")
    source = described(properties={"name": "nom", "purpose": "objet"})
    assert len(list(source.read([path], set()))) == 2


def test_the_best_identifier_is_the_subject() -> None:
    source = described(
        id={"siren": "SIREN", "rna": "RNA", "local": "Ref"}, properties={"name": "Nom"}
    )
    croix = {"SIREN": "775672272", "RNA": "W751212517", "Ref": "12", "Nom": "A"}
    found = node(told(source, croix))
    assert (found.subject, found.record) == ("siren:775672272", "12")
    assert found.properties == {"name": "A", "siren": "775672272", "rna": "W751212517"}
    assert node(told(source, croix | {"SIREN": ""})).subject == "rna:W751212517"
    assert node(told(source, {"Ref": "12", "Nom": "A"})).subject == "essai:12"
    assert node(told(source, {"Ref": "alliage:gaia", "Nom": "A"})).subject == "alliage:gaia"
    assert node(told(source, {"Nom": "L'Île"})).subject == "essai:organisation-l-ile"


def test_a_wrong_number_is_noted_and_the_row_kept() -> None:
    source = described(id={"siren": "SIREN"}, properties={"name": "Nom"})
    found = node(told(source, {"SIREN": "775672273", "Nom": "A"}))
    assert (found.subject, found.properties) == ("essai:organisation-a", {"name": "A"})
    assert found.note == (
        "SIREN « 775672273 » laissé : est un SIREN dont la clé de contrôle est fausse"
    )


def test_an_establishment_is_part_of_its_legal_unit_where_the_mapping_says_so() -> None:
    said = {"siren": "SIRET", "establishments": "true"}
    claims = told(
        described(id=said, properties={"name": "Nom"}), {"SIRET": "35600000000048", "Nom": "A"}
    )
    key, whole = "siret:35600000000048", "siren:356000000"
    assert [(c.subject, c.properties) for c in claims if isinstance(c, NodeClaim)] == [
        (key, {"name": "A", "siret": "35600000000048"}),
        (whole, {"siren": "356000000"}),
    ]
    assert ties(claims) == [("PART_OF", key, whole)]
    assert isinstance(claims[2], TieClaim)
    assert claims[2].tie is PART_OF


def test_the_legal_form_tells_the_world() -> None:
    source = described(properties={"name": "Nom", "legal_form": "Forme"})
    expected = {"name": "A", "legal_form": "9220", "world": "association", "ess": True}
    assert node(told(source, {"Nom": "A", "Forme": "9220"})).properties == expected
    assert node(told(source, {"Nom": "A", "Forme": "Association déclarée"})).properties == expected


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"Nom": "A", "Forme": "1000"}, "personne physique"),
        ({"Nom": "Mme Jeanne Dupont"}, "personne physique"),
        ({"Nom": ""}, "n'a ni identifiant ni nom"),
        ({"Nom": "NC"}, "n'a ni identifiant ni nom"),
    ],
)
def test_rows_of_persons_and_of_nothing_are_rejected(values: dict[str, str], reason: str) -> None:
    source = described(properties={"name": "Nom", "legal_form": "Forme"})
    with pytest.raises(Rejected) as error:
        told(source, values)
    assert error.value.reason == reason


def test_contacts_in_free_texts_are_taken_out() -> None:
    source = described(properties={"name": "Nom", "purpose": "Objet"})
    found = node(told(source, {"Nom": "A", "Objet": "Écrire à a@b.fr"}))
    assert found.properties["purpose"] == "Écrire à [coordonnée retirée]"
    assert found.note == "coordonnées retirées"


def test_every_type_of_value_is_read() -> None:
    source = described(
        properties={
            "name": "Nom", "other_names": ["Sigle", "Usage"], "ess": "ESS", "started": "Début",
            "contact_point_count": "Points", "latitude": "Lat", "longitude": "Lon",
            "roles": {"constant": "catalyst"},
        }
    )  # fmt: skip
    values = {
        "Nom": "A", "Sigle": "B|C", "Usage": "D", "ESS": "oui", "Début": "mars 2020",
        "Points": "17 000", "Lat": "45,18", "Lon": "5,72",
    }  # fmt: skip
    assert node(told(source, values)).properties == {
        "name": "A",
        "other_names": ["B", "C", "D"],
        "ess": True,
        "started": "2020-03",
        "contact_point_count": 17_000,
        "roles": ["catalyst"],
        "latitude": 45.18,
        "longitude": 5.72,
    }


def test_values_that_are_none_of_their_type_are_noted() -> None:
    source = described(properties={"name": "Nom", "started": "Début", "contact_point_count": "N"})
    found = node(told(source, {"Nom": "A", "Début": "hier", "N": "1,5"}))
    assert found.properties == {"name": "A"}
    assert found.note == (
        "début « hier » laissé : n'est pas une date ;"
        " points de contact « 1,5 » laissé : n'est pas un nombre entier"
    )


def test_a_funder_and_a_platform_are_actors_of_their_own() -> None:
    source = described(
        kind="Project",
        id={"local": "N°"},
        properties={"name": "Projet"},
        ties={
            "FUNDED": {"columns": "Financeur", "siren": "SIREN", "since": "An", "amount": "€",
                       "kind": "Organisation"},
            "LISTED_ON": {"constant": "Tela", "url": "https://www.tela-botanica.org"},
        },
        page="Fiche",
        updated="MàJ",
    )  # fmt: skip
    claims = told(
        source,
        {"N°": "7", "Projet": "P", "Financeur": "ADEME", "SIREN": "385290309", "An": "2021",
         "€": "1 500,00 €", "Fiche": "exemple.org/7", "MàJ": "03/02/2022"},
    )  # fmt: skip
    funder, platform, page = "siren:385290309", "essai:platform-tela", "https://exemple.org/7"
    noted = "adresse web mise en forme"
    when = {"locator": "ligne 2", "url": page, "date": "2022-02-03", "note": noted}
    assert claims == [
        NodeClaim("essai:7", PROJECT, "7", {"name": "P"}, **when),
        NodeClaim(
            funder, ORGANISATION, f"{funder} ademe", {"name": "ADEME", "siren": "385290309"}
        ),
        TieClaim(FUNDED, funder, "essai:7", f"{funder} FUNDED essai:7",
                 {"since": "2021", "amount": 1500.0}, **when),
        NodeClaim(platform, PLATFORM, f"{platform} tela",
                  {"name": "Tela", "websites": ["https://www.tela-botanica.org"]}),
        TieClaim(LISTED_ON, "essai:7", platform, f"essai:7 LISTED_ON {platform}", {}, **when),
    ]  # fmt: skip


def test_a_person_at_the_other_end_is_left_out() -> None:
    source = described(properties={"name": "Nom"}, ties={"PART_OF": "Tête de réseau"})
    claims = told(source, {"Nom": "A", "Tête de réseau": "M. Dupont"})
    assert len(claims) == 1
    assert claims[0].note == "une personne physique laissée"


def test_the_direction_of_a_tie_between_two_organisations_can_be_turned() -> None:
    forward = described(properties={"name": "Nom"}, ties={"SUPPORTS": "B"})
    backward = described(
        properties={"name": "Nom"}, ties={"SUPPORTS": {"columns": "B", "reverse": "true"}}
    )
    a, b = "essai:organisation-a", "essai:organisation-b"
    assert ties(told(forward, {"Nom": "A", "B": "B"})) == [("SUPPORTS", a, b)]
    assert ties(told(backward, {"Nom": "A", "B": "B"})) == [("SUPPORTS", b, a)]


def test_free_words_without_a_means_take_that_of_the_mapping() -> None:
    source = described(
        properties={"name": "Nom"},
        ties={"OFFERS": {"columns": "Offre", "lever": "skills", "values": {"Un local": "tools"}}},
    )
    claims = told(source, {"Nom": "A", "Offre": "coup de main; un local"})
    assert [(c.end, c.properties) for c in claims if isinstance(c, TieClaim)] == [
        ("lever:skills", {"words": ["coup de main"]}),
        ("lever:tools", {"words": ["un local"]}),
    ]
    assert all(claim.tie is OFFERS for claim in claims if isinstance(claim, TieClaim))


def test_rows_that_offer_the_same_means_in_other_words_each_say_so() -> None:
    source = described(properties={"name": "Nom"}, ties={"OFFERS": "Offre"})
    records = {
        told(source, {"Nom": "A", "Offre": words})[1].record
        for words in ("formation au numérique", "formation au premier secours")
    }
    assert len(records) == 2


_NAMES = ["name", "other_names", "world", "legal_form", "ess", "websites", "started"]
_NAMES += ["contact_point_count", "purpose", "latitude", "longitude", "roles", "functions"]
_NAMES += ["address"]
_EVERYTHING = described(
    id={"siren": "a", "rna": "b", "local": "c"},
    properties={
        name: {"columns": column, "separator": ","}
        for name, column in zip(
            _NAMES,
            "defghijklmnopq",
            strict=True,
        )
    },
    ties={
        "SEATED_IN": {"code": "r", "commune": "s", "postcode": "t"},
        "ACTS_IN": "u", "AIMS_AT": "v", "OFFERS": "w", "NEEDS": {"columns": "x", "lever": "data"},
        "MEMBER_OF": {"columns": "y", "local": "z", "role": "a", "since": "b", "amount": "c",
                      "words": "d"},
        "SUPPORTS": {"columns": "e", "siren": "f"},
        "LISTED_ON": {"columns": "g", "url": "https://exemple.org"},
    },
    page="h",
    updated="i",
)  # fmt: skip
_TEXTS = st.one_of(
    st.sampled_from(
        ["356 000 000 00048", "W751212517", "alliage:gaia", "Mme X", "1000", "2; 12", "oui", "A|B",
         "01004", "38000", "Grenoble", "45,18", "catalyst", "www.a.fr", "2020", "données", "pilote"]
    ),
    st.text(max_size=25),
)  # fmt: skip


@given(st.dictionaries(st.sampled_from("abcdefghijklmnopqrstuvwxyz"), _TEXTS))
def test_no_record_crashes(values: dict[str, str]) -> None:
    try:
        claims = told(_EVERYTHING, values)
    except Rejected:
        return
    assert [phrase for claim in claims for phrase in problems(claim)] == []


def _each(source: Tabular, path: Path, taken: set[str]) -> Iterator[list[Claim] | str]:
    for row in source.read([path], taken):
        if isinstance(row, Reject):
            yield row.reason
            continue
        try:
            yield list(source.transform(row))
        except Rejected as error:
            yield error.reason


def test_a_whole_real_file_goes_in_with_a_short_mapping(shared: Path) -> None:
    path = shared / "data" / "organisations" / "data-inclusion-structures.json"
    source = described(
        id={"local": "id", "siren": "pivot"},
        properties={
            "name": "nom", "websites": "site_web", "latitude": "latitude",
            "longitude": "longitude", "address": "adresse", "purpose": "presentation_resume",
        },
        ties={"SEATED_IN": {"code": "code_insee", "commune": "commune", "postcode": "code_postal"}},
        updated="date_maj",
    )  # fmt: skip
    taken: set[str] = set()
    found = list(_each(source, path, taken))
    assert len(found) == 3811
    rejected = Counter(each for each in found if isinstance(each, str))
    assert rejected.total() < 0.02 * len(found), rejected
    claims = [claim for each in found if not isinstance(each, str) for claim in each]
    assert [phrase for claim in claims for phrase in problems(claim)] == []
    seated = sum(1 for claim in claims if isinstance(claim, TieClaim))
    assert seated > 0.95 * len(found)
