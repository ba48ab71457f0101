"""Take the picture of the report that README.md shows: `make picture` runs the study and then this."""

from __future__ import annotations

import shutil
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parents[1]
REPORT = ROOT / "build" / "ivig-cutaneous-dm" / "report.html"
PICTURE = ROOT / "docs" / "report.png"
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]


def take_picture() -> None:
    """Photograph the first screen of the report."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=QUIET)
        page = browser.new_page(viewport={"width": 1280, "height": 1150})
        page.goto(REPORT.as_uri())
        page.screenshot(path=PICTURE)
        browser.close()


if __name__ == "__main__":
    take_picture()
