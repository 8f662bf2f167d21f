"""One app with the shipped notes, one browser, a page for each test."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.conftest import MODELS
from tests.e2e.browser import INSTALL, REPOSITORY, chromium, find_chromium, ingest, running_app


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if find_chromium() is None:
        assert os.environ.get("CI") != "true", INSTALL
        pytest.skip(INSTALL)
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The app's data folder, holding the shipped notes."""
    data = tmp_path_factory.mktemp("e2e")
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("LOADFACTOR_MODELS", str(MODELS))
        ingest(data, REPOSITORY / "corpus" / "notes")
        yield data


@pytest.fixture(scope="session")
def address(browser: Browser, store: Path) -> Iterator[str]:
    with running_app(store) as url:
        yield url


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """A fresh tab that fails the test when anything beyond this machine is asked for."""
    tab = browser.new_page(viewport={"width": 1400, "height": 900})
    beyond: list[str] = []
    here = (address, address.replace("http", "ws"), "data:", "blob:", "about:")
    tab.on("request", lambda sent: None if sent.url.startswith(here) else beyond.append(sent.url))
    tab.set_default_timeout(60_000)
    tab.goto(address)
    yield tab
    tab.close()
    assert beyond == []


@pytest.fixture
def uploads(tmp_path: Path) -> Path:
    folder = tmp_path / "uploads"
    folder.mkdir()
    return folder
