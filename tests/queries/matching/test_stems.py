"""Stems while several threads ask for them."""

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from queries.matching import stems

ENDINGS = ("aient", "ation", "ement", "euse", "ifs", "ité", "uelles")
WORDS = [
    f"{start}{middle}{end}" for start in "bcdfglmnprt" for middle in "aeiou" for end in ENDINGS
]


@pytest.fixture
def hurried() -> Iterator[None]:
    """Threads that take turns as often as they can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("hurried")
def test_threads_that_stem_at_the_same_time_do_not_mix_their_words() -> None:
    alone = [stems._stem(word) for word in WORDS]
    with ThreadPoolExecutor(8) as threads:
        together = list(threads.map(lambda _: [stems._stem(word) for word in WORDS], range(16)))
    assert all(each == alone for each in together)
