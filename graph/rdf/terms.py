"""How ids and values become RDF terms, and ids come back."""

import datetime
import math
import re
from decimal import Decimal

from pyoxigraph import NamedNode

from graph.model import Tie
from graph.rdf.names import LEGAL_FORMS, PREFIXES, RESERVED, prefixes
from graph.rdf.ntriples import XSD, from_path_part, iri, path_part, percent_encoded, quoted

_GOAL = re.compile(r"goal:([1-9]\d?)")
_TARGET = re.compile(r"target:([1-9]\d?\.(?:[1-9]\d?|[a-z]))")
_STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_DATE_TYPES = {4: "gYear", 7: "gYearMonth", 10: "date"}
_DATE = re.compile(r"\d{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)?")
_LEGAL_FORM_LEVELS = {1: "n1", 2: "n2", 4: "n3"}
_DOUBLE, _DECIMAL = f"^^<{XSD}double>", f"^^<{XSD}decimal>"


class Iris:
    """The IRIs of what a graph holds, published under a base IRI, without angle brackets.

    Args:
        base: absolute, of http or https, without `/` at its end, query or fragment.

    Raises:
        ValueError: the base is not that.
    """

    def __init__(self, base: str) -> None:
        NamedNode(base)
        if not base.startswith(("https://", "http://")) or base.endswith("/") or "#" in base:
            raise ValueError(f"not a base IRI: {base!r}")
        self.base = base
        self._known = prefixes(base)
        self._things = f"{base}/id/"
        self._goals = PREFIXES["sdg"]

    def word(self, prefixed: str) -> str:
        """The IRI of a prefixed name, between angle brackets.

        Raises:
            KeyError: nobody declared the prefix.
        """
        prefix, _, local = prefixed.partition(":")
        return iri(self._known[prefix] + local)

    def thing(self, key: str) -> str:
        """The IRI of a thing; of the United Nations for their goals and targets."""
        if (match := _GOAL.fullmatch(key) or _TARGET.fullmatch(key)) is not None:
            return self._goals + match[1]
        return self.own(key)

    def own(self, key: str) -> str:
        """The IRI of a thing under our base; a colon sets a scheme apart from our own segments."""
        scheme, _, local = key.partition(":")
        apart = ":" if scheme in RESERVED else ""
        return f"{self._things}{scheme}{apart}/{path_part(local)}"

    def key(self, thing: str) -> str:
        """The id of the thing that bears an IRI.

        Raises:
            ValueError: it is not the IRI of a thing.
        """
        if thing.startswith(self._goals):
            local = thing.removeprefix(self._goals)
            return f"{'target' if '.' in local else 'goal'}:{local}"
        scheme, slash, local = thing.removeprefix(self._things).partition("/")
        if not (thing.startswith(self._things) and slash) or scheme in RESERVED:
            raise ValueError(f"not the IRI of a thing: {thing!r}")
        return f"{scheme.removesuffix(':')}:{from_path_part(local)}"

    def source(self, name: str) -> str:
        """The IRI of a source."""
        return f"{self._things}source/{path_part(name, slash=False)}"

    def source_name(self, source: str) -> str:
        """The name of the source that bears an IRI."""
        return from_path_part(source.removeprefix(f"{self._things}source/"))

    def tie(self, tie: Tie, start: str, end: str) -> str:
        """The IRI of the node that stands for one tie."""
        kind = "membership" if tie.name == "MEMBER_OF" else f"tie/{tie.name}"
        return f"{self._things}{kind}/{_segments(start, end)}"

    def node_claim(self, source: str, record: str, key: str) -> str:
        """The IRI of what a record of a source says of a thing."""
        return f"{self.claims}{_segments(source, record, key)}"

    def tie_claim(self, source: str, record: str, tie: Tie, start: str, end: str) -> str:
        """The IRI of what a record of a source says of a tie."""
        return f"{self.claims}{_segments(source, record, tie.name, start, end)}"

    def judgement(self, one: str, other: str) -> str:
        """The IRI of what was judged of two ids."""
        return f"{self.judgements}{_segments(one, other)}"

    @property
    def judgements(self) -> str:
        """What the IRIs of all judgements begin with."""
        return f"{self._things}judgement/"

    @property
    def claims(self) -> str:
        """What the IRIs of all claims begin with."""
        return f"{self._things}claim/"


def _segments(*parts: str) -> str:
    return "/".join(path_part(part, slash=False) for part in parts)


def web_iri(url: str) -> str | None:
    """A URL as an IRI between angle brackets, or None when it cannot be one (RFC 3987)."""
    sound = _STRAY_PERCENT.sub("%25", percent_encoded(url))
    for attempt in (sound, sound.replace("[", "%5B").replace("]", "%5D")):
        try:
            return iri(NamedNode(attempt).value)
        except ValueError:
            continue
    return None


def legal_form_iri(code: str) -> str | None:
    """Insee's concept of a legal form of level 1, 2 or 3, or None for another code."""
    level = _LEGAL_FORM_LEVELS.get(len(code))
    if level is None or not (code.isascii() and code.isdigit()):
        return None
    return f"<{LEGAL_FORMS}{level}/{code}>"


def decimal(value: float) -> str:
    """A number as xsd:decimal, exactly: a whole float keeps its `.0` and so comes back a float."""
    if isinstance(value, int):
        return f'"{value}"{_DECIMAL}'
    if math.isinf(value):  # XML Schema has no infinite decimal
        return f'"{"INF" if value > 0 else "-INF"}"{_DOUBLE}'
    text = repr(value)
    if "e" in text:
        text = format(Decimal(text), "f")
        text = text if "." in text else f"{text}.0"
    return f'"{text}"{_DECIMAL}'


def double(value: float) -> str:
    """A number as xsd:double."""
    return f'"{float(value)!r}"{_DOUBLE}'


def date(text: str, *, only: int = 0) -> str | None:
    """A date, typed as precise as it is; plain when no calendar has it.

    Args:
        text: ISO 8601, `2012`, `2020-03` or `2020-03-31`.
        only: 4, 7 or 10 to write it only if it is a year, a month or a day; else None.
    """
    if only and only != len(text):
        return None
    if not _is_in_calendar(text):
        return None if only else quoted(text)
    return f'"{text}"^^<{XSD}{_DATE_TYPES[len(text)]}>'


def _is_in_calendar(text: str) -> bool:
    if _DATE.fullmatch(text) is None or not text.isascii() or text.startswith("0000"):
        return False
    if len(text) < 10 or text[8:] <= "28":
        return True
    try:
        datetime.date.fromisoformat(text)
    except ValueError:
        return False
    return True
