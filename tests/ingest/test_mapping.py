import json
from pathlib import Path

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from graph.errors import SourceError
from graph.model import KINDS, TIES
from ingest.mapping import Mapping, ends, json_schema, load
from ingest.templates import TEMPLATES
from ingest.yaml_lines import read_yaml

HEAD = """\
source:
  name: essai
  title: Essai
  publisher: Essai
  licence: Licence Ouverte 2.0
"""
PARTNERS = Path(__file__).parents[1] / "data" / "table" / "partenaires.yaml"


def written(folder: Path, text: str) -> Path:
    path = folder / "map.yaml"
    path.write_text(text, "utf-8")
    return path


def refusal(folder: Path, text: str) -> str:
    path = written(folder, text)
    with pytest.raises(SourceError) as told:
        load(path)
    return told.value.message.replace(str(path), "map.yaml")


def test_a_mapping_is_read_whole() -> None:
    mapping = load(PARTNERS)
    assert mapping.source.date == "2026-03"
    assert mapping.properties["world"].values["Collectivité"] == "local_authority"
    assert mapping.ties["MEMBER_OF"][0].role == ("Rôle",)
    assert mapping.columns() == [
        "Contact", "E-mail", "SIRET", "Nom de la structure", "Sigle", "Statut juridique",
        "Site web", "Commune", "CP", "Territoire d'intervention", "ODD", "Offre", "Besoins",
        "Réseau", "Rôle",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (HEAD + "propertis:\n  name: Nom\n",
         "ligne 6 : « propertis » n'est pas prévu ici ; vouliez-vous dire « properties » ?"),
        (HEAD + "properties:\n  nam: Nom\n  name: Nom\n",
         "ligne 7 : Organisation n'a pas de « nam » ; vouliez-vous dire « name » ?"),
        (HEAD + "kind: Guilde\nproperties:\n  name: Nom\n",
         "ligne 6 : « kind » attend l'un de : 'Organisation', 'Alliance', 'Project', 'Call' ou"
         " 'Platform'"),
        (HEAD + "properties:\n  name: Nom\n  siren: SIREN\n",
         "ligne 8 : « siren » se déclare sous « id »"),
        (HEAD + "properties:\n  name: Nom du contact\n",
         "ligne 7 : la colonne « Nom du contact » parle de personnes : elle n'est jamais gardée"),
        (HEAD + "properties:\n  name: Nom\n  world:\n    columns: Statut\n    values:\n"
         "      Guilde: guild\n",
         "ligne 11 : « guild » n'est pas l'un de : association, company, local_authority, state,"
         " academic, foundation, citizens"),
        (HEAD + "properties:\n  name: Nom\nties:\n  OPENED: Ouvert par\n  OFERS: Offre\n",
         "ligne 10 : Organisation n'a pas de lien « OFERS » ; vouliez-vous dire « OFFERS » ?"),
        (HEAD + "properties:\n  name: Nom\nties:\n  ACTS_IN:\n    columns: Où\n    role: Rôle\n",
         "ligne 11 : « ACTS_IN » n'a pas de « role »"),
        (HEAD + "properties:\n  name: Nom\nties:\n  OFFERS:\n    columns: Offre\n"
         "    lever: magie\n",
         "ligne 11 : « magie » n'est pas un levier"),
        (HEAD + "properties:\n  name: Nom\nties:\n  MEMBER_OF:\n    role: Rôle\n",
         "ligne 9 : « MEMBER_OF » attend « columns » ou « constant »"),
        (HEAD + "properties:\n  name: Nom\n  name: Sigle\n",
         "ligne 8 : « name » est donné deux fois"),
        (HEAD + "kind: Organisation\n",
         "ligne 6 : il manque « name » sous « properties », ou « local » sous « id »"),
        (HEAD + "properties:\n  name: [1, [2]]\n",
         "ligne 7 : « 1 » attend un seul texte"),
        (HEAD.replace("name: essai", "name: Été 2026") + "properties:\n  name: Nom\n",
         "ligne 2 : « name » attend de 2 à 40 lettres minuscules sans accent, chiffres ou tirets"),
        (HEAD.replace("licence: Licence Ouverte 2.0", "licence: À COMPLÉTER")
         + "properties:\n  name: Nom\n",
         "ligne 5 : remplacez « À COMPLÉTER »"),
        (HEAD.replace("  licence: Licence Ouverte 2.0\n", "  licence:\n")
         + "properties:\n  name: Nom\n",
         "ligne 1 : il manque « licence » sous « source »"),
        (HEAD + "  date: hier\nproperties:\n  name: Nom\n",
         "ligne 6 : « date » attend AAAA, AAAA-MM ou AAAA-MM-JJ"),
        (HEAD + "  trust: 200\nproperties:\n  name: Nom\n",
         "ligne 6 : « trust » attend un nombre entier de 0 à 100"),
        (HEAD + "  url: exemple.fr\nproperties:\n  name: Nom\n",
         "ligne 6 : « url » attend une adresse qui commence par https://"),
        (HEAD + "id: &a\n  siren: SIREN\nfile: *a\n",
         "ligne 8 : les renvois (« * ») ne sont pas pris"),
        ("- a\n", "ligne 1 : le fichier attend des lignes « nom : valeur », dont « source »"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    message = refusal(tmp_path, text)
    assert message.startswith("La correspondance « map.yaml » est à corriger. ")
    assert said in message


def test_all_that_is_wrong_is_said_at_once(tmp_path: Path) -> None:
    text = "source:\n  name: essai\nkind: Organisation\nproprietes: x\n"
    assert refusal(tmp_path, text) == (
        "La correspondance « map.yaml » est à corriger. ligne 1 : il manque « licence » sous"
        " « source » ; ligne 1 : il manque « publisher » sous « source » ; ligne 1 : il manque"
        " « title » sous « source » ; ligne 4 : « proprietes » n'est pas prévu ici ; vouliez-vous"
        " dire « properties » ?."
    )


def test_what_is_no_yaml_is_said_with_its_line(tmp_path: Path) -> None:
    assert refusal(tmp_path, 'source:\n  name: "essai\n').startswith("« map.yaml », ligne 3 : ")
    assert "UTF-8" in str(_of_bytes(tmp_path, b"source: \xe9\n"))
    assert "1 Mio" in str(_of_bytes(tmp_path, b"#" * (1 << 21)))


def _of_bytes(folder: Path, content: bytes) -> SourceError:
    path = folder / "map.yaml"
    path.write_bytes(content)
    with pytest.raises(SourceError) as told:
        load(path)
    return told.value


def test_scalars_stay_what_was_written(tmp_path: Path) -> None:
    path = written(tmp_path, "no: yes\ndate: 2026-03-01\nempty:\nquoted: ''\n")
    assert read_yaml(path).tree == {"no": "yes", "date": "2026-03-01", "quoted": ""}


@given(st.text(max_size=80))
@example("a: [" * 500)
@example("{" * 5000)
def test_no_text_crashes_the_reading(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.getbasetemp() / "any.yaml"
    path.write_text(text, "utf-8", errors="replace")
    with pytest.raises(SourceError):
        load(path)


def test_the_published_schema_is_that_of_the_code() -> None:
    published = (TEMPLATES / "table" / "mapping.schema.json").read_text("utf-8")
    assert published == json_schema()
    assert set(json.loads(published)["properties"]) == set(Mapping.model_fields)


def test_every_tie_joins_an_organisation_or_an_alliance_from_one_end_at_least() -> None:
    joined = {tie.name for tie in TIES for kind in KINDS if list(ends(kind, tie))}
    assert joined == {tie.name for tie in TIES}


def test_the_mappings_of_the_templates_are_plain_yaml() -> None:
    for path in TEMPLATES.glob("*/*mapping.yaml"):
        assert yaml.safe_load(path.read_text("utf-8"))["source"]["name"] == path.parent.name


def test_the_mapping_of_the_documentation_is_taken(tmp_path: Path) -> None:
    page = Path(__file__).parents[2] / "docs" / "sources" / "table.md"
    shown = page.read_text("utf-8").partition("```yaml\n")[2].partition("```")[0]
    assert load(written(tmp_path, shown)).source.name == "partenaires-trieves"
