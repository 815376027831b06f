"""What Alliage knows of: the kinds of things, what is said of each, and the ties between them.

Everything else is derived from this declaration: validation, the tables of the store, the columns
of the view, the RDF mapping, the labels that a person reads. The terms are those that the founding
documents of the project use; `docs/model.md` is generated from here.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import Self


class Term(StrEnum):
    """A word of a closed vocabulary: a code for machines, a label in French and in English."""

    fr: str
    en: str
    aliases: tuple[str, ...]

    def __new__(cls, code: str, fr: str, en: str, *aliases: str) -> Self:
        """Make a term of its code, its labels, and other spellings people use."""
        member = str.__new__(cls, code)
        member._value_ = code
        member.fr = fr
        member.en = en
        member.aliases = aliases
        return member

    @property
    def spellings(self) -> tuple[str, ...]:
        """All the ways a person may write this term."""
        return (self.value, self.fr, self.en, *self.aliases)


class World(Term):
    """The seven worlds whose members hardly know each other."""

    ASSOCIATION = "association", "association", "association", "associations", "asso"
    COMPANY = "company", "entreprise", "company", "entreprises", "companies"
    LOCAL_AUTHORITY = (
        "local_authority",
        "collectivité",
        "local authority",
        "collectivités",
        "collectivité territoriale",
        "collectivités territoriales",
        "local authorities",
    )
    STATE = "state", "service de l'État", "State service", "État", "services de l'État"
    ACADEMIC = (
        "academic",
        "acteur académique",
        "academic actor",
        "acteurs académiques",
        "académique",
        "recherche",
        "université",
        "enseignement",
    )
    FOUNDATION = "foundation", "fondation", "foundation", "fondations", "mécène", "mécènes"
    CITIZENS = (
        "citizens",
        "collectif de citoyens",
        "citizens' group",
        "citoyens",
        "collectifs de citoyens",
    )


class Means(Term):
    """The seven means that partners of an alliance give and receive (charter, § 46 to 52)."""

    DATA = "data", "données", "data"
    TOOLS = "tools", "outils", "tools"
    SKILLS = "skills", "compétences", "skills"
    RESEARCH = "research", "contribution à la recherche", "contribution to research", "recherche"
    VALUE = (
        "value",
        "valorisation des contributions",
        "recognition of contributions",
        "valorisation",
        "financement",
        "financements",
        "funding",
    )
    GOVERNANCE = (
        "governance",
        "animation et gouvernance",
        "facilitation and governance",
        "animation",
        "gouvernance",
    )
    LEGAL = (
        "legal",
        "évolution du cadre législatif",
        "change of the legal framework",
        "cadre législatif",
        "juridique",
    )


class LeverFamily(Term):
    """The three families of seven levers of the charter."""

    PRINCIPLE = "principle", "principe d'action", "principle of action"
    MODALITY = "modality", "modalité d'action", "modality of action"
    MEANS = "means", "moyen d'action", "means of action"


class Role(Term):
    """A role that an organisation plays in its territory, beyond what it is."""

    CATALYST = "catalyst", "catalyseur territorial", "territorial catalyst"


class Function(Term):
    """What a territorial catalyst does to link worlds."""

    DIALOGUE = "dialogue", "animation du dialogue", "hosting of dialogue"
    EXPERIMENTATION = "experimentation", "expérimentations collectives", "collective experiments"
    SUPPORT = "support", "accompagnement", "support of partners"
    PLACE = "place", "gestion d'un lieu", "running of a place"


class Level(Term):
    """The level of a territory."""

    NATION = "nation", "nation", "nation"
    REGION = "region", "région", "region"
    DEPARTEMENT = "departement", "département", "département"
    EPCI = "epci", "intercommunalité", "intercommunality"
    EPT = "ept", "établissement public territorial", "territorial public body"
    COMMUNE = "commune", "commune", "commune"
    ARRONDISSEMENT = "arrondissement", "arrondissement municipal", "municipal arrondissement"
    PERIMETER = "perimeter", "périmètre", "perimeter"


class Extent(Term):
    """How much of a perimeter's composition is known."""

    WHOLE = "whole", "composition connue", "composition known"
    PARTIAL = "partial", "composition connue en partie", "composition partly known"
    UNKNOWN = "unknown", "composition inconnue", "composition unknown"


class AllianceType(Term):
    """The form that acting together takes."""

    PROGRAMME = "programme", "programme", "programme"
    NETWORK = "network", "réseau", "network"
    EXPERIMENT = "experiment", "expérimentation", "experiment"
    PARTNERSHIP = "partnership", "partenariat", "partnership"
    COMMITMENT = "commitment", "engagement commun", "common commitment"
    WORKING_GROUP = "working_group", "groupe de travail", "working group"
    EVENT = "event", "rencontre", "meeting"
    FUND = "fund", "fonds", "fund"
    OBSERVATORY = "observatory", "observatoire", "observatory"
    CONTRACT = "contract", "contrat territorial", "territorial contract"
    RESEARCH = "research", "projet de recherche", "research project"


class Phase(Term):
    """Where an alliance stands in its life."""

    EMERGENCE = "emergence", "émergence", "emergence"
    EXPERIMENTATION = "experimentation", "expérimentation", "experimentation"
    DEPLOYMENT = "deployment", "déploiement", "deployment"
    RUNNING = "running", "en cours", "running"
    ENDED = "ended", "terminée", "ended"


class Outcome(Term):
    """What became of an alliance: those that work and those that do not."""

    WORKS = "works", "a porté ses fruits", "bore fruit"
    MIXED = "mixed", "résultat contrasté", "mixed result"
    FAILED = "failed", "n'a pas abouti", "did not succeed"


class MemberRole(Term):
    """The part that a member takes in an alliance."""

    LEAD = "lead", "pilote", "lead", "coordinator"
    INITIATOR = "initiator", "initiateur", "initiator"
    FUNDER = "funder", "financeur", "funder"
    SUPPORT = "support", "appui", "support"
    HOST = "host", "hôte", "host"
    MEMBER = "member", "membre", "member", "participant", "partner"
    WITNESS = "witness", "témoin", "witness"


class ValueType(Enum):
    """The types that a value may have besides the terms of a vocabulary."""

    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    """ISO 8601, as precise as known: `2012`, `2020-03` or `2020-03-31`."""
    URL = "url"


class Merge(Enum):
    """How the values of several claims become one."""

    FIRST = "first"
    """The value of the most trusted source; of two equal ones, the most recent."""
    UNION = "union"
    """All the values, without repetition, the most trusted first."""
    EARLIEST = "earliest"
    LATEST = "latest"


@dataclass(frozen=True, slots=True)
class Property:
    """Something that can be said of a kind of thing or of a tie."""

    name: str
    type: ValueType | type[Term]
    fr: str
    en: str
    merge: Merge = Merge.FIRST

    @property
    def many(self) -> bool:
        """Whether the value is a list."""
        return self.merge is Merge.UNION


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Kind:
    """A kind of thing."""

    name: str
    fr: str
    en: str
    description: str
    properties: tuple[Property, ...]

    def __repr__(self) -> str:
        return self.name

    def property(self, name: str) -> Property | None:
        """The property of that name, or None where this kind has none."""
        return next((p for p in self.properties if p.name == name), None)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Tie:
    """A kind of tie, readable aloud from both ends: "a verb b", "b inverse a"."""

    name: str
    pairs: tuple[tuple[Kind, Kind], ...]
    verb: str
    inverse: str
    verb_en: str
    inverse_en: str
    properties: tuple[Property, ...] = ()

    def __repr__(self) -> str:
        return self.name

    def property(self, name: str) -> Property | None:
        """The property of that name, or None where this tie has none."""
        return next((p for p in self.properties if p.name == name), None)


_T, _I, _N, _B = ValueType.TEXT, ValueType.INTEGER, ValueType.NUMBER, ValueType.BOOLEAN
_D, _U = ValueType.DATE, ValueType.URL

NAME = Property("name", _T, "nom", "name")
OTHER_NAMES = Property("other_names", _T, "autres noms", "other names", Merge.UNION)
DESCRIPTION = Property("purpose", _T, "objet", "purpose")
WEBSITES = Property("websites", _U, "sites", "websites", Merge.UNION)
STARTED = Property("started", _D, "début", "start", Merge.EARLIEST)
ENDED = Property("ended", _D, "fin", "end", Merge.LATEST)
LATITUDE = Property("latitude", _N, "latitude", "latitude")
LONGITUDE = Property("longitude", _N, "longitude", "longitude")

ORGANISATION = Kind(
    "Organisation",
    "organisation",
    "organisation",
    "Une structure qui agit, légale ou de fait.",
    (
        NAME,
        OTHER_NAMES,
        Property("acronym", _T, "sigle", "acronym"),
        Property("world", World, "monde", "world"),
        Property("legal_form", _T, "forme juridique (code Insee)", "legal form (Insee code)"),
        Property("ess", _B, "économie sociale et solidaire", "social economy"),
        Property("siren", _T, "SIREN", "SIREN"),
        Property("siret", _T, "SIRET", "SIRET"),
        Property("rna", _T, "numéro RNA", "RNA number"),
        Property("identifiers", _T, "autres identifiants", "other identifiers", Merge.UNION),
        Property("roles", Role, "rôles", "roles", Merge.UNION),
        Property("functions", Function, "fonctions de catalyseur", "functions", Merge.UNION),
        Property("collective", _B, "ensemble d'organisations", "group of organisations"),
        Property("contact_point_count", _I, "points de contact", "points of contact"),
        DESCRIPTION,
        WEBSITES,
        Property("address", _T, "adresse", "address"),
        LATITUDE,
        LONGITUDE,
        STARTED,
        ENDED,
    ),
)

TERRITORY = Kind(
    "Territory",
    "territoire",
    "territory",
    "Une portion de la France : de la commune à la nation, ou un périmètre libre de communes.",
    (
        NAME,
        OTHER_NAMES,
        Property("level", Level, "niveau", "level"),
        Property("code", _T, "code officiel", "official code"),
        Property("liaison", _I, "article (code TNCC de l'Insee)", "article (Insee's TNCC code)"),
        Property("population", _I, "population", "population"),
        Property("surface_km2", _N, "surface (km²)", "area (km²)"),
        LATITUDE,
        LONGITUDE,
        Property("postcodes", _T, "codes postaux", "postcodes", Merge.UNION),
        Property("former_codes", _T, "anciens codes", "former codes", Merge.UNION),
        Property("extent", Extent, "composition", "composition"),
    ),
)

GOAL = Kind(
    "Goal",
    "objectif de développement durable",
    "sustainable development goal",
    "L'un des 17 objectifs de développement durable des Nations unies.",
    (
        NAME,
        Property("name_en", _T, "nom anglais", "English name"),
        Property("number", _I, "numéro", "number"),
        Property("title", _T, "intitulé", "title"),
        Property("title_en", _T, "intitulé anglais", "English title"),
        Property("iri", _U, "adresse officielle", "official IRI"),
        Property("colour", _T, "couleur", "colour"),
    ),
)

TARGET = Kind(
    "Target",
    "cible",
    "target",
    "L'une des 169 cibles des objectifs de développement durable.",
    (
        NAME,
        Property("name_en", _T, "nom anglais", "English name"),
        Property("code", _T, "numéro de cible", "target number"),
        Property("iri", _U, "adresse officielle", "official IRI"),
    ),
)

LEVER = Kind(
    "Lever",
    "levier",
    "lever",
    "L'un des 21 leviers de la charte du faire alliance : 7 principes, 7 modalités, 7 moyens.",
    (
        NAME,
        Property("name_en", _T, "nom anglais", "English name"),
        Property("family", LeverFamily, "famille", "family"),
        Property("order", _I, "rang", "order"),
        Property("question", _T, "question", "question"),
    ),
)

ALLIANCE = Kind(
    "Alliance",
    "alliance d'intérêt général",
    "alliance",
    "Plusieurs organisations qui agissent ensemble : programme, réseau, expérimentation, fonds…",
    (
        NAME,
        OTHER_NAMES,
        Property("type", AllianceType, "forme", "form"),
        DESCRIPTION,
        Property("phase", Phase, "phase", "phase"),
        STARTED,
        ENDED,
        Property("stated_member_count", _I, "nombre annoncé de membres", "stated members"),
        Property("outcome", Outcome, "issue", "outcome"),
        Property("result", _T, "résultat", "result"),
        Property("exit_reason", _T, "raison de la fin", "reason of the end"),
        Property("lesson", _T, "enseignement", "lesson"),
        Property("identifiers", _T, "identifiants", "identifiers", Merge.UNION),
        WEBSITES,
    ),
)

PROJECT = Kind(
    "Project",
    "projet",
    "project",
    "Ce qu'un porteur de projet veut faire ; il devient une alliance quand d'autres le rejoignent.",
    (NAME, OTHER_NAMES, DESCRIPTION, STARTED, ENDED, WEBSITES),
)

CALL = Kind(
    "Call",
    "appel à projets",
    "call for projects",
    "L'offre ouverte d'un financeur : appel à projets ou à manifestation d'intérêt.",
    (
        NAME,
        OTHER_NAMES,
        DESCRIPTION,
        Property("opens", _D, "ouverture", "opening"),
        Property("closes", _D, "clôture", "closing"),
        Property("worlds", World, "mondes admis", "worlds admitted", Merge.UNION),
        WEBSITES,
    ),
)

PLATFORM = Kind(
    "Platform",
    "plateforme",
    "platform",
    "Un site qui recense déjà des acteurs, des alliances ou des méthodes, et où nous renvoyons.",
    (NAME, OTHER_NAMES, DESCRIPTION, WEBSITES, STARTED, ENDED),
)

KINDS: tuple[Kind, ...] = (
    ORGANISATION,
    TERRITORY,
    GOAL,
    TARGET,
    LEVER,
    ALLIANCE,
    PROJECT,
    CALL,
    PLATFORM,
)

SINCE = Property("since", _D, "depuis", "since", Merge.EARLIEST)
UNTIL = Property("until", _D, "jusqu'à", "until", Merge.LATEST)
ROLE = Property("role", MemberRole, "rôle", "role")
WORDS = Property("words", _T, "en mots", "in words", Merge.UNION)
AMOUNT = Property("amount", _N, "montant (euros)", "amount (euros)")
_PERIOD = (SINCE, UNTIL, WORDS)

_ACTORS = (ORGANISATION, ALLIANCE, PROJECT, CALL, PLATFORM)


def _each(starts: tuple[Kind, ...], *ends: Kind) -> tuple[tuple[Kind, Kind], ...]:
    return tuple((start, end) for start in starts for end in ends)


PART_OF = Tie(
    "PART_OF",
    ((TERRITORY, TERRITORY), (ORGANISATION, ORGANISATION), (TARGET, GOAL)),
    "fait partie de",
    "comprend",
    "is part of",
    "comprises",
    _PERIOD,
)
GOVERNS = Tie(
    "GOVERNS",
    ((ORGANISATION, TERRITORY),),
    "administre",
    "est administré par",
    "governs",
    "is governed by",
)
SEATED_IN = Tie(
    "SEATED_IN",
    ((ORGANISATION, TERRITORY),),
    "a pour siège",
    "est le siège de",
    "has its seat in",
    "is the seat of",
    _PERIOD,
)
ACTS_IN = Tie(
    "ACTS_IN",
    _each(_ACTORS, TERRITORY),
    "agit sur",
    "est le terrain d'action de",
    "acts in",
    "is the field of action of",
    _PERIOD,
)
MEMBER_OF = Tie(
    "MEMBER_OF",
    ((ORGANISATION, ALLIANCE),),
    "prend part à",
    "réunit",
    "takes part in",
    "gathers",
    (ROLE, SINCE, UNTIL, WORDS, AMOUNT),
)
FOUNDED = Tie(
    "FOUNDED",
    _each((ORGANISATION,), ORGANISATION, ALLIANCE, PLATFORM),
    "a créé",
    "a été créé par",
    "founded",
    "was founded by",
    _PERIOD,
)
RUNS = Tie(
    "RUNS",
    _each((ORGANISATION,), ALLIANCE, PLATFORM),
    "anime",
    "est animé par",
    "runs",
    "is run by",
    _PERIOD,
)
SUPPORTS = Tie(
    "SUPPORTS",
    ((ORGANISATION, ORGANISATION),),
    "accompagne",
    "est accompagné par",
    "supports",
    "is supported by",
    _PERIOD,
)
FUNDED = Tie(
    "FUNDED",
    _each((ORGANISATION, ALLIANCE), ORGANISATION, ALLIANCE, PROJECT),
    "a financé",
    "a été financé par",
    "funded",
    "was funded by",
    (SINCE, UNTIL, WORDS, AMOUNT),
)
GAVE_RISE_TO = Tie(
    "GAVE_RISE_TO",
    _each((ORGANISATION, ALLIANCE, PROJECT, CALL), ORGANISATION, ALLIANCE, PROJECT, PLATFORM),
    "a donné lieu à",
    "est né de",
    "gave rise to",
    "came from",
    _PERIOD,
)
INSPIRED = Tie(
    "INSPIRED",
    _each((ORGANISATION, ALLIANCE), ORGANISATION, ALLIANCE),
    "a inspiré",
    "s'est inspiré de",
    "inspired",
    "was inspired by",
    _PERIOD,
)
CARRIES = Tie(
    "CARRIES",
    ((ORGANISATION, PROJECT),),
    "porte",
    "est porté par",
    "carries",
    "is carried by",
    _PERIOD,
)
OPENED = Tie(
    "OPENED",
    ((ORGANISATION, CALL),),
    "a ouvert",
    "a été ouvert par",
    "opened",
    "was opened by",
    _PERIOD,
)
AIMS_AT = Tie(
    "AIMS_AT",
    _each(_ACTORS, GOAL, TARGET),
    "vise",
    "est visé par",
    "aims at",
    "is aimed at by",
    (WORDS,),
)
USES = Tie(
    "USES",
    _each((ALLIANCE, PROJECT), LEVER),
    "s'appuie sur",
    "sert à",
    "uses",
    "is used by",
    (WORDS,),
)
OFFERS = Tie(
    "OFFERS",
    _each(_ACTORS, LEVER),
    "offre",
    "est offert par",
    "offers",
    "is offered by",
    _PERIOD,
)
NEEDS = Tie(
    "NEEDS",
    _each(_ACTORS, LEVER),
    "cherche",
    "est cherché par",
    "needs",
    "is needed by",
    _PERIOD,
)
LISTED_ON = Tie(
    "LISTED_ON",
    _each((ORGANISATION, ALLIANCE, PROJECT, CALL), PLATFORM),
    "est référencé sur",
    "référence",
    "is listed on",
    "lists",
    _PERIOD,
)
REPLACED_BY = Tie(
    "REPLACED_BY",
    ((ORGANISATION, ORGANISATION), (TERRITORY, TERRITORY)),
    "a été remplacé par",
    "remplace",
    "was replaced by",
    "replaces",
    _PERIOD,
)

TIES: tuple[Tie, ...] = (
    PART_OF,
    GOVERNS,
    SEATED_IN,
    ACTS_IN,
    MEMBER_OF,
    FOUNDED,
    RUNS,
    SUPPORTS,
    FUNDED,
    GAVE_RISE_TO,
    INSPIRED,
    CARRIES,
    OPENED,
    AIMS_AT,
    USES,
    OFFERS,
    NEEDS,
    LISTED_ON,
    REPLACED_BY,
)

VOCABULARIES: tuple[type[Term], ...] = (
    World,
    Means,
    LeverFamily,
    Role,
    Function,
    Level,
    Extent,
    AllianceType,
    Phase,
    Outcome,
    MemberRole,
)

_KIND_BY_NAME = {kind.name: kind for kind in KINDS}
_TIE_BY_NAME = {tie.name: tie for tie in TIES}


def kind_named(name: str) -> Kind:
    """The kind of that name.

    Raises:
        KeyError: the model has none.
    """
    return _KIND_BY_NAME[name]


def tie_named(name: str) -> Tie:
    """The tie of that name.

    Raises:
        KeyError: the model has none.
    """
    return _TIE_BY_NAME[name]


def properties() -> Iterator[tuple[Kind | Tie, Property]]:
    """Every property of the model, with what it belongs to."""
    owners: tuple[Kind | Tie, ...] = (*KINDS, *TIES)
    for owner in owners:
        for declared in owner.properties:
            yield owner, declared


def means_lever(means: Means) -> str:
    """The id of the lever that is this means (`lever:data`)."""
    return f"lever:{means.value}"
