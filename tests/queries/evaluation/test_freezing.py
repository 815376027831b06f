"""What was known of an organisation on a day."""

from collections.abc import Callable, Sequence

import numpy as np

from graph.claims import Claim, NodeClaim, TieClaim
from graph.model import ACTS_IN, ALLIANCE, MEMBER_OF, ORGANISATION, TERRITORY, Level
from graph.sqlite.store import SqliteStore
from graph.view import memory_view
from queries.evaluation.freezing import frozen
from queries.evaluation.participations import dated_participations
from queries.matching.history import organisations_of

Make = Callable[[Sequence[Claim]], SqliteStore]

# Mission locale du Pays basque, as two rows of a table say it; the places are départements.
PLACES = [
    NodeClaim(
        f"departement:{code}", TERRITORY, code, {"name": name, "level": Level.DEPARTEMENT.value}
    )
    for code, name in (("40", "Landes"), ("64", "Pyrénées-Atlantiques"))
]


def described(year: str, name: str, world: str, place: str) -> list[Claim]:
    return [
        NodeClaim("test:a", ORGANISATION, f"a {year}", {"name": name, "world": world}, date=year),
        TieClaim(ACTS_IN, "test:a", f"departement:{place}", f"a {place} {year}", date=year),
    ]


ROWS = [
    *PLACES,
    *described("2016", "Mission locale", "association", "64"),
    *described("2018", "Mission locale du Pays basque", "state", "40"),
]


def test_a_known_organisation_is_what_was_said_of_it_before(store_of: Make) -> None:
    store = store_of(ROWS)
    view = memory_view(store)
    seen = frozen(view, store, "2017")
    (organisation,) = seen.of_kind(ORGANISATION).tolist()
    assert seen.names[organisation] == "Mission locale"
    assert str(seen.world_of(organisation)) == "association"
    acts = seen.ties[ACTS_IN]
    assert [seen.keys[end] for end in acts.ends_of(organisation)] == ["departement:64"]


def test_a_newcomer_is_what_was_said_of_it_first(store_of: Make) -> None:
    store = store_of(ROWS)
    seen = frozen(memory_view(store), store, "2010")
    (organisation,) = seen.of_kind(ORGANISATION).tolist()
    assert seen.names[organisation] == "Mission locale"


def test_what_bears_no_date_stays(store_of: Make) -> None:
    store = store_of([NodeClaim("test:a", ORGANISATION, "a", {"name": "Mission locale"})])
    view = memory_view(store)
    seen = frozen(view, store, "2010")
    assert [seen.names[k] for k in range(len(seen))] == [view.names[k] for k in range(len(view))]


def test_the_view_itself_is_left_as_it_was(store_of: Make) -> None:
    store = store_of(ROWS)
    view = memory_view(store)
    before = [view.names[k] for k in range(len(view))], view.ties[ACTS_IN]
    frozen(view, store, "2017")
    assert before == ([view.names[k] for k in range(len(view))], view.ties[ACTS_IN])


def test_each_year_of_a_long_alliance_is_an_edition(store_of: Make) -> None:
    def post(year: str) -> TieClaim:
        said = {"since": year, "until": year}
        return TieClaim(MEMBER_OF, "test:a", "test:contract", f"poste {year}", said)

    store = store_of(
        [
            NodeClaim("test:a", ORGANISATION, "a", {"name": "Mission locale"}),
            NodeClaim("test:contract", ALLIANCE, "c", {"name": "Contrat de ville"}),
            post("2020"),
            post("2022"),
        ]
    )
    view = memory_view(store)
    alliances, took = dated_participations(view, store, organisations_of(view))
    # Not in 2021, which the merged tie from 2020 to 2022 would hold.
    assert alliances.began.tolist() == [2020.0, 2022.0]
    assert np.array_equal(took.alliance, [0, 1])
