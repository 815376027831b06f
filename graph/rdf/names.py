"""The vocabularies that the graph is written in, and the IRIs of its publisher."""

from collections.abc import Mapping

PREFIXES: Mapping[str, str] = {
    "adms": "http://www.w3.org/ns/adms#",
    "cv": "http://data.europa.eu/m8g/",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "geo": "http://www.opengis.net/ont/geosparql#",
    "igeo": "http://rdf.insee.fr/def/geo#",
    "legal": "http://www.w3.org/ns/legal#",
    "locn": "http://www.w3.org/ns/locn#",
    "org": "http://www.w3.org/ns/org#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "pair": "http://virtual-assembly.org/ontologies/pair#",
    "prov": "http://www.w3.org/ns/prov#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "schema": "http://schema.org/",
    "sdg": "http://metadata.un.org/sdg/",
    "sdgo": "http://metadata.un.org/sdg/ontology#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "time": "http://www.w3.org/2006/time#",
    "wdt": "http://www.wikidata.org/prop/direct/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
"""All prefixes but `fa`, ours, which belongs to the publisher of the graph."""

LEGAL_FORMS = "http://id.insee.fr/codes/cj/"
LICENCES: Mapping[str, str] = {
    "licence ouverte": "https://www.etalab.gouv.fr/licence-ouverte-open-licence",
    "odbl": "https://opendatacommons.org/licenses/odbl/1-0/",
    "cc by 4.0": "https://creativecommons.org/licenses/by/4.0/",
}
"""IRIs of licences by the beginning of their name, in lower case."""

LEVER_SCHEME = "fa:levers"

RESERVED = frozenset({"claim", "judgement", "membership", "source", "tie"})
"""First segments of our own IRIs; an id of one of these schemes has a colon after it."""


def own_namespace(base: str) -> str:
    """The IRI of our own vocabulary in the graph that is published under a base IRI."""
    return f"{base}/ns#"


def prefixes(base: str) -> dict[str, str]:
    """All prefixes of the graph that is published under a base IRI, sorted."""
    return dict(sorted({**PREFIXES, "fa": own_namespace(base)}.items()))
