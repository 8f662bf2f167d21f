from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.cost.errors import InvalidUsage
from assistant.cost.models import CostSource, Overlay, Price, Usage, UsageSource
from assistant.cost.price_data import PriceData
from assistant.cost.prices import Prices, Rate, Regime
from corpus.errors import ConfigurationError
from tests.assistant.cost.price_payloads import encoded, model_of, raw_providers
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


def test_a_tier_that_only_the_lender_of_an_entry_prices_is_unpriced() -> None:
    """Azure's gpt-5 is OpenAI's entry; OpenAI's price of a tier is none of Azure's."""
    assert PRICES.price("azure", "gpt-5", USAGE_A, NOON).cost == dollars("0.0155")
    assert PRICES.price("azure", "gpt-5", USAGE_A, NOON, tier="flex").cost is None
    assert PRICES.price("openai", "gpt-5", USAGE_A, NOON, tier="flex").cost == dollars("0.00775")


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


def fetched(raw: object) -> Prices:
    return Prices(data=PriceData("https://prices.example.com/", NOON, encoded(raw)))


def test_fetched_data_gives_the_prices_and_says_so() -> None:
    raw = raw_providers(["openai"])
    model_of(raw, "openai", "gpt-5")["prices"]["input_mtok"] = 1.5
    newer = fetched(raw)
    price = newer.price("openai", "gpt-5", USAGE_A, NOON)
    assert price.cost == dollars("0.016")
    assert price.version == newer.version
    assert newer.version.startswith("genai-prices data of 2026-11-23 (sha256 ")
    assert newer.price("zai", "glm-5.2", USAGE_A, NOON).cost is None
    assert PRICES.price("openai", "gpt-5", USAGE_A, NOON).cost == dollars("0.0155")


def test_fetched_rates_keep_every_digit() -> None:
    digits = "0.12345678901234567890"  # more than a float holds
    payload = encoded(raw_providers(["openai"])).replace(
        b'"input_mtok": 1.25', f'"input_mtok": {digits}'.encode()
    )
    data = PriceData("https://prices.example.com/", NOON, payload)
    price = Prices(data=data).price("openai", "gpt-5", USAGE_A, NOON)
    assert price.rates is not None
    assert price.rates["input_mtok"] == digits


@pytest.mark.parametrize(
    "prices",
    (
        {},
        {"input_mtok": 1},
        {"output_mtok": 1},
        {"input_mtok": -1, "output_mtok": 1},
        {"input_mtok": 1, "output_mtok": 1, "thought_mtok": 1},  # newer than the package
        [],
    ),
    ids=("empty", "no output", "no input", "negative", "unknown kind", "none"),
)
def test_a_wrong_entry_of_fetched_data_is_unpriced_and_never_free(prices: object) -> None:
    raw = raw_providers(["openai"])
    model_of(raw, "openai", "gpt-5")["prices"] = prices
    assert fetched(raw).price("openai", "gpt-5", USAGE_A, NOON).source is CostSource.UNPRICED


def test_a_tier_that_fetched_data_does_not_know_is_unpriced() -> None:
    raw = raw_providers(["openai"])
    del model_of(raw, "openai", "gpt-5")["price_variants"]
    newer = fetched(raw)
    assert newer.price("openai", "gpt-5", USAGE_A, NOON, tier="flex").cost is None
    assert newer.price("openai", "gpt-5", USAGE_A, NOON).cost == dollars("0.0155")


def test_nothing_is_loaded_before_the_first_price() -> None:
    script = (
        "import sys; from assistant.cost.prices import Prices; prices = Prices();"
        "print([name for name in ('genai_prices', 'httpx2') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def regimes(provider: str, model: str, prices: Prices = PRICES) -> list[Regime | None]:
    """The regime at every hour of a day."""
    midnight = datetime(2026, 11, 23, tzinfo=UTC)
    return [prices.regime(provider, model, midnight + timedelta(hours=h)) for h in range(24)]


def test_peak_hours_are_a_regime_of_their_own() -> None:
    hours = regimes("deepseek", "deepseek-v4-pro")
    off_peak, peak = hours[0], hours[1]
    assert off_peak != peak
    assert [hour for hour, regime in enumerate(hours) if regime == peak] == [1, 2, 3, 6, 7, 8, 9]
    assert {regime for regime in hours} == {off_peak, peak}
    assert off_peak is not None
    assert Rate("input_mtok", None, 0, "0.66") in off_peak.rates


def test_a_flat_price_is_one_regime_without_breaks() -> None:
    (only,) = set(regimes("openai", "gpt-5"))
    assert only is not None
    assert only.breaks == ()


def test_breaks_are_where_a_context_tier_begins() -> None:
    (only,) = set(regimes("google", "gemini-2.5-pro"))
    assert only is not None
    assert only.breaks == (200_000,)
    assert Rate("input_mtok", None, 200_000, "2.5") in only.rates


def test_a_regime_ends_where_a_tier_gets_its_price() -> None:
    before = datetime.fromisoformat("2026-10-11T12:00:00+00:00")
    old, new = (PRICES.regime("openai", "gpt-5", at) for at in (before, NOON))
    assert old != new
    assert new is not None
    assert Rate("input_mtok", "flex", 0, "0.625") in new.rates


def test_an_overlay_is_one_regime() -> None:
    (only,) = set(regimes("DashScope", "Qwen3-Max", Prices([QWEN])))
    assert only is not None
    assert only.breaks == ()
    assert Rate("cache_read_mtok", None, 0, "0.24") in only.rates


@pytest.mark.parametrize(
    ("provider", "model"),
    (("local", "offline-analyst-1"), ("openai", "no-such"), ("github-copilot", "gpt-4.1")),
)
def test_what_has_no_price_has_no_regime(provider: str, model: str) -> None:
    assert PRICES.regime(provider, model, NOON) is None


def test_a_regime_needs_an_aware_time() -> None:
    with pytest.raises(ValueError, match="aware"):
        PRICES.regime("openai", "gpt-5", NOON.replace(tzinfo=None))


@given(st.integers(0, 24 * 60 - 1), st.integers(0, 24 * 60 - 1))
def test_equal_regimes_give_equal_prices(first: int, second: int) -> None:
    midnight = datetime(2026, 11, 23, tzinfo=UTC)
    instants = [midnight + timedelta(minutes=minute) for minute in (first, second)]
    rates, costs = (
        [read(at) for at in instants]
        for read in (
            lambda at: PRICES.regime("deepseek", "deepseek-v4-pro", at),
            lambda at: PRICES.price("deepseek", "deepseek-v4-pro", USAGE_A, at).cost,
        )
    )
    assert (rates[0] == rates[1]) == (costs[0] == costs[1])
