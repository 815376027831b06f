"""Whether a claim follows the model: derived from its declaration, collected, never guessed."""

from collections.abc import Callable
from functools import cache

from graph.claims import Claim, NodeClaim, TieClaim, Value
from graph.identifiers import is_date, is_key, is_rna, is_siren, is_siret
from graph.model import Kind, Property, Term, Tie, ValueType

_REGISTRY: dict[str, Callable[[str], bool]] = {
    "siren": is_siren,
    "siret": is_siret,
    "rna": is_rna,
}
_LATITUDE, _LONGITUDE = (-90.0, 90.0), (-180.0, 180.0)
_RANGES = {"latitude": _LATITUDE, "longitude": _LONGITUDE}


def problems(claim: Claim) -> list[str]:
    """What is wrong with a claim, as French phrases; empty when it follows the model."""
    if isinstance(claim, NodeClaim):
        return _key_problems(claim.subject) + _value_problems(claim.kind, claim)
    return _key_problems(claim.start) + _key_problems(claim.end) + _value_problems(claim.tie, claim)


def _key_problems(key: str) -> list[str]:
    if not is_key(key):
        return [f"l'identifiant « {key} » n'est pas de la forme schéma:identifiant"]
    scheme, _, local = key.partition(":")
    check = _REGISTRY.get(scheme)
    if check is not None and not check(local):
        return [f"« {local} » n'est pas un {scheme.upper()} valide"]
    return []


def _value_problems(owner: Kind | Tie, claim: NodeClaim | TieClaim) -> list[str]:
    found = []
    for name, value in claim.properties.items():
        declared = owner.property(name)
        if declared is None:
            found.append(f"{owner.name} n'a pas de propriété « {name} »")
        else:
            found.extend(_value_problem(declared, value))
    return found


def _value_problem(declared: Property, value: Value) -> list[str]:
    if isinstance(value, list) != declared.many:
        form = "une liste" if declared.many else "une seule valeur"
        return [f"« {declared.name} » attend {form}"]
    items = value if isinstance(value, list) else [value]
    return [
        f"« {item} » n'est pas une valeur de « {declared.name} »"
        for item in items
        if not _is_valid(declared, item)
    ]


def _is_valid(declared: Property, item: object) -> bool:
    check = _REGISTRY.get(declared.name)
    if check is not None:
        return isinstance(item, str) and check(item)
    if declared.name in _RANGES:
        low, high = _RANGES[declared.name]
        return _is_number(item) and low <= float(str(item)) <= high
    return _has_type(declared.type, item)


def _is_number(item: object) -> bool:
    return isinstance(item, (int, float)) and not isinstance(item, bool) and item == item


@cache
def _codes(vocabulary: type[Term]) -> frozenset[str]:
    return frozenset(term.value for term in vocabulary)


def _has_type(expected: ValueType | type[Term], item: object) -> bool:
    if not isinstance(expected, ValueType):
        return isinstance(item, str) and item in _codes(expected)
    match expected:
        case ValueType.TEXT:
            return isinstance(item, str) and bool(item.strip())
        case ValueType.INTEGER:
            return isinstance(item, int) and not isinstance(item, bool)
        case ValueType.NUMBER:
            return _is_number(item)
        case ValueType.BOOLEAN:
            return isinstance(item, bool)
        case ValueType.DATE:
            return isinstance(item, str) and is_date(item)
        case ValueType.URL:
            return isinstance(item, str) and item.startswith(("http://", "https://"))
