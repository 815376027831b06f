"""How a source gets in: read, checked against the model, written in one transaction."""

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from graph.claims import Source
from graph.errors import SourceError
from graph.store import Store, Written
from ingest.catalogue import Importer, refuse_needless_file


@dataclass(frozen=True, slots=True)
class Ingested:
    """What the reading of one source did."""

    source: Source
    written: Written


def ingest(store: Store, chosen: Importer, file: Path | None = None) -> Iterator[Ingested]:
    """Read an importer's sources into a store, one transaction each.

    Raises:
        SourceError: the file is absent, unreadable, truncated or against the model; the source
            that it holds is as it was before.
    """
    refuse_needless_file(chosen, file)
    what = str(file or chosen.name)
    with _told_of(what):
        sources = chosen.read(file)
    while True:
        with _told_of(what):
            told = next(sources, None)
            if told is None:
                return
            source, claims = told
            with store.write(source) as writing:
                writing.add(claims)
                written = writing.finish()
        yield Ingested(source, written)


@contextmanager
def _told_of(what: str) -> Iterator[None]:
    """Say what goes wrong in reading as a sentence of ours."""
    try:
        yield
    except _UNREADABLE as error:
        raise SourceError(f"« {what} » ne peut pas être lu : {_in_words(error)}.") from error


_UNREADABLE = (OSError, EOFError, UnicodeDecodeError, csv.Error, KeyError, ValueError)


def _in_words(error: Exception) -> str:
    match error:
        case FileNotFoundError():
            return f"le fichier {error.filename} manque"
        case IsADirectoryError():
            return f"{error.filename} est un dossier"
        case NotADirectoryError():
            return "ce n'est pas un dossier"
        case PermissionError():
            return "vous n'avez pas le droit de le lire"
        case EOFError():
            return "il est tronqué ; téléchargez-le de nouveau"
        case UnicodeDecodeError():
            return f"l'octet {error.start} n'est pas de l'UTF-8"
        case KeyError():
            return f"la colonne ou la valeur {error} manque ou n'est pas connue"
        case OSError():
            return f"erreur {error.errno} du système"
        case csv.Error():
            return "ses lignes ou ses guillemets sont de travers ; il est peut-être tronqué"
        case _:
            return f"il contient une valeur inattendue ({error})"
