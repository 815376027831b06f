"""How likely is it that two records speak of one organisation?

A Fellegi-Sunter sum: each observation adds its weight, in natural log-odds, to a prior; the score
is the logistic of the sum. What is missing adds nothing, so that it is neutral and never makes a
perfect match (Fellegi & Sunter 1969, "A Theory for Record Linkage").
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import asin, cos, exp, log, radians, sin, sqrt

from rapidfuzz import fuzz
from rapidfuzz.distance import JaroWinkler

from ingest.duplicates.laboratories import other_units
from ingest.duplicates.names import Name
from ingest.duplicates.profiles import Profile

# Set on the tuning half of real files with their numbers hidden (`benchmarks/duplicates.py`);
# what they are worth on the other half is in docs/duplicates.md.
SURE = 0.97
MAYBE = 0.30

WEIGHTS: Mapping[str, float] = {
    "prior": -4.5,
    # The name: how much of its rare words is shared.
    "name equal": 5.0,
    "name nearly equal": 3.8,
    "name alike": 2.4,
    "name within": 2.5,
    "name has some": -0.8,
    "name differs": -6.0,
    "part of a name": -2.4,
    "other name": -2.4,
    "acronym": 3.6,
    "rare words": 1.2,
    "common words": -1.8,
    "other number in the name": -4.0,
    "other kind of body": -9.0,
    "one states no body": -3.0,
    "one only says that it is a commune": -1.0,
    # The place.
    "same commune": 3.2,
    "same commune of action": 2.6,
    "same département": 1.5,
    "other commune": -0.6,
    "other département": -4.5,
    "place unknown": -1.0,
    # The street, the distance, the site.
    "same address": 2.5,
    "other address": -0.4,
    "within 200 m": 1.2,
    "beyond 50 km": -2.0,
    "same site": 2.5,
}
_LIKE = 0.9  # two words are one, misspelt (Jaro-Winkler)
_RARE, _COMMON = 7.0, 4.5  # information of the rarest shared word, in nats
_EARTH = 6371.0


@dataclass(frozen=True, slots=True)
class Compared:
    """What a comparison found.

    Attributes:
        score: in [0, 1].
        observed: the rows of `WEIGHTS` that applied.
    """

    score: float
    observed: tuple[str, ...]


class Rarity:
    """How rare each word is among the names of all organisations."""

    def __init__(self, profiles: Iterable[Profile]) -> None:
        counts: Counter[str] = Counter()
        self._all = 0
        for profile in profiles:
            counts.update({word for name in profile.names for word in name.words})
            self._all += 1
        self._counts = counts

    def of(self, word: str) -> float:
        """The information of a word, in nats: 0 for one that all names have."""
        return log((self._all + 1) / max(self._counts[word], 1)) if self._all else 0.0


def compare(one: Profile, other: Profile, rarity: Rarity) -> Compared:
    """Compare two organisations; symmetric."""
    observed = ["prior", *_of_names(one, other, rarity), *_of_places(one, other)]
    if one.addresses and other.addresses:
        observed.append("same address" if _same_street(one, other) else "other address")
    if one.point and other.point:
        apart = distance(one.point, other.point)
        observed += ["within 200 m"] if apart < 0.2 else ["beyond 50 km"] if apart > 50 else []
    if one.domains & other.domains:
        observed.append("same site")
    return scored(observed)


def scored(observed: Sequence[str]) -> Compared:
    """The score of a list of observations."""
    total = sum(WEIGHTS[each] for each in observed)
    return Compared(round(1 / (1 + exp(-total)), 4), tuple(observed))


def vetoed(one: Profile, other: Profile) -> bool:
    """Whether registries tell them apart: two SIREN, RNA, RNSR or units, or a part and its whole.

    Two numbers of participants (PIC) do not: an organisation may have several.
    """
    if one.siren and other.siren:
        same_level = one.siret == other.siret
        return one.siren != other.siren or not same_level
    if one.rna and other.rna and one.rna != other.rna:
        return True
    if one.rnsr and other.rnsr and one.rnsr != other.rnsr:
        return True
    if one.units and other.units and other_units(one.units, other.units):
        return True
    return one.collective != other.collective


def _of_names(one: Profile, other: Profile, rarity: Rarity) -> list[str]:
    best: list[str] = ["name differs"]
    bodies = _of_bodies({n.body for n in one.names} - {""}, {n.body for n in other.names} - {""})
    # A town is named within all that is there: only bodies without one may be named at length.
    longer = not any(name.body for name in (*one.names, *other.names))
    for a in one.names:
        for b in other.names:
            if a.part and b.part and len(one.names) > 1 and len(other.names) > 1:
                continue
            found = _of_name(a, b, rarity, longer=longer)
            if _sum(found) > _sum(best):
                best = found
    if best == ["name differs"] and _acronym(one, other):
        best = ["acronym"]
    return [*best, *bodies]


def _of_bodies(ours: set[str], theirs: set[str]) -> list[str]:
    if ours & theirs or not ours | theirs:
        return []
    if ours and theirs:
        return ["other kind of body"]
    only = ours | theirs == {"commune"}
    return ["one only says that it is a commune" if only else "one states no body"]


def _sum(observed: Sequence[str]) -> float:
    return sum(WEIGHTS[each] for each in observed)


def _of_name(a: Name, b: Name, rarity: Rarity, *, longer: bool) -> list[str]:
    shared, likeness = _shared(a, b, rarity)
    if not shared:
        return ["name differs"]
    rarest = max(rarity.of(word) for word in shared)
    if likeness >= 0.995:
        found = ["name equal"]
    elif likeness >= 0.88:
        found = ["name nearly equal"]
    elif likeness >= 0.7:
        found = ["name alike"]
    elif longer and rarest >= _RARE and _within(a, b, shared):
        found = ["name within"]
    elif likeness >= 0.45:
        found = ["name has some"]
    else:
        return ["name differs"]
    if rarest >= _RARE:
        found.append("rare words")
    elif rarest < _COMMON:
        found.append("common words")
    if a.part or b.part:
        found.append("part of a name")
    elif a.other or b.other:
        found.append("other name")
    if _numbers(a) != _numbers(b):
        found.append("other number in the name")
    return found


def _within(a: Name, b: Name, shared: Sequence[str]) -> bool:
    """Whether one has all words of the other, and more."""
    return not (a.part or b.part) and len(shared) == min(len(a.words), len(b.words))


def _shared(a: Name, b: Name, rarity: Rarity) -> tuple[list[str], float]:
    """The words of both, and their part of the information of all words (soft Jaccard)."""
    if "".join(a.words) == "".join(b.words):
        return list(a.words), 1.0
    left, shared = list(b.words), []
    total = common = 0.0
    for word in a.words:
        match = next((w for w in left if w == word), None) or _misspelt(word, left)
        weight = rarity.of(word)
        total += weight
        if match:
            left.remove(match)
            shared.append(word)
            common += weight if match == word else 0.9 * weight
    total += sum(rarity.of(word) for word in left)
    return shared, common / total if total else 0.0


@lru_cache(maxsize=500_000)
def _alike(one: str, other: str) -> float:
    return JaroWinkler.similarity(one, other)


def _misspelt(word: str, among: Sequence[str]) -> str | None:
    """The one of several words that a word is, misspelt or cut short."""
    if len(word) < 4 or not word.isalpha():
        return None
    cut = next(
        (w for w in among if len(w) > 3 and (w.startswith(word) or word.startswith(w))), None
    )
    if cut or len(word) < 5:
        return cut
    near = ((_alike(word, each), each) for each in among if len(each) > 4)
    score, best = max(near, default=(0.0, ""))
    return best if score >= _LIKE else None


def _numbers(name: Name) -> set[str]:
    return {word for word in name.words if word.isdigit() and word != "1901"}


def _acronym(one: Profile, other: Profile) -> bool:
    """Whether one is named by the initials of the other, of three letters or more."""
    for a, b in ((one, other), (other, one)):
        short = a.acronyms | {n.words[0] for n in a.names if len(n.words) == 1}
        long = {n.initials for n in b.names if len(n.words) > 2}
        if {each for each in short if len(each) > 2} & (long | b.acronyms):
            return True
    return False


def _of_places(one: Profile, other: Profile) -> list[str]:
    if one.seats and other.seats:
        if one.seats & other.seats:
            return ["same commune"]
    elif (one.seats | one.places) & (other.seats | other.places):
        return ["same commune of action"]
    if one.departements and other.departements:
        if not one.departements & other.departements:
            return ["other département"]
        both_seated = one.seats and other.seats
        return ["same département", "other commune"] if both_seated else ["same département"]
    return ["place unknown"]


def _same_street(one: Profile, other: Profile) -> bool:
    return any(
        fuzz.token_sort_ratio(a, b) >= 90 for a in one.addresses for b in other.addresses if a and b
    )


def distance(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Kilometres between two points, by the haversine formula."""
    lat1, lon1, lat2, lon2 = (radians(value) for value in (*one, *other))
    half = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    return 2 * _EARTH * asin(sqrt(min(1.0, half)))
