"""What may be set, once, at the entry points: one class, one prefix, a default for everything."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import platformdirs

from graph.opening import file_of, is_on_server, name_of_server

PREFIX = "ALLIAGE_"
_EXAMPLE_BASE = "https://alliage.example"


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of a run.

    Attributes:
        address: of the store (`ALLIAGE_STORE`): a file, or a Neo4j server; see
            `graph.opening.open_store`.
        base: the IRI under which things are published in RDF (`ALLIAGE_BASE`). The default is in
            a domain that RFC 2606 keeps for examples: who publishes sets their own.
        password: of the user of a Neo4j server (`ALLIAGE_NEO4J_PASSWORD`).
        within: the id of the territory that a service is for (`ALLIAGE_WITHIN`); empty for all.
    """

    address: str
    base: str = _EXAMPLE_BASE
    password: str = field(default="", repr=False)
    within: str = ""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Settings":
        """The settings that environment variables give."""
        base = environment.get(f"{PREFIX}BASE", "").rstrip("/")
        return cls(
            environment.get(f"{PREFIX}STORE", "") or str(_data_folder() / "alliage.db"),
            base or _EXAMPLE_BASE,
            environment.get(f"{PREFIX}NEO4J_PASSWORD", ""),
            environment.get(f"{PREFIX}WITHIN", "").strip(),
        )

    @property
    def file(self) -> Path | None:
        """The file of the store; None where it is on a server.

        Raises:
            RequestError: it is the address of something else.
        """
        return None if is_on_server(self.address) else file_of(self.address)

    @property
    def view_folder(self) -> Path:
        """Where the columns derived from the store lie."""
        return self._beside("view")

    @property
    def rejects_folder(self) -> Path:
        """Where the records that were rejected are kept, a file a source."""
        return self._beside("rejects")

    @property
    def outlines_folder(self) -> Path:
        """Where the official outlines of territories that were read lie, a file a level."""
        return self._beside("outlines")

    def _beside(self, what: str) -> Path:
        """A folder beside the file; for a server, one of this machine."""
        file = self.file or _data_folder() / name_of_server(self.address)
        return file.with_name(f"{file.name}.{what}")


def _data_folder() -> Path:
    return platformdirs.user_data_path("alliage", appauthor=False)
