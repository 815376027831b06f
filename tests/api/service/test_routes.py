"""Every question of the command has an address that answers the same."""

import csv
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date
from importlib.resources import files
from typing import Any, TypeAlias
from urllib.parse import quote, urlencode

import httpx
import pytest

import ingest
from api import as_json
from graph.model import ORGANISATION, PART_OF, SEATED_IN
from graph.view import View
from queries import (
    alike,
    alike_request,
    bridges,
    ecosystem,
    find,
    gaps,
    missed,
    pairs,
    partner_request,
    partners,
    path,
    show,
    signals,
    team,
)
from queries.matching.text import text_index

Question: TypeAlias = Callable[[View], object]
Answer: TypeAlias = Callable[[str], Any]
Ask: TypeAlias = Callable[..., httpx.Response]

DAY = date(2026, 3, 31)
QUESTIONS: dict[str, tuple[dict[str, object], Question]] = {
    "partners": (
        {"at": "Grenoble", "goal": [2, 11], "need": "outils", "world": "entreprise", "limit": 3},
        lambda view: partners.partners(
            view,
            partner_request.Request(
                "Grenoble", ("2", "11"), ("outils",), worlds=("entreprise",), limit=3
            ),
        ),
    ),
    "pairs": (
        {"at": "Isère", "limit": 2},
        lambda view: pairs.pairs(view, partner_request.Request("Isère", limit=2)),
    ),
    "team": (
        {"at": "Isère", "goal": 8, "with": "Le RAMEAU", "size": 3},
        lambda view: team.team(view, team.Request("Isère", ("8",), "Le RAMEAU", (), 3)),
    ),
    "missed": (
        {"at": "Grenoble", "on": "2026-03-31", "limit": 2},
        lambda view: missed.missed(view, missed.Request("Grenoble", DAY, 2)),
    ),
    "alike": (
        {"at": "Grenoble", "text": "aide alimentaire", "on": "2026-03-31", "limit": 2},
        lambda view: alike.alike(
            view,
            alike_request.Request(DAY, at="Grenoble", text="aide alimentaire", limit=2),
            text_index(view),
        ),
    ),
    "bridges": (
        {"between": ["academic", "entreprise"], "in": "Isère", "limit": 2},
        lambda view: bridges.bridges(
            view, bridges.Request(("academic", "entreprise"), "Isère", limit=2)
        ),
    ),
    "gaps": ({"in": "Isère", "limit": 2}, lambda view: gaps.gaps(view, "Isère", 2)),
    "ecosystem": (
        {"in": "Isère", "list": "catalysts.all", "limit": 3},
        lambda view: ecosystem.ecosystem(view, "Isère", "catalysts.all", 3),
    ),
    "signals": (
        {"in": "Isère", "since": "2018-01-01", "on": "2026-03-31"},
        lambda view: signals.signals(view, "Isère", date(2018, 1, 1), DAY),
    ),
}


def address(name: str, words: Mapping[str, object]) -> str:
    return f"/api/v1/{name}?{urlencode(words, doseq=True)}"


@pytest.mark.parametrize("name", QUESTIONS)
def test_an_address_answers_as_the_question_does(answer: Answer, bundled: View, name: str) -> None:
    words, question = QUESTIONS[name]
    assert answer(address(name, words)) == as_json.plain(question(bundled))


def test_search_finds_what_the_command_finds(answer: Answer, bundled: View) -> None:
    answered = answer(address("search", {"text": "chaire ess", "limit": 5}))
    assert answered == {
        "question": {"text": "chaire ess"},
        "answers": as_json.plain(find.find(bundled, "chaire ess", 5)),
    }
    assert "Chaire ESS" in answered["answers"][0]["name"]


def test_a_path_is_told_from_one_to_the_other(answer: Answer, bundled: View) -> None:
    ends = "alliage:le-rameau", "alliage:chaire-ess-iep-grenoble"
    answered = answer(address("path", dict(zip(("from", "to"), ends, strict=True))))
    assert [answered["question"][end]["id"] for end in ("from", "to")] == list(ends)
    assert answered["answers"] == as_json.plain(path.paths(bundled, *ends).introductions)
    assert answered["answers"]


@pytest.mark.parametrize("asked", ["goal:2", "alliage:le-rameau", "Le RAMEAU", "commune:38185"])
def test_a_thing_is_shown_by_its_id_or_its_name(answer: Answer, bundled: View, asked: str) -> None:
    answered = answer(f"/api/v1/things/{quote(asked, safe='')}")
    assert answered == as_json.shown(show.show(bundled, asked))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("greno", "commune:38185"),  # Insee: Grenoble is 38185
        ("38000", "commune:38185"),
        ("38185", "commune:38185"),
        ("isere", "departement:38"),
        ("38", "departement:38"),
        ("2a", "departement:2A"),
        ("auvergne rhone", "region:84"),
    ],
)
def test_a_territory_is_suggested_from_its_first_letters_or_its_code(
    answer: Answer, typed: str, meant: str
) -> None:
    suggested = answer(address("suggest", {"text": typed}))["territories"]
    assert meant in [each["id"] for each in suggested[:3]]


def test_an_actor_is_suggested_with_the_place_where_it_is(answer: Answer) -> None:
    actors = answer(address("suggest", {"text": "chaire ess"}))["actors"]
    assert actors[0]["id"] == "alliage:chaire-ess-iep-grenoble"
    assert actors[0]["kind"] == "Organisation"
    assert "Grenoble" in actors[0]["place"]


def test_nothing_typed_suggests_nothing(answer: Answer) -> None:
    suggested = answer(address("suggest", {"text": ""}))
    assert suggested["territories"] == suggested["actors"] == []


def communes_of(view: View, territory: int) -> set[int]:
    """The communes of a territory and it, found along the ties that lead to it."""
    found, waiting = {territory}, [territory]
    while waiting:
        parts = view.ties[PART_OF].starts_of(waiting.pop()).tolist()
        waiting += [part for part in parts if part not in found]
        found.update(parts)
    return {each for each in found if view.keys[each].startswith("commune:")}


def test_the_map_counts_every_actor_of_a_departement_once(answer: Answer, bundled: View) -> None:
    answers = answer(address("map", {"place": "France", "level": "departement"}))["answers"]
    told = next(each for each in answers if each["id"] == "departement:38")
    here = bundled.ordinal("departement:38")
    assert here is not None
    communes = communes_of(bundled, here)
    assert len(communes) == 512  # Insee, 2025: the communes of Isère
    expected: Counter[str] = Counter()
    for node in bundled.of_kind(ORGANISATION).tolist():
        # Seated in a commune of it, in it, or in an intercommunality that lies in it.
        seats = bundled.ties[SEATED_IN].ends_of(node).tolist()
        if not bundled.ended[node] and any(
            seat == here or communes_of(bundled, seat) <= communes for seat in seats
        ):
            expected[str(bundled.world_of(node))] += 1
    unknown = expected.pop("None", 0)
    assert told["worlds"] == dict(expected)
    assert told["unknown_world"] == unknown
    assert told["actors"] == sum(expected.values()) + unknown


def test_the_map_comes_nearer_one_level_at_a_time(answer: Answer) -> None:
    for place, level in (
        ("region:84", "departement"),
        ("departement:38", "epci"),
        ("epci:200040715", "commune"),
    ):
        answered = answer(address("map", {"place": place}))
        assert answered["question"]["level"] == level
        assert answered["answers"]
        assert {each["id"].partition(":")[0] for each in answered["answers"]} == {level}


def test_the_map_of_a_box_holds_the_centres_within_it(answer: Answer) -> None:
    box = 5.5, 45.0, 6.0, 45.5
    words = {"box": ",".join(map(str, box)), "level": "commune"}
    answers = answer(address("map", words))["answers"]
    assert "commune:38185" in {each["id"] for each in answers}
    for each in answers:
        assert box[0] <= each["longitude"] <= box[2]
        assert box[1] <= each["latitude"] <= box[3]


def test_an_answer_for_the_map_weighs_ten_kilobytes_at_most_when_compressed(
    ask: Ask,
) -> None:
    for words in ({"place": "France", "level": "departement"}, {"place": "departement:38"}):
        response = ask(address("map", words), headers={"Accept-Encoding": "gzip"})
        assert response.headers["Content-Encoding"] == "gzip"
        assert response.num_bytes_downloaded <= 10_240


@pytest.mark.parametrize("box", ["1,2,3", "a,b,c,d", "6,45,5,46", "0,0,0,91", "nan,0,1,1"])
def test_what_is_no_box_is_refused(ask: Ask, box: str) -> None:
    response = ask(address("map", {"box": box, "level": "commune"}))
    assert response.status_code == 400
    assert "box" in response.json()["detail"]


def test_the_charter_asks_the_21_questions_of_the_document(answer: Answer) -> None:
    table = files(ingest) / "data" / "reference" / "levers.csv"
    rows = list(csv.DictReader(table.read_text("utf-8").splitlines()))
    levers = answer("/api/v1/charter")["answers"]
    assert [each["question"] for each in levers] == [row["question_fr"] for row in rows]
    assert [each["id"] for each in levers] == [row["id"] for row in rows]
    assert Counter(each["family"] for each in levers) == {
        "principle": 7,
        "modality": 7,
        "means": 7,
    }


def test_sources_are_told_with_their_licence(answer: Answer) -> None:
    answers: list[Any] = answer("/api/v1/sources")["answers"]
    assert len(answers) > 5
    assert all(each["source"]["licence"] for each in answers)


def test_without_someone_to_look_for_the_sentence_names_the_parameters(ask: Ask) -> None:
    response = ask("/api/v1/partners?at=Grenoble")
    assert response.status_code == 400
    assert "(goal)" in response.json()["detail"]
    assert "--" not in response.json()["detail"]
    assert "/api/v1/pairs" in response.json()["detail"]
