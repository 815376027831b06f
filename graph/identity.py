"""Which ids speak of one and the same thing: judgements, kept and reversible.

An identity is the connected component of ids over the judgements *same*, refused when it would
hold a *different*. After nomenklatura's resolver.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from graph.errors import ContradictoryJudgement
from graph.model import Term


class Verdict(Term):
    """What was judged of two ids."""

    SAME = "same", "la même", "the same"
    DIFFERENT = "different", "deux différentes", "different"
    UNSURE = "unsure", "à décider", "to be decided"


@dataclass(frozen=True, slots=True, order=True)
class Judgement:
    """That two ids are, or are not, of the same thing.

    Attributes:
        one, other: the ids, in order: see `ordered`.
        who: what judged: `identifiants`, `comparaison`, or `personne`; never a person's name.
        date: ISO 8601.
        score: of the comparison, in [0, 1]; 1 for equal registry ids or a person's decision.
        note: the reason, in words.
    """

    one: str
    other: str
    verdict: Verdict
    who: str
    date: str
    score: float = 1.0
    note: str = ""

    @property
    def ordered(self) -> "Judgement":
        """The same judgement with its ids in order."""
        if self.one <= self.other:
            return self
        return replace(self, one=self.other, other=self.one)


# An identity is known by the id of the strongest registry among its own.
_SCHEMES = ("siren", "siret", "rna")


def _rank(key: str) -> tuple[int, str]:
    scheme = key.partition(":")[0]
    return (_SCHEMES.index(scheme) if scheme in _SCHEMES else len(_SCHEMES), key)


def identities(judgements: Iterable[Judgement]) -> Mapping[str, str]:
    """For each id that is the same as another, the id by which their identity is known.

    The strongest registry (SIREN, SIRET, RNA), then the first in order; that id is not a key.

    Raises:
        ContradictoryJudgement: an identity would hold two ids judged different, or two SIREN.
    """
    kept = list(judgements)
    groups = _components((j.one, j.other) for j in kept if j.verdict is Verdict.SAME)
    known = {key: min(group, key=_rank) for group in groups for key in group}
    for group in groups:
        by_siren = {key.partition(":")[2][:9]: key for key in sorted(group) if _has_siren(key)}
        if len(by_siren) > 1:
            first, second, *_ = by_siren.values()
            raise ContradictoryJudgement(first, second, "leurs SIREN diffèrent")
    for judgement in kept:
        one, other = judgement.one, judgement.other
        together = one in known and known[one] == known.get(other)
        if judgement.verdict is Verdict.DIFFERENT and together:
            raise ContradictoryJudgement(one, other, "elles ont été jugées différentes")
    return {key: whole for key, whole in known.items() if key != whole}


def within_kinds(judgements: Iterable[Judgement], kinds: Mapping[str, str]) -> Mapping[str, str]:
    """The identities of judgements, without those that would hold things of two kinds.

    A judgement on two things of two kinds is left aside alone; where ids that no source describes
    stand between them, no judgement is known to be the wrong one, and none of them is followed.

    Args:
        judgements: all that are kept.
        kinds: those of the ids that a source describes.
    """
    same = [judgement for judgement in judgements if judgement.verdict is Verdict.SAME]
    within = [j for j in same if len({kinds[k] for k in (j.one, j.other) if k in kinds}) < 2]
    known = identities(within)
    found: defaultdict[str, set[str]] = defaultdict(set)
    for key in {*known, *known.values()} & kinds.keys():
        found[known.get(key, key)].add(kinds[key])
    return {key: whole for key, whole in known.items() if len(found[whole]) < 2}


def _has_siren(key: str) -> bool:
    return key.startswith(("siren:", "siret:"))


def _components(pairs: Iterable[tuple[str, str]]) -> list[set[str]]:
    near = defaultdict(set)
    for one, other in pairs:
        near[one].add(other)
        near[other].add(one)
    groups: list[set[str]] = []
    seen: set[str] = set()
    for key in near:
        if key not in seen:
            group = _reached(key, near)
            seen |= group
            groups.append(group)
    return groups


def _reached(key: str, near: Mapping[str, set[str]]) -> set[str]:
    group, waiting = {key}, [key]
    while waiting:
        for other in near[waiting.pop()] - group:
            group.add(other)
            waiting.append(other)
    return group
