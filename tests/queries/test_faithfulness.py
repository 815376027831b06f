"""Without the facts that an answer cites, would it still be given?

The answer is asked again of a graph from which the cited facts are gone, the view made anew.
"""

import csv
import gzip
import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import pytest

from graph.claims import Claim, NodeClaim, Properties, TieClaim
from graph.model import ACTS_IN, GOVERNS, MEMBER_OF, ORGANISATION, SEATED_IN, Means, Tie
from graph.sqlite.store import SqliteStore
from graph.store import StoredClaim, StoredNode, StoredTie
from graph.view import View, memory_view
from ingest import ecosystem, reference
from ingest.catalogue import tabular
from ingest.runner import ingest_files
from queries.answers import Fact
from queries.matching.weights import BANDS
from queries.partner_request import Request, ceased
from queries.partners import Partner, Partners, partners

TESTS = Path(__file__).resolve().parents[1]
FILES = {
    "research-alliances": ("queries/evaluation/anr-la-rochelle.csv",),
    "city-contracts": (
        "data/city-contracts/adulte-relais-2020.json",
        "data/city-contracts/adulte-relais-2022.json",
        "data/city-contracts/contrats-de-ville-centres.json",
        "data/city-contracts/postes-fonjep-2020.json",
    ),
    "data-inclusion": (
        "data/data-inclusion/structures-v1.json",
        "data/data-inclusion/services-v1.csv",
    ),
    "ess": ("data/ess/entreprisesess.csv",),
    "fonds-vert": ("data/fonds-vert/projets.csv",),
    "grants": ("data/grants/subventions.csv",),
    "rna": ("data/rna/rna_import_20241001_dpt_38.csv",),
    "tiers-lieux": ("data/tiers-lieux/CGET_TiersLieux_2019.csv",),
}
LEAST = 0.95
BY_BAND = [band.name for band in BANDS]
OF_ONE_REQUEST = 4
TEXTS = (
    "Un fonds pour l'innovation sociale des associations",
    "Formation des demandeurs d'emploi et médiation dans les quartiers",
    "Réemploi, ressourcerie et transition écologique",
    "Recherche sur l'océan, le littoral et le climat",
)


# A graph without some facts ------------------------------------------------------------------


class Without(SqliteStore):
    """A store to read, without some facts."""

    def __init__(self, path: Path, facts: Iterable[Fact]) -> None:
        super().__init__(path)
        self._whole = SqliteStore(path)
        gone = set(facts)
        self._ties = {(f.relation, f.subject, f.object) for f in gone if f.object}
        self._values: dict[str, set[str]] = {}
        for fact in gone:
            if not fact.object:
                self._values.setdefault(fact.subject, set()).add(fact.relation)

    def _kept(self, tie: Tie, start: str, end: str) -> bool:
        return (tie.name, start, end) not in self._ties

    def _less(self, node: StoredNode) -> StoredNode:
        gone = self._values.get(node.key, set())
        said = {name: value for name, value in node.properties.items() if name not in gone}
        return replace(node, name=node.key if "name" in gone else node.name, properties=said)

    def _said(self, key: str, claim: StoredClaim) -> StoredClaim:
        gone = self._values.get(key, set())
        return replace(
            claim, properties={k: v for k, v in claim.properties.items() if k not in gone}
        )

    def node(self, key: str) -> StoredNode | None:
        found = super().node(key)
        return self._less(found) if found else None

    def claims(self, key: str) -> list[StoredClaim]:
        return [self._said(key, claim) for claim in super().claims(key)]

    def ties(self, key: str) -> list[StoredTie]:
        return [t for t in super().ties(key) if self._kept(t.tie, t.start, t.end)]

    def tie(self, tie: Tie, start: str, end: str) -> StoredTie | None:
        return super().tie(tie, start, end) if self._kept(tie, start, end) else None

    def scan_nodes(self) -> Iterator[StoredNode]:
        return map(self._less, super().scan_nodes())

    def scan_ties(self, tie: Tie) -> Iterator[StoredTie]:
        return (t for t in super().scan_ties(tie) if self._kept(tie, t.start, t.end))

    def scan_tie_values(self, tie: Tie) -> Iterator[tuple[str, str, Properties]]:
        # That of a whole store asks `tie` of itself, which must not be ours.
        found = self._whole.scan_tie_values(tie)
        return (each for each in found if self._kept(tie, each[0], each[1]))

    def close(self) -> None:
        self._whole.close()
        super().close()


# Real data -----------------------------------------------------------------------------------


def made(path: Path, files: Mapping[str, Sequence[Path]]) -> Path:
    """The documents and some files, with the territories and authorities that they speak of.

    All the communes of Isère are there besides; those of elsewhere would only cost time.
    """
    with closing(SqliteStore(path, writable=True)) as store:
        for source, claims in ecosystem.transform(ecosystem.read()):
            with store.write(source) as writing:
                writing.add(claims)
                writing.finish()
        for name, read in files.items():
            ingest_files(store, tabular(name), read, path.parent / "rejects")
        places = {end for t in (SEATED_IN, ACTS_IN) for _, end, _ in store.scan_tie_claims(t)}
        for source, told in reference.CLAIMS:
            with store.write(source) as writing:
                writing.add(about(places, list(told())))
                writing.finish()
    return path


def about(places: set[str], claims: Sequence[Claim]) -> Iterator[Claim]:
    """What is said of some communes and of larger territories but intercommunalities."""

    def known(key: str) -> bool:
        return not key.startswith("commune:") or key in places or key.startswith("commune:38")

    governed = {c.start: c.end for c in claims if isinstance(c, TieClaim) and c.tie is GOVERNS}
    left_out = {
        one for one, place in governed.items() if place.startswith("epci:") or not known(place)
    }
    for claim in claims:
        ends = (claim.subject,) if isinstance(claim, NodeClaim) else (claim.start, claim.end)
        if not left_out.intersection(ends) and all(map(known, ends)):
            yield claim


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Path:
    files = {name: [TESTS / each for each in paths] for name, paths in FILES.items()}
    return made(tmp_path_factory.mktemp("faithfulness") / "real.db", files)


# Answers drawn at random ---------------------------------------------------------------------


class Drawn(NamedTuple):
    """One answer, with the page on which it stood."""

    request: Request
    page: Partners
    rank: int

    @property
    def partner(self) -> Partner:
        return self.page.answers[self.rank]

    @property
    def cited(self) -> set[Fact]:
        """What speaks for it."""
        return {f for reason in self.partner.reasons if not reason.against for f in reason.facts}


def requests(view: View, places: Sequence[str], draw: random.Random) -> Iterator[Request]:
    """For organisations with and without a past, for projects in words, goals and means."""
    over = ceased(view)
    everyone = [view.keys[node] for node in view.of_kind(ORGANISATION).tolist() if not over[node]]
    members = sorted({int(node) for node in view.ties[MEMBER_OF].start})
    allied = [view.keys[n] for n in members if view.is_kind(n, ORGANISATION) and not over[n]]
    while True:
        at = draw.choice(places)
        match draw.randrange(10):
            case 0 | 1 | 2:
                yield Request(at, organisation=draw.choice(allied))
            case 3 | 4:
                yield Request(at, organisation=draw.choice(everyone))
            case 5 | 6:
                yield Request(at, text=draw.choice(TEXTS))
            case _:
                goals = [str(number) for number in draw.sample(range(1, 18), 2)]
                needs, offers = draw.sample(list(Means), 2), draw.sample(list(Means), 2)
                yield Request(at, tuple(goals), tuple(needs), tuple(offers))


def drawn(view: View, places: Sequence[str], count: int) -> list[Drawn]:
    """Answers of first pages, at most four of each."""
    draw = random.Random(4)

    def answers() -> Iterator[Drawn]:
        for request in requests(view, places, draw):
            page = partners(view, request)
            ranks = range(len(page.answers))
            for rank in draw.sample(ranks, min(OF_ONE_REQUEST, len(ranks))):
                yield Drawn(request, page, rank)

    return list(islice(answers(), count))


def lowered(path: Path, one: Drawn) -> bool:
    """Whether an answer falls in rank or band, or out of the page, without what it cites."""
    with closing(Without(path, one.cited)) as store:
        page = partners(memory_view(store), one.request)
    for rank, partner in enumerate(page.answers):
        if partner.id == one.partner.id:
            before, after = BY_BAND.index(one.partner.band), BY_BAND.index(partner.band)
            return rank > one.rank or after > before
    return True


def faithful(path: Path, places: Sequence[str], count: int) -> tuple[float, list[Drawn]]:
    """The share of answers that fall, and those that do not."""
    with closing(SqliteStore(path)) as store:
        answers = drawn(memory_view(store), places, count)
    standing = [one for one in answers if not lowered(path, one)]
    return 1 - len(standing) / count, standing


Says = Callable[[str], None]


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str]) -> Says:
    """Print a line that is seen whatever the options of pytest."""

    def line(text: str) -> None:
        with capsys.disabled():
            print(f"\n    {text}")

    return line


def test_an_answer_falls_without_the_facts_that_it_cites(real: Path, say: Says) -> None:
    places = ("Isère", "Grenoble", "Bretagne", "La Rochelle", "Nouvelle-Aquitaine", "France")
    share, standing = faithful(real, places, 200)
    say(f"faithfulness: {share:.1%} of 200 answers fall without the facts that they cite")
    assert share >= LEAST, standing


@pytest.mark.needs_shared
def test_among_all_that_brittany_did_with_the_anr_too(
    shared: Path, tmp_path: Path, say: Says
) -> None:
    table = shared / "data" / "alliances" / "anr-partners-2010-2018.csv.gz"
    with gzip.open(table, "rt", newline="") as file:
        rows = list(csv.DictReader(file))
    projects = {row["project_id"] for row in rows if row["region"] == "Bretagne"}
    extract = tmp_path / "bretagne.csv"
    with extract.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(row for row in rows if row["project_id"] in projects)
    path = made(tmp_path / "real.db", {"research-alliances": [extract]})
    share, standing = faithful(path, ("Bretagne", "Rennes", "Brest", "France"), 60)
    say(f"faithfulness: {share:.1%} of 60 answers, {len(projects)} projects of the ANR")
    assert share >= LEAST, standing


def test_what_an_answer_cites_is_gone_from_the_store_that_lacks_it(real: Path) -> None:
    with closing(SqliteStore(real)) as store:
        one = drawn(memory_view(store), ["La Rochelle"], 1)[0]
    with closing(Without(real, one.cited)) as store:
        for fact in one.cited:
            if fact.object:
                told = {(t.tie.name, t.start, t.end) for t in store.ties(fact.subject)}
                assert (fact.relation, fact.subject, fact.object) not in told
            else:
                node = store.node(fact.subject)
                assert node
                assert fact.relation not in node.properties
    assert one.cited
