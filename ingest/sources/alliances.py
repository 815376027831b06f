"""Alliances that a territory declares, and their members, in two tables of ours."""

from ingest.tabular import Tabular
from ingest.templates import tabular, template

_FILES = "la table des alliances et celle de leurs membres (CSV, XLSX…)"
_TABLES = (template("alliances"), template("alliances", "members."))

TABULAR = tabular(_FILES, *_TABLES)
SOURCE = TABULAR.source


def edition(name: str) -> Tabular:
    """The same source under another name, which its own ids begin with."""
    return tabular(_FILES, *(each.edition(name) for each in _TABLES))
