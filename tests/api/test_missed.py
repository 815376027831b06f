"""The command `alliage missed`, as far as what is typed and what is printed."""

import argparse
import json
import shutil
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from api import as_json, missed
from graph.claims import Claim, NodeClaim, Source, TieClaim
from graph.errors import RequestError
from graph.model import ACTS_IN, CARRIES, ORGANISATION, PROJECT
from graph.sqlite.store import SqliteStore
from graph.view import View, memory_view
from ingest.runner import ingest_files
from ingest.sources import calls
from ingest.templates import TEMPLATES
from queries.conditions import ConditionKind
from queries.missed import Missed


def typed(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    missed.add_arguments(parser)
    return parser.parse_args(words)


def ask(view: View, *words: str) -> Missed:
    return missed.ask(view, typed(*words))


def test_a_day_is_read_as_it_is_written() -> None:
    assert missed.day("2026-03-31") == date(2026, 3, 31)


@pytest.mark.parametrize("text", ["31/03/2026", "2026-02-30", "demain", ""])
def test_what_is_no_day_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(RequestError, match="AAAA-MM-JJ"):
        missed.day(text)


def test_without_a_place_the_sentence_says_what_to_give(bundled: View) -> None:
    with pytest.raises(RequestError, match="--at"):
        ask(bundled)


def test_a_place_without_a_project_says_so_and_what_a_wider_place_would_give(
    bundled: View,
) -> None:
    answer = ask(bundled, "--at", "Mende", "--on", "2026-03-31")
    said = "\n".join(missed.lines(answer))
    assert said.startswith("Rendez-vous manqués ici : Mende, au 31/03/2026")
    assert answer.counts.fits == 0
    for each in answer.wider:
        assert each.place.name in said
    assert f"{answer.counts.seekers} projet" in said


def test_the_answer_has_a_form_in_json(bundled: View) -> None:
    answer = ask(bundled, "--at", "France", "--limit", "3")
    form = json.loads(as_json.text(as_json.plain(answer)))
    assert form.keys() == {
        "question",
        "fits",
        "to_check",
        "near_misses",
        "counts",
        "wider",
        "catalysts",
    }
    for pair in (*form["fits"], *form["to_check"], *form["near_misses"]):
        assert pair["seeker_kind"] in ("Project", "Organisation", "Alliance")
        assert {c["kind"] for c in pair["conditions"]} <= {k.value for k in ConditionKind}


@pytest.fixture(scope="module")
def marseille(bundled_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[View]:
    """What is bundled, the example of calls, and a project that the fonds vert lists."""
    folder = tmp_path_factory.mktemp("marseille")
    path = Path(shutil.copy(bundled_store, folder / "alliage.db"))
    project, carrier = "fonds-vert:11520403", "siren:913865937"
    claims: list[Claim] = [
        NodeClaim(
            project, PROJECT, "1", {"name": "Réhabilitation du 15, Tiers-lab des transitions"}
        ),
        NodeClaim(carrier, ORGANISATION, "1", {"name": "TIERS-LAB DES TRANSITIONS"}),
        TieClaim(CARRIES, carrier, project, "1"),
        TieClaim(ACTS_IN, project, "commune:13055", "1"),
    ]
    with closing(SqliteStore(path, writable=True)) as store:
        ingest_files(store, calls.TABULAR, [TEMPLATES / "calls" / "example.csv"], folder)
        with store.write(Source("fonds-vert", "Fonds vert", "", "")) as writing:
            writing.add(claims)
            writing.finish()
        yield memory_view(store)


def test_a_pair_that_is_shown_names_both_sides_and_each_condition(marseille: View) -> None:
    answer = ask(marseille, "--at", "Marseille", "--on", "2021-08-01")
    assert "fonds-vert:11520403 calls:fabriques-de-territoire" in {
        f"{pair.seeker.id} {pair.funder.id}" for pair in answer.to_check
    }
    said = " ".join(" ".join(missed.lines(answer)).split()).replace("\u00a0", " ")
    assert "fonds-vert:11520403 · calls:fabriques-de-territoire" in said
    assert "– dates : L'appel est ouvert jusqu'au 30/09/2021. [calls ligne 2]" in said
    # The world of the carrier is not said by the fonds vert: nothing refuses it.
    assert "? monde : L'appel admet" in said


def test_a_near_miss_tells_what_blocks_and_how_far_off_it_is(marseille: View) -> None:
    answer = ask(marseille, "--at", "Marseille", "--on", "2021-10-06")
    said = " ".join(" ".join(missed.lines(answer)).split()).replace("\u00a0", " ")
    # Fabriques closed six days before; Manufactures opens on the morrow.
    assert "✗ dates : L'appel a fermé le 30/09/2021, il y a 6 jours." in said
    assert "✗ dates : L'appel ouvre le 07/10/2021, dans 1 jour." in said
    assert "ce qui bloque, seul : dates" in said
