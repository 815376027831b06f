"""The live map in a browser: from the country down to an actor, by hand and by keyboard."""

import json
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

Contexts = Callable[..., BrowserContext]

ISERE = "/partenaires?territoire=departement:38&odd=2&odd=12"
RINGS = ".fond-carte .anneau-vif"
LABEL = re.compile(r"^(.+)\s?: (?:1 acteur|[\d\s\u202f]+ acteurs)$")


@pytest.fixture
def wide(new_context: Contexts) -> Page:
    """A wide screen."""
    return new_context().new_page()


@pytest.fixture
def narrow(new_context: Contexts) -> Page:
    """The narrowest phone."""
    page = new_context().new_page()
    page.set_viewport_size({"width": 320, "height": 700})
    return page


def drawn(page: Page) -> Locator:
    """The rings, once the map is drawn."""
    rings = page.locator(RINGS)
    expect(rings.first).to_be_visible()
    return rings


def ids(page: Page) -> set[str]:
    """What the rings are of, and the actors."""
    found: list[str] = page.locator(".fond-carte [data-id]").evaluate_all(
        "all => all.map(each => each.dataset.id)"
    )
    return set(found)


def discs(page: Page) -> list[tuple[float, float, float]]:
    """The middle and the radius of each ring in view, in pixels."""
    found: list[tuple[float, float, float]] = page.locator(f"{RINGS} .fond").evaluate_all(
        "all => all.map(each => each.getBoundingClientRect())"
        ".map(box => [box.x + box.width / 2, box.y + box.height / 2, box.width / 2])"
    )
    return found


def test_a_ring_names_its_territory_and_its_number_of_actors(wide: Page) -> None:
    wide.goto(ISERE)
    rings = drawn(wide)
    assert rings.count() >= 2
    for ring in rings.all():
        assert LABEL.match(ring.get_attribute("aria-label") or "")


def test_one_comes_nearer_from_the_country_to_an_actor_and_its_page(wide: Page) -> None:
    wide.goto("/partenaires?territoire=nation:FR&odd=2&vue=carte")
    drawn(wide)
    for key in ("departement:38", "epci:200040715", "commune:38185"):
        ring = wide.locator(f'{RINGS}[data-id="{key}"]')
        expect(ring).to_be_visible()
        ring.click()
    actor = wide.locator(".fond-carte .acteur-vif").first
    expect(actor).to_be_visible()
    actor.click()
    card = wide.locator(".fiche-vive")
    expect(card).to_be_visible()
    name = card.locator("b").inner_text()
    assert name
    card.get_by_role("link", name="Voir sa fiche").click()
    expect(wide.get_by_role("heading", level=1)).to_have_text(name)


def test_rings_do_not_cover_each_other(wide: Page, narrow: Page) -> None:
    for page, address in (
        (wide, "/partenaires?territoire=nation:FR&odd=2&vue=carte"),
        (wide, "/territoires/departement:38"),
        (narrow, "/partenaires?territoire=nation:FR&odd=2&vue=carte"),
    ):
        page.goto(address)
        drawn(page)
        page.wait_for_load_state("networkidle")
        found = discs(page)
        assert len(found) >= 2
        for i, (x, y, radius) in enumerate(found):
            for other_x, other_y, other in found[:i]:
                apart = ((x - other_x) ** 2 + (y - other_y) ** 2) ** 0.5
                assert apart >= radius + other - 1, address


def test_the_keyboard_alone_reaches_a_ring_and_enters_it(wide: Page) -> None:
    wide.goto(ISERE)
    drawn(wide)
    ring = wide.locator(f'{RINGS}[data-id="epci:200040715"]')
    ring.focus()
    wide.keyboard.press("Enter")
    expect(wide.locator(f'{RINGS}[data-id^="commune:"]').first).to_be_visible()
    assert wide.evaluate("document.activeElement.classList.contains('fond-carte')")
    wide.keyboard.press("Tab")
    wide.keyboard.press("Tab")
    assert wide.evaluate("document.activeElement !== document.body")


def test_what_is_chosen_in_the_list_is_marked_on_the_map_and_back_undoes_it(wide: Page) -> None:
    wide.goto(ISERE)
    drawn(wide)
    row = wide.locator(".reponse[data-spot]").first
    key = row.get_attribute("data-actor")
    row.get_by_role("link", name="Sur la carte").click()
    expect(row).to_have_class(re.compile(r"\bmontre\b"))
    expect(wide.locator(f'.acteur-vif.montre[data-id="{key}"]')).to_be_visible()
    expect(wide.locator(".fiche-vive")).to_be_visible()
    assert f"montre={key}".replace(":", "%3A") in wide.url
    wide.go_back()
    expect(wide.locator(".reponse.montre")).to_have_count(0)
    expect(wide.locator(".fiche-vive")).to_be_hidden()
    wide.go_forward()
    expect(row).to_have_class(re.compile(r"\bmontre\b"))


def test_what_is_chosen_on_the_map_is_marked_in_the_list(wide: Page) -> None:
    wide.goto(f"{ISERE}&nombre=50")
    drawn(wide)
    spot = json.loads(wide.locator(".reponse[data-spot]").first.get_attribute("data-spot") or "")
    box = [
        [spot["latitude"] - 0.001, spot["longitude"] - 0.001],
        [spot["latitude"] + 0.001, spot["longitude"] + 0.001],
    ]
    # As one would come there by the wheel.
    wide.locator("[data-box]").first.evaluate(
        "(b, box) => { b.dataset.box = JSON.stringify(box) }", box
    )
    wide.locator("[data-box]").first.click()
    actor = wide.locator(f'.acteur-vif[data-id="{spot["id"]}"]')
    expect(actor).to_be_visible()
    actor.click()
    row = wide.locator(f'.reponse[data-actor="{spot["id"]}"]')
    expect(row).to_have_class(re.compile(r"\bmontre\b"))
    expect(row).to_be_in_viewport()


def test_moving_filters_only_after_the_button_and_list_and_map_follow(wide: Page) -> None:
    wide.goto(ISERE)
    drawn(wide)
    here = wide.get_by_role("button", name="Chercher dans cette zone")
    expect(here).to_be_hidden()
    before = wide.locator(".bilan b").inner_text()
    wide.locator(f'{RINGS}[data-id="epci:200040715"]').click()
    expect(here).to_be_visible()
    assert wide.locator(".bilan b").inner_text() == before
    here.click()
    expect(wide.locator(".puces")).to_contain_text("Zone de la carte")
    assert "cadre=" in wide.url
    expect(here).to_be_hidden()
    rows = wide.locator(".reponse[data-spot]")
    expect(rows.first).to_be_visible()
    west, south, east, north = map(
        float,
        re.search(r"cadre=([^&]+)", wide.url)[1].split("%2C"),  # type: ignore[index]
    )
    for row in rows.all():
        spot = json.loads(row.get_attribute("data-spot") or "")
        assert west <= spot["longitude"] <= east
        assert south <= spot["latitude"] <= north
    wide.go_back()
    expect(wide.locator(".bilan b")).to_have_text(before)


def test_layers_show_alliances_and_where_no_catalyst_is_known(wide: Page) -> None:
    wide.goto(ISERE)
    drawn(wide)
    expect(wide.locator(".alliance-vive, path.zone")).to_have_count(0)
    wide.get_by_role("checkbox", name="Territoires des alliances").check()
    shapes = wide.locator(".alliance-bouton")
    expect(shapes.first).to_be_visible()
    assert wide.locator("path.alliance-vive").count() >= shapes.count()
    shapes.first.press("Enter")
    expect(wide.locator(".fiche-vive a").first).to_be_visible()
    wide.get_by_role("combobox", name="Zones blanches").select_option("aucun catalyseur connu")
    expect(wide.locator(".fond-carte path.zone-gap").first).to_be_attached()
    expect(wide.get_by_text("aucun catalyseur connu : il y en a peut-être un")).to_be_visible()


def test_white_zones_of_two_worlds_have_a_legend_a_list_and_a_place_in_the_address(
    wide: Page,
) -> None:
    wide.goto(f"{ISERE}&vue=carte")
    drawn(wide)
    legend = wide.get_by_role("list", name="Légende des zones blanches")
    expect(legend).to_be_hidden()
    wide.get_by_role("combobox", name="Zones blanches").select_option("associations ↔ entreprises")
    expect(legend.get_by_text("faute de données, nous ne savons pas")).to_be_visible()
    expect(legend.get_by_text("zone blanche : bien moins que")).to_be_visible()
    zones = wide.locator(".fond-carte path.zone")
    expect(zones.first).to_be_attached()
    assert "manque=association%2Ccompany" in wide.url
    wide.reload()
    expect(wide.get_by_role("combobox", name="Zones blanches")).to_have_value("association,company")
    expect(zones.first).to_be_attached()
    wide.locator(f'{RINGS}[data-id="epci:200040715"]').click()
    expect(wide.get_by_text("éloignez-vous pour les voir")).to_be_visible()
    expect(zones).to_have_count(0)
    wide.get_by_role("link", name="La liste de ces zones blanches").click()
    expect(wide.get_by_role("heading", level=2)).to_contain_text("associations ↔ entreprises")
    expect(wide.locator("#territoire")).to_have_value(re.compile("departement:38"))


def test_no_pattern_of_white_zones_looks_like_another(wide: Page) -> None:
    wide.goto("/zones-blanches?territoire=nation:FR&manque=association,company")
    fills = wide.locator(".cle-zone .zone").evaluate_all(
        "all => all.slice(0, 4).map(each => getComputedStyle(each).fill)"
    )
    assert len(set(fills)) == 4
    for fill in fills[:3]:
        name = re.search(r"#([\w-]+)", fill)
        assert name
        assert wide.locator(f"pattern[id={name[1]}]").count() == 1


def test_white_zones_need_no_script(new_context: Contexts) -> None:
    page = new_context(java_script_enabled=False).new_page()
    page.goto("/zones-blanches")
    page.get_by_label("Votre territoire").fill("Isère")
    page.get_by_label("Ce qui manque").select_option("associations ↔ entreprises")
    page.get_by_role("button", name="Voir").click()
    expect(page.get_by_role("img", name="Carte des zones blanches")).to_be_visible()
    expect(page.locator("details li a").first).to_be_attached()


def test_on_a_phone_nothing_lies_over_the_rings(new_context: Contexts) -> None:
    page = new_context().new_page()
    page.set_viewport_size({"width": 375, "height": 740})
    page.goto("/partenaires?territoire=epci:200040715&vue=carte")
    drawn(page)
    nearer = page.get_by_role("button", name="S'approcher")
    expect(nearer).to_be_visible()
    box, plane = nearer.bounding_box(), page.locator(".plan").bounding_box()
    assert box
    assert plane
    assert box["y"] >= plane["y"] + plane["height"]
    assert min(box["width"], box["height"]) >= 44
    assert page.locator(".plan .leaflet-control").count() == 0
    scale = page.locator(".leaflet-control-scale-line")
    before = scale.inner_text()
    nearer.click()
    expect(scale).not_to_have_text(before)


@pytest.mark.parametrize(
    "address",
    [
        "/partenaires?territoire=commune:38185&q=aide+alimentaire",
        "/partenaires?territoire=departement:38&q=aide+alimentaire&vue=carte",
        "/territoires/departement:38",
    ],
)
def test_a_page_with_its_map_transfers_no_more_than_150_kilobytes(wide: Page, address: str) -> None:
    wire = wide.context.new_cdp_session(wide)
    wire.send("Network.enable")
    sizes: list[int] = []
    wire.on("Network.loadingFinished", lambda said: sizes.append(int(said["encodedDataLength"])))
    wide.goto(address)
    expect(wide.locator(".fond-carte .repere").first).to_be_visible()
    wide.wait_for_load_state("networkidle")
    assert 60_000 < sum(sizes) <= 150_000


def test_overseas_is_a_button_away_and_paris_has_a_lens(wide: Page) -> None:
    wide.goto("/partenaires?territoire=nation:FR&odd=2&vue=carte")
    drawn(wide)
    lens = wide.locator(".loupe")
    expect(lens.locator(".anneau-vif").first).to_be_visible()
    codes = {"75", "77", "78", "91", "92", "93", "94", "95"}
    within = {
        each.partition(":")[2]
        for each in lens.locator("[data-id]").evaluate_all(
            "all => all.map(each => each.dataset.id)"
        )
    }
    assert within <= codes
    assert not {f"departement:{code}" for code in codes} & ids(wide)
    wide.get_by_role("button", name="La Réunion", exact=True).click()
    # Of the island, at whatever level the window leaves room for.
    expect(wide.locator(f'{RINGS}[data-id^="commune:974"]').first).to_be_visible()
    expect(lens).to_be_hidden()


def test_a_phone_loads_the_map_when_it_is_asked_and_nothing_is_wider_than_it(narrow: Page) -> None:
    asked: list[str] = []
    narrow.on("request", lambda request: asked.append(request.url))
    narrow.goto(ISERE)
    narrow.wait_for_load_state("networkidle")
    assert not [url for url in asked if "leaflet" in url]
    narrow.get_by_role("link", name="Carte", exact=True).click()
    drawn(narrow)
    assert [url for url in asked if "leaflet" in url]
    assert narrow.evaluate("document.documentElement.scrollWidth") == 320


def test_without_script_the_map_that_the_server_draws_is_there(new_context: Contexts) -> None:
    page = new_context(java_script_enabled=False).new_page()
    page.goto(f"{ISERE}&vue=carte")
    drawn_here = page.locator(".carte-dessinee > svg, .carte-dessinee figure > svg")
    expect(drawn_here.first).to_be_visible()
    expect(page.locator(".fond-carte")).to_be_hidden()


def test_who_wants_no_motion_gets_none(new_context: Contexts) -> None:
    page = new_context(reduced_motion="reduce").new_page()
    page.goto(ISERE)
    drawn(page)
    page.locator(f'{RINGS}[data-id="epci:200040715"]').click()
    assert page.locator(".leaflet-zoom-anim").count() == 0


def test_the_map_speaks_english(new_context: Contexts) -> None:
    page = new_context().new_page()
    page.goto(f"/en{ISERE}")
    labels = [each.get_attribute("aria-label") or "" for each in drawn(page).all()]
    assert all(re.search(r": (1 actor|[\d,]+ actors)$", label) for label in labels)
    expect(page.get_by_role("status").filter(has_text="On the map")).to_be_visible()
