"""Every criterion of a search for one answer: yes, no, or not known."""

from collections.abc import Iterator
from dataclasses import dataclass

from graph.model import Means
from graph.view import View
from queries.answers import Evidence, Reason, ReasonKind
from queries.partner_request import Question
from queries.partners import Partner
from viz.pages.language import Language

YES, NO, UNKNOWN = "oui", "non", "inconnu"


@dataclass(frozen=True, slots=True)
class Criterion:
    """A criterion, its state, and what is known of it.

    Attributes:
        state: `oui`, `non` or `inconnu`.
        reason: the sentence that says so, in French; empty where there is none.
    """

    label: str
    state: str
    reason: str = ""
    evidence: tuple[Evidence, ...] = ()


def criteria(
    view: View, language: Language, question: Question, partner: Partner
) -> list[Criterion]:
    """The criteria of a search, in the order in which they were asked."""
    node = view.ordinal(partner.id)
    if node is None:
        raise KeyError(partner.id)
    needs, offers = int(view.needs[node]), int(view.offers[node])
    found = [
        *_means(language, "Offre : {means}", question.needs, offers, partner, ReasonKind.GIVEN),
        *_means(
            language, "Cherche : {means}", question.offers, needs, partner, ReasonKind.RECEIVED
        ),
        *_goals(language, question, partner, int(view.goals[node])),
        _place(language, question, partner),
    ]
    if question.text:
        found.append(_words(language, partner, view.purposes[node]))
    experience = _of(partner, ReasonKind.EXPERIENCE)
    label = language.say("A déjà fait alliance ici")
    found.append(_said(label, experience) if experience else Criterion(label, UNKNOWN))
    if question.organisation:
        found.append(_world(view, language, question, partner))
    return found


def _of(partner: Partner, kind: ReasonKind) -> list[Reason]:
    return [reason for reason in partner.reasons if reason.kind is kind]


def _said(label: str, reasons: list[Reason]) -> Criterion:
    return Criterion(label, YES, reasons[0].text, reasons[0].evidence)


def _means(
    language: Language,
    label: str,
    asked: tuple[Means, ...],
    mask: int,
    partner: Partner,
    kind: ReasonKind,
) -> Iterator[Criterion]:
    for means in asked:
        said = language.say(label, means=language.term(means))
        if mask >> tuple(Means).index(means) & 1:
            about = [r for r in _of(partner, kind) if f", {means.fr}" in r.text]
            yield _said(said, about) if about else Criterion(said, YES)
        else:
            yield Criterion(said, NO if mask else UNKNOWN)


def _goals(
    language: Language, question: Question, partner: Partner, mask: int
) -> Iterator[Criterion]:
    for goal in question.goals:
        number = goal.id.partition(":")[2]
        label = language.say("Vise l'ODD {number}", number=number)
        about = [r for r in _of(partner, ReasonKind.GOAL) if f"l'ODD {number}," in r.text]
        if about:
            yield _said(label, about)
        else:
            yield Criterion(label, NO if mask else UNKNOWN)


def _place(language: Language, question: Question, partner: Partner) -> Criterion:
    label = language.say("Est présent : {place}", place=question.place.name)
    reasons = _of(partner, ReasonKind.PLACE)
    if not reasons:
        return Criterion(label, UNKNOWN)
    reason = reasons[0]
    return Criterion(label, UNKNOWN if reason.to_check else YES, reason.text, reason.evidence)


def _words(language: Language, partner: Partner, purpose: str) -> Criterion:
    label = language.say("Ses mots rejoignent les vôtres")
    about = _of(partner, ReasonKind.TEXT)
    if about:
        return _said(label, about)
    return Criterion(label, NO if purpose else UNKNOWN)


def _world(view: View, language: Language, question: Question, partner: Partner) -> Criterion:
    label = language.say("Vient d'un autre monde que vous")
    about = _of(partner, ReasonKind.WORLD)
    if about:
        return _said(label, about)
    asker = view.ordinal(question.organisation.id) if question.organisation else None
    known = partner.world is not None and asker is not None and view.world_of(asker) is not None
    return Criterion(label, NO if known else UNKNOWN)
