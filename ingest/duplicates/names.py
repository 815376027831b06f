"""How the name of an organisation is taken apart, so that its spellings can be compared."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from graph.text import fold

# What kind of body a name states: those of one place share all the rest of their names. The first
# that matches counts; « la commune » is one, its social centre (CCAS) another.
_BODIES = (
    ("France services", r"(?:maison |espace |antenne |bus )?(?:de )?france services?|msap"),
    ("ccas", r"c ?c ?a ?s|(?:centre|ctre|ctr) comm?(?:unal)?(?: d)? ?action sociale"),
    ("cias", r"c ?i ?a ?s|centre intercommunal d ?action sociale"),
    ("caisse des écoles", r"caisse (?:des )?ecoles"),
    ("mission locale", r"mission locale|mlj|ml"),
    ("office de tourisme", r"office (?:de |du |intercommunal (?:de |du ))?tourisme"),
    ("office d'habitat", r"office public (?:de l )?habitat|oph"),
    ("université", r"universite|univ"),
    ("métropole", r"metropole"),
    ("communauté urbaine", r"communaute urbaine|cu"),
    (
        "communauté d'agglomération",
        r"(?:communaute|cte|com) (?:d ?)?agglo(?:meration)?|agglomeration|agglo|ca",
    ),
    (
        "communauté de communes",
        r"(?:communaute|cte|com|comm|communautes) (?:de |des )?(?:communes?|com|cnes)|comcom"
        r"|cdc|cc|intercom",
    ),
    ("pôle territorial", r"petr|pole (?:d )?equilibre territorial(?: et rural)?"),
    (
        "syndicat",
        r"(?:synd(?:icat)?|synd ?mc|sivu|sivom|sictom|smictom|siaep|sidpc)"
        r"(?: mixte)?(?: intercommunal(?: a vocation (?:unique|multiple))?)?",
    ),
    ("région", r"conseil regional|region"),
    ("département", r"(?:conseil )?(?:departemental|general)|departement|dept"),
    ("commune", r"mairie(?: deleguee)?|maire|municipalite|hotel de ville|commune|ville"),
)
_BODY = [
    (
        body,
        re.compile(rf"^(?:la |le |l )?(?:{words})\b(?: (?:de la|de l|des|du|de|d)\b)?")
        if body in ("commune", "région", "département", "métropole")
        else re.compile(rf"\b(?:{words})\b(?: (?:de la|de l|des|du|de|d)\b)?"),
    )
    for body, words in _BODIES
]
_COUNTY = re.compile(r"^(?:conseil )?(?:departemental|general|departement)\b")
# Words that tell nothing: articles, elisions, legal forms.
_EMPTY = frozenset(
    {
        *("a", "au", "aux", "d", "dans", "de", "des", "du", "en", "et", "l", "la", "le", "les"),
        *("n", "ou", "par", "pour", "qu", "s", "sous", "sur", "un", "une"),
        *("ass", "asso", "assoc", "association", "associations", "eirl", "eurl", "gie", "gip"),
        *("inc", "sa", "sarl", "sas", "sasu", "scic", "scop", "sem", "snc", "societe", "spl"),
        *("ste", "loi", "1901"),
    }
)
_SHORT = {
    "ctre": "centre", "ctr": "centre", "etab": "etablissement", "ets": "etablissement",
    "fed": "federation", "dept": "departement", "dep": "departement", "reg": "regional",
    "com": "communautaire", "intercom": "intercommunal", "synd": "syndicat", "gpe": "groupe",
    "socio": "social", "mjc": "mjc", "cult": "culturel", "rgl": "regional", "nat": "national",
    "st": "saint", "gd": "grand", "pays": "pays",
}  # fmt: skip
_PARTS = re.compile(r"\s+[-–—/|:]\s+|[()\[\]]|\s*;\s*")


@dataclass(frozen=True, slots=True)
class Name:
    """A name, taken apart.

    Attributes:
        words: those that tell it from others, in order.
        body: what kind of public body it states, or empty.
        part: whether it is only a part of the name as it was written.
        other: whether it is one of its other, less usual names.
    """

    words: tuple[str, ...]
    body: str
    part: bool = False
    other: bool = False

    @property
    def initials(self) -> str:
        """The first letters of its words."""
        return "".join(word[0] for word in self.words)


@lru_cache(maxsize=200_000)
def taken_apart(text: str) -> tuple[Name, ...]:
    """A name whole, then the parts that dashes and brackets make in it.

    `taken_apart("ASS. AMATRAMI")[0].words == ("amatrami",)`;
    `taken_apart("Mairie de Lunel")[0] == Name(("lunel",), "commune")`.
    """
    found = [_name(text, part=False), *(_name(part, part=True) for part in _parts(text))]
    kept = [name for name in found if name.words]
    seen: dict[tuple[str, ...], Name] = {}
    for name in kept:
        seen.setdefault((*name.words, "", name.body), name)
    return tuple(seen.values())


def _parts(text: str) -> Iterator[str]:
    found = [part for part in _PARTS.split(text) if part and part.strip()]
    if len(found) > 1:
        yield from found


def _name(text: str, *, part: bool) -> Name:
    folded = fold(text)
    for body, pattern in _BODY:
        match = pattern.search(folded)
        if match and len(match[0]) <= len(folded):
            folded = f"{folded[: match.start()]} {folded[match.end() :]}"
            return Name(_words(folded), body, part)
    return Name(_words(folded), "", part)


def _words(folded: str) -> tuple[str, ...]:
    joined = _join_letters(folded.split())
    return tuple(_SHORT.get(word, word) for word in joined if word not in _EMPTY)


def _join_letters(words: list[str]) -> list[str]:
    """« C I D F F » is one word; a lone elided letter stays alone."""
    found: list[str] = []
    run: list[str] = []
    for word in [*words, ""]:
        if len(word) == 1 and word.isalpha():
            run.append(word)
            continue
        found += ["".join(run)] if len(run) > 2 else run
        run = []
        if word:
            found.append(word)
    return found
