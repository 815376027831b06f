"""What open lists of places and structures say alike: a number, a place, sites, a platform."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

from graph.claims import Claim, NodeClaim, TieClaim, Value
from graph.model import LISTED_ON, PLATFORM, Kind, Tie
from ingest.actors import add_note
from ingest.files.persons import speaks_of_a_person
from ingest.files.repair import Repaired, is_absent, items, url
from ingest.files.repair_ids import siren_or_siret
from ingest.files.repair_places import commune, commune_at, coordinates
from ingest.rows import Rejected, Row

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Origin:
    """The record that claims come from: its id in the source, its page, its date, its note."""

    record: str
    url: str = ""
    date: str = ""
    note: str = ""

    def node(self, subject: str, kind: Kind, said: dict[str, Value]) -> NodeClaim:
        """What the record says about a thing."""
        return NodeClaim(
            subject, kind, self.record, said, url=self.url, date=self.date, note=self.note
        )

    def tie(self, tie: Tie, start: str, end: str, **said: Value | None) -> TieClaim:
        """What the record says about a tie, without the values that are not known."""
        return TieClaim(
            tie,
            start,
            end,
            self.record,
            known(**said),
            url=self.url,
            date=self.date,
            note=self.note,
        )


class Number(NamedTuple):
    """A SIREN and, where the record gives one, a SIRET; empty where it is not right."""

    siren: str = ""
    siret: str = ""


def known(**values: Value | None) -> dict[str, Value]:
    """The values that are known."""
    return {name: value for name, value in values.items() if value not in (None, "", [])}


def sure(row: Row, without: str, repair: Callable[..., Repaired[T]], *texts: str) -> T | None:
    """A value put right where that is certain; None where it is absent, or uncertain.

    What was done goes into the row's notes: an open list is worth keeping without one of its
    values.

    Args:
        row: the record.
        without: what the note says of a value that is left out (`commune écartée`).
        repair: a function of `ingest.files.repair` and its neighbours.
        texts: what it takes.
    """
    if is_absent(texts[0]):
        return None
    try:
        value, note = repair(*texts)
    except Rejected as wrong:
        what = f"« {wrong.value} » " if wrong.value else ""
        add_note(row, f"{without} : {what}{wrong.reason}")
        return None
    add_note(row, note)
    return value


def number(row: Row, text: str) -> Number:
    """The registry number of a record."""
    found = sure(row, "SIRET écarté", siren_or_siret, text) or ""
    return Number(found[:9], found if len(found) == 14 else "")


def town(row: Row, code: str, name: str, postcode: str) -> str | None:
    """The id of the commune: by its code, else by postcode and name."""
    found = sure(row, "commune écartée", commune, code, name)
    return found or sure(row, "commune non trouvée", commune_at, postcode, name)


def point(row: Row, latitude: str, longitude: str) -> dict[str, Value]:
    """The place in degrees, as properties."""
    place = sure(row, "coordonnées écartées", coordinates, latitude, longitude)
    return known(latitude=place[0], longitude=place[1]) if place else {}


def sites(row: Row, *texts: str) -> list[str]:
    """The addresses of pages in some cells, of which each may hold several."""
    found = [page for text in texts for page in _pages(row, text)]
    return list(dict.fromkeys(found))


def _pages(row: Row, text: str) -> list[str]:
    each = items(text)
    parts = each if len(each) > 1 and all("." in part for part in each) else [text]
    pages = [sure(row, "site écarté", url, part) for part in parts]
    return [page for page in pages if page]


def described(key: str, kind: Kind, **said: Value | None) -> NodeClaim:
    """What a list says of something that many of its records name: one claim for all of them."""
    return NodeClaim(key, kind, key, known(**said))


def listed(origin: Origin, subject: str, key: str, name: str, website: str = "") -> Iterator[Claim]:
    """The platform that a record comes from, with the link back to it."""
    yield described(key, PLATFORM, name=name, websites=[website] if website else [])
    yield origin.tie(LISTED_ON, subject, key)


def ignore_persons(row: Row) -> None:
    """Count the columns that speak of persons as left out."""
    row.ignore(name for name in row.values if speaks_of_a_person(name))
