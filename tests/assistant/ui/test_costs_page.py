"""The costs page, run without a browser."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from streamlit.testing.v1 import AppTest

from assistant import wiring
from assistant.cost.models import CostSource
from assistant.ui import resources
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
