from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.cost.errors import AttemptNotOpen
from assistant.cost.ledger import Ledger
from assistant.cost.meter import Meter, Prompt
from assistant.cost.models import AttemptState, CostSource, Totals, Usage, UsageSource
from assistant.cost.prices import Prices
from assistant.cost.spent import spent_of_totals
from tests.assistant.cost.samples import NOON, USAGE_A, FakeBackend, dollars

OFFLINE = FakeBackend(name="offline", provider="local", model="analyst", local=True)
GPT5 = FakeBackend()
UNKNOWN = FakeBackend(name="own", provider="dashscope", model="qwen3-max")
PRICES = Prices()


class Clock:
    def __init__(self, now: datetime = NOON) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def ledger(data: Path) -> Iterator[Ledger]:
    with closing(Ledger(data / "ledger.db")) as opened:
        yield opened


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def meter(ledger: Ledger, clock: Clock) -> Meter:
    return Meter(ledger, PRICES, clock)


def call(
    meter: Meter,
    usage: Usage = USAGE_A,
    backend: FakeBackend = GPT5,
    conversation: str = "c",
) -> None:
    started = meter.start(backend, turn="t", conversation=conversation)
    meter.settle(started, usage, AttemptState.OK)


def test_the_row_is_open_before_the_call(meter: Meter, ledger: Ledger) -> None:
    started = meter.start(FakeBackend(), turn="t1", conversation="c1", user="ada")
    assert ledger.attempts() == (started,)
    assert started.state is AttemptState.OPEN
    assert (started.turn, started.conversation, started.user) == ("t1", "c1", "ada")
    assert (started.cost, started.cost_source) == (None, CostSource.UNPRICED)


def test_a_call_is_settled_with_its_price_and_what_it_was(
    meter: Meter, ledger: Ledger, clock: Clock
) -> None:
    started = meter.start(FakeBackend(), turn="t", conversation="c")
    clock.now += timedelta(seconds=3)
    settled = meter.settle(
        started,
        USAGE_A,
        AttemptState.OK,
        finish_reason="stop",
        model_served="gpt-5-2025-08-07",
        tier="flex",
        first_token_seconds=0.4,
        total_seconds=2.5,
    )
    assert ledger.attempts() == (settled,)
    assert settled.cost == dollars("0.00775")
    assert settled.cost_source is CostSource.PRICED
    assert settled.rates is not None
    assert settled.rates["input_mtok"] == "0.625"
    assert settled.price_version == PRICES.version
    assert (settled.started, settled.ended) == (NOON, clock.now)
    assert (settled.finish_reason, settled.tier) == ("stop", "flex")
    assert (settled.first_token_seconds, settled.total_seconds) == (0.4, 2.5)


def test_a_call_is_priced_at_its_start(ledger: Ledger) -> None:
    clock = Clock(NOON.replace(hour=3, minute=59, second=59))
    meter = Meter(ledger, PRICES, clock)
    started = meter.start(
        FakeBackend(provider="deepseek", model="deepseek-v4-pro"), turn="t", conversation="c"
    )
    clock.now += timedelta(seconds=2)
    assert meter.settle(started, USAGE_A, AttemptState.OK).cost == dollars("0.007744")


def test_a_local_backend_is_not_metered_rather_than_free(meter: Meter) -> None:
    started = meter.start(OFFLINE, turn="t", conversation="c")
    assert (started.cost, started.cost_source) == (None, CostSource.LOCAL)
    estimate = Usage(100, output_tokens=10, source=UsageSource.ESTIMATED)
    settled = meter.settle(started, estimate, AttemptState.OK, total_seconds=3.0)
    assert (settled.cost_low, settled.cost, settled.cost_high) == (None, None, None)
    assert settled.cost_source is CostSource.LOCAL
    totals = meter.conversation("c")
    assert (totals.cost, totals.unpriced, totals.unmetered) == (None, 0, 1)
    assert (totals.input_tokens, totals.estimated) == (100, True)
    assert spent_of_totals(totals).dollars == "not metered"


def test_a_local_backend_costs_its_seconds_at_its_hourly_rate(meter: Meter) -> None:
    own = replace(OFFLINE, hourly_usd=Decimal("0.36"))
    started = meter.start(own, turn="t", conversation="c")
    assert started.cost is None, "how long it will take is not known"
    settled = meter.settle(started, USAGE_A, AttemptState.OK, total_seconds=2.5)
    assert settled.cost == settled.cost_high == dollars("0.00025")
    assert settled.cost_source is CostSource.LOCAL
    assert settled.rates == {"hourly_usd": "0.36", "source": "backends.toml"}
    free = meter.start(replace(own, hourly_usd=Decimal(0)), turn="t", conversation="c")
    assert meter.settle(free, USAGE_A, AttemptState.OK, total_seconds=2.5).cost == 0
    assert meter.conversation("c").unmetered == 0


def test_an_unpriced_backend_has_no_cost(meter: Meter) -> None:
    call(meter, backend=UNKNOWN)
    totals = meter.today()
    assert (totals.cost, totals.unpriced, totals.input_tokens) == (None, 1, 10_000)


def test_a_call_without_usage_has_no_cost(meter: Meter) -> None:
    call(meter, usage=Usage())
    assert meter.today().cost is None
    assert meter.today().unpriced == 1


def test_impossible_usage_is_kept_unpriced_and_the_row_settled(
    meter: Meter, ledger: Ledger
) -> None:
    call(meter, usage=replace(USAGE_A, cache_read_tokens=99_999))
    (row,) = ledger.attempts()
    assert row.state is AttemptState.OK
    assert row.usage.cache_read_tokens == 99_999
    assert (row.cost, row.cost_source) == (None, CostSource.UNPRICED)


def test_an_answer_from_our_own_cache_costs_nothing(meter: Meter) -> None:
    started = meter.start(FakeBackend(), turn="t", conversation="c")
    assert meter.settle(started, USAGE_A, AttemptState.CACHED).cost == 0
    assert meter.conversation("c").attempts == 0


def test_a_stopped_call_is_an_estimate_up_to_the_longest_reply(meter: Meter) -> None:
    started = meter.start(FakeBackend(), turn="t", conversation="c")
    seen = Usage(2_000, output_tokens=100, source=UsageSource.ESTIMATED)
    settled = meter.settle(started, seen, AttemptState.STOPPED, max_output_tokens=1_000)
    assert settled.cost_source is CostSource.ESTIMATED
    assert (settled.cost, settled.cost_high) == (dollars("0.0035"), dollars("0.0125"))


def test_an_open_row_reserves_the_most_that_the_call_may_cost(meter: Meter) -> None:
    prompt = Prompt(tokens=2_000, most=4_000)
    asked: dict[str, Any] = {"turn": "t", "conversation": "c", "max_output_tokens": 1_000}
    started = meter.start(FakeBackend(), prompt=prompt, **asked)
    assert (started.cost_low, started.cost) == (dollars("0.0025"), dollars("0.0025"))
    assert started.cost_high == dollars("0.015"), "4,000 x $1.25 + 1,000 x $10"
    assert (started.usage.input_tokens, started.usage.output_tokens) == (2_000, None)
    totals = meter.today()
    assert (totals.cost, totals.output_tokens, totals.unknown_tokens) == (started.cost, None, 1)
    flex = meter.start(replace(FakeBackend(), service_tier="flex"), prompt=prompt, **asked)
    assert flex.cost_high == dollars("0.015"), "providers fall back to the standard tier"
    claude = FakeBackend(provider="anthropic", model="claude-sonnet-4-6", prompt_cache=True)
    written = meter.start(claude, prompt=prompt, **asked)
    assert written.cost_high == dollars("0.030"), "4,000 x $3.75 written to the cache + 1,000 x $15"


def test_the_tier_that_was_asked_for_counts_where_none_is_named(meter: Meter) -> None:
    flex = replace(FakeBackend(), service_tier="flex")
    started = meter.start(flex, turn="t", conversation="c")
    assert meter.settle(started, USAGE_A, AttemptState.OK).cost == dollars("0.00775")
    started = meter.start(flex, turn="t", conversation="c")
    served = meter.settle(started, USAGE_A, AttemptState.OK, tier="default")
    assert served.cost == dollars("0.0155"), "the provider had no room for flex"


def test_a_bill_was_made_by_no_rates_of_ours(meter: Meter) -> None:
    started = meter.start(FakeBackend(), turn="t", conversation="c", prompt=Prompt(10, 20))
    assert meter.settle(started, USAGE_A, AttemptState.OK, billed=5).rates is None


def test_the_model_that_served_is_priced_and_else_the_one_requested(meter: Meter) -> None:
    costs = []
    for served in ("gpt-5-mini", "an-alias-of-the-server", None):
        started = meter.start(FakeBackend(), turn="t", conversation="c")
        settled = meter.settle(started, USAGE_A, AttemptState.OK, model_served=served)
        costs.append((settled.cost, settled.rates and settled.rates["model"]))
    assert costs == [
        (dollars("0.0031"), "gpt-5-mini"),
        (dollars("0.0155"), "gpt-5"),
        (dollars("0.0155"), "gpt-5"),
    ]


def test_a_second_settlement_is_refused(meter: Meter) -> None:
    started = meter.start(FakeBackend(), turn="t", conversation="c")
    meter.settle(started, USAGE_A, AttemptState.OK)
    with pytest.raises(AttemptNotOpen):
        meter.settle(started, USAGE_A, AttemptState.STOPPED)
    assert meter.today().attempts == 1
    assert meter.today().cost == dollars("0.0155")


@pytest.mark.parametrize(
    ("zone", "now", "day"),
    (
        ("UTC", "2026-11-22T23:59:59.999999+00:00", date(2026, 11, 22)),
        ("Europe/Berlin", "2026-11-22T22:59:59.999999+00:00", date(2026, 11, 22)),
        ("Europe/Berlin", "2026-11-22T23:00:00+00:00", date(2026, 11, 23)),
        # Clocks go back at 03:00 on this day: its midnight is still summer time.
        ("Europe/Berlin", "2026-10-24T22:00:00+00:00", date(2026, 10, 25)),
        # Clocks go forward at midnight here: the day begins with the change.
        ("America/Santiago", "2026-09-06T03:59:59+00:00", date(2026, 9, 5)),
        ("America/Santiago", "2026-09-06T04:00:00+00:00", date(2026, 9, 6)),
    ),
)
def test_a_call_counts_for_the_day_of_its_zone(
    ledger: Ledger, clock: Clock, zone: str, now: str, day: date
) -> None:
    clock.now = datetime.fromisoformat(now)
    meter = Meter(ledger, PRICES, clock, ZoneInfo(zone))
    call(meter)
    assert [row.day for row in ledger.attempts()] == [day]
    assert (meter.day(), meter.today().attempts) == (day, 1)
    clock.now += timedelta(hours=25)  # the longest day
    assert meter.today().attempts == 0


def test_conversations_are_counted_apart(meter: Meter) -> None:
    call(meter, conversation="a")
    call(meter, conversation="b", backend=OFFLINE)
    assert meter.conversation("a").cost == dollars("0.0155")
    assert (meter.conversation("b").cost, meter.conversation("b").unmetered) == (None, 1)
    assert meter.today().cost == dollars("0.0155")
    assert meter.conversation("none") == Totals(0, 0, 0, 0, False, 0, 0, 0, 0, False, 0)


KNOWN = st.builds(
    lambda fresh, cached, output: Usage(
        fresh + cached, cached, None, None, output, source=UsageSource.PROVIDER
    ),
    st.integers(0, 10**6),
    st.integers(0, 10**6),
    st.integers(0, 10**5),
)
CALLS = st.lists(
    st.tuples(
        st.one_of(KNOWN, st.just(Usage())),
        st.sampled_from((FakeBackend(), OFFLINE, UNKNOWN)),
        st.sampled_from("ab"),
    ),
    max_size=6,
)


@settings(max_examples=20, deadline=None)
@given(CALLS)
def test_the_meter_is_the_sum_of_the_rows(
    calls: list[tuple[Usage, FakeBackend, str]],
) -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        closing(Ledger(Path(folder) / "ledger.db")) as ledger,
    ):
        meter = Meter(ledger, PRICES, Clock())
        for usage, backend, conversation in calls:
            call(meter, usage, backend, conversation)
        rows = ledger.attempts()
        parts = [meter.conversation(name) for name in "ab"]
        total = meter.today()
    known = [row.cost for row in rows if row.cost is not None]
    assert total.attempts == len(calls) == sum(part.attempts for part in parts)
    unknown = total.unpriced + total.unmetered
    assert unknown == len(rows) - len(known) == sum(p.unpriced + p.unmetered for p in parts)
    assert total.cost == (sum(known) if known or not rows else None)
    assert sum(part.cost or 0 for part in parts) == (total.cost or 0)
