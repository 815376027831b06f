"""Who seeks money here: projects, and those who say that they need financing."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from graph.columns import Floats, Ints, Mask
from graph.model import ALLIANCE, CARRIES, KINDS, ORGANISATION, PROJECT, Means
from graph.view import View, once_a_view
from queries.goals import goal_rarity
from queries.masks import mask_of
from queries.terrain import Coverage, Terrain

VALUE = mask_of(Means, {Means.VALUE})


@dataclass(frozen=True)
class Seekers:
    """Those who seek money.

    Attributes:
        nodes: ordinals, ascending; shape (s,).
        goals, needs, worlds: bit masks; 0 when unknown; shape (s,).
        coverage: all their territories.
        owner, place: one line for each territory of each: the seeker's position in `nodes` and
            the territory's position in `coverage`; shape (p,).
        carried, carrier: one line for each organisation that carries one: the seeker's position
            and the organisation's ordinal; shape (c,).
        rarity: of each goal; shape (17,).
    """

    nodes: Ints
    goals: Ints
    needs: Ints
    worlds: Ints
    coverage: Coverage
    owner: Ints
    place: Ints
    carried: Ints
    carrier: Ints
    rarity: Floats

    def __len__(self) -> int:
        return len(self.nodes)

    def touched(self, reached: Ints) -> Mask:
        """Which have a territory in common with what is reached; shape (s,)."""
        found = np.zeros(len(self), dtype=np.bool_)
        found[self.owner[self.coverage.touched(reached)[self.place]]] = True
        return found

    @cached_property
    def unplaced(self) -> Mask:
        """Which have no known territory, or one of unknown composition; shape (s,)."""
        unknown = np.ones(len(self), dtype=np.bool_)
        unknown[self.owner] = False
        unknown[self.owner[self.coverage.vague[self.place]]] = True
        return unknown

    def share(self, ranks: Ints) -> Floats:
        """The greatest share of a territory of each that lies in those of some ranks.

        NaN where that is not known; shape (s,).
        """
        share = self.coverage.by(ranks)[self.place]
        known = np.nan_to_num(share)
        found = np.zeros(len(self))
        np.maximum.at(found, self.owner, known)
        unknown = np.ones(len(self), dtype=np.bool_)
        unknown[self.owner] = False
        unknown[self.owner[np.isnan(share)]] = True
        return np.where(unknown & (found <= 0), np.nan, found)

    def distance(self, ranks: Ints) -> Floats:
        """The least distance of a centre to those of the territories of some ranks.

        As a chord of the unit sphere, infinite when unknown; shape (s,).
        """
        found = np.full(len(self), np.inf)
        np.minimum.at(found, self.owner, self.coverage.nearest(ranks)[0][self.place])
        return found


@once_a_view
def all_seekers(view: View) -> Ints:
    """The ordinals of all who seek money, those that have ended among them."""
    kinds = [KINDS.index(kind) for kind in (ORGANISATION, ALLIANCE)]
    needing = np.isin(view.kind, kinds) & ((view.needs & VALUE) > 0)
    return np.flatnonzero((view.kind == KINDS.index(PROJECT)) | needing)


@once_a_view
def lasting_seekers(view: View) -> Ints:
    """The ordinals of those that have not ended, ascending: below, places are places here."""
    nodes = all_seekers(view)
    return nodes[~view.ended[nodes]]


def seekers_at(view: View, ground: Terrain, place: int) -> tuple[Ints, int]:
    """Those whose territory touches a place or is not known, and how many others have ended."""
    inside, covered = view.territories.shares(place)
    touching = (inside + covered) > 0
    nodes = all_seekers(view)
    owner, places = ground.known.flat(nodes)
    here = np.ones(len(nodes), dtype=np.bool_)
    here[owner] = False
    here[owner[touching[places]]] = True
    ended = view.ended[nodes]
    return np.flatnonzero(here[~ended]), int((here & ended).sum())


def described(view: View, ground: Terrain, at: Ints | slice) -> Seekers:
    """Seekers by their places among all that have not ended."""
    nodes = lasting_seekers(view)[at]
    owner, ranks = ground.known.flat(nodes)
    carried, at = view.ties[CARRIES].by_end.flat(nodes)
    coverage = Coverage(view, ranks)
    return Seekers(
        nodes,
        view.goals[nodes].astype(np.int64),
        view.needs[nodes].astype(np.int64),
        ground.worlds[nodes],
        coverage,
        owner,
        np.searchsorted(coverage.places, ranks),
        carried,
        view.ties[CARRIES].start[at].astype(np.int64),
        goal_rarity(view),
    )


def carriers(view: View, seeker: int) -> list[int]:
    """The organisations that carry a project; none for what is no project."""
    return [int(node) for node in view.ties[CARRIES].starts_of(seeker)]
