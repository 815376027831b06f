"""The card of an evaluation, in French: as lines, as Markdown, as a page, as JSON."""

import html
import importlib.util
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from math import isfinite
from typing import TypeAlias

import orjson

from graph.errors import RequestError
from graph.model import World
from queries.evaluation.card import (
    COVERAGE_TARGET,
    METHOD,
    POPULARITY,
    TARGET,
    Card,
    Figures,
    Form,
    Result,
)
from queries.evaluation.intervals import Estimate
from queries.evaluation.metrics import METRICS
from queries.evaluation.protocol import Stratum
from queries.matching.weights import BANDS, Feature
from viz.french import count, thousands, typeset

Told: TypeAlias = Callable[[str], None]
Table: TypeAlias = tuple[Sequence[str], Sequence[Sequence[str]]]

_METRICS = dict(
    zip(METRICS, ("Hits@1", "Hits@5", "Hits@10", "MRR", "NDCG@10", "Rappel@20"), strict=True)
)
_STRATA = {
    Stratum.NEW: "nouveaux partenaires",
    Stratum.NEWCOMER: "nouveaux venus",
    Stratum.REPEAT: "partenaires retrouvés",
}
_FORMS = {
    Form.ASKER: "forme A : l'organisation seule",
    Form.STATED: "forme B : le thème et le lieu du projet sont dits, aux repères aussi",
}
_BANDS = {band.name: band.fr for band in BANDS}
_WITH_INTERVAL = ("mrr", "ndcg@10")
_FEATURES = {feature.value: feature.fr for feature in Feature}
_MONTHS = 12


def lines(card: Card) -> Iterator[str]:
    """The report for a terminal."""
    yield f"Évaluation sur {card.data}"
    yield from _described(card)
    for result in card.results:
        yield ""
        yield _title(result)
        mine = result.of[METHOD]
        yield (
            f"  Alliage : MRR {_estimate(mine.metrics['mrr'])}, "
            f"NDCG@10 {_estimate(mine.metrics['ndcg@10'])}"
        )
        yield from (f"  {line}" for line in _verdict(result))
    yield ""
    yield from _conclusion(card)


def in_json(card: Card) -> str:
    """The card for a program; what is not a number is null."""
    option = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
    return orjson.dumps(asdict(card), option=option).decode()


def in_markdown(card: Card) -> str:
    """The card as a page of documentation."""
    told = [f"# Évaluation : {card.data}", "", *_paragraphs(card)]
    for title, text, table in _parts(card):
        told += [f"{'###' if table else '##'} {title}", ""]
        told += [line for paragraph in text for line in (paragraph, "")]
        if table:
            told += [*_markdown(table), ""]
    return "\n".join(typeset(line) for line in told).rstrip() + "\n"


def in_html(card: Card) -> str:
    """The card as one page that needs nothing else, with its plots."""
    require_plots()
    from api import evaluation_plots

    told = [f"<p>{_escaped(line)}</p>" for line in _paragraphs(card) if line]
    told += [f"<figure>{drawn}</figure>" for drawn in evaluation_plots.plots(card)]
    for title, text, table in _parts(card):
        level = "h3" if table else "h2"
        told.append(f"<{level}>{_escaped(title)}</{level}>")
        told += [f"<p>{_escaped(paragraph)}</p>" for paragraph in text]
        if table:
            told.append(_html(table))
    title = _escaped(f"Évaluation : {card.data}")
    return _PAGE.format(title=title, body="\n".join(told))


def require_plots() -> None:
    """Check that plots can be drawn.

    Raises:
        RequestError: matplotlib is not installed.
    """
    if importlib.util.find_spec("matplotlib") is None:
        raise RequestError(
            "Les courbes de la page demandent matplotlib : installez « alliage[evaluation] », ou"
            " écrivez la fiche en .md ou en .json."
        )


# What is said -------------------------------------------------------------------------------


def _described(card: Card) -> Iterator[str]:
    yield (
        f"Coupure : {_day(card.split.day)} ; ce qui commence ensuite, avant {_day(card.split.end)},"
        " est caché."
    )
    yield (
        f"{thousands(card.organisations)} organisations peuvent être proposées : celles qui ont"
        f" pris part à une alliance avant la coupure. {thousands(card.known)} alliances connues,"
        f" {thousands(card.hidden)} cachées."
    )
    yield (
        f"{_percent(card.unseen)} des partenaires à trouver n'avaient aucune alliance avant la"
        " coupure : personne ne peut les classer, ils ne sont pas comptés."
    )
    yield (f"Classement de {thousands(card.ranked)} questions : {_decimal(card.seconds, 1)} s.")


def _paragraphs(card: Card) -> list[str]:
    told = [line for each in _described(card) for line in (each, "")]
    told += [line for each in _conclusion(card) for line in (each, "")]
    told.append(
        "Entre crochets, l'intervalle à 95 % (1 000 tirages des alliances). Une organisation"
        " connue est décrite par ce qui en était dit avant la coupure, un nouveau venu par ce qui"
        " en est dit d'abord, comme le ferait un registre. Au plus dix demandeurs connus et dix"
        " nouveaux par alliance, 2 000 questions par groupe, tirées au sort. « Avant le mélange"
        " des mondes » : la somme pondérée seule, sans ce que la page montrée fait pour la"
        " diversité."
    )
    return [*told, ""]


def _verdict(result: Result) -> Iterator[str]:
    for ratio in result.ratios:
        yield (
            f"{_METRICS[ratio.metric]} : {_estimate(ratio.ratio, 2)} fois le meilleur repère"
            f" ({ratio.baseline})"
        )
    mine, popular = result.of[METHOD], result.of[POPULARITY]
    yield (
        f"Organisations montrées au moins une fois : {_percent(mine.coverage)}, soit"
        f" {_decimal(result.coverage_ratio, 1)} fois la popularité ; Gini {_decimal(mine.gini)}"
        f" contre {_decimal(popular.gini)}"
    )


def _conclusion(card: Card) -> Iterator[str]:
    """Which targets are reached, in a sentence each."""
    asked = [
        result
        for result in card.results
        if result.form is Form.ASKER and result.stratum is not Stratum.REPEAT
    ]
    for result in asked:
        shares = " et ".join(_decimal(ratio.ratio.value, 2) for ratio in result.ratios)
        sure = all(ratio.ratio.low >= TARGET for ratio in result.ratios)
        verdict = "atteint" if result.reached else "manqué"
        doubt = "" if sure or not result.reached else ", sans que l'intervalle l'assure"
        yield (
            f"{_STRATA[result.stratum].capitalize()} : {shares} fois le meilleur repère (MRR et"
            f" NDCG@10) ; l'objectif de {_decimal(TARGET, 2)} est {verdict}{doubt}."
        )
    wide = all(result.coverage_ratio >= COVERAGE_TARGET for result in asked)
    even = all(result.less_concentrated for result in asked)
    yield (
        f"Au moins {_decimal(COVERAGE_TARGET, 0)} fois plus d'organisations montrées que par la"
        f" popularité : {'oui' if wide else 'non'} ; exposition moins inégale :"
        f" {'oui' if even else 'non'}."
    )


def _parts(card: Card) -> Iterator[tuple[str, Sequence[str], Table | None]]:
    for result in card.results:
        yield _title(result), tuple(f"{line}." for line in _verdict(result)), None
        yield "Toutes les méthodes", (), _methods(result)
        yield "Bandes de confiance", _calibrated(result), _banded(result)
        if result.without:
            text = (
                "Ce qui reste de chaque mesure sans le trait, sur 500 questions au plus, sans"
                " réajuster les autres : au-dessous de 1, le trait sert.",
            )
            yield "Sans chaque trait", text, _ablated(result)
        if result.worlds:
            yield (
                "Par mondes",
                ("Part des bonnes réponses classées parmi les dix premières.",),
                (_worlds(result)),
            )
    yield (
        "Poids",
        (),
        (
            ("trait", "poids", "ce qu'il dit"),
            [(name, _decimal(w, 2), _FEATURES[name]) for name, w in _by_weight(card)],
        ),
    )


def _by_weight(card: Card) -> list[tuple[str, float]]:
    return sorted(card.weights.items(), key=lambda each: -each[1])


def _title(result: Result) -> str:
    many = f"{count(result.queries, 'question')}, {count(result.alliances, 'alliance')}"
    return f"{_STRATA[result.stratum].capitalize()}, {_FORMS[result.form]} ({many})"


def _methods(result: Result) -> Table:
    head = ["méthode", *_METRICS.values(), "montrées", "Gini", "autre monde"]
    return head, [_row(figures) for figures in result.figures]


def _row(figures: Figures) -> list[str]:
    metrics = [
        _estimate(value) if name in _WITH_INTERVAL else _decimal(value.value)
        for name, value in figures.metrics.items()
    ]
    other = "" if figures.cross_world is None else _percent(figures.cross_world)
    name = f"**{figures.method}**" if figures.method == METHOD else figures.method
    return [name, *metrics, _percent(figures.coverage, 1), _decimal(figures.gini, 4), other]


def _calibrated(result: Result) -> Sequence[str]:
    told = result.calibration
    rising = (
        "Chaque bande se réalise plus souvent que celle d'au-dessous."
        if told.rising
        else "Une bande se réalise moins souvent que celle d'au-dessous."
    )
    shares = " ; ".join(f"{_decimal(b.score, 2)} → {_percent(b.right, 1)}" for b in told.bins)
    return rising, f"Par dixième des propositions, score moyen et part réalisée : {shares}."


def _banded(result: Result) -> Table:
    rows = [
        (
            _BANDS.get(band.code, band.code),
            _decimal(band.least, 2),
            thousands(band.suggestions),
            _estimate(band.right) if band.right else "",
        )
        for band in result.calibration.bands
    ]
    return ("bande", "score au moins", "propositions", "part réalisée"), rows


def _ablated(result: Result) -> Table:
    ordered = sorted(result.without, key=lambda each: each.ndcg.value)
    rows = [(each.feature, _estimate(each.mrr, 2), _estimate(each.ndcg, 2)) for each in ordered]
    return ("sans le trait", "MRR", "NDCG@10"), rows


def _worlds(result: Result) -> Table:
    names = {world.value: world.fr for world in World}
    rows = [
        (
            names[each.asker],
            names[each.partner],
            thousands(each.truths),
            _percent(each.found, 1),
            _percent(each.popularity, 1),
        )
        for each in result.worlds
    ]
    return ("demandeur", "partenaire", "à trouver", "Alliage", "popularité"), rows


# How it is set -------------------------------------------------------------------------------


def _markdown(table: Table) -> Iterator[str]:
    head, rows = table
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"


def _html(table: Table) -> str:
    head, rows = table
    told = ["<table><thead><tr>", *(f"<th>{_escaped(cell)}</th>" for cell in head)]
    told.append("</tr></thead><tbody>")
    for row in rows:
        cells = (f"<td>{_bold(_escaped(cell))}</td>" for cell in row)
        told.append(f"<tr>{''.join(cells)}</tr>")
    return "".join([*told, "</tbody></table>"])


def _escaped(text: str) -> str:
    return html.escape(typeset(text))


def _bold(cell: str) -> str:
    return f"<b>{cell.strip('*')}</b>" if cell.startswith("**") else cell


def _estimate(found: Estimate, digits: int = 3) -> str:
    low, high = (_decimal(each, digits) for each in (found.low, found.high))
    return f"{_decimal(found.value, digits)} [{low} ; {high}]"


def _decimal(value: float, digits: int = 3) -> str:
    return f"{value:.{digits}f}".replace(".", ",") if isfinite(value) else "∞"


def _percent(share: float, digits: int = 0) -> str:
    return f"{_decimal(100 * share, digits)}\u00a0%"


def _day(years: float) -> str:
    year, month = divmod(round(years * _MONTHS), _MONTHS)
    return str(year) if not month else f"{month + 1:02d}/{year}"


_PAGE = """<!doctype html>
<html lang="fr">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
body {{ font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 72rem;
  padding: 0 1rem; color: #1b1b1b; background: #fff; }}
table {{ border-collapse: collapse; display: block; overflow-x: auto; font-size: .85rem; }}
th, td {{ border-bottom: 1px solid #bbb; padding: .25rem .6rem; text-align: left;
  white-space: nowrap; font-variant-numeric: tabular-nums; }}
figure {{ margin: 1rem 0; overflow-x: auto; }}
figure svg {{ max-width: 100%; height: auto; }}
</style>
</head>
<body>
<h1>{title}</h1>
{body}
</body>
</html>
"""
