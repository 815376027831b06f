"""Why somebody could be a partner, and what speaks against it, in sentences with their evidence."""

from collections.abc import Iterator

import numpy as np

from graph.model import (
    AIMS_AT,
    MEMBER_OF,
    NEEDS,
    OFFERS,
    Means,
    Outcome,
    Tie,
    means_lever,
)
from graph.store import StoredTie
from graph.view import View
from queries.answers import Fact, Reason, ReasonKind, evidence_of, fact_of, reason_of
from queries.fates import ends_of
from queries.matching.shared_words import Shared
from queries.matching.text import text_index, told
from queries.partner_request import Search
from queries.partner_scores import (
    DIRECT,
    LEAST_LIKENESS,
    Sought,
    competing,
    likeness,
    words_of,
)
from queries.path import period
from queries.presence import place_reason
from queries.wording import joined, listed, quoted

_SHOWN = 2


def reasons_for(view: View, search: Search, node: int) -> list[Reason]:
    """The reasons for an eligible organisation, the strongest kinds first; then those against."""
    question = search.question
    found = [
        *(
            means_reason(view, node, OFFERS, means, ReasonKind.GIVEN, "Offre ce que vous cherchez")
            for means in question.needs
        ),
        *(
            means_reason(
                view, node, NEEDS, means, ReasonKind.RECEIVED, "Cherche ce que vous offrez"
            )
            for means in question.offers
        ),
        *goal_reasons(view, search, node, "Vise aussi"),
        *_purpose_reasons(view, search, node),
        *_experience_reasons(view, search, node),
        place_reason(view, search.here, node, question.place.name),
    ]
    if search.me is not None:
        found += _direct_reasons(view, search.me, node)
        found += _together_reasons(view, search.me, node)
        found.append(_world_reason(view, search.me, node))
    found += [_competition_reason(view, search, node), *_ceased_reasons(view, search, node)]
    reasons = [reason for reason in found if reason is not None]
    return sorted(reasons, key=lambda reason: reason.against)


def means_reason(
    view: View, node: int, tie: Tie, means: Means, kind: ReasonKind, verb: str
) -> Reason | None:
    """That an organisation offers or needs a means, in the words of the source; None if not."""
    stored = _present(view, tie, node, means)
    if stored is None:
        return None
    words = stored.properties.get("words", [])
    said = f" : {quoted(words[0])}" if isinstance(words, list) and words else ""
    return reason_of(kind, f"{verb}, {means.fr}{said}.", [stored])


def _present(view: View, tie: Tie, node: int, means: Means) -> StoredTie | None:
    """The tie to a means, where it has not ended."""
    mask = view.offers if tie is OFFERS else view.needs
    lever = view.ordinal(means_lever(means))
    if lever is None or not int(mask[node]) >> tuple(Means).index(means) & 1:
        return None
    return view.tie(tie, node, lever)


def goal_reasons(view: View, search: Search, node: int, verb: str) -> Iterator[Reason]:
    """The asked goals that an organisation aims at, itself or in an alliance."""
    for goal in search.question.goals:
        number = goal.id.partition(":")[2]
        bit = 1 << (int(number) - 1)
        for actor in _who_aims(view, node, bit):
            ends = (int(end) for end in view.ties[AIMS_AT].ends_of(actor))
            aimed = (end for end in ends if _is_of_goal(view.keys[end], number))
            aims = [tie for tie in (view.tie(AIMS_AT, actor, end) for end in aimed) if tie]
            through = ""
            if actor != node:
                through = f", à travers {view.names[actor]}"
                aims += [tie for tie in [view.tie(MEMBER_OF, node, actor)] if tie]
            text = f"{verb} l'ODD {number}, {goal.name}{through}."
            yield reason_of(ReasonKind.GOAL, text, aims)


def _who_aims(view: View, node: int, bit: int) -> list[int]:
    """The node itself, or else the first of its alliances that aims at the goal."""
    if int(view.goals[node]) & bit:
        return [node]
    alliances = view.ties[MEMBER_OF].ends_of(node).tolist()
    return [a for a in alliances if int(view.goals[a]) & bit][:1]


def _is_of_goal(key: str, number: str) -> bool:
    return key == f"goal:{number}" or key.startswith(f"target:{number}.")


def _direct_reasons(view: View, me: int, node: int) -> Iterator[Reason]:
    """The ties that join the two without an alliance."""
    for tie in DIRECT:
        for start, end in ((me, node), (node, me)):
            if end in view.ties[tie].ends_of(start):
                stored = view.tie(tie, start, end)
                if stored is not None:
                    what = joined(tie.verb, view.names[end])
                    text = f"Vous vous connaissez : {view.names[start]} {what}."
                    yield reason_of(ReasonKind.DIRECT, text, [stored])


def _purpose_reasons(view: View, search: Search, node: int) -> Iterator[Reason]:
    """The words of both sides that agree, and what both mean where the words differ."""
    words = words_of(view, search)
    if not words.purpose or likeness(view, search, node) < LEAST_LIKENESS:
        return
    found = text_index(view).because(words.purpose, told(view, node))[:_SHOWN]
    if not found:
        return
    said = [_agreement(each) for each in found]
    key = view.keys[node]
    facts: dict[Fact, None] = {Fact(key, "name"): None, Fact(key, "purpose"): None}
    claims = [c for c in view.claims(node) if {"name", "purpose"} & c.properties.keys()]
    for tie in (NEEDS, OFFERS):
        for stored in (view.tie(tie, node, int(end)) for end in view.ties[tie].ends_of(node)):
            if stored is not None:
                facts[fact_of(stored)] = None
                claims += stored.claims
    yield Reason(
        ReasonKind.TEXT,
        f"Vos mots se rejoignent : {' ; '.join(said)}.",
        evidence_of(claims),
        facts=tuple(facts),
    )


def _agreement(shared: Shared) -> str:
    own, other = (listed([quoted(word) for word in words]) for words in (shared.own, shared.other))
    if shared.own == shared.other:
        return own
    concept = f" ({shared.concept})" if shared.concept else ""
    return f"{own} et {other}{concept}"


def _experience_reasons(view: View, search: Search, node: int) -> Iterator[Reason]:
    members = view.ties[MEMBER_OF]
    here = [p for p in members.by_start[node] if search.here.share[members.end[p]] > 0.5]
    for position in here[:1]:
        alliance = int(members.end[position])
        stored = view.tie(MEMBER_OF, node, alliance)
        if stored is not None:
            when = period(stored.properties.get("since"), stored.properties.get("until"))
            text = f"A déjà fait alliance ici : {view.names[alliance]}{when}."
            yield reason_of(ReasonKind.EXPERIENCE, text, [stored])


def _together_reasons(view: View, me: int, node: int) -> Iterator[Reason]:
    """Past alliances of both, and how they ended."""
    members = view.ties[MEMBER_OF]
    shared = sorted(set(members.ends_of(me).tolist()) & set(members.ends_of(node).tolist()))
    for alliance in shared[:_SHOWN]:
        ties = [t for t in (view.tie(MEMBER_OF, end, alliance) for end in (me, node)) if t]
        said = view.describe(alliance).properties
        when = period(said.get("started"), said.get("ended"))
        outcome = next((o for o in Outcome if o.value == said.get("outcome")), None)
        told = [outcome.fr] if outcome else []
        told += [str(said[name]).rstrip(".") for name in ("exit_reason", "lesson") if name in said]
        how = f" : {' ; '.join(told)}" if told else ""
        text = f"Vous avez déjà fait alliance, {quoted(view.names[alliance])}{when}{how}."
        yield reason_of(ReasonKind.TOGETHER, text, ties, against=outcome is Outcome.FAILED)


def _world_reason(view: View, me: int, node: int) -> Reason | None:
    world = view.world_of(node)
    if world is None or world is view.world_of(me) or view.world_of(me) is None:
        return None
    claims = [c for c in view.claims(node) if c.properties.get("world") == world.value]
    text = f"Vient d'un autre monde que vous : {world.fr}."
    facts = (Fact(view.keys[node], "world"),)
    return Reason(ReasonKind.WORLD, text, evidence_of(claims), facts=facts)


def _competition_reason(view: View, search: Search, node: int) -> Reason | None:
    """Same means, same goals, same perimeter, and nothing to exchange."""
    if not competing(view, search, Sought.of(search), np.array([node]))[0]:
        return None
    shared = [m for i, m in enumerate(Means) if int(view.offers[node]) & search.offers & 1 << i]
    ties = [t for t in (_present(view, OFFERS, node, means) for means in shared) if t]
    what = listed([means.fr for means in shared])
    text = f"Offre ici la même chose que vous ({what}), pour le même objectif : concurrence"
    return reason_of(
        ReasonKind.COMPETITION, f"{text} possible, ou mise en commun.", ties, against=True
    )


def _ceased_reasons(view: View, search: Search, node: int) -> Iterator[Reason]:
    """What it offered and offers no more; the alliances that it led and that did not succeed."""
    for means in search.question.needs:
        lever = view.ordinal(means_lever(means))
        stored = view.tie(OFFERS, node, lever) if lever is not None else None
        if stored is not None and _present(view, OFFERS, node, means) is None:
            when = period(stored.properties.get("since"), stored.properties.get("until"))
            text = f"N'offre plus ce que vous cherchez, {means.fr}{when}."
            yield reason_of(ReasonKind.CEASED, text, [stored], against=True)
    explained = ends_of(view).explained
    for alliance in view.ties[MEMBER_OF].ends_of(node).tolist():
        tie = view.tie(MEMBER_OF, node, alliance) if explained[alliance] else None
        if tie is not None:
            yield _exit(view, alliance, tie)


def _exit(view: View, alliance: int, tie: StoredTie) -> Reason:
    """That it took part in an alliance that ceased, and why that one did."""
    said = view.describe(alliance).properties
    claims = [c for c in view.claims(alliance) if "exit_reason" in c.properties]
    when, why = period(said.get("started"), said.get("ended")), str(said.get("exit_reason"))
    name = quoted(view.names[alliance])
    text = f"A pris part à {name}{when}, qui a cessé : {why.rstrip('.')}."
    facts = (fact_of(tie), Fact(tie.end, "exit_reason"))
    evidence = evidence_of([*tie.claims, *claims])
    return Reason(ReasonKind.CEASED, text, evidence, facts=facts, against=True)
