"""The countries around France, as territories: partners abroad have a seat too."""

from collections.abc import Mapping
from functools import cache

from graph.claims import NodeClaim
from graph.model import TERRITORY, Level
from graph.text import fold
from ingest import reference
from ingest.reference import NATION

# Names and codes that publishers use besides those of the table: the long names of ISO 3166, and
# the two codes of the European Union that are not those of ISO.
_ALSO = {
    "royaume uni de grande bretagne et d irlande du nord": "GB",
    "etats unis d amerique": "US",
    "hong kong": "HK",
    "coree republique de": "KR",
    "cook iles": "CK",
    "norfolk ile": "NF",
    "congo republique democratique du": "CD",
    "uk": "GB",
    "el": "GR",
    "france": "FR",
    "fr": "FR",
}


def country(text: str) -> str:
    """The key of a country by its French name or its code, « » when it is not known.

    `Allemagne` and `DE` give `nation:DE`. French overseas parts are no country here.
    """
    code = _codes().get(fold(text), "")
    return f"nation:{code}" if code else ""


def described(key: str) -> tuple[NodeClaim, ...]:
    """What makes a country a territory; nothing for France, which the reference describes."""
    if key == NATION:
        return ()
    code = key.partition(":")[2]
    said = {"name": _names()[code], "level": Level.NATION.value, "code": code}
    return (NodeClaim(key, TERRITORY, key, said),)


@cache
def _codes() -> Mapping[str, str]:
    names = {fold(name): code for code, name in _names().items()}
    return names | {fold(code): code for code in _names()} | _ALSO


@cache
def _names() -> Mapping[str, str]:
    return {row["code"]: row["name"] for row in reference.rows("countries.csv")}
