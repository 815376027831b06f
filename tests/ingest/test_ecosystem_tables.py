import csv
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TypeAlias

import pytest

from graph.claims import Claim, NodeClaim, TieClaim
from graph.errors import SourceError
from graph.identifiers import is_date, is_siren
from graph.model import (
    KINDS,
    LEVER,
    TERRITORY,
    LeverFamily,
    Means,
    MemberRole,
    Property,
    Term,
    ValueType,
    kind_named,
    tie_named,
)
from graph.text import fold
from graph.validation import problems
from ingest.ecosystem import DATA, EDITORIAL, Tables, read, transform
from ingest.reference import territories

Row: TypeAlias = Mapping[str, str]
Paragraphs: TypeAlias = Mapping[tuple[str, str], str]

OFFICIAL = re.compile(
    r"nation:FR|(?:commune|departement|region|epci|ept|siren):[0-9AB]{2,9}"
    r"|goal:(?:[1-9]|1[0-7])"
)
MONTHS = [
    *("janvier", "février", "mars", "avril", "mai", "juin"),
    *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
]
NUMBERS_IN_WORDS = {"100": "centaine"}
OUR_WORDS = ("purpose", "result", "lesson", "exit_reason")
LONGEST_SHARED_RUN = 6  # words; longer names of things are put aside first

TABLES = read()
IDS = {row["id"]: kind_named(row["kind"]) for row in TABLES.nodes}
LEVERS = {row["id"] for row in TABLES.levers}
STATEMENTS = [*TABLES.nodes, *TABLES.values, *TABLES.ties]


@pytest.fixture(scope="session")
def paragraphs(shared: Path) -> Paragraphs:
    """The text of each paragraph, by document and number, as the README of the tables counts."""
    found = {}
    for row in TABLES.documents:
        if row["number"]:
            (path,) = (shared / "seeds").glob(f"{row['number']}_*.txt")
            lines = path.read_text(encoding="utf-8").split("\n")
            for number, line in enumerate((line for line in lines if line.strip()), 1):
                found[row["id"], str(number)] = " ".join(line.replace("**", "").split())
    return found


@pytest.fixture(scope="session")
def people(paragraphs: Paragraphs) -> frozenset[str]:
    """The natural persons that the documents name, first name and surname in both orders."""
    found = set()
    for (document, number), text in paragraphs.items():
        if document == "world-cafe" and 10 <= int(number) <= 56:
            surname, first_name = _surname_and_first_name(text)
            found |= {f"{surname} {first_name}", f"{first_name} {surname}"}
        found |= set(_named_in(text))
    return frozenset(fold(name) for name in found)


def _surname_and_first_name(text: str) -> tuple[str, str]:
    """`LE GALL Véronique` and `BELLIERE Luc K.`, as the list of participants writes them."""
    words = [word for word in text.split() if not re.fullmatch(r"\w\.", word)]
    return " ".join(w for w in words if w.isupper()), " ".join(w for w in words if not w.isupper())


def _named_in(text: str) -> Iterator[str]:
    """`Camille DURAND` in running text, and the facilitators of the World Café."""
    first, rest = r"[A-ZÀ-Ý][a-zà-ÿ]+(?:-[A-ZÀ-Ý][a-zà-ÿ]+)?", r"[A-ZÀ-Ý]{2,}"
    not_people = {"Le", "La", "Fonds", "Fondation", "Chaire", "Etude"}
    for found in re.finditer(rf"\b({first}) ({rest})\b", text):
        if found[1] not in not_people:
            yield found[0]
    name = rf"{first}(?: (?:de )?{first})+"
    for found in re.finditer(rf"(?:animé par|politologue|dont parle|&|, par|et) ({name})", text):
        if "animé par" in text or found[0].startswith(("politologue", "dont", ", par")):
            yield found[1]


def text_of(row: Row) -> str:
    return " | ".join(row.values())


def vocabulary(declared: Property) -> set[str]:
    expected = declared.type
    assert not isinstance(expected, ValueType)
    return {term.value for term in expected}


def is_known(key: str) -> bool:
    scheme, _, local = key.partition(":")
    if key in IDS or key in LEVERS:
        return True
    return OFFICIAL.fullmatch(key) is not None and (scheme != "siren" or is_siren(local))


def test_the_ecosystem_is_as_large_as_the_documents_make_it() -> None:
    counts = Counter(kind.name for kind in IDS.values())
    assert counts["Organisation"] >= 50
    assert counts["Alliance"] >= 20
    assert set(counts) == {"Organisation", "Alliance", "Project", "Call", "Platform", "Territory"}


def test_every_row_names_its_paragraph_or_what_our_judgement_rests_on() -> None:
    documents = {row["id"] for row in TABLES.documents}
    for row in STATEMENTS:
        assert row["document"] in documents, text_of(row)
        if row["document"] == EDITORIAL:
            assert not row["paragraph"], text_of(row)
            assert row["note"], text_of(row)
        else:
            assert row["paragraph"].isdigit(), text_of(row)


def test_a_thing_has_one_kind_and_one_name() -> None:
    said = defaultdict(set)
    for row in TABLES.nodes:
        said[row["id"]].add((row["kind"], row["name"]))
    assert {key: names for key, names in said.items() if len(names) > 1} == {}


def test_no_two_things_of_one_kind_share_a_name() -> None:
    keys = defaultdict(set)
    for row in TABLES.nodes:
        keys[row["kind"], fold(row["name"])].add(row["id"])
    assert {name: found for name, found in keys.items() if len(found) > 1} == {}


def test_no_row_is_told_twice() -> None:
    for rows in (TABLES.nodes, TABLES.values, TABLES.ties):
        assert [row for row, count in Counter(map(text_of, rows)).items() if count > 1] == []


def test_every_id_is_a_thing_that_we_know_or_an_official_code() -> None:
    for row in TABLES.values:
        assert row["id"] in IDS, text_of(row)
    for row in TABLES.ties:
        assert is_known(row["start"]), text_of(row)
        assert is_known(row["end"]), text_of(row)


def test_our_ids_are_slugs_and_official_ones_bear_valid_codes() -> None:
    for key in IDS:
        assert re.fullmatch(r"(alliage|perimeter):[a-z0-9-]+", key) or is_known(key), key


def test_the_official_territories_exist() -> None:
    official = {claim.subject for claim in territories() if isinstance(claim, NodeClaim)}
    named = {key for row in TABLES.ties for key in (row["start"], row["end"])} | set(IDS)
    schemes = ("nation:", "commune:", "departement:", "region:", "epci:", "ept:")
    assert {key for key in named if key.startswith(schemes)} <= official
    assert {key for key in named if key.startswith("siren:")} <= {
        *official,
        "siren:223800012",  # the département de l'Isère comes with the authorities
    }


def test_values_are_those_that_the_model_allows() -> None:
    for row in TABLES.values:
        declared = IDS[row["id"]].property(row["property"])
        assert declared is not None, text_of(row)
        match declared.type:
            case ValueType.INTEGER:
                assert row["value"].isdigit(), text_of(row)
            case ValueType.BOOLEAN:
                assert row["value"] == "true", text_of(row)
            case ValueType.DATE:
                assert is_date(row["value"]), text_of(row)
            case ValueType.TEXT | ValueType.URL:
                assert row["value"], text_of(row)
            case _:
                assert row["value"] in vocabulary(declared), text_of(row)


def test_ties_join_the_kinds_that_the_model_joins() -> None:
    for row in TABLES.ties:
        tie = tie_named(row["tie"])
        assert (kind_of(row["start"]), kind_of(row["end"])) in {
            (start.name, end.name) for start, end in tie.pairs
        }, text_of(row)
        roles: type[Term] = MemberRole
        assert row["role"] in ({term.value for term in roles} if tie.property("role") else {""})


def kind_of(key: str) -> str:
    if key in IDS:
        return IDS[key].name
    scheme = key.partition(":")[0]
    return {"goal": "Goal", "lever": LEVER.name, "siren": "Organisation"}.get(
        scheme, TERRITORY.name
    )


def test_what_is_offered_and_needed_is_one_of_the_seven_means_in_words() -> None:
    means = {f"lever:{term.value}" for term in Means}
    for row in TABLES.ties:
        if row["tie"] in ("OFFERS", "NEEDS"):
            assert row["end"] in means, text_of(row)
            assert row["words"], text_of(row)


def test_every_organisation_has_one_world() -> None:
    worlds = Counter(row["id"] for row in TABLES.values if row["property"] == "world")
    organisations = {key for key, kind in IDS.items() if kind.name == "Organisation"}
    assert worlds == Counter(organisations)


def test_every_alliance_has_a_form_and_every_perimeter_its_extent() -> None:
    said = {(row["id"], row["property"]) for row in TABLES.values}
    expected = {(key, "type") for key, kind in IDS.items() if kind.name == "Alliance"}
    expected |= {(key, "extent") for key in IDS if key.startswith("perimeter:")}
    assert expected <= said


def test_a_perimeter_has_parts_exactly_when_its_composition_is_known() -> None:
    extents = {row["id"]: row["value"] for row in TABLES.values if row["property"] == "extent"}
    wholes = {row["end"] for row in TABLES.ties if row["tie"] == "PART_OF"}
    assert {key: key in wholes for key in extents} == {
        key: extent != "unknown" for key, extent in extents.items()
    }


def test_names_are_set_in_one_typography() -> None:
    for row in (*TABLES.nodes, *TABLES.levers):
        name = row.get("name") or row["name_fr"]
        assert name == name.strip()
        assert not set("’“”\"'`").intersection(name) - {"'"}, name
        assert name.count("«") == name.count("»"), name


def test_the_levers_are_three_families_of_seven() -> None:
    places = [(row["family"], int(row["order"])) for row in TABLES.levers]
    assert places == [(family.value, order) for family in LeverFamily for order in range(1, 8)]
    assert [row["paragraph"] for row in TABLES.levers] == [
        str(number) for number in (*range(32, 39), *range(40, 47), *range(48, 55))
    ]
    means = {row["id"] for row in TABLES.levers if row["family"] == "means"}
    assert means == {f"lever:{term.value}" for term in Means}
    assert all(row["question_fr"].endswith("?") for row in TABLES.levers)


def test_every_mention_occurs_in_the_paragraph_it_states(paragraphs: Paragraphs) -> None:
    for row in TABLES.nodes:
        text = paragraphs[row["document"], row["paragraph"]]
        assert row["as_written"] in text, text_of(row)


def test_every_paragraph_stated_exists(paragraphs: Paragraphs) -> None:
    for row in STATEMENTS:
        assert (row["document"], row["paragraph"]) in paragraphs or row["document"] == EDITORIAL


def test_a_thing_is_named_in_each_document_that_speaks_of_it() -> None:
    named = {(row["id"], row["document"]) for row in TABLES.nodes}
    for row in TABLES.values:
        assert (
            (row["id"], row["document"]) in named
            or row["document"] == EDITORIAL
            or (row["id"] == "alliage:charte-du-faire-alliance")
        ), text_of(row)


def test_dates_and_numbers_are_those_of_the_paragraph(paragraphs: Paragraphs) -> None:
    for row in (*TABLES.values, *TABLES.ties):
        if row["document"] != EDITORIAL:
            text = evidence(row, paragraphs)
            for value in dates_and_numbers(row):
                missing = [part for part in spellings(value) if part not in text]
                assert missing == [], text_of(row)


def evidence(row: Row, paragraphs: Paragraphs) -> str:
    """The paragraph, and the one that settles the year where the note names it."""
    settled = re.search(r"année d'après § (\d+)", row["note"])
    numbers = [row["paragraph"], *(settled.groups() if settled else ())]
    text = " ".join(paragraphs[row["document"], number] for number in numbers)
    return re.sub(r"(?<=\d)[.\s](?=\d{3}\b)", "", text)


def dates_and_numbers(row: Row) -> Iterator[str]:
    if "tie" in row:
        yield from (row[name] for name in ("since", "until") if row[name])
    elif row["property"] in ("started", "ended") or row["value"].isdigit():
        yield row["value"]


def spellings(value: str) -> Iterator[str]:
    """`2020-03-05` is written with 2020, mars and 5 in French; `19000` as it is."""
    if not is_date(value):
        yield NUMBERS_IN_WORDS.get(value, value)
        return
    year, *rest = value.split("-")
    yield year
    if rest:
        yield MONTHS[int(rest[0]) - 1]
    if rest[1:]:
        yield str(int(rest[1]))


def test_addresses_are_those_that_the_paragraph_gives(paragraphs: Paragraphs) -> None:
    for row in TABLES.values:
        if row["property"] == "websites":
            address = row["value"].partition("://")[2]
            assert address in paragraphs[row["document"], row["paragraph"]], text_of(row)


def test_our_lines_are_not_sentences_of_the_documents(paragraphs: Paragraphs) -> None:
    names = [fold(row["name"]) for row in TABLES.nodes]
    documents = " ".join(fold(text) for text in paragraphs.values())
    ours = [row["value"] for row in TABLES.values if row["property"] in OUR_WORDS]
    ours += [row["words"] for row in TABLES.ties] + [row["question_fr"] for row in TABLES.levers]
    for line in ours:
        words = fold(line)
        for name in names:
            words = words.replace(name, "|")
        assert [run for run in runs(words.split()) if run in documents] == [], line


def runs(words: list[str]) -> Iterator[str]:
    length = LONGEST_SHARED_RUN + 1
    for start in range(len(words) - length + 1):
        yield " ".join(words[start : start + length])


def test_the_list_of_participants_is_read_whole(paragraphs: Paragraphs) -> None:
    listed = [paragraphs["world-cafe", str(number)] for number in range(10, 57)]
    assert all(all(_surname_and_first_name(text)) for text in listed)
    assert f"{len(listed)} participant" in paragraphs["world-cafe", "6"]


def test_no_natural_person_appears_in_any_table(people: frozenset[str]) -> None:
    assert len(people) > 94  # the participants, in both orders, and those who are quoted
    for path in (*(DATA / "ecosystem").iterdir(), DATA / "reference" / "levers.csv"):
        text = f" {fold(path.read_text(encoding='utf-8'))} "
        assert [name for name in people if f" {name} " in text] == [], path.name


def test_every_table_is_plain_csv_that_rewriting_leaves_as_it_is(tmp_path: Path) -> None:
    for path in (*(DATA / "ecosystem").glob("*.csv"), DATA / "reference" / "levers.csv"):
        with path.open(encoding="utf-8", newline="") as lines:
            rows = list(csv.reader(lines))
        again = tmp_path / path.name
        with again.open("w", encoding="utf-8", newline="") as lines:
            csv.writer(lines, lineterminator="\n").writerows(rows)
        assert again.read_bytes() == path.read_bytes()


def claims() -> list[Claim]:
    return [claim for _, said in transform(TABLES) for claim in said]


def test_every_claim_follows_the_model_and_says_where_it_comes_from() -> None:
    assert [(claim.record, found) for claim in claims() if (found := problems(claim))] == []
    places = {claim.locator for claim in claims() if not claim.record.startswith("lever:")}
    assert "" not in places
    assert "§ 34" in places


def test_each_document_is_a_source_and_our_judgement_is_the_least_trusted() -> None:
    assert {source.name: source.trust for source, _ in transform(TABLES)} == {
        "racines": 50,
        "charte": 50,
        "world-cafe": 50,
        "recit": 50,
        "exemples": 50,
        "alliage": 10,
    }


def test_no_source_says_the_same_thing_under_the_same_record_twice() -> None:
    for source, said in transform(TABLES):
        records = Counter((type(claim).__name__, claim.record) for claim in said)
        assert [r for r, n in records.items() if n > 1] == [], source.name


def test_every_tie_ends_at_something_that_is_described() -> None:
    described = {claim.subject for claim in claims() if isinstance(claim, NodeClaim)}
    described |= {claim.subject for claim in territories() if isinstance(claim, NodeClaim)}
    described |= {f"goal:{number}" for number in range(1, 18)}
    ends = {key for c in claims() if isinstance(c, TieClaim) for key in (c.start, c.end)}
    assert ends <= described


def test_a_value_of_something_unnamed_is_refused_by_name() -> None:
    row = {**TABLES.values[0], "id": "alliage:inconnu"}
    tables = Tables(TABLES.documents, [], [row], [], [])
    with pytest.raises(SourceError, match="alliage:inconnu"):
        list(transform(tables))


def test_a_row_of_an_unlisted_document_is_refused_by_name() -> None:
    row = {**TABLES.nodes[0], "document": "inconnu"}
    with pytest.raises(SourceError, match="inconnu"):
        list(transform(Tables(TABLES.documents, [row], [], [], [])))


def members_by_world(alliance: str) -> Mapping[str, set[str]]:
    worlds = {row["id"]: row["value"] for row in TABLES.values if row["property"] == "world"}
    found = defaultdict(set)
    for row in TABLES.ties:
        if row["tie"] == "MEMBER_OF" and row["end"] == alliance:
            found[worlds[row["start"]]].add(row["start"])
    return found


def test_gaia_leads_in_isere_a_programme_where_academics_meet_companies() -> None:
    programme = "alliage:programme-innovation-sociale-isere"
    ties = {(row["start"], row["tie"], row["end"], row["role"]) for row in TABLES.ties}
    assert ("alliage:gaia", "MEMBER_OF", programme, "lead") in ties
    assert (programme, "ACTS_IN", "departement:38", "") in ties
    members = members_by_world(programme)
    assert members["academic"] == {
        "alliage:chaire-ess-iep-grenoble",
        "alliage:chaire-territoire-en-transition-gem",
    }
    assert members["company"] == {"alliage:agence-edf-une-riviere-un-territoire"}


def test_the_cress_leads_in_bretagne_a_programme_where_companies_meet_associations() -> None:
    programme = "alliage:cooperations-cress-bretagne"
    ties = {(row["start"], row["tie"], row["end"], row["role"]) for row in TABLES.ties}
    assert ("alliage:cress-bretagne", "MEMBER_OF", programme, "lead") in ties
    places = {end for start, tie, end, _ in ties if (start, tie) == (programme, "ACTS_IN")}
    assert places == {
        "region:53",
        "commune:35115",
        "commune:35360",
        "commune:29151",
        "commune:56007",
    }
    members = members_by_world(programme)
    assert members["company"] == {"alliage:entreprises-classiques-bretagne"}
    assert members["association"] >= {
        "alliage:poles-ess-bretagne",
        "alliage:structures-ess-bretagne",
    }


def test_the_kinds_of_the_tables_are_those_of_the_model() -> None:
    assert {row["kind"] for row in TABLES.nodes} <= {kind.name for kind in KINDS}
