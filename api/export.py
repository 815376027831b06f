"""The data given back, as RDF."""

import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from types import MappingProxyType

from graph.errors import RequestError
from graph.rdf import write_ntriples, write_turtle
from graph.store import Reader

_Writer = Callable[[Reader, str, Path], None]
FORMATS: MappingProxyType[str, _Writer] = MappingProxyType(
    {"ntriples": write_ntriples, "turtle": write_turtle}
)


def export(store: Reader, base: str, form: str, output: Path | None) -> None:
    """Write the whole graph to a file, or to standard output.

    Raises:
        RequestError: the file cannot be written there.
    """
    try:
        if output is not None:
            FORMATS[form](store, base, output)
            return
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "export"
            FORMATS[form](store, base, file)
            with file.open("rb") as written:
                shutil.copyfileobj(written, sys.stdout.buffer)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise RequestError(f"« {output} » ne peut pas être écrit : {error.strerror}.") from error
