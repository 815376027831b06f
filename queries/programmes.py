"""Which contributions from here feed which national frame: each is counted once, where it is."""

from dataclasses import dataclass

import numpy as np

from graph.columns import Floats, Ints, Mask
from graph.model import FUNDED, GAVE_RISE_TO, KINDS, ORGANISATION, PART_OF, TIES, Kind, Level, Tie
from graph.store import StoredTie
from graph.territories import LEVELS
from graph.view import View, once_a_view
from queries.answers import Fact, Named, Reason, ReasonKind, reason_of
from queries.coverage import in_france, share_of_inhabitants
from queries.ledger import COUNTED, TAKING_PART, ledger, of_kinds, units, within
from queries.things import named

_EVIDENCE = 3
_FACTS = 20
_WIDE = 0.5  # of the régions with inhabitants, from which a frame that says nothing is national


@dataclass(frozen=True, slots=True)
class Programme:
    """A national frame: a programme, a network, a call, a funder.

    Attributes:
        here: contributions from the place (organisations, alliances, projects); those of an
            alliance that is shared out count in part, so that the sum over a partition of France
            and what is not placed make the total.
        elsewhere, not_placed, total: in other places, without a known place, and in all.
        expected: how many there would be here, were they spread as the inhabitants are.
        facts: some of the contributions; `count` of them there are.
    """

    programme: Named
    kind: Kind
    here: float
    elsewhere: float
    not_placed: float
    total: float
    expected: float
    count: int
    facts: tuple[Fact, ...]
    reason: Reason


@dataclass(frozen=True)
class _Contributions:
    """Each contribution to a frame, an entry for each place where it counts.

    Attributes:
        frame, thing: node ordinals; rank: of the territory, -1 when unknown; weight: how much.
        tie: index into `TIES` of what joins the two; shape (c,).
    """

    frame: Ints
    thing: Ints
    rank: Ints
    weight: Floats
    tie: Ints


class Programmes:
    """The national frames that a place contributes to, the most marked first."""

    def __init__(self, view: View, place: int) -> None:
        self._view = view
        found = _contributions(view)
        self._here = within(view, place, found.rank)
        self._found = found
        self._of_place = self._sums(self._here)
        self._placed = self._sums(in_france(view, found.rank))
        self._unknown = self._sums(found.rank < 0)
        self._total = self._sums(np.ones(len(found.rank), dtype=np.bool_))
        self._expected = self._placed * share_of_inhabitants(view, place)
        home_outside = ~within(view, place, ledger(view).home)
        frames = np.flatnonzero((self._of_place > 0) & _national(view, found) & home_outside)
        # Not by size: by how much more is from here than the inhabitants would give.
        marked = (self._of_place + 1) / (self._expected + 1)
        self._order: Ints = frames[np.lexsort((frames, -np.round(marked[frames], 9)))]

    def __len__(self) -> int:
        return len(self._order)

    def _sums(self, mask: Mask) -> Floats:
        found = self._found
        weights = found.weight * mask
        return np.bincount(found.frame, weights, len(self._view)).astype(np.float64)

    def shown(self, limit: int) -> list[Programme]:
        """The first of them."""
        return [self._told(int(frame)) for frame in self._order[:limit]]

    def _told(self, frame: int) -> Programme:
        view, found = self._view, self._found
        mine = np.flatnonzero((found.frame == frame) & self._here)
        here, total = float(self._of_place[frame]), float(self._total[frame])
        unknown = float(self._unknown[frame])
        facts = [_fact(view, found, entry) for entry in mine[:_FACTS].tolist()]
        return Programme(
            named(view, frame),
            KINDS[view.kind[frame]],
            round(here, 6),
            round(total - here - unknown, 6),
            round(unknown, 6),
            round(total, 6),
            round(float(self._expected[frame]), 6),
            len(mine),
            tuple(facts),
            self._reason(frame, mine, here, total),
        )

    def _reason(self, frame: int, mine: Ints, here: float, total: float) -> Reason:
        view, found = self._view, self._found
        told = "contributions" if here >= 2 else "contribution"
        text = (
            f"{view.names[frame]} : {_number(here)} {told} d'ici, sur {_number(total)} en tout ; "
            f"la population en ferait attendre {_number(float(self._expected[frame]))}."
        )
        ties = [_tie(view, found, entry) for entry in mine[:_EVIDENCE].tolist()]
        return reason_of(ReasonKind.TOGETHER, text, [tie for tie in ties if tie is not None])


def programmes(view: View, place: int) -> Programmes:
    """The national frames that a place contributes to.

    A frame is what others take part in, are a part of, are funded by, or came from. It is national
    when it says that it acts in a nation, or has contributions from half of the régions at least;
    it is not one of the place itself.
    """
    return Programmes(view, place)


@once_a_view
def _contributions(view: View) -> _Contributions:
    frames, things, ties = [], [], []
    # (kind of tie, whether the frame is at its end)
    for tie, at_end in (
        *((tie, True) for tie in TAKING_PART[:3]),
        (PART_OF, True),
        (FUNDED, False),
        (GAVE_RISE_TO, False),
    ):
        columns = view.ties[tie]
        frame, thing = (columns.end, columns.start) if at_end else (columns.start, columns.end)
        kept = of_kinds(view, frame, *COUNTED) & of_kinds(view, thing, *COUNTED)
        if tie is not PART_OF and at_end:
            kept &= ~of_kinds(view, frame, ORGANISATION)  # to found one is not to feed it
        frames.append(frame[kept])
        things.append(thing[kept])
        ties.append(np.full(int(kept.sum()), TIES.index(tie)))
    pairs, first = np.unique(
        np.concatenate(frames).astype(np.int64) * len(view) + np.concatenate(things),
        return_index=True,
    )
    known = ledger(view)
    thing = pairs % len(view)
    at = np.searchsorted(known.thing, thing)
    times = np.searchsorted(known.thing, thing, side="right") - at
    which = np.repeat(np.arange(len(pairs)), times)
    entry = at[which] + np.arange(len(which)) - np.repeat(np.cumsum(times) - times, times)
    return _Contributions(
        pairs[which] // len(view),
        thing[which],
        known.rank[entry],
        known.weight[entry],
        np.concatenate(ties)[first][which],
    )


def _national(view: View, found: _Contributions) -> Mask:
    """Whether each node is a national frame; shape (n,)."""
    territories = view.territories
    level = LEVELS.index(Level.REGION)
    regions = np.flatnonzero((territories.level == level) & (territories.population > 0))
    unit_of = units(view, regions.tolist())
    at = np.where(found.rank >= 0, unit_of[found.rank], -1)
    pairs = np.unique(found.frame[at >= 0] * max(len(regions), 1) + at[at >= 0])
    reached = np.bincount(pairs // max(len(regions), 1), minlength=len(view))
    home = ledger(view).home
    nation = (home >= 0) & (territories.level[home] == LEVELS.index(Level.NATION))
    return np.asarray(nation | (reached >= max(1.0, _WIDE * len(regions))))


def _ends(found: _Contributions, entry: int) -> tuple[Tie, int, int]:
    tie = TIES[int(found.tie[entry])]
    frame, thing = int(found.frame[entry]), int(found.thing[entry])
    return (tie, frame, thing) if tie in (FUNDED, GAVE_RISE_TO) else (tie, thing, frame)


def _fact(view: View, found: _Contributions, entry: int) -> Fact:
    tie, start, end = _ends(found, entry)
    return Fact(view.keys[start], tie.name, view.keys[end])


def _tie(view: View, found: _Contributions, entry: int) -> StoredTie | None:
    return view.tie(*_ends(found, entry))


def _number(value: float) -> str:
    if value >= 10 or value == round(value):
        return f"{round(value):,}".replace(",", " ")
    return f"{value:.1f}".replace(".", ",")
