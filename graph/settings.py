"""What may be set, once, at the entry points: one class, one prefix, a default for everything."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import platformdirs

PREFIX = "ALLIAGE_"
_EXAMPLE_BASE = "https://alliage.example"


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of a run.

    Attributes:
        store: the file of the store (`ALLIAGE_STORE`).
        base: the IRI under which things are published in RDF (`ALLIAGE_BASE`). The default is in
            a domain that RFC 2606 keeps for examples: who publishes sets their own.
        password: of the user of a Neo4j server (`ALLIAGE_NEO4J_PASSWORD`).
    """

    store: Path
    base: str = _EXAMPLE_BASE
    password: str = field(default="", repr=False)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Settings":
        """The settings that environment variables give."""
        folder = platformdirs.user_data_path("alliage", appauthor=False)
        store = environment.get(f"{PREFIX}STORE", "").removeprefix("sqlite:///")
        base = environment.get(f"{PREFIX}BASE", "").rstrip("/")
        return cls(
            Path(store).expanduser() if store else folder / "alliage.db",
            base or _EXAMPLE_BASE,
            environment.get(f"{PREFIX}NEO4J_PASSWORD", ""),
        )

    @property
    def view_folder(self) -> Path:
        """Where the columns derived from the store lie."""
        return self.store.with_name(f"{self.store.name}.view")

    @property
    def rejects_folder(self) -> Path:
        """Where the records that were rejected are kept, a file a source."""
        return self.store.with_name(f"{self.store.name}.rejects")

    @property
    def outlines_folder(self) -> Path:
        """Where the official outlines of territories that were read lie, a file a level."""
        return self.store.with_name(f"{self.store.name}.outlines")
