"""How what several sources say becomes one value."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.claims import Properties, Source, Value
from graph.merge import differing, in_order_of_trust, merged
from graph.model import MEMBER_OF, ORGANISATION, Merge, Property, ValueType
from graph.store import StoredClaim

SIRENE = Source(
    "sirene", "Base Sirene", "Insee", "Licence Ouverte 2.0", date="2025-10-01", trust=80
)
EXAMPLES = Source("exemples", "Exemples d'alliances", "Le RAMEAU", "", date="2021", trust=50)
OURS = Source("alliage", "Notre classement", "Alliage", "CC0-1.0", date="2026-01", trust=10)


def says(
    source: Source, properties: Properties, record: str = "1", date: str = "", ended: str = ""
) -> StoredClaim:
    return StoredClaim(source, record, properties, "", "", date, ended)


LA_POSTE = [
    says(
        SIRENE,
        {"name": "LA POSTE", "world": "company", "started": "1991-01-01", "legal_form": "5510"},
    ),
    says(
        EXAMPLES,
        {
            "name": "Groupe La Poste",
            "other_names": ["La Poste", "Groupe La Poste"],
            "started": "1991",
            "websites": ["https://www.lapostegroupe.com"],
        },
    ),
    says(OURS, {"world": "state", "other_names": ["La Poste", "PTT"], "roles": ["catalyst"]}),
]


def test_of_two_names_the_most_trusted_is_kept_and_lists_grow() -> None:
    assert merged(ORGANISATION, in_order_of_trust(LA_POSTE)) == {
        "name": "LA POSTE",
        "other_names": ["La Poste", "Groupe La Poste", "PTT"],
        "world": "company",
        "legal_form": "5510",
        "roles": ["catalyst"],
        "websites": ["https://www.lapostegroupe.com"],
        "started": "1991",
    }


def test_a_source_that_says_otherwise_stays_beside_the_one_that_is_believed() -> None:
    ordered = in_order_of_trust(LA_POSTE)
    assert [claim.source.name for claim in ordered] == ["sirene", "exemples", "alliage"]
    assert [claim.properties.get("world") for claim in ordered] == ["company", None, "state"]


@given(st.permutations(LA_POSTE))
def test_the_order_in_which_sources_are_read_does_not_matter(claims: Sequence[StoredClaim]) -> None:
    assert in_order_of_trust(claims) == in_order_of_trust(LA_POSTE)


SOURCES = st.builds(
    Source,
    st.sampled_from(["rna", "sirene", "exemples"]),
    st.just(""),
    st.just(""),
    st.just(""),
    date=st.sampled_from(["", "2021", "2021-05", "2025-10-01"]),
    trust=st.sampled_from([50, 80]),
)
CLAIMS = st.lists(
    st.builds(
        StoredClaim,
        SOURCES,
        st.sampled_from(["1", "2", "3"]),
        st.fixed_dictionaries(
            {},
            optional={
                "name": st.sampled_from(["La Poste", "LA POSTE", "Groupe La Poste"]),
                "other_names": st.lists(st.sampled_from(["PTT", "La Poste"]), min_size=1),
                "started": st.sampled_from(["1991", "1991-01", "1991-01-01", "2010-03-01"]),
                "ended": st.sampled_from(["2010", "2010-02-28"]),
            },
        ),
        st.just(""),
        st.just(""),
        st.sampled_from(["", "2020", "2022-01-01"]),
        st.sampled_from(["", "2026-01-01"]),
    ),
    min_size=1,
    max_size=6,
    unique_by=lambda claim: (claim.source.name, claim.record),  # as a store holds them
)


@given(st.data(), CLAIMS)
def test_any_claims_in_any_order_amount_to_the_same(
    data: st.DataObject, claims: list[StoredClaim]
) -> None:
    shuffled = data.draw(st.permutations(claims))
    assert merged(ORGANISATION, in_order_of_trust(shuffled)) == merged(
        ORGANISATION, in_order_of_trust(claims)
    )


@given(CLAIMS)
def test_nothing_is_made_up_and_nothing_that_is_listed_is_lost(claims: list[StoredClaim]) -> None:
    values = merged(ORGANISATION, in_order_of_trust(claims))
    for name, value in values.items():
        said = [claim.properties[name] for claim in claims if name in claim.properties]
        if isinstance(value, list):
            assert set(value) == {
                item for items in said if isinstance(items, list) for item in items
            }
            assert len(value) == len(set(value))
        else:
            assert value in said
    assert set(values) == {name for claim in claims for name in claim.properties}


def test_a_claim_that_ended_is_believed_less_than_any_that_lasts() -> None:
    ended = says(SIRENE, {"name": "Poste et télécommunications"}, ended="1990-12-31")
    lasting = says(OURS, {"name": "La Poste"})
    assert in_order_of_trust([ended, lasting]) == [lasting, ended]


def test_of_two_sources_of_equal_trust_the_most_recent_is_believed() -> None:
    """The date of the statement counts before that of the edition."""
    old = says(EXAMPLES, {"name": "La Poste"}, "1")
    dated = says(EXAMPLES, {"name": "Groupe La Poste"}, "2", date="2014")
    new = says(EXAMPLES, {"name": "La Poste Groupe"}, "3", date="2022-09")
    assert in_order_of_trust([dated, old, new]) == [new, old, dated]


def test_a_tie_began_at_the_earliest_start_and_ended_at_the_latest_end() -> None:
    claims = [
        says(SIRENE, {"role": "founder", "since": "2014-06", "until": "2019"}),
        says(EXAMPLES, {"since": "2014", "until": "2021-12-31", "words": ["fondateur"]}),
    ]
    assert merged(MEMBER_OF, claims) == {
        "role": "founder",
        "since": "2014",
        "until": "2021-12-31",
        "words": ["fondateur"],
    }


NAME = Property("name", ValueType.TEXT, "nom", "name")
NAMES = Property("other_names", ValueType.TEXT, "autres noms", "other names", Merge.UNION)


@pytest.mark.parametrize(
    ("declared", "said", "answer"),
    [
        (NAME, [], False),
        (NAME, ["La Poste"], False),
        (NAME, ["La Poste", "La Poste"], False),
        (NAME, ["La Poste", "LA POSTE"], True),
        (NAMES, [["La Poste"], ["PTT"]], False),
    ],
)
def test_sources_contradict_each_other_where_one_value_is_wanted_and_two_are_said(
    declared: Property, said: list[Value], answer: bool
) -> None:
    assert differing(declared, said) is answer
