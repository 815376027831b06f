"""The weight of each feature of a partnership: the one declared table.

Each feature is in [0, 1]; the score is their weighted sum over the features that apply to the
request, divided by the sum of those weights. The values are a judgement of ours from the measures
in `docs/matching.md`; they are not fitted yet.
"""

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Feature(StrEnum):
    """What counts for a partnership. Never popularity, degree or size."""

    GIVEN = "given"
    """The share of the means that are needed which the other offers."""
    RECEIVED = "received"
    """The share of the means that the other needs which are offered."""
    GOAL = "goal"
    """The shared goals among those asked, weighted by their rarity (inverse frequency)."""
    PLACE = "place"
    """How near its territory is to the place asked, by level."""
    NETWORK = "network"
    """Logarithm of the personalised PageRank (restart 0.15) by degree; see `queries.network`."""
    EXPERIENCE = "experience"
    """It already took part in an alliance in this place: yes or no, not how many."""


@dataclass(frozen=True, slots=True)
class Band:
    """A band of confidence: the least score, and the least number of kinds of reasons.

    The place and the world alone are no reason to meet: they do not count among the kinds.
    """

    name: str
    fr: str
    score: float
    kinds: int


WEIGHTS = MappingProxyType(
    {
        Feature.GIVEN: 0.30,
        Feature.RECEIVED: 0.20,
        Feature.GOAL: 0.20,
        Feature.PLACE: 0.15,
        Feature.NETWORK: 0.20,
        Feature.EXPERIENCE: 0.10,
    }
)

# ×1.10 for an actor of another world bought 15 points of cross-world suggestions for 3 % of NDCG
# on 822 French funded alliances; ×1.5 cost 11 %.
OTHER_WORLD = 1.10

# What each further actor of a world already shown costs, so that no world fills the page.
SAME_WORLD_AGAIN = 0.02

BANDS = (
    Band("strong", "fort", 0.55, 2),
    Band("plausible", "plausible", 0.30, 1),
    Band("to_explore", "à explorer", 0.0, 0),
)
