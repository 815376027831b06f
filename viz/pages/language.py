"""The two languages of the pages: French as it is written in the templates, English from a table.

A page has one address in each language (`/partenaires`, `/en/partenaires`): a prefix, and not a
parameter, so that no link and no form can lose the language, and each address has one content.
"""

import json
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from pathlib import Path

from graph.model import Kind, Term, Tie
from viz import french

_ENGLISH = Path(__file__).with_name("english.json")


@cache
def english() -> Mapping[str, str]:
    """The English of each French text of the pages."""
    found: Mapping[str, str] = json.loads(_ENGLISH.read_text(encoding="utf-8"))
    return found


class Language(StrEnum):
    """A language by its BCP 47 tag."""

    FR = "fr"
    EN = "en"

    @property
    def prefix(self) -> str:
        """What the addresses of its pages begin with."""
        return "" if self is Language.FR else "/en"

    @property
    def other(self) -> "Language":
        """The one to switch to."""
        return Language.EN if self is Language.FR else Language.FR

    def say(self, text: str, **values: object) -> str:
        """A French text in this language, its `{names}` filled in, well set.

        Raises:
            KeyError: the text has no English.
        """
        if self is Language.FR:
            return french.typeset(text.format(**values) if values else text)
        said = english()[text]
        return said.format(**values) if values else said

    def term(self, term: Term) -> str:
        """The label of a term of a vocabulary."""
        return term.fr if self is Language.FR else term.en

    def kind(self, kind: Kind) -> str:
        """The label of a kind of thing."""
        return kind.fr if self is Language.FR else kind.en

    def verb(self, tie: Tie, *, outward: bool) -> str:
        """How a tie reads, from its start or from its end."""
        if self is Language.FR:
            return tie.verb if outward else tie.inverse
        return tie.verb_en if outward else tie.inverse_en

    def number(self, number: int) -> str:
        """A number with the separator of thousands of this language."""
        return french.thousands(number) if self is Language.FR else f"{number:,}"

    def date(self, iso: str) -> str:
        """A date in words; in English as ISO 8601 writes it, which everybody reads one way."""
        return french.date(iso) if self is Language.FR else iso
