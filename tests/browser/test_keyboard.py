"""Nothing needs a mouse, and one always sees where one is."""

import csv
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

_MOST_TABS = 120


def tab_to(page: Page, wanted: Locator) -> None:
    """Press Tab until something has the focus, which must be seen at every step."""
    for _ in range(_MOST_TABS):
        page.keyboard.press("Tab")
        if not page.evaluate("document.activeElement.matches('body, :focus-visible')"):
            raise AssertionError("what has the focus cannot be told from what has not")
        if wanted.evaluate("field => field === document.activeElement"):
            assert wanted.evaluate("e => getComputedStyle(e).outlineStyle") == "solid"
            return
    raise AssertionError(f"Tab does not lead to {wanted}")


def test_a_partner_is_found_explained_and_taken_away_with_the_keyboard_alone(page: Page) -> None:
    page.goto("/")
    place = page.get_by_role("combobox", name="Votre territoire")
    tab_to(page, place)
    page.keyboard.type("grenoble")
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(place).to_have_value("Grenoble (commune:38185)")
    tab_to(page, page.get_by_role("textbox", name="Votre projet, en quelques mots"))
    page.keyboard.type("aide alimentaire")
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("Grenoble : partenaires possibles")
    first = page.locator(".reponse").first
    tab_to(page, first.locator("summary"))
    page.keyboard.press("Enter")
    expect(first.get_by_role("row", name="Est présent : Grenoble")).to_be_visible()
    tab_to(page, page.get_by_role("link", name="CSV"))
    with page.expect_download() as given:
        page.keyboard.press("Enter")
    with Path(given.value.path()).open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows[0]["nom"] == first.get_by_role("heading").inner_text().strip()


def test_the_first_tab_leads_past_the_menu(page: Page) -> None:
    page.goto("/partenaires?territoire=commune:38185&q=aide+alimentaire")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Aller au contenu")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("combobox", name="Votre territoire")).to_be_focused()


@pytest.mark.parametrize("typed", ["isere", "ISÈRE", "38"])
def test_a_territory_is_found_without_accents_or_by_its_number(page: Page, typed: str) -> None:
    page.goto("/partenaires")
    page.get_by_role("combobox", name="Votre territoire").press_sequentially(typed)
    expect(page.get_by_role("option", name="Isère département")).to_be_visible()


def test_arrows_walk_through_the_proposals_and_escape_closes_them(page: Page) -> None:
    page.goto("/partenaires")
    place = page.get_by_role("combobox", name="Votre territoire")
    place.press_sequentially("greno")
    proposals = page.get_by_role("listbox", name="Votre territoire")
    options = proposals.get_by_role("option")
    expect(options.nth(1)).to_be_visible()
    last = options.count() - 1
    for key, at in (("ArrowDown", 0), ("ArrowDown", 1), ("ArrowUp", 0), ("ArrowUp", last)):
        place.press(key)
        expect(options.nth(at)).to_have_attribute("aria-selected", "true")
        expect(proposals.get_by_role("option", selected=True)).to_have_count(1)
        here = options.nth(at).get_attribute("id")
        expect(place).to_have_attribute("aria-activedescendant", here or "")
    place.press("Escape")
    expect(options).to_have_count(0)
    expect(place).to_have_attribute("aria-expanded", "false")
    expect(place).to_have_value("greno")
    place.press("ArrowDown")
    expect(options.nth(1)).to_be_visible()
