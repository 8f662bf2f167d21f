"""Take the pictures of the README: the app on a fresh corpus of the shipped notes."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(REPOSITORY))

from playwright.sync_api import Page  # noqa: E402

from tests.e2e.browser import chromium, ingest, running_app  # noqa: E402

IMAGES = REPOSITORY / "docs" / "images"
SETTLE_MS = 1500


def main() -> None:
    os.environ.setdefault("LOADFACTOR_MODELS", str(REPOSITORY / "data" / "models"))
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        ingest(data, REPOSITORY / "corpus" / "notes")
        with running_app(data) as address, chromium() as browser:
            page = browser.new_page(viewport={"width": 1400, "height": 860}, color_scheme="light")
            page.goto(address)
            _chat(page)
            _corpus(page)
            _backends(page)


def _chat(page: Page) -> None:
    page.get_by_role("button", name="What is Alphabet's capex guidance").click(timeout=60_000)
    page.locator(".lf-cost").wait_for()
    page.locator('[class*="st-key-cite-"] button:visible').first.click()
    page.locator(".lf-passage").first.wait_for()
    _save(page, "chat.png")
    page.keyboard.press("Escape")


def _corpus(page: Page) -> None:
    page.locator(".st-key-nav").get_by_role("link", name="Corpus").click()
    page.get_by_test_id("stDataFrame").wait_for()
    _save(page, "corpus.png")


def _backends(page: Page) -> None:
    page.locator(".st-key-nav").get_by_role("link", name="Backends").click()
    page.get_by_role("button", name="Check").first.click()
    page.get_by_text("Check: answers").wait_for()
    _save(page, "backends.png")


def _save(page: Page, name: str) -> None:
    page.wait_for_timeout(SETTLE_MS)
    page.screenshot(path=IMAGES / name)


if __name__ == "__main__":
    main()
