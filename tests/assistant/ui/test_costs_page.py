"""The costs page, run without a browser."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib import import_module
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from assistant import wiring
from assistant.cost.invoice_table import MAX_MB
from assistant.cost.models import AttemptState, CostSource, Purpose, Usage, UsageSource
from assistant.ui import resources
from assistant.ui.conversations import USER
from assistant.wiring import Runtime
from tests.assistant.cost.ledgers import call, keep
from tests.assistant.cost.samples import USAGE_A
from tests.assistant.ui.conftest import app
from tests.assistant.ui.test_chat_page import ask, html

PAGE = "assistant/ui/pages/costs_page.py"
COST = 15_500_000_000


def now() -> datetime:
    return datetime.now(UTC)


def costs(page: AppTest) -> AppTest:
    page.switch_page(PAGE).run()
    assert not page.exception
    return page


def choose(page: AppTest, key: str, value: str) -> AppTest:
    page.segmented_control(key).set_value(value).run()
    assert not page.exception
    return page


def test_an_empty_ledger_says_so_and_still_takes_an_invoice(product: Runtime) -> None:
    page = costs(app().run())
    assert "No call in this period." in page.info[0].value
    assert page.get("file_uploader")
    # Streamlit draws a bare text in a page's file.
    assert [text.value for text in page.markdown if not text.value.startswith("**Dollars")] == []


def test_it_shows_what_was_spent_on_what_and_what_it_would_cost_elsewhere(
    product: Runtime,
) -> None:
    keep(
        product.meter.ledger,
        call(COST, USAGE_A, at=now(), backend="offline"),
        call(None, USAGE_A, at=now(), backend="<b>dear</b>"),
    )
    shown = html(costs(app().run()))
    assert "$0.0155 + —" in shown
    assert "Scripted" in shown
    assert "&lt;b&gt;dear&lt;/b&gt;" in shown
    assert "<b>dear" not in shown
    assert "≈$0.0528–$0.096" in shown, "Claude Sonnet 4.6, twice"


def test_what_only_ran_here_still_makes_sense(product: Runtime) -> None:
    keep(product.meter.ledger, call(None, USAGE_A, at=now(), source=CostSource.LOCAL))
    page = costs(app().run())
    shown = html(page)
    assert "not metered" in shown
    assert "10,000 in, 1,200 out" in shown
    assert "≈$0.0155–$0.0245" in shown


def test_period_and_dimension_are_chosen(product: Runtime) -> None:
    old = now() - timedelta(days=400)
    keep(
        product.meter.ledger,
        call(COST, USAGE_A, at=now(), user="ada"),
        call(COST, USAGE_A, at=old, user="grace"),
    )
    page = choose(costs(app().run()), "costs-dimension", "user")
    assert "ada" in html(page)
    assert "grace" not in html(page)
    choose(page, "costs-period", "All")
    assert "grace" in html(page)
    assert "$0.031" in html(page)
    choose(page, "costs-period", "Own dates")
    page.date_input("costs-dates").set_value((old.date(), old.date())).run()
    assert "ada" not in html(page)
    assert "grace" in html(page)


def test_a_conversation_is_a_link_for_who_may_open_it(zephyr: Runtime) -> None:
    mine = ask(app().run())
    (stored,) = zephyr.archive.conversations("local", 10)
    page = choose(costs(mine), "costs-dimension", "conversation")
    assert f"?conversation={stored.id}" in html(page)


def test_fault_53_on_a_shared_app_others_conversations_have_no_link_and_no_whole_id(
    zephyr: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared = replace(zephyr, settings=replace(zephyr.settings, shared=True))
    monkeypatch.setattr(wiring, "build", lambda settings: shared)
    resources.runtime.clear()
    ask(app().run())
    (stored,) = zephyr.archive.conversations("local", 10)
    page = choose(costs(app().run()), "costs-dimension", "conversation")
    assert stored.id[:8] in html(page)
    assert stored.id not in html(page)
    assert stored.title not in html(page)


def charts(page: AppTest) -> list[dict[str, Any]]:
    return [json.loads(found.proto.spec) for found in page.get("vega_lite_chart")]


def elsewhere_names(page: AppTest) -> list[str]:
    """Return the names at the chart's axis, which Streamlit sends apart from it."""
    data = [one.data.data for found in page.get("vega_lite_chart") for one in found.proto.datasets]
    arrow = import_module("pyarrow.ipc")
    tables = [arrow.open_stream(table).read_all() for table in data]
    (names,) = [table["on"].to_pylist() for table in tables if "on" in table.column_names]
    return [str(name) for name in names]


def legend(chart: dict[str, Any]) -> list[str]:
    names: list[str] = chart["encoding"]["color"]["scale"]["domain"]
    return names


def test_a_chart_of_dollars_has_only_what_cost_dollars(product: Runtime) -> None:
    yesterday = now() - timedelta(days=1)
    keep(
        product.meter.ledger,
        call(COST, USAGE_A, at=now(), backend="dear"),
        call(COST, USAGE_A, at=yesterday, backend="dear"),
        call(None, USAGE_A, at=now(), source=CostSource.LOCAL, backend="own"),
    )
    page = choose(costs(app().run()), "costs-period", "7 days")
    assert legend(charts(page)[0]) == ["dear"]
    assert [one.value for one in page.caption if "Without dollars" in one.value] == [
        r"Without dollars\: own"
    ]


def test_there_is_no_chart_of_nothing(product: Runtime) -> None:
    for at in (now(), now() - timedelta(days=1)):
        own: dict[str, Any] = {"at": at, "source": CostSource.LOCAL}
        keep(product.meter.ledger, call(None, purpose=Purpose.EMBED, **own))
        keep(product.meter.ledger, call(0, state=AttemptState.CACHED, **own))
    page = choose(costs(app().run()), "costs-period", "7 days")
    assert charts(page) == []
    assert "0 → 1" in html(page)
    assert "2 embeddings" in html(page)


def test_what_leaves_calls_out_is_a_part(product: Runtime) -> None:
    unknown = Usage(None, None, None, None, None, None, UsageSource.NONE)
    keep(product.meter.ledger, call(COST, USAGE_A, at=now()))
    assert not any("(part)" in name for name in elsewhere_names(costs(app().run())))
    keep(product.meter.ledger, call(None, unknown, at=now()))
    page = costs(app().run())
    (chart,), names = charts(page), elsewhere_names(page)
    ranges = chart["layer"][0] if "layer" in chart else chart
    assert names
    assert all(name.endswith(" (part)") for name in names)
    assert ranges["encoding"]["y"]["axis"]["labelOverlap"] is False
    assert chart["height"] == 30 * len(names) + 60


def test_answers_that_nobody_checked_are_not_told_as_failed(zephyr: Runtime) -> None:
    keep(zephyr.meter.ledger, call(COST, USAGE_A, at=now(), turn="of the command line"))
    assert "checked" not in html(costs(app().run()))
    page = costs(ask(app().run()))
    assert "of 1 checked" in html(page)
    assert "→ 2" in html(page)


def comparison(product: Runtime, id: str) -> None:
    values = (id, USER, "T", now().isoformat(), "{}")
    with closing(sqlite3.connect(product.meter.ledger.file.path)) as file, file:
        file.execute("INSERT INTO comparisons VALUES (?, ?, ?, ?, ?)", values)


def test_comparisons_are_told_apart_and_linked(product: Runtime) -> None:
    mine, gone = f"compare-{'0123456789ab' * 2}", f"compare-{'fedcba987654' * 2}"
    comparison(product, mine)
    for name in (mine, gone):
        row = call(COST, USAGE_A, at=now(), conversation=name, purpose=Purpose.COMPARE)
        keep(product.meter.ledger, row)
    shown = html(choose(costs(app().run()), "costs-dimension", "conversation"))
    assert f'<a href="./compare?comparison={mine}">comparison 01234567</a>' in shown
    assert "comparison fedcba98" in shown
    assert gone not in shown


def test_on_a_shared_app_others_comparisons_have_no_link(
    zephyr: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared = replace(zephyr, settings=replace(zephyr.settings, shared=True))
    monkeypatch.setattr(wiring, "build", lambda settings: shared)
    resources.runtime.clear()
    theirs = f"compare-{'0123456789ab' * 2}"
    comparison(zephyr, theirs)
    row = call(COST, USAGE_A, at=now(), conversation=theirs, purpose=Purpose.COMPARE)
    keep(zephyr.meter.ledger, row)
    page = choose(costs(app().run()), "costs-dimension", "conversation")
    assert "comparison 01234567" in html(page)
    assert theirs not in html(page)


def upload(page: AppTest, text: str) -> AppTest:
    (box,) = page.get("file_uploader")
    assert box.proto.max_upload_size_mb == MAX_MB
    page.file_uploader("invoice").set_value(("bill.csv", text.encode(), "text/csv")).run()
    assert not page.exception
    return page


def test_the_invoice_box_asks_whose_invoice_it_is_where_several_may_bill(product: Runtime) -> None:
    keep(product.meter.ledger, call(COST, USAGE_A, at=now()))
    bill = f"date,model,cost_usd\n{now().date()},gpt-5,0.0155\n"
    page = upload(costs(app().run()), bill)
    assert "metered of openai" in html(page)
    keep(product.meter.ledger, call(COST, USAGE_A, at=now(), provider="zai"))
    page = upload(costs(app().run()), bill)
    assert "invoiced" not in html(page)
    page.selectbox("invoice-provider").set_value("openai").run()
    assert "metered of openai" in html(page)
    assert "Nothing differs." in html(page)
