"""The data given back, as RDF."""

import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from api.french import in_french
from graph.errors import RequestError
from graph.store import Reader

FORMATS = ("ntriples", "turtle")


@dataclass(frozen=True, slots=True)
class Export:
    """An export of the whole graph.

    Attributes:
        base: under which things are published.
        form: one of `FORMATS`.
        all_claims: with each claim and judgement, so that a store can be made again from it; else
            with the claims that name their place in their source, and what was decided.
    """

    base: str
    form: str
    all_claims: bool = False

    def to(self, store: Reader, output: Path | None) -> None:
        """Write it to a file, or to standard output.

        Raises:
            RequestError: the file cannot be written there.
        """
        try:
            if output is None:
                self._stream(store, sys.stdout.buffer)
            elif output.exists() and not output.is_file():
                # A device or a pipe is written into; a file would take its place.
                with output.open("wb") as stream:
                    self._stream(store, stream)
            else:
                self.write(store, output.resolve())
        except BrokenPipeError:
            raise
        except OSError as error:
            what = f"« {output} »" if output else "la réponse"
            raise RequestError(f"Impossible d'écrire {what} : {in_french(error)}.") from error

    def _stream(self, store: Reader, output: BinaryIO) -> None:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "export"
            self.write(store, file)
            with file.open("rb") as written:
                shutil.copyfileobj(written, output)
            output.flush()

    def write(self, store: Reader, file: Path) -> None:
        """Write it to a regular file, whole or not at all.

        Raises:
            OSError: the file cannot be written.
        """
        # Loaded only here: the libraries of RDF would slow every other command down.
        from graph.rdf import Provenance, write_ntriples, write_turtle

        provenance = Provenance.WHOLE if self.all_claims else Provenance.LOCATED
        if self.form == "ntriples":
            write_ntriples(store, self.base, file, provenance)
        else:
            write_turtle(store, self.base, file, provenance)
