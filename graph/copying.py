"""A store copied into another, of whatever backend: every claim, with its source and judgements."""

import pickle
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from graph.claims import Claim, NodeClaim, TieClaim
from graph.errors import RequestError
from graph.model import TIES
from graph.prepared import Batch
from graph.store import Reader, Store, StoredClaim

Progress = Callable[[int], None]

_BATCH = 5_000  # claims


def copy_store(origin: Reader, target: Store, progress: Progress = lambda _: None) -> int:
    """Copy all that a store says into another, which is empty; gives the number of claims.

    The judgements come first, then one source after the other, each in one transaction: what was
    copied when it is stopped is whole, and another run goes on with what is missing.

    Args:
        origin: is read in one generation.
        target: holds nothing, or what an earlier copy of the same store left there.
        progress: told the number of claims copied, now and then.

    Raises:
        RequestError: the target holds sources that the origin has not.
    """
    with origin.snapshot(), tempfile.TemporaryDirectory() as folder:
        sources = [stored.source for stored in origin.sources()]
        foreign = {s.source.name for s in target.sources()} - {s.name for s in sources}
        if foreign:
            raise RequestError(
                "Le dépôt d'arrivée contient déjà d'autres sources "
                f"({', '.join(sorted(foreign))}) : copiez dans un dépôt vide."
            )
        files = {s.name: Path(folder) / str(number) for number, s in enumerate(sources)}
        _part(origin, files)
        target.judge(origin.judgements())
        done = 0
        for source in sources:
            with target.write(source) as writing:
                for batch in _batches(files[source.name]):
                    writing.add_batch(batch)
                    done += batch.records
                    progress(done)
                writing.finish()
    progress(done)
    return done


def _part(origin: Reader, files: Mapping[str, Path]) -> None:
    """Put the claims of each source into a file of its own, in one reading of the store."""
    batches = {name: Batch() for name in files}

    def save(name: str) -> None:
        with files[name].open("ab") as file:
            pickle.dump(batches[name], file)
        batches[name] = Batch()

    for name, claim in _claims(origin):
        batches[name].add((claim,))
        if batches[name].records >= _BATCH:
            save(name)
    for name in files:
        save(name)


def _batches(file: Path) -> Iterator[Batch]:
    with file.open("rb") as packed:
        while packed.peek(1):
            yield pickle.load(packed)


def _claims(origin: Reader) -> Iterator[tuple[str, Claim]]:
    """All claims, each with the name of its source."""
    for key, kind, said in origin.scan_node_claims():
        node = NodeClaim(key, kind, said.record, said.properties, *_place(said))
        yield said.source.name, node
    for tie in TIES:
        for start, end, said in origin.scan_tie_claims(tie):
            link = TieClaim(tie, start, end, said.record, said.properties, *_place(said))
            yield said.source.name, link


def _place(claim: StoredClaim) -> tuple[str, str, str, str, str]:
    return claim.locator, claim.url, claim.date, claim.note, claim.ended
