"""The command that copies a store: from a file to a server, from a server to a file."""

import argparse
import sys
import time
from contextlib import closing

from graph.copying import copy_store
from graph.opening import open_store

_REDRAWN = 0.5  # seconds


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the command takes."""
    parser.add_argument("origin", metavar="DE", help="un fichier, sqlite:///…, ou neo4j://…")
    parser.add_argument("target", metavar="VERS", help="un dépôt vide, écrit de même")


def run(origin: str, target: str, password: str) -> int:
    """Copy, with the progress on the terminal; gives the number of claims."""
    drawn = 0.0

    def progress(done: int) -> None:
        nonlocal drawn
        if sys.stderr.isatty() and time.monotonic() - drawn > _REDRAWN:
            drawn = time.monotonic()
            sys.stderr.write(f"\r{done:,} énoncés copiés…".replace(",", "\u202f"))

    with (
        closing(open_store(origin, password)) as read,
        closing(open_store(target, password, writable=True)) as written,
    ):
        done = copy_store(read, written, progress)
    if drawn:
        sys.stderr.write("\r\033[K")
    return done
