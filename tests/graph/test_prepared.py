"""Records laid out for a store: the fast ways give what the plain ones give."""

import json
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.claims import NodeClaim, Properties, TieClaim
from graph.errors import InvalidClaim
from graph.model import AIMS_AT, ORGANISATION
from graph.prepared import Batch, to_json, words, words_of
from graph.text import fold

# What names are made of, and what breaks them: saints, ligatures, elisions, odd spaces, marks.
PIECES = st.sampled_from(
    ["ST", "Ste", "st", "l'", "Œuvre", "É", "e\u0301", "ß", "\u00a0", "\u1680", "\x1c", "-", " "]
)
TEXTS = st.one_of(st.text(), st.lists(PIECES | st.characters(max_codepoint=127)).map("".join))
VALUES = st.one_of(TEXTS, st.integers(-(2**63), 2**63 - 1), st.booleans(), st.lists(TEXTS))


@given(TEXTS)
def test_the_words_of_a_text_are_those_of_its_folded_form_each_once(text: str) -> None:
    assert words_of(text) == " ".join(dict.fromkeys(fold(text).split()))


def test_a_thing_is_found_by_its_names_and_codes_each_word_once() -> None:
    said: Properties = {"name": "Amicale de St-Égrève", "other_names": ["L'Amicale"], "rna": "W1"}
    assert words("rna:W1", said) == "w1 amicale de saint egreve l"


@given(st.dictionaries(TEXTS, VALUES))
def test_properties_as_text_say_each_value_of_a_list_once_in_the_order_of_names(
    properties: Properties,
) -> None:
    plain = {
        name: list(dict.fromkeys(value)) if isinstance(value, list) else value
        for name, value in sorted(properties.items(), key=lambda item: item[0].encode())
    }
    assert to_json(properties) == json.dumps(plain, ensure_ascii=False, separators=(",", ":"))


def test_a_batch_is_sent_to_another_process_whole() -> None:
    batch = Batch()
    said: Properties = {"name": "Amicale", "websites": ["https://a.fr", "https://a.fr"]}
    batch.add([NodeClaim("rna:W381000001", ORGANISATION, "1", said, date="2024")])
    batch.add([])
    tie = TieClaim(AIMS_AT, "rna:W381000001", "goal:3", "2", {"words": ["santé"]})
    batch.add([tie])
    sent = pickle.loads(pickle.dumps(batch))
    assert sent == batch
    assert (sent.records, sent.silent, len(sent.claims), len(sent.ties)) == (3, 1, 1, 1)
    assert sent.claims[0][4] == '{"name":"Amicale","websites":["https://a.fr"]}'


def test_of_a_record_with_a_wrong_claim_nothing_is_taken() -> None:
    batch = Batch()
    right = NodeClaim("rna:W381000001", ORGANISATION, "1", {"name": "Amicale"})
    wrong = TieClaim(AIMS_AT, "rna:W381000001", "goal 3", "1")
    with pytest.raises(InvalidClaim, match="goal 3"):
        batch.add([right, wrong])
    assert batch == Batch()
