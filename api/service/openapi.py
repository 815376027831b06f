"""The description of the API (OpenAPI 3.1): French summaries, forms of answers, true examples."""

import json
from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any, TypeAlias
from urllib.parse import parse_qs

from fastapi import FastAPI

from api.service import problems
from api.service.schemas import Schema, Schemas, array, record
from graph.store import StoredSource
from queries import (
    alike,
    bridges,
    cartography,
    charter,
    ecosystem,
    find,
    gaps,
    missed,
    pairs,
    partners,
    path,
    show,
    signals,
    suggest,
    team,
)
from queries.answers import Named

Operation: TypeAlias = dict[str, Any]

EXAMPLES = "examples.json"
_TITLE = "Alliage"
_VERSION = "1"
_SAYS = (
    "Qui pourrait faire alliance, ici ? Quel catalyseur relie ces mondes ? Les questions d'Alliage "
    "et leurs réponses, chacune avec ses raisons et ses sources. Lecture seule, sans clé. Les "
    "réponses portent une marque (ETag) qui change avec les données ; les problèmes suivent la "
    "RFC 9457."
)
_PROBLEM = "Problem"


def _shown(schemas: Schemas) -> Schema:
    schema = schemas.of(show.Shown)
    # The former id is told only where one was asked.
    schemas.components["show.Shown"]["required"].remove("asked")
    return schema


def _path(schemas: Schemas) -> Schema:
    ends = {"from": schemas.of(Named), "to": schemas.of(Named)}
    return record(question=record(**ends), answers=array(schemas.of(path.Introduction)))


_ANSWERS: Mapping[str, Callable[[Schemas], Schema]] = {
    "/api/v1/partners": lambda schemas: schemas.of(partners.Partners),
    "/api/v1/pairs": lambda schemas: schemas.of(pairs.Pairs),
    "/api/v1/team": lambda schemas: schemas.of(team.Team),
    "/api/v1/missed": lambda schemas: schemas.of(missed.Missed),
    "/api/v1/alike": lambda schemas: schemas.of(alike.Alikes),
    "/api/v1/bridges": lambda schemas: schemas.of(bridges.Bridges),
    "/api/v1/path": _path,
    "/api/v1/gaps": lambda schemas: schemas.of(gaps.Gaps),
    "/api/v1/ecosystem": lambda schemas: schemas.of(ecosystem.Ecosystem),
    "/api/v1/signals": lambda schemas: schemas.of(signals.Signals),
    "/api/v1/search": lambda schemas: record(
        question=record(text=schemas.of(str)), answers=array(schemas.of(find.Match))
    ),
    "/api/v1/suggest": lambda schemas: schemas.of(suggest.Suggested),
    "/api/v1/things/{id}": _shown,
    "/api/v1/map": lambda schemas: schemas.of(cartography.Cartography),
    "/api/v1/charter": lambda schemas: schemas.of(charter.Charter),
    "/api/v1/sources": lambda schemas: record(answers=array(schemas.of(StoredSource))),
}


@cache
def examples() -> Mapping[str, Any]:
    """By path: the query of an example, and its answer over what is bundled."""
    found: Mapping[str, Any] = json.loads((files(__package__) / EXAMPLES).read_text("utf-8"))
    return found


def document(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document of the service."""
    described = app.openapi()
    schemas = Schemas()
    for address, operations in described["paths"].items():
        _describe(operations["get"], address, _ANSWERS[address](schemas))
    return {
        "openapi": described["openapi"],
        "info": {
            "title": _TITLE,
            "version": _VERSION,
            "description": _SAYS,
            "license": {"name": "EUPL-1.2", "identifier": "EUPL-1.2"},
        },
        "paths": described["paths"],
        "components": {
            "schemas": dict(sorted(schemas.components.items())) | {_PROBLEM: _problem()},
            "responses": {str(status): _refusal(says) for status, says in _REFUSALS.items()},
        },
    }


def _describe(operation: Operation, address: str, answer: Schema) -> None:
    operation["summary"] = operation.pop("description")
    operation["operationId"] = address.removeprefix("/api/v1/").partition("/")[0]
    example = examples().get(address, {})
    given = parse_qs(example.get("query", "")) | example.get("path", {})
    for parameter in operation.get("parameters", []):
        _describe_parameter(parameter, given)
    body = {"schema": answer} | ({"example": example["answer"]} if example else {})
    operation["responses"] = {
        "200": {
            "description": "La réponse.",
            "headers": {"ETag": {"schema": {"type": "string"}, "description": "Sa marque."}},
            "content": {"application/json": body},
        },
        "304": {"description": "Rien n'a changé depuis la marque donnée dans If-None-Match."},
    } | {str(status): {"$ref": f"#/components/responses/{status}"} for status in _REFUSALS}


def _describe_parameter(parameter: Operation, given: Mapping[str, Any]) -> None:
    schema = parameter["schema"]
    schema.pop("title", None)
    # What is absent is not sent: no parameter is null.
    stated = [each for each in schema.get("anyOf", []) if each != {"type": "null"}]
    if len(stated) == 1:
        del schema["anyOf"]
        schema |= stated[0]
    schema.pop("description", None)
    if parameter["name"] in given:
        value = given[parameter["name"]]
        several = schema.get("type") == "array"
        parameter["example"] = value if several or isinstance(value, str) else value[0]
        if schema.get("type") == "integer":
            parameter["example"] = int(parameter["example"])


def _problem() -> Schema:
    string: Schema = {"type": "string"}
    schema = record(
        type={"type": "string", "format": "uri-reference"},
        title=string,
        status={"type": "integer"},
        detail=string,
        code={"type": "string", "enum": sorted(problems.TITLES)},
    )
    return schema | {"description": "Ce qui ne va pas (RFC 9457), et ce qu'on peut faire."}


_REFUSALS = {
    400: "La demande ne peut pas être comprise.",
    404: "Ce qui est demandé n'existe pas.",
    405: "L'adresse ne répond qu'à GET et HEAD.",
    413: "Le corps de la demande est trop long.",
    414: "L'adresse est trop longue.",
    429: "Trop de demandes : attendre les secondes de Retry-After.",
    500: "Une erreur de notre côté.",
    503: "Les données ne peuvent pas être lues maintenant, ou la réponse a trop tardé.",
}


def _refusal(says: str) -> Schema:
    schema = {"$ref": f"#/components/schemas/{_PROBLEM}"}
    return {"description": says, "content": {problems.MEDIA_TYPE: {"schema": schema}}}
