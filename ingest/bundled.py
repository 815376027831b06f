"""What comes with Alliage: the reference data and the ecosystem of the founding documents."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from graph.claims import Claim, Source
from graph.errors import SourceError
from ingest import ecosystem, reference

Told: TypeAlias = Iterator[tuple[Source, Iterable[Claim]]]


@dataclass(frozen=True, slots=True)
class Bundled:
    """Sources that come together.

    Attributes:
        read: yields each source with its claims; takes a folder of corrected tables, or None for
            what is bundled.
        takes: what the folder is, in words; empty where it takes none.
    """

    name: str
    title: str
    read: Callable[[Path | None], Told]
    takes: str = ""

    def refuse_needless(self, folder: Path | None) -> None:
        """Check that a folder was given only where one is taken, and that it exists.

        Raises:
            SourceError: it was given for nothing, or it does not exist.
        """
        if folder is None:
            return
        if not self.takes:
            raise SourceError(f"« {self.name} » est fourni avec Alliage et ne lit pas de fichier.")
        if not folder.exists():
            raise SourceError(f"« {folder} » n'existe pas ; donnez {self.takes}.")


def _reference(_: Path | None) -> Told:
    for source, claims in reference.CLAIMS:
        yield source, claims()


def _ecosystem(folder: Path | None) -> Told:
    return ecosystem.transform(ecosystem.read(folder) if folder else ecosystem.read())


BUNDLED = (
    Bundled(
        "reference",
        "Territoires, collectivités, objectifs de développement durable (fournis)",
        _reference,
    ),
    Bundled(
        "ecosystem",
        "L'écosystème des documents fondateurs (fourni, ou un dossier de tables corrigées)",
        _ecosystem,
        "un dossier qui contient ecosystem/*.csv et reference/levers.csv",
    ),
)
