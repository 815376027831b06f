"""What the commands about data did, and the list of sources, as text."""

from collections.abc import Iterable, Iterator

from api.lines import thousands, typeset, wrapped
from graph.store import StoredSource
from ingest.files.fetch import Fetched
from ingest.runner import Ingested
from viz import french

_REASONS_SHOWN = 6


def sources(found: Iterable[StoredSource]) -> Iterator[str]:
    """The lines of the list of sources."""
    for stored in found:
        source = stored.source
        yield f"{source.name} : {source.title}"
        yield f"    {' · '.join(filter(None, (source.publisher, source.licence, source.date)))}"
        yield f"    {_count(stored.node_claims, 'fiche')}, {_count(stored.tie_claims, 'lien')}"


def ingested(done: Ingested, copies: Iterable[Fetched] = ()) -> Iterator[str]:
    """The lines on what reading a source did, some of it from copies that are not the newest."""
    w = done.written
    counts = [
        (done.read, "enregistrement lu"),
        (w.written, "écrit"),
        (w.unchanged, "inchangé"),
        (done.rejected.total(), "rejeté"),
        (w.removed, "fait retiré"),
        (w.ended, "fait terminé"),
    ]
    told = counts[:3] + [(count, noun) for count, noun in counts[3:] if count]
    parts = [_count(count, noun) for count, noun in told]
    yield f"{done.source.name} : {', '.join(parts)}"
    for copy in copies:
        yield from wrapped(f"attention : {older(copy)}", "    ", "      ")
    for reason, count in done.rejected.most_common(_REASONS_SHOWN):
        yield f"    {_count(count, 'rejeté')} : {reason}"
    if done.rejects:
        yield f"    tous les rejets : {done.rejects}"
    if done.unused:
        yield from wrapped(f"colonnes inutilisées : {', '.join(done.unused)}", "    ", "      ")
    for kind, least, found in done.missed:
        known = f"{thousands(found)} {kind.fr} seulement"
        yield f"    attention : {known}, au moins {thousands(least)} attendues"


def older(copy: Fetched) -> str:
    """The sentence on a copy from before, read because the newest could not be had."""
    day = french.date(copy.retrieved[:10])
    return f"la copie du {day} de « {copy.url} » a été lue, car {copy.problem}."


def forgotten(source: str, removed: int) -> str:
    """The line on a source that was removed."""
    return typeset(f"{source} : {_count(removed, 'fait retiré')}.")


def _count(number: int, noun: str) -> str:
    plural = "s" if number > 1 else ""
    return f"{thousands(number)} {' '.join(word + plural for word in noun.split())}"
