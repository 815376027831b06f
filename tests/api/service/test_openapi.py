"""The description of the API is valid, French, and true."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias
from urllib.parse import urlencode

import httpx
import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, given
from hypothesis import settings as configured
from hypothesis import strategies as st
from jsonschema_rs import Draft202012Validator, meta

from api import as_json
from api.service import examples, openapi
from api.service.schemas import Schemas
from graph.model import KINDS, ORGANISATION, Kind, World
from queries.answers import Named
from tests.loops import awaited

Ask: TypeAlias = Callable[..., httpx.Response]
Answer: TypeAlias = Callable[[str], Any]

_EXAMPLES_EACH = 25


@pytest.fixture(scope="session")
def described(answer: Answer) -> dict[str, Any]:
    """The document that the service gives."""
    document: dict[str, Any] = answer("/api/v1/openapi.json")
    return document


def validator(described: dict[str, Any], schema: object) -> Draft202012Validator:
    """What checks the form of an answer, as JSON Schema 2020-12, the dialect of OpenAPI 3.1."""
    return Draft202012Validator({"components": described["components"], "allOf": [schema]})


def schema_of(described: dict[str, Any], address: str, status: str = "200") -> Any:  # noqa: ANN401
    response = described["paths"][address]["get"]["responses"][status]
    if "$ref" in response:
        response = described["components"]["responses"][status]
    (content,) = response["content"].values()
    return content["schema"]


def test_the_document_is_openapi_3_1_and_its_schemas_are_json_schema(
    described: dict[str, Any],
) -> None:
    assert described["openapi"].startswith("3.1.")
    for schema in described["components"]["schemas"].values():
        assert meta.is_valid(schema)
    operations = [each["get"] for each in described["paths"].values()]
    assert len({each["operationId"] for each in operations}) == len(operations)


def test_every_address_is_described_in_french_with_each_of_its_parameters(
    described: dict[str, Any],
) -> None:
    # The words that no French sentence does without, and no English one has.
    french = {"qui", "ici", "dans", "les", "le", "la", "des", "un", "par", "du", "de", "une", "et"}
    for address, operations in described["paths"].items():
        summary = operations["get"]["summary"]
        assert french & set(re.findall(r"\w+", summary.lower())), address
        for parameter in operations["get"].get("parameters", []):
            assert parameter["description"], (address, parameter["name"])
            assert parameter["name"].islower()


def test_every_question_of_the_command_has_an_address(described: dict[str, Any]) -> None:
    asked = {address.split("/")[3] for address in described["paths"]}
    assert asked == {
        "alike", "bridges", "charter", "ecosystem", "gaps", "map", "missed", "pairs", "partners",
        "path", "search", "signals", "sources", "suggest", "team", "things",
    }  # fmt: skip


def test_the_examples_are_what_the_service_answers_today(app: FastAPI) -> None:
    """Where this fails: `python -m api.service.examples > api/service/examples.json`."""
    today = awaited(examples.made(app))
    assert json.loads(json.dumps(today)) == openapi.examples()


def test_the_examples_follow_the_forms_that_are_described(described: dict[str, Any]) -> None:
    for operations in described["paths"].values():
        content = operations["get"]["responses"]["200"]["content"]["application/json"]
        validator(described, content["schema"]).validate(content["example"])


def test_an_example_of_each_parameter_of_the_example_is_given(described: dict[str, Any]) -> None:
    for address, asked in examples.ASKED.items():
        parameters = described["paths"][address]["get"].get("parameters", [])
        given = {each["name"]: each["example"] for each in parameters if "example" in each}
        words = asked if isinstance(asked, str) else urlencode(asked)
        assert set(given) == {pair.partition("=")[0] for pair in words.split("&") if pair}


@dataclass(frozen=True)
class _Odd:
    """A thing with a part of each form."""

    kind: Kind
    world: World | None
    pair: tuple[str, int]
    several: tuple[Named, ...]
    counts: dict[World, float]


def test_a_dataclass_is_described_as_it_is_written() -> None:
    schemas = Schemas()
    reference = schemas.of(_Odd)
    described = {"components": {"schemas": schemas.components}}
    check = validator(described, reference)
    odd = _Odd(ORGANISATION, None, ("a", 1), (Named("a:b", "B"),), {World.COMPANY: 0.5})
    right = as_json.plain(odd)
    assert isinstance(right, dict)
    check.validate(right)
    for name, wrong in (
        ("kind", "organisation"),
        ("world", "Lune"),
        ("pair", ["a"]),
        ("several", [{"id": "a:b"}]),
        ("counts", {"company": "0.5"}),
    ):
        assert not check.is_valid({**right, name: wrong}), name
    assert not check.is_valid({name: value for name, value in right.items() if name != "kind"})
    assert len(KINDS) > 5


def test_what_has_no_json_form_has_no_schema() -> None:
    with pytest.raises(TypeError, match="bytes"):
        Schemas().of(bytes)


# Property-based: schemathesis makes requests from the description -------------------------------


@pytest.mark.parametrize("address", sorted(examples.ASKED))
def test_no_request_that_follows_the_description_breaks_the_service(
    ask: Ask, described: dict[str, Any], address: str
) -> None:
    operation = schemathesis.openapi.from_dict(described)[address]["GET"]

    @given(case=operation.as_strategy())
    @configured(
        max_examples=_EXAMPLES_EACH,
        suppress_health_check=list(HealthCheck),
        database=None,
    )
    def asked(case: Any) -> None:  # noqa: ANN401 (a library without types)
        query = urlencode(dict(case.query or {}), doseq=True, errors="replace")
        response = ask(f"{case.formatted_path}?{query}")
        holds(described, address, response)

    asked()


@pytest.mark.parametrize("address", sorted(examples.ASKED))
@given(data=st.data())
@configured(max_examples=_EXAMPLES_EACH, suppress_health_check=list(HealthCheck), database=None)
def test_no_request_at_all_breaks_the_service(
    ask: Ask, described: dict[str, Any], address: str, data: st.DataObject
) -> None:
    names = [p["name"] for p in described["paths"][address]["get"].get("parameters", [])]
    texts = st.text(max_size=40)
    words = data.draw(st.dictionaries(st.sampled_from([*names, "autre"]), texts, max_size=4))
    path = address.replace("{id}", "siren:552100554")
    holds(described, address, ask(f"{path}?{urlencode(words, errors='replace')}"))


def holds(described: dict[str, Any], address: str, response: httpx.Response) -> None:
    """What is promised of each response: its status, its type, its form."""
    status = str(response.status_code)
    assert status in {"200", "400", "404", "414"}, response.text
    kind = "application/json" if status == "200" else "application/problem+json"
    assert response.headers["Content-Type"] == kind
    validator(described, schema_of(described, address, status)).validate(response.json())
