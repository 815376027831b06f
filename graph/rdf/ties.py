"""Which words of which vocabularies say each kind of tie."""

from graph.model import (
    ALLIANCE,
    GOAL,
    ORGANISATION,
    PLATFORM,
    PROJECT,
    TARGET,
    TERRITORY,
    Tie,
    tie_named,
)
from graph.rdf.forms import (
    BEGINNING,
    ENDING,
    PERIOD,
    Form,
    Link,
    Nesting,
    PartLink,
    Saying,
    Sayings,
    TieMapping,
    instants,
)

_TIE_SAYINGS: Sayings = {
    "since": BEGINNING,
    "until": ENDING,
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
        PERIOD,
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
    instants("start", "end", (PartLink("", "org:memberDuring"),)),
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
_BY_TIE = {mapping.tie.name: mapping for mapping in TIE_MAPPINGS}


def mapping_of_tie(tie: Tie) -> TieMapping:
    """How a kind of tie is written.

    Raises:
        KeyError: the table lacks it.
    """
    return _BY_TIE[tie.name]
