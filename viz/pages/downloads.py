"""What a page shows, as a file: CSV, GeoJSON, Turtle, JSON-LD."""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from urllib.parse import quote

import numpy as np
from pyoxigraph import RdfFormat, Triple, parse, serialize
from starlette.responses import Response

from graph.identity import Judgement
from graph.model import ACTS_IN, KINDS, SEATED_IN, Kind, Tie
from graph.rdf.export import Provenance, triples
from graph.rdf.names import prefixes
from graph.store import StoredClaim, StoredNode, StoredSource, StoredTie
from graph.view import View
from queries.acquaintance import ACQUAINTANCE
from queries.things import place_name, whereabouts

FORMATS = ("csv", "geojson", "ttl", "jsonld")
_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "geojson": "application/geo+json",
    "ttl": "text/turtle; charset=utf-8",
    "jsonld": "application/ld+json",
    "html": "text/html; charset=utf-8",
    "svg": "image/svg+xml",
    "gexf": "application/gexf+xml",
}
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_MOST_TIES = 200


def download(
    view: View,
    keys: Sequence[str],
    suffix: str,
    base: str,
    name: str,
    more: Mapping[str, Mapping[str, str]] | None = None,
) -> Response:
    """Some things as a file.

    Args:
        view: the graph.
        keys: their ids, in the order in which they are shown.
        suffix: one of `FORMATS`.
        base: the IRI under which things are published.
        name: of the file, without its suffix.
        more: further columns of each, for the table and the map.
    """
    said = more or {}
    if suffix == "csv":
        content = table(view, keys, said)
    elif suffix == "geojson":
        content = json.dumps(points(view, keys, said), ensure_ascii=False)
    else:
        content = rdf(view, keys, base, suffix)
    return answer(content, suffix, name)


def answer(content: str, suffix: str, name: str) -> Response:
    """A file to keep, under a name that no header can be broken with."""
    disposition = f"attachment; filename*=UTF-8''{quote(f'{name}.{suffix}', safe='')}"
    headers = {"Content-Disposition": disposition}
    return Response(content, media_type=_TYPES[suffix], headers=headers)


def table(view: View, keys: Iterable[str], more: Mapping[str, Mapping[str, str]]) -> str:
    """Things as CSV."""
    rows = [{**_about(view, key), **more.get(key, {})} for key in keys]
    return written(rows)


def written(rows: Sequence[Mapping[str, str]]) -> str:
    """Rows as CSV; each name is a column, in the order in which they come.

    It begins with a mark of the byte order, which spreadsheets ask for.
    """
    columns = list(dict.fromkeys(name for row in rows for name in row)) or ["id"]
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, restval="", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows({name: cell(value) for name, value in row.items()} for row in rows)
    return f"\ufeff{text.getvalue()}"


def cell(value: str) -> str:
    """A text that no spreadsheet takes for a formula (OWASP, CSV injection)."""
    flat = " ".join(value.split())
    return f"'{flat}" if value.startswith(_DANGEROUS) or flat.startswith(_DANGEROUS) else flat


def points(
    view: View, keys: Iterable[str], more: Mapping[str, Mapping[str, str]]
) -> dict[str, object]:
    """Things as GeoJSON (RFC 7946), at the centre of the territory where they are."""
    features = []
    for key in keys:
        centre = centre_of(view, key)
        features.append(
            {
                "type": "Feature",
                "id": key,
                "geometry": {"type": "Point", "coordinates": centre} if centre else None,
                "properties": {**_about(view, key), **more.get(key, {})},
            }
        )
    return {"type": "FeatureCollection", "features": features}


def centre_of(view: View, key: str) -> list[float] | None:
    """Longitude and latitude of where a thing is; None when not known."""
    node = view.ordinal(key)
    territory = whereabouts(view, node, (SEATED_IN, ACTS_IN)) if node is not None else None
    if territory is None:
        return None
    latitude, longitude = view.territories.centre[view.territories.rank(territory)].tolist()
    return None if np.isnan(latitude + longitude) else [round(longitude, 5), round(latitude, 5)]


def _about(view: View, key: str) -> dict[str, str]:
    node = view.ordinal(key)
    if node is None:
        return {"id": key}
    world = view.world_of(node)
    return {
        "id": key,
        "nom": view.names[node],
        "sorte": KINDS[view.kind[node]].fr,
        "monde": world.fr if world else "",
        "lieu": place_name(view, node) or "",
    }


# RDF -------------------------------------------------------------------------------------------


class _Some:
    """Some things of a view and their ties, as an export reads a store."""

    def __init__(self, view: View, keys: Sequence[str], within: bool) -> None:
        self._view = view
        nodes = (view.ordinal(key) for key in dict.fromkeys(keys))
        self._nodes = sorted(node for node in nodes if node is not None)
        self._keys = {view.keys[node] for node in self._nodes}
        self._ties: list[StoredTie] = []
        for node in self._nodes:
            ties = view.ties_of(node)
            self._ties += [t for t in ties if not within or self._among(t)][:_MOST_TIES]

    def _among(self, tie: StoredTie) -> bool:
        """Whether it is no acquaintance, or one of two that are shown."""
        return tie.tie not in ACQUAINTANCE or {tie.start, tie.end} <= self._keys

    def snapshot(self) -> AbstractContextManager[int]:
        return nullcontext(self._view.generation)

    def sources(self) -> list[StoredSource]:
        known = {claim.source.name: claim.source for _, _, claim in self.scan_node_claims()}
        known |= {claim.source.name: claim.source for tie in self._ties for claim in tie.claims}
        return [StoredSource(known[name], 0, 0, self._view.generation) for name in sorted(known)]

    def scan_nodes(self) -> Iterator[StoredNode]:
        for node in self._nodes:
            yield self._view.describe(node)

    def scan_node_claims(self) -> Iterator[tuple[str, Kind, StoredClaim]]:
        for node in self._nodes:
            for claim in self._view.claims(node):
                yield self._view.keys[node], KINDS[self._view.kind[node]], claim

    def scan_ties(self, tie: Tie) -> Iterator[StoredTie]:
        seen = set()
        for stored in self._ties:
            ends = stored.start, stored.end
            if stored.tie is tie and ends not in seen and self._known(stored):
                seen.add(ends)
                yield stored

    def _known(self, stored: StoredTie) -> bool:
        return all(self._view.ordinal(key) is not None for key in (stored.start, stored.end))

    def scan_tie_claims(self, tie: Tie) -> Iterator[tuple[str, str, StoredClaim]]:
        for stored in self.scan_ties(tie):
            for claim in stored.claims:
                yield stored.start, stored.end, claim

    def aliases(self) -> Iterator[tuple[str, str]]:
        yield from ()

    def judgements(self) -> Iterator[Judgement]:
        yield from ()


def rdf(view: View, keys: Sequence[str], base: str, suffix: str, *, within: bool = False) -> str:
    """Some things and their ties in the vocabulary of the export, with where each fact is said.

    The description of our own terms is left to the whole export.

    Args:
        view: the graph.
        keys: their ids.
        base: the IRI under which things are published.
        suffix: `ttl` or `jsonld`.
        within: of the ties of acquaintance, only those between two of them.
    """
    own = f"{base}/ns#"
    lines = "\n".join(triples(_Some(view, keys, within), base, Provenance.LOCATED))
    read = parse(lines.encode(), format=RdfFormat.N_TRIPLES)
    found = {quad.triple for quad in read if not str(quad.subject.value).startswith(own)}
    ordered: list[Triple] = sorted(found, key=str)
    written = RdfFormat.TURTLE if suffix == "ttl" else RdfFormat.JSON_LD
    content = serialize(ordered, format=written, prefixes=prefixes(base))
    return (content or b"").decode()
