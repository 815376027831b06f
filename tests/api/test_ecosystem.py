"""The command `alliage ecosystem`, as far as what is typed and what is printed."""

import argparse
import json
from contextlib import closing
from pathlib import Path

import pytest

from api import as_json, ecosystem
from graph.claims import Claim, NodeClaim, Source, TieClaim
from graph.errors import RequestError
from graph.model import ALLIANCE, MEMBER_OF, ORGANISATION, SEATED_IN, TERRITORY
from graph.sqlite.store import SqliteStore
from graph.view import View, memory_view
from queries.ecosystem import Ecosystem


def ask(view: View, *words: str) -> Ecosystem:
    parser = argparse.ArgumentParser()
    ecosystem.add_arguments(parser)
    return ecosystem.ask(view, parser.parse_args(words))


def printed(answer: Ecosystem) -> str:
    return " ".join(" ".join(ecosystem.lines(answer)).split()).replace("\u00a0", " ")


def test_without_a_place_the_sentence_says_what_to_give(bundled: View) -> None:
    with pytest.raises(RequestError, match="--in"):
        ask(bundled)


def test_each_number_is_printed_with_the_name_that_lists_it(bundled: View) -> None:
    said = printed(ask(bundled, "--in", "Lozère"))
    # 152 communes, 10 intercommunalities and the département (Insee, 2026).
    assert "collectivité : " in said
    assert "[actors.local_authority]" in said
    assert "Par territoire ; la somme est le total" in said


def test_a_number_that_is_listed_shows_its_facts_and_how_many_more(bundled: View) -> None:
    words = "--in", "Lozère", "--list", "actors.local_authority", "--limit", "3"
    answer = ask(bundled, *words)
    (number,) = answer.numbers
    said = printed(answer)
    assert number.count == number.value > 3
    assert len(number.facts) == 3
    for fact in number.facts:
        assert f"– {fact.subject} world" in said
    assert f"et {number.count - 3} de plus" in said


def test_the_parts_of_a_region_add_up_to_it(bundled: View) -> None:
    answer = ask(bundled, "--in", "Bretagne")
    assert [part.place.name for part in answer.parts] == [
        "Côtes-d'Armor",
        "Finistère",
        "Ille-et-Vilaine",
        "Morbihan",
    ]
    (authorities,) = [n for n in answer.numbers if n.name == "actors.local_authority"]
    parts = [part.values.get(authorities.name, 0) for part in answer.parts]
    assert sum(parts) + answer.in_no_part.get(authorities.name, 0) == authorities.value


def test_the_answer_has_a_form_in_json(bundled: View) -> None:
    form = json.loads(as_json.text(as_json.plain(ask(bundled, "--in", "Isère"))))
    assert form.keys() == {
        "question",
        "numbers",
        "parts",
        "in_no_part",
        "programmes",
        "programmes_count",
        "coverage",
    }
    catalysts = next(n for n in form["numbers"] if n["name"] == "catalysts.all")
    # GAIA, catalyst of Isère: seed document, § 11.
    assert [fact["subject"] for fact in catalysts["facts"]] == ["alliage:gaia"]
    assert all(bool(number["why_not"]) != number["additive"] for number in form["numbers"])


def test_an_alliance_that_is_shared_out_is_told_whole_with_the_part_of_here() -> None:
    claims: list[Claim] = [NodeClaim("alliage:une", ALLIANCE, "une", {"name": "Une"})]
    for code, name in (("38185", "Grenoble"), ("69123", "Lyon")):
        place, member = f"commune:{code}", f"alliage:{code}"
        claims += [
            NodeClaim(place, TERRITORY, place, {"name": name, "level": "commune"}),
            NodeClaim(member, ORGANISATION, member, {"name": f"Association de {name}"}),
            TieClaim(SEATED_IN, member, place, f"{member} seat"),
            TieClaim(MEMBER_OF, member, "alliage:une", f"{member} member"),
        ]
    with closing(SqliteStore(Path(":memory:"), writable=True)) as store:
        with store.write(Source("exemples", "exemples", "", "faits inventés")) as writing:
            writing.add(claims)
            writing.finish()
        view = memory_view(store)
        said = printed(ask(view, "--in", "Grenoble"))
        listed = printed(ask(view, "--in", "Grenoble", "--list", "alliances.all"))
    assert "Alliances : 1 (part d'ici : 0,5)" in said
    assert "partagée en parts égales entre ses membres" in said
    assert "alliances : 1 (part d'ici : 0,5) [alliances.all]" in listed


def test_what_is_counted_whole_is_not_said_to_be_shared(bundled: View) -> None:
    said = printed(ask(bundled, "--in", "Lozère", "--list", "actors.local_authority"))
    assert "part" not in said
