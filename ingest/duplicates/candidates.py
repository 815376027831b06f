"""Which pairs of organisations are worth comparing."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations

from ingest.duplicates.comparison import Rarity, vetoed
from ingest.duplicates.profiles import Profile

_LARGEST_BLOCK = 60
_WORD = "word"
_WORDS = 3  # the rarest of a name, under which it is filed

Pair = tuple[Profile, Profile]


def equal_ids(profiles: Iterable[Profile]) -> Iterator[tuple[Profile, Profile, str]]:
    """Pairs that bear one registry number of the same rank, and that number.

    A SIRET is that of an establishment, which is part of its legal unit and not the same. Of
    those that share a number, each is paired with the first by id.
    """
    by_number = defaultdict(list)
    for profile in profiles:
        if profile.siret:
            by_number[f"siret:{profile.siret}"].append(profile)
        elif profile.siren:
            by_number[f"siren:{profile.siren}"].append(profile)
        for scheme in ("rna", "rnsr", "pic"):
            if number := getattr(profile, scheme):
                by_number[f"{scheme}:{number}"].append(profile)
    for number, group in sorted(by_number.items()):
        first, *others = sorted(group, key=lambda profile: (profile.key != number, profile.key))
        for other in others:
            if not vetoed(first, other):
                yield first, other, number


def likely(profiles: Mapping[str, Profile], rarity: Rarity) -> Iterator[Pair]:
    """Pairs that share a place and a rare word, each once; those that registries part are not.

    The place is the commune and the département. Organisations without any place meet those
    whose whole name, or whose rarest word, is theirs.
    """
    blocks = defaultdict(list)
    for key in sorted(profiles):
        for block in _blocks(profiles[key], rarity):
            blocks[block].append(key)
    seen: set[tuple[str, str]] = set()
    for block in sorted(blocks):
        members = blocks[block]
        if len(members) > _LARGEST_BLOCK:
            continue
        for pair in combinations(members, 2):
            if pair in seen:
                continue
            one, other = profiles[pair[0]], profiles[pair[1]]
            if block[0] == _WORD and _placed(one) and _placed(other):
                continue
            seen.add(pair)
            if not vetoed(one, other):
                yield one, other


def _placed(profile: Profile) -> bool:
    return bool(profile.departements)


def _blocks(profile: Profile, rarity: Rarity) -> set[tuple[str, str]]:
    found: set[tuple[str, str]] = set()
    for name in profile.names:
        rarest = _rarest(name.words, rarity)
        for word in rarest:
            found.update((f"departement {code}", word) for code in profile.departements)
            found.update((f"commune {code}", word) for code in profile.seats | profile.places)
        if not name.part:
            found.update((_WORD, word) for word in rarest[:1])
            found.add(("name", "".join(name.words) + name.body))
    for place in profile.departements:
        shorts = profile.acronyms | {n.words[0] for n in profile.names if len(n.words) == 1}
        longs = {n.initials for n in profile.names if len(n.words) > 2}
        found.update((f"acronym {place}", each) for each in shorts | longs if len(each) > 2)
    return found


def _rarest(words: Sequence[str], rarity: Rarity) -> list[str]:
    return sorted(set(words), key=lambda word: (-rarity.of(word), word))[:_WORDS]
