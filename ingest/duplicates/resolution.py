"""Which organisations are one: judged where it is sure, queued for a person where it may be."""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import permutations
from typing import TypeAlias

from graph.identity import Judgement, Verdict
from graph.store import Store
from ingest.duplicates.candidates import equal_ids, likely
from ingest.duplicates.comparison import MAYBE, SURE, Rarity, compare, vetoed
from ingest.duplicates.profiles import Profile, profiles

_Proposed: TypeAlias = tuple[float, str, str, str, str]  # score, id, id, who, note
IDENTIFIERS, COMPARISON, PERSON = "identifiants", "comparaison", "personne"

_IN_FRENCH = {
    "name equal": "même nom",
    "name nearly equal": "presque le même nom",
    "name alike": "nom semblable",
    "name within": "le nom de l'une dans celui de l'autre",
    "name has some": "nom en partie commun",
    "acronym": "sigle de l'autre",
    "part of a name": "pour une partie du nom",
    "other name": "pour un autre de ses noms",
    "place unknown": "lieu inconnu",
    "common words": "mots courants",
    "other number in the name": "numéros différents dans le nom",
    "one states no body": "l'une seule dit sa nature",
    "one only says that it is a commune": "l'une seule se dit commune",
    "same commune": "même commune",
    "same commune of action": "agissent dans la même commune",
    "same département": "même département",
    "other commune": "autre commune",
    "other département": "autre département",
    "same address": "même adresse",
    "other address": "autre adresse",
    "within 200 m": "à moins de 200 m",
    "beyond 50 km": "à plus de 50 km",
    "same site": "même site",
}


@dataclass(frozen=True, slots=True)
class Resolved:
    """What a resolution did.

    Attributes:
        organisations: ids compared.
        same: pairs judged the same, now and before, by numbers or by comparison.
        unsure: pairs in the queue.
        changed: judgements that are new or changed.
    """

    organisations: int
    same: int
    unsure: int
    changed: int


def resolve(store: Store) -> Resolved:
    """Judge the same what surely is, queue what may be.

    What a person judged stands, and so does what was merged before. A queued pair that is no
    longer likely leaves the queue. Running it twice changes nothing.
    """
    kept = list(store.judgements())
    known = profiles(store)
    judged = list(judgements(known, kept))
    fresh = {(j.one, j.other) for j in judged}
    stale = [
        (j.one, j.other)
        for j in kept
        if j.verdict is Verdict.UNSURE and j.who != PERSON and (j.one, j.other) not in fresh
    ]
    changed = store.withdraw(stale) if stale else 0
    changed += store.judge(judged)
    standing = list(store.judgements())
    return Resolved(
        len(known),
        sum(j.verdict is Verdict.SAME for j in standing),
        sum(j.verdict is Verdict.UNSURE for j in standing),
        changed,
    )


def judgements(known: Mapping[str, Profile], kept: Iterable[Judgement] = ()) -> Iterator[Judgement]:
    """What to judge of organisations, beside judgements that stand already."""
    kept = [judgement.ordered for judgement in kept]
    stands = {(j.one, j.other) for j in kept if j.who == PERSON or j.verdict is not Verdict.UNSURE}
    groups = _Groups(known, kept)
    proposed = _proposed(known)
    unclear = _unclear(known, proposed)
    today = datetime.datetime.now(datetime.UTC).date().isoformat()
    for score, one, other, who, note in proposed:
        if (one, other) in stands or groups.together(one, other):
            continue
        sure = score >= SURE and (one, other) not in unclear and groups.join(one, other)
        verdict = Verdict.SAME if sure else Verdict.UNSURE
        yield Judgement(one, other, verdict, who, today, score, note)


def _unclear(known: Mapping[str, Profile], proposed: Iterable[_Proposed]) -> set[tuple[str, str]]:
    """Pairs of which one is as much like a third, which registries tell from the other."""
    partners: dict[str, list[tuple[float, str]]] = defaultdict(list)
    for score, one, other, who, _ in proposed:
        if score >= SURE and who == COMPARISON:
            partners[one].append((score, other))
            partners[other].append((score, one))
    found = set()
    for key, likes in partners.items():
        for (score, one), (third_score, third) in permutations(likes, 2):
            if third_score >= score and _rivals(known[one], known[third]):
                found.add((min(key, one), max(key, one)))
    return found


def _rivals(one: Profile, other: Profile) -> bool:
    parted_by_level = one.siren != "" and one.siren == other.siren
    return vetoed(one, other) and not parted_by_level


def _proposed(known: Mapping[str, Profile]) -> list[_Proposed]:
    """All pairs above `MAYBE`, ids before names, the best first."""
    found = {}
    for first, second, number in equal_ids(known.values()):
        one, other = sorted((first.key, second.key))
        scheme, _, code = number.partition(":")
        found[one, other] = (1.0, one, other, IDENTIFIERS, f"même {scheme.upper()} {code}")
    rarity = Rarity(known.values())
    for a, b in likely(known, rarity):
        one, other = sorted((a.key, b.key))
        compared = compare(a, b, rarity)
        if compared.score >= MAYBE and (one, other) not in found:
            note = " ; ".join(_IN_FRENCH[each] for each in compared.observed if each in _IN_FRENCH)
            found[one, other] = (compared.score, one, other, COMPARISON, note)
    return sorted(found.values(), key=lambda pair: (pair[3] != IDENTIFIERS, -pair[0], *pair[1:3]))


class _Groups:
    """The identities as they grow: none may hold a pair that is `vetoed` or judged different."""

    def __init__(self, known: Mapping[str, Profile], kept: Iterable[Judgement]) -> None:
        self._known = known
        self._group: dict[str, set[str]] = {}
        self._apart: set[frozenset[str]] = set()
        for judgement in kept:
            if judgement.verdict is Verdict.SAME:
                self._unite(judgement.one, judgement.other)
            elif judgement.verdict is Verdict.DIFFERENT or judgement.who == PERSON:
                self._apart.add(frozenset((judgement.one, judgement.other)))

    def _of(self, key: str) -> set[str]:
        return self._group.get(key, {key})

    def together(self, one: str, other: str) -> bool:
        return other in self._of(one)

    def join(self, one: str, other: str) -> bool:
        """Unite two groups, unless something speaks against it."""
        ours, theirs = self._of(one), self._of(other)
        if any(frozenset((a, b)) in self._apart for a in ours for b in theirs):
            return False
        known = self._known
        if any(
            vetoed(known[a], known[b]) for a in ours & known.keys() for b in theirs & known.keys()
        ):
            return False
        self._unite(one, other)
        return True

    def _unite(self, one: str, other: str) -> None:
        whole = self._of(one) | self._of(other)
        for key in whole:
            self._group[key] = whole
