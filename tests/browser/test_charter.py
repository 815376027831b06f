"""The charter: filled in the browser, kept there, and read by `alliage ingest`."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from playwright.sync_api import BrowserContext, Page, expect

from graph.model import ACTS_IN, MEMBER_OF, OFFERS, USES
from graph.sqlite.store import SqliteStore

ROOT = Path(__file__).parents[2]
_ALLIANCE = "alliances:manger-ensemble-a-grenoble"


def filled(page: Page) -> None:
    """Answer some of the questions for an alliance that runs."""
    page.goto("/charte")
    page.get_by_role("textbox", name="Son nom").fill("Manger ensemble à Grenoble")
    page.get_by_role("combobox", name="Son territoire").press_sequentially("Grenoble")
    page.get_by_role("option", name="Grenoble commune").click()
    page.get_by_role("textbox", name="Depuis (année)").fill("2025")
    page.get_by_role("radio", name="en chemin").check()
    page.get_by_role("textbox", name="Partenaire A : Nom").fill("GAIA")
    page.get_by_role("textbox", name="Partenaire B : Nom").fill("Métropole")
    page.get_by_role("textbox", name="Partenaire B : SIREN").fill("200 040 715")
    trust = page.get_by_role("group", name="Respect mutuel et confiance")
    trust.get_by_role("radio", name="Convenu").check()
    trust.get_by_role("textbox").fill("Nous nous connaissons depuis dix ans.")
    shared = page.get_by_role("group", name="Un enjeu commun traduit en actes")
    shared.get_by_role("radio", name="À discuter").check()
    given = page.get_by_role("group", name="Qui donne ? Outils")
    given.get_by_role("checkbox", name="A", exact=True).check()


def test_the_result_says_what_is_agreed_and_what_is_to_discuss(page: Page) -> None:
    filled(page)
    result = page.locator("#resultat-charte")
    expect(result.get_by_role("heading")).to_have_text(
        ["Convenu (1)", "À discuter (1)", "Sans réponse (19)"]
    )
    expect(result).to_contain_text("Nous nous connaissons depuis dix ans.")


def test_answers_stay_in_the_session_of_the_browser_and_are_sent_nowhere(
    page: Page, new_context: Callable[..., BrowserContext]
) -> None:
    sent: list[str] = []
    page.on("request", lambda request: sent.append(f"{request.method} {request.url}"))
    filled(page)
    asked = [each for each in sent if "/charte" not in each and "/static/" not in each]
    # What is typed of the place asks for suggestions, a beginning of it where typing is slow.
    typed = [re.fullmatch(r"GET http://[^/]+/api/v1/suggest\?text=(\w+)", each) for each in asked]
    assert typed
    assert all(each and "Grenoble".startswith(each[1]) for each in typed), asked
    assert page.context.cookies() == []
    assert page.evaluate("localStorage.length") == 0

    page.reload()
    name = page.get_by_role("textbox", name="Son nom")
    expect(name).to_have_value("Manger ensemble à Grenoble")
    expect(page.locator("#resultat-charte").get_by_role("heading").first).to_have_text(
        "Convenu (1)"
    )
    page.get_by_role("button", name="Tout effacer").click()
    expect(name).to_have_value("")
    assert page.evaluate("sessionStorage.length") == 0

    other = new_context().new_page()
    other.goto("/charte")
    expect(other.get_by_role("textbox", name="Son nom")).to_have_value("")


def test_the_files_of_the_charter_are_read_by_ingest(
    page: Page, tmp_path: Path, bundled_store: Path
) -> None:
    filled(page)
    for name, button in (("alliance.json", "l'alliance"), ("membres.json", "les membres")):
        with page.expect_download() as given:
            page.get_by_role("button", name=f"Garder {button} (JSON)").click()
        assert given.value.suggested_filename == name
        given.value.save_as(tmp_path / name)

    store = tmp_path / "alliage.db"
    shutil.copyfile(bundled_store, store)
    subprocess.run(
        [sys.executable, "-m", "api.cli", "ingest", "alliances", "alliance.json", "membres.json"],
        cwd=tmp_path,
        env={**os.environ, "ALLIAGE_STORE": str(store), "PYTHONPATH": str(ROOT)},
        check=True,
        capture_output=True,
    )
    with closing(SqliteStore(store)) as read:
        alliance = read.node(_ALLIANCE)
        ties = {(tie.tie, tie.start, tie.end) for tie in read.ties(_ALLIANCE)}
        given_by = [tie.end for tie in read.ties("alliances:gaia") if tie.tie is OFFERS]
    assert alliance is not None
    said = {name: alliance.properties[name] for name in ("name", "phase", "started")}
    assert said == {"name": "Manger ensemble à Grenoble", "phase": "running", "started": "2025"}
    assert ties == {
        (ACTS_IN, _ALLIANCE, "commune:38185"),
        (MEMBER_OF, "alliances:gaia", _ALLIANCE),
        (MEMBER_OF, "siren:200040715", _ALLIANCE),
        (USES, _ALLIANCE, "lever:trust"),
    }
    assert given_by == ["lever:tools"]
