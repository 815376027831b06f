"""How French puts names into sentences: elisions, contractions, quotes within quotes, lists."""

import re
from collections.abc import Sequence

from graph.text import fold

_CONTRACTED = {"de": {"Le": "du", "Les": "des"}, "à": {"Le": "au", "Les": "aux"}}


def joined(verb: str, name: str) -> str:
    """A verb and what it bears on: `s'est inspiré d'Alsace Active`, `prend part au Labo`."""
    rest, _, preposition = verb.rpartition(" ")
    article, _, noun = name.partition(" ")
    contracted = _CONTRACTED.get(preposition, {}).get(article)
    if contracted and noun:
        return f"{rest} {contracted} {noun}"
    if preposition == "de" and fold(name)[:1] in set("aeiou"):
        return f"{rest} d'{name}"
    return f"{verb} {name}"


def quoted(name: str) -> str:
    """A name between guillemets; those within it become the quotes of the second level."""
    within = re.sub(r"\s*»", "”", re.sub(r"«\s*", "“", name))
    return f"« {within} »"


def listed(items: Sequence[str]) -> str:
    """A list as it is spoken: `a, b et c`."""
    *first, last = items
    return f"{', '.join(first)} et {last}" if first else last
