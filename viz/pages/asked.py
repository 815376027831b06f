"""What a page is asked: the view, the language, the parameters; and what it answers with."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeAlias

from starlette.responses import Response

from graph.errors import RequestError
from graph.view import View
from viz.outlines.territories import Outlines, bundled_outlines
from viz.pages.address import Address
from viz.pages.language import Language

CHOSEN = "choix"
"""The parameter of « ma sélection »: an id, as often as there are actors in it."""
MOST_CHOSEN = 50
_LONGEST = {"q": 20_000}
_LONG = 400
_TAKEN = re.compile(r"\(([a-z][a-z0-9_-]*:[^\s()]+)\)$")  # `Grenoble (commune:38185)`


@dataclass(frozen=True)
class Asked:
    """A request for a page.

    Attributes:
        here: its address, without parameters left empty; of the whole page where it is embedded.
        key: the id in the path, empty where the page has none.
        suffix: `csv` and the like where a file is asked, else empty.
        base: the IRI under which things are published in RDF.
        embedded: whether it is shown within another site, without what goes around a page.
        outlines: what draws territories.
    """

    view: View
    language: Language
    here: Address
    key: str = ""
    suffix: str = ""
    base: str = ""
    embedded: bool = False
    outlines: Outlines = field(default_factory=bundled_outlines)
    say: Callable[..., str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "say", self.language.say)

    def all(self, name: str) -> tuple[str, ...]:
        """The values of a parameter.

        Raises:
            RequestError: one is longer than any name is.
        """
        values = tuple(value for other, value in self.here.pairs if other == name)
        if any(len(value) > _LONGEST.get(name, _LONG) for value in values):
            raise RequestError("Ce que vous demandez est trop long : donnez moins de mots.")
        return values

    def one(self, name: str, default: str = "") -> str:
        """The last value of a parameter."""
        return (self.all(name) or (default,))[-1]

    def meant(self, name: str) -> str:
        """What a parameter means: the id at its end, where a proposal was taken, else its text."""
        text = self.one(name)
        taken = _TAKEN.search(text)
        return taken[1] if taken and self.view.ordinal(taken[1]) is not None else text

    def spelled(self, name: str) -> str:
        """A parameter as its field shows it: an id with the name of what it is of."""
        meant = self.meant(name)
        node = self.view.ordinal(meant) if ":" in meant else None
        return self.one(name) if node is None else f"{self.view.names[node]} ({meant})"

    def number(self, name: str, default: int, most: int) -> int:
        """A parameter that is a number from 1 on; the default where it is none."""
        text = self.one(name)
        number = int(text) if text.isascii() and text.isdigit() and len(text) < 9 else default
        return max(1, min(number, most))

    @cached_property
    def chosen(self) -> tuple[str, ...]:
        """The ids of « ma sélection » that the graph knows."""
        known = (value for value in self.all(CHOSEN) if self.view.ordinal(value) is not None)
        return tuple(known)[:MOST_CHOSEN]

    def to(self, path: str, pairs: Mapping[str, object] | None = None) -> Address:
        """The address of another page in this language; the selection goes with it."""
        chosen = tuple((CHOSEN, key) for key in self.chosen)
        said = tuple((name, str(value)) for name, value in (pairs or {}).items())
        return Address(f"{self.language.prefix}{path}", said + chosen)

    def in_other_language(self) -> Address:
        """This page in the other language."""
        bare = self.here.path.removeprefix(self.language.prefix) or "/"
        return Address(f"{self.language.other.prefix}{bare}", self.here.pairs)


@dataclass(frozen=True, slots=True)
class Page:
    """A page to be rendered: its template, its title, what the template shows."""

    template: str
    title: str
    shown: Mapping[str, object]
    status: int = 200


Answer: TypeAlias = Page | Response
Answering: TypeAlias = Callable[[Asked], Answer]
