"""Answers as text for a person at a terminal, in French."""

from collections.abc import Iterable, Iterator

from api import lines
from api.bridges import disjoint, mark, measures
from api.lines import cited, thousands, typeset, wrapped
from graph.claims import Value
from graph.model import Property, ValueType, World, tie_named
from graph.store import StoredSource
from ingest.files.fetch import Fetched
from ingest.runner import Ingested
from queries.answers import Named, Reason
from queries.bridges import Bridge, Bridges, BrokerRole
from queries.eligibility import Advice
from queries.find import Match
from queries.matching.weights import BANDS
from queries.partners import Partners
from queries.path import Paths
from queries.show import Shown, ShownTie
from queries.wording import joined, listed, quoted
from viz import french

_REASONS_SHOWN = 6
BAND_NAMES = {band.name: band.fr for band in BANDS}
# Of one, of several.
_LEFT_OUT = {
    "elsewhere": ("qui agit ailleurs", "qui agissent ailleurs"),
    "ended": ("qui n'existe plus", "qui n'existent plus"),
    "other_world": ("d'un autre monde", "d'autres mondes"),
    "itself": ("elle-même", "elles-mêmes"),
    "already_together": ("qui fait déjà alliance avec elle", "qui font déjà alliance avec elle"),
}
_WITHOUT = {
    "other_world": "Sans choisir de monde",
    "ended": "En comptant celles qui n'existent plus",
    "already_together": "En comptant celles qui font déjà alliance avec elle",
}
_ROLES = {
    BrokerRole.LIAISON: "liaison entre deux autres mondes",
    BrokerRole.GATEKEEPER: "passeur entre son monde et un autre",
    BrokerRole.ITINERANT: "itinérant au sein d'un autre monde",
    BrokerRole.COORDINATOR: "coordinateur au sein de son monde",
}


def partners(answer: Partners) -> Iterator[str]:
    """The lines of an answer to "who could partner with whom here"."""
    question = answer.question
    yield f"Qui pourrait faire alliance ici : {question.place.name} ?"
    if question.organisation:
        yield f"  pour : {question.organisation.name}"
    yield from _asked("objectifs", [f"{_number(g)} {g.name}" for g in question.goals])
    yield from _asked("moyens cherchés", [means.fr for means in question.needs])
    yield from _asked("moyens offerts", [means.fr for means in question.offers])
    yield from _asked("mondes", [world.fr for world in question.worlds])
    yield from _asked("projet", [question.text] if question.text else [])
    for goal in question.goals_in_text:
        words = ", ".join(quoted(word) for word in goal.words)
        yield from wrapped(f"vos mots évoquent l'ODD {goal.goal} : {words}", "  ", "    ")
    yield from _also(question.place.also)
    for rank, partner in enumerate(answer.answers, start=1):
        yield ""
        yield f"{rank}. {partner.name}{_who(partner.world, partner.place)}"
        yield f"   {partner.id} · {BAND_NAMES[partner.band]}"
        yield from _reasons(partner.reasons)
    if not answer.answers:
        yield ""
        yield "Personne, à notre connaissance, ne remplit toutes ces conditions."
    yield ""
    yield f"{_count(answer.considered, 'organisation considérée')}."
    left_out = [_left_out(reason, count) for reason, count in answer.left_out.items()]
    if left_out:
        yield from wrapped(f"Non retenues : {', '.join(left_out)}.", "", "  ")
    if answer.advice:
        yield from advised(answer.advice)


def advised(advice: Advice) -> Iterator[str]:
    """What would give more answers."""
    for each in advice.without:
        if each.condition in _WITHOUT:
            found = lines.counted(each.count, "organisation", "organisations")
            yield from wrapped(f"{_WITHOUT[each.condition]} : {found}.", "", "  ")
    yield from lines.advice(advice.wider, advice.catalysts, ("organisation", "organisations"))


def _left_out(reason: str, count: int) -> str:
    one, several = _LEFT_OUT[reason]
    if reason == "itself":
        return one
    return f"{thousands(count)} {several if count > 1 else one}"


def bridges(answer: Bridges) -> Iterator[str]:
    """The lines of an answer to "which catalyst connects these worlds"."""
    question = answer.question
    worlds = listed([world.fr for world in question.between])
    yield f"Qui relie ces mondes, {worlds}, ici : {question.place.name} ?"
    yield from _asked("objectifs", [f"{_number(g)} {g.name}" for g in question.goals])
    yield from _also(question.place.also)
    if not answer.answers:
        yield ""
        yield "Personne, à notre connaissance, ne met ici ces mondes en contact."
    for rank, bridge in enumerate(answer.answers, start=1):
        yield ""
        yield from _bridge(rank, bridge)
    yield ""
    yield f"{_count(answer.considered, 'organisation')} en contact ici."


def _bridge(rank: int, bridge: Bridge) -> Iterator[str]:
    yield f"{rank}. {bridge.name}{mark(bridge)}"
    counts = ", ".join(f"{world.fr} : {count}" for world, count in bridge.worlds.items())
    yield f"   {bridge.id} · en contact avec : {counts}"
    yield from measures(bridge)
    played = [
        f"{_ROLES[role]} ({_decimal(value)})" for role, value in bridge.roles.items() if value
    ]
    if played:
        yield from wrapped(f"Rôles : {', '.join(played)}.", "   ", "     ")
    if bridge.only_through:
        yield f"   Mises en relation sans autre intermédiaire connu : {bridge.only_through}."
    yield from _reasons(bridge.reasons)


def paths(answer: Paths) -> Iterator[str]:
    """The lines of an answer to "how do these two know each other"."""
    yield f"Comment {answer.start.name} et {answer.end.name} se connaissent-ils ?"
    if not answer.introductions:
        yield ""
        yield "Nous ne leur connaissons aucun lien."
    for rank, introduction in enumerate(answer.introductions, start=1):
        yield ""
        for index, one in enumerate(introduction.steps):
            start = f"{rank}. " if index == 0 else "   "
            yield f"{start}{cited(one.text, one.evidence)}"
    yield from disjoint(answer)


def matches(found: Iterable[Match]) -> Iterator[str]:
    """The lines of a search."""
    nothing = True
    for match in found:
        nothing = False
        place = f" · {match.place}" if match.place and match.place != match.name else ""
        yield f"{match.name}  ({match.id}){place}"
    if nothing:
        yield "Rien ne porte un nom semblable."


def shown(answer: Shown) -> Iterator[str]:
    """The lines of a thing with the claims behind each value."""
    yield f"{answer.name}  ({answer.id}, {answer.kind.fr})"
    if answer.asked not in (answer.id, answer.name) and ":" in answer.asked:
        yield f"  {answer.asked} est un ancien identifiant : voici ce qu'il est aujourd'hui."
    yield ""
    for name, value in answer.values.items():
        declared = answer.kind.property(name)
        yield from wrapped(f"{value.label} : {_value(value.value, declared)}", "  ", "      ")
        if value.disputed:
            yield "      Les sources ne disent pas la même chose :"
        for said in value.claims:
            differs = f"{_value(said.value, declared)} " if value.disputed else ""
            line = f"{differs}[{said.source}{_locator(said.locator)}] {said.note}"
            yield from wrapped(line, "      ", "        ")
    if answer.ties:
        yield ""
    for tie in answer.ties:
        yield from wrapped(_tie(tie), "  ", "      ")
    for verb, count in answer.more_ties.items():
        yield f"  {verb} : {thousands(count)} de plus"


def sources(found: Iterable[StoredSource]) -> Iterator[str]:
    """The lines of the list of sources."""
    for stored in found:
        source = stored.source
        yield f"{source.name} : {source.title}"
        yield f"    {' · '.join(filter(None, (source.publisher, source.licence, source.date)))}"
        yield f"    {_count(stored.node_claims, 'fiche')}, {_count(stored.tie_claims, 'lien')}"


def ingested(done: Ingested, copies: Iterable[Fetched] = ()) -> Iterator[str]:
    """The lines on what reading a source did, some of it from copies that are not the newest."""
    w = done.written
    counts = [
        (done.read, "enregistrement lu"),
        (w.written, "écrit"),
        (w.unchanged, "inchangé"),
        (done.rejected.total(), "rejeté"),
        (w.removed, "fait retiré"),
        (w.ended, "fait terminé"),
    ]
    told = counts[:3] + [(count, noun) for count, noun in counts[3:] if count]
    parts = [_count(count, noun) for count, noun in told]
    yield f"{done.source.name} : {', '.join(parts)}"
    for copy in copies:
        yield from wrapped(f"attention : {older(copy)}", "    ", "      ")
    for reason, count in done.rejected.most_common(_REASONS_SHOWN):
        yield f"    {_count(count, 'rejeté')} : {reason}"
    if done.rejects:
        yield f"    tous les rejets : {done.rejects}"
    if done.unused:
        yield from wrapped(f"colonnes inutilisées : {', '.join(done.unused)}", "    ", "      ")
    for kind, least, found in done.missed:
        known = f"{thousands(found)} {kind.fr} seulement"
        yield f"    attention : {known}, au moins {thousands(least)} attendues"


def older(copy: Fetched) -> str:
    """The sentence on a copy from before, read because the newest could not be had."""
    day = french.date(copy.retrieved[:10])
    return f"la copie du {day} de « {copy.url} » a été lue, car {copy.problem}."


def forgotten(source: str, removed: int) -> str:
    """The line on a source that was removed."""
    return typeset(f"{source} : {_count(removed, 'fait retiré')}.")


def _asked(label: str, items: list[str]) -> Iterator[str]:
    if items:
        yield from wrapped(f"{label} : {', '.join(items)}", "  ", "    ")


def _also(others: tuple[str, ...]) -> Iterator[str]:
    if others:
        yield from wrapped(f"autres lieux de ce nom : {', '.join(others)}", "  ", "    ")


def _number(goal: Named) -> str:
    return f"ODD {goal.id.partition(':')[2]}"


def _who(world: World | None, place: str | None) -> str:
    known = [world.fr if world else "", place or ""]
    return "".join(f" · {part}" for part in known if part)


def _reasons(reasons: Iterable[Reason]) -> Iterator[str]:
    for reason in reasons:
        sign = "?" if reason.to_check else "✗" if reason.against else "–"
        yield from wrapped(f"{sign} {cited(reason.text, reason.evidence)}", "   ", "     ")


def _locator(locator: str) -> str:
    return f" {locator}" if locator else ""


def _tie(tie: ShownTie) -> str:
    declared = [tie_named(tie.tie).property(name) for name in tie.properties]
    said = [
        f"{known.fr} : {_value(value, known)}"
        for known, value in zip(declared, tie.properties.values(), strict=True)
        if known
    ]
    more = f" ({', '.join(said)})" if said else ""
    text = f"{joined(tie.verb, tie.other.name)} ({tie.other.id}){more}"
    return cited(text, tie.evidence)


def _value(value: Value, declared: Property | None) -> str:
    """A value in French: the name of a term rather than its code."""
    match value:
        case list():
            return ", ".join(_value(item, declared) for item in value)
        case bool():
            return "oui" if value else "non"
        case int():
            return thousands(value)
        case float():
            return _decimal(value)
        case _:
            return _term(value, declared)


def _term(code: str, declared: Property | None) -> str:
    if declared is None or isinstance(declared.type, ValueType):
        return code
    return next((term.fr for term in declared.type if term == code), code)


def _decimal(number: float) -> str:
    return f"{number:.10g}".replace(".", ",")


def _count(number: int, noun: str) -> str:
    plural = "s" if number > 1 else ""
    return f"{thousands(number)} {' '.join(word + plural for word in noun.split())}"
