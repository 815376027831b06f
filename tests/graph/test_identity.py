"""Which ids speak of one thing. The organisations are true: La Poste, the département of Isère."""

from itertools import permutations

import pytest

from graph.errors import ContradictoryJudgement
from graph.identity import Judgement, Verdict, identities

ISERE, POSTE = "siren:223800012", "siren:356000000"


def judged(one: str, other: str, verdict: Verdict = Verdict.SAME) -> Judgement:
    return Judgement(one, other, verdict, "personne", "2026-11-22")


def test_an_identity_is_known_by_its_strongest_registry() -> None:
    kept = [judged("rna:W381000001", "alliage:isere"), judged("alliage:isere", ISERE)]
    assert identities(kept) == {"rna:W381000001": ISERE, "alliage:isere": ISERE}


def test_without_registry_the_first_id_in_order_is_the_one() -> None:
    assert identities([judged("fonds-vert:isere", "alliage:isere")]) == {
        "fonds-vert:isere": "alliage:isere"
    }


def test_an_establishment_goes_before_an_association_number() -> None:
    assert identities([judged("rna:W381000001", "siret:22380001200013")]) == {
        "rna:W381000001": "siret:22380001200013"
    }


def test_the_order_of_judgements_does_not_matter() -> None:
    kept = [judged("a:1", "a:2"), judged("a:3", "a:2"), judged("a:3", ISERE)]
    found = [identities(order) for order in permutations(kept)]
    assert found == [{"a:1": ISERE, "a:2": ISERE, "a:3": ISERE}] * 6


def test_neither_different_nor_unsure_joins() -> None:
    kept = [judged("a:1", "a:2", Verdict.DIFFERENT), judged("a:1", "a:3", Verdict.UNSURE)]
    assert identities(kept) == {}


def test_two_judged_different_may_not_be_in_one_identity() -> None:
    kept = [
        judged("a:1", "a:2"),
        judged("a:2", "a:3"),
        judged("a:1", "a:3", Verdict.DIFFERENT),
    ]
    for order in permutations(kept):
        with pytest.raises(ContradictoryJudgement, match="jugées différentes"):
            identities(order)


@pytest.mark.parametrize("other", [POSTE, "siret:35600000000048"])
def test_two_siren_are_never_one(other: str) -> None:
    with pytest.raises(ContradictoryJudgement, match="leurs SIREN diffèrent"):
        identities([judged(ISERE, "a:1"), judged("a:1", other)])


def test_a_judgement_puts_its_ids_in_order() -> None:
    assert judged("b:1", "a:1").ordered == judged("a:1", "b:1")
    assert judged("a:1", "b:1").ordered == judged("a:1", "b:1")
