"""The demonstration: the bundled data made ready, both questions asked, the files written."""

from pathlib import Path

from graph.settings import Settings


def demo(settings: Settings, folder: Path) -> None:
    """Ask both questions for Isère, and write the network and the RDF into `folder`."""
