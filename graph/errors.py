"""Everything that can go wrong, as sentences that tell the person what to do."""


class AlliageError(Exception):
    """The root of all errors that a person may meet.

    Attributes:
        type: a stable name for programs (`unknown_place`).
        message: one clear sentence, in French.
    """

    type = "error"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class RequestError(AlliageError):
    """The request cannot be answered as it was asked."""

    type = "bad_request"


class UnknownPlace(RequestError):
    """No territory bears that name or code."""

    type = "unknown_place"

    def __init__(self, place: str, suggestions: list[str]) -> None:
        hint = f" Vouliez-vous dire : {', '.join(suggestions)} ?" if suggestions else ""
        super().__init__(
            f"Aucun territoire ne correspond à « {place} ».{hint or ' Donnez un nom, un code'}"
            f"{'' if hint else ' Insee ou un code postal.'}"
        )
        self.place = place
        self.suggestions = suggestions


class AmbiguousPlace(RequestError):
    """Several territories bear that name or code."""

    type = "ambiguous_place"

    def __init__(self, place: str, candidates: list[tuple[str, str]]) -> None:
        listed = " ; ".join(f"{key} ({name})" for key, name in candidates)
        super().__init__(f"« {place} » désigne plusieurs territoires, précisez : {listed}.")
        self.place = place
        self.candidates = candidates


class UnknownTerm(RequestError):
    """A word that is not of the vocabulary it should be of."""

    type = "unknown_term"

    def __init__(self, what: str, word: str, known: list[str]) -> None:
        super().__init__(f"« {word} » n'est pas {what} ; choisissez parmi : {', '.join(known)}.")
        self.word = word
        self.known = known


class UnknownId(RequestError):
    """Nothing has that id."""

    type = "unknown_id"

    def __init__(self, key: str, suggestions: list[str]) -> None:
        hint = f" Vouliez-vous dire : {', '.join(suggestions)} ?" if suggestions else ""
        super().__init__(f"Nous ne connaissons rien sous l'identifiant ou le nom « {key} ».{hint}")
        self.key = key
        self.suggestions = suggestions


class AmbiguousName(RequestError):
    """Several things bear that name."""

    type = "ambiguous_name"

    def __init__(self, name: str, candidates: list[tuple[str, str]]) -> None:
        listed = " ; ".join(f"{key} ({label})" for key, label in candidates)
        super().__init__(f"« {name} » désigne plusieurs fiches, précisez l'identifiant : {listed}.")
        self.name = name
        self.candidates = candidates


class SourceError(AlliageError):
    """A source cannot be read; the store is as it was before."""

    type = "unreadable_source"


class UnknownSource(SourceError):
    """No source has that name."""

    type = "unknown_source"

    def __init__(self, name: str, known: list[str]) -> None:
        super().__init__(f"« {name} » n'est pas une source connue ; sources : {', '.join(known)}.")
        self.name = name
        self.known = known


class InvalidClaim(SourceError):
    """A claim contradicts the model."""

    type = "invalid_claim"

    def __init__(self, record: str, problems: list[str]) -> None:
        super().__init__(f"« {record} » ne suit pas le modèle : {' ; '.join(problems)}.")
        self.record = record
        self.problems = problems


class ContradictoryJudgement(AlliageError):
    """Two ids cannot be of the same thing."""

    type = "contradictory_judgement"

    def __init__(self, one: str, other: str, reason: str) -> None:
        super().__init__(
            f"« {one} » et « {other} » ne peuvent pas être la même organisation : {reason} ; "
            "revenez d'abord sur l'un des jugements."
        )
        self.one = one
        self.other = other


class StoreError(AlliageError):
    """The store cannot be used."""

    type = "store"


class NotAStore(StoreError):
    """The file is not a store of ours, or it is damaged."""

    type = "not_a_store"


class OlderStore(AlliageError):
    """The store was made by an earlier version, in a form that is no longer read."""

    type = "older_store"


class NewerStore(StoreError):
    """The store was written by a newer version of Alliage."""

    type = "newer_store"


class EmptyStore(StoreError):
    """The store holds nothing yet."""

    type = "empty_store"


class StoreBusy(StoreError):
    """Somebody else is writing."""

    type = "store_busy"


class StoreFull(StoreError):
    """The disk is full; what was being written was taken back."""

    type = "disk_full"


class StoreUnwritable(StoreError):
    """The store or its folder may not be written."""

    type = "store_unwritable"


class StoreUnreachable(StoreError):
    """The server of the store does not answer, or no longer."""

    type = "store_unreachable"


class StoreRefused(StoreError):
    """The server of the store refuses the user or the password."""

    type = "store_refused"


class OldServer(StoreError):
    """The server of the store is too old."""

    type = "old_server"
