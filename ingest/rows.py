"""One record of a file: its place, its values by column, and which of them were used."""

from collections.abc import Iterable, Mapping


class Rejected(Exception):
    """A record that cannot be taken, with the reason, for the file of rejects.

    Attributes:
        reason: one French phrase that says what is wrong.
        value: the value that is wrong, as it was found.
    """

    def __init__(self, reason: str, value: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.value = value


class LeftOut(Rejected):
    """A record that is left out on purpose, of a sort that there are millions of.

    They are counted; the file of rejects says once for each reason how many and where the first is.
    """


class Row:
    """A record as a reader yields it.

    Attributes:
        locator: where it is, for a person (`ligne 40`, `feuille 2, ligne 7`).
        values: texts by column name, as found; an absent value is an empty text.
        notes: what was repaired on the way, for the claim to say.
    """

    __slots__ = ("_taken", "locator", "notes", "values")

    def __init__(self, values: Mapping[str, str], locator: str, taken: set[str]) -> None:
        self.values = values
        self.locator = locator
        self.notes: list[str] = []
        self._taken = taken

    def take(self, *names: str) -> str:
        """The first value that is not empty among columns, without surrounding spaces.

        The columns count as used, for the whole file.
        """
        self._taken.update(names)
        for name in names:
            value = self.values.get(name, "").strip()
            if value:
                return value
        return ""

    def ignore(self, names: Iterable[str]) -> None:
        """Count columns as used that are left out on purpose (they speak of persons, say)."""
        self._taken.update(names)

    @property
    def note(self) -> str:
        """What was repaired, as one text."""
        return " ; ".join(self.notes)
