"""A service for one territory: what concerns it is told as by the whole, the rest is not there."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from api.service.app import create_app
from api.service.current import Current
from graph.errors import UnknownId
from graph.model import ORGANISATION
from graph.settings import Settings
from graph.territory_view import territory_view
from graph.view import View
from tests.api.service.conftest import PLENTY, Ask, asking

ISERE = "departement:38"


@pytest.fixture(scope="module")
def of_isere(settings: Settings) -> Iterator[Ask]:
    """The service for Isère."""
    app = create_app(replace(settings, within=ISERE), PLENTY)
    app.state.current.refresh()
    yield asking(app)
    app.state.current.stop()


def answered(ask: Ask, path: str) -> Any:  # noqa: ANN401 - JSON
    answer = ask(path)
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.parametrize(
    "worlds",
    ["between=academic&between=company", "between=company&between=association"],
)
def test_who_links_worlds_is_told_as_by_the_whole(of_isere: Ask, ask: Ask, worlds: str) -> None:
    path = f"/api/v1/bridges?in=Is%C3%A8re&{worlds}"
    found = answered(of_isere, path)["answers"]
    assert found == answered(ask, path)["answers"] != []


def test_partners_come_in_the_same_order(of_isere: Ask, ask: Ask) -> None:
    def ids(ask: Callable[..., Any]) -> list[str]:
        path = "/api/v1/partners?at=Is%C3%A8re&goal=17&limit=5"
        return [each["id"] for each in answered(ask, path)["answers"]]

    assert ids(of_isere) == ids(ask) != []


def test_what_has_no_part_in_it_is_not_there(of_isere: Ask, ask: Ask, bundled: View) -> None:
    held = territory_view(bundled, ISERE)
    organisations = (bundled.keys[at] for at in bundled.of_kind(ORGANISATION).tolist())
    elsewhere = next(key for key in organisations if held.ordinal(key) is None)
    assert ask(f"/api/v1/things/{elsewhere}").status_code == 200
    assert of_isere(f"/api/v1/things/{elsewhere}").status_code == 404


def test_a_territory_that_is_none_is_told(settings: Settings) -> None:
    current = Current(replace(settings, within="departement:00"))
    with pytest.raises(UnknownId):
        current.refresh()
    current.stop()
