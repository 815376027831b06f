"""The sources that Alliage can read, by name, and which of them a file is of."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import cache
from importlib import import_module
from pathlib import Path

from graph.errors import RequestError, SourceError, UnknownSource
from ingest.bundled import BUNDLED, Bundled
from ingest.files.fetch import Fetched, cache_folder, fetch, is_url
from ingest.files.tables import columns_of
from ingest.tabular import Tabular
from ingest.words import slug

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
OUTLINES = "outlines"  # they go beside the store: shapes are no facts about organisations
_LONGEST = 40
_EDITION = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
NAMES = (*(each.name for each in BUNDLED), *FILE_SOURCES, OUTLINES, TABLE, AUTO)


def bundled(name: str) -> Bundled | None:
    """What is bundled under that name, or None."""
    return next((each for each in BUNDLED if each.name == name), None)


@cache
def tabular(name: str, edition: str | None = None) -> Tabular:
    """The source of files of that name.

    Args:
        name: as the catalogue has it.
        edition: what sets it apart from the source of that name, where it is one of its own.

    Raises:
        UnknownSource: there is none.
        RequestError: no edition can be called so.
    """
    if name not in FILE_SOURCES:
        raise UnknownSource(name, list(NAMES))
    # Loaded when it is asked for: most commands read no file.
    module = import_module(f"ingest.sources.{name.replace('-', '_')}")
    declared = module.TABULAR
    if edition is not None:
        called = edition_name(name, edition)
        # Most sources take ids that mean the same in all their files; others number by themselves.
        own = getattr(module, "edition", None)
        declared = entitled(own(called) if own else declared, called, edition)
    if not isinstance(declared, Tabular):
        raise TypeError(f"ingest.sources has no declaration for {name}")
    return declared


def edition_name(source: str, edition: str) -> str:
    """The name of an edition of a source, fit for ids, IRIs and files: `perimeters-crte-2024`.

    Raises:
        RequestError: the edition is not made of letters, digits and dashes, or the name is taken
            by a source that Alliage knows.
    """
    if len(edition) > _LONGEST or not _EDITION.fullmatch(edition):
        meant = slug(edition)[:_LONGEST].strip("-")
        hint = f", par exemple « {meant} »" if meant and meant != edition else ""
        raise RequestError(
            f"« {edition} » ne peut pas nommer une édition : donnez à « --as » jusqu'à {_LONGEST}"
            f" lettres minuscules sans accent, chiffres et tirets{hint}."
        )
    name = f"{source}-{edition}"
    if taken := {edition, name} & _names_taken():
        raise RequestError(
            f"« {min(taken)} » est déjà le nom d'une source : donnez à « --as » un autre nom, celui"
            " d'un territoire ou d'une année par exemple."
        )
    return name


def entitled(source: Tabular, name: str, edition: str) -> Tabular:
    """A source under the name of an edition, which its title says, too."""
    said = source.source
    return replace(source, source=replace(said, name=name, title=f"{said.title} ({edition})"))


@cache
def _names_taken() -> frozenset[str]:
    """The names that the catalogue has, and those of the sources that are bundled."""
    return frozenset([*NAMES, *(told.name for each in BUNDLED for told, _ in each.read(None))])


def is_rdf(name: str) -> bool:
    """Whether a file is RDF, by the end of its name: it has no columns to be recognised by."""
    return name.lower().endswith(_RDF_FILES)


def local(
    files: Iterable[str], downloaded: Callable[[Fetched], None] = lambda _: None
) -> list[Path]:
    """The files themselves: what is a URL is downloaded, what is a folder is opened.

    Args:
        files: paths, folders and URLs.
        downloaded: told of each file that a URL gave, which may be an older copy.

    Raises:
        SourceError: one does not exist, or cannot be downloaded and was not before.
    """
    found: list[Path] = []
    for text in files:
        path = _downloaded(text, downloaded) if is_url(text) else Path(text)
        if not path.exists():
            raise SourceError(f"« {path} » n'existe pas : vérifiez le chemin.")
        inside = sorted(each for each in path.iterdir() if each.is_file()) if path.is_dir() else []
        found += inside or [path]
    return found


def _downloaded(url: str, told: Callable[[Fetched], None]) -> Path:
    fetched = fetch(url, cache_folder())
    told(fetched)
    return fetched.path


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
