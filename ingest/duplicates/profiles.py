"""What is compared of an organisation: its names, its numbers, where it is."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from graph.claims import Value
from graph.identifiers import is_rna, is_siren, is_siret
from graph.model import ACTS_IN, CARRIES, ORGANISATION, SEATED_IN, TERRITORY
from graph.store import Reader
from graph.text import fold
from ingest.duplicates.laboratories import is_rnsr, own_name, units_of
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
_LODGES = 3  # laboratories that bear one name: it is not theirs


@dataclass(slots=True)
class Profile:
    """An organisation under one id, as its claims have it.

    Attributes:
        siren: of its legal unit: its own, or the one that its SIRET begins with.
        spellings: names as they are written, and how many claims have each.
        rnsr: number of the national directory of research structures.
        pic: number of a participant of European programmes.
        units: numbers of research units that its names state (`units_of`).
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
    rnsr: str = ""
    pic: str = ""
    units: set[int] = field(default_factory=set)
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
        identifiers = said.get("identifiers", [])
        for identifier in identifiers if isinstance(identifiers, list) else ():
            # A SIRET among them is that of an establishment, not the organisation's own.
            if str(identifier).startswith(("rnsr:", "pic:")):
                self._number(str(identifier))
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
        elif scheme == "rnsr" and is_rnsr(code):
            self.rnsr = code.upper()
        elif scheme == "pic" and code.isascii() and code.isdigit():
            self.pic = code

    def _leave_lodgers(self) -> None:
        """Keep of a laboratory's names those that are its own."""
        kept: Counter[str] = Counter()
        for name, count in self.spellings.items():
            self.units |= units_of(name)
            if own := own_name(name):
                kept[own] += count
        self.name = "" if kept else next(iter(self.spellings), "")
        self.spellings = kept

    def locate(self, territory: str, *, seat: bool) -> None:
        """Add a territory where it is or acts."""
        scheme, _, code = territory.partition(":")
        if scheme == "commune":
            (self.seats if seat else self.places).add(code)
            self.departements.add(departement_of(code))
        elif scheme == "departement":
            self.departements.add(code)

    def finish(self, towns: Sequence[str] = ()) -> None:
        """When all claims are taken: its usual names are those that are told most.

        A name that only says what kind of body it is (« MAIRIE ») is completed by the town.
        """
        self._number(self.key)
        if self.rnsr:
            self._leave_lodgers()
        most = max(self.spellings.values(), default=0)
        for name in sorted(self.spellings, key=lambda each: (-self.spellings[each], each)):
            usual = self.spellings[name] == most or self.siren != ""
            self.name = self.name or name
            self.units |= units_of(name)
            for taken in taken_apart(name) or _with_town(name, towns):
                if not any((n.words, n.body) == (taken.words, taken.body) for n in self.names):
                    self.names.add(replace(taken, other=not usual))


def _with_town(name: str, towns: Sequence[str]) -> tuple[Name, ...]:
    return taken_apart(f"{name} {towns[0]}") if len(towns) == 1 else ()


def departement_of(commune: str) -> str:
    """The code of the département of a commune: `departement_of("97411") == "974"`."""
    return commune[:3] if commune.startswith(("97", "98")) else commune[:2]


def profiles(store: Reader) -> dict[str, Profile]:
    """All organisations by the id under which a source speaks of them, merged or not."""
    found: dict[str, Profile] = {}
    towns: dict[str, str] = {}
    for key, kind, claim in store.scan_node_claims():
        if kind is ORGANISATION:
            found.setdefault(key, Profile(key)).take(claim.properties)
        elif kind is TERRITORY and key.startswith("commune:"):
            towns.setdefault(key.removeprefix("commune:"), str(claim.properties.get("name", "")))
    _locate(store, found)
    for profile in found.values():
        profile.finish([towns.get(code, "") for code in sorted(profile.seats)])
    _leave_common(found.values())
    return found


def _locate(store: Reader, found: Mapping[str, Profile]) -> None:
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


def _leave_common(found: Iterable[Profile]) -> None:
    """Leave out the names that several laboratories bear: they are of who lodges them."""
    numbered = [profile for profile in found if profile.rnsr]
    bearers = Counter(name.words for profile in numbered for name in profile.names)
    for profile in numbered:
        profile.names = {name for name in profile.names if bearers[name.words] < _LODGES}


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
