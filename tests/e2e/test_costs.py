"""The costs page in the browser, over a ledger of known rows."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from assistant.cost.ledger import Ledger
from assistant.cost.models import CostSource
from tests.assistant.cost.ledgers import call, keep
from tests.assistant.cost.samples import USAGE_A
from tests.conftest import MODELS
from tests.e2e.browser import running_app

pytestmark = pytest.mark.e2e

NOW = datetime.now(UTC)
TODAY = NOW.date()
YESTERDAY = TODAY - timedelta(days=1)
COST = 15_500_000_000
BACKENDS = """
[backends.offline]
label = "Offline analyst"
kind = "offline-analyst"
provider = "local"
model = "offline-analyst-1"

[backends.openai]
label = "Scripted five"
kind = "openai"
provider = "openai"
model = "gpt-5"
key = "NO_SUCH_API_KEY"
"""
INVOICE = f"date,model,cost_usd\n{YESTERDAY},gpt-5,0.0155\n{TODAY},gpt-5,0.0255\n"


@pytest.fixture(scope="module")
def address(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    data = tmp_path_factory.mktemp("costs")
    with closing(Ledger(data / "ledger.db")) as ledger:
        keep(
            ledger,
            call(COST, USAGE_A, at=NOW, backend="openai", user="ada"),
            call(COST, USAGE_A, at=NOW - timedelta(days=1), backend="openai", user="=grace"),
            call(None, USAGE_A, at=NOW, backend="qwen", user="ada", provider="dashscope"),
            call(None, USAGE_A, at=NOW, backend="offline", source=CostSource.LOCAL),
        )
    backends = data / "backends.toml"
    backends.write_text(BACKENDS, encoding="utf-8")
    environ = {"LOADFACTOR_MODELS": str(MODELS), "LOADFACTOR_BACKENDS": str(backends)}
    with running_app(data, **environ) as url:
        yield url


def row(page: Page, name: str) -> list[str]:
    """Return the cells of a row of the breakdown."""
    found = page.locator(".lf-costs").first.locator("tr").filter(has_text=name)
    expect(found).to_have_count(1)
    return found.locator("td").all_inner_texts()


def test_a_controller_reads_breaks_down_checks_an_invoice_and_takes_the_rows(
    page: Page, address: str, tmp_path: Path
) -> None:
    page.goto(f"{address}/costs")
    page.get_by_text("7 days", exact=True).click()
    figures = page.locator(".lf-figures")
    expect(figures).to_contain_text("$0.031 + — + local")
    assert row(page, "Scripted five")[:3] == ["Scripted five", "$0.031", "2"]
    assert row(page, "qwen")[1] == "—"
    assert row(page, "Offline analyst")[1] == "not metered"
    expect(page.get_by_test_id("stVegaLiteChart").first).to_be_visible()
    expect(page.get_by_text("This period elsewhere")).to_be_visible()

    page.get_by_text("by user", exact=True).click()
    expect(page.locator(".lf-costs").first).to_contain_text("=grace")
    assert row(page, "=grace")[1] == "$0.0155"

    bill = tmp_path / "bill.csv"
    bill.write_text(INVOICE, encoding="utf-8")
    page.locator("input[type=file]").set_input_files(bill)
    whose = page.get_by_role("combobox", name="Whose invoice is it?")
    whose.wait_for()
    # A list that opens while the page still scrolls closes again.
    page.mouse.wheel(0, 5_000)
    page.wait_for_timeout(1_000)
    whose.click()
    page.get_by_role("option", name="openai").click()
    table = page.locator(".lf-words")
    expect(table).to_contain_text(str(TODAY))
    expect(table).to_contain_text("$0.0255")
    expect(table).to_contain_text("Agrees.")

    with page.expect_download() as download:
        page.get_by_role("button", name="These rows (CSV)").click()
    assert Path(download.value.path()).read_bytes().startswith(b"\xef\xbb\xbf")
    with Path(download.value.path()).open(encoding="utf-8-sig", newline="") as file:
        rows = {found["user"]: found for found in csv.DictReader(file)}
    assert set(rows) == {"ada", "'=grace", "local"}
    assert Decimal(rows["ada"]["usd"]) == Decimal("0.0155")
    assert rows["local"]["usd"] == ""

    with page.expect_download() as download:
        page.get_by_role("button", name="Every call of the period (CSV)").click()
    with Path(download.value.path()).open(encoding="utf-8-sig", newline="") as file:
        calls = list(csv.DictReader(file))
    costs = {found["id"]: found["cost_pico_usd"] for found in calls if found["user"] != "local"}
    assert sorted(costs.values()) == ["", str(COST), str(COST)]
