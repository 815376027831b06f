"""`alliage ingest outlines`: official outlines take the place of ours, and what that did."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from api.as_json import Json
from api.french import in_french
from api.lines import counted, wrapped
from graph.errors import SourceError, StoreUnwritable
from graph.model import Level
from graph.settings import Settings
from ingest.sources.outlines import Kept, ingest_outlines

_NAMES = {
    Level.REGION: ("région", "régions"),
    Level.DEPARTEMENT: ("département", "départements"),
    Level.EPCI: ("intercommunalité", "intercommunalités"),
    Level.COMMUNE: ("commune", "communes"),
    Level.ARRONDISSEMENT: ("arrondissement municipal", "arrondissements municipaux"),
}
_TOLD = 8  # codes that are named; the others are counted


def read(settings: Settings, files: Sequence[str]) -> Kept:
    """Put the outlines of a file beside the store.

    Raises:
        SourceError: no file, or several, were given, or it holds no outline of ours.
        StoreUnwritable: they cannot be kept there.
    """
    if len(files) != 1:
        raise SourceError(
            "« outlines » lit un fichier de contours (GeoJSON ou TopoJSON) à la fois : donnez son"
            " chemin."
        )
    folder = settings.outlines_folder
    try:
        return ingest_outlines(Path(files[0]), folder)
    except OSError as error:
        raise StoreUnwritable(
            f"Les contours ne peuvent pas être gardés dans « {folder} » : {in_french(error)}."
        ) from error


def form(kept: Kept) -> Json:
    """What was kept as JSON."""
    return {
        "drawn": {level.value: count for level, count in kept.drawn.items()},
        "unknown": list(kept.unknown),
        "elsewhere": list(kept.elsewhere),
    }


def lines(kept: Kept) -> Iterator[str]:
    """What was kept, for a person."""
    drawn = [counted(count, *_NAMES[level]) for level, count in kept.drawn.items()]
    yield f"contours : {', '.join(drawn)}"
    left_out = (
        (kept.unknown, ("code que nous ne connaissons pas", "codes que nous ne connaissons pas")),
        (kept.elsewhere, ("contour loin de son territoire", "contours loin de leur territoire")),
    )
    for keys, words in left_out:
        if keys:
            more = ", …" if len(keys) > _TOLD else ""
            told = f"{counted(len(keys), *words)} : {', '.join(keys[:_TOLD])}{more}"
            yield from wrapped(told, "    ", "      ")
