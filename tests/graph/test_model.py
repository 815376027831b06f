"""The declaration of the model, walked whole."""

import inspect
import re
from collections import Counter
from collections.abc import Iterable

import pytest

from graph import model
from graph.model import (
    KINDS,
    TIES,
    VOCABULARIES,
    Function,
    Kind,
    Level,
    LeverFamily,
    Means,
    Merge,
    Property,
    Role,
    Term,
    Tie,
    ValueType,
    World,
    kind_named,
    means_lever,
    properties,
    tie_named,
)
from graph.text import fold


def repeated(words: Iterable[str]) -> list[str]:
    return sorted(word for word, count in Counter(words).items() if count > 1)


def declared(kind: type) -> list[object]:
    return [value for value in vars(model).values() if isinstance(value, kind)]


def test_every_kind_tie_property_and_term_has_a_french_and_an_english_label() -> None:
    labels: list[tuple[object, str, str]] = [(kind, kind.fr, kind.en) for kind in KINDS]
    labels += [(tie, tie.verb, tie.verb_en) for tie in TIES]
    labels += [(tie, tie.inverse, tie.inverse_en) for tie in TIES]
    labels += [(term, term.fr, term.en) for vocabulary in VOCABULARIES for term in vocabulary]
    labels += [(said.name, said.fr, said.en) for _, said in properties()]
    assert [row for row in labels if not (row[1].strip() and row[2].strip())] == []
    assert [row for row in labels if (row[1].strip(), row[2].strip()) != row[1:]] == []


def test_every_kind_is_described_by_one_french_sentence() -> None:
    sentence = re.compile(r"[A-ZÀ-Ÿ].+[.…]", re.DOTALL)
    assert [kind for kind in KINDS if not sentence.fullmatch(kind.description)] == []


def test_every_vocabulary_says_what_it_is() -> None:
    assert [v for v in VOCABULARIES if not (inspect.getdoc(v) or "").endswith(".")] == []


@pytest.mark.parametrize("language", ["fr", "en"])
def test_no_two_kinds_share_a_label(language: str) -> None:
    assert repeated(fold(getattr(kind, language)) for kind in KINDS) == []


@pytest.mark.parametrize("side", ["verb", "inverse", "verb_en", "inverse_en"])
def test_no_two_ties_read_aloud_alike(side: str) -> None:
    assert repeated(fold(getattr(tie, side)) for tie in TIES) == []


@pytest.mark.parametrize(("forward", "back"), [("verb", "inverse"), ("verb_en", "inverse_en")])
def test_no_tie_reads_the_same_from_both_ends(forward: str, back: str) -> None:
    assert [tie for tie in TIES if fold(getattr(tie, forward)) == fold(getattr(tie, back))] == []


@pytest.mark.parametrize("language", ["fr", "en"])
def test_no_two_properties_of_one_thing_share_a_label(language: str) -> None:
    owners: list[Kind | Tie] = [*KINDS, *TIES]
    for owner in owners:
        assert (owner, repeated(fold(getattr(p, language)) for p in owner.properties)) == (
            owner,
            [],
        )


def test_a_word_means_one_term_of_its_vocabulary_only() -> None:
    for vocabulary in VOCABULARIES:
        spellings = (
            spelling for term in vocabulary for spelling in {fold(s) for s in term.spellings}
        )
        assert (vocabulary, repeated(spellings)) == (vocabulary, [])


def test_names_are_unique_and_found_again() -> None:
    assert [kind_named(kind.name) for kind in KINDS] == list(KINDS)
    assert [tie_named(tie.name) for tie in TIES] == list(TIES)
    owners: list[Kind | Tie] = [*KINDS, *TIES]
    for owner in owners:
        assert [owner.property(p.name) for p in owner.properties] == list(owner.properties)
        assert owner.property("surname") is None
    assert repeated(owner.name.casefold() for owner in owners) == []


@pytest.mark.parametrize("named", [kind_named, tie_named])
def test_a_name_that_the_model_has_not_is_a_key_error(named: object) -> None:
    assert callable(named)
    with pytest.raises(KeyError, match="Person"):
        named("Person")


def test_names_are_written_as_the_style_says() -> None:
    assert [kind for kind in KINDS if not re.fullmatch("[A-Z][a-z]+", kind.name)] == []
    assert [tie for tie in TIES if not re.fullmatch("[A-Z]+(_[A-Z]+)*", tie.name)] == []
    codes = [str(term) for vocabulary in VOCABULARIES for term in vocabulary]
    names = [said.name for _, said in properties()]
    snake = re.compile("[a-z]+(_[a-z0-9]+)*")
    assert [word for word in [*codes, *names] if not snake.fullmatch(word)] == []


def test_nothing_that_is_declared_is_forgotten() -> None:
    assert declared(Kind) == list(KINDS)
    assert declared(Tie) == list(TIES)
    vocabularies = [
        value
        for value in vars(model).values()
        if isinstance(value, type) and issubclass(value, Term) and value is not Term
    ]
    assert vocabularies == list(VOCABULARIES)


def test_every_pair_of_a_tie_is_of_known_kinds_and_said_once() -> None:
    for tie in TIES:
        assert tie.pairs
        assert {kind for pair in tie.pairs for kind in pair} <= set(KINDS)
        assert repeated(f"{start.name} {end.name}" for start, end in tie.pairs) == []


def test_every_vocabulary_of_the_model_is_one_that_something_uses_or_is_the_means() -> None:
    used = {said.type for _, said in properties() if not isinstance(said.type, ValueType)}
    assert used == set(VOCABULARIES) - {Means}


def test_a_property_of_one_name_has_the_same_type_everywhere() -> None:
    """Else `role` of one tie and `role` of another would need two columns."""
    types: dict[str, set[object]] = {}
    for _, said in properties():
        types.setdefault(said.name, set()).add(said.type)
    assert {name: found for name, found in types.items() if len(found) > 1} == {}


def test_only_texts_addresses_and_terms_are_listed_and_only_dates_are_compared() -> None:
    listed = {ValueType.TEXT, ValueType.URL, *VOCABULARIES}
    by_date = {Merge.EARLIEST, Merge.LATEST}
    assert [said for _, said in properties() if said.many and said.type not in listed] == []
    dated = [said for _, said in properties() if said.merge in by_date]
    assert dated
    assert [said for said in dated if said.type is not ValueType.DATE] == []


def test_many_is_said_of_what_several_sources_add_to() -> None:
    assert Property("websites", ValueType.URL, "sites", "websites", Merge.UNION).many
    assert not Property("name", ValueType.TEXT, "nom", "name").many


# How many: the founding documents of the project. Seven worlds: associations, companies, local
# authorities, State, academics, foundations, citizens; 21 levers, seven of each family (charter);
# three functions of the catalyst in « GAIA » and the running of a place.
def test_there_are_as_many_terms_as_the_founding_documents_say() -> None:
    counted = {v: len(v) for v in (World, Means, LeverFamily, Role, Function)}
    assert counted == {World: 7, Means: 7, LeverFamily: 3, Role: 1, Function: 4}


def test_the_seven_means_are_levers_of_the_charter() -> None:
    assert [means_lever(means) for means in Means] == [
        "lever:data",
        "lever:tools",
        "lever:skills",
        "lever:research",
        "lever:value",
        "lever:governance",
        "lever:legal",
    ]


def test_a_term_is_its_code_and_knows_its_spellings() -> None:
    assert {str(world): world for world in World}["local_authority"] is World.LOCAL_AUTHORITY
    assert str(World.STATE) == "state"
    assert (World.STATE.fr, World.STATE.en) == ("service de l'État", "State service")
    assert Level.EPCI.spellings == ("epci", "intercommunalité", "intercommunality")


def test_kinds_and_ties_are_shown_by_their_name() -> None:
    assert (repr(model.ORGANISATION), repr(model.MEMBER_OF)) == ("Organisation", "MEMBER_OF")
