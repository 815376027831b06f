"""Three people who have never seen the pages, and click only what is visible."""

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect
from rdflib import Graph, Literal, URIRef
from rdflib.namespace import ORG, SKOS

Opened = Callable[[bool], Page]
ALIVE = pytest.mark.parametrize("alive", [True, False], ids=["live", "without-javascript"])


@pytest.fixture
def opened(new_context: Callable[..., BrowserContext]) -> Opened:
    """Opens the first page, with JavaScript or without."""

    def open_(alive: bool) -> Page:
        page = new_context(java_script_enabled=alive).new_page()
        page.goto("/")
        return page

    return open_


def kept(page: Page, link: Locator) -> str:
    """The text of the file that a visible link gives."""
    with page.expect_download() as given:
        link.click()
    return Path(given.value.path()).read_text("utf-8-sig")


def names_of(answers: Locator) -> list[str]:
    """The names in a list of answers."""
    return [name.strip() for name in answers.locator("h2 a, h3 a").all_inner_texts()]


@ALIVE
def test_who_has_a_project_finds_a_partner_the_reason_why_and_takes_the_list_away(
    opened: Opened, alive: bool
) -> None:
    page = opened(alive)
    place = page.get_by_role("combobox" if alive else "textbox", name="Votre territoire")
    place.press_sequentially("Grenoble")
    if alive:
        page.get_by_role("option", name="Grenoble commune").click()
    page.get_by_role("textbox", name="Votre projet, en quelques mots").fill("aide alimentaire")
    page.get_by_role("button", name="Chercher").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Grenoble : partenaires possibles")
    expect(page.get_by_text("Vos mots parlent de")).to_contain_text("Faim « zéro »")
    first = page.locator(".reponse").first
    reason = first.locator(".raisons li").first
    expect(reason).to_be_visible()
    expect(reason).to_contain_text("Source")
    first.get_by_text("Pourquoi ?").click()
    expect(first.get_by_role("row", name="Est présent : Grenoble")).to_be_visible()

    rows = list(csv.DictReader(io.StringIO(kept(page, page.get_by_role("link", name="CSV")))))
    assert [row["nom"] for row in rows] == names_of(page.locator(".reponse"))


@ALIVE
def test_a_catalyst_finds_who_links_research_and_companies_why_and_the_path_to_them(
    opened: Opened, alive: bool
) -> None:
    page = opened(alive)
    page.get_by_role("link", name="Relier des mondes").last.click()
    place = page.get_by_role("combobox" if alive else "textbox", name="Votre territoire")
    place.press_sequentially("Isère")
    if alive:
        page.get_by_role("option", name="Isère département").click()
    page.get_by_role("checkbox", name="recherche, enseignement").check()
    page.get_by_role("checkbox", name="entreprises").check()
    page.get_by_role("button", name="Chercher").click()

    catalyst = page.locator(".carte-bloc", has_text="catalyseur territorial").first
    expect(catalyst.get_by_role("heading")).to_have_text("GAIA")
    expect(catalyst.locator(".raisons li").first).to_contain_text("acteur académique")
    catalyst.get_by_role("link", name="GAIA", exact=True).click()

    page.get_by_role("link", name="Trouver un chemin jusqu'ici").click()
    start = page.get_by_role("combobox" if alive else "textbox", name="De", exact=True)
    start.press_sequentially("CRESS Bretagne")
    if alive:
        page.get_by_role("option", name="CRESS Bretagne").first.click()
    page.get_by_role("button", name="Chercher").click()
    steps = page.locator(".chemin").first.get_by_role("listitem")
    expect(steps.first).to_contain_text("CRESS Bretagne")
    expect(steps.last).to_contain_text("GAIA")

    said = " ".join(page.locator(".chemin").all_inner_texts())
    rows = csv.DictReader(io.StringIO(kept(page, page.get_by_role("link", name="CSV"))))
    names = [row["nom"] for row in rows]
    assert {"CRESS Bretagne", "GAIA"} < set(names)
    assert [name for name in names if name not in said] == []


@ALIVE
def test_who_reuses_data_takes_away_the_rdf_of_what_is_on_the_screen(
    opened: Opened, alive: bool
) -> None:
    page = opened(alive)
    page.get_by_role("link", name="Alliances", exact=True).click()
    page.get_by_role("link", name="Programme d'animation territoriale").click()
    name = page.get_by_role("heading", level=1).inner_text().strip()
    members = page.locator("tbody th a").evaluate_all("all => all.map((a) => a.pathname)")
    text = kept(page, page.get_by_role("link", name="RDF (Turtle)"))

    graph = Graph().parse(data=text, format="turtle")
    assert graph.value(predicate=SKOS.prefLabel, object=Literal(name, "fr")) is not None
    assert len(members) > 10
    assert set(graph.subjects(ORG.hasMembership)) == {iri(path) for path in members}


def iri(path: str) -> URIRef:
    """What RDF calls the actor whose page has this path."""
    source, _, local = path.removeprefix("/acteurs/").partition(":")
    return URIRef(f"https://alliage.example/id/{source}/{local}")
