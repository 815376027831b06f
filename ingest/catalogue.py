"""The sources that Alliage can read, by name, and which of them a file is of."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import import_module
from pathlib import Path

from graph.errors import SourceError, UnknownSource
from ingest.bundled import BUNDLED, Bundled
from ingest.files.fetch import cache_folder, fetch, is_url
from ingest.files.tables import columns_of
from ingest.tabular import Tabular

# The one most specific comes first: a file is of the first source that recognises it.
FILE_SOURCES = (
    "sirene",
    "rna",
    "ess",
    "data-inclusion",
    "france-services",
    "tiers-lieux",
    "grants",
    "fonds-vert",
    "city-contracts",
    "research-alliances",
    "gogocarto",
    "perimeters",
    "catalysts",
    "alliances",
    "calls",
    "rdf",
)
RDF = "rdf"
# A `.json` or a `.xml` may be anything: it is RDF only for who says so.
_RDF_FILES = (".jsonld", ".nq", ".nt", ".owl", ".rdf", ".trig", ".ttl")
TABLE = "table"
AUTO = "auto"
NAMES = (*(each.name for each in BUNDLED), *FILE_SOURCES, TABLE, AUTO)


def bundled(name: str) -> Bundled | None:
    """What is bundled under that name, or None."""
    return next((each for each in BUNDLED if each.name == name), None)


@cache
def tabular(name: str) -> Tabular:
    """The source of files of that name.

    Raises:
        UnknownSource: there is none.
    """
    if name not in FILE_SOURCES:
        raise UnknownSource(name, list(NAMES))
    # Loaded when it is asked for: most commands read no file.
    module = import_module(f"ingest.sources.{name.replace('-', '_')}")
    declared = module.TABULAR
    if not isinstance(declared, Tabular):
        raise TypeError(f"ingest.sources has no declaration for {name}")
    return declared


def is_rdf(name: str) -> bool:
    """Whether a file is RDF, by the end of its name: it has no columns to be recognised by."""
    return name.lower().endswith(_RDF_FILES)


def local(files: Iterable[str]) -> list[Path]:
    """The files themselves: what is a URL is downloaded, what is a folder is opened.

    Raises:
        SourceError: one does not exist, or cannot be downloaded and was not before.
    """
    found: list[Path] = []
    for text in files:
        path = fetch(text, cache_folder()).path if is_url(text) else Path(text)
        if not path.exists():
            raise SourceError(f"« {path} » n'existe pas : vérifiez le chemin.")
        inside = sorted(each for each in path.iterdir() if each.is_file()) if path.is_dir() else []
        found += inside or [path]
    return found


def recognised(files: Iterable[Path]) -> Mapping[str, list[Path]]:
    """The files of each source, by its name, in the order of the catalogue.

    Raises:
        SourceError: one is of no source that we know.
    """
    by_source: dict[str, list[Path]] = defaultdict(list)
    for file in files:
        if is_rdf(file.name):
            by_source[RDF].append(file)
            continue
        columns = frozenset(columns_of(file))
        names = (name for name in FILE_SOURCES if tabular(name).recognises(file.name, columns))
        name = next(names, None)
        if name is None:
            raise SourceError(
                f"« {file} » n'est d'aucune source connue : « alliage ingest table {file} "
                "--suggest » écrit une correspondance pour ses colonnes."
            )
        by_source[name].append(file)
    return {name: by_source[name] for name in FILE_SOURCES if name in by_source}
