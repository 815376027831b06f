"""The file of a network: what it says, and that it can do no harm."""

import base64
import hashlib
import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from graph.claims import Source
from graph.model import (
    ACTS_IN,
    ALLIANCE,
    FOUNDED,
    MEMBER_OF,
    ORGANISATION,
    TERRITORY,
    Kind,
    Tie,
    World,
)
from queries.answers import Evidence, Reason, ReasonKind
from viz.network import Actor, Link, Network, Part
from viz.standalone import network_page, write_network

# Facts of « Récit d'un cheminement collectif », § 4 to 11 (ingest/data/ecosystem).
RECIT = Source(
    "exemples",
    "Récit d'un cheminement collectif",
    "",
    "faits repris, texte non reproduit",
    date="2021-01",
)
CHARTE = Source(
    "charte",
    "Charte du « faire alliance »",
    "Fondation des Territoires",
    "faits repris, texte non reproduit",
    url="https://www.carenews.com/le-rameau/news/decouvrez-la-charte-du-faire-alliance",
    date="2021-11-30",
)
SAID = (Evidence("exemples", "§ 9", ""),)
PROGRAMME = "Programme d'animation territoriale pour l'innovation sociale en Isère"


def actor(
    key: str,
    name: str,
    kind: Kind = ORGANISATION,
    world: World | None = None,
    part: Part = Part.BETWEEN,
    *reasons: Reason,
) -> Actor:
    return Actor(key, name, kind, world, name == "GAIA", part, "Isère", reasons)


def link(start: Actor, tie: Tie, end: Actor) -> Link:
    sentence = f"{start.name} {tie.verb} {end.name}"
    return Link(start.id, end.id, tie, tie.verb, sentence, "", "depuis 2012", (), False, SAID)


def example(*names: str) -> Network:
    """GAIA and its programme in Isère; other names may be tried in place of the true ones."""
    told = names or ("Isère", "GAIA", "Labo des partenariats de Grenoble", PROGRAMME)
    place, gaia, labo, programme = told * (4 // len(told))
    reason = Reason(
        ReasonKind.PATH, f"Relie par « {programme} ».", (*SAID, Evidence("charte", "", CHARTE.url))
    )
    actors = (
        actor("departement:38", place, TERRITORY, None, Part.CENTRE),
        actor("alliage:gaia", gaia, ORGANISATION, World.ASSOCIATION, Part.ANSWER, reason),
        actor("alliage:labo", labo, ORGANISATION, World.ASSOCIATION),
        actor("alliage:programme", programme, ALLIANCE),
    )
    links = (
        link(actors[1], ACTS_IN, actors[0]),
        link(actors[1], FOUNDED, actors[2]),
        link(actors[1], MEMBER_OF, actors[3]),
        link(actors[2], MEMBER_OF, actors[3]),
    )
    others = ((World.COMPANY, 12),)
    title = f"{place} : qui relie ces mondes ?"
    return Network(title, "1 réponse.", actors, links, others, (CHARTE, RECIT))


def crowd(count: int) -> Network:
    """As many as are ever drawn, each tied to the middle, with long names and reasons."""
    small = example()
    name = "Démarche de coopération entre entreprises et structures de l'ESS en Bretagne, n°"
    worlds = tuple(World)
    reason = replace(small.actors[1].reasons[0], text="Une raison assez longue. " * 12)
    many = tuple(
        actor(f"x:{i}", f"{name} {i}", ORGANISATION, worlds[i % 7], Part.ANSWER, *[reason] * 5)
        for i in range(count)
    )
    links = tuple(link(one, ACTS_IN, small.actors[0]) for one in many)
    return replace(small, actors=(small.actors[0], *many), links=links)


class Reading(HTMLParser):
    """The elements of a page in their order, and the texts of its scripts and styles."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.inside: dict[str, list[str]] = {"script": [], "style": []}
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag in self.inside:
            self.inside[tag].append("")

    def handle_data(self, data: str) -> None:
        if self.lasttag in self.inside and self.cdata_elem is not None:
            self.inside[self.lasttag][-1] += data
        else:
            self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]

    @property
    def shape(self) -> list[tuple[str, list[str]]]:
        return [(tag, sorted(attributes)) for tag, attributes in self.elements]

    @property
    def data(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.inside["script"][0])
        return found


HOSTILE = [
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "</title></style><img src=x onerror=alert(1)>",
    '<a href="javascript:alert(1)">ici</a>',
    '" onmouseover="alert(1)" x="',
    "' onfocus='alert(1)",
    "<!--<script>",
    "{{ 7 * 7 }}{% raw %}",
    "\u202egnireenigne laicos\u202c",
    "\u2066nom\u2028ligne\u2029\x00\x1b",
    "\ud83d seule",
    "A" * 10_000,
    "mot " * 2_500,
    "",
]
ADDRESSES = ("src", "href", "srcset", "action", "data", "poster", "background", "xlink:href")


def test_the_page_loads_nothing_from_anywhere() -> None:
    page = Reading(network_page(example()))
    for tag, attributes in page.elements:
        for address in (attributes[name] or "" for name in ADDRESSES if name in attributes):
            outside = not address.startswith(("#", "data:,"))
            assert not outside or (tag == "a" and address == CHARTE.url)
    assert not re.search(r"url\(|@import|src:", page.inside["style"][0])
    assert not {"iframe", "img", "object", "embed", "base", "form"} & {t for t, _ in page.elements}


def test_the_policy_forbids_the_network_and_knows_each_script() -> None:
    page = Reading(network_page(example()))
    policies = [m["content"] for m in page.all("meta") if "http-equiv" in m]
    rules = dict(rule.split(maxsplit=1) for rule in (policies[0] or "").split("; "))
    assert rules["default-src"] == "'none'"
    assert rules["img-src"] == "data:"
    assert rules["script-src"].split() == [digest(s) for s in page.inside["script"][1:]]
    assert rules["style-src"].split() == [digest(s) for s in page.inside["style"]]


def digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def test_links_to_sources_are_plain_links_that_tell_them_nothing() -> None:
    links = [a for a in Reading(network_page(example())).all("a") if a["href"] == CHARTE.url]
    assert len(links) == 2  # beside the reason, and among the sources
    assert {(a["rel"], a["target"]) for a in links} == {("noopener noreferrer", "_blank")}


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "http:",
        "https://a b",
        "https://x\n.fr",
        "//x.fr/",
        "http://[",
        "https://x.fr/" + "a" * 5000,
    ],
)
def test_what_is_not_a_page_of_the_web_is_not_linked(address: str) -> None:
    network = example()
    found = replace(network.actors[1].reasons[0], evidence=(Evidence("charte", "§ 1", address),))
    actors = (network.actors[0], replace(network.actors[1], reasons=(found,)), *network.actors[2:])
    sources = (replace(CHARTE, url=address), RECIT)
    page = Reading(network_page(replace(network, actors=actors, sources=sources)))
    assert all((a["href"] or "").startswith("#") for a in page.all("a"))


@pytest.mark.parametrize("name", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_name_changes_nothing_but_text(name: str) -> None:
    page = network_page(example(name))
    assert Reading(page).shape == Reading(network_page(example("GAIA "))).shape
    assert (
        Reading(page).inside["script"][1:] == Reading(network_page(example())).inside["script"][1:]
    )
    assert len(page.encode()) < 1_000_000
    assert not re.search("[\u202a-\u202e\u2066-\u2069\u2028\u2029\x00\x1b]", page)


def test_the_data_cannot_end_its_script() -> None:
    text = Reading(network_page(example("</script>&<!--\u2028"))).inside["script"][0]
    assert not set("<>&\u2028\u2029") & set(text)


def test_every_actor_can_be_reached_without_the_drawing() -> None:
    page = Reading(network_page(example()))
    cards = page.all("details")
    assert [card["data-numero"] for card in cards] == ["1", "2", "3", "4"]
    assert len(page.all("summary")) == 4
    assert page.all("noscript")
    rows = [tag for tag, _ in page.elements if tag == "tr"]
    assert len(rows) == 1 + 4


def test_the_page_says_the_reasons_the_ties_and_the_sources() -> None:
    text = " ".join(Reading(network_page(example())).text.split(" "))
    assert "Isère\u00a0: qui relie ces mondes\u202f?" in text
    assert f"Relie par «\u00a0{PROGRAMME}\u00a0»." in text
    assert "GAIA a créé Labo des partenariats de Grenoble, depuis 2012." in text
    assert "Récit d'un cheminement collectif, §\u00a09" in text
    assert "Date de la source la plus récente\u00a0: 30 novembre 2021." in text
    assert "+\u00a012 autres réponses\u00a0: entreprises" in text


def test_the_drawing_has_each_actor_once_and_each_pair_once() -> None:
    data = Reading(network_page(example())).data
    assert [node["id"] for node in data["nodes"]] == [1, 2, 3, 4]
    assert [(e["from"], e["to"]) for e in data["edges"]] == [(1, 2), (2, 3), (2, 4), (3, 4)]
    assert data["options"]["physics"] == {"enabled": False}
    assert [len(picture["spots"]) for picture in data["layouts"]] == [4, 4]


def test_the_page_is_french_and_fits_a_phone() -> None:
    page = Reading(network_page(example()))
    assert page.all("html") == [{"lang": "fr"}]
    assert {"name": "viewport", "content": "width=device-width, initial-scale=1"} in page.all(
        "meta"
    )


def test_sixty_actors_stay_under_a_megabyte() -> None:
    assert len(network_page(crowd(59)).encode()) < 1_000_000


def test_the_file_is_the_page_in_utf_8(tmp_path: Path) -> None:
    file = tmp_path / "réseau.html"
    write_network(example(), file, title="Réseau de l'Isère")
    assert file.read_bytes() == network_page(example(), "Réseau de l'Isère").encode()
    assert "<title>Réseau de l&#39;Isère</title>" in file.read_text(encoding="utf-8")


def test_two_processes_write_the_same_bytes() -> None:
    program = (
        "import hashlib, runpy, sys; test = runpy.run_path(sys.argv[1]); "
        "page = test['network_page'](test['crowd'](20)); "
        "print(hashlib.sha256(page.encode()).hexdigest())"
    )
    assert run(program, __file__, seed="1") == run(program, __file__, seed="2")


def test_pyvis_is_loaded_only_to_draw() -> None:
    program = "import sys, viz.standalone; print(sorted({'pyvis', 'IPython'} & sys.modules.keys()))"
    assert run(program, seed="0") == "[]\n"


def run(program: str, *arguments: str, seed: str) -> str:
    return subprocess.run(
        [sys.executable, "-c", program, *arguments],
        env={**os.environ, "PYTHONHASHSEED": seed},
        cwd=Path(__file__).parents[2],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
