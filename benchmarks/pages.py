"""How soon does a page show something, and how much of it travels?

`python benchmarks/pages.py STORE [--rounds 5]` starts the service on the store, opens each page in
a headless Chromium without a GPU, each time with nothing kept from before, and prints the medians
of the first contentful paint (milliseconds after the navigation began, W3C Paint Timing) and of
what was transferred (bytes as they travel, compressed, with headers; scripts, styles and data of
the map included). Targets: 1,000 ms, and 150 KB for the pages with a map.
"""

import argparse
import shutil
import statistics
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from benchmarks.service import served

PAINT_MS = 1000
MAP_KB = 150
PAGES = {
    "home": "/",
    "partners": "/partenaires?territoire=commune:38185&q=aide+alimentaire",
    "partners with map": "/partenaires?territoire=departement:38&q=aide+alimentaire&vue=carte",
    "partners of France": "/partenaires?territoire=nation:FR&odd=2",
    "actor": "/acteurs/alliage:gaia",
    "network": "/acteurs/alliage:le-rameau/reseau?portee=2",
    "catalysts": "/relier?territoire=departement:38&monde=academic&monde=company",
    "territory": "/territoires/departement:38",
    "alliances": "/alliances?territoire=departement:38",
    "white zones": "/zones-blanches?territoire=nation:FR&manque=company,academic",
    "charter": "/charte",
}
WITH_MAP = {"partners", "partners with map", "partners of France", "territory"}
_FLAGS = ["--disable-gpu", "--disable-background-networking", "--no-sandbox"]
_PAINT = "performance.getEntriesByName('first-contentful-paint')[0].startTime"


def opened(browser: Browser, address: str) -> tuple[float, int]:
    """Milliseconds to the first contentful paint, and the bytes transferred."""
    context = browser.new_context()
    page = context.new_page()
    wire = context.new_cdp_session(page)
    wire.send("Network.enable")
    sizes: list[int] = []
    wire.on("Network.loadingFinished", lambda said: sizes.append(int(said["encodedDataLength"])))
    page.goto(address, wait_until="networkidle")
    paint = float(page.evaluate(_PAINT))
    context.close()
    return paint, sum(sizes)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("store", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    late = False
    with served(arguments.store, workers=1) as (port, _), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=_FLAGS)
        print(f"Chromium {browser.version}; medians of {arguments.rounds} openings")
        for name, path in PAGES.items():
            found = [
                opened(browser, f"http://127.0.0.1:{port}{path}") for _ in range(arguments.rounds)
            ]
            paint = statistics.median(ms for ms, _ in found)
            kilobytes = statistics.median(size for _, size in found) / 1000
            late |= paint > PAINT_MS or (name in WITH_MAP and kilobytes > MAP_KB)
            print(f"{name:20} {paint:7.0f} ms {kilobytes:7.1f} KB")
    return int(late)


if __name__ == "__main__":
    raise SystemExit(main())
