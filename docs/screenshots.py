"""Take the pictures of the docs: the app on a fresh corpus of the shipped notes.

What needs a model is answered by a scripted server on this machine, labelled so; the Costs page
shows sample calls of three weeks, priced by the meter itself.
"""

from __future__ import annotations

import os
import random
import sys
import tempfile
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(REPOSITORY))

from playwright.sync_api import Page  # noqa: E402

from assistant.backends.entry_reading import read_entries  # noqa: E402
from assistant.cost.ledger import Ledger  # noqa: E402
from assistant.cost.meter import Meter  # noqa: E402
from assistant.cost.models import AttemptState, Usage, UsageSource  # noqa: E402
from assistant.cost.prices import Prices  # noqa: E402
from tests.e2e.browser import chromium, ingest, running_app  # noqa: E402
from tests.servers.loopback import LoopbackServer, Received, Reply  # noqa: E402
from tests.servers.openai_server import completion  # noqa: E402

IMAGES = REPOSITORY / "docs" / "images"
SETTLE_MS = 1500
QUESTION = "What capital expenditure does Meta expect for 2026?"
SAYS = "Meta expects capital expenditures of $125 billion to $145 billion for calendar 2026 [1]."
SCRIPTED = """
default = "gpt"

[backends.gpt]
label = "GPT-5 (scripted)"
kind = "openai-compatible"
provider = "openai"
model = "gpt-5"
base_url = "{address}/v1"

[backends.glm]
label = "GLM-5.2 (scripted)"
kind = "openai-compatible"
provider = "zai"
model = "glm-5.2"
base_url = "{address}/v1"

[backends.offline]
label = "Offline analyst"
kind = "offline-analyst"
provider = "local"
model = "offline-analyst-1"
tier = "routine"

[budgets]
day = "2.00"

[[references]]
label = "Claude Sonnet 4.6"
provider = "anthropic"
model = "claude-sonnet-4-6"

[[references]]
label = "DeepSeek V4 Pro"
provider = "deepseek"
model = "deepseek-v4-pro"
"""
DAYS = 21
CALLS_A_DAY = 30


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
        with LoopbackServer(_say) as server:
            _scripted(data, server.address)


def _scripted(data: Path, address: str) -> None:
    backends = data / "scripted.toml"
    backends.write_text(SCRIPTED.format(address=address), encoding="utf-8")
    _sample_calls(data, address)
    environ = {"LOADFACTOR_BACKENDS": str(backends)}
    with running_app(data, **environ) as app, chromium() as browser:
        page = browser.new_page(viewport={"width": 1400, "height": 900}, color_scheme="light")
        page.set_default_timeout(60_000)
        page.goto(app)
        _meter(page)
        _compare(page)
        _costs(page)


def _say(request: Received) -> Reply:
    model = request.body["model"]
    out = 180 if model == "gpt-5" else 140
    usage = {
        "prompt_tokens": 3_412,
        "prompt_tokens_details": {"cached_tokens": 1_024},
        "completion_tokens": out,
        "total_tokens": 3_412 + out,
    }
    return completion(SAYS, usage=usage, model=model, pause=0.04 if model == "gpt-5" else 0.02)


def _sample_calls(data: Path, address: str) -> None:
    """Write sample calls of three weeks into the ledger, as the meter prices them."""
    table = {
        name: {"label": name, "kind": "openai-compatible", "provider": provider, "model": model}
        for name, provider, model in (("gpt", "openai", "gpt-5"), ("glm", "zai", "glm-5.2"))
    }
    entries = read_entries("sample", {k: v | {"base_url": address} for k, v in table.items()})
    chance, begin = random.Random(4), datetime.now(UTC) - timedelta(days=DAYS)
    now = [begin]
    with closing(Ledger(data / "ledger.db")) as ledger:
        meter = Meter(ledger, Prices(), lambda: now[0])
        for number in range(DAYS * CALLS_A_DAY):
            now[0] = begin + timedelta(days=number / CALLS_A_DAY)
            entry = chance.choice(entries)
            started = meter.start(entry, turn=f"t{number}", conversation=f"c{number // 4}")
            given = chance.randint(2_000, 6_000)
            usage = Usage(
                input_tokens=given,
                cache_read_tokens=given // 2 if chance.random() < 0.4 else 0,
                output_tokens=chance.randint(80, 900),
                source=UsageSource.PROVIDER,
            )
            meter.settle(started, usage, AttemptState.OK, total_seconds=chance.uniform(1, 6))


def _meter(page: Page) -> None:
    box = page.get_by_test_id("stChatInputTextArea")
    box.fill(QUESTION)
    box.press("Enter")
    page.locator(".lf-cost").wait_for()
    page.locator(".st-key-about-meter button").first.click()
    _save(page, "meter.png")
    page.keyboard.press("Escape")


def _compare(page: Page) -> None:
    page.locator(".st-key-nav").get_by_role("link", name="Compare").click()
    page.get_by_label("Question").first.fill(QUESTION)
    page.get_by_role("button", name="Compare").last.click()
    page.get_by_text("Figures verified").wait_for()
    _save(page, "compare.png")


def _costs(page: Page) -> None:
    page.locator(".st-key-nav").get_by_role("link", name="Costs").click()
    page.get_by_text("This period elsewhere").wait_for()
    _save(page, "costs.png")


def _chat(page: Page) -> None:
    box = page.get_by_test_id("stChatInputTextArea")
    box.wait_for(timeout=60_000)
    box.fill(QUESTION)
    box.press("Enter")
    page.locator(".lf-cost").wait_for(timeout=60_000)
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
