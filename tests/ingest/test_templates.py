import csv
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.claims import Claim, NodeClaim, TieClaim
from graph.errors import SourceError
from graph.model import (
    AllianceType,
    Function,
    Means,
    MemberRole,
    Outcome,
    Phase,
    Term,
    World,
)
from graph.validation import problems
from ingest.ecosystem import DATA
from ingest.files.records import Reject
from ingest.files.tables import columns_of
from ingest.rows import Rejected, Row
from ingest.sources import alliances, calls, catalysts
from ingest.tabular import Tabular
from ingest.templates import TEMPLATES

Schema = Mapping[str, object]
TABLES = [
    (catalysts.TABULAR, "catalysts", ""),
    (alliances.TABULAR, "alliances", ""),
    (alliances.TABULAR, "alliances", "members."),
    (calls.TABULAR, "calls", ""),
]
EXAMPLES = pytest.mark.parametrize(("source", "name", "part"), TABLES)


def schema(name: str, part: str) -> Schema:
    return cast("Schema", json.loads((TEMPLATES / name / f"{part}schema.json").read_text("utf-8")))


def fields(said: Schema) -> list[Mapping[str, str]]:
    return cast("list[Mapping[str, str]]", said["fields"])


def constraints(field: Mapping[str, object]) -> Mapping[str, object]:
    return cast("Mapping[str, object]", field.get("constraints", {}))


def rows(name: str, part: str) -> list[dict[str, str]]:
    with (TEMPLATES / name / f"{part}example.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, strict=True))


def claims(source: Tabular, name: str, part: str, taken: set[str] | None = None) -> list[Claim]:
    path = TEMPLATES / name / f"{part}example.csv"
    read = list(source.read([path], set() if taken is None else taken))
    assert not [row for row in read if isinstance(row, Reject)]
    return [claim for row in read if isinstance(row, Row) for claim in source.transform(row)]


@EXAMPLES
def test_an_example_follows_its_table_schema(source: Tabular, name: str, part: str) -> None:
    said, found = schema(name, part), rows(name, part)
    assert list(found[0]) == [field["name"] for field in fields(said)]
    for field in fields(said):
        rules = constraints(field)
        for row in found:
            value = row[field["name"]]
            assert value or not rules.get("required"), field
            assert not value or re.search(str(rules.get("pattern", "")), value), (field, value)
            assert not value or value in cast("list[str]", rules.get("enum", [value])), value
            assert field.get("format") != "uri" or re.match(r"https?://|$", value)
    key = cast("str | list[str]", said["primaryKey"])
    names = [key] if isinstance(key, str) else key
    keys = [tuple(row[each] for each in names) for row in found]
    assert len(set(keys)) == len(keys)


def test_every_member_names_an_alliance_of_the_other_table() -> None:
    (foreign,) = cast("list[Mapping[str, object]]", schema("alliances", "members.")["foreignKeys"])
    assert foreign == {
        "fields": "alliance",
        "reference": {"resource": "alliances", "fields": "id"},
    }
    known = {row["id"] for row in rows("alliances", "")}
    assert {row["alliance"] for row in rows("alliances", "members.")} <= known


@EXAMPLES
def test_every_column_has_a_french_title_and_a_description(
    source: Tabular, name: str, part: str
) -> None:
    for field in fields(schema(name, part)):
        assert field["title"]
        assert field["description"].endswith(".")
        rules, example = constraints(field), field.get("example", "")
        assert re.search(str(rules.get("pattern", "")), example) or not example, field
        assert not example or example in cast("list[str]", rules.get("enum", [example]))


@pytest.mark.parametrize(
    ("name", "part", "column", "vocabulary"),
    [
        ("catalysts", "", "monde", World),
        ("alliances", "", "forme", AllianceType),
        ("alliances", "", "phase", Phase),
        ("alliances", "", "issue", Outcome),
        ("alliances", "members.", "role", MemberRole),
        ("catalysts", "", "fonctions", Function),
        ("catalysts", "", "donne", Means),
        ("alliances", "members.", "recoit", Means),
        ("calls", "", "mondes_admis", World),
    ],
)
def test_words_allowed_are_those_of_the_model(
    name: str, part: str, column: str, vocabulary: type[Term]
) -> None:
    rules = constraints(next(f for f in fields(schema(name, part)) if f["name"] == column))
    words = [term.fr for term in vocabulary]
    if "enum" in rules:
        assert rules["enum"] == words
    else:
        assert re.search(str(rules["pattern"]), "|".join(words))
        assert not re.search(str(rules["pattern"]), "autre")


@EXAMPLES
def test_an_example_goes_in_whole_without_a_note(source: Tabular, name: str, part: str) -> None:
    taken: set[str] = set()
    found = claims(source, name, part, taken)
    assert [phrase for claim in found for phrase in problems(claim)] == []
    assert [claim.note for claim in found if claim.note] == []
    assert taken == {field["name"] for field in fields(schema(name, part))}


@EXAMPLES
def test_a_template_is_known_by_its_columns(source: Tabular, name: str, part: str) -> None:
    columns = frozenset(columns_of(TEMPLATES / name / f"{part}example.csv"))
    assert source.recognises("x.csv", columns)
    assert [other for other, *_ in TABLES if other.recognises("x.csv", columns)].count(source) == (
        2 if name == "alliances" else 1
    )
    assert not source.recognises("x.csv", columns | {"montant"})
    assert not source.recognises("x.csv", frozenset(["id", "nom"]))


def test_gaia_is_a_catalyst_of_isere() -> None:
    found = claims(catalysts.TABULAR, "catalysts", "")
    gaia = found[0]
    assert isinstance(gaia, NodeClaim)
    assert (gaia.subject, gaia.record) == ("alliage:gaia", "alliage:gaia")
    assert gaia.properties["roles"] == ["catalyst"]
    assert gaia.properties["functions"] == ["dialogue", "experimentation", "support"]
    assert [(c.tie.name, c.end) for c in found if isinstance(c, TieClaim)] == [
        ("ACTS_IN", "departement:38"),
        ("OFFERS", "lever:data"),
        ("OFFERS", "lever:governance"),
        ("OFFERS", "lever:skills"),
        ("ACTS_IN", "perimeter:alsace"),
    ]


def test_members_come_and_go_with_their_role() -> None:
    found = claims(alliances.TABULAR, "alliances", "members.")
    rameau = next(
        claim
        for claim in found
        if isinstance(claim, TieClaim) and claim.start == "alliage:le-rameau"
    )
    assert (rameau.tie.name, rameau.end) == ("MEMBER_OF", "alliage:cooperations-cress-bretagne")
    assert rameau.properties == {
        "role": "support",
        "since": "2020-11-24",
        "until": "2021-01-14",
        "words": ["appui méthodologique et formation, en trois sessions"],
    }


def test_the_funder_opens_its_call_to_worlds() -> None:
    found = claims(calls.TABULAR, "calls", "")
    call = found[0]
    assert isinstance(call, NodeClaim)
    assert call.properties["opens"] == "2019-07-11"
    assert call.properties["worlds"] == ["company", "foundation", "association", "local_authority"]
    opened = [(c.start, c.end) for c in found if isinstance(c, TieClaim) and c.tie.name == "OPENED"]
    assert opened == [
        ("siren:130026032", "calls:fabriques-de-territoire"),
        ("siren:130026032", "calls:manufactures-de-proximite"),
    ]


def _bundled(name: str) -> list[dict[str, str]]:
    with (DATA / "ecosystem" / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_the_examples_say_nothing_of_catalysts_and_alliances_that_the_documents_do_not() -> None:
    """Each value and tie is one of the bundled tables; what a member gave is `words` there."""
    values = {(row["id"], row["property"], row["value"]) for row in _bundled("values")}
    values |= {(row["id"], "name", row["name"]) for row in _bundled("nodes")}
    ties = {(row["start"], row["tie"], row["end"]) for row in _bundled("ties")}
    for source, name, part in TABLES[:3]:
        for claim in claims(source, name, part):
            if isinstance(claim, TieClaim):
                given = (claim.start, claim.tie.name) == ("alliage:le-rameau", "OFFERS")
                assert given or (claim.start, claim.tie.name, claim.end) in ties
                continue
            for key, value in claim.properties.items():
                for item in value if isinstance(value, list) else [value]:
                    assert (claim.subject, key, item) in values


def test_a_table_that_is_none_of_the_template_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("Nom;Ville\nA;Albi\n", "utf-8")
    with pytest.raises(SourceError) as error:
        list(alliances.TABULAR.read([path], set()))
    assert error.value.message == (
        "« t.csv » ne suit pas le modèle : il lui faut les colonnes id, nom ou alliance, membre."
        " Copiez l'exemple du modèle, ou décrivez votre table par une correspondance."
    )


_WORDS = st.one_of(
    st.sampled_from(["alliage:gaia", "GAIA", "pilote", "2020", "données|outils", "38185", "17"]),
    st.text(max_size=20),
)


@given(st.sampled_from(TABLES), st.lists(_WORDS, min_size=20, max_size=20))
def test_no_record_crashes(table: tuple[Tabular, str, str], texts: list[str]) -> None:
    source, name, part = table
    columns = [field["name"] for field in fields(schema(name, part))]
    row = Row(dict(zip(columns, texts, strict=False)), "ligne 2", set())
    try:
        found = list(source.transform(row))
    except Rejected:
        return
    assert [phrase for claim in found for phrase in problems(claim)] == []
