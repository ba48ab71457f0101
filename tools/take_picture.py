"""Take the pictures that README.md and docs/ show: `make picture` runs the study and its multiverse, and then this."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]


@dataclass(frozen=True)
class Picture:
    """One picture: of a page's first screen, or of one of its figures.

    Args:
        name: File under docs/.
        page: The page, under build/.
        figure: What the figure's anchor or caption holds; empty for the first screen.
    """

    name: str
    page: str
    figure: str = ""


PICTURES = (
    Picture("report.png", "ivig-cutaneous-dm/report.html"),
    Picture("groups.png", "ivig-cutaneous-dm/report.html", "by stratum and subtype"),
    Picture("predictors.png", "ivig-cutaneous-dm/report.html", "Predictors of"),
    Picture("swimmer.png", "ivig-cutaneous-dm/report.html", "Every person from day 0"),
    Picture("specification-curve.png", "ivig-cutaneous-dm-multiverse/report.html", "all persons, in every universe"),
)


def take_pictures() -> None:
    """Photograph what the documentation shows."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=QUIET)
        for picture in PICTURES:
            page = browser.new_page(viewport={"width": 1280, "height": 1150})
            page.goto((ROOT / "build" / picture.page).as_uri())
            if picture.figure:
                page.locator("figure", has_text=picture.figure).first.screenshot(path=DOCS / picture.name)
            else:
                page.screenshot(path=DOCS / picture.name)
            page.close()
        browser.close()


if __name__ == "__main__":
    take_pictures()
