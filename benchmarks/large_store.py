"""A store as large as asked: real files, then associations of the true form and density.

    python -m benchmarks.large_store STORE [FILE_OR_FOLDER …] [--organisations 200000]

The files are read as by `alliage ingest auto`; then the national register of associations is made
up as in `benchmarks.ingest_speed`, in each commune by its population, until there are at least so
many organisations. It is the same on every machine.
"""

import argparse
import tempfile
from contextlib import closing
from pathlib import Path

from api import ingesting
from benchmarks.ingest_speed import write
from graph.model import ORGANISATION
from graph.settings import Settings
from graph.sqlite.store import SqliteStore

ORGANISATIONS = 200_000


def organisations_in(store: Path) -> int:
    """How many organisations a store knows."""
    with closing(SqliteStore(store)) as opened:
        return sum(node.kind is ORGANISATION for node in opened.scan_nodes())


def read(settings: Settings, source: str, *files: str) -> None:
    """Read files into the store, and say what was written."""
    for report in ingesting.read(settings, ingesting.Wanted(source, files)):
        done = report.done
        print(f"{done.source.name}: {done.read} read, {done.written.read} kept", flush=True)


def main() -> None:
    """Make the store."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("store", type=Path)
    parser.add_argument("files", nargs="*")
    parser.add_argument("--organisations", type=int, default=ORGANISATIONS)
    asked = parser.parse_args()
    settings = Settings(str(asked.store))
    if asked.files:
        read(settings, "auto", *asked.files)
    known = organisations_in(asked.store) if asked.store.exists() else 0
    if (missing := asked.organisations - known) > 0:
        with tempfile.TemporaryDirectory() as folder:
            # Some of the made-up numbers are those of a true organisation.
            path = write("rna", Path(folder), missing + missing // 1000)
            read(settings, "rna", str(path))
    print(f"{organisations_in(asked.store)} organisations in {asked.store}")


if __name__ == "__main__":
    main()
