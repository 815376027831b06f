"""Are organisations found again without their number? Measured on real files.

    python -m benchmarks.duplicates DATA [--hide fonds-vert ...] [--half tuning] [--wrong 20]

DATA is the folder of the open data (`organisations`, `alliances` in it). The SIREN, SIRET and RNA
of one source are hidden, and its organisations are matched to those of the others and of the
reference on name and place alone. The truth is the hidden SIREN: a pair is right when both have
the same; an organisation is to be found when another source has its SIREN. Laboratories are those
of `research-alliances`: half of the spellings of each are taken from it, without its RNSR.

Every organisation is of one of two halves, by a checksum of its number. Weights, rules and
thresholds are set looking at the *tuning* half alone; the *reported* half is what to cite, and
its pairs are printed only with `--half reported`. Intervals are of 95 %, by Wilson's score (1927).
"""

import argparse
import shutil
import tempfile
import time
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from math import sqrt
from pathlib import Path

from graph.identity import Judgement, Verdict
from graph.sqlite.store import SqliteStore
from ingest.bundled import BUNDLED
from ingest.catalogue import recognised, tabular
from ingest.duplicates.comparison import MAYBE, SURE
from ingest.duplicates.profiles import Profile, profiles
from ingest.duplicates.resolution import judgements
from ingest.runner import ingest, ingest_files

SOURCES = ("fonds-vert", "city-contracts", "grants", "data-inclusion")
LABORATORIES = "research-alliances"
HIDDEN = (*SOURCES, LABORATORIES)
TUNING, REPORTED = HALVES = ("tuning", "reported")
Stores = Mapping[str, Mapping[str, Profile]]
Number = Callable[[Profile], str]
Pair = tuple[Profile, Profile]


@dataclass(frozen=True, slots=True)
class Measured:
    """What came out for one half of one hidden source.

    Attributes:
        to_find: organisations whose number another source has.
        found: those of them with a right pair, sure or in the queue.
        sure: pairs judged the same whose truth is known.
        wrong: those of them that are not the same, with their score.
        queued: pairs in the queue, of known truth or not.
        missed: organisations that were not found.
    """

    name: str
    to_find: int
    found: int
    sure: int
    wrong: tuple[tuple[Profile, Profile, float, str], ...]
    queued: int
    queued_right: int
    missed: tuple[Pair, ...]


def half(number: str) -> str:
    """Of which half an organisation is, by its number."""
    return HALVES[zlib.crc32(number.encode()) % 2]


def wilson(right: int, of: int) -> tuple[float, float]:
    """The 95 % interval of a proportion (Wilson 1927): `wilson(81, 263) == (0.2553, 0.3662)`."""
    if not of:
        return 0.0, 1.0
    z, share = 1.96, right / of
    middle = (share + z * z / (2 * of)) / (1 + z * z / of)
    wide = z * sqrt(share * (1 - share) / of + z * z / (4 * of * of)) / (1 + z * z / of)
    return round(max(0.0, middle - wide), 4), round(min(1.0, middle + wide), 4)


def read(data: Path, folder: Path, wanted: Iterable[str] = HIDDEN) -> Stores:
    """The organisations of each source, read alone over the reference."""
    base = folder / "reference.db"
    with closing(SqliteStore(base, writable=True)) as store:
        for _ in ingest(store, BUNDLED[0]):
            pass
        found = {"reference": profiles(store)}
    files = [path for part in ("organisations", "alliances") for path in (data / part).iterdir()]
    for name, chosen in recognised(sorted(files)).items():
        if name not in {*SOURCES, *wanted}:
            continue
        path = Path(shutil.copy(base, folder / f"{name}.db"))
        with closing(SqliteStore(path, writable=True)) as store:
            ingest_files(store, tabular(name), chosen, folder)
            told = {k for k, _, claim in store.scan_node_claims() if claim.source.name == name}
            found[name] = {k: p for k, p in profiles(store).items() if k in told}
    return found


def measure(stores: Stores, hidden: str) -> Mapping[str, Measured]:
    """Hide the numbers of one source, match it to the others, compare; by half."""
    if hidden == LABORATORIES:
        known, truth = _laboratories(stores[hidden].values())
        return _compared(hidden, known, truth, lambda profile: profile.rnsr)
    known = {}
    for name in ("reference", *SOURCES):
        if name != hidden:
            for key, profile in stores[name].items():
                known[key] = _united(known[key], profile) if key in known else profile
    truth = {
        f"{hidden}-hidden:{number}": profile
        for number, profile in enumerate(stores[hidden].values())
    }
    return _compared(hidden, known, truth, lambda profile: profile.siren)


def _united(one: Profile, other: Profile) -> Profile:
    return replace(
        one,
        names=one.names | other.names,
        acronyms=one.acronyms | other.acronyms,
        seats=one.seats | other.seats,
        places=one.places | other.places,
        departements=one.departements | other.departements,
        addresses=one.addresses | other.addresses,
        point=one.point or other.point,
        domains=one.domains | other.domains,
    )


def _laboratories(all_of: Iterable[Profile]) -> tuple[dict[str, Profile], dict[str, Profile]]:
    """Those with a number under half of their spellings; under the other half, those of truth."""
    known, truth = {}, {}
    for lab in (profile for profile in all_of if profile.rnsr):
        spelled = sorted(lab.spellings, key=lambda name: zlib.crc32(name.encode()))
        known[lab.key] = _spelled(lab, lab.key, spelled[::2])
        if len(spelled) > 1:
            truth[f"lab-hidden:{lab.rnsr}"] = _spelled(lab, lab.key, spelled[1::2])
    return known, truth


def _spelled(lab: Profile, key: str, names: Sequence[str]) -> Profile:
    made = Profile(key, seats=lab.seats, places=lab.places, departements=lab.departements)
    made.spellings.update(names)
    made.rnsr = lab.rnsr
    made.finish()
    return made


def _compared(
    hidden: str, known: Mapping[str, Profile], truth: Mapping[str, Profile], number: Number
) -> Mapping[str, Measured]:
    """What the judgements about the organisations of `truth` are worth, its numbers hidden."""
    bare = {
        key: replace(profile, key=key, siren="", siret="", rna="", rnsr="")
        for key, profile in truth.items()
    }
    judged = []
    for judgement in judgements({**known, **bare}):
        pair = sorted((judgement.one, judgement.other), key=lambda key: key not in truth)
        if pair[0] in truth and pair[1] in known:
            judged.append((pair[0], known[pair[1]], judgement))
    by_number = defaultdict(list)
    for profile in known.values():
        by_number[number(profile)].append(profile)
    found = {}
    for name in HALVES:
        ours = {key: p for key, p in truth.items() if half(number(p)) == name}
        mine = [each for each in judged if each[0] in ours]
        found[name] = _counted(hidden, ours, mine, by_number, number)
    return found


def _counted(
    hidden: str,
    truth: Mapping[str, Profile],
    judged: Iterable[tuple[str, Profile, Judgement]],
    by_number: Mapping[str, Sequence[Profile]],
    number: Number,
) -> Measured:
    to_find = {key for key, p in truth.items() if number(p) and by_number.get(number(p))}
    found, wrong, sure, queued, right_queued = set(), [], 0, 0, 0
    for key, theirs, judgement in judged:
        ours = truth[key]
        right = bool(number(ours)) and number(ours) == number(theirs)
        if right:
            found.add(key)
        if judgement.verdict is Verdict.UNSURE:
            queued += 1
            right_queued += right
        elif number(ours) and number(theirs):
            sure += 1
            if not right:
                wrong.append((ours, theirs, judgement.score, judgement.note))
    missed = [(truth[key], by_number[number(truth[key])][0]) for key in sorted(to_find - found)]
    counts = len(to_find), len(found & to_find), sure
    return Measured(hidden, *counts, tuple(wrong), queued, right_queued, tuple(missed))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--hide", nargs="+", choices=HIDDEN, default=list(HIDDEN))
    parser.add_argument("--half", choices=HALVES, default=TUNING, help="whose errors to print")
    parser.add_argument("--wrong", type=int, default=20, help="wrong pairs and misses to print")
    arguments = parser.parse_args()
    print(f"SURE = {SURE}, MAYBE = {MAYBE}")
    with tempfile.TemporaryDirectory() as folder:
        stores = read(arguments.data, Path(folder), arguments.hide)
    total = []
    for hidden in arguments.hide:
        begun = time.monotonic()
        measured = measure(stores, hidden)
        total.append(measured)
        print(f"\n{hidden} hidden ({time.monotonic() - begun:.0f} s)")
        for name in HALVES:
            _print_total(name, [measured[name]])
        _print_errors(measured[arguments.half], arguments.wrong)
    print(f"\nall: {', '.join(arguments.hide)}")
    for name in HALVES:
        _print_total(name, [measured[name] for measured in total])


def _print_errors(measured: Measured, shown: int) -> None:
    for ours, theirs, score, note in measured.wrong[:shown]:
        print(f"    wrong {score:.3f}: {ours.name} ({ours.key}) ≠ {theirs.name} ({theirs.key})")
        print(f"        {note}")
    for ours, theirs in measured.missed[:shown]:
        print(f"    missed: {ours.name} ({ours.key}) = {theirs.name} ({theirs.key})")


def _print_total(name: str, measured: Sequence[Measured]) -> None:
    sure, wrong = sum(m.sure for m in measured), sum(len(m.wrong) for m in measured)
    to_find, found = sum(m.to_find for m in measured), sum(m.found for m in measured)
    queued, right = sum(m.queued for m in measured), sum(m.queued_right for m in measured)
    print(f"  {name} half")
    print(f"    precision at SURE:  {_share(sure - wrong, sure)}")
    print(f"    recall above MAYBE: {_share(found, to_find)}")
    print(f"    in the queue: {queued} pairs, {right} of them right")


def _share(right: int, of: int) -> str:
    low, high = wilson(right, of)
    return f"{right / max(of, 1):.4f} [{low:.4f}, {high:.4f}] ({right} of {of})"


if __name__ == "__main__":
    main()
