"""One browser for the journeys of a file."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from journeys.browsing import find_chromium


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    quiet = [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
    ]
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=find_chromium(playwright.chromium.executable_path), args=quiet
        )
        yield opened
        opened.close()
