"""The data given back: as RDF, or as a network that other tools read."""

import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Self

from api.french import in_french
from graph.errors import RequestError
from graph.store import Reader
from graph.view import View
from queries.places import resolve_place

_NETWORKS = ("gexf", "graphml")
FORMATS = (*_NETWORKS, "ntriples", "turtle")


@dataclass(frozen=True, slots=True)
class Export:
    """An export of the whole graph.

    Attributes:
        base: under which things are published.
        form: one of `FORMATS`.
        all_claims: with each claim and judgement, so that a store can be made again from it; else
            with the claims that name their place in their source, and what was decided.
        place: of a network, the rank of the territory that it is of; None for all of the graph.
    """

    base: str
    form: str
    all_claims: bool = False
    place: int | None = None

    @classmethod
    def of(cls, view: View, base: str, form: str, *, all_claims: bool, place: str | None) -> Self:
        """An export as a person asks for it.

        Raises:
            RequestError: what is asked does not go together, or the place is not known.
        """
        if form in _NETWORKS and all_claims:
            raise RequestError(
                "« --all-claims » va avec ntriples et turtle : un réseau ne refait pas un dépôt."
            )
        if form not in _NETWORKS and place is not None:
            raise RequestError("« --in » va avec gexf et graphml ; le RDF est celui de tout.")
        return cls(base, form, all_claims, None if place is None else resolve_place(view, place)[0])

    def to(self, store: Reader, view: View, output: Path | None) -> None:
        """Write it to a file, or to standard output.

        Raises:
            RequestError: the file cannot be written there.
        """
        try:
            if output is None:
                self._stream(store, view, sys.stdout.buffer)
            elif output.exists() and not output.is_file():
                # A device or a pipe is written into; a file would take its place.
                with output.open("wb") as stream:
                    self._stream(store, view, stream)
            else:
                self.write(store, view, output.resolve())
        except BrokenPipeError:
            raise
        except OSError as error:
            what = f"« {output} »" if output else "la réponse"
            raise RequestError(f"Impossible d'écrire {what} : {in_french(error)}.") from error

    def _stream(self, store: Reader, view: View, output: BinaryIO) -> None:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "export"
            self.write(store, view, file)
            with file.open("rb") as written:
                shutil.copyfileobj(written, output)
            output.flush()

    def write(self, store: Reader, view: View, file: Path) -> None:
        """Write it to a regular file, whole or not at all.

        Raises:
            OSError: the file cannot be written.
        """
        if self.form in _NETWORKS:
            self._write_network(store, view, file)
            return
        # Loaded only here: the libraries of RDF would slow every other command down.
        from graph.rdf.export import Provenance
        from graph.rdf.files import write_ntriples, write_turtle

        provenance = Provenance.WHOLE if self.all_claims else Provenance.LOCATED
        if self.form == "ntriples":
            write_ntriples(store, self.base, file, provenance)
        else:
            write_turtle(store, self.base, file, provenance)

    def _write_network(self, store: Reader, view: View, file: Path) -> None:
        from graph.networks import scope_of, to_networkx, write_network

        scope = None if self.place is None else scope_of(view, self.place)
        network = to_networkx(store, scope)
        # Made aside: a run that is stopped leaves no half of a file.
        with tempfile.TemporaryDirectory(prefix=".alliage-", dir=file.parent) as aside:
            made = Path(aside) / file.name
            write_network(network, self.form, made)
            made.replace(file)
