"""Records checked and laid out in columns, as a store keeps them: no work of the store itself.

Another process can do it, beside the one that writes.
"""

import marshal
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TypeAlias

import orjson

from graph.claims import Claim, NodeClaim, Properties, TieClaim
from graph.errors import InvalidClaim
from graph.text import fold
from graph.validation import problems

NodeRow: TypeAlias = tuple[int, str, str, str, str, str, str, str, str, str, str, str, list[str]]
"""Number of the record, id, record, kind, properties as JSON, locator, url, date, ended, note;
then what a thing amounts to that nobody else describes: its name, all that it is called
(`called`), its former ids."""

TieRow: TypeAlias = tuple[int, str, str, str, str, str, str, str, str, str, str]
"""Number of the record, tie, start, end, record, properties as JSON, locator, url, date, ended,
note."""

# `fold` for ASCII: a sign that is no letter and no digit separates words.
_PLAIN = {n: chr(n).lower() if chr(n).isalnum() else " " for n in range(128)}
_SAINTS = {"st": "saint", "ste": "sainte"}

_SINGLE = ("name", "acronym", "code", "siren", "rna")
_SEVERAL = ("other_names", "postcodes", "former_codes")


@dataclass(slots=True)
class Batch:
    """Some records, one after the other.

    Attributes:
        records: how many.
        silent: how many of them say nothing.
        claims: about things; the number of their record begins at 0 in each batch.
        ties: likewise.
    """

    records: int = 0
    silent: int = 0
    claims: list[NodeRow] = field(default_factory=list)
    ties: list[TieRow] = field(default_factory=list)

    def __reduce__(self) -> tuple[Callable[[bytes], "Batch"], tuple[bytes]]:
        # For plain texts and numbers `marshal` takes two thirds of the time of `pickle`; both ends
        # are one interpreter.
        return _unpacked, (marshal.dumps((self.records, self.silent, self.claims, self.ties)),)

    def add(self, claims: Sequence[Claim]) -> None:
        """Take all the claims of one record, or none of them.

        Raises:
            InvalidClaim: one contradicts the model.
        """
        for claim in claims:
            if wrong := problems(claim):
                raise InvalidClaim(claim.record, wrong)
        for claim in claims:
            if isinstance(claim, NodeClaim):
                self.claims.append(_node_row(self.records, claim))
            else:
                self.ties.append(_tie_row(self.records, claim))
        self.records += 1
        self.silent += not claims


def _unpacked(packed: bytes) -> Batch:
    return Batch(*marshal.loads(packed))


def _node_row(number: int, claim: NodeClaim) -> NodeRow:
    # A term of a vocabulary may stand for its code: rows hold plain texts only.
    said = claim.properties
    return (
        number,
        str(claim.subject),
        str(claim.record),
        claim.kind.name,
        to_json(said),
        claim.locator,
        claim.url,
        claim.date,
        claim.ended,
        claim.note,
        str(said.get("name", claim.subject)),
        called(claim.subject, said),
        list(former_keys(claim.subject, said)) if "former_codes" in said else [],
    )


def _tie_row(number: int, claim: TieClaim) -> TieRow:
    return (
        number,
        claim.tie.name,
        str(claim.start),
        str(claim.end),
        str(claim.record),
        to_json(claim.properties) if claim.properties else "{}",
        claim.locator,
        claim.url,
        claim.date,
        claim.ended,
        claim.note,
    )


def to_json(properties: Properties) -> str:
    """Properties as text, the same whatever their order; no value of a list stands twice."""
    once: Properties = properties if isinstance(properties, dict) else dict(properties)
    for value in properties.values():
        if isinstance(value, list) and len(value) > 1:
            once = _each_once(properties)
            break
    return orjson.dumps(once, option=orjson.OPT_SORT_KEYS).decode()


def _each_once(properties: Properties) -> Properties:
    return {
        name: list(dict.fromkeys(value)) if isinstance(value, list) else value
        for name, value in properties.items()
    }


def words(key: str, properties: Properties, names: Sequence[str] = ()) -> str:
    """The words by which a thing is found, each once: its names, its codes.

    Args:
        key: its id.
        properties: what is said of it.
        names: by which some call it besides.
    """
    return words_of(called(key, properties, names))


def called(key: str, properties: Properties, names: Sequence[str] = ()) -> str:
    """The names and codes of a thing, as they are written; see `words`."""
    parts = [key.partition(":")[2]]
    parts += [str(properties[name]) for name in _SINGLE if name in properties]
    for name in _SEVERAL:
        value = properties.get(name)
        if isinstance(value, list):
            parts += value
    return " ".join([*parts, *names])


def words_of(text: str) -> str:
    """The words of `fold(text)`, each once, in a third of the time."""
    return " ".join(dict.fromkeys(_folded(text)))


def _folded(text: str) -> list[str]:
    # Word by word: the plain ones need no expression, the others come back all the time.
    if text.isascii():
        found = text.translate(_PLAIN).split()
        if "st" in found or "ste" in found:
            return [_SAINTS.get(word, word) for word in found]
        return found
    found = []
    for word in text.split():
        found += _folded_word(word)
    return found


@lru_cache(1 << 16)  # names are made of few words
def _folded_word(word: str) -> tuple[str, ...]:
    return tuple(fold(word).split())


def former_keys(key: str, properties: Properties) -> Iterator[str]:
    """The ids that a thing had before."""
    former = properties.get("former_codes", [])
    scheme = key.partition(":")[0]
    if isinstance(former, list):
        yield from (f"{scheme}:{code}" for code in former)
