"""Whether a claim follows the model: derived from its declaration, collected, never guessed."""

import math
import re
from collections.abc import Callable
from functools import cache, lru_cache, partial

from graph.claims import Claim, NodeClaim, TieClaim, Value
from graph.identifiers import is_date, is_key, is_rna, is_siren, is_siret
from graph.model import Kind, Property, Term, Tie, ValueType

_REGISTRY: dict[str, Callable[[str], bool]] = {
    "siren": is_siren,
    "siret": is_siret,
    "rna": is_rna,
}
_SURROGATES = re.compile("[\ud800-\udfff]")
_LATITUDE, _LONGITUDE = (-90.0, 90.0), (-180.0, 180.0)
_RANGES = {"latitude": _LATITUDE, "longitude": _LONGITUDE}


def problems(claim: Claim) -> list[str]:
    """What is wrong with a claim, as French phrases; empty when it follows the model."""
    if isinstance(claim, NodeClaim):
        found = [*_key_problems(claim.subject), *_value_problems(claim.kind, claim)]
    else:
        found = [*_key_problems(claim.start), *_key_problems(claim.end)]
        found += _value_problems(claim.tie, claim)
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
    if claim.url and not _has_type(ValueType.URL, claim.url):
        found.append(f"« {_shown(claim.url)} » n'est pas une adresse de page")
    if claim.date and not is_date(claim.date):
        found.append(f"« {_shown(claim.date)} » n'est pas une date de la forme AAAA-MM-JJ")
    if not all(map(_is_text, (claim.record, claim.locator))):
        found.append("l'enregistrement ou son lieu n'est pas un texte Unicode")
    return found


def _value_problems(owner: Kind | Tie, claim: NodeClaim | TieClaim) -> list[str]:
    found: list[str] = []
    checks = _checks(owner)
    for name, value in claim.properties.items():
        known = checks.get(name)
        if known is None:
            found.append(f"{owner.name} n'a pas de propriété « {name} »")
        else:
            many, is_valid = known
            found.extend(_value_problem(name, value, is_valid, many=many))
    return found


@cache
def _checks(owner: Kind | Tie) -> dict[str, tuple[bool, Callable[[object], bool]]]:
    """For each property whether it is a list, and what its values must satisfy."""
    return {p.name: (p.many, partial(_is_valid, p)) for p in owner.properties}


def _value_problem(
    name: str, value: Value, is_valid: Callable[[object], bool], *, many: bool
) -> list[str]:
    if isinstance(value, list) != many:
        form = "une liste" if many else "une seule valeur"
        return [f"« {name} » attend {form}"]
    items = value if isinstance(value, list) else (value,)
    return [
        f"« {_shown(item)} » n'est pas une valeur de « {name} »"
        for item in items
        if not is_valid(item)
    ]


def _shown(item: object) -> str:
    return str(item).encode(errors="backslashreplace").decode()


def _is_valid(declared: Property, item: object) -> bool:
    check = _REGISTRY.get(declared.name)
    if check is not None:
        return isinstance(item, str) and check(item)
    if declared.name in _RANGES:
        low, high = _RANGES[declared.name]
        return _is_number(item) and low <= float(str(item)) <= high
    return _has_type(declared.type, item)


def _is_number(item: object) -> bool:
    if isinstance(item, float):
        return math.isfinite(item)
    return _is_integer(item)


def _is_integer(item: object) -> bool:
    """Whether it is an integer that a column of 64 bits holds."""
    return isinstance(item, int) and not isinstance(item, bool) and -(2**63) <= item < 2**63


def _is_text(item: object) -> bool:
    """Whether it is a text that can be stored: half a surrogate pair cannot."""
    return isinstance(item, str) and (item.isascii() or not _SURROGATES.search(item))


@cache
def _codes(vocabulary: type[Term]) -> frozenset[str]:
    return frozenset(term.value for term in vocabulary)


def _has_type(expected: ValueType | type[Term], item: object) -> bool:
    if not isinstance(expected, ValueType):
        return isinstance(item, str) and item in _codes(expected)
    match expected:
        case ValueType.TEXT:
            return _is_text(item) and bool(str(item).strip())
        case ValueType.INTEGER:
            return _is_integer(item)
        case ValueType.NUMBER:
            return _is_number(item)
        case ValueType.BOOLEAN:
            return isinstance(item, bool)
        case ValueType.DATE:
            return isinstance(item, str) and is_date(item)
        case ValueType.URL:
            return _is_text(item) and str(item).startswith(("http://", "https://"))
