"""Why somebody could be a partner, in sentences with their evidence."""

from collections.abc import Sequence
from itertools import pairwise

from graph.model import AIMS_AT, MEMBER_OF, NEEDS, OFFERS, Means, Tie, means_lever
from graph.view import View
from queries.answers import Reason, ReasonKind, evidence_of
from queries.partner_request import Search
from queries.path import period, shortest, step
from queries.presence import place_reason


def reasons_for(view: View, search: Search, node: int) -> list[Reason]:
    """The reasons for an eligible organisation, the strongest kinds first."""
    question = search.question
    reasons = [
        *_means_reasons(view, node, OFFERS, question.needs, ReasonKind.GIVEN),
        *_means_reasons(view, node, NEEDS, question.offers, ReasonKind.RECEIVED),
        *_goal_reasons(view, search, node),
    ]
    if search.me is not None:
        reasons += _path_reasons(view, search.me, node)
    reasons += _experience_reasons(view, search, node)
    reasons.append(place_reason(view, search.here, node, question.place.name))
    world = view.world_of(node)
    if search.me is not None and world and world is not view.world_of(search.me):
        claims = [c for c in view.claims(node) if c.properties.get("world") == world.value]
        text = f"Vient d'un autre monde que vous : {world.fr}."
        reasons.append(Reason(ReasonKind.WORLD, text, evidence_of(claims)))
    return reasons


def _means_reasons(
    view: View, node: int, tie: Tie, asked: Sequence[Means], kind: ReasonKind
) -> list[Reason]:
    reasons = []
    for means in asked:
        lever = view.ordinal(means_lever(means))
        stored = view.tie(tie, node, lever) if lever is not None else None
        if stored is not None:
            words = stored.properties.get("words", [])
            said = f" : « {words[0]} »" if isinstance(words, list) and words else ""
            verb = "Offre ce que vous cherchez" if tie is OFFERS else "Cherche ce que vous offrez"
            text = f"{verb}, {means.fr}{said}."
            reasons.append(Reason(kind, text, evidence_of(stored.claims)))
    return reasons


def _goal_reasons(view: View, search: Search, node: int) -> list[Reason]:
    reasons = []
    for goal in search.question.goals:
        bit = 1 << (int(goal.id.partition(":")[2]) - 1)
        if int(search.goals_of[node]) & bit:
            for actor in _who_aims(view, node, bit):
                through = "" if actor == node else f", à travers {view.names[actor]}"
                number = goal.id.partition(":")[2]
                text = f"Vise aussi l'ODD {number}, {goal.name}{through}."
                aims = [t for t in view.ties_of(actor) if t.tie is AIMS_AT and t.start != t.end]
                claims = [c for t in aims for c in t.claims if _is_of_goal(t.end, number)]
                reasons.append(Reason(ReasonKind.GOAL, text, evidence_of(claims)))
    return reasons


def _who_aims(view: View, node: int, bit: int) -> list[int]:
    """The node itself, or else the first of its alliances that aims at the goal."""
    if int(view.goals[node]) & bit:
        return [node]
    alliances = view.ties[MEMBER_OF].ends_of(node).tolist()
    return [a for a in alliances if int(view.goals[a]) & bit][:1]


def _is_of_goal(key: str, number: str) -> bool:
    return key == f"goal:{number}" or key.startswith(f"target:{number}.")


def _path_reasons(view: View, me: int, node: int) -> list[Reason]:
    found = shortest(view, me, node, limit=1)
    if not found:
        return []
    steps = [step(view, a, b) for a, b in pairwise(found[0])]
    text = f"Vous êtes reliés ainsi : {' → '.join(view.names[node] for node in found[0])}."
    evidence = tuple(dict.fromkeys(e for s in steps for e in s.evidence))
    return [Reason(ReasonKind.PATH, text, evidence)]


def _experience_reasons(view: View, search: Search, node: int) -> list[Reason]:
    members = view.ties[MEMBER_OF]
    here = [p for p in members.by_start[node] if search.here.share[members.end[p]] > 0.5]
    if not here:
        return []
    stored = view.tie(MEMBER_OF, node, int(members.end[here[0]]))
    if stored is None:
        return []
    when = period(stored.properties.get("since"), stored.properties.get("until"))
    text = f"A déjà fait alliance ici : {view.names[int(members.end[here[0]])]}{when}."
    return [Reason(ReasonKind.EXPERIENCE, text, evidence_of(stored.claims))]
