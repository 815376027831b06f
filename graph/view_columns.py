"""The columns of a view, computed from what each thing and each tie amounts to."""

from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache

import numpy as np
import orjson

from graph.claims import Properties, Value
from graph.columns import Array, Floats, Ints, Rows, Strings, Table
from graph.model import (
    AIMS_AT,
    ALLIANCE,
    CALL,
    KINDS,
    NEEDS,
    OFFERS,
    ORGANISATION,
    PART_OF,
    PROJECT,
    SEATED_IN,
    TERRITORY,
    TIES,
    AllianceType,
    Function,
    Level,
    Means,
    MemberRole,
    Phase,
    Role,
    Term,
    Tie,
    World,
)
from graph.store import Reader, StoredNode
from graph.territories import extents

WORDED = (OFFERS, NEEDS)  # the ties whose words are compared
_TOLD = (ORGANISATION, ALLIANCE, PROJECT, CALL)  # whose purposes are compared in words
_GOAL_NUMBERS = frozenset(str(number) for number in range(1, 18))
_ROLES = {role.value: index for index, role in enumerate(MemberRole)}


def build(store: Reader) -> dict[str, Array]:
    """The columns of a store, by name, from one scan of it; see `graph.view.View`."""
    things = things_of(list(store.scan_nodes()))
    keys = things.texts("key")
    ordinals = {keys[ordinal]: ordinal for ordinal in range(len(keys))}
    ties = {tie: _scanned(store, tie, ordinals) for tie in TIES}
    return derived(things, ties, store.aliases())


def _scanned(store: Reader, tie: Tie, ordinals: Mapping[str, int]) -> Table:
    said = TieRows(tie)
    for start, end, values in store.scan_tie_values(tie):
        if start in ordinals and end in ordinals:
            said.add(ordinals[start], ordinals[end], values)
    return in_order(said.table())


# What each thing amounts to ------------------------------------------------------------------


def things_of(nodes: Sequence[StoredNode]) -> Table:
    """A row a thing: what columns are computed from, of each by itself.

    Besides the columns of `View` it has what territories state: `level`, `population` (0 when not
    said), `centre` (degrees, NaN when not said; shape (n, 2)).
    """
    numbers = _node_columns(nodes)
    return Table(
        {
            "key": Strings.of(node.key for node in nodes),
            "name": Strings.of(node.name for node in nodes),
            "purpose": Strings.of(_told(node) for node in nodes),
            **numbers,
        }
    )


def _told(node: StoredNode) -> str:
    """What a thing says of itself in free words, one text a line."""
    if node.kind not in _TOLD:
        return ""
    stated = node.properties
    of_self = ("name", "other_names", "acronym", "purpose")
    return "\n".join(dict.fromkeys(text for name in of_self for text in _texts(stated.get(name))))


def _texts(value: Value | None) -> list[str]:
    if isinstance(value, list):
        return [str(item) for item in value]
    return [value] if isinstance(value, str) else []


def _node_columns(nodes: Sequence[StoredNode]) -> dict[str, Array]:
    def column(name: str, read: Callable[[Value | None], int], dtype: type) -> Array:
        return np.array([read(node.properties.get(name)) for node in nodes], dtype=dtype)

    started = column("started", as_day, np.int32)
    stopped = column("ended", as_day, np.int32)
    gone = np.array([node.ended for node in nodes], dtype=np.bool_)
    return {
        "kind": np.array([KINDS.index(node.kind) for node in nodes], dtype=np.int8),
        "world": column("world", _index_in(World), np.int8),
        "roles": column("roles", _bits_in(Role), np.uint8),
        "functions": column("functions", _bits_in(Function), np.uint8),
        "phase": column("phase", _index_in(Phase), np.int8),
        "form": column("type", _index_in(AllianceType), np.int8),
        "started": started,
        "stopped": stopped,
        "ended": gone | (stopped > 0) | (column("phase", _is_over, np.int8) > 0),
        "collective": column("collective", int_or_zero, np.int8).astype(np.bool_),
        **_stated(nodes),
    }


def _stated(nodes: Sequence[StoredNode]) -> dict[str, Array]:
    """What territories say of themselves."""
    count, level_of = len(nodes), _index_in(Level)
    level = np.full(count, -1, dtype=np.int8)
    population = np.zeros(count, dtype=np.int64)
    centre = np.full((count, 2), np.nan)
    for row, node in enumerate(nodes):
        if node.kind is TERRITORY:
            said = node.properties
            level[row] = level_of(said.get("level"))
            population[row] = int_or_zero(said.get("population"))
            centre[row] = _degrees(said.get("latitude")), _degrees(said.get("longitude"))
    return {"level": level, "population": population, "centre": centre}


def _index_in(vocabulary: type[Term]) -> Callable[[Value | None], int]:
    rank = {term.value: index for index, term in enumerate(vocabulary)}
    return lambda value: rank.get(str(value), -1)


def _bits_in(vocabulary: type[Term]) -> Callable[[Value | None], int]:
    bit = {term.value: 1 << index for index, term in enumerate(vocabulary)}

    def bits(value: Value | None) -> int:
        return sum(bit.get(item, 0) for item in set(value)) if isinstance(value, list) else 0

    return bits


def _is_over(value: Value | None) -> int:
    return int(value == Phase.ENDED.value)


def int_or_zero(value: Value | None) -> int:
    """A number or a truth as an integer, 0 when it is not said."""
    return int(value) if isinstance(value, (int, float)) else 0


def _degrees(value: Value | None) -> float:
    return float(value) if isinstance(value, (int, float)) else float("nan")


def as_day(value: Value | None) -> int:
    """An ISO date as YYYYMMDD with 00 for what is not known (`2012` → 20120000); 0 when absent."""
    return _day(value) if isinstance(value, str) else 0


@lru_cache(1 << 14)  # millions of ties begin on few days
def _day(value: str) -> int:
    parts = [*value.split("-"), "0", "0"][:3]
    return int(parts[0]) * 10_000 + int(parts[1]) * 100 + int(parts[2])


# What each tie amounts to --------------------------------------------------------------------


class TieRows:
    """Gathers the ties of one kind, a row each."""

    def __init__(self, tie: Tie) -> None:
        self.tie = tie
        self._worded = tie in WORDED
        self._numbers = array("i")
        self._words: dict[int, str] = {}

    def __len__(self) -> int:
        return len(self._numbers) // 5

    def add(self, start: int, end: int, values: Properties) -> None:
        """Take a tie between the things of two numbers, with what is said of it."""
        if not values:
            self._numbers.extend((start, end, 0, 0, -1))
            return
        since, until = as_day(values.get("since")), as_day(values.get("until"))
        role = _ROLES.get(str(values.get("role")), -1)
        if self._worded and (words := _texts(values.get("words"))):
            self._words[len(self)] = orjson.dumps(words).decode()
        self._numbers.extend((start, end, since, until, role))

    def table(self) -> Table:
        """What was gathered.

        Its column `row` has the numbers of start and end, since, until (days) and role; shape
        (m, 5). Where words count, `words` has them as JSON.
        """
        rows = np.array(self._numbers, dtype=np.int32).reshape(-1, 5)
        words = {"words": Strings.sparse(len(rows), self._words)} if self._worded else {}
        return Table({"row": rows, **words})


def in_order(ties: Table) -> Table:
    """Ties sorted by start, then end."""
    row = ties["row"]
    return ties.take(np.lexsort((row[:, 1], row[:, 0])))


# The whole -----------------------------------------------------------------------------------


def derived(
    things: Table, ties: Mapping[Tie, Table], aliases: Iterable[tuple[str, str]]
) -> dict[str, Array]:
    """The columns of a view, by name; see `graph.view.View`.

    Args:
        things: as `things_of` gives them, sorted by key.
        ties: of each kind, as `TieRows` and `in_order` give them, between the ordinals of things.
        aliases: former ids, sorted, and present ones.
    """
    keys = things.texts("key")
    arrays = things.without("level", "population", "centre").arrays()
    found = ((old, keys.find(new)) for old, new in aliases)
    former = [(old, ordinal) for old, ordinal in found if ordinal is not None]
    arrays |= Strings.of(old for old, _ in former).arrays("former")
    arrays["present"] = np.array([ordinal for _, ordinal in former], dtype=np.int32)
    arrays |= {f"tie_{tie.name}": ties[tie]["row"] for tie in TIES}
    arrays |= _tie_words(ties[OFFERS], len(things)).arrays("offered")
    arrays |= _tie_words(ties[NEEDS], len(things)).arrays("needed")
    territories = np.flatnonzero(things["kind"] == KINDS.index(TERRITORY))
    arrays |= _territory_columns(things.take(territories), territories, arrays)
    arrays["seat"] = _seats(arrays, territories)
    arrays |= _masks(keys, arrays)
    return arrays


def _tie_words(ties: Table, count: int) -> Strings:
    """The words of the ties that last, joined for each thing at their start."""
    words, row = ties.texts("words"), ties["row"]
    said: dict[int, dict[str, None]] = {}
    for at in np.flatnonzero((words.lengths > 0) & (row[:, 3] == 0)).tolist():
        told = dict.fromkeys(orjson.loads(words.raw(at)))
        said.setdefault(int(row[at, 0]), {}).update(told)
    return Strings.sparse(count, {start: "\n".join(texts) for start, texts in said.items()})


def _territory_columns(
    stated: Table, territories: Ints, arrays: Mapping[str, Array]
) -> dict[str, Array]:
    level, population = stated["level"], stated["population"]
    atomic = np.isin(level, [_level(Level.COMMUNE), _level(Level.ARRONDISSEMENT)])
    extent = extents(len(territories), _territory_parts(arrays, territories), atomic)
    summed = extent.sums(population)
    return {
        "level": level,
        "population": np.where(population > 0, population, summed).astype(np.int64),
        "centre": _centres(stated["centre"], extent, population),
        "extent_indptr": extent.indptr,
        "extent_values": extent.values,
    }


def _territory_parts(arrays: Mapping[str, Array], territories: Ints) -> list[tuple[int, int]]:
    table = _lasting(arrays, PART_OF)
    within = np.isin(table[:, 0], territories) & np.isin(table[:, 1], territories)
    ranks = np.searchsorted(territories, table[within][:, :2])
    return [(int(part), int(whole)) for part, whole in ranks]


def _level(level: Level) -> int:
    return tuple(Level).index(level)


def _centres(stated: Floats, extent: Rows, population: Ints) -> Floats:
    """The stated centre, else the centre of the atoms weighted by population; NaN when unknown."""
    given = stated.copy()
    given[np.isnan(given).any(axis=1)] = np.nan
    weight = np.where(np.isnan(given[:, 0]), 0.0, np.maximum(population, 1))
    total = extent.sums(weight)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.stack([extent.sums(np.nan_to_num(g) * weight) / total for g in given.T], axis=1)
    return np.where(np.isnan(given), mean, given)


def _seats(arrays: Mapping[str, Array], territories: Ints) -> Ints:
    """The rank of the territory of each node's seat; of several, the one that began last.

    A seat that has ended counts only where there is none that lasts.
    """
    seat = np.full(len(arrays["kind"]), -1, dtype=np.int32)
    table = arrays[f"tie_{SEATED_IN.name}"]
    table = table[np.isin(table[:, 1], territories)]
    latest = table[np.lexsort((table[:, 1], table[:, 2], table[:, 3] == 0))]
    seat[latest[:, 0]] = np.searchsorted(territories, latest[:, 1])
    return seat


def _masks(keys: Strings, arrays: Mapping[str, Array]) -> dict[str, Array]:
    lever_bit = np.zeros(len(keys), dtype=np.uint8)
    for index, term in enumerate(Means):
        if (ordinal := keys.find(f"lever:{term.value}")) is not None:
            lever_bit[ordinal] = 1 << index
    goal_bit = np.zeros(len(keys), dtype=np.uint32)
    for scheme in ("goal", "target"):
        for ordinal in _of_scheme(keys, scheme):
            goal_bit[ordinal] = _goal_bit(keys[ordinal])
    return {
        "goals": _or_over_ends(arrays, AIMS_AT, goal_bit),
        "offers": _or_over_ends(arrays, OFFERS, lever_bit),
        "needs": _or_over_ends(arrays, NEEDS, lever_bit),
    }


def _of_scheme(keys: Strings, scheme: str) -> range:
    """The ordinals of the ids of a scheme, which lie together."""
    every = range(len(keys))
    first = bisect_left(every, f"{scheme}:".encode(), key=keys.raw)
    return range(first, bisect_left(every, f"{scheme};".encode(), key=keys.raw))  # `;` follows `:`


def _goal_bit(key: str) -> int:
    number = key.partition(":")[2].partition(".")[0]
    return 1 << (int(number) - 1) if number in _GOAL_NUMBERS else 0


def _lasting(arrays: Mapping[str, Array], tie: Tie) -> Array:
    """The ties of one kind that have no end."""
    table = arrays[f"tie_{tie.name}"]
    lasting: Array = table[table[:, 3] == 0]
    return lasting


def _or_over_ends(arrays: Mapping[str, Array], tie: Tie, bits: Array) -> Array:
    table = _lasting(arrays, tie)
    mask = np.zeros(len(arrays["kind"]), dtype=bits.dtype)
    np.bitwise_or.at(mask, table[:, 0], bits[table[:, 1]])
    return mask
