"""Laboratories: the numbers that tell them apart, and their names without who lodges them."""

import re
from collections.abc import Set

from graph.text import fold

_RNSR = re.compile(r"\d{9}[A-Za-z]")
# « UMR 5175 », « UMR_S 1064 », « U1163 », « EA 4321 », « UPR CNRS 1142 », « FRE3689 ».
_UNIT = re.compile(
    r"\b(?:umr|upr|usr|ums|umi|fre|ura|ea|ur|u) ?[sadtimc]?"
    r"(?: (?:cnrs|inserm|inra|no?))? ?0*(\d{2,4})\b"
)
_FIRST_OF_CNRS = 2000  # those of Inserm and of INRA are lower
_SEPARATORS = re.compile(r"\s[-–—|]|\s?/\s?|[,;()\[\]]")
# Bodies that lodge laboratories, and what they call their own parts.
_LODGER = re.compile(
    r"(?:l |la |le )?(?:agro\w*|aix marseille|armines|assistance publique|cea|centre hosp\w+"
    r"|centre nat\w* (?:de )?(?:la )?recherche|centre de cooperation|centre de recherche inr\w+"
    r"|chr?u|cirad|cnrs|college de france|commissariat|comue|delegation|direction|dr|ecole|ehess"
    r"|ens|ephe|fondation|hopita\w+|hospices|ifremer|ifsttar|inrae?|inria|insa|inserm"
    r"|institut (?:nat\w*|curie|des sciences et industries|mines|pasteur|polytechnique|telecom"
    r"|de recherche (?:pour|et|de))|ird|irstea|museum|onera|secteur|siege|sorbonne|univ\w*|upmc)\b"
)
_LABORATORY = re.compile(r"\b(?:lab|labo\w*|equipes?|unites?)\b|^institut(?!.* nat)")
_DIVISION = re.compile(r"centre de recherches? d|centre d ?etudes? nuc|recherche")
_WORDS_THAT_TELL = 4


def is_rnsr(text: str) -> bool:
    """Whether a text has the form of a number of the national directory of research structures."""
    return _RNSR.fullmatch(text) is not None


def units_of(name: str) -> set[int]:
    """The numbers of research units that a name states.

    `units_of("Institut X, UMR CNRS 5175, Inserm U 1163") == {5175, 1163}`.
    """
    return {int(number) for number in _UNIT.findall(fold(name))}


def other_units(ours: Set[int], theirs: Set[int]) -> bool:
    """Whether two sets of unit numbers tell two laboratories apart.

    One laboratory may have a number of the CNRS and one of Inserm: numbers are compared with
    those of the same series.
    """
    for series in (range(_FIRST_OF_CNRS), range(_FIRST_OF_CNRS, 10_000)):
        here, there = ({n for n in units if n in series} for units in (ours, theirs))
        if here and there and not here & there:
            return True
    return False


def own_name(name: str) -> str:
    """The name of a laboratory without the bodies that lodge it; empty when nothing else is said.

    `own_name("CNRS - Délégation Alpes - Institut Néel") == "Institut Néel"`. Beside such a body a
    few words may be its own town or division: they count where they say that they are a laboratory.
    """
    parts = [part.strip() for part in _SEPARATORS.split(name) if part.strip()]
    lodged = any(_only_lodges(fold(part)) for part in parts)
    if not lodged:
        return name
    kept = [part for part in parts if _tells(fold(part))]
    return " - ".join(kept)


def _tells(folded: str) -> bool:
    if _LABORATORY.search(folded) or _UNIT.search(folded):
        return True
    long = len(folded.split()) >= _WORDS_THAT_TELL
    return long and not (_LODGER.match(folded) or _DIVISION.match(folded))


def _only_lodges(folded: str) -> bool:
    told = _LABORATORY.search(folded) or _UNIT.search(folded)
    return _LODGER.match(folded) is not None and not told
