"""The plots of an evaluation, as SVG; needs matplotlib (`alliage[evaluation]`)."""

import io
from collections.abc import Callable, Iterator
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from queries.evaluation.card import METHOD, UNMIXED, Card, Form, Result
from queries.evaluation.protocol import Stratum

_OURS, _OTHERS = "#00558c", "#8a8a8a"
_TITLES = {Stratum.NEW: "nouveaux partenaires", Stratum.NEWCOMER: "nouveaux venus"}


def plots(card: Card) -> Iterator[str]:
    """NDCG@10 of all methods, who is shown, and how often suggestions came true."""
    novel = [result for result in card.results if result.stratum in _TITLES]
    for draw in (_accuracy, _exposure, _reliability):
        yield _drawn(novel, draw)


def _drawn(results: list[Result], draw: Callable[[Any, Result], None]) -> str:
    # The same drawing gives the same file; texts stay texts.
    with mpl.rc_context({"svg.hashsalt": "alliage", "svg.fonttype": "none"}):
        figure = Figure(figsize=(6.0 * len(results), 4.5), layout="constrained")
        every = figure.subplots(1, len(results), squeeze=False)[0]
        for axes, result in zip(every, results, strict=True):
            draw(axes, result)
            form = "A" if result.form is Form.ASKER else "B"
            axes.set_title(f"{_TITLES[result.stratum]}, forme {form}")
        buffer = io.StringIO()
        figure.savefig(buffer, format="svg", metadata={"Date": None})
    return buffer.getvalue().partition("?>")[2].partition(">")[2].strip()


def _accuracy(axes: Axes, result: Result) -> None:
    """A bar for each method, with its interval."""
    ordered = sorted(result.figures, key=lambda figures: figures.metrics["ndcg@10"].value)
    found = [figures.metrics["ndcg@10"] for figures in ordered]
    values = [each.value for each in found]
    away = [[e.value - e.low for e in found], [e.high - e.value for e in found]]
    ours = [_OURS if figures.method in (METHOD, UNMIXED) else _OTHERS for figures in ordered]
    axes.barh([figures.method for figures in ordered], values, xerr=away, color=ours)
    axes.set_xlabel("NDCG@10, intervalle à 95 %")


def _exposure(axes: Axes, result: Result) -> None:
    """How many organisations are shown, against how well."""
    for figures in result.figures:
        colour = _OURS if figures.method in (METHOD, UNMIXED) else _OTHERS
        place = figures.coverage, figures.metrics["ndcg@10"].value
        axes.scatter(*place, color=colour)
        axes.annotate(figures.method, place, fontsize=7, xytext=(3, 3), textcoords="offset points")
    axes.set_xlabel("part des organisations montrées au moins une fois")
    axes.set_ylabel("NDCG@10")


def _reliability(axes: Axes, result: Result) -> None:
    """The share of suggestions that came true, by score."""
    bins = result.calibration.bins
    axes.plot([each.score for each in bins], [each.right for each in bins], "o-", color=_OURS)
    for band in result.calibration.bands[:-1]:
        axes.axvline(band.least, color=_OTHERS, linestyle=":")
    axes.set_xlabel("score (en pointillés, les seuils des bandes)")
    axes.set_ylabel("part réalisée")
    axes.set_ylim(bottom=0)
