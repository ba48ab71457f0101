"""A browser, and a page in it that remembers what it asked for: what every journey through a page needs."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

DESK, TABLET, PHONE, SMALL_PHONE = 1360, 768, 390, 320
# The parts of a page that stand outside of the window, in a typeface.
OUTSIDE = """(face) => {
  const outside = [];
  for (const text of document.querySelectorAll('svg.figure text')) {
    if (face) text.style.fontFamily = face;
    if (!text.checkVisibility()) continue;
    const frame = text.parentElement.querySelector(':scope > rect') || text.closest('svg.figure');
    const [inner, outer] = [text.getBoundingClientRect(), frame.getBoundingClientRect()];
    const isInside = inner.left >= outer.left - 0.5 && inner.right <= outer.right + 0.5
      && inner.top >= outer.top - 0.5 && inner.bottom <= outer.bottom + 0.5;
    if (!isInside) outside.push([text.textContent, inner.right - outer.right, inner.bottom - outer.bottom]);
  }
  return outside;
}"""


def find_chromium(bundled: str) -> str:
    found = [path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))]
    found += [bundled] if Path(bundled).exists() else []
    if not found:
        pytest.fail("Chromium is missing: `apt-get install -y chromium`, or `python -m playwright install chromium`.")
    return found[0]


class Reader:
    """A page that remembers what it was asked to fetch and what it complained of."""

    def __init__(self, browser: Browser, path: Path, width: int, scheme: str = "light", height: int = 900) -> None:
        self.page: Page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)
        self.requests: list[str] = []
        self.complaints: list[str] = []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.goto(path.as_uri())

    def __enter__(self) -> Page:
        return self.page

    def __exit__(self, *_: object) -> None:
        self.page.close()
