from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.cost.comparison import reprice, reprice_attempts
from assistant.cost.models import AttemptState, Reference, Usage, UsageSource
from assistant.cost.prices import Prices
from tests.assistant.cost.samples import NOON, USAGE_A, attempt, dollars

PRICES = Prices()
GPT5 = Reference("GPT-5", "openai", "gpt-5")
SONNET = Reference("Claude Sonnet 4.6", "anthropic", "claude-sonnet-4-6")
DEEPSEEK = Reference("DeepSeek V4 Pro", "deepseek", "deepseek-v4-pro")
UNKNOWN = Reference("Unknown", "dashscope", "qwen3-max")


@pytest.mark.parametrize(
    ("reference", "low", "high"),
    (
        (GPT5, "0.0155", "0.0245"),
        (SONNET, "0.0264", "0.048"),
        (Reference("GLM", "zai", "glm-5.2"), "0.01016", "0.01928"),
        (Reference("Kimi", "moonshotai", "kimi-k2.6"), "0.00798", "0.0143"),
        (DEEPSEEK, "0.003872", "0.008976"),
    ),
    ids=lambda value: value.label if isinstance(value, Reference) else value,
)
def test_usage_a_elsewhere(reference: Reference, low: str, high: str) -> None:
    (found,) = reprice(USAGE_A, [reference], PRICES, NOON)
    assert (found.low, found.high) == (dollars(low), dollars(high))
    assert found.note == "repriced, not run"
    assert found.reference == reference
    assert not found.estimated


def test_an_estimate_without_cache_counts_is_priced_uncached_at_both_ends() -> None:
    estimate = Usage(10_000, output_tokens=1_200, source=UsageSource.ESTIMATED)
    (found,) = reprice(estimate, [GPT5], PRICES, NOON)
    assert found.low == found.high == dollars("0.0245")
    assert found.estimated


def test_a_cache_written_in_vain_costs_more_than_none() -> None:
    written = Usage(10_000, 0, 10_000, 0, 100, source=UsageSource.PROVIDER)
    (found,) = reprice(written, [SONNET], PRICES, NOON)
    assert (found.low, found.high) == (dollars("0.0315"), dollars("0.039"))


@pytest.mark.parametrize("usage", (Usage(), replace(USAGE_A, cache_read_tokens=10_001)))
def test_unknown_and_impossible_usage_is_not_repriced(usage: Usage) -> None:
    (found,) = reprice(usage, [GPT5], PRICES, NOON)
    assert (found.low, found.high, found.unpriced) == (None, None, 1)


def test_an_unknown_reference_is_unpriced_and_the_others_stand() -> None:
    known, unknown = reprice(USAGE_A, [GPT5, UNKNOWN], PRICES, NOON)
    assert known.low == dollars("0.0155")
    assert (unknown.low, unknown.high, unknown.unpriced) == (None, None, 1)


def test_attempts_are_repriced_each_at_its_own_time_and_summed() -> None:
    off_peak = replace(attempt(), usage=USAGE_A)
    peak = replace(off_peak, started=NOON - timedelta(hours=10))
    (found,) = reprice_attempts([off_peak, peak], [DEEPSEEK], PRICES)
    assert (found.low, found.high) == (dollars("0.011616"), dollars("0.026928"))
    assert (found.attempts, found.unpriced) == (2, 0)


def test_a_sum_says_what_it_leaves_out() -> None:
    known = replace(attempt(), usage=USAGE_A)
    (found,) = reprice_attempts([known, attempt()], [GPT5], PRICES)
    assert (found.low, found.attempts, found.unpriced) == (dollars("0.0155"), 2, 1)


def test_answers_from_our_own_cache_are_not_repriced() -> None:
    cached = replace(attempt(), usage=USAGE_A, state=AttemptState.CACHED)
    (found,) = reprice_attempts([cached], [GPT5], PRICES)
    assert (found.low, found.high, found.attempts) == (0, 0, 0)


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 10**5))
def test_repricing_at_the_same_rates_is_the_identity(fresh: int, cached: int, output: int) -> None:
    usage = Usage(fresh + cached, cached, None, None, output, source=UsageSource.PROVIDER)
    (found,) = reprice(usage, [GPT5], PRICES, NOON)
    assert found.low == PRICES.price("openai", "gpt-5", usage, NOON).cost
    assert found.high is not None
    assert found.low is not None
    assert found.low <= found.high
