"""What counts for a partnership, and how much: the one declared table.

Each feature is in [0, 1]; the score is their weighted sum, not clipped. Nothing here is
popularity, degree or size: what does not depend on who asks does not rise with the number of
alliances, and the same partners again count once.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Self


class Feature(StrEnum):
    """A feature of a partnership: its code, and what it says, in French."""

    fr: str

    def __new__(cls, code: str, fr: str) -> Self:
        """Make a feature of its code and of what it says."""
        member = str.__new__(cls, code)
        member._value_ = code
        member.fr = fr
        return member

    # What the request states, against what is said of the other.
    GIVEN = "given", "la part des moyens cherchés que l'autre offre"
    RECEIVED = "received", "la part des moyens que l'autre cherche et qui lui sont offerts"
    GOAL = "goal", "les objectifs demandés que l'autre vise, les plus rares comptant le plus"
    PLACE = "place", "la proximité du lieu demandé, niveau de territoire par niveau"
    EXPERIENCE = "experience", "l'autre a déjà pris part à une alliance dans ce lieu : oui ou non"
    PURPOSE = "purpose", "les mots du projet, et ceux par lesquels l'autre dit la même chose"
    DIRECT = "direct", "un lien direct existe déjà entre eux, hors de toute alliance"
    COMPETITION = "competition", "l'autre offre ici la même chose pour le même objectif"
    # What past alliances show.
    CIRCLE = (
        "circle",
        "la proximité dans le réseau des alliances passées, les récentes comptant le plus",
    )
    PARTNERS = (
        "partners",
        "des partenaires communs, ceux qui ont peu d'autres partenaires comptant le plus",
    )
    KIN = "kin", "l'autre a l'habitude d'organisations des mêmes lieux et du même monde"
    WELCOME = (
        "welcome",
        "l'autre a accueilli la première alliance d'organisations semblables (pour qui n'en a pas)",
    )
    HOME = (
        "home",
        "le lieu commun le plus fin, selon ce que ce lieu a réuni d'alliances dans le passé",
    )
    DISTANCE = "distance", "la distance entre les communes des deux sièges"
    FRESH = "fresh", "les alliances de l'autre sont récentes, en moyenne"
    CONVENER = "convener", "la part de ses alliances que l'autre a réunies lui-même"
    THEME = "theme", "la part que l'autre a prise dans les alliances sur les mêmes thèmes"
    THEME_ALIKE = "theme_alike", "la ressemblance des thèmes de leurs alliances"
    GROUND = "ground", "proche dans le réseau et sur les mêmes thèmes à la fois"
    SITE = "site", "l'autre agit déjà, par une alliance, sur le territoire du projet"
    TEXT = "text", "des mots communs, les plus rares comptant le plus"


STATED = frozenset(
    {
        Feature.GIVEN,
        Feature.RECEIVED,
        Feature.GOAL,
        Feature.PLACE,
        Feature.EXPERIENCE,
        Feature.PURPOSE,
        Feature.DIRECT,
        Feature.COMPETITION,
    }
)

# Of the past: fitted on alliances of 2015–2016 (ANR), 2017 (Horizon 2020) and 2021 (city contracts)
# from those before; measured on later ones in `docs/evaluation`, which tells how. What weighs 0
# told nothing more there. Of the request: a judgement, in the proportions it always had to nearness
# in the network (0.20 there, 1.20 here); no open data says who asked for what.
WEIGHTS: Mapping[Feature, float] = MappingProxyType(
    {
        Feature.GIVEN: 1.80,
        Feature.RECEIVED: 1.20,
        Feature.GOAL: 1.20,
        Feature.PLACE: 0.90,
        Feature.EXPERIENCE: 0.60,
        Feature.PURPOSE: 1.20,
        Feature.DIRECT: 0.40,
        Feature.COMPETITION: -0.60,
        Feature.GROUND: 0.23,
        Feature.SITE: 1.84,
        Feature.FRESH: 0.00,
        Feature.CIRCLE: 1.26,
        Feature.HOME: 1.16,
        Feature.WELCOME: 1.39,
        Feature.THEME_ALIKE: 0.00,
        Feature.CONVENER: 0.13,
        Feature.KIN: 0.56,
        Feature.PARTNERS: 0.99,
        Feature.THEME: 2.09,
        Feature.DISTANCE: 0.28,
        Feature.TEXT: 0.00,
    }
)

# The score that is shown as 1; beyond it the order still is that of the score.
FULL_SCORE = 8.0

# ×1.10 for an actor of another world bought 15 points of cross-world suggestions for 3 % of NDCG
# on 822 French funded alliances; ×1.5 cost 11 %.
OTHER_WORLD = 1.10

# What each further actor of a world already shown costs, so that no world fills the page.
SAME_WORLD_AGAIN = 0.02

# Of how many places one is kept for organisations with at most `LITTLE_PAST` past alliances.
NEWCOMER_EVERY = 10
LITTLE_PAST = 1


@dataclass(frozen=True, slots=True)
class Band:
    """A band of confidence: the least score, and the least number of kinds of reasons.

    The place and the world alone are no reason to meet: they do not count among the kinds.
    """

    name: str
    fr: str
    score: float
    kinds: int


# On the scale of the weighted sum: 5 % and 30 % of the suggestions of the past alone are at least
# so high, on the alliances of the fit.
BANDS = (
    Band("strong", "fort", 1.41, 2),
    Band("plausible", "plausible", 1.19, 1),
    Band("to_explore", "à explorer", 0.0, 0),
)
