"""The JSON schema of an answer, from its dataclass: what `as_json.plain` makes of it."""

import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import StrEnum
from typing import Any, TypeAlias, Union, get_args, get_origin, get_type_hints

from graph.model import KINDS, Kind, Term

Schema: TypeAlias = dict[str, Any]

REFERENCE = "#/components/schemas/"
_SCALARS: Mapping[object, Schema] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    type(None): {"type": "null"},
}


class Schemas:
    """JSON Schema 2020-12 (the dialect of OpenAPI 3.1) of dataclasses, each described once.

    Attributes:
        components: by name; a dataclass is named after its module and itself.
    """

    def __init__(self) -> None:
        self.components: dict[str, Schema] = {}

    def of(self, form: object) -> Schema:
        """The schema of a type.

        Raises:
            TypeError: `as_json.plain` has no form for it.
        """
        if form in _SCALARS:
            return dict(_SCALARS[form])
        if form is Kind:
            return {"type": "string", "enum": [kind.name for kind in KINDS]}
        if isinstance(form, type) and issubclass(form, StrEnum):
            return _enumerated(form)
        if isinstance(form, type) and is_dataclass(form):
            return self._referred(form)
        return self._generic(form)

    def _generic(self, form: object) -> Schema:
        origin, parts = get_origin(form), get_args(form)
        if origin in (Union, types.UnionType):
            return {"anyOf": [self.of(part) for part in parts]}
        if origin is tuple and parts[1:] != (...,):
            each = [self.of(part) for part in parts]
            return {"type": "array", "prefixItems": each, "minItems": len(each), "items": False}
        if origin in (tuple, list):
            return {"type": "array", "items": self.of(parts[0])}
        if isinstance(origin, type) and issubclass(origin, Mapping):
            return {"type": "object", "additionalProperties": self.of(parts[1])}
        raise TypeError(f"{form} has no JSON schema")

    def _referred(self, form: type) -> Schema:
        name = f"{form.__module__.rpartition('.')[2]}.{form.__name__}"
        if name not in self.components:
            self.components[name] = {}  # it may hold itself
            hints = get_type_hints(form)
            names = [each.name for each in fields(form)]
            self.components[name] = {
                "type": "object",
                "description": (form.__doc__ or "").partition("\n")[0],
                "properties": {each: self.of(hints[each]) for each in names},
                "required": names,
            }
        return {"$ref": f"{REFERENCE}{name}"}


def _enumerated(form: type[StrEnum]) -> Schema:
    schema: Schema = {"type": "string", "enum": [str(each) for each in form]}
    if issubclass(form, Term):
        schema["description"] = " ; ".join(f"{each.value} : {each.fr}" for each in form)
    return schema


def record(**properties: Schema) -> Schema:
    """The schema of an object with these members, all of them there."""
    return {"type": "object", "properties": properties, "required": list(properties)}


def array(items: Schema) -> Schema:
    """The schema of a list."""
    return {"type": "array", "items": items}
