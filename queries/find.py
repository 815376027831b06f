"""Which things bear a name like this?"""

from dataclasses import dataclass

from graph.errors import RequestError
from graph.view import View
from queries.things import place_name

_MOST = 500


@dataclass(frozen=True, slots=True)
class Match:
    """A thing whose name is like what was asked, the best first."""

    id: str
    kind: str
    name: str
    place: str | None


def find(view: View, text: str, limit: int = 20) -> list[Match]:
    """Things by name, whatever the accents, the case, and small typing errors.

    Raises:
        RequestError: the text is empty, or the number of answers makes no sense.
    """
    if not text.strip():
        raise RequestError("Donnez un nom, un sigle, un code ou un numéro à chercher.")
    if not 1 <= limit <= _MOST:
        raise RequestError(f"Le nombre de réponses doit être entre 1 et {_MOST}.")
    matches = []
    for found in view.search(text, limit=limit):
        ordinal = view.ordinal(found.key)
        place = place_name(view, ordinal) if ordinal is not None else None
        matches.append(Match(found.key, found.kind.name, found.name, place))
    return matches
