"""`loadfactor costs` as people and programs call it, over a ledger on disk."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from assistant.cli import app
from assistant.cost.errors import InvoiceRefused
from assistant.cost.ledger import Ledger
from assistant.cost.models import CostSource
from corpus.errors import ConfigurationError
from tests.assistant.cost.ledgers import call, keep
from tests.assistant.cost.samples import USAGE_A

NOW = datetime.now(UTC)
TODAY = NOW.date()
BACKENDS = """
[backends.offline]
label = "Offline analyst"
kind = "offline-analyst"
provider = "local"
model = "offline-analyst-1"
[backends.five]
label = "Five"
kind = "openai"
provider = "openai"
model = "gpt-5"
key = "OPENAI_API_KEY"
[backends.house]
label = "House"
kind = "openai-compatible"
provider = "house"
model = "own"
base_url = "https://llm.example.com/v1"
[[references]]
label = "GLM 5.2"
provider = "zai"
model = "glm-5.2"
"""
COST = 15_500_000_000
INVOICE = "date,model,cost_usd\n{day},gpt-5,0.0255\n"


@pytest.fixture(autouse=True)
def ledger(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ledger]:
    path = tmp_path / "backends.toml"
    path.write_text(BACKENDS, encoding="utf-8")
    monkeypatch.setenv("LOADFACTOR_BACKENDS", str(path))
    with closing(Ledger(data / "ledger.db")) as opened:
        keep(
            opened,
            call(COST, USAGE_A, at=NOW, backend="five", conversation="=evil"),
            call(None, USAGE_A, at=NOW, backend="house", provider="house"),
            call(None, USAGE_A, at=NOW, backend="offline", source=CostSource.LOCAL),
            call(COST, USAGE_A, at=NOW - timedelta(days=400), backend="old"),
        )
        yield opened


def run(data: Path, *words: str) -> Result:
    return CliRunner().invoke(app, ["costs", "--data", str(data), *words])


def rows(result: Result) -> list[dict[str, Any]]:
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_this_month_by_backend_is_the_default(data: Path) -> None:
    shown = run(data).stdout
    assert f"Period: {TODAY.replace(day=1)}" in shown
    lines = {line.split()[0]: line for line in shown.splitlines() if line.split()}
    assert "$0.0155" in lines["five"]
    assert lines["house"].rstrip().endswith("—")
    assert "not metered" in lines["offline"]
    assert "$0.0155 + — + local" in lines["total"]
    assert "old" not in lines
    assert "For each useful answer: — (0 of 0 marked)." in shown


def test_json_has_one_object_a_row_and_the_total(data: Path) -> None:
    *each, last = rows(run(data, "--json", "--on", "GLM 5.2"))
    assert {row["backend"]: row["usd"] for row in each} == {
        "five": "0.0155",
        "house": None,
        "offline": None,
    }
    total = last["total"]
    assert (total["usd"], total["calls"], total["calls_not_metered"]) == ("0.0155", 3, 1)
    repriced = total["repriced"]
    assert (repriced["on"], repriced["usd_low"], repriced["usd_high"]) == (
        "GLM 5.2",
        "0.03048",
        "0.05784",
    )


def test_since_and_until_bound_the_period(data: Path) -> None:
    old = TODAY - timedelta(days=400)
    each = rows(run(data, "--json", "--since", str(old), "--until", str(old)))
    assert [row.get("backend") for row in each] == ["old", None]
    everything = rows(run(data, "--json", "--since", str(old)))[-1]["total"]
    assert (everything["calls"], everything["usd"]) == (4, "0.031")
    refused = run(data, "--since", str(TODAY), "--until", str(old))
    assert refused.exit_code == 2


@pytest.mark.parametrize("by", ["day", "model", "purpose", "user", "conversation"])
def test_every_dimension_adds_up_to_the_same(data: Path, by: str) -> None:
    *each, last = rows(run(data, "--json", "--by", by))
    assert all(by in row for row in each)
    assert sum(row["calls"] for row in each) == last["total"]["calls"] == 3
    assert last["total"]["usd"] == "0.0155"


def test_csv_holds_the_rows_and_no_formula(data: Path) -> None:
    result = run(data, "--csv", "--by", "conversation")
    found = {row["conversation"]: row for row in csv.DictReader(StringIO(result.stdout))}
    assert set(found) == {"'=evil", "c"}
    assert found["'=evil"]["usd"] == "0.0155"
    assert run(data, "--csv", "--json").exit_code == 2


def test_a_period_is_repriced_on_a_backend(data: Path) -> None:
    shown = run(data, "--on", "five").stdout
    assert "Five: ≈$0.0465–$0.0735" in shown
    assert "Repriced, not run" in shown
    assert "House: —, it has no price" in run(data, "--on", "house").stdout
    assert "House: —, it has no price" in run(data, "--on", "hOUSE").stdout
    unknown = run(data, "--on", "nobody")
    assert isinstance(unknown.exception, ConfigurationError)
    assert "five" in str(unknown.exception)
    assert "GLM 5.2" in str(unknown.exception)


def test_an_invoice_is_compared_in_words_and_for_programs(data: Path, tmp_path: Path) -> None:
    bill = tmp_path / "bill.csv"
    bill.write_text(INVOICE.format(day=TODAY), encoding="utf-8")
    shown = run(data, "--invoice", str(bill), "--provider", "openai").stdout
    assert "bill.csv" in shown
    assert "invoiced $0.0255" in shown
    found = rows(run(data, "--json", "--invoice", str(bill), "--provider", "openai"))
    (row,) = [
        one["invoice_row"] for one in found if one.get("invoice_row", {}).get("model") == "gpt-5"
    ]
    assert (row["invoiced_usd"], row["metered_usd"], row["difference_usd"]) == (
        "0.0255",
        "0.0155",
        "0.01",
    )
    assert row["explanations"]
    assert found[-1]["invoice"]["difference_usd"] == "0.01"


def test_an_invoice_that_cannot_be_read_is_refused(data: Path, tmp_path: Path) -> None:
    assert isinstance(run(data, "--invoice", str(tmp_path / "no.csv")).exception, InvoiceRefused)


def test_an_empty_ledger_costs_nothing(tmp_path: Path) -> None:
    (only,) = rows(run(tmp_path / "fresh", "--json"))
    assert (only["total"]["usd"], only["total"]["calls"]) == ("0", 0)


def test_calls_without_a_price_agree_with_no_invoice(data: Path, tmp_path: Path) -> None:
    bill = tmp_path / "bill.csv"
    bill.write_text(f"date,model,cost_usd\n{TODAY},gpt-5,0.0155\n", encoding="utf-8")
    with closing(Ledger(data / "ledger.db")) as ledger:
        keep(ledger, call(None, USAGE_A, at=NOW, model_served="qwen3-max"))
    shown = run(data, "--invoice", str(bill), "--provider", "openai").stdout
    (line,) = [line for line in shown.splitlines() if "qwen3-max" in line]
    assert "No amount to compare: 1 of 1 calls have no price here." in line


def test_a_bill_is_compared_with_the_calls_of_who_sent_it(data: Path, tmp_path: Path) -> None:
    bill = tmp_path / "bill.csv"
    bill.write_text(f"date,model,cost_usd\n{TODAY},gpt-5,0.0155\n", encoding="utf-8")
    asked = run(data, "--invoice", str(bill))
    assert asked.exit_code == 2
    words = " ".join(asked.output.replace("│", " ").split())
    assert "add --provider with one of house, openai" in words
    assert "local" not in words
    found = rows(run(data, "--json", "--invoice", str(bill), "--provider", "openai"))
    assert found[-1]["invoice"]["provider"] == "openai"
    assert (found[-1]["invoice"]["difference_usd"], found[-1]["invoice"]["differing_usd"]) == (
        "0",
        "0",
    )
    nobody = run(data, "--invoice", str(bill), "--provider", "nobody")
    assert nobody.exit_code == 2
    assert run(data, "--provider", "openai").exit_code == 2


def test_the_only_provider_need_not_be_named(data: Path, tmp_path: Path) -> None:
    old = TODAY - timedelta(days=400)
    bill = tmp_path / "bill.csv"
    bill.write_text(f"date,model,cost_usd\n{old},gpt-5,0.0155\n", encoding="utf-8")
    shown = run(data, "--invoice", str(bill)).stdout
    assert "metered of openai" in shown
    assert "Nothing differs." in shown
