"""Territorial catalysts that a territory declares in the table `catalysts` of ours."""

from ingest.templates import tabular, template

TABULAR = tabular("la table des catalyseurs d'un territoire (CSV, XLSX…)", template("catalysts"))
SOURCE = TABULAR.source
