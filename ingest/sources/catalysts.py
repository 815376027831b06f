"""Territorial catalysts that a territory declares in the table `catalysts` of ours."""

from ingest.tabular import Tabular
from ingest.templates import tabular, template

_FILES = "la table des catalyseurs d'un territoire (CSV, XLSX…)"
_TABLES = (template("catalysts"),)

TABULAR = tabular(_FILES, *_TABLES)
SOURCE = TABULAR.source


def edition(name: str) -> Tabular:
    """The same source under another name, which its own ids begin with."""
    return tabular(_FILES, *(each.edition(name) for each in _TABLES))
