"""What an evaluation found: the card that is published with the weights."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from queries.evaluation.calibration import Calibration
from queries.evaluation.intervals import Estimate
from queries.evaluation.protocol import Split, Stratum

TARGET = 1.15  # times the best of all baselines, MRR and NDCG@10, new and newcomer
COVERAGE_TARGET = 3.0  # times that of popularity
METHOD = "Alliage"
UNMIXED = "Alliage, avant le mélange des mondes"
POPULARITY = "popularité"


class Form(StrEnum):
    """What is told of who asks."""

    ASKER = "A"
    """The organisation alone."""
    STATED = "B"
    """And the themes and the place of its project; baselines are told them, too."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What one method reaches.

    Attributes:
        metrics: the mean of each of `metrics.METRICS`.
        coverage: the share of the eligible organisations that some first page shows.
        gini: of exposure.
        cross_world: the share of those shown that are of another world than the asker; None where
            worlds are not known.
    """

    method: str
    metrics: Mapping[str, Estimate]
    coverage: float
    gini: float
    cross_world: float | None


@dataclass(frozen=True, slots=True)
class Ratio:
    """A metric of the method by that of the best baseline for it."""

    metric: str
    baseline: str
    ratio: Estimate

    @property
    def reached(self) -> bool:
        """Whether the target is reached by the value itself."""
        return self.ratio.value >= TARGET


@dataclass(frozen=True, slots=True)
class Without:
    """What remains of MRR and NDCG@10 where one feature is left out, as ratios."""

    feature: str
    mrr: Estimate
    ndcg: Estimate


@dataclass(frozen=True, slots=True)
class WorldPair:
    """The right answers of one world to askers of another.

    Attributes:
        found, popularity: the share of them among the first ten, of the method and by popularity.
    """

    asker: str
    partner: str
    truths: int
    found: float
    popularity: float


@dataclass(frozen=True, slots=True)
class Result:
    """One form and stratum.

    Attributes:
        truths: right answers of a query, on average.
        figures: of the method, without the mixing of worlds, and of each baseline.
        ratios: MRR and NDCG@10 by the best of all baselines.
    """

    form: Form
    stratum: Stratum
    queries: int
    alliances: int
    truths: float
    figures: tuple[Figures, ...]
    ratios: tuple[Ratio, ...]
    calibration: Calibration
    without: tuple[Without, ...] = ()
    worlds: tuple[WorldPair, ...] = ()

    @property
    def of(self) -> Mapping[str, Figures]:
        """The figures by method."""
        return {figures.method: figures for figures in self.figures}

    @property
    def reached(self) -> bool:
        """Whether both ratios reach the target."""
        return all(ratio.reached for ratio in self.ratios)

    @property
    def coverage_ratio(self) -> float:
        """The coverage of the method by that of popularity."""
        return self.of[METHOD].coverage / self.of[POPULARITY].coverage

    @property
    def less_concentrated(self) -> bool:
        """Whether exposure is less unequal than by popularity."""
        return self.of[METHOD].gini < self.of[POPULARITY].gini


@dataclass(frozen=True, slots=True)
class Card:
    """All that an evaluation found.

    Attributes:
        data: what was read, in words.
        organisations: the eligible ones, known before the split.
        known, hidden: alliances of two or more before the split and within the window.
        unseen: the share of the right answers that nobody can rank, having no past.
        weights: those that were used, by feature.
        seconds: what the ranking of all queries by the method took.
        ranked: how many queries that were.
    """

    data: str
    split: Split
    organisations: int
    known: int
    hidden: int
    unseen: float
    weights: Mapping[str, float]
    results: tuple[Result, ...]
    seconds: float
    ranked: int
