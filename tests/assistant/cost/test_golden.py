"""The golden cases: each number is worked out by hand from the provider's rates."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime

import pytest

from assistant.cost.errors import InvalidUsage
from assistant.cost.models import CostSource, Usage, UsageSource
from assistant.cost.prices import Prices
from tests.assistant.cost.samples import NOON, USAGE_A, dollars

PRICES = Prices()


@dataclass(frozen=True)
class Golden:
    number: str
    provider: str
    model: str
    usage: Usage
    usd: str
    at: datetime = NOON
    tier: str | None = None


def reported(input_tokens: int, output_tokens: int, **counts: int) -> Usage:
    return Usage(
        input_tokens=input_tokens,
        output_tokens=output_tokens,
        source=UsageSource.PROVIDER,
        **counts,  # type: ignore[arg-type]
    )


def at(hour: int, minute: int = 0, second: int = 0) -> datetime:
    """A time on Monday, 23 November 2026."""
    return NOON.replace(hour=hour, minute=minute, second=second)


CACHED_BOTH_WAYS = reported(
    11_500,
    1_200,
    cache_read_tokens=8_000,
    cache_write_5m_tokens=1_000,
    cache_write_1h_tokens=500,
)
SEARCHED = replace(CACHED_BOTH_WAYS, web_searches=3)
GROK = reported(10_120, 4_308, cache_read_tokens=128, reasoning_tokens=2_809)
FLASH = reported(20_212, 931, cache_read_tokens=16_298)
PRO, SONNET, HAIKU = "deepseek-v4-pro", "claude-sonnet-4-6", "claude-haiku-5-5"
SOL, INTRODUCED = "gpt-5.6-sol", "gemini-3.6-flash"
AUGUST_20, AUGUST_21 = (datetime(2026, 8, day, 12, tzinfo=UTC) for day in (20, 21))
OLD_YEAR = datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC)
NEW_YEAR = datetime(2027, 1, 1, tzinfo=UTC)

CASES = (
    Golden("1", "openai", "gpt-5", USAGE_A, "0.0155"),
    Golden("2 flex", "openai", "gpt-5", USAGE_A, "0.00775", tier="flex"),
    Golden("3 priority", "openai", "gpt-5", USAGE_A, "0.031", tier="priority"),
    Golden("4", "zai", "glm-5.2", USAGE_A, "0.01016"),
    Golden("5", "moonshotai", "kimi-k2.6", USAGE_A, "0.00798"),
    Golden("6", "deepseek", PRO, USAGE_A, "0.003872"),
    Golden("7 peak", "deepseek", PRO, USAGE_A, "0.007744", at(2)),
    Golden("8 before the peak", "deepseek", PRO, USAGE_A, "0.003872", at(0, 59, 59)),
    Golden("8 first of the peak", "deepseek", PRO, USAGE_A, "0.007744", at(1)),
    Golden("8 after the peak", "deepseek", PRO, USAGE_A, "0.003872", at(4)),
    Golden("9 no cache rate", "openrouter", "qwen/qwen3-max", USAGE_A, "0.0192"),
    Golden("10 cache writes", "anthropic", SONNET, CACHED_BOTH_WAYS, "0.03315"),
    Golden("11 web searches", "anthropic", SONNET, SEARCHED, "0.06315"),
    Golden("12 below the cliff", "google", "gemini-2.5-pro", reported(200_000, 1_000), "0.260"),
    Golden("12 over the cliff", "google", "gemini-2.5-pro", reported(200_001, 1_000), "0.5150025"),
    Golden("13 below the cliff", "anthropic", HAIKU, reported(100_000, 1_000), "0.0105"),
    Golden("13 over the cliff", "anthropic", HAIKU, reported(100_001, 1_000), "0.0525005"),
    Golden(
        "14 batch", "anthropic", "claude-haiku-4-5", reported(10_000, 1_200), "0.008", tier="batch"
    ),
    Golden("14 standard", "anthropic", "claude-haiku-4-5", reported(10_000, 1_200), "0.016"),
    Golden("15 before the cut", "openai", SOL, USAGE_A, "0.050", AUGUST_20),
    Golden("15 after the cut", "openai", SOL, USAGE_A, "0.0352", AUGUST_21),
    Golden("16 introductory", "google", INTRODUCED, USAGE_A, "0.0066", OLD_YEAR),
    Golden("16 regular", "google", INTRODUCED, USAGE_A, "0.0132", NEW_YEAR),
    Golden("17 reasoning outside", "x-ai", "grok-4.20", GROK, "0.0232856"),
    Golden("18 request fee", "perplexity", "sonar", reported(1_000, 500), "0.0135"),
    Golden("19", "google", "gemini-3-flash-preview", FLASH, "0.0055649"),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.number)
def test_golden(case: Golden) -> None:
    price = PRICES.price(case.provider, case.model, case.usage, case.at, tier=case.tier)
    assert price.cost == dollars(case.usd)
    assert price.low == price.high == price.cost
    assert price.source is CostSource.PRICED


def test_golden_20_impossible_usage() -> None:
    with pytest.raises(InvalidUsage, match="invalid usage"):
        PRICES.price("openai", "gpt-5", reported(100, 10, cache_read_tokens=8_000), NOON)


@pytest.mark.parametrize(
    ("provider", "model"),
    (
        ("dashscope", "qwen3-max"),
        ("alibaba", "qwen3-max"),
        ("openai", "no-such-model"),
        ("no-such-provider", "gpt-5"),
    ),
)
def test_golden_21_unpriced_is_never_zero(provider: str, model: str) -> None:
    price = PRICES.price(provider, model, USAGE_A, NOON)
    assert price.source is CostSource.UNPRICED
    assert (price.low, price.cost, price.high, price.rates) == (None, None, None, None)


@pytest.mark.parametrize(
    ("mistake", "usd"),
    (("cached tokens counted twice", "0.0255"), ("reasoning counted twice", "0.0225")),
)
def test_what_must_never_appear(mistake: str, usd: str) -> None:
    assert PRICES.price("openai", "gpt-5", USAGE_A, NOON).cost != dollars(usd), mistake


def test_a_bare_model_name_never_finds_another_vendors_price() -> None:
    with_provider = PRICES.price("zai", "glm-5.2", USAGE_A, NOON)
    assert with_provider.rates is not None
    assert with_provider.rates["provider"] == "zai"
    assert PRICES.price("", "glm-5.2", USAGE_A, NOON).cost is None
