"""Which words of which vocabularies say what we know of each kind of thing."""

from collections.abc import Mapping

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
    Kind,
    Level,
)
from graph.rdf.conditions import (
    COMMUNE,
    LEGAL,
    NOT_LEGAL,
    OFFICIAL,
    PUBLIC,
    REGISTERED,
    UNREGISTERED,
    at_level,
)
from graph.rdf.forms import (
    BEGINNING,
    ENDING,
    PERIOD,
    Classes,
    Condition,
    Form,
    KindMapping,
    Part,
    PartLink,
    Saying,
    Sayings,
)
from graph.rdf.names import LEVER_SCHEME

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
    "started": BEGINNING,
    "ended": ENDING,
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
        *PERIOD,
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
        "started": (*BEGINNING, _FOUNDED),
        "ended": (*ENDING, _DISSOLVED),
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
        *(Classes((name,), at_level(level)) for level, name in _TERRITORY_CLASSES.items()),
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
    PERIOD,
    {
        **_COMMON,
        "type": (
            Saying("fa:allianceType", Form.CONCEPT),
            Saying("org:classification", Form.CONCEPT),
        ),
        "phase": (Saying("fa:phase", Form.CONCEPT),),
        "started": (*BEGINNING, _FOUNDED),
        "ended": (*ENDING, _DISSOLVED),
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
    PERIOD,
    _COMMON,
)

_CALL = KindMapping(
    CALL,
    "fa:Call",
    (Classes(("fa:Call",)),),
    PERIOD,
    {
        "name": _NAME,
        "other_names": _OTHER_NAMES,
        "purpose": _DESCRIPTION,
        "opens": BEGINNING,
        "closes": ENDING,
        "worlds": (Saying("fa:admittedWorld", Form.CONCEPT),),
        "websites": _WEBSITES,
    },
)

_PLATFORM = KindMapping(
    PLATFORM,
    "fa:Platform",
    (Classes(("fa:Platform", "schema:WebSite", "pair:DigitalPlace")),),
    PERIOD,
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
_BY_KIND = {mapping.kind.name: mapping for mapping in KIND_MAPPINGS}


def mapping_of(kind: Kind) -> KindMapping:
    """How a kind is written.

    Raises:
        KeyError: the table lacks it.
    """
    return _BY_KIND[kind.name]
