"""What JavaScript adds to the pages, and what stays when something fails."""

import re
from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page, Route, expect

SEARCH = "/partenaires?territoire=departement:38&odd=17"


def test_a_filter_changes_the_answers_in_place_and_back_brings_the_former_ones(page: Page) -> None:
    page.goto(SEARCH)
    former = page.locator(".bilan").inner_text()
    page.evaluate("window.stayed = true")
    page.locator("summary", has_text="Mondes").click()
    page.get_by_role("checkbox", name="recherche, enseignement").check()
    page.wait_for_url("**&monde=academic*")
    expect(page.locator(".quoi").first).to_contain_text("recherche, enseignement")
    assert page.evaluate("window.stayed") is True
    chips = page.get_by_role("list", name="Filtres choisis")
    expect(chips.get_by_role("listitem")).to_have_count(2)

    page.go_back()
    expect(page.locator(".bilan")).to_have_text(former)
    expect(chips.get_by_role("listitem")).to_have_count(1)
    page.wait_for_load_state()  # the scripts of this page follow the history from here on
    page.go_forward()
    expect(chips.get_by_role("listitem")).to_have_count(2)


def test_list_table_and_map_are_of_one_query(page: Page) -> None:
    page.goto(SEARCH)
    listed = page.locator(".reponse h2 a").all_inner_texts()
    views = page.get_by_role("navigation", name="Façons de voir")
    views.get_by_role("link", name="Tableau").click()
    page.wait_for_url("**vue=tableau*")
    assert page.locator("tbody th a").all_inner_texts() == listed
    views.get_by_role("link", name="Carte").click()
    page.wait_for_url("**vue=carte*")
    expect(page.get_by_role("list", name="Filtres choisis")).to_contain_text("ODD 17")
    page.go_back()
    expect(page.locator("tbody th a")).to_have_text(listed)


def test_what_is_kept_follows_from_page_to_page_and_can_be_taken_away(page: Page) -> None:
    page.goto(SEARCH)
    names = page.locator(".reponse h2 a").all_inner_texts()[:2]
    for name in names:
        page.get_by_role("link", name=f"Garder {name}").click()
        expect(page.get_by_role("link", name=f"Retirer {name}")).to_be_visible()
    expect(page.get_by_role("link", name="Ma sélection")).to_contain_text("2")

    page.get_by_role("link", name="La charte").click()
    page.get_by_role("link", name="English").click()
    page.get_by_role("link", name=re.compile("My selection")).click()
    expect(page.locator("main .liens a[href*=acteurs]")).to_have_text(names)
    with page.expect_download() as given:
        page.get_by_role("link", name="CSV").click()
    assert given.value.suggested_filename.endswith(".csv")


def test_when_no_answer_comes_the_last_one_stays_and_the_page_says_so(
    page: Page, faults: list[str]
) -> None:
    page.goto(SEARCH)
    former = page.locator(".bilan").inner_text()

    def refuse(route: Route) -> None:
        route.abort()

    page.route("**/partenaires?**", refuse)
    page.locator("summary", has_text="Mondes").click()
    page.get_by_role("checkbox", name="recherche, enseignement").check()
    expect(page.get_by_role("alert")).to_contain_text("dernier résultat")
    expect(page.locator(".bilan")).to_have_text(former)

    page.unroute("**/partenaires?**", refuse)
    page.get_by_role("checkbox", name="entreprises").check()
    page.wait_for_url("**&monde=company*")
    expect(page.get_by_role("alert")).to_have_count(0)
    assert [each for each in faults if "ERR_FAILED" not in each] == []
    faults.clear()


def test_on_paper_there_are_the_answers_and_nothing_to_click(page: Page) -> None:
    page.goto(SEARCH)
    page.emulate_media(media="print")
    for gone in ("banner", "search", "contentinfo"):
        expect(page.get_by_role(gone, include_hidden=True)).not_to_be_visible()
    expect(page.get_by_role("link", name="CSV")).to_have_count(0)
    expect(page.locator(".reponse")).to_have_count(10)
    expect(page.locator(".raisons li").first).to_be_visible()


def test_nothing_moves_for_who_asks_for_less_motion(
    new_context: Callable[..., BrowserContext],
) -> None:
    for motion, lasting in (("reduce", "0s"), ("no-preference", "0.2s")):
        page = new_context(reduced_motion=motion).new_page()
        page.goto(SEARCH)
        page.locator("#resultats").evaluate("part => part.classList.add('attente')")
        times = page.evaluate(
            "[...new Set([...document.querySelectorAll('*')].flatMap((e) => {"
            " const s = getComputedStyle(e); return [s.transitionDuration, s.animationDuration];"
            "}))].filter((time) => time !== '0s')"
        )
        assert times == [lasting] * (lasting != "0s")
