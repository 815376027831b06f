"""Calls for projects that a territory or a funder declares in the table `calls` of ours."""

from ingest.templates import tabular, template

TABULAR = tabular("la table des appels à projets (CSV, XLSX…)", template("calls"))
SOURCE = TABULAR.source
