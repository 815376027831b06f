"""Why an alliance is like a project, in sentences with their evidence."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from graph.model import (
    ACTS_IN,
    GAVE_RISE_TO,
    MEMBER_OF,
    NEEDS,
    OFFERS,
    USES,
    AllianceType,
    Level,
    means_lever,
)
from graph.store import StoredClaim
from graph.territories import LEVELS
from graph.text import fold
from graph.view import View
from queries.answers import Evidence, evidence_of
from queries.goals import aim_claims, goals_named
from queries.likeness import LEAST, Profile, Trait, Words, means_of
from queries.masks import goals_in, means_in, worlds_in
from queries.terrain import Terrain, place_claims, tie_claims
from queries.wording import listed, quoted

_WHOLE = 0.999
_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Likeness:
    """A trait in common: how much, said in one sentence, with its evidence.

    Attributes:
        value: in [0, 1].
    """

    trait: Trait
    value: float
    text: str
    evidence: tuple[Evidence, ...]


class Comparison:
    """A profile beside the alliances of a view."""

    def __init__(self, view: View, ground: Terrain, profile: Profile, words: Words | None) -> None:
        self._view = view
        self._ground = ground
        self._profile = profile
        self._words = words
        self._means = means_of(view)
        self._say = {
            Trait.GOALS: self._goals,
            Trait.WORDS: self._common_words,
            Trait.PLACE: self._place,
            Trait.MEANS: self._common_means,
            Trait.WORLDS: self._worlds,
            Trait.ORIGIN: self._origin,
            Trait.LEVEL: self._level,
            Trait.FORM: self._form,
        }

    def likenesses(self, alliance: int, values: dict[Trait, float]) -> Iterator[Likeness]:
        """The traits that an alliance has in common with the profile."""
        for trait, value in values.items():
            if value >= LEAST:
                text, claims = self._say[trait](alliance)
                yield Likeness(trait, round(value, 4), text, evidence_of(claims))

    def _goals(self, alliance: int) -> tuple[str, list[StoredClaim]]:
        numbers = goals_in(int(self._view.goals[alliance]) & self._profile.goals)
        text = f"Vise aussi {goals_named(self._view, numbers)}."
        return text, aim_claims(self._view, alliance, numbers)

    def _common_words(self, alliance: int) -> tuple[str, list[StoredClaim]]:
        told = self._view.describe(alliance)
        name = "purpose" if told.properties.get("purpose") else "name"
        claims = [
            claim
            for claim in self._view.claims(alliance)
            if claim.properties.get(name) == told.properties.get(name)
        ]
        theirs = "\n".join([told.name, str(told.properties.get("purpose", ""))])
        found = self._words.because(self._profile.text, theirs) if self._words else ()
        pairs = []
        for common in found[:_SHOWN]:
            if {fold(word) for word in common.own} & {fold(word) for word in common.other}:
                pairs.append(quoted(listed(common.own)))
            else:
                meaning = f" ({common.concept})" if common.concept else ""
                pairs.append(
                    f"{quoted(listed(common.own))} et {quoted(listed(common.other))}{meaning}"
                )
        return f"Son objet emploie des mots proches : {', '.join(pairs)}.", claims

    def _place(self, alliance: int) -> tuple[str, list[StoredClaim]]:
        mine, theirs = self._nearest_places(alliance)
        view = self._view
        inside, covered = view.territories.shares(mine)
        name = view.names[view.territory_of(theirs)]
        if mine == theirs or min(inside[theirs], covered[theirs]) > _WHOLE:
            text = f"Agit sur le même territoire : {name}."
        elif covered[theirs] > _WHOLE:
            text = f"Agit sur un territoire plus large, qui comprend celui-ci : {name}."
        elif inside[theirs] > _WHOLE:
            text = f"Agit sur une partie de ce territoire : {name}."
        else:
            text = f"Agit sur un territoire qui recoupe celui-ci : {name}."
        return text, place_claims(view, alliance, theirs)

    def _nearest_places(self, alliance: int) -> tuple[int, int]:
        """The territory of the profile and that of the alliance that overlap most."""
        best = (-1.0, 0, 0)
        theirs = np.unique(self._ground.declared[alliance])
        for mine in np.unique(self._profile.places).tolist():
            inside, covered = self._view.territories.shares(mine)
            overlap = np.sqrt(inside * covered)[theirs]
            if float(overlap.max()) > best[0]:
                best = (float(overlap.max()), mine, int(theirs[np.argmax(overlap)]))
        return best[1], best[2]

    def _level(self, alliance: int) -> tuple[str, list[StoredClaim]]:
        view = self._view
        level = view.territories.level
        wanted = {int(level[rank]) for rank in self._profile.places.tolist()}
        wanted.discard(LEVELS.index(Level.PERIMETER))
        rank = next(r for r in self._ground.declared[alliance].tolist() if int(level[r]) in wanted)
        text = f"Agit à la même échelle : {LEVELS[int(level[rank])].fr}."
        return text, tie_claims(view, ACTS_IN, alliance, view.territory_of(rank))

    def _common_means(self, alliance: int) -> tuple[str, list[StoredClaim]]:
        view = self._view
        common = means_in(int(self._means[alliance]) & self._profile.means)
        claims = []
        for means in common:
            lever = view.ordinal(means_lever(means))
            if lever is not None:
                for tie in (USES, OFFERS, NEEDS):
                    claims += tie_claims(view, tie, alliance, lever)
        return f"Met en jeu les mêmes moyens : {listed([m.fr for m in common])}.", claims

    def _worlds(self, alliance: int) -> tuple[str, list[StoredClaim]]:
        """One member of each world in common stands as evidence."""
        view, claims = self._view, []
        common = worlds_in(int(self._ground.worlds[alliance]) & self._profile.worlds)
        members = view.ties[MEMBER_OF].starts_of(alliance).tolist()
        for world in common:
            one = next(member for member in members if view.world_of(member) is world)
            claims += tie_claims(view, MEMBER_OF, one, alliance)
            claims += [c for c in view.claims(one) if c.properties.get("world") == world.value]
        return f"Réunit aussi : {listed([world.fr for world in common])}.", claims

    def _origin(self, alliance: int) -> tuple[str, list[StoredClaim]]:
        view = self._view
        origins = view.ties[GAVE_RISE_TO].starts_of(alliance)
        shared = [int(o) for o in origins if int(o) in self._profile.origins.tolist()]
        text = f"A la même origine : {listed([view.names[o] for o in shared])}."
        return text, [c for o in shared for c in tie_claims(view, GAVE_RISE_TO, o, alliance)]

    def _form(self, alliance: int) -> tuple[str, list[StoredClaim]]:
        form = tuple(AllianceType)[int(self._view.form[alliance])]
        claims = [c for c in self._view.claims(alliance) if c.properties.get("type") == form.value]
        return f"Est de la même forme : {form.fr}.", claims
