"""The demonstration: the bundled data made ready, both questions asked, the files written."""

import time
from collections.abc import Iterable
from pathlib import Path

from api import bridges as api_bridges
from api import partners as api_partners
from api.export import Export
from api.french import in_french
from api.lines import typeset
from api.session import fill, reading
from graph.errors import RequestError
from graph.settings import Settings
from queries import bridges, partner_request, partners

_PLACE = "Isère"
_PARTNERS = partner_request.Request(
    at=_PLACE, goals=("17",), needs=("outils", "compétences"), offers=("données",), limit=5
)
_BRIDGES = bridges.Request(between=("acteur académique", "entreprise"), place=_PLACE, limit=3)


def demo(settings: Settings, folder: Path) -> None:
    """Ask both questions for Isère, and write the networks and the RDF into `folder`.

    Raises:
        RequestError: the folder cannot be written.
    """
    # Loaded only here: the libraries of RDF and of networks would slow every command down.
    from graph.rdf.files import to_turtle
    from viz.network import network_of_bridges, network_of_partners
    from viz.standalone import write_network

    began = time.monotonic()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RequestError(f"« {folder} » ne peut pas être écrit : {in_french(error)}.") from error
    fill(settings)
    with reading(settings) as (store, view):
        who, which = partners.partners(view, _PARTNERS), bridges.bridges(view, _BRIDGES)
        files = {
            "le réseau des partenaires": folder / "partenaires-isere.html",
            "le réseau des catalyseurs": folder / "catalyseurs-isere.html",
            "le graphe en N-Triples": folder / "alliage.nt",
            "le graphe en Turtle": folder / "alliage.ttl",
        }
        networks = network_of_partners(view, who), network_of_bridges(view, which)
        for network, file in zip(networks, files.values(), strict=False):
            write_network(network, file)
        Export(settings.base, "ntriples").write(store, view, folder / "alliage.nt")
        to_turtle(folder / "alliage.nt", settings.base, folder / "alliage.ttl")
    _print(api_partners.lines(who))
    _print(["", "─" * 72, ""])
    _print(api_bridges.lines(which))
    _print(["", "─" * 72, "", "À ouvrir dans un navigateur, ou à réutiliser :"])
    _print(f"  {file}  ({what})" for what, file in files.items())
    _print(["", f"En {time.monotonic() - began:.0f} secondes. La suite : alliage --help"])


def _print(lines: Iterable[str]) -> None:
    for line in lines:
        print(typeset(line))
