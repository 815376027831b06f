"""How what several sources say becomes one value, and who said otherwise is not forgotten."""

from collections.abc import Iterable, Sequence

from graph.claims import Properties, Scalar, Value
from graph.model import Kind, Merge, Property, Tie
from graph.store import StoredClaim


def in_order_of_trust(claims: Iterable[StoredClaim]) -> list[StoredClaim]:
    """Claims, the most believed first: live before ended, then trust, then the most recent.

    The order does not depend on the order of ingestion.
    """
    by_name = sorted(claims, key=lambda c: (c.source.name, c.record))
    by_date = sorted(by_name, key=lambda c: c.date or c.source.date, reverse=True)
    return sorted(by_date, key=lambda c: (bool(c.ended), -c.source.trust))


def merged(owner: Kind | Tie, claims: Sequence[StoredClaim]) -> Properties:
    """The properties that claims, given in order of trust, amount to."""
    values: dict[str, Value] = {}
    for declared in owner.properties:
        said = [c.properties[declared.name] for c in claims if declared.name in c.properties]
        if said:
            values[declared.name] = _one_value(declared, said)
    return values


def _one_value(declared: Property, said: Sequence[Value]) -> Value:
    match declared.merge:
        case Merge.FIRST:
            return said[0]
        case Merge.UNION:
            return list(dict.fromkeys(item for value in said for item in _items(value)))
        case Merge.EARLIEST:
            return min(str(value) for value in said)
        case Merge.LATEST:
            return max(str(value) for value in said)


def _items(value: Value) -> list[str]:
    return value if isinstance(value, list) else [str(value)]


def differing(declared: Property, said: Sequence[Value]) -> bool:
    """Whether sources contradict each other about a property."""
    if declared.many:
        return False
    distinct: set[Scalar] = {value for value in said if not isinstance(value, list)}
    return len(distinct) > 1
