import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, ViewportSize, expect

PAGES = {
    "accueil": "/",
    "partenaires-vide": "/partenaires",
    "partenaires": "/partenaires?territoire=commune:38185&q=aide+alimentaire",
    "partenaires-carte": "/partenaires?territoire=departement:38&odd=17&vue=carte",
    "partenaires-tableau": "/partenaires?territoire=departement:38&vue=tableau&choix=alliage:gaia"
    "&odd=17",
    "partenaires-lieu": "/partenaires?territoire=region:53",
    "acteur": "/acteurs/alliage:gaia",
    "reseau": "/acteurs/alliage:le-rameau/reseau?portee=2",
    "relier-vide": "/relier",
    "relier": "/relier?territoire=departement:38&monde=academic&monde=company",
    "chemin-vide": "/relier/chemin",
    "chemin": "/relier/chemin?de=alliage:gaia&vers=alliage:cress-bretagne",
    "territoires": "/territoires",
    "territoire": "/territoires/departement:38",
    "alliances": "/alliances?territoire=departement:38",
    "alliance": "/alliances/alliage:alliance-dynamique",
    "charte": "/charte",
    "rendez-vous-vide": "/rendez-vous",
    "rendez-vous": "/rendez-vous?territoire=departement:38",
    "zones-blanches-vide": "/zones-blanches",
    "zones-blanches": "/zones-blanches?territoire=nation:FR&manque=association,company",
    "recherche": "/recherche?q=gaia",
    "selection-vide": "/selection",
    "selection": "/selection?choix=alliage:gaia&choix=alliage:le-rameau",
    "donnees": "/donnees?fiche=alliage:gaia",
    "methode": "/methode",
    "lexique": "/lexique",
    "accessibilite": "/accessibilite",
    "introuvable": "/acteurs/alliage:personne",
    "a-preciser": "/partenaires?territoire=Saint-Denis&odd=1",
    "ailleurs": "/embed/partenaires?territoire=departement:38&odd=17",
}
LANGUAGES = ("fr", "en")
SCREENS = Path(__file__).parents[2] / "build" / "screens"
WIDE = ViewportSize(width=1400, height=900)
PHONE = ViewportSize(width=375, height=740)
NARROW = ViewportSize(width=320, height=640)
"""320 CSS pixels: what WCAG 2.2, criterion 1.4.10, asks for."""

# What sticks out of the page to the right, or whose text is cut, unless it scrolls by itself.
_CUT = """() => {
  const apart = ".dit, .saut, svg, input, select, textarea, [hidden], .leaflet-container";
  const wide = document.documentElement.clientWidth;
  const scrolls = (e) =>
    e && (/auto|scroll/.test(getComputedStyle(e).overflowX) || scrolls(e.parentElement));
  const said = (e) => `${e.tagName} ${e.className} ${e.textContent.trim().slice(0, 40)}`;
  const hidden = (e) => e.closest(apart) || !e.checkVisibility();
  return [...document.body.querySelectorAll("*")].filter((e) => {
    if (hidden(e) || scrolls(e)) return false;
    const cut = getComputedStyle(e).overflowX !== "visible" && e.scrollWidth > e.clientWidth + 1;
    return e.getBoundingClientRect().right > wide + 1 || cut;
  }).map(said);
}"""
_RULES = {"resultTypes": ["violations"]}
_OF_A_PROBLEM = re.compile(r"status of 40[04] ")  # the page of a problem has its status
_LIVE = ("charte", "partenaires-carte", "territoire")  # another form without: tested below


def address(language: str, path: str) -> str:
    """The address of a page in a language."""
    if language == "fr":
        return path
    return path.replace("/embed/", "/embed/en/") if path.startswith("/embed/") else f"/en{path}"


@pytest.fixture
def shown(page: Page, faults: list[str]) -> Callable[[str], Page]:
    """Shows a page; that the page of a problem has the status of a problem is no fault."""

    def show(where: str) -> Page:
        page.goto(where)
        faults[:] = [each for each in faults if not _OF_A_PROBLEM.search(each)]
        if page.locator("[data-map]").count():  # it draws what it then asks for
            page.wait_for_load_state("networkidle")
        return page

    return show


EVERY = [pytest.param(each, name, id=f"{name}-{each}") for name in PAGES for each in LANGUAGES]


@pytest.mark.parametrize(("language", "name"), EVERY)
def test_a_page_fits_a_phone_and_a_wide_screen(
    shown: Callable[[str], Page], language: str, name: str
) -> None:
    page = shown(address(language, PAGES[name]))
    for size in (WIDE, NARROW, PHONE):
        page.set_viewport_size(size)
        if size is not NARROW and (size is WIDE or language == "fr"):
            keep(page, f"{name}-{language}-{size['width']}")
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= size["width"], size
        assert page.evaluate(_CUT) == [], size


def keep(page: Page, name: str) -> None:
    """A picture of the whole page, for those who look."""
    page.screenshot(path=SCREENS / f"{name}.png", full_page=True)


@pytest.mark.parametrize(("language", "name"), EVERY)
def test_a_page_breaks_no_rule_of_accessibility(
    shown: Callable[[str], Page], language: str, name: str
) -> None:
    page = shown(address(language, PAGES[name]))
    assert broken(page) == []
    if language == "fr":
        page.set_viewport_size(NARROW)
        assert broken(page) == []


def broken(page: Page) -> list[str]:
    """The rules of axe-core that a page breaks, and where."""
    found: list[dict[str, Any]] = Axe().run(page, options=_RULES).response["violations"]
    return [
        f"{rule['id']}: {node['html'][:200]} {node['failureSummary']}"
        for rule in found
        for node in rule["nodes"]
    ]


@pytest.mark.parametrize("name", [name for name in PAGES if name not in _LIVE])
def test_a_page_says_the_same_without_javascript(
    shown: Callable[[str], Page],
    new_context: Callable[..., BrowserContext],
    faults: list[str],
    name: str,
) -> None:
    page = shown(PAGES[name])
    added = page.locator("[data-map], [data-png] + a")
    added.evaluate_all("all => all.forEach((each) => each.remove())")
    live = page.get_by_role("main").inner_text()
    still = new_context(java_script_enabled=False).new_page()
    still.goto(PAGES[name])
    assert still.get_by_role("main").inner_text() == live
    assert live.strip()
    faults[:] = [each for each in faults if not _OF_A_PROBLEM.search(each)]


def test_without_javascript_the_map_is_a_drawing_with_its_text_and_the_charter_is_for_paper(
    new_context: Callable[..., BrowserContext],
) -> None:
    page = new_context(java_script_enabled=False).new_page()
    for name in ("partenaires-carte", "territoire"):
        page.goto(PAGES[name])
        drawing = page.get_by_role("group", name="Carte : un anneau par territoire")
        expect(drawing).to_be_visible()
        rings = drawing.get_by_role("link")
        page.get_by_text("La carte en texte").click()
        expect(page.locator(".en-texte li")).to_have_count(rings.count())
        expect(page.locator("[data-map]")).not_to_be_visible()
    page.goto(PAGES["charte"])
    avis = page.locator("main .avis:visible")
    expect(avis).to_contain_text("remplissez-la à la main", use_inner_text=True)
    expect(page.locator("[data-lever]")).to_have_count(21)
    expect(page.get_by_role("button")).to_have_count(0)


def test_a_field_without_a_name_is_found_broken(page: Page) -> None:
    page.goto("/")
    page.locator("label[for=territoire]").evaluate("label => label.remove()")
    assert [each for each in broken(page) if each.startswith("label: ")]


def test_a_request_to_another_host_is_found_and_not_let_out(page: Page, faults: list[str]) -> None:
    page.goto("/")
    with page.expect_event("requestfailed") as refused:
        page.evaluate("location.assign('http://alliage.example/')")
    assert refused.value.failure == "net::ERR_NAME_NOT_RESOLVED"
    assert "another host was asked: http://alliage.example/" in faults
    faults.clear()
