"""What may be asked of each address: the names of the command, in its order."""

from typing import Annotated, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from queries.matching.weights import OTHER_WORLD

_MOST = 100
_DAY = r"^\d{4}-\d{2}-\d{2}$"

Text: TypeAlias = Annotated[str, Field(max_length=300)]
Words: TypeAlias = Annotated[str, Field(max_length=2_000)]
Texts: TypeAlias = Annotated[list[Text], Field(max_length=20)]
Limit: TypeAlias = Annotated[int, Field(ge=1, le=_MOST)]

_PLACE = "Un territoire : nom, code Insee, code postal, SIREN ou identifiant."
_GOALS = "Objectifs de développement durable, de 1 à 17."
_WORLDS = "Mondes, par leur nom français ou anglais."
_MEANS = "par leur nom français ou anglais : données, outils, compétences…"
_LIMIT = f"Nombre de réponses, {_MOST} au plus."
_DAY_SAYS = "Le jour dont on parle, comme 2026-03-31 ; aujourd'hui si rien n'est dit."
_BOX = "Cadre : ouest,sud,est,nord, en degrés (WGS 84)."
_SEATS = f"Seulement ceux qui sont, sur la carte, dans ce cadre. {_BOX}"
_NAME = "Un identifiant (siren:…, rna:…), ou un nom."


class Asked(BaseModel):
    """The parameters of a question; a parameter that does not exist is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class PlaceAsked(Asked):
    """A place, and how many answers."""

    at: Annotated[Text | None, Field(description=_PLACE)] = None
    limit: Annotated[Limit, Field(description=_LIMIT)] = 10


class PartnersAsked(PlaceAsked):
    """Who could partner with someone."""

    organisation: Annotated[Text | None, Field(alias="for", description=f"Pour qui. {_NAME}")] = (
        None
    )
    goal: Annotated[Texts, Field(description=_GOALS)] = []
    need: Annotated[Texts, Field(description=f"Moyens cherchés, {_MEANS}")] = []
    offer: Annotated[Texts, Field(description=f"Moyens offerts, {_MEANS}")] = []
    world: Annotated[Texts, Field(description=f"Seulement ces mondes. {_WORLDS}")] = []
    text: Annotated[Words, Field(description="Le projet, en mots.")] = ""
    difference: Annotated[
        float, Field(ge=1, le=2, description="Ce que compte un autre monde, de 1 à 2.")
    ] = OTHER_WORLD
    seats: Annotated[Text | None, Field(description=_SEATS)] = None


class PairsAsked(PlaceAsked):
    """Who could work with whom in a place."""

    world: Annotated[Texts, Field(description=f"Seulement ces mondes. {_WORLDS}")] = []


class TeamAsked(Asked):
    """A group for some goals."""

    at: Annotated[Text | None, Field(description=_PLACE)] = None
    goal: Annotated[Texts, Field(min_length=1, description=_GOALS)]
    organisation: Annotated[
        Text | None, Field(alias="with", description=f"Qui en est de toute façon. {_NAME}")
    ] = None
    world: Annotated[Texts, Field(description=f"Seulement ces mondes. {_WORLDS}")] = []
    size: Annotated[
        int | None, Field(ge=3, le=6, description="De 3 à 6 ; sinon le plus petit groupe.")
    ] = None


class MissedAsked(PlaceAsked):
    """Missed meetings."""

    on: Annotated[Text | None, Field(pattern=_DAY, description=_DAY_SAYS)] = None


class AlikeAsked(Asked):
    """Alliances like a project."""

    thing: Annotated[
        Text | None, Field(alias="for", description=f"Un projet ou une alliance. {_NAME}")
    ] = None
    goal: Annotated[Texts, Field(description=_GOALS)] = []
    need: Annotated[Texts, Field(description=f"Moyens mis en jeu, {_MEANS}")] = []
    world: Annotated[Texts, Field(description=f"Mondes réunis. {_WORLDS}")] = []
    at: Annotated[Text | None, Field(description=_PLACE)] = None
    text: Annotated[Words, Field(description="Ce qu'on veut faire, en mots.")] = ""
    on: Annotated[Text | None, Field(pattern=_DAY, description=_DAY_SAYS)] = None
    limit: Annotated[Limit, Field(description="Alliances de chaque groupe.")] = 5


class BridgesAsked(Asked):
    """Catalysts between worlds."""

    between: Annotated[Texts, Field(min_length=1, description=f"À relier. {_WORLDS}")]
    place: Annotated[Text, Field(alias="in", min_length=1, description=_PLACE)]
    goal: Annotated[Texts, Field(description=_GOALS)] = []
    limit: Annotated[Limit, Field(description=_LIMIT)] = 10


class PathAsked(Asked):
    """How two actors know each other."""

    start: Annotated[Text, Field(alias="from", min_length=1, description=f"De qui. {_NAME}")]
    end: Annotated[Text, Field(alias="to", min_length=1, description=f"Vers qui. {_NAME}")]


class SearchAsked(Asked):
    """Things by name."""

    text: Annotated[Text, Field(min_length=1, description="Un nom, un sigle, un code.")]
    limit: Annotated[Limit, Field(description=_LIMIT)] = 20


class SuggestAsked(Asked):
    """Suggestions as one types."""

    text: Annotated[Text, Field(description="Ce qui est déjà tapé.")]
    limit: Annotated[int, Field(ge=1, le=20, description="De chaque sorte, 20 au plus.")] = 6


class MapAsked(Asked):
    """Counts for the map."""

    place: Annotated[Text | None, Field(description=f"Dans quoi. {_PLACE}")] = None
    level: Annotated[
        Text | None,
        Field(description="Échelon à compter : region, departement, epci, ept, commune, actor…"),
    ] = None
    box: Annotated[Text | None, Field(description=_BOX)] = None
    at: Annotated[
        Text | None,
        Field(description=f"Seulement qui pourrait être partenaire ici, ou pour `for`. {_PLACE}"),
    ] = None
    organisation: Annotated[Text | None, Field(alias="for", description=f"Pour qui. {_NAME}")] = (
        None
    )
    world: Annotated[Texts, Field(description=f"Seulement ces mondes. {_WORLDS}")] = []
    seats: Annotated[Text | None, Field(description=_SEATS)] = None
    uncovered: Annotated[
        bool, Field(description="Dire aussi les territoires sans catalyseur connu.")
    ] = False


class NothingAsked(Asked):
    """No parameter."""


class GapsAsked(Asked):
    """White zones."""

    place: Annotated[Text, Field(alias="in", min_length=1, description=_PLACE)]
    limit: Annotated[Limit, Field(description="De chaque sorte.")] = 10


class EcosystemAsked(Asked):
    """The profile of a territory."""

    place: Annotated[Text, Field(alias="in", min_length=1, description=_PLACE)]
    listed: Annotated[
        Text | None,
        Field(alias="list", description="Ce qui est compté sous un nombre, comme goals.11."),
    ] = None
    limit: Annotated[Limit, Field(description="Faits de chaque nombre.")] = 5


class SignalsAsked(Asked):
    """What is new in a territory."""

    place: Annotated[Text, Field(alias="in", min_length=1, description=_PLACE)]
    since: Annotated[Text, Field(pattern=_DAY, description="Depuis quel jour, comme 2018-01-01.")]
    on: Annotated[Text | None, Field(pattern=_DAY, description=_DAY_SAYS)] = None
    limit: Annotated[Limit, Field(description="De chaque sorte.")] = 10
