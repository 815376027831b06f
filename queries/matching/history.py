"""What was known on a given day: who had already worked with whom, when, where and on what."""

import datetime
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from graph.columns import Array, Floats, Ints, Mask
from graph.model import (
    ACTS_IN,
    AIMS_AT,
    ALLIANCE,
    CALL,
    CARRIES,
    FOUNDED,
    GAVE_RISE_TO,
    GOAL,
    KINDS,
    MEMBER_OF,
    ORGANISATION,
    PART_OF,
    PROJECT,
    RUNS,
    TARGET,
    Kind,
    MemberRole,
)
from graph.view import View, latest_of_view, once_a_view
from queries.matching.seats import centres_of, places_of
from queries.matching.words import Vocabulary

_FORMAT = 1  # of the words of names; a change makes new ones
# The roles of who convenes an alliance, as in `queries.meetings`; so do founding and running it.
_CONVENERS = [
    tuple(MemberRole).index(role)
    for role in (MemberRole.LEAD, MemberRole.INITIATOR, MemberRole.HOST)
]


@dataclass(frozen=True)
class Organisations:
    """What is known of n organisations apart from their alliances.

    Attributes:
        ordinals: node ordinals in the view, ascending; shape (n,).
        world: index into `World`, -1 when unknown; shape (n,).
        places: rank of the territory that holds its seat, finest level first, as `seats.LEVELS`; -1
            when unknown; shape (levels, n).
        centre: latitude and longitude of its commune, degrees, NaN when unknown; shape (n, 2).
        words: unit rows of weighted words; shape (n, v).
    """

    ordinals: Ints
    world: Ints
    places: Ints
    centre: Floats
    words: sparse.csr_array

    def __len__(self) -> int:
        return len(self.ordinals)


@dataclass(frozen=True)
class Alliances:
    """What is known of a alliances apart from their members.

    An alliance here may be one edition of a long one: a contract in one year.

    Attributes:
        ordinals: node ordinals in the view, that of a long alliance for each edition; shape (a,).
        themes: goals aimed at and calls it came from, 0 or 1, a column for each node ordinal;
            shape (a, t).
        sites: territories it acts in, 0 or 1, a column for each rank; shape (a, s).
        began: years (2017.25), NaN when unknown; shape (a,).
    """

    ordinals: Ints
    themes: sparse.csr_array
    sites: sparse.csr_array
    began: Floats


@dataclass(frozen=True)
class Participations:
    """Who took part in what, when; m of them.

    Attributes:
        organisation, alliance: rows of `Organisations` and `Alliances`; shape (m,).
        since, until: years, NaN when unknown; shape (m,).
        led: whether it convened the alliance; shape (m,).
    """

    organisation: Ints
    alliance: Ints
    since: Floats
    until: Floats
    led: Mask


@dataclass(frozen=True)
class History:
    """All that may be read on a day: alliances that began before it, in their given order.

    Attributes:
        day: years; what began on it or later is not here.
        member, led: 0 or 1; shape (n, a).
        alliances: node ordinals; shape (a,).
        began, last: years of the beginning, and of the last day known alive, at most `day`; NaN
            when unknown; shape (a,).
        size: members known on that day; shape (a,).
        themes, sites: as those of `Alliances`; shapes (a, t) and (a, s).
    """

    organisations: Organisations
    day: float
    member: sparse.csr_array
    led: sparse.csr_array
    alliances: Ints
    began: Floats
    last: Floats
    size: Ints
    themes: sparse.csr_array
    sites: sparse.csr_array

    @property
    def past(self) -> Mask:
        """Whether each organisation has been in an alliance; shape (n,)."""
        return np.diff(self.member.indptr) > 0


def history(
    organisations: Organisations, alliances: Alliances, participations: Participations, day: float
) -> History:
    """What was known on `day`.

    A participation counts when it began before that day; where its own beginning is unknown, that
    of its alliance is taken, and what has no date at all counts. An end after that day is not
    known yet. Alliances without a member on that day are left out.
    """
    p = participations
    own = alliances.began[p.alliance]
    start = np.where(np.isnan(p.since), own, p.since)
    known = ~(start >= day)
    rows, columns, start = p.organisation[known], p.alliance[known], start[known]
    until = np.where(p.until[known] <= day, p.until[known], np.nan)
    kept = np.unique(columns)
    columns = np.searchsorted(kept, columns)
    shape = len(organisations), len(kept)
    member = incidence(rows, columns, shape)
    first = _least(start, columns, len(kept))
    stated = alliances.began[kept]
    began = np.where(stated < day, np.fmin(stated, first), first)
    last = np.fmax(began, -_least(-np.fmax(start, until), columns, len(kept)))
    led = p.led[known]
    return History(
        organisations=organisations,
        day=day,
        member=member,
        led=incidence(rows[led], columns[led], shape),
        alliances=alliances.ordinals[kept],
        began=began,
        last=last,
        size=np.bincount(member.indices, minlength=len(kept)),
        themes=alliances.themes[kept],
        sites=alliances.sites[kept],
    )


def incidence(rows: Ints, columns: Ints, shape: tuple[int, int]) -> sparse.csr_array:
    """A matrix of 0 and 1 from pairs, each counted once."""
    found = sparse.csr_array((np.ones(len(rows)), (rows, columns)), shape=shape)
    found.data[:] = 1.0
    return found


def _least(values: Floats, groups: Ints, count: int) -> Floats:
    """The least known value of each group, NaN where none is known."""
    told = ~np.isnan(values)
    least = np.full(count, np.inf)
    np.minimum.at(least, groups[told], values[told])
    return np.where(np.isinf(least), np.nan, least)


# From the view -------------------------------------------------------------------------------


def years(days: Ints) -> Floats:
    """Days as YYYYMMDD (00 for a month or a day that is not known, 0 unknown) in years, or NaN.

    `years(20170401) == 2017.25`; of a year alone its beginning.
    """
    year, month, day = days // 10_000, days // 100 % 100, days % 100
    found = year + (np.maximum(month, 1) - 1) / 12 + (np.maximum(day, 1) - 1) / 365.25
    return np.where(days > 0, found, np.nan)


def this_day() -> float:
    """Today, in years."""
    today = datetime.datetime.now(datetime.UTC).date()
    day = np.array([today.year * 10_000 + today.month * 100 + today.day])
    return float(years(day)[0])


def organisations_of(view: View, words: sparse.csr_array | None = None) -> Organisations:
    """The organisations of a view, in the order of their ids.

    `words`: unit rows of weighted words for each; by default those of their names.
    """
    ordinals = view.of_kind(ORGANISATION)
    places = places_of(view, ordinals)
    return Organisations(
        ordinals=ordinals,
        world=view.world[ordinals].astype(np.int64),
        places=places,
        centre=centres_of(view, ordinals, places),
        words=_words_of_names(view, ordinals) if words is None else words,
    )


def _words_of_names(view: View, ordinals: Ints) -> sparse.csr_array:
    """The words of names as rows; made once per generation."""

    def make() -> dict[str, Array]:
        names = [view.names[ordinal] for ordinal in ordinals.tolist()]
        rows = Vocabulary.of(names).rows(names)
        shape = np.array(rows.shape)
        return {"data": rows.data, "indices": rows.indices, "indptr": rows.indptr, "shape": shape}

    found = view.derived(f"names-{_FORMAT}", make)
    rows, width = found["shape"].tolist()
    return sparse.csr_array((found["data"], found["indices"], found["indptr"]), shape=(rows, width))


def history_of(view: View, day: float | None = None) -> History:
    """What is known today (or on `day`, in years) from a view; see `participations_of`."""
    organisations = organisations_of(view)
    _, alliances, participations = without_words(view)
    return history(organisations, alliances, participations, this_day() if day is None else day)


@latest_of_view(4)
def wordless_history_of(view: View, day: float) -> History:
    """As `history_of`, without the words of names; not to be changed."""
    return history(*without_words(view), day)


@once_a_view
def without_words(view: View) -> tuple[Organisations, Alliances, Participations]:
    """All that a view knows of the past, whenever it was, without the words of names."""
    wordless = sparse.csr_array((len(view.of_kind(ORGANISATION)), 0))
    organisations = organisations_of(view, wordless)
    return organisations, *participations_of(view, organisations)


def participations_of(view: View, organisations: Organisations) -> tuple[Alliances, Participations]:
    """The alliances and projects of a view, and who joined, founded, runs or carries them.

    An alliance that has no beginning of its own, and whose dated members all have an end, is one
    edition for each year: members of different years did not meet there.
    """
    start, end, since, until, led = _participations(view)
    lasting = np.unique(end[(since > 0) & (until == 0)])
    dated = np.unique(end[(since > 0) & (view.started[end] == 0)])
    split = np.isin(end, np.setdiff1d(dated, lasting))
    first = np.where(split, since // 10_000, 0)
    last = np.where(split, np.maximum(until // 10_000, first), 0)
    times = last - first + 1
    which = np.repeat(np.arange(len(end)), times)
    nth = np.arange(len(which)) - np.repeat(np.cumsum(times) - times, times)
    year = first[which] + nth
    editions, alliance = np.unique(np.stack([end[which], year]), axis=1, return_inverse=True)
    nodes = editions[0]
    themes, sites = _themes(view, nodes), _sites(view, nodes)
    return (
        Alliances(nodes, themes, sites, years(view.started[nodes])),
        Participations(
            organisation=np.searchsorted(organisations.ordinals, start)[which],
            alliance=alliance.ravel(),
            since=np.where(nth > 0, year.astype(float), years(since[which])),
            until=np.where(year < last[which], year + 1.0, years(until[which])),
            led=led[which],
        ),
    )


def _participations(view: View) -> tuple[Ints, Ints, Ints, Ints, Mask]:
    """Start, end, since, until (YYYYMMDD) and whether it convenes, of each participation."""
    found = []
    for tie in (MEMBER_OF, FOUNDED, RUNS, CARRIES):
        columns = view.ties[tie]
        between = is_of(view, columns.start, ORGANISATION)
        between &= is_of(view, columns.end, ALLIANCE, PROJECT)
        led = np.isin(columns.role, _CONVENERS) if tie is MEMBER_OF else columns.start >= 0
        ends = columns.start, columns.end, columns.since, columns.until
        found.append((*(column[between].astype(np.int64) for column in ends), led[between]))
    start, end, since, until, led = map(np.concatenate, zip(*found, strict=True))
    return start, end, since, until, led.astype(np.bool_)


def is_of(view: View, nodes: Ints, *kinds: Kind) -> Mask:
    """Whether each node is of one of these kinds."""
    return np.isin(view.kind[nodes], [KINDS.index(kind) for kind in kinds])


def _themes(view: View, alliances: Ints) -> sparse.csr_array:
    """The goals that each aims at, a target as its goal, and the calls that gave rise to it."""
    aims, born = view.ties[AIMS_AT], view.ties[GAVE_RISE_TO]
    goal = np.arange(len(view))
    part = view.ties[PART_OF]
    of_target = is_of(view, part.start, TARGET)
    goal[part.start[of_target]] = part.end[of_target]
    aimed = is_of(view, aims.end, GOAL, TARGET)
    called = is_of(view, born.start, CALL)
    nodes = np.concatenate([aims.start[aimed], born.end[called]])
    themes = np.concatenate([goal[aims.end[aimed]], born.start[called]])
    return _columns_of(nodes, themes, alliances, len(view))


def _sites(view: View, alliances: Ints) -> sparse.csr_array:
    acts = view.ties[ACTS_IN]
    ranks = np.searchsorted(view.territories.ordinals, acts.end)
    return _columns_of(acts.start, ranks, alliances, len(view.territories))


def _columns_of(nodes: Ints, columns: Ints, alliances: Ints, width: int) -> sparse.csr_array:
    """Pairs (node, column) as 0 and 1, a row for each alliance, the same for all its editions."""
    unique, row = np.unique(alliances, return_inverse=True)
    ours = np.isin(nodes, unique)
    at = np.searchsorted(unique, nodes[ours])
    return incidence(at, columns[ours], (len(unique), width))[row]
