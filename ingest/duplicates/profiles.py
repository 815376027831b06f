"""What is compared of an organisation: its names, its numbers, where it is."""

import re
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from graph.claims import Value
from graph.identifiers import is_rna, is_siren, is_siret
from graph.model import ACTS_IN, CARRIES, ORGANISATION, SEATED_IN
from graph.store import Reader
from graph.text import fold
from ingest.duplicates.names import Name, taken_apart

# Sites on which many organisations have a page: their domain is nobody's own.
_SHARED_SITES = frozenset(
    {
        *("facebook.com", "fr-fr.facebook.com", "instagram.com", "twitter.com", "x.com"),
        *("linkedin.com", "youtube.com", "helloasso.com", "wordpress.com", "blogspot.com"),
        *("over-blog.com", "wixsite.com", "free.fr", "orange.fr", "wanadoo.fr", "jimdo.com"),
        *("sites.google.com", "google.com", "e-monsite.com", "linktr.ee", "service-public.fr"),
        *("france-services.gouv.fr",),
    }
)


@dataclass(slots=True)
class Profile:
    """An organisation under one id, as its claims have it.

    Attributes:
        siren: of its legal unit: its own, or the one that its SIRET begins with.
        spellings: names as they are written, and how many claims have each.
        places: communes where it is, or of what it carries.
        departements: their codes, and those it acts in.
        domains: of its web sites, without those that many share.
    """

    key: str
    name: str = ""
    collective: bool = False
    spellings: Counter[str] = field(default_factory=Counter)
    names: set[Name] = field(default_factory=set)
    acronyms: set[str] = field(default_factory=set)
    siren: str = ""
    siret: str = ""
    rna: str = ""
    seats: set[str] = field(default_factory=set)
    places: set[str] = field(default_factory=set)
    departements: set[str] = field(default_factory=set)
    addresses: set[str] = field(default_factory=set)
    point: tuple[float, float] | None = None
    domains: set[str] = field(default_factory=set)

    def take(self, said: Mapping[str, Value]) -> None:
        """Add what one claim says."""
        others = said.get("other_names", [])
        if name := str(said.get("name", "")):
            self.spellings[name] += 1
        for name in others if isinstance(others, list) else ():
            self.spellings[name] += 0
        if acronym := str(said.get("acronym", "")):
            self.acronyms.add(fold(acronym).replace(" ", ""))
        self.collective = self.collective or said.get("collective") is True
        self._number(f"siren:{said.get('siren', '')}")
        self._number(f"siret:{said.get('siret', '')}")
        self._number(f"rna:{said.get('rna', '')}")
        if address := str(said.get("address", "")):
            self.addresses.add(_address(address))
        lat, lon = said.get("latitude"), said.get("longitude")
        if isinstance(lat, (int, float)) and isinstance(lon, (int, float)):
            self.point = self.point or (float(lat), float(lon))
        sites = said.get("websites", [])
        for site in sites if isinstance(sites, list) else []:
            domain = (urlsplit(site).hostname or "").removeprefix("www.")
            if domain and domain not in _SHARED_SITES:
                self.domains.add(domain)

    def _number(self, key: str) -> None:
        scheme, _, code = key.partition(":")
        if scheme == "siren" and is_siren(code):
            self.siren = code
        elif scheme == "siret" and is_siret(code):
            self.siret, self.siren = code, self.siren or code[:9]
        elif scheme == "rna" and is_rna(code):
            self.rna = code

    def locate(self, territory: str, *, seat: bool) -> None:
        """Add a territory where it is or acts."""
        scheme, _, code = territory.partition(":")
        if scheme == "commune":
            (self.seats if seat else self.places).add(code)
            self.departements.add(departement_of(code))
        elif scheme == "departement":
            self.departements.add(code)

    def finish(self) -> None:
        """When all claims are taken: its usual names are those that are told most."""
        self._number(self.key)
        most = max(self.spellings.values(), default=0)
        for name in sorted(self.spellings, key=lambda each: (-self.spellings[each], each)):
            usual = self.spellings[name] == most or self.siren != ""
            self.name = self.name or name
            for taken in taken_apart(name):
                if not any((n.words, n.body) == (taken.words, taken.body) for n in self.names):
                    self.names.add(replace(taken, other=not usual))


def departement_of(commune: str) -> str:
    """The code of the département of a commune: `departement_of("97411") == "974"`."""
    return commune[:3] if commune.startswith(("97", "98")) else commune[:2]


def profiles(store: Reader) -> dict[str, Profile]:
    """All organisations by the id under which a source speaks of them, merged or not."""
    found: dict[str, Profile] = {}
    for key, kind, claim in store.scan_node_claims():
        if kind is ORGANISATION:
            found.setdefault(key, Profile(key)).take(claim.properties)
    for profile in found.values():
        profile.finish()
    within = defaultdict(list)
    for key, whole in store.aliases():
        if key in found:
            within[whole].append(found[key])
    carriers = defaultdict(list)
    for organisation, project, _ in store.scan_tie_values(CARRIES):
        carriers[project].append(organisation)
    for tie in (SEATED_IN, ACTS_IN):
        for start, territory, _ in store.scan_tie_values(tie):
            seat = tie is SEATED_IN
            for key in [start, *carriers.get(start, ())]:
                members = [found[key]] if key in found else []
                for profile in [*members, *within.get(key, ())]:
                    profile.locate(territory, seat=seat)
    return found


_STREETS = {
    "av": "avenue", "ave": "avenue", "bd": "boulevard", "bld": "boulevard", "boul": "boulevard",
    "pl": "place", "r": "rue", "rte": "route", "ch": "chemin", "che": "chemin", "all": "allee",
    "imp": "impasse", "sq": "square", "crs": "cours", "fg": "faubourg", "fbg": "faubourg",
}  # fmt: skip
_POSTCODE = re.compile(r"\b\d{5}\b.*$")


def _address(text: str) -> str:
    """The street of an address, its usual abbreviations written out."""
    street = _POSTCODE.sub("", fold(text))
    return " ".join(_STREETS.get(word, word) for word in street.split())
