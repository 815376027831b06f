"""What is merged, what waits, what a person decided. The organisations are true."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from graph.claims import Claim, NodeClaim, Source, TieClaim
from graph.identity import Judgement, Verdict
from graph.model import ORGANISATION, SEATED_IN, TERRITORY
from graph.sqlite.store import SqliteStore
from graph.store import Store
from ingest.duplicates.candidates import equal_ids, likely
from ingest.duplicates.comparison import Rarity
from ingest.duplicates.profiles import profiles
from ingest.duplicates.resolution import resolve

LUNEL, HALL, TWIN = "siren:213401458", "liste:mairie-lunel", "autre:lunel"
ISERE, SAME_NUMBER, PART = "siren:223800012", "liste:isere", "siret:22380001200013"


def said(key: str, name: str, **more: str) -> NodeClaim:
    return NodeClaim(key, ORGANISATION, key, {"name": name, **more})


CLAIMS: list[Claim] = [
    NodeClaim("commune:34145", TERRITORY, "1", {"name": "Lunel", "level": "commune"}),
    said(LUNEL, "Commune de Lunel", siren="213401458"),
    said(HALL, "MAIRIE DE LUNEL"),
    said(TWIN, "Lunel - service de la jeunesse"),
    said(ISERE, "Département de l'Isère", siren="223800012"),
    said(SAME_NUMBER, "CD 38", siren="223800012"),
    said(PART, "Archives départementales de l'Isère", siret="22380001200013"),
    *(said(f"liste:{n}", f"Association numéro {n}") for n in range(1500)),
    *(TieClaim(SEATED_IN, key, "commune:34145", "1") for key in (LUNEL, HALL, TWIN)),
]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(SqliteStore(tmp_path / "alliage.db", writable=True)) as opened:
        with opened.write(Source("liste", "Liste", "", "")) as writing:
            writing.add(CLAIMS)
            writing.finish()
        yield opened


def verdicts(store: Store) -> dict[tuple[str, str], tuple[Verdict, str]]:
    return {(j.one, j.other): (j.verdict, j.who) for j in store.judgements()}


def test_equal_numbers_and_sure_names_are_merged(store: Store) -> None:
    resolve(store)
    found = verdicts(store)
    assert found[SAME_NUMBER, ISERE] == (Verdict.SAME, "identifiants")
    assert found[HALL, LUNEL] == (Verdict.SAME, "comparaison")
    node = store.node(HALL)
    assert node is not None
    assert node.key == LUNEL


def test_an_establishment_is_not_its_legal_unit(store: Store) -> None:
    resolve(store)
    assert not any(PART in pair for pair in verdicts(store))


def test_resolving_twice_changes_nothing(store: Store) -> None:
    first = resolve(store)
    before = [*store.judgements()]
    again = resolve(store)
    assert first.changed > 0
    assert (again.changed, again.same, again.unsure) == (0, first.same, first.unsure)
    assert [*store.judgements()] == before


@pytest.mark.parametrize("verdict", [Verdict.DIFFERENT, Verdict.UNSURE])
def test_what_a_person_decided_stands(store: Store, verdict: Verdict) -> None:
    store.judge([Judgement(HALL, LUNEL, verdict, "personne", "2026-11-22")])
    resolve(store)
    assert verdicts(store)[HALL, LUNEL] == (verdict, "personne")
    node = store.node(HALL)
    assert node is not None
    assert node.key == HALL


def test_what_is_undone_is_found_again(store: Store) -> None:
    resolve(store)
    before = verdicts(store)
    store.withdraw([(HALL, LUNEL)])
    resolve(store)
    assert verdicts(store) == before


def test_candidates_share_a_place_or_a_number(store: Store) -> None:
    known = profiles(store)
    pairs = {tuple(sorted((a.key, b.key))) for a, b in likely(known, Rarity(known.values()))}
    assert (HALL, LUNEL) in pairs
    assert (ISERE, PART) not in pairs
    assert [(a.key, b.key, n) for a, b, n in equal_ids(known.values())] == [
        (ISERE, SAME_NUMBER, ISERE)
    ]
