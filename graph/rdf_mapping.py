"""Which words of which vocabularies say what we know: one table, from which all RDF is derived.

The exporter (`graph.rdf`), our own vocabulary (`graph.rdf_vocabulary`) and the page `docs/rdf.md`
(`graph.rdf_page`) read it. A test walks `graph.model` and fails when something has no words here,
and checks each word against the vocabulary's own file.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

from graph.claims import Properties
from graph.identity import Verdict
from graph.model import (
    ALLIANCE,
    CALL,
    GOAL,
    LEVER,
    ORGANISATION,
    PLATFORM,
    PROJECT,
    TARGET,
    TERRITORY,
    VOCABULARIES,
    Kind,
    Level,
    Property,
    Term,
    Tie,
    World,
    tie_named,
)

PREFIXES: Mapping[str, str] = {
    "adms": "http://www.w3.org/ns/adms#",
    "cv": "http://data.europa.eu/m8g/",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "geo": "http://www.opengis.net/ont/geosparql#",
    "igeo": "http://rdf.insee.fr/def/geo#",
    "legal": "http://www.w3.org/ns/legal#",
    "locn": "http://www.w3.org/ns/locn#",
    "org": "http://www.w3.org/ns/org#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "pair": "http://virtual-assembly.org/ontologies/pair#",
    "prov": "http://www.w3.org/ns/prov#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "schema": "http://schema.org/",
    "sdg": "http://metadata.un.org/sdg/",
    "sdgo": "http://metadata.un.org/sdg/ontology#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "time": "http://www.w3.org/2006/time#",
    "wdt": "http://www.wikidata.org/prop/direct/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
"""All prefixes but `fa`, ours, which belongs to the publisher of the graph."""

LEGAL_FORMS = "http://id.insee.fr/codes/cj/"
LICENCES: Mapping[str, str] = {
    "licence ouverte": "https://www.etalab.gouv.fr/licence-ouverte-open-licence",
    "odbl": "https://opendatacommons.org/licenses/odbl/1-0/",
    "cc by 4.0": "https://creativecommons.org/licenses/by/4.0/",
}
"""IRIs of licences by the beginning of their name, in lower case."""

LEVER_SCHEME = "fa:levers"

RESERVED = frozenset({"claim", "judgement", "membership", "source", "tie"})
"""First segments of our own IRIs; an id of one of these schemes has a colon after it."""


def own_namespace(base: str) -> str:
    """The IRI of our own vocabulary in the graph that is published under a base IRI."""
    return f"{base}/ns#"


def prefixes(base: str) -> dict[str, str]:
    """All prefixes of the graph that is published under a base IRI, sorted."""
    return dict(sorted({**PREFIXES, "fa": own_namespace(base)}.items()))


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


# Conditions ---------------------------------------------------------------------------------

_REGISTERS = ("siren", "siret", "rna")


def is_registered(key: str, properties: Properties) -> bool:
    """Whether a thing bears a number of SIRENE or of the register of associations."""
    if key.startswith(("siren:", "siret:", "rna:")):
        return True
    if any(name in properties for name in _REGISTERS):
        return True
    others = properties.get("identifiers", ())
    return isinstance(others, list) and any(
        other.lower().startswith(("siren:", "siret:", "rna:")) for other in others
    )


def is_legal(key: str, properties: Properties) -> bool:
    """Whether an organisation is a legal person: registered, or neither a group nor informal."""
    if is_registered(key, properties):
        return True
    return properties.get("world") != World.CITIZENS and properties.get("collective") is not True


def is_public(key: str, properties: Properties) -> bool:
    """Whether an organisation is a public body: a legal person of the public worlds."""
    public = properties.get("world") in (World.LOCAL_AUTHORITY, World.STATE)
    return public and is_legal(key, properties)


REGISTERED = Condition("a number of SIRENE or RNA", is_registered)
UNREGISTERED = Condition("no number of SIRENE or RNA", lambda k, p: not is_registered(k, p))
LEGAL = Condition(
    "a legal person: registered, or neither `collective` nor of the world `citizens`", is_legal
)
NOT_LEGAL = Condition("no legal person", lambda k, p: not is_legal(k, p))
PUBLIC = Condition("a legal person of the world `local_authority` or `state`", is_public)
COMMUNE = Condition("level commune", lambda k, p: p.get("level") == Level.COMMUNE)
OFFICIAL = Condition("not a perimeter", lambda k, p: p.get("level") != Level.PERIMETER)
PERIMETER = Condition("a perimeter", lambda k, p: p.get("level") == Level.PERIMETER)


def _level(level: Level) -> Condition:
    if level is Level.COMMUNE:
        return COMMUNE
    if level is Level.PERIMETER:
        return PERIMETER
    return Condition(f"level {level.value}", lambda k, p: p.get("level") == level)


# Kinds --------------------------------------------------------------------------------------

Sayings = Mapping[str, tuple[Saying, ...]]


def _instants(first: str, last: str, links: tuple[PartLink, ...]) -> tuple[Part, ...]:
    """A period with its two ends, as parts."""
    return (
        Part("period", ("dct:PeriodOfTime", "time:Interval"), links),
        Part(first, ("time:Instant",), (PartLink("period", "time:hasBeginning"),)),
        Part(last, ("time:Instant",), (PartLink("period", "time:hasEnd"),)),
    )


def _dated(end: str, part: str) -> tuple[Saying, ...]:
    """A date as the start or end of a period (DCAT 3, § 6.15; OWL-Time, § 4.2)."""
    return (
        Saying(f"dcat:{end}Date", Form.DATE, "period"),
        Saying("time:inXSDgYear", Form.YEAR, part),
        Saying("time:inXSDgYearMonth", Form.MONTH, part),
        Saying("time:inXSDDate", Form.DAY, part),
    )


_PERIOD = _instants("start", "end", (PartLink("", "dct:temporal"),))
_STARTED, _ENDED = _dated("start", "start"), _dated("end", "end")

_NAME = (Saying("skos:prefLabel", Form.FRENCH), Saying("schema:name", Form.FRENCH))
_PAIR_NAME = (*_NAME, Saying("pair:label", Form.TEXT))
_OTHER_NAMES = (
    Saying("skos:altLabel", Form.OTHER_NAME),
    Saying("schema:alternateName", Form.FRENCH),
)
# No skos:prefLabel and skos:altLabel on IRIs of the United Nations: their own file gives them
# some, and SKOS allows one preferred label a language (S14).
_FOREIGN_NAME = (Saying("rdfs:label", Form.FRENCH), Saying("schema:name", Form.FRENCH))
_FOREIGN_NAME_EN = (Saying("rdfs:label", Form.ENGLISH), Saying("schema:name", Form.ENGLISH))
_DESCRIPTION = (Saying("dct:description", Form.FRENCH), Saying("schema:description", Form.FRENCH))
# Not foaf:homepage: it is inverse functional, and several actors share the page of one network.
_WEBSITES = (Saying("foaf:page", Form.LINK), Saying("schema:url", Form.LINK))

_COMMON: Sayings = {
    "name": _PAIR_NAME,
    "other_names": _OTHER_NAMES,
    "purpose": _DESCRIPTION,
    "websites": _WEBSITES,
    "started": _STARTED,
    "ended": _ENDED,
}

_FOUNDED = Saying("schema:foundingDate", Form.DATE)
_DISSOLVED = Saying("schema:dissolutionDate", Form.DATE)


def _number(datatype: str, part: str, *direct: str) -> tuple[Saying, ...]:
    return (
        Saying("org:identifier", Form.CODE, datatype=datatype),
        Saying("skos:notation", Form.CODE, part, datatype),
        *(Saying(predicate, Form.TEXT) for predicate in direct),
    )


def _identifier(name: str, predicate: str, agency: str, when: Condition | None = None) -> Part:
    link = PartLink("", predicate, when)
    return Part(name, ("adms:Identifier",), (link,), (("adms:schemeAgency", agency),))


_ORGANISATION = KindMapping(
    ORGANISATION,
    "org:Organization",
    (
        # org:Organization for readers that do not reason, such as the shapes of Core Business.
        Classes(("org:Organization", "schema:Organization", "pair:Organization")),
        Classes(("org:FormalOrganization", "legal:LegalEntity"), LEGAL),
        Classes(("cv:PublicOrganisation",), PUBLIC),
    ),
    (
        *_PERIOD,
        Part(
            "site",
            ("org:Site", "dct:Location", "geo:Feature", "pair:PhysicalPlace"),
            (
                PartLink("", "org:hasRegisteredSite", LEGAL),
                PartLink("", "org:hasPrimarySite", NOT_LEGAL),
                PartLink("", "pair:hasLocation"),
            ),
        ),
        Part(
            "address",
            ("locn:Address",),
            (
                PartLink("", "locn:address"),
                PartLink("", "cv:registeredAddress", LEGAL),
                PartLink("site", "org:siteAddress"),
            ),
        ),
        Part("point", ("geo:Geometry",), (PartLink("site", "geo:hasGeometry"),)),
        _identifier("siren", "legal:legalIdentifier", "Insee, répertoire Sirene"),
        _identifier("siret", "adms:identifier", "Insee, répertoire Sirene"),
        _identifier("rna", "legal:legalIdentifier", "Répertoire national des associations"),
    ),
    {
        **_COMMON,
        "name": (*_PAIR_NAME, Saying("legal:legalName", Form.FRENCH, when=LEGAL)),
        "acronym": (*_OTHER_NAMES, Saying("fa:acronym", Form.FRENCH)),
        "world": (
            Saying("fa:world", Form.CONCEPT),
            Saying("org:classification", Form.CONCEPT),
        ),
        "legal_form": (Saying("legal:companyType", Form.LEGAL_FORM),),
        "ess": (Saying("fa:socialEconomy", Form.BOOLEAN),),
        "siren": _number("fa:Siren", "siren", "wdt:P1616"),
        "siret": _number("fa:Siret", "siret", "wdt:P3215"),
        "rna": _number("fa:Rna", "rna"),
        "identifiers": (Saying("dct:identifier", Form.TEXT),),
        "roles": (Saying("fa:role", Form.CONCEPT), Saying("org:classification", Form.CONCEPT)),
        "functions": (Saying("fa:function", Form.CONCEPT),),
        "collective": (Saying("fa:collective", Form.BOOLEAN),),
        "contact_point_count": (Saying("fa:contactPointCount", Form.INTEGER),),
        "address": (
            Saying("locn:fullAddress", Form.FRENCH, "address"),
            Saying("pair:address", Form.TEXT, "site"),
        ),
        "latitude": (
            Saying("pair:latitude", Form.DECIMAL, "site"),
            Saying("geo:asWKT", Form.POINT, "point"),
        ),
        "longitude": (Saying("pair:longitude", Form.DECIMAL, "site"),),
        "started": (*_STARTED, _FOUNDED),
        "ended": (*_ENDED, _DISSOLVED),
    },
)

_TERRITORY_CLASSES: Mapping[Level, str] = {
    Level.NATION: "igeo:Pays",
    Level.REGION: "igeo:Region",
    Level.DEPARTEMENT: "igeo:Departement",
    Level.EPCI: "igeo:Intercommunalite",
    Level.EPT: "fa:EtablissementPublicTerritorial",
    Level.COMMUNE: "igeo:Commune",
    Level.ARRONDISSEMENT: "igeo:ArrondissementMunicipal",
    Level.PERIMETER: "fa:Perimetre",
}

_TERRITORY = KindMapping(
    TERRITORY,
    "dct:Location",
    (
        Classes(("dct:Location", "geo:Feature", "pair:Place")),
        *(Classes((name,), _level(level)) for level, name in _TERRITORY_CLASSES.items()),
    ),
    (Part("centre", ("geo:Geometry",), (PartLink("", "geo:hasCentroid"),)),),
    {
        "name": (*_PAIR_NAME, Saying("igeo:nom", Form.TEXT, when=OFFICIAL)),
        "other_names": _OTHER_NAMES,
        "level": (Saying("fa:level", Form.CONCEPT),),
        "code": (
            Saying("igeo:codeINSEE", Form.TEXT, when=OFFICIAL),
            Saying("wdt:P374", Form.TEXT, when=COMMUNE),
            Saying("dct:identifier", Form.TEXT),
        ),
        "liaison": (Saying("igeo:codeArticle", Form.TEXT, when=OFFICIAL),),
        "population": (Saying("fa:population", Form.INTEGER),),
        "surface_km2": (Saying("geo:hasMetricArea", Form.SQUARE_METRES),),
        "latitude": (Saying("geo:asWKT", Form.POINT, "centre"),),
        "longitude": (Saying("geo:asWKT", Form.POINT, "centre"),),
        "postcodes": (Saying("schema:postalCode", Form.TEXT),),
        "former_codes": (Saying("fa:formerCode", Form.TEXT),),
        "extent": (Saying("fa:extent", Form.CONCEPT),),
    },
)

_GOAL = KindMapping(
    GOAL,
    "sdgo:Goal",
    (Classes(("sdgo:Goal", "skos:Concept")),),
    (),
    {
        "name": _FOREIGN_NAME,
        "name_en": _FOREIGN_NAME_EN,
        "number": (Saying("skos:notation", Form.CODE, datatype="sdgo:SDGCodeCompact"),),
        "title": (Saying("dct:title", Form.FRENCH),),
        "title_en": (Saying("dct:title", Form.ENGLISH),),
        "iri": (Saying("schema:url", Form.LINK),),
        "colour": (Saying("schema:color", Form.TEXT),),
    },
)

_TARGET = KindMapping(
    TARGET,
    "sdgo:Target",
    (Classes(("sdgo:Target", "skos:Concept")),),
    (),
    {
        "name": _FOREIGN_NAME,
        "name_en": _FOREIGN_NAME_EN,
        "code": (Saying("skos:notation", Form.CODE, datatype="sdgo:SDGCodeCompact"),),
        "iri": (Saying("schema:url", Form.LINK),),
    },
)

_LEVER = KindMapping(
    LEVER,
    "fa:Lever",
    (
        Classes(("fa:Lever", "skos:Concept")),
        Classes(
            ("pair:Resource",),
            Condition("family means", lambda k, p: p.get("family") == "means"),
        ),
    ),
    (),
    {
        "name": _PAIR_NAME,
        "name_en": (Saying("skos:prefLabel", Form.ENGLISH),),
        "family": (
            Saying("fa:leverFamily", Form.CONCEPT),
            Saying("skos:member", Form.COLLECTION, inverse=True),
        ),
        "order": (Saying("schema:position", Form.INTEGER),),
        "question": (Saying("fa:question", Form.FRENCH),),
    },
    (("skos:inScheme", LEVER_SCHEME),),
)

_ALLIANCE = KindMapping(
    ALLIANCE,
    "fa:AllianceInteretGeneral",
    (
        Classes(("fa:AllianceInteretGeneral", "pair:Organization")),
        Classes(("org:FormalOrganization",), REGISTERED),
        Classes(("org:OrganizationalCollaboration",), UNREGISTERED),
    ),
    _PERIOD,
    {
        **_COMMON,
        "type": (
            Saying("fa:allianceType", Form.CONCEPT),
            Saying("org:classification", Form.CONCEPT),
        ),
        "phase": (Saying("fa:phase", Form.CONCEPT),),
        "started": (*_STARTED, _FOUNDED),
        "ended": (*_ENDED, _DISSOLVED),
        "stated_member_count": (Saying("fa:statedMemberCount", Form.INTEGER),),
        "outcome": (Saying("fa:outcome", Form.CONCEPT),),
        "result": (Saying("fa:result", Form.FRENCH),),
        "exit_reason": (Saying("fa:exitReason", Form.FRENCH),),
        "lesson": (Saying("fa:lesson", Form.FRENCH),),
        "identifiers": (Saying("dct:identifier", Form.TEXT),),
    },
)

_PROJECT = KindMapping(
    PROJECT,
    "pair:Project",
    (Classes(("pair:Project", "schema:Project")),),
    _PERIOD,
    _COMMON,
)

_CALL = KindMapping(
    CALL,
    "fa:Call",
    (Classes(("fa:Call",)),),
    _PERIOD,
    {
        "name": _NAME,
        "other_names": _OTHER_NAMES,
        "purpose": _DESCRIPTION,
        "opens": _STARTED,
        "closes": _ENDED,
        "worlds": (Saying("fa:admittedWorld", Form.CONCEPT),),
        "websites": _WEBSITES,
    },
)

_PLATFORM = KindMapping(
    PLATFORM,
    "fa:Platform",
    (Classes(("fa:Platform", "schema:WebSite", "pair:DigitalPlace")),),
    _PERIOD,
    _COMMON,
)

KIND_MAPPINGS: tuple[KindMapping, ...] = (
    _ORGANISATION,
    _TERRITORY,
    _GOAL,
    _TARGET,
    _LEVER,
    _ALLIANCE,
    _PROJECT,
    _CALL,
    _PLATFORM,
)

# Ties ---------------------------------------------------------------------------------------

_TIE_SAYINGS: Sayings = {
    "since": _STARTED,
    "until": _ENDED,
    "role": (
        Saying("org:role", Form.CONCEPT),
        Saying("pair:membershipRole", Form.CONCEPT),
    ),
    "words": (Saying("fa:words", Form.FRENCH),),
    "amount": (Saying("fa:amount", Form.DECIMAL),),
}
_ACTORS = (ORGANISATION, ALLIANCE)


def own_predicate(tie: Tie) -> str:
    """Our own predicate for a tie: `fa:memberOf` for `MEMBER_OF`."""
    first, *others = tie.name.lower().split("_")
    return f"fa:{first}{''.join(word.capitalize() for word in others)}"


def _tie(tie: Tie, *links: Link, lasting: bool = True) -> TieMapping:
    """A tie that is written directly, and as an rdf:Statement too when it bears something."""
    return TieMapping(
        tie,
        own_predicate(tie),
        links,
        ("rdf:Statement",),
        (("rdf:subject",), (), ("rdf:object",), ()),
        _PERIOD,
        _TIE_SAYINGS,
        lasting=lasting,
    )


def _own(name: str, *links: Link, lasting: bool = True) -> TieMapping:
    """A tie that no vocabulary has as such: our own predicate, and those that come near."""
    tie = tie_named(name)
    return _tie(tie, Link((own_predicate(tie),)), *links, lasting=lasting)


_MEMBERSHIP = TieMapping(
    tie_named("MEMBER_OF"),
    "fa:memberOf",
    (),
    ("org:Membership", "pair:MembershipAssociation"),
    (
        ("org:member", "pair:membershipActor"),
        ("org:hasMembership", "pair:actorOfMembership"),
        ("org:organization", "pair:membershipOrganization"),
        ("pair:organizationOfMembership",),
    ),
    _instants("start", "end", (PartLink("", "org:memberDuring"),)),
    _TIE_SAYINGS,
    always=True,
)


TIE_MAPPINGS: tuple[TieMapping, ...] = (
    _tie(
        tie_named("PART_OF"),
        Link(
            ("igeo:subdivisionDirecteDe",),
            ("igeo:subdivisionDirecte",),
            (TERRITORY,),
            (TERRITORY,),
            Nesting.DIRECT,
        ),
        Link(
            ("igeo:subdivisionDe",),
            ("igeo:subdivision",),
            (TERRITORY,),
            (TERRITORY,),
            Nesting.INDIRECT,
        ),
        Link(("dct:isPartOf",), ("dct:hasPart",), (TERRITORY,), (TERRITORY,), Nesting.FREE),
        Link(
            ("org:subOrganizationOf",),
            ("org:hasSubOrganization",),
            (ORGANISATION,),
            (ORGANISATION,),
        ),
        Link(
            ("sdgo:isTargetOf", "skos:broader"),
            ("sdgo:hasTarget", "skos:narrower"),
            (TARGET,),
            (GOAL,),
        ),
    ),
    _own("GOVERNS", Link(("dct:spatial",))),
    _own("SEATED_IN", Link(("pair:hasLocation",), ("pair:locationOf",))),
    _own("ACTS_IN", Link(("dct:spatial",)), Link(("schema:areaServed",), starts=_ACTORS)),
    _MEMBERSHIP,
    _own("FOUNDED", Link((), ("schema:founder",)), lasting=False),
    _own(
        "RUNS",
        Link(("pair:operates",), ("pair:operatedBy",), ends=(PLATFORM,)),
    ),
    _tie(tie_named("SUPPORTS"), Link(("pair:supports",), ("pair:supportedBy",))),
    _own("FUNDED", Link((), ("schema:funder",)), lasting=False),
    _own("GAVE_RISE_TO", Link((), ("prov:wasInfluencedBy",)), lasting=False),
    _tie(
        tie_named("INSPIRED"),
        Link(("pair:hasInspired",), ("pair:inspiredBy",)),
        lasting=False,
    ),
    _own("CARRIES", Link(("pair:involvedIn",), ("pair:involves",))),
    _own("OPENED", lasting=False),
    _tie(
        tie_named("AIMS_AT"),
        Link(("dct:subject",)),
        Link(("org:purpose",), starts=_ACTORS),
    ),
    _own("USES"),
    _own("OFFERS", Link(("pair:offers",), ("pair:offeredBy",), starts=_ACTORS)),
    _own(
        "NEEDS",
        Link(("pair:needs",), ("pair:neededBy",), starts=(ORGANISATION, ALLIANCE, PROJECT)),
    ),
    _own("LISTED_ON"),
    _tie(
        tie_named("REPLACED_BY"),
        Link(("dct:isReplacedBy",), ("dct:replaces",)),
        lasting=False,
    ),
)

# Claims and sources ---------------------------------------------------------------------------

SAYS = "fa:says_"
"""Our predicate for a value in a claim is this and the name of the property."""

CLAIM_CLASS = "fa:Claim"
CLAIM: Mapping[str, str] = {
    "subject": "fa:about",
    "kind": "fa:saysKind",
    "start": "rdf:subject",
    "tie": "rdf:predicate",
    "end": "rdf:object",
    "source": "prov:wasDerivedFrom",
    "record": "dct:identifier",
    "locator": "fa:locator",
    "url": "fa:page",
    "date": "dct:date",
    "note": "rdfs:comment",
    "ended": "fa:unsaidSince",
    "order": "fa:listOrder",
}
"""How each field of a claim is written, besides its values."""

SOURCE_CLASSES = ("dcat:Dataset", "prov:Entity")
SOURCE: Mapping[str, str] = {
    "name": "dct:identifier",
    "title": "dct:title",
    "publisher": "dct:publisher",
    "licence": "fa:licence",
    "url": "fa:page",
    "date": "dct:modified",
    "trust": "fa:trust",
    "keeps_history": "fa:keepsHistory",
    "claims": "fa:claimCount",
}
"""How each field of a source is written; a known licence and a sound URL are IRIs besides.

`claims` is the number of claims that the source makes, whether the export has them all or not.
"""

# Judgements on identity ------------------------------------------------------------------------


class Judge(Term):
    """What judged two ids, by the codes of `graph.identity.Judgement.who`."""

    IDENTIFIERS = "identifiants", "numéros égaux", "equal numbers"
    COMPARISON = (
        "comparaison",
        "comparaison des noms et des lieux",
        "comparison of names and places",
    )
    PERSON = "personne", "décision humaine", "human decision"
    OTHER = "autre", "autre", "other"
    """Anything else, which is not told: it might be a name."""


JUDGEMENT_CLASS = "fa:Judgement"
JUDGEMENT: Mapping[str, str] = {
    "ids": "fa:judges",
    "verdict": "fa:verdict",
    "who": "prov:wasAttributedTo",
    "date": "dct:date",
    "score": "fa:score",
    "note": "rdfs:comment",
}
"""How each field of a judgement is written; its two ids, as the IRIs of things."""

DIFFERENT = "owl:differentFrom"
"""Between two things that were judged different."""

CLOSED: tuple[type[Term], ...] = (*VOCABULARIES, Verdict, Judge)
"""All vocabularies that are concept schemes: those of the model, and those of judgements."""

CEASED = "fa:ceased"
"""Of a thing that no source speaks of any more."""

FORMER_ID = "owl:sameAs"
"""From the IRI of a former id to the present one, and from our own IRI of a goal to the UN's."""


def vocabulary_class(vocabulary: type[Term]) -> str:
    """The class of the concepts of a closed vocabulary."""
    return f"fa:{vocabulary.__name__}"


def concept(term: Term) -> str:
    """The concept of a term: `fa:World-association`."""
    return f"{vocabulary_class(type(term))}-{term.value}"


def scheme(vocabulary: type[Term]) -> str:
    """The concept scheme of a closed vocabulary."""
    return f"{vocabulary_class(vocabulary)}Scheme"


def lever_collection(family: str) -> str:
    """The collection of the seven levers of a family, by its code."""
    return f"{LEVER_SCHEME}-{family}"


def says(declared: Property) -> str:
    """Our predicate for a value of a property in a claim."""
    return SAYS + declared.name


def mapping_of(kind: Kind) -> KindMapping:
    """How a kind is written.

    Raises:
        KeyError: the table lacks it.
    """
    return _BY_KIND[kind.name]


def mapping_of_tie(tie: Tie) -> TieMapping:
    """How a kind of tie is written.

    Raises:
        KeyError: the table lacks it.
    """
    return _BY_TIE[tie.name]


_BY_KIND = {mapping.kind.name: mapping for mapping in KIND_MAPPINGS}
_BY_TIE = {mapping.tie.name: mapping for mapping in TIE_MAPPINGS}


def words() -> Iterator[str]:
    """Every class, predicate and datatype of the table, prefixed; some more than once."""
    for kind in KIND_MAPPINGS:
        yield kind.principal
        for group in kind.classes:
            yield from group.classes
        for predicate, value in kind.fixed:
            yield from (predicate, value)
        yield from _words_of(kind.parts, kind.sayings)
    for tie in TIE_MAPPINGS:
        yield from (tie.own, *tie.node, *(word for end in tie.ends for word in end))
        for link in tie.links:
            yield from (*link.forward, *link.backward)
        yield from _words_of(tie.parts, tie.sayings)
    yield from (CLAIM_CLASS, *CLAIM.values(), *SOURCE_CLASSES, *SOURCE.values())
    yield from (JUDGEMENT_CLASS, *JUDGEMENT.values(), DIFFERENT, CEASED, FORMER_ID)


def _words_of(parts: tuple[Part, ...], sayings: Sayings) -> Iterator[str]:
    for part in parts:
        yield from part.classes
        yield from (link.predicate for link in part.links)
        yield from (predicate for predicate, _ in part.fixed)
    for group in sayings.values():
        for saying in group:
            yield saying.predicate
            if saying.datatype:
                yield saying.datatype
