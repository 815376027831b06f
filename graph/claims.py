"""What a source says: claims about things and about ties, each with the place where it says so.

A thing that we know of is the merge of the claims about it (`graph.merge`); therefore each value
knows who says it and who says otherwise. After FollowTheMoney's statements and W3C PROV-O.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from graph.model import Kind, Tie

Scalar: TypeAlias = str | int | float | bool
Value: TypeAlias = Scalar | list[str]
Properties: TypeAlias = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Source:
    """Where values come from.

    Attributes:
        name: the identifier of the source (`rna`, `exemples`), unique in a store.
        trust: the higher, the more it is believed where two sources disagree. 100 for official
            reference data, 80 for national registers, 60 for open lists, 50 for documents,
            10 for our own editorial classification.
        date: of the edition that was read, ISO 8601, as precise as known.
        keeps_history: what vanishes from a newer edition is marked ended (registers), rather
            than taken away (tables that people correct).
    """

    name: str
    title: str
    publisher: str
    licence: str
    url: str = ""
    date: str = ""
    trust: int = 50
    keeps_history: bool = True


@dataclass(frozen=True, slots=True)
class NodeClaim:
    """What one record of a source says about one thing.

    Attributes:
        subject: the id of the thing, `scheme:local_id` (`siren:775685019`, `commune:38185`).
        record: the record's id within its source; a source says a thing once per record.
        properties: values by name, as `graph.model` declares them for the kind.
        locator: where in the source, for a person (`§ 12`, `ligne 40`).
        url: the page of the source about this thing, where there is one.
        date: of this statement, where it differs from the source's.
        note: what was repaired or judged on the way from the record to the claim.
        ended: the day from which the source no longer said so, where it is known.
    """

    subject: str
    kind: Kind
    record: str
    properties: Properties
    locator: str = ""
    url: str = ""
    date: str = ""
    note: str = ""
    ended: str = ""


@dataclass(frozen=True, slots=True)
class TieClaim:
    """What one record of a source says about the tie between two things; see `NodeClaim`."""

    tie: Tie
    start: str
    end: str
    record: str
    properties: Properties = field(default_factory=dict)
    locator: str = ""
    url: str = ""
    date: str = ""
    note: str = ""
    ended: str = ""


Claim: TypeAlias = NodeClaim | TieClaim
