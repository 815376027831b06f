"""The sources that Alliage can read, by name."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from graph.claims import Claim, Source
from graph.errors import SourceError, UnknownSource
from ingest import ecosystem, reference

Told: TypeAlias = Iterator[tuple[Source, Iterable[Claim]]]


@dataclass(frozen=True, slots=True)
class Importer:
    """Something that can be read into the store: one source, or several that come together.

    Attributes:
        read: yields each source with its claims; takes the file or folder, None for what is
            bundled.
        takes_file: what FILE is, in words; empty where the importer takes none.
    """

    name: str
    title: str
    read: Callable[[Path | None], Told]
    takes_file: str = ""


def _reference(_: Path | None) -> Told:
    for source, claims in reference.CLAIMS:
        yield source, claims()


def _ecosystem(folder: Path | None) -> Told:
    return ecosystem.transform(ecosystem.read(folder) if folder else ecosystem.read())


IMPORTERS = (
    Importer(
        "reference",
        "Territoires, collectivités, objectifs de développement durable (fournis)",
        _reference,
    ),
    Importer(
        "ecosystem",
        "L'écosystème des documents fondateurs (fourni, ou un dossier de tables corrigées)",
        _ecosystem,
        "un dossier qui contient ecosystem/*.csv et reference/levers.csv",
    ),
)
BUNDLED = IMPORTERS


def importer(name: str) -> Importer:
    """The importer of that name.

    Raises:
        UnknownSource: there is none.
    """
    for known in IMPORTERS:
        if known.name == name:
            return known
    raise UnknownSource(name, [known.name for known in IMPORTERS])


def refuse_needless_file(chosen: Importer, file: Path | None) -> None:
    """Check that a file was given only to an importer that takes one, and that it exists.

    Raises:
        SourceError: it was given for nothing, or it does not exist.
    """
    if file is None:
        return
    if not chosen.takes_file:
        raise SourceError(f"« {chosen.name} » est fourni avec Alliage et ne lit pas de fichier.")
    if not file.exists():
        raise SourceError(f"« {file} » n'existe pas ; donnez {chosen.takes_file}.")
