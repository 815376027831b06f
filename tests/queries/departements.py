"""Forty départements that are alike, and one that is asked about, as claims."""

from graph.claims import Claim, NodeClaim, TieClaim, Value
from graph.model import (
    AIMS_AT,
    ALLIANCE,
    GOAL,
    MEMBER_OF,
    ORGANISATION,
    PART_OF,
    SEATED_IN,
    TERRITORY,
    Kind,
    Tie,
)

PEERS = 40


def node(key: str, kind: Kind, **said: Value) -> NodeClaim:
    return NodeClaim(key, kind, key, {"name": key.partition(":")[2], **said})


def tie(kind: Tie, start: str, end: str, **said: Value) -> TieClaim:
    return TieClaim(kind, start, end, f"{start} {kind.name} {end}", said)


def ground(inhabitants: int = 500_000) -> list[Claim]:
    """Forty départements of one commune in a nation, and the one that is asked about."""
    claims: list[Claim] = [node("nation:FR", TERRITORY, level="nation")]
    for n in range(PEERS + 1):
        population = inhabitants if n == PEERS else 300_000 + 10_000 * n
        claims += [
            node(f"departement:{n:02}", TERRITORY, level="departement"),
            node(f"commune:{n:02}", TERRITORY, level="commune", population=population),
            tie(PART_OF, f"commune:{n:02}", f"departement:{n:02}"),
            tie(PART_OF, f"departement:{n:02}", "nation:FR"),
        ]
    return claims + [node(f"goal:{n}", GOAL, number=n) for n in range(1, 18)]


HERE = f"departement:{PEERS}"


def of_place(n: int, pairs: int, others: int, actors: int = 6) -> list[Claim]:
    """Associations, companies and States in a place; so many alliances of two worlds, of others."""
    claims: list[Claim] = []
    for world in ("association", "company", "state"):
        for rank in range(actors):
            key = f"o:{n:02}-{world}-{rank}"
            claims += [node(key, ORGANISATION, world=world), tie(SEATED_IN, key, f"commune:{n:02}")]
    for kind, count, other in (("a", pairs, "company"), ("b", others, "state")):
        for rank in range(count):
            key = f"{kind}:{n:02}-{rank}"
            claims.append(node(key, ALLIANCE))
            claims.append(tie(AIMS_AT, key, f"goal:{11 if kind == 'a' else 3}"))
            for world in ("association", other):
                claims.append(tie(MEMBER_OF, f"o:{n:02}-{world}-{rank % actors}", key))
    return claims


def elsewhere(pairs: int = 10) -> list[Claim]:
    return [c for n in range(PEERS) for c in of_place(n, pairs + n % 3 - 1, 10)]
