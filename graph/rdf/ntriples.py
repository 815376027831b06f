"""How a triple is written so that one triple has one spelling: canonical N-Triples.

RDF 1.2 N-Triples, "A Canonical form of N-Triples", which is the form that RDF Dataset
Canonicalization (RDFC-1.0, § 5) uses too. It differs from the canonical form of RDF 1.1 (2014)
in tabulation, backspace and form feed only, which are escaped.
"""

import re
from urllib.parse import quote, unquote

XSD = "http://www.w3.org/2001/XMLSchema#"

_STRING = f"{XSD}string"
_ESCAPES = {
    "\b": "\\b",
    "\t": "\\t",
    "\n": "\\n",
    "\f": "\\f",
    "\r": "\\r",
    '"': '\\"',
    "\\": "\\\\",
}
# What must be escaped: the seven characters above; other controls, DEL and what XML 1.1 has not.
_SPECIAL = re.compile(r'[\x00-\x1f"\\\x7f\ud800-\udfff\ufffe\uffff]')
# General category Cc but for tabulation and line feed, and what XML 1.0 does not allow.
_UNWANTED = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_TOUCHED = re.compile(r'[\x00-\x1f"\\\x7f-\x9f\ud800-\udfff\ufffe\uffff]')
_LINE_END = re.compile(r"\r\n?")
_FORBIDDEN_IN_IRI = re.compile(r'[\x00-\x20<>"{}|^`\\\x7f-\x9f\ud800-\udfff\ufffe\uffff]')
# Spaces of other scripts (U+00A0…) may stand in an IRI, but common readers take them for its end.
_NOT_FOR_READERS = re.compile(rf"{_FORBIDDEN_IN_IRI.pattern}|\s")
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_LANGUAGE = re.compile(r"[a-z]+(?:-[a-z0-9]+)*")
_PLAIN_SEGMENT = re.compile(r"[A-Za-z0-9:._~-]*")
_KEPT_IN_PATH = "/:@!$&'()*+,;="
_KEPT_IN_SEGMENT = ":@!$&'()*+,;="


def cleaned(text: str) -> str:
    """A text without control characters: a line end is LF, as in XML 1.0, § 2.11.

    Tabulation and LF stay; lone surrogates and the two code points that XML forbids go.
    Writers of other formats (RDF/XML) would write them raw.
    """
    if _UNWANTED.search(text) is None:
        return text
    return _UNWANTED.sub("", _LINE_END.sub("\n", text))


def escaped(text: str) -> str:
    """The inside of a canonical STRING_LITERAL_QUOTE, any code point allowed."""
    if _SPECIAL.search(text) is None:
        return text
    return _SPECIAL.sub(_escape, text)


def _escape(match: re.Match[str]) -> str:
    character = match[0]
    return _ESCAPES.get(character) or f"\\u{ord(character):04X}"


def quoted(text: str) -> str:
    """A plain literal, cleaned: an xsd:string, which the canonical form writes without datatype."""
    return f'"{text}"' if _TOUCHED.search(text) is None else f'"{escaped(cleaned(text))}"'


def literal(text: str, datatype: str = "", language: str = "") -> str:
    """A literal, cleaned: plain, of a datatype (IRI), or in a language (BCP 47, lower case).

    Raises:
        ValueError: the language is not a lower-case tag, or the datatype is not an IRI.
    """
    plain = quoted(text)
    if language:
        if _LANGUAGE.fullmatch(language) is None:
            raise ValueError(f"not a lower-case language tag: {language!r}")
        return f"{plain}@{language}"
    return plain if datatype in ("", _STRING) else f"{plain}^^{iri(datatype)}"


def iri(text: str) -> str:
    """An IRI between angle brackets.

    Raises:
        ValueError: it is not absolute, or holds a character that IRIREF forbids.
    """
    if _ABSOLUTE.match(text) is None:
        raise ValueError(f"not an absolute IRI: {text!r}")
    if (forbidden := _FORBIDDEN_IN_IRI.search(text)) is not None:
        raise ValueError(f"{forbidden[0]!r} may not stand in an IRI: {text!r}")
    return f"<{text}>"


def percent_encoded(text: str) -> str:
    """An IRI with each character that IRIREF forbids, or any space, as %XX of its UTF-8 bytes.

    What is already encoded stays; use `path_part` for what must be read back.
    """
    return _NOT_FOR_READERS.sub(lambda match: _percent(match[0], ""), text)


def path_part(text: str, *, slash: bool = True) -> str:
    """A text as a part of the path of an IRI, reversible: ASCII, RFC 3986, § 2.1 and 3.3.

    `%`, `?` and `#` are encoded too; `/` stays as it is unless the part is one segment.
    """
    if _PLAIN_SEGMENT.fullmatch(text) is not None:
        return text
    return _percent(text, _KEPT_IN_PATH if slash else _KEPT_IN_SEGMENT)


def _percent(text: str, kept: str) -> str:
    return quote(text, safe=kept, errors="surrogatepass")


def from_path_part(part: str) -> str:
    """The text that `path_part` encoded."""
    return unquote(part, errors="surrogatepass")


def triple(subject: str, predicate: str, value: str) -> str:
    """One line without its line end, of terms already written; never a blank node.

    Raises:
        ValueError: a term is not an IRI where one is due.
    """
    if not (subject[:1] == predicate[:1] == "<" and value[:1] in ("<", '"')):
        raise ValueError(f"not a triple of IRIs and literals: {subject} {predicate} {value}")
    return f"{subject} {predicate} {value} ."
