from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.errors import SourceError
from ingest.mapping import TO_COMPLETE, load
from ingest.suggestion import guesses, suggest

PARTNERS = Path(__file__).parents[1] / "data" / "table" / "partenaires.csv"

EXPECTED = """\
# Ce que veulent dire les colonnes de la table : à relire et à corriger.
# Ce qui suit # est un commentaire ; docs/sources/table.md explique le reste.
source:
  name: partenaires  # court, sans accent ni espace
  title: "partenaires"
  publisher: À COMPLÉTER  # qui publie cette table
  licence: À COMPLÉTER  # par exemple Licence Ouverte 2.0
  # date: "2026-03"  # de la table : AAAA, AAAA-MM ou AAAA-MM-JJ
kind: Organisation  # une ligne est : Organisation, Alliance, Project, Call, Platform
id:
  siren: "SIRET"  # 356 000 000 00048
properties:
  name: "Nom de la structure"  # La Poste
  acronym: "Sigle"  # CRF
  world:  # association, company, local_authority, state, academic, foundation, citizens
    columns: "Statut juridique"
    values:
      "Société anonyme": company
      "Association loi 1901": association
      "Collectivité": local_authority
      # "Autre": ?
  websites: "Site web"  # www.laposte.fr
ties:
  SEATED_IN:  # le siège
    postcode: "CP"  # 75015
    commune: "Commune"  # Paris
  ACTS_IN:  # le territoire d'action, par nom ou par code
    columns: "Territoire d'intervention"  # France
  AIMS_AT:  # les ODD, par numéro ou par nom
    columns: "ODD"  # ODD 8, 17
  OFFERS:  # ce qui est offert : l'un des sept moyens, ou des mots
    columns: "Offre"  # des points de contact
    # lever: skills  # le moyen, quand les mots n'en nomment aucun
  NEEDS:  # ce qui est cherché : l'un des sept moyens, ou des mots
    columns: "Besoins"  # financement ; données
    # lever: skills  # le moyen, quand les mots n'en nomment aucun
  MEMBER_OF:  # l'alliance, le réseau ou le programme, par son nom
    columns: "Réseau"  # Alliance Dynamique
    role: "Rôle"  # pilote
# Parlent de personnes, et ne sont jamais gardées :
ignore: ["Contact", "E-mail"]
"""


def test_a_table_of_partners_gets_a_whole_mapping() -> None:
    assert suggest(PARTNERS) == EXPECTED


def test_a_suggestion_is_refused_until_it_is_completed_and_then_taken(tmp_path: Path) -> None:
    path = tmp_path / "map.yaml"
    path.write_text(suggest(PARTNERS), "utf-8")
    with pytest.raises(SourceError, match=f"ligne 6 : remplacez « {TO_COMPLETE} »"):
        load(path)
    path.write_text(suggest(PARTNERS).replace(TO_COMPLETE, "Essai"), "utf-8")
    assert load(path).id.siren == ("SIRET",)


@pytest.mark.parametrize(
    ("header", "line"),
    [
        ("N° SIREN", '  siren: "N° SIREN"  # x'),
        ("N° RNA", '  rna: "N° RNA"  # x'),
        ("Identifiant", '  local: "Identifiant"  # x'),
        ("Raison sociale", '  name: "Raison sociale"  # x'),
        ("Nom de l'association", '  name: "Nom de l\'association"  # x'),
        ("Objet social", '  purpose: "Objet social"  # x'),
        ("site_internet", '  websites: "site_internet"  # x'),
        ("Code INSEE", '    code: "Code INSEE"  # x'),
        ("lib_com", '    commune: "lib_com"  # x'),
        ("Ville", '    commune: "Ville"  # x'),
        ("Code postal", '    postcode: "Code postal"  # x'),
        ("Objectifs de développement durable",
         '    columns: "Objectifs de développement durable"  # x'),
        ("Ce que nous cherchons", '    columns: "Ce que nous cherchons"  # x'),
        ("Dernière modification", 'updated: "Dernière modification"'),
        ("Prénom", 'ignore: "Prénom"'),
        ("Téléphone", 'ignore: "Téléphone"'),
        ("Couleur", '#   "Couleur": x'),
    ],
)  # fmt: skip
def test_french_headers_are_known(tmp_path: Path, header: str, line: str) -> None:
    path = tmp_path / "t.csv"
    path.write_text(f'"{header}";"zzz"\nx;y\nx;z\n', "utf-8")
    assert line in suggest(path).splitlines()


def test_several_establishments_of_one_legal_unit_are_seen(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("Nom;SIRET\nLa Poste;35600000000048\nLa Poste;35600000049837\n", "utf-8")
    assert "  establishments: true  # un même SIREN y a plusieurs SIRET" in suggest(path)


def test_short_lists_with_commas_get_a_separator(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("Nom;Besoins\nA;outils, données\nB;financement\n", "utf-8")
    assert '    separator: ","' in suggest(path)


def test_every_guess_has_a_place_in_the_model() -> None:
    roots = {guess.place[0] for guess in guesses()}
    assert roots == {"id", "properties", "ties", "updated"}


@given(st.lists(st.text(max_size=15), min_size=2, max_size=6), st.text(max_size=30))
def test_no_header_makes_a_suggestion_that_cannot_be_read(
    tmp_path_factory: pytest.TempPathFactory, headers: list[str], value: str
) -> None:
    folder = tmp_path_factory.getbasetemp()
    table, mapping = folder / "any.csv", folder / "any-map.yaml"
    quoted = ";".join('"' + header.replace('"', '""') + '"' for header in ["Nom", *headers])
    cells = ";".join(['"' + value.replace('"', '""') + '"'] * (len(headers) + 1))
    table.write_bytes(f"{quoted}\n{cells}\n".encode(errors="replace"))
    mapping.write_text(suggest(table).replace(TO_COMPLETE, "Essai"), "utf-8")
    load(mapping)
