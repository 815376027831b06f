from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.files import persons
from ingest.files.persons import REMOVED, speaks_of_a_person, without_contacts
from ingest.files.tables import columns_of, read_rows
from ingest.rows import Row

# Column names of published formats: Sirene, RNA, data.inclusion, GoGoCarto, templates people use.
PERSONS = (
    "nomUniteLegale", "nomUsageUniteLegale", "prenom1UniteLegale", "prenomUsuelUniteLegale",
    "sexeUniteLegale", "pseudonymeUniteLegale", "adrg_declarant", "adrg_libvoie",
    "adrg_codepostal", "dir_civilite", "courriel", "telephone", "contact_nom_prenom",
    "contactPublic", "email", "ownerEmail", "E-mail", "e_mail", "nom_dirigeant", "Président(e)",
    "nomPresident", "représentant-légal", "Téléphone", "Tél.", "tel_mobile", "Contact",
    "Référente", "Prénom", "Courriels", "nom_usage", "Mél", "Mail", "responsable_legal",
    "Interlocuteur", "DirigeantNom",
)  # fmt: skip
ORGANISATIONS = (
    "nom", "nom_beneficiaire_principal", "nomBeneficiaire", "nomAttribuant", "idAttribuant",
    "raison_sociale", "titre", "titre_court", "objet", "objet_social1", "siteweb",
    "adrs_codepostal", "adrs_libcommune", "denominationUniteLegale", "sigleUniteLegale",
    "categorieJuridiqueUniteLegale", "identifiantAssociationUniteLegale", "is_coordinator",
    "porteur_projet", "nom_porteur", "lib_fs", "commune", "code_insee", "region", "partner_id",
    "presentation_resume", "modalites_accompagnement", "caractereEmployeurUniteLegale", "telecom",
    "hotel",
)  # fmt: skip


@pytest.mark.parametrize("column", PERSONS)
def test_columns_that_hold_persons_or_how_to_reach_them_are_known(column: str) -> None:
    assert speaks_of_a_person(column)


@pytest.mark.parametrize("column", ORGANISATIONS)
def test_columns_about_organisations_are_kept(column: str) -> None:
    assert not speaks_of_a_person(column)


def test_the_real_files_were_published_without_persons(shared: Path) -> None:
    for name in (
        "organisations/data-inclusion-structures.json",
        "organisations/subventions-pays-de-la-loire.csv",
        "alliances/adulte-relais-2020.json",
    ):
        assert not any(map(speaks_of_a_person, columns_of(shared / "data" / name)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("écrire à prenom.nom@mairie-foix.fr.", f"écrire à {REMOVED}."),
        ("prenom.nom (at) asso.org", REMOVED),
        ("Prise de rendez-vous au 05 57 21 00 19", f"Prise de rendez-vous au {REMOVED}"),
        ("au 04.73.85.30.92 ou +33 4 73 85 30 92", f"au {REMOVED} ou {REMOVED}"),
        ("+33(0)4.73.85.30.92", REMOVED),
        ("0473853092", REMOVED),
    ],
)
def test_contacts_are_taken_out_of_texts(text: str, expected: str) -> None:
    assert without_contacts(text) == (expected, "coordonnées retirées")


@pytest.mark.parametrize(
    "text",
    ["SIRET 22440002800011", "SIREN 200 078 004", "RD 1084", "de 2019 à 2021", "3,04 05 06 07 08 €",
     "21 667,00 €", "W381000001", "@alliage sur les réseaux"],
)  # fmt: skip
def test_other_numbers_stay(text: str) -> None:
    assert without_contacts(text) == (text, "")


def test_the_telephone_numbers_in_the_comments_of_france_services_are_taken_out(
    shared: Path,
) -> None:
    file = shared / "data" / "organisations" / "france-services-20221201.csv"
    found = [
        without_contacts(row.take("commentaire")) for row in read_rows(file) if isinstance(row, Row)
    ]
    assert sum(bool(repaired.note) for repaired in found) == 134


@settings(deadline=None)
@given(st.text())
def test_no_text_is_too_odd(text: str) -> None:
    again = without_contacts(text).value
    assert without_contacts(again).value == again


PIECES = ("@", "(at)", "[at]", "a.b", "asso.fr", " ", "+", "33", "262", "00", "0", "04", "76", ".",
          "(0)", "-", "é", "12", ",", "١")  # fmt: skip


@settings(deadline=None, max_examples=2_000)
@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join) | st.text("+0123 .@(at)[]fr"))
def test_a_text_without_signs_of_contacts_is_one_in_which_the_whole_search_finds_none(
    text: str,
) -> None:
    bare, mails = persons._EMAIL.subn(REMOVED, text)
    bare, phones = persons._PHONE.subn(REMOVED, bare)
    assert without_contacts(text) == (bare, "coordonnées retirées" if mails + phones else "")
