"""One triple, one spelling: the canonical form, and what comes back from it."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pyoxigraph import Literal as OxigraphLiteral
from pyoxigraph import NamedNode, RdfFormat, Triple, parse, serialize
from rdflib import Graph
from rdflib import Literal as RdflibLiteral

from graph.rdf.ntriples import (
    cleaned,
    escaped,
    from_path_part,
    iri,
    literal,
    path_part,
    percent_encoded,
    quoted,
    triple,
)

S, P = "<http://example/s>", "<http://example/p>"
ANY_TEXT = st.text(st.characters(codec="utf-8"))

# RDF 1.2 N-Triples, "A Canonical form of N-Triples": ECHAR for seven characters, UCHAR with upper
# case HEX for the other controls, DEL and what XML 1.1 has not, and nothing else escaped.
CANONICAL = {
    "\b": r"\b",
    "\t": r"\t",
    "\n": r"\n",
    "\f": r"\f",
    "\r": r"\r",
    '"': r"\"",
    "\\": r"\\",
    "\x00": r"\u0000",
    "\x07": r"\u0007",
    "\x0b": r"\u000B",
    "\x0e": r"\u000E",
    "\x1f": r"\u001F",
    "\x7f": r"\u007F",
    "\ufffe": r"\uFFFE",
    "\uffff": r"\uFFFF",
}


@pytest.mark.parametrize(("character", "written"), CANONICAL.items())
def test_the_specification_says_how_each_special_character_is_escaped(
    character: str, written: str
) -> None:
    assert escaped(character) == written


def test_every_other_character_below_the_surrogates_is_written_as_it_is() -> None:
    plain = "".join(chr(c) for c in range(0xD800) if chr(c) not in CANONICAL and c > 0x1F)
    assert escaped(plain) == plain


# W3C rdf-canon, test060: what the input escapes in several ways has one way out.
@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("", '""'),
        ("simple", '"simple"'),
        ('"\\', r'"\"\\"'),
        ("\\u0039", r'"\\u0039"'),
        ("\\n", r'"\\n"'),
        ('"""', r'"\"\"\""'),
        ("∞", '"∞"'),
        ("🌃", '"🌃"'),
        ('\t <>"{}|^`\\', r'"\t <>\"{}|^`\\"'),
    ],
)
def test_the_literals_of_the_w3c_suite_are_written_as_it_expects(text: str, written: str) -> None:
    assert quoted(text) == written


def test_a_string_has_no_datatype_and_other_values_have_theirs() -> None:
    xsd = "http://www.w3.org/2001/XMLSchema#"
    assert literal("2", f"{xsd}string") == '"2"'
    assert literal("2", f"{xsd}integer") == f'"2"^^<{xsd}integer>'
    assert literal("été", language="fr") == '"été"@fr'
    with pytest.raises(ValueError, match="lower-case language"):
        literal("chat", language="fr-BE")


def test_a_triple_has_single_spaces_and_no_blank_node() -> None:
    assert triple(S, P, '"o"') == '<http://example/s> <http://example/p> "o" .'
    for bad in (("_:s", P, '"o"'), (S, "_:p", '"o"'), (S, P, "_:o"), (S, P, "o")):
        with pytest.raises(ValueError, match="not a triple"):
            triple(*bad)


def test_line_ends_become_one_and_control_characters_go() -> None:
    assert cleaned("un\r\ndeux\rtrois\n\tquatre") == "un\ndeux\ntrois\n\tquatre"
    assert cleaned("a\x00b\x0bc\x1fd\x7fe\x85f\ud800g\ufffeh") == "abcdefgh"
    assert quoted("a\r\nb\x0c") == r'"a\nb"'


@given(st.text(st.characters(codec=None)))
def test_cleaning_once_is_enough(text: str) -> None:
    assert cleaned(cleaned(text)) == cleaned(text)
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]", cleaned(text))


@given(ANY_TEXT)
@example("\\")
@example('\u2028\u2029"\\n')
def test_what_is_escaped_comes_back_from_rdflib_and_oxigraph(text: str) -> None:
    line = triple(S, P, f'"{escaped(text)}"') + "\n"
    [read] = parse(line, RdfFormat.N_TRIPLES)
    assert isinstance(read.object, OxigraphLiteral)
    assert read.object.value == text
    graph = Graph().parse(data=line, format="nt")
    assert list(graph.objects()) == [RdflibLiteral(text)]


@given(ANY_TEXT)
def test_oxigraph_writes_a_clean_text_as_we_do(text: str) -> None:
    kept = cleaned(text)
    ours = triple(S, P, quoted(kept)) + "\n"
    term = Triple(NamedNode(S[1:-1]), NamedNode(P[1:-1]), OxigraphLiteral(kept))
    assert serialize([term], format=RdfFormat.N_TRIPLES) == ours.encode()


def test_an_iri_is_absolute_and_without_forbidden_characters() -> None:
    assert iri("https://alliage.example/é") == "<https://alliage.example/é>"
    with pytest.raises(ValueError, match="absolute"):
        iri("id/commune/38185")
    for character in '\x00\x1f <>"{}|^`\\':
        with pytest.raises(ValueError, match="may not stand"):
            iri(f"https://alliage.example/{character}")


def test_forbidden_characters_are_percent_encoded_and_others_stay() -> None:
    assert percent_encoded('http://a.fr/b c?d="é"%20') == "http://a.fr/b%20c?d=%22é%22%20"


@given(st.text())
def test_a_part_of_a_path_comes_back(text: str) -> None:
    for slash in (True, False):
        part = path_part(text, slash=slash)
        assert from_path_part(part) == text
        assert iri(f"https://alliage.example/id/{part}")
        assert not set(part) & set("?#%") - {"%"}
    assert "/" not in path_part(text, slash=False)


@given(st.text(), st.text())
def test_two_texts_never_share_a_part_of_a_path(one: str, other: str) -> None:
    assert (path_part(one) == path_part(other)) == (one == other)
