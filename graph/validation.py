"""Whether a claim follows the model: derived from its declaration, collected, never guessed."""

import math
from collections.abc import Callable
from functools import cache, lru_cache
from typing import TypeAlias

from graph.claims import Claim, NodeClaim, Value
from graph.identifiers import is_date, is_key, is_rna, is_siren, is_siret
from graph.model import Kind, Property, Tie, ValueType

Check: TypeAlias = Callable[[object], bool]

_REGISTRY: dict[str, Callable[[str], bool]] = {
    "siren": is_siren,
    "siret": is_siret,
    "rna": is_rna,
}
_PAGE = ("http://", "https://")
_LATITUDE, _LONGITUDE = (-90.0, 90.0), (-180.0, 180.0)
_RANGES = {"latitude": _LATITUDE, "longitude": _LONGITUDE}


def problems(claim: Claim) -> list[str]:
    """What is wrong with a claim, as French phrases; empty when it follows the model."""
    found: list[str] = []
    if isinstance(claim, NodeClaim):
        owner: Kind | Tie = claim.kind
        found += _key_problems(claim.subject)
    else:
        owner = claim.tie
        found += _key_problems(claim.start)
        found += _key_problems(claim.end)
    if claim.properties:
        accepts = _accepted(owner)
        for name, value in claim.properties.items():
            if name not in accepts or not accepts[name](value):
                found += _value_problems(owner, name, value)
    return found + _origin_problems(claim)


@lru_cache(maxsize=50_000)  # a territory or a source is named by many claims
def _key_problems(key: str) -> tuple[str, ...]:
    if not is_key(key):
        return (f"l'identifiant « {_shown(key)} » n'est pas de la forme schéma:identifiant",)
    scheme, _, local = key.partition(":")
    check = _REGISTRY.get(scheme)
    if check is not None and not check(local):
        return (f"« {local} » n'est pas un {scheme.upper()} valide",)
    return ()


def _origin_problems(claim: Claim) -> list[str]:
    found = []
    if claim.url and not _is_url(claim.url):
        found.append(f"« {_shown(claim.url)} » n'est pas une adresse de page")
    if claim.date and not is_date(claim.date):
        found.append(f"« {_shown(claim.date)} » n'est pas une date de la forme AAAA-MM-JJ")
    if not (_is_text(claim.record) and _is_text(claim.locator)):
        found.append("l'enregistrement ou son lieu n'est pas un texte Unicode")
    return found


def _value_problems(owner: Kind | Tie, name: str, value: Value) -> list[str]:
    """What is wrong with a value that is not accepted."""
    declared = next((p for p in owner.properties if p.name == name), None)
    if declared is None:
        return [f"{owner.name} n'a pas de propriété « {name} »"]
    if isinstance(value, list) != declared.many:
        form = "une liste" if declared.many else "une seule valeur"
        return [f"« {name} » attend {form}"]
    is_valid = _check(declared)
    return [
        f"« {_shown(item)} » n'est pas une valeur de « {name} »"
        for item in (value if isinstance(value, list) else (value,))
        if not is_valid(item)
    ]


def _shown(item: object) -> str:
    return str(item).encode(errors="backslashreplace").decode()


@cache
def _accepted(owner: Kind | Tie) -> dict[str, Check]:
    """For each property whether a value is one of it."""
    return {p.name: _each(_check(p)) if p.many else _check(p) for p in owner.properties}


def _each(is_valid: Check) -> Check:
    return lambda value: isinstance(value, list) and all(map(is_valid, value))


def _check(declared: Property) -> Check:
    """Whether something is a value of a property, or of its list."""
    if registered := _REGISTRY.get(declared.name):
        return lambda item: isinstance(item, str) and registered(item)
    if declared.name in _RANGES:
        low, high = _RANGES[declared.name]
        return lambda item: _is_number(item) and low <= float(str(item)) <= high
    if isinstance(declared.type, ValueType):
        return _TYPES[declared.type]
    codes = frozenset(term.value for term in declared.type)
    return lambda item: isinstance(item, str) and item in codes


def _is_number(item: object) -> bool:
    if isinstance(item, float):
        return math.isfinite(item)
    return _is_integer(item)


def _is_integer(item: object) -> bool:
    """Whether it is an integer that a column of 64 bits holds."""
    return isinstance(item, int) and not isinstance(item, bool) and -(2**63) <= item < 2**63


def _is_text(item: object) -> bool:
    """Whether it is a text that can be stored: half a surrogate pair cannot."""
    return isinstance(item, str) and (item.isascii() or _is_encodable(item))


def _is_encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _is_filled(item: object) -> bool:
    if not isinstance(item, str) or not item or item.isspace():
        return False
    return item.isascii() or _is_encodable(item)


def _is_boolean(item: object) -> bool:
    return isinstance(item, bool)


def _is_day(item: object) -> bool:
    return isinstance(item, str) and is_date(item)


def _is_url(item: object) -> bool:
    return isinstance(item, str) and item.startswith(_PAGE) and _is_text(item)


_TYPES: dict[ValueType, Check] = {
    ValueType.TEXT: _is_filled,
    ValueType.INTEGER: _is_integer,
    ValueType.NUMBER: _is_number,
    ValueType.BOOLEAN: _is_boolean,
    ValueType.DATE: _is_day,
    ValueType.URL: _is_url,
}
