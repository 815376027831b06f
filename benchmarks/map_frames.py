"""How heavy is the page with the map, how soon is it seen, how smoothly does the map move?

    python -m benchmarks.map_frames STORE [--rounds 3]

Starts the service on the store, opens the partners page with its map in Chromium without a GPU, and
prints the bytes that were transferred (as they are sent, compressed), the first contentful paint,
and the frames a second while a hand drags the map for two seconds (`requestAnimationFrame`), at the
four levels. Targets: 150 KB, 1 s, 40 frames a second.
"""

import argparse
import shutil
import statistics
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.service import served

MOST_KB, MOST_S, LEAST_FRAMES = 150, 1.0, 40
PAGE = "/partenaires?territoire=departement:38&odd=2&odd=12&besoin=tools&vue=carte"
WHOLE = "/partenaires?territoire=nation:FR&odd=2&odd=12&besoin=tools&vue=carte"
# Where the map looks, as the boxes of the buttons: south-west and north-east.
LOOKS: Mapping[str, list[list[float]]] = {
    "départements": [[41.3, -5.2], [51.1, 9.6]],
    "EPCI": [[44.6, 4.6], [46.0, 6.6]],
    "communes": [[45.05, 5.45], [45.35, 5.95]],
    "actors": [[45.175, 5.71], [45.19, 5.735]],
}
FRAMES = """() => {
  const state = window.framesSeen = { times: [], on: true };
  const frame = (time) => { state.times.push(time); if (state.on) requestAnimationFrame(frame); };
  requestAnimationFrame(frame);
}"""
LOOK = """(box) => {
  const button = document.querySelector("[data-box]");
  button.dataset.box = JSON.stringify(box);
  button.click();
}"""
SENT = """() => {
  const of = (kind) => performance.getEntriesByType(kind);
  const every = [...of("navigation"), ...of("resource")];
  return every.map((each) => [each.name, each.encodedBodySize]);
}"""
PAINTED = """() => performance.getEntriesByName("first-contentful-paint")[0].startTime"""


def opened(browser: Browser, address: str) -> Page:
    """The page in a browser that knows nothing, its map drawn."""
    page = browser.new_context(viewport={"width": 1400, "height": 900}).new_page()
    page.goto(address, wait_until="networkidle")
    page.wait_for_selector(".anneau-vif, .acteur-vif")
    return page


def dragged(page: Page) -> tuple[float, float]:
    """Frames a second, and the longest wait for one in milliseconds, while a hand drags."""
    box = page.locator(".fond-carte").bounding_box()
    if box is None:
        raise ValueError("the page has no map")
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] - 40
    page.mouse.move(x, y)
    page.mouse.down()
    page.evaluate(FRAMES)
    for step in range(120):
        page.mouse.move(x + 160 * ((step % 40) / 20 - 1), y - 2 * (step % 60))
        page.wait_for_timeout(8)
    page.evaluate("() => { window.framesSeen.on = false }")
    page.mouse.up()
    times = page.evaluate("() => window.framesSeen.times")
    waits = [after - before for before, after in pairwise(times)]
    return 1000 * len(waits) / sum(waits), max(waits)


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("store", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    flags = ["--no-sandbox", "--disable-gpu"]
    with served(arguments.store, 1) as (port, _), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=flags)
        home = f"http://127.0.0.1:{port}"
        opened(browser, home + PAGE).close()  # the columns are warm
        for name, address in (("Isère", PAGE), ("France", WHOLE)):
            pages = [opened(browser, home + address) for _ in range(arguments.rounds)]
            sent = pages[0].evaluate(SENT)
            total = sum(size for _, size in sent) / 1024
            print(f"{name}: {total:.1f} KB sent in {len(sent)} answers (at most {MOST_KB})")
            for path, size in sorted(sent, key=lambda each: -each[1])[:6]:
                print(f"  {size / 1024:6.1f} KB  {path.removeprefix(home)[:90]}")
            painted = statistics.median(page.evaluate(PAINTED) for page in pages) / 1000
            print(f"  first contentful paint {painted:.2f} s (at most {MOST_S:g})")
            for page in pages:
                page.close()
        page = opened(browser, home + WHOLE)
        for level, box in LOOKS.items():
            page.evaluate(LOOK, box)
            page.wait_for_load_state("networkidle")
            page.wait_for_timeout(700)
            drawn = page.locator(".anneau-vif, .acteur-vif").count()
            rounds = [dragged(page) for _ in range(arguments.rounds)]
            frames = statistics.median(each[0] for each in rounds)
            longest = max(each[1] for each in rounds)
            print(
                f"{level}: {frames:.0f} frames a second (at least {LEAST_FRAMES}), "
                f"the longest wait {longest:.0f} ms, {drawn} marks"
            )
        browser.close()


if __name__ == "__main__":
    main()
