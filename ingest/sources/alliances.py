"""Alliances that a territory declares, and their members, in two tables of ours."""

from ingest.templates import tabular, template

TABULAR = tabular(
    "la table des alliances et celle de leurs membres (CSV, XLSX…)",
    template("alliances"),
    template("alliances", "members."),
)
SOURCE = TABULAR.source
