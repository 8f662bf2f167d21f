"""The meter on the page: arithmetic, budgets, forecast, savings and thumbs, without a browser."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from assistant import wiring
from assistant.answer_cache import AnswerCache
from assistant.archive_answers import KeptAnswers
from assistant.backends.entry import AUTO, Tier
from assistant.cost.budget import Budgets, Scope
from assistant.cost.meter import Meter, Prompt
from assistant.cost.models import AttemptState, Usage, UsageSource
from assistant.ui import resources
from assistant.ui.conversations import USER
from assistant.ui.readings import read
from assistant.wiring import Runtime
from tests.assistant.cost.samples import FakeBackend, dollars
from tests.assistant.ui.conftest import REPLY, app, scripted, use
from tests.assistant.ui.test_chat_page import ask, html, press

SMALL = Usage(0, output_tokens=0, source=UsageSource.PROVIDER)
PROMPT = Prompt(tokens=1_000, most=4_000)


def limited(monkeypatch: pytest.MonkeyPatch, product: Runtime, **limits: str) -> Runtime:
    """Let the product have these budgets."""
    old = product.meter
    budgets = Budgets({Scope(name): dollars(text) for name, text in limits.items()})
    meter = Meter(old.ledger, old.prices, lambda: datetime.now(UTC), UTC, budgets)
    changed = replace(product, meter=meter)
    monkeypatch.setattr(wiring, "build", lambda settings: changed)
    resources.runtime.clear()
    resources.conversations.clear()
    return changed


def test_the_arithmetic_stands_line_by_line_with_rates_and_source(zephyr: Runtime) -> None:
    shown = html(ask(app().run()))
    (row,) = (r for r in zephyr.meter.ledger.attempts() if r.backend == "offline")
    assert "× $1.25 per million tokens" in shown
    assert "× $10 per million tokens" in shown
    assert f"{row.cost:,} pico-dollars" in shown
    assert f"openai/gpt-5, prices of {zephyr.prices.version}" in shown
    assert "tokens counted by our own tokenizer (≈)" in shown


def test_a_budget_stands_beside_what_it_limits(
    zephyr: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    limited(monkeypatch, zephyr, conversation="0.50", day="2", month="20")
    shown = html(ask(app().run()))
    assert "of $0.50</span>" in shown and "of $2.00</span>" in shown
    assert "This month" in shown and "of $20.00</span>" in shown
    assert "Budget nearly used up" not in shown


def test_a_warning_stands_over_the_question_from_80_percent(
    zephyr: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    product = limited(monkeypatch, zephyr, day="0.01")
    spending = product.meter.start(
        FakeBackend(), turn="t", conversation="elsewhere", prompt=Prompt(0, 0)
    )
    product.meter.settle(spending, replace(SMALL, output_tokens=850), AttemptState.OK)
    shown = html(app().run())
    assert "Budget nearly used up: $0.0085 of $0.01 for this deployment for today (85 %)" in shown
    assert "lf-warns" in shown and "85 % used" in shown


def test_fault_50_over_budget_nothing_is_sent_and_the_turn_says_what_to_do(
    zephyr: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    product = limited(monkeypatch, zephyr, conversation="0.0001")
    page = ask(app().run())
    said = page.warning[0].value.replace("\\", "")
    assert "was not asked: the call may cost up to $0.04" in said
    assert "raise conversation under [budgets] in backends.toml" in said
    assert [row for row in product.meter.ledger.attempts() if row.backend == "offline"] == []


def test_the_next_question_s_cost_is_told_before(zephyr: Runtime) -> None:
    page = app().run()
    assert "The next question costs ≈$0.00" in html(page)
    assert ", at most $" in html(page)


def test_auto_is_forecast_for_both_that_it_may_ask(
    product: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    cheap = replace(scripted(REPLY, name="cheap", label="Cheap"), tier=Tier.ROUTINE)
    hard = scripted(REPLY, name="hard", label="Hard")
    settings = replace(product.settings, default_backend=AUTO)
    use(monkeypatch, replace(product, settings=settings), cheap, hard)
    shown = html(app().run())
    assert " on Cheap; ≈$" in shown and " on Hard" in shown


def test_a_running_answer_is_estimated_from_its_text(zephyr: Runtime) -> None:
    meter = zephyr.meter
    started = meter.start(FakeBackend(), turn="t", conversation="c", prompt=PROMPT)
    before = read(zephyr, "c", "t")
    assert before.readings[0].output_tokens is None
    words = read(zephyr, "c", "t", "one two three four")
    answer, conversation, today = words.readings
    assert answer.output_tokens == conversation.output_tokens == today.output_tokens == 4
    assert answer.dollars == conversation.dollars == today.dollars == "≈$0.00129"
    assert today.unknown == 0
    assert words.elsewhere[0].attempts == 0, "what runs is not repriced"
    assert meter.ledger.attempts() == (started,), "looking changes nothing"


def test_an_answer_on_our_own_machine_runs_by_the_second(zephyr: Runtime) -> None:
    own = FakeBackend(local=True, hourly_usd=Decimal(3600))
    zephyr.meter.start(own, turn="t", conversation="c", prompt=PROMPT)
    for shown in read(zephyr, "c", "t", "one two").readings:
        assert shown.spent.unmetered == 0
        assert shown.spent.cost is not None and shown.spent.cost > 0


def test_hours_of_our_own_are_told_apart_from_what_the_budget_counts(
    zephyr: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    product = limited(monkeypatch, zephyr, day="2", month="20")
    own = FakeBackend(local=True, hourly_usd=Decimal("3.60"))
    started = product.meter.start(own, turn="t", conversation="c", prompt=PROMPT)
    product.meter.settle(started, SMALL, AttemptState.OK, total_seconds=3_000.0)
    _, _, today, month = read(product, "c", "t").readings
    assert today.dollars == "$3.00 ($0 of $2.00)"
    assert (month.dollars, month.tokens) == ("$0 of $20.00", "0 % used")


def test_a_month_with_estimates_says_so(zephyr: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    product = limited(monkeypatch, zephyr, month="20")
    started = product.meter.start(FakeBackend(), turn="t", conversation="c", prompt=PROMPT)
    seen = Usage(1_000, output_tokens=500, source=UsageSource.ESTIMATED)
    product.meter.settle(started, seen, AttemptState.STOPPED)
    month = read(product, "c", "t").readings[-1]
    assert month.dollars == "≈$0.00625 of $20.00"


def test_a_kept_answer_says_that_it_cost_nothing_and_what_it_saved(
    zephyr: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = KeptAnswers(zephyr.meter.ledger)
    cached = replace(zephyr, cache=AnswerCache(kept, zephyr.corpus.generation))
    use(monkeypatch, cached, scripted(REPLY))
    page = ask(ask(app().run()))
    shown = html(page)
    assert "given again from our own cache · $0" in shown
    assert "Answer cache saved ≈$" in shown
    assert "no call was made" in shown
    assert shown.count("Nothing was sent") == 1
    again = press(page, "again-offline")
    assert html(again).count("Nothing was sent") == 1, "asked again means asked"


def test_a_thumb_is_kept_changed_and_taken_back(zephyr: Runtime) -> None:
    page = ask(app().run())
    talk = str(page.session_state["conversation"])

    def marks() -> list[bool]:
        return list(zephyr.feedback.of(talk, USER).values())

    assert marks() == []
    for given, kept in ((1, [True]), (0, [False]), (None, [])):
        page.feedback[0].set_value(given).run()
        assert marks() == kept
    assert not page.exception
