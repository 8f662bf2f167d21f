"""The meter in the browser: live and settled, its arithmetic, two backends, a budget, a thumb."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.conftest import MODELS
from tests.e2e.browser import ingest, running_app
from tests.e2e.test_app import ask
from tests.servers.loopback import LoopbackServer, Received, Reply
from tests.servers.openai_server import completion

pytestmark = pytest.mark.e2e

QUESTION = "How much did Zephyr Wind spend on turbines in 2025?"
RIGHT = "Zephyr Wind spent $37.6 billion to $57.0 billion on turbines in 2025 [1]."
LETTER = (
    "# Zephyr Wind letter\n\nZephyr Wind spent $37.6 billion to $57.0 billion on turbines in 2025."
)
USAGE = {
    "prompt_tokens": 10_000,
    "prompt_tokens_details": {"cached_tokens": 8_000},
    "completion_tokens": 1_200,
    "completion_tokens_details": {"reasoning_tokens": 700},
    "total_tokens": 11_200,
}
BACKENDS = """
default = "first"

[backends.first]
label = "First"
kind = "openai-compatible"
provider = "openai"
model = "gpt-5"
base_url = "{address}/v1"

[backends.second]
label = "Second"
kind = "openai-compatible"
provider = "zai"
model = "glm-5.2"
base_url = "{address}/v1"

[budgets]
conversation = "0.066"

[[references]]
label = "Kimi K2.6"
provider = "moonshotai"
model = "kimi-k2.6"
"""


def say(request: Received) -> Reply:
    return completion(RIGHT, usage=USAGE, model="as-asked", pause=0.15)


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Path]:
    with LoopbackServer(say) as server, pytest.MonkeyPatch.context() as environment:
        environment.setenv("LOADFACTOR_MODELS", str(MODELS))
        data = tmp_path / "shop"
        data.mkdir()
        (data / "zephyr.md").write_text(LETTER, encoding="utf-8")
        (data / "backends.toml").write_text(BACKENDS.format(address=server.address))
        ingest(data, data / "zephyr.md")
        yield data


@pytest.fixture
def address(browser: Browser, shop: Path) -> Iterator[str]:
    with running_app(shop, LOADFACTOR_BACKENDS=str(shop / "backends.toml")) as url:
        yield url


def cell(page: Page, label: str) -> Locator:
    return page.locator(".lf-meter .lf-cell", has_text=label).first


def marks(shop: Path) -> list[tuple[int]]:
    with closing(sqlite3.connect(shop / "ledger.db")) as ledger:
        return ledger.execute("SELECT useful FROM feedback").fetchall()


def costs(shop: Path) -> list[int]:
    with closing(sqlite3.connect(shop / "ledger.db")) as ledger:
        query = "SELECT cost FROM attempts WHERE purpose = 'answer' ORDER BY started"
        return [cost for (cost,) in ledger.execute(query)]


def test_two_backends_are_metered_live_settled_explained_and_held_to_a_budget(
    page: Page, shop: Path
) -> None:
    expect(page.locator(".st-key-picker")).to_contain_text("The next question costs ≈$")

    box = page.get_by_test_id("stChatInputTextArea")
    box.fill(QUESTION)
    box.press("Enter")
    running = cell(page, "This answer").locator(".lf-value")
    expect(running).to_have_text(re.compile(r"≈\$0\.00\d+"))
    expect(page.locator(".lf-cost")).to_have_count(1)
    expect(running).to_have_text("$0.0155")
    expect(cell(page, "Conversation")).to_contain_text("$0.0155 of $0.066")
    expect(page.locator(".lf-elsewhere")).to_contain_text("Kimi K2.6 ≈$0.00798–$0.0143")

    page.locator(".st-key-about-meter button").first.click()
    sums = page.locator('[data-testid="stPopoverBody"]:visible')
    expect(sums).to_contain_text("input, read from the cache")
    expect(sums).to_contain_text("× $0.125 per million tokens")
    expect(sums).to_contain_text("15,500,000,000 pico-dollars")
    expect(sums).to_contain_text("openai/gpt-5, prices of genai-prices")
    expect(sums).to_contain_text("Provider cache saved $0.009")
    page.keyboard.press("Escape")

    page.get_by_text("Ask again with …").click()
    page.locator(".st-key-again-second button").click()
    expect(page.locator(".lf-cost")).to_have_count(2)
    expect(cell(page, "This answer").locator(".lf-value")).to_have_text("$0.0102")
    expect(cell(page, "Conversation")).to_contain_text("$0.0257 of $0.066")
    assert costs(shop) == [15_500_000_000, 10_160_000_000]

    box.fill("And what did Zephyr Wind spend on turbines in 2025, in dollars?")
    box.press("Enter")
    expect(page.get_by_test_id("stAlert")).to_contain_text("was not asked: the call may cost up to")
    expect(page.get_by_test_id("stAlert")).to_contain_text("raise conversation under [budgets]")
    assert len(costs(shop)) == 2, "nothing was spent"

    page.get_by_role("button", name="New chat").click()
    expect(cell(page, "Conversation").locator(".lf-value")).to_have_text("$0 of $0.066")
    expect(page.locator(".lf-cost")).to_have_count(0)
    ask(page, QUESTION)
    expect(page.locator(".lf-cost").last).to_contain_text("given again from our own cache · $0")
    expect(page.locator(".lf-cost").last).to_contain_text("Answer cache saved ≈$0.0155")
    expect(cell(page, "Today").locator(".lf-value")).to_have_text("$0.0257")

    thumbs = page.locator('[class*="st-key-thumb-"]')
    thumbs.get_by_role("radio").first.click()
    for _ in range(100):
        if marks(shop):
            break
        page.wait_for_timeout(100)
    assert marks(shop) == [(1,)]


@pytest.mark.parametrize("width", (1400, 480))
def test_the_meter_and_its_arithmetic_fit_the_screen(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    ask(page, QUESTION)
    page.locator(".st-key-about-meter button").first.click()
    sums = page.locator('[data-testid="stPopoverBody"]:visible')
    expect(sums).to_contain_text("per million tokens")
    for shown in (sums, page.locator(".lf-meter")):
        box = shown.bounding_box()
        assert box is not None
        assert box["x"] >= 0 and box["x"] + box["width"] <= width
