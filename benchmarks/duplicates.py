"""Are organisations found again without their number? Measured on real files.

    python -m benchmarks.duplicates DATA [--hide fonds-vert ...] [--wrong 20]

DATA is the folder of the open data (`organisations`, `alliances` in it). The SIREN, SIRET and RNA
of one source are hidden, and its organisations are matched to those of the others and of the
reference on name and place alone. The truth is the hidden SIREN: a pair is right when both have
the same; an organisation is to be found when another source has its SIREN.
"""

import argparse
import shutil
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from graph.identity import Judgement, Verdict
from graph.sqlite import SqliteStore
from ingest.bundled import BUNDLED
from ingest.catalogue import recognised, tabular
from ingest.duplicates.comparison import MAYBE, SURE
from ingest.duplicates.profiles import Profile, profiles
from ingest.duplicates.resolution import judgements
from ingest.runner import ingest, ingest_files

SOURCES = ("fonds-vert", "city-contracts", "grants", "data-inclusion")
Stores = Mapping[str, Mapping[str, Profile]]


@dataclass(frozen=True, slots=True)
class Measured:
    """What came out for one hidden source.

    Attributes:
        to_find: organisations whose SIREN another source has.
        found: those of them with a right pair, sure or in the queue.
        sure: pairs judged the same whose truth is known.
        wrong: those of them that are not the same, with their score.
        queued: pairs in the queue, of known truth or not.
        missed: keys of organisations that were not found.
    """

    name: str
    to_find: int
    found: int
    sure: int
    wrong: tuple[tuple[Profile, Profile, float, str], ...]
    queued: int
    queued_right: int
    missed: tuple[tuple[Profile, Profile], ...]


def read(data: Path, folder: Path) -> Stores:
    """The organisations of each source, read alone over the reference."""
    base = folder / "reference.db"
    with closing(SqliteStore(base, writable=True)) as store:
        for _ in ingest(store, BUNDLED[0]):
            pass
        found = {"reference": profiles(store)}
    files = [path for part in ("organisations", "alliances") for path in (data / part).iterdir()]
    for name, chosen in recognised(sorted(files)).items():
        if name not in SOURCES:
            continue
        path = Path(shutil.copy(base, folder / f"{name}.db"))
        with closing(SqliteStore(path, writable=True)) as store:
            ingest_files(store, tabular(name), chosen, folder)
            told = {k for k, _, claim in store.scan_node_claims() if claim.source.name == name}
            found[name] = {k: p for k, p in profiles(store).items() if k in told}
    return found


def measure(stores: Stores, hidden: str) -> Measured:
    """Hide the numbers of one source, match it to the others, compare with its numbers."""
    known: dict[str, Profile] = {}
    for name, found in stores.items():
        if name != hidden:
            for key, profile in found.items():
                known[key] = _united(known[key], profile) if key in known else profile
    by_siren = defaultdict(list)
    for profile in known.values():
        by_siren[profile.siren].append(profile)
    truth: dict[str, Profile] = {}
    for number, profile in enumerate(stores[hidden].values()):
        key = f"{hidden}-hidden:{number}"
        truth[key] = profile
        known[key] = replace(profile, key=key, siren="", siret="", rna="")
    return _compared(hidden, known, truth, by_siren, judgements(known))


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


def _compared(
    hidden: str,
    known: Mapping[str, Profile],
    truth: Mapping[str, Profile],
    by_siren: Mapping[str, Sequence[Profile]],
    judged: Iterable[Judgement],
) -> Measured:
    to_find = {key for key, p in truth.items() if p.siren and by_siren.get(p.siren)}
    found, wrong, sure, queued, right_queued = set(), [], 0, 0, 0
    for judgement in judged:
        pair = sorted((judgement.one, judgement.other), key=lambda key: key not in truth)
        if pair[0] not in truth or pair[1] in truth:
            continue
        ours, theirs = truth[pair[0]], known[pair[1]]
        right = bool(ours.siren) and ours.siren == theirs.siren
        if right:
            found.add(pair[0])
        if judgement.verdict is Verdict.UNSURE:
            queued += 1
            right_queued += right
        elif ours.siren and theirs.siren:
            sure += 1
            if not right:
                wrong.append((ours, theirs, judgement.score, judgement.note))
    missed = [(truth[key], by_siren[truth[key].siren][0]) for key in sorted(to_find - found)]
    counts = len(to_find), len(found & to_find), sure
    return Measured(hidden, *counts, tuple(wrong), queued, right_queued, tuple(missed))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--hide", nargs="+", choices=SOURCES, default=list(SOURCES))
    parser.add_argument("--wrong", type=int, default=20, help="wrong pairs and misses to print")
    arguments = parser.parse_args()
    print(f"SURE = {SURE}, MAYBE = {MAYBE}")
    with tempfile.TemporaryDirectory() as folder:
        stores = read(arguments.data, Path(folder))
    total = []
    for hidden in arguments.hide:
        begun = time.monotonic()
        measured = measure(stores, hidden)
        total.append(measured)
        _print(measured, arguments.wrong, time.monotonic() - begun)
    _print_total(total)


def _print(measured: Measured, shown: int, seconds: float) -> None:
    print(f"\n{measured.name} hidden ({seconds:.0f} s)")
    _print_total([measured])
    print(f"  in the queue: {measured.queued} pairs, {measured.queued_right} of them right")
    for ours, theirs, score, note in measured.wrong[:shown]:
        print(f"  wrong {score:.3f}: {ours.name} ({ours.key}) ≠ {theirs.name} ({theirs.key})")
        print(f"      {note}")
    for ours, theirs in measured.missed[:shown]:
        print(f"  missed: {ours.name} ({ours.key}) = {theirs.name} ({theirs.key})")


def _print_total(measured: Sequence[Measured]) -> None:
    sure, wrong = sum(m.sure for m in measured), sum(len(m.wrong) for m in measured)
    to_find, found = sum(m.to_find for m in measured), sum(m.found for m in measured)
    names = ", ".join(m.name for m in measured)
    print(f"  precision at SURE: {(sure - wrong) / max(sure, 1):.4f} ({sure - wrong} of {sure})")
    print(f"  recall above MAYBE: {found / max(to_find, 1):.4f} ({found} of {to_find}) [{names}]")


if __name__ == "__main__":
    main()
