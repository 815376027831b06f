import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from xml.etree.ElementTree import Element

import html5lib
import httpx
import pytest

from viz.pages.language import Language, english
from viz.pages.router import ROUTES

Get = Callable[[str], httpx.Response]
_PAGES = Path(__file__).parents[3] / "viz" / "pages"

ADDRESSES = (
    "/",
    "/partenaires",
    "/partenaires?territoire=Grenoble&q=aide+alimentaire",
    "/partenaires?territoire=Is%C3%A8re&odd=17&besoin=tools&besoin=skills&offre=data",
    "/partenaires?territoire=Is%C3%A8re&odd=17&vue=carte",
    "/partenaires?territoire=Is%C3%A8re&odd=17&vue=tableau&choix=alliage:gaia",
    "/partenaires?territoire=region:53",
    "/partenaires?pour=alliage:gaia&nombre=20",
    "/acteurs/alliage:gaia",
    "/acteurs/alliage:gaia/reseau",
    "/acteurs/alliage:le-rameau/reseau?portee=2",
    "/relier",
    "/relier?territoire=Is%C3%A8re&monde=academic&monde=company",
    "/relier/chemin",
    "/relier/chemin?de=alliage:gaia&vers=alliage:cress-bretagne",
    "/territoires",
    "/territoires/departement:38",
    "/alliances",
    "/alliances?territoire=region:53&q=cooperation",
    "/alliances/alliage:alliance-dynamique",
    "/charte",
    "/rendez-vous",
    "/rendez-vous?territoire=departement:38",
    "/zones-blanches",
    "/zones-blanches?territoire=nation:FR&manque=association,company",
    "/zones-blanches?territoire=departement:38&manque=goal:2",
    "/zones-blanches?territoire=region:84&manque=catalyst&echelon=epci",
    "/recherche?q=gaia",
    "/selection?choix=alliage:gaia&choix=alliage:le-rameau",
    "/donnees?fiche=alliage:gaia",
    "/methode",
    "/lexique",
    "/accessibilite",
)
EVERY = [(language, address) for address in ADDRESSES for language in Language]


def page(text: str) -> Element:
    """The tree of a page; a parse error is an error."""
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    tree: Element = parser.parse(text)
    return tree


def test_every_route_of_the_pages_is_among_those_that_are_tried() -> None:
    tried = [address.partition("?")[0] for address in ADDRESSES]
    for path, _ in ROUTES:
        pattern = re.compile(re.sub(r"\{key:path\}", ".+", path))
        assert any(pattern.fullmatch(each) for each in tried), path


@pytest.mark.parametrize(("language", "address"), EVERY)
def test_a_page_is_whole_valid_and_of_its_language(
    get: Get, language: Language, address: str
) -> None:
    answer = get(f"{language.prefix}{address}")
    assert answer.status_code == 200
    tree = page(answer.text)
    assert tree.get("lang") == language.value
    for landmark in ("header", "main", "footer", "h1", "title"):
        assert len(tree.findall(f".//{landmark}")) >= 1, landmark
    assert len(tree.findall(".//main")) == 1
    assert len(tree.findall(".//h1")) == 1
    ids = Counter(each.get("id") for each in tree.iter() if each.get("id"))
    assert {name for name, n in ids.items() if n > 1} == set()


@pytest.mark.parametrize(("language", "address"), EVERY)
def test_a_page_asks_no_other_host_and_has_nothing_inline(
    get: Get, language: Language, address: str
) -> None:
    tree = page(get(f"{language.prefix}{address}").text)
    for each in tree.iter():
        assert each.get("style") is None
        assert not [name for name in each.attrib if str(name).startswith("on")]
        for name in ("src", "srcset", "action", "data", "poster"):
            assert (each.get(name) or "/").startswith("/"), each.attrib
        if each.tag == "link":
            assert (each.get("href") or "").startswith("/")
        if each.tag in ("script", "style"):
            assert each.tag == "script"
            assert not (each.text or "").strip()


@pytest.mark.parametrize(("language", "address"), EVERY)
def test_every_field_and_every_link_has_a_name(get: Get, language: Language, address: str) -> None:
    tree = page(get(f"{language.prefix}{address}").text)
    labelled = {each.get("for") for each in tree.iter("label")}
    wrapped = {id(field) for label in tree.iter("label") for field in label.iter()}
    for field in (*tree.iter("input"), *tree.iter("select"), *tree.iter("textarea")):
        if field.get("type") != "hidden":
            assert field.get("id") in labelled or id(field) in wrapped, field.attrib
    for link in (*tree.iter("a"), *tree.iter("button"), *tree.iter("summary")):
        assert "".join(link.itertext()).strip(), link.attrib
    for control in tree.iter():
        for of in (control.get("aria-labelledby"), control.get("aria-describedby")):
            assert of is None or tree.find(f".//*[@id='{of}']") is not None


def test_links_within_the_pages_lead_to_pages(get: Get) -> None:
    found = set()
    for language in Language:
        for address in ("/", "/methode", "/partenaires?territoire=Is%C3%A8re&odd=17"):
            tree = page(get(f"{language.prefix}{address}").text)
            found |= {link.get("href") or "" for link in tree.iter("a")}
    own = sorted(link for link in found if link.startswith("/") and "/api/" not in link)
    assert len(own) > 40
    for link in own[::3]:
        assert get(link).status_code in (200, 308), link


def test_a_page_names_itself_in_the_other_language(get: Get) -> None:
    address = "/partenaires?territoire=Is%C3%A8re&odd=17"
    other = page(get(address).text).find(".//link[@rel='alternate']")
    assert other is not None
    assert other.get("href") == "/en/partenaires?territoire=Is%C3%A8re&odd=17"


def test_every_french_text_of_the_templates_has_an_english_one() -> None:
    written = set()
    for file in (*(_PAGES / "templates").iterdir(), *_PAGES.glob("*.py")):
        for match in re.finditer(r'\b(?:_|say)\(\s*"((?:[^"\\]|\\.)*)"', file.read_text("utf-8")):
            written.add(match[1])
    assert written - english().keys() == set()
    for french, said in english().items():
        assert sorted(re.findall(r"\{\w+\}", french)) == sorted(re.findall(r"\{\w+\}", said))


def test_what_was_typed_stays_and_the_places_of_a_name_are_offered(get: Get) -> None:
    answer = get("/partenaires?territoire=Saint-Denis&odd=1&choix=alliage:gaia")
    assert answer.status_code == 400
    tree = page(answer.text)
    field = tree.find(".//input[@id='territoire']")
    assert field is not None
    assert field.get("value") == "Saint-Denis"
    offered = [link.get("href") or "" for link in tree.findall(".//*[@role='alert']//a")]
    assert "/partenaires?odd=1&choix=alliage%3Agaia&territoire=commune%3A93066" in offered


def test_a_chip_takes_its_filter_away_and_nothing_else(get: Get) -> None:
    tree = page(get("/partenaires?territoire=Is%C3%A8re&odd=17&besoin=tools").text)
    chips = [link.get("href") for link in tree.findall(".//ul[@class='puces']//a")]
    assert chips == [
        "/partenaires?territoire=Is%C3%A8re&besoin=tools",
        "/partenaires?territoire=Is%C3%A8re&odd=17",
    ]


def test_an_unknown_actor_is_not_found_and_an_unknown_suffix_neither(get: Get) -> None:
    assert get("/acteurs/alliage:nobody").status_code == 404
    assert get("/partenaires.exe?territoire=Is%C3%A8re").status_code == 404
    assert get("/static/..%2frouter.py").status_code == 404
    assert get("/static/router.py").status_code == 404


def test_a_former_code_leads_to_the_page_of_the_territory(get: Get) -> None:
    answer = get("/territoires/38185")
    assert answer.status_code == 308
    assert answer.headers["location"] == "/territoires/commune:38185"


def test_every_criterion_of_a_search_is_told_yes_no_or_unknown(get: Get) -> None:
    tree = page(get("/partenaires?territoire=Is%C3%A8re&odd=17&besoin=tools&q=outils").text)
    answers = tree.findall(".//details[@class='pourquoi']")
    assert len(answers) == 10
    for each in answers:
        cells = [cell.get("class") for cell in each.findall(".//td[@class]")]
        assert len(cells) == 5  # the means, the goal, the place, the words, an alliance here
        assert set(cells) <= {"etat-oui", "etat-non", "etat-inconnu"}


def test_the_counts_of_the_worlds_add_up_to_those_considered(get: Get) -> None:
    tree = page(get("/partenaires?territoire=Is%C3%A8re&odd=17").text)
    bilan = "".join(tree.find(".//p[@class='bilan']/b").itertext())  # type: ignore[union-attr]
    boxes = tree.findall(".//input[@name='monde']/..")
    counted = sum(int(re.sub(r"\D", "", "".join(box.itertext()))) for box in boxes)
    assert counted == int(re.sub(r"\D", "", bilan))


def test_an_embedded_page_has_nothing_around_it_and_its_links_open_whole_pages(get: Get) -> None:
    for language in Language:
        tree = page(get(f"/embed{language.prefix}/territoires/departement:38").text)
        assert tree.find(".//nav") is None
        base = tree.find(".//base")
        assert base is not None
        assert base.attrib == {"target": "_top"}
        hrefs = [link.get("href") or "" for link in tree.iter("a")]
        assert not [href for href in hrefs if href.startswith("/embed")]


def test_no_problem_speaks_of_what_one_types_after_the_command(get: Get) -> None:
    for address in ("/partenaires?odd=99&territoire=38", "/relier?monde=a&monde=b&territoire=38"):
        tree = page(get(address).text)
        alert = tree.find(".//*[@role='alert']")
        assert alert is not None
        assert "--" not in "".join(alert.itertext())
