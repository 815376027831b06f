"""Who a record speaks of: an organisation, from the name and the number that it gives."""

from dataclasses import dataclass
from hashlib import blake2b

from graph.claims import NodeClaim, Value
from graph.model import ORGANISATION
from graph.text import fold
from ingest.files.accents import LOST
from ingest.files.persons import without_contacts
from ingest.files.repair import is_absent
from ingest.files.repair_ids import rna, siren_or_siret
from ingest.organisation_names import is_a_person, marks_an_organisation, world_of
from ingest.rows import Rejected, Row

PERSON = "personne physique"
UNKNOWN = "sans identifiant valide, son nom ne dit pas que c'est une organisation"
_LONGEST = 80


@dataclass(frozen=True, slots=True)
class Actor:
    """An organisation as a record names it.

    Attributes:
        key: `siren:…`, `rna:…`, or an id within the source.
        name: as it is written, without needless spaces; may be empty where the number is known.
        registered: whether a register knows it, so that the key is not ours.
    """

    key: str
    name: str
    registered: bool
    said: dict[str, Value]

    def claim(self, note: str = "") -> NodeClaim:
        """What the record says about it; a record a spelling."""
        record = f"{self.key} {fold(self.name)}".strip()
        return NodeClaim(self.key, ORGANISATION, record, self.said, note=note)


def slug(text: str) -> str:
    """A text as part of an id: folded, hyphens for spaces; a long one ends with its digest."""
    whole = fold(text).replace(" ", "-")
    if len(whole) <= _LONGEST:
        return whole
    return f"{whole[:_LONGEST].rstrip('-')}-{digest(whole)}"


def digest(*values: str) -> str:
    """Twelve signs that stand for some values."""
    return blake2b("\0".join(values).encode("utf-8", "replace"), digest_size=6).hexdigest()


def tidy(text: str, row: Row) -> str:
    """A text without needless spaces, e-mail addresses and telephone numbers; empty for `NA`."""
    if is_absent(text):
        return ""
    bare, note = without_contacts(" ".join(text.split()))
    add_note(row, note)
    return bare


def add_note(row: Row, note: str) -> None:
    """Note what was repaired or judged, once."""
    if note and note not in row.notes:
        row.notes.append(note)


def actor(row: Row, name: str, number: str, local: str, association: str = "") -> Actor:
    """The organisation of a name and a SIREN or SIRET, which the row's notes judge.

    The subject is the legal unit: whoever is granted money or hired somebody is one, and nothing
    says whether the SIRET beside is that of its seat. The SIRET is kept among the identifiers.

    Args:
        row: the record.
        name: as the source has it.
        number: SIREN or SIRET, as the source has it.
        local: what comes before the name in an id of ours (`grants:224400028-`), for those
            without a number.
        association: an RNA number, as the source has it.

    Raises:
        Rejected: it is a natural person, or may be one: without a number that is right, only a
            name with a word that organisations bear is taken.
    """
    name = tidy(name, row)
    if is_a_person(name):
        raise Rejected(PERSON)
    siren, siret = _registered(row, number)
    known = _association(row, association)
    if not (siren or known) and not marks_an_organisation(name):
        raise Rejected(UNKNOWN, number)
    own = f"{local}{slug(name)}"
    key = f"siren:{siren}" if siren else f"rna:{known}" if known else own
    world = world_of(name, registered=bool(siren))
    said: dict[str, Value] = {"name": name} if name and LOST not in name else {}
    if LOST in name:
        said["other_names"] = [name]
    said |= {
        field: value
        for field, value in (
            ("world", world.value if world else "association" if known else ""),
            ("siren", siren),
            ("rna", known),
            ("identifiers", [f"siret:{siret}"] if siret else []),
        )
        if value
    }
    return Actor(key, name, bool(siren or known), said)


def _registered(row: Row, number: str) -> tuple[str, str]:
    """The SIREN and, where the number is one, the SIRET; empty where it is not right."""
    if is_absent(number):
        return "", ""
    try:
        found, note = siren_or_siret(number)
    except Rejected as wrong:
        add_note(row, f"« {number.strip()} » {wrong.reason}")
        return "", ""
    add_note(row, note)
    return found[:9], found if len(found) == 14 else ""


def _association(row: Row, number: str) -> str:
    if is_absent(number):
        return ""
    try:
        found, note = rna(number)
    except Rejected as wrong:
        add_note(row, f"« {number.strip()} » {wrong.reason}")
        return ""
    add_note(row, note)
    return found
