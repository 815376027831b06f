"""The published thesaurus: every row is sound, and equal meaning is found without equal wording."""

from collections import Counter

import pytest

from queries.matching.stems import words_in
from queries.matching.thesaurus import (
    Concept,
    Entry,
    Relation,
    Thesaurus,
    entries,
    term_stems,
    thesaurus,
)


def meant(text: str, known: Thesaurus | None = None) -> dict[str, float]:
    """The concepts that a line evokes, with the greatest strength."""
    known = known or thesaurus()
    found: dict[str, float] = {}
    for mention in known.mentions([word.stem for word in words_in(text)]):
        for index, strength in mention.evoked.items():
            label = known.concepts[index].label
            found[label] = max(strength, found.get(label, 0))
    return found


def test_every_row_is_of_a_concept_that_is_declared_once() -> None:
    concepts, rows = entries()
    declared = Counter(concept.label for concept in concepts)
    assert set(declared.values()) == {1}
    assert {row.concept for row in rows} == set(declared)
    assert 150 <= len(declared) <= 300


def test_no_row_is_said_twice_nor_empty() -> None:
    _, rows = entries()
    said = Counter((term_stems(row.term), row.concept) for row in rows)
    assert [row for row, count in said.items() if count > 1 or not row[0]] == []


def test_goals_are_among_the_seventeen_and_each_is_served() -> None:
    concepts, _ = entries()
    assert {goal for concept in concepts for goal in concept.goals} == set(range(1, 18))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("réemploi", "ressourcerie"),
        ("réemploi", "recyclerie"),
        ("aide alimentaire", "épicerie solidaire"),
        ("mobilité douce", "vélo"),
        ("tiers-lieu", "coworking"),
        ("habitat partagé", "logement intergénérationnel"),
        ("retour à l'emploi", "chantier d'insertion"),
        ("insertion", "IAE"),
        ("circuits courts", "AMAP"),
        ("LES ÉPICERIES SOLIDAIRES", "distribution alimentaire"),
        ("cours de français", "alphabetisation"),
        ("EHPAD", "bien vieillir"),
    ],
)
def test_equal_meaning_is_found_without_equal_wording(one: str, other: str) -> None:
    """The pairs are those of the request, and others of the field."""
    assert not {word.stem for word in words_in(one)} & {word.stem for word in words_in(other)}
    assert meant(one).keys() & meant(other).keys()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("épicerie solidaire", "garage solidaire"),
        ("ressourcerie", "crèche parentale"),
        ("vélo", "énergie solaire"),
        ("chorale", "station d'épuration"),
    ],
)
def test_unlike_things_share_no_concept(one: str, other: str) -> None:
    assert not meant(one).keys() & meant(other).keys()


SMALL = Thesaurus(
    [Concept("réemploi", (12,)), Concept("économie circulaire", (12,)), Concept("vélo", (11,))],
    [
        Entry("réemploi", "réemploi", Relation.SAME),
        Entry("ressourcerie", "réemploi", Relation.NARROWER),
        Entry("économie circulaire", "économie circulaire", Relation.SAME),
        Entry("réemploi", "économie circulaire", Relation.NARROWER),
        Entry("vélo", "vélo", Relation.SAME),
        Entry("ressourcerie vélo", "vélo", Relation.RELATED),
    ],
)


def test_a_narrower_term_evokes_less_and_the_concept_above_it_less_again() -> None:
    assert meant("réemploi", SMALL) == {"réemploi": 1.0, "économie circulaire": 0.9}
    assert meant("ressourcerie", SMALL) == {"réemploi": 0.9, "économie circulaire": 0.9 * 0.9 * 0.5}


def test_the_longest_term_is_the_one_that_is_meant() -> None:
    assert meant("la ressourcerie du vélo", SMALL) == {"vélo": 0.4}
    assert meant("ressourcerie et café", SMALL).keys() == {"réemploi", "économie circulaire"}


def test_its_digest_changes_with_a_goal_or_a_relation() -> None:
    concepts = [Concept("vélo", (11,))]
    rows = [Entry("vélo", "vélo", Relation.SAME)]
    digests = {
        Thesaurus(concepts, rows).digest,
        Thesaurus([Concept("vélo", (13,))], rows).digest,
        Thesaurus(concepts, [*rows, Entry("cycle", "vélo", Relation.SAME)]).digest,
    }
    assert len(digests) == 3
    assert Thesaurus(concepts, rows).digest in digests
