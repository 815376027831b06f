"""Calls for projects that a territory or a funder declares in the table `calls` of ours."""

from ingest.tabular import Tabular
from ingest.templates import tabular, template

_FILES = "la table des appels à projets (CSV, XLSX…)"
_TABLES = (template("calls"),)

TABULAR = tabular(_FILES, *_TABLES)
SOURCE = TABULAR.source


def edition(name: str) -> Tabular:
    """The same source under another name, which its own ids begin with."""
    return tabular(_FILES, *(each.edition(name) for each in _TABLES))
