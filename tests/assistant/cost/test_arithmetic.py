from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.cost.arithmetic import Line, arithmetic, source_of
from assistant.cost.models import Attempt, AttemptState, CostSource, Usage, UsageSource
from assistant.cost.prices import Prices
from tests.assistant.cost.samples import USAGE_A, attempt, dollars
from tests.assistant.cost.test_golden import CASES, Golden

PRICES = Prices()


def priced(
    provider: str, model: str, usage: Usage, golden: Golden | None = None, **changes: object
) -> Attempt:
    at = golden.at if golden else attempt().started
    tier = golden.tier if golden else None
    price = PRICES.price(provider, model, usage, at, tier=tier, max_output_tokens=4096)
    row = replace(
        attempt(),
        provider=provider,
        model_requested=model,
        started=at,
        tier=tier,
        state=AttemptState.OK,
        usage=usage,
        cost_low=price.low,
        cost=price.cost,
        cost_high=price.high,
        cost_source=price.source,
        rates=price.rates,
        price_version=price.version,
    )
    return replace(row, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.number)
def test_the_lines_of_each_golden_case_come_to_its_cost(case: Golden) -> None:
    lines = arithmetic(priced(case.provider, case.model, case.usage, case))
    assert sum(line.amount or 0 for line in lines) == dollars(case.usd)
    assert all(line.rate is not None for line in lines), "every line has its rate"


def test_the_lines_say_what_was_paid_for() -> None:
    lines = arithmetic(priced("openai", "gpt-5", USAGE_A))
    assert lines == (
        Line(
            "input, not cached", "2,000", Decimal("1.25"), "per million tokens", dollars("0.0025")
        ),
        Line(
            "input, read from the cache",
            "8,000",
            Decimal("0.125"),
            "per million tokens",
            dollars("0.001"),
        ),
        Line(
            "output, 700 of it reasoning",
            "1,200",
            Decimal("10"),
            "per million tokens",
            dollars("0.012"),
        ),
    )


def test_what_the_lines_do_not_explain_is_a_line_of_its_own() -> None:
    row = priced("openai", "gpt-5", USAGE_A, cost=dollars("0.0156"))
    assert arithmetic(row)[-1] == Line(
        "other charges of the price data", "", None, "", dollars("0.0001")
    )


def test_a_bill_an_hour_and_the_unknown_have_their_own_lines() -> None:
    billed = priced("openai", "gpt-5", USAGE_A, cost=7, cost_source=CostSource.BILLED, rates=None)
    assert [line.amount for line in arithmetic(billed)] == [None, None, 7]
    assert source_of(billed) == "the provider's own bill"
    rates: Mapping[str, str] = {"hourly_usd": "0.36", "source": "backends.toml"}
    hourly = replace(
        billed,
        cost_source=CostSource.LOCAL,
        rates=rates,
        total_seconds=2.5,
        cost=dollars("0.00025"),
    )
    assert arithmetic(hourly)[-1] == Line(
        "seconds", "2.5", Decimal("0.36"), "an hour", dollars("0.00025")
    )
    assert source_of(hourly) == "our own machine, by the hour (backends.toml)"
    unpriced = priced("dashscope", "qwen3-max", USAGE_A)
    assert [line.amount for line in arithmetic(unpriced)] == [None, None]
    assert source_of(unpriced) == "no price for dashscope/qwen3-max in the price data"
    unmetered = replace(unpriced, cost_source=CostSource.LOCAL)
    assert "not metered" in source_of(unmetered)
    cached = replace(billed, state=AttemptState.CACHED, cost_source=CostSource.LOCAL, cost=0)
    assert arithmetic(cached) == ()
    assert "no call was made" in source_of(cached)


def test_the_source_names_model_tier_data_and_time() -> None:
    flex = next(case for case in CASES if case.number == "2 flex")
    row = priced("openai", "gpt-5", USAGE_A, flex)
    assert source_of(row) == (
        f"openai/gpt-5, tier flex, prices of {PRICES.version} at 2026-11-23 12:00 UTC"
    )


COUNTS = st.integers(0, 150_000)


@given(COUNTS, COUNTS, COUNTS, COUNTS, st.sampled_from(("claude-sonnet-4-6", "claude-haiku-5-5")))
def test_any_usage_comes_to_its_cost(
    fresh: int, read: int, written: int, output: int, model: str
) -> None:
    usage = Usage(
        input_tokens=fresh + read + written,
        cache_read_tokens=read,
        cache_write_5m_tokens=written,
        output_tokens=output,
        source=UsageSource.PROVIDER,
    )
    row = priced("anthropic", model, usage)
    assert row.cost is not None
    lines = arithmetic(row)
    assert abs(sum(line.amount or 0 for line in lines) - row.cost) <= len(lines)
    assert all(line.rate is not None for line in lines)
