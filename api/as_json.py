"""Answers as JSON: the stable form that `docs/json.md` describes."""

import json
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any

from graph.errors import AlliageError
from graph.model import Kind
from queries.show import Shown


def plain(value: Any) -> Any:
    """A value made of dictionaries, lists, texts and numbers only."""
    if isinstance(value, Kind):
        return value.name
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, dict):
        return {str(plain(key)): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value


def shown(answer: Shown) -> dict[str, Any]:
    """The JSON of a thing: that of `plain`, without what only people need."""
    form: dict[str, Any] = plain(answer)
    if form["asked"] == form["id"]:
        del form["asked"]
    return form


def error(problem: AlliageError) -> dict[str, Any]:
    """The JSON of an error."""
    return {"error": {"type": problem.type, "message": problem.message}}


def text(form: Any) -> str:
    """JSON as text for people and programs: UTF-8, two spaces."""
    return json.dumps(form, ensure_ascii=False, indent=2, allow_nan=False)
