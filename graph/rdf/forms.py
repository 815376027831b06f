"""How a mapping is told: the forms of values, parts of a thing, kinds and ties."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum

from graph.claims import Properties
from graph.model import Kind, Level, Tie


class Form(Enum):
    """How one value is written."""

    TEXT = "text"
    FRENCH = "text @fr"
    ENGLISH = "text @en"
    OTHER_NAME = "text @fr, unless it is the name"
    INTEGER = "xsd:integer"
    DECIMAL = "xsd:decimal"
    BOOLEAN = "xsd:boolean"
    DATE = "xsd:gYear, xsd:gYearMonth or xsd:date"
    YEAR = "xsd:gYear, of a year"
    MONTH = "xsd:gYearMonth, of a month"
    DAY = "xsd:date, of a day"
    LINK = "IRI"
    CONCEPT = "concept of ours"
    COLLECTION = "collection of ours"
    CODE = "text of a datatype"
    LEGAL_FORM = "concept of Insee"
    POINT = "geo:wktLiteral, longitude before latitude"
    SQUARE_METRES = "xsd:double, in m²"


@dataclass(frozen=True, slots=True, eq=False)
class Condition:
    """When something is written, in words and as a test over an id and its properties."""

    words: str
    holds: Callable[[str, Properties], bool]


@dataclass(frozen=True, slots=True)
class Saying:
    """One way to say a value: with a predicate, of the thing or of a part of it.

    Attributes:
        inverse: the value is the subject, and the thing the object.
    """

    predicate: str
    form: Form
    part: str = ""
    datatype: str = ""
    when: Condition | None = None
    inverse: bool = False


@dataclass(frozen=True, slots=True)
class PartLink:
    """How a part is reached: from the thing itself (empty) or from another part."""

    start: str
    predicate: str
    when: Condition | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """A node of its own for a part of a thing: `<thing>#name`, written when it bears something.

    Attributes:
        fixed: what is said of each such part: (predicate, text).
    """

    name: str
    classes: tuple[str, ...]
    links: tuple[PartLink, ...]
    fixed: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Classes:
    """Classes that a thing has, always or under a condition."""

    classes: tuple[str, ...]
    when: Condition | None = None


@dataclass(frozen=True, slots=True, eq=False)
class KindMapping:
    """How a kind of thing is written.

    Attributes:
        principal: the class that names the kind, in claims and in our vocabulary.
        fixed: what is said of each such thing: (predicate, IRI).
    """

    kind: Kind
    principal: str
    classes: tuple[Classes, ...]
    parts: tuple[Part, ...]
    sayings: Mapping[str, tuple[Saying, ...]]
    fixed: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Link:
    """Predicates of a tie in both directions, for some kinds of start and end or for all."""

    forward: tuple[str, ...]
    backward: tuple[str, ...] = ()
    starts: tuple[Kind, ...] = ()
    ends: tuple[Kind, ...] = ()
    levels: "Nesting | None" = None


@dataclass(frozen=True, slots=True, eq=False)
class TieMapping:
    """How a kind of tie is written.

    Attributes:
        own: our own predicate; it names the tie in claims and statements.
        links: the direct predicates.
        node: classes of the node that stands for one tie.
        ends: predicates of that node towards start and end, each with the way back.
        always: whether that node is always written, or only when the tie bears something.
        lasting: a state, which ceases; without it an event, which stays true.
    """

    tie: Tie
    own: str
    links: tuple[Link, ...]
    node: tuple[str, ...]
    ends: tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...], tuple[str, ...]]
    parts: tuple[Part, ...]
    sayings: Mapping[str, tuple[Saying, ...]]
    always: bool = False
    lasting: bool = True


class Nesting(Enum):
    """How two levels of territory nest, by the schemes of their ids."""

    DIRECT = "one level directly below"
    INDIRECT = "two other official levels"
    FREE = "a perimeter"


# Insee's ontology lets a département have arrondissements only as direct subdivisions, and a
# commune at most one direct parent besides its intercommunality: the rest is indirect.
_DIRECT = frozenset(
    {
        ("arrondissement", "commune"),
        ("commune", "epci"),
        ("departement", "region"),
        ("region", "nation"),
    }
)
_OFFICIAL = frozenset(level.value for level in Level if level is not Level.PERIMETER)


def nesting(start: str, end: str) -> Nesting:
    """How the territories of two ids nest."""
    schemes = start.partition(":")[0], end.partition(":")[0]
    if schemes in _DIRECT:
        return Nesting.DIRECT
    return Nesting.INDIRECT if _OFFICIAL.issuperset(schemes) else Nesting.FREE


Sayings = Mapping[str, tuple[Saying, ...]]


def instants(first: str, last: str, links: tuple[PartLink, ...]) -> tuple[Part, ...]:
    """A period with its two ends, as parts."""
    return (
        Part("period", ("dct:PeriodOfTime", "time:Interval"), links),
        Part(first, ("time:Instant",), (PartLink("period", "time:hasBeginning"),)),
        Part(last, ("time:Instant",), (PartLink("period", "time:hasEnd"),)),
    )


def dated(end: str, part: str) -> tuple[Saying, ...]:
    """A date as the start or end of a period (DCAT 3, § 6.15; OWL-Time, § 4.2)."""
    return (
        Saying(f"dcat:{end}Date", Form.DATE, "period"),
        Saying("time:inXSDgYear", Form.YEAR, part),
        Saying("time:inXSDgYearMonth", Form.MONTH, part),
        Saying("time:inXSDDate", Form.DAY, part),
    )


PERIOD = instants("start", "end", (PartLink("", "dct:temporal"),))
BEGINNING, ENDING = dated("start", "start"), dated("end", "end")
