"""Answers as JSON: the stable form that `docs/json.md` describes."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from enum import StrEnum
from typing import TypeAlias

from graph.errors import AlliageError
from graph.model import Kind
from ingest.files.fetch import Fetched
from ingest.runner import Ingested
from queries.show import Shown

Json: TypeAlias = "Mapping[str, Json] | Sequence[Json] | str | int | float | bool | None"


def plain(value: object) -> Json:
    """A value made of dictionaries, lists, texts and numbers only.

    Raises:
        TypeError: it holds something else.
    """
    if isinstance(value, Kind):
        return value.name
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, StrEnum):
        return str(value)
    if isinstance(value, dict):
        return {str(plain(key)): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if value is None or isinstance(value, (str, int, float)):
        return value
    raise TypeError(f"{type(value).__name__} has no JSON form")


def shown(answer: Shown) -> Json:
    """The JSON of a thing: that of `plain`, with the former id where one was asked."""
    form = plain(answer)
    if isinstance(form, dict) and form["asked"] == form["id"]:
        return {name: value for name, value in form.items() if name != "asked"}
    return form


def ingested(done: Ingested, older: Sequence[Fetched] = ()) -> Json:
    """The JSON of what reading a source did, some of it from copies that are not the newest."""
    return {
        "source": done.source.name,
        "read": done.read,
        "written": done.written.written,
        "unchanged": done.written.unchanged,
        "rejected": dict(done.rejected),
        "rejects": str(done.rejects) if done.rejects else None,
        "removed": done.written.removed,
        "ended": done.written.ended,
        "unused": list(done.unused),
        "missed": [
            {"kind": kind.name, "expected": least, "found": found}
            for kind, least, found in done.missed
        ],
        "older_copies": [
            {"url": copy.url, "retrieved": copy.retrieved, "reason": copy.problem} for copy in older
        ],
    }


def error(problem: AlliageError) -> Json:
    """The JSON of an error."""
    return {"error": {"type": problem.type, "message": problem.message}}


def text(form: Json) -> str:
    """JSON as text for people and programs: UTF-8, two spaces."""
    return json.dumps(form, ensure_ascii=False, indent=2, allow_nan=False)
