from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from decimal import ROUND_HALF_EVEN, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.cost.errors import InvalidUsage
from assistant.cost.models import CostSource, Overlay, Price, Usage, UsageSource
from assistant.cost.prices import Prices
from corpus.errors import ConfigurationError
from tests.assistant.cost.samples import NOON, USAGE_A, dollars

QWEN = Overlay(
    provider="dashscope",
    model="qwen3-max",
    input_mtok=Decimal("1.20"),
    output_mtok=Decimal("6.00"),
    cache_read_mtok=Decimal("0.24"),
    currency="USD",
    source="the provider's price page",
    as_of=date(2026, 11, 1),
)
PRICES = Prices()


def qwen(usage: Usage, entry: Overlay = QWEN, tier: str | None = None) -> Price:
    return Prices([entry]).price("DashScope", "Qwen3-Max", usage, NOON, tier=tier)


def test_overlay_prices_what_the_data_lacks() -> None:
    price = qwen(USAGE_A)
    assert price.cost == dollars("0.01152")
    assert price.rates == {
        "provider": "dashscope",
        "model": "qwen3-max",
        "input_mtok": "1.20",
        "cache_read_mtok": "0.24",
        "output_mtok": "6.00",
        "source": "the provider's price page (2026-11-01)",
    }
    assert price.overlay_hash is not None


def test_overlay_without_a_cache_rate_charges_cached_tokens_as_others() -> None:
    assert qwen(USAGE_A, replace(QWEN, cache_read_mtok=None)).cost == dollars("0.0192")


def test_overlay_is_unpriced_for_what_it_has_no_price_of() -> None:
    assert qwen(USAGE_A, tier="flex").cost is None
    assert qwen(replace(USAGE_A, web_searches=1)).cost is None


def test_overlay_goes_before_the_data() -> None:
    own = replace(QWEN, provider="openai", model="gpt-5", source="our contract")
    price = Prices([own]).price("openai", "gpt-5", USAGE_A, NOON)
    assert price.cost == dollars("0.01152")


def test_overlay_hash_follows_the_content_and_not_the_order() -> None:
    other = replace(QWEN, model="qwen3-plus")
    assert Prices([QWEN, other]).overlay_hash == Prices([other, QWEN]).overlay_hash
    assert Prices([QWEN]).overlay_hash != Prices([replace(QWEN, source="x")]).overlay_hash
    assert PRICES.overlay_hash is None


def test_overlay_in_another_currency_is_refused() -> None:
    with pytest.raises(ConfigurationError, match=r"dashscope/qwen3-max.*'CNY'.*convert"):
        Prices([replace(QWEN, currency="CNY")])


def test_overlay_entered_twice_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="twice"):
        Prices([QWEN, replace(QWEN, model="QWEN3-MAX")])


def test_half_a_pico_dollar_is_rounded_to_even_once_per_attempt() -> None:
    half = replace(QWEN, input_mtok=Decimal("0.0000005"), output_mtok=Decimal(0))
    costs = [
        qwen(Usage(count, output_tokens=0, source=UsageSource.PROVIDER), half).cost
        for count in (1, 2, 3, 5)
    ]
    assert costs == [0, 1, 2, 2]


@pytest.mark.parametrize(
    "usage",
    (
        Usage(),
        Usage(input_tokens=10, source=UsageSource.PROVIDER),
        Usage(output_tokens=10, source=UsageSource.PROVIDER),
    ),
)
def test_unknown_usage_is_unpriced(usage: Usage) -> None:
    assert PRICES.price("openai", "gpt-5", usage, NOON).source is CostSource.UNPRICED


@pytest.mark.parametrize(
    ("provider", "model"),
    (
        ("github-copilot", "gpt-4.1"),  # an entry with no price at all
        ("openai", "text-embedding-3-small"),  # no price for output
        ("groq", "whisper-large-v3"),  # priced by the hour, not by the token
    ),
)
def test_an_entry_without_the_price_that_is_needed_is_unpriced(provider: str, model: str) -> None:
    assert PRICES.price(provider, model, USAGE_A, NOON).cost is None


def test_a_search_that_has_no_price_is_not_free() -> None:
    assert PRICES.price("zai", "glm-5.2", replace(USAGE_A, web_searches=1), NOON).cost is None


def test_a_tier_without_a_price_is_unpriced() -> None:
    assert PRICES.price("zai", "glm-5.2", USAGE_A, NOON, tier="flex").cost is None
    assert PRICES.price("zai", "glm-5.2", USAGE_A, NOON, tier="default").cost == dollars("0.01016")


def test_a_tier_is_unpriced_before_its_price_began() -> None:
    before = datetime.fromisoformat("2026-09-01T12:00:00+00:00")
    assert PRICES.price("openai", "gpt-5", USAGE_A, before, tier="flex").cost is None


def test_rates_are_those_of_the_context_tier() -> None:
    usage = Usage(200_001, output_tokens=1_000, source=UsageSource.PROVIDER)
    price = PRICES.price("google", "gemini-2.5-pro", usage, NOON)
    assert price.rates is not None
    assert (price.rates["input_mtok"], price.rates["output_mtok"]) == ("2.5", "15")
    assert price.rates["source"] == "genai-prices"
    assert price.version.startswith("genai-prices 0.")


def test_an_estimate_ranges_up_to_the_longest_reply() -> None:
    estimate = Usage(2_000, output_tokens=100, source=UsageSource.ESTIMATED)
    price = PRICES.price("openai", "gpt-5", estimate, NOON, max_output_tokens=1_000)
    assert price.source is CostSource.ESTIMATED
    assert price.low == price.cost == dollars("0.0035")
    assert price.high == dollars("0.0125")


def test_a_reported_usage_has_no_range() -> None:
    price = PRICES.price("openai", "gpt-5", USAGE_A, NOON, max_output_tokens=9_999)
    assert price.high == price.cost


@pytest.mark.parametrize(
    "wrong",
    (
        {"cache_read_tokens": 10_001},
        {"cache_write_5m_tokens": 1_500, "cache_write_1h_tokens": 501},
        {"reasoning_tokens": 1_201},
        {"output_tokens": -1, "reasoning_tokens": None},
    ),
)
def test_impossible_usage_is_an_error(wrong: dict[str, int | None]) -> None:
    with pytest.raises(InvalidUsage, match="invalid usage"):
        PRICES.price("openai", "gpt-5", replace(USAGE_A, **wrong), NOON)  # type: ignore[arg-type]


def test_a_naive_time_is_an_error() -> None:
    with pytest.raises(ValueError, match="aware"):
        PRICES.price("openai", "gpt-5", USAGE_A, NOON.replace(tzinfo=None))


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 10**5))
def test_the_stored_rates_give_the_cost_again(fresh: int, cached: int, output: int) -> None:
    usage = Usage(fresh + cached, cached, None, None, output, source=UsageSource.PROVIDER)
    for provider, model in (("openai", "gpt-5"), ("google", "gemini-2.5-pro")):
        price = PRICES.price(provider, model, usage, NOON)
        assert price.rates is not None
        rates = {key: Decimal(price.rates[f"{key}_mtok"]) for key in ("input", "output")}
        cached_rate = Decimal(price.rates["cache_read_mtok"])
        pico = fresh * rates["input"] + cached * cached_rate + output * rates["output"]
        assert price.cost == (pico * 10**6).to_integral_value(ROUND_HALF_EVEN)
