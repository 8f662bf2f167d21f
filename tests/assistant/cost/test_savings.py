from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from assistant.cost.ledger import Ledger
from assistant.cost.ledger_savings import read_savings, write_savings
from assistant.cost.models import Attempt, AttemptState, CostSource, Usage, UsageSource
from assistant.cost.prices import Prices
from assistant.cost.savings import (
    Saving,
    SavingKind,
    by_answer_cache,
    by_provider_cache,
    by_routing,
    by_slimming,
)
from tests.assistant.cost.samples import NOON, USAGE_A, FakeBackend, attempt, dollars

PRICES = Prices()
GPT5, MINI, CLAUDE = (
    ("openai", "gpt-5"),
    ("openai", "gpt-5-mini"),
    ("anthropic", "claude-sonnet-4-6"),
)
PLAIN = replace(USAGE_A, cache_read_tokens=None)


def settled(model: tuple[str, str], usage: Usage = PLAIN, backend: str = "b") -> Attempt:
    price = PRICES.price(*model, usage, NOON)
    return replace(
        attempt(),
        backend=backend,
        provider=model[0],
        model_requested=model[1],
        state=AttemptState.OK,
        usage=usage,
        cost_low=price.low,
        cost=price.cost,
        cost_high=price.high,
        cost_source=price.source,
        rates=price.rates,
    )


def test_a_provider_s_cache_saves_what_reading_it_costs_less() -> None:
    saving = by_provider_cache([settled(GPT5, USAGE_A)], PRICES)
    assert saving is not None
    assert (saving.counterfactual, saving.actual) == (dollars("0.0245"), dollars("0.0155"))
    assert (saving.saved, saving.estimated) == (dollars("0.009"), False)
    assert by_provider_cache([settled(GPT5)], PRICES) is None


def test_a_cache_that_is_written_and_never_read_costs_more() -> None:
    written = Usage(10_000, None, 8_000, None, 100, source=UsageSource.PROVIDER)
    saving = by_provider_cache([settled(CLAUDE, written)], PRICES)
    assert saving is not None
    assert saving.saved == -dollars("0.006"), "8,000 x ($3.75 - $3)"


def test_a_bill_without_rates_says_nothing_of_its_cache() -> None:
    billed = replace(settled(GPT5, USAGE_A), cost_source=CostSource.BILLED, rates=None)
    saving = by_provider_cache([billed], PRICES)
    assert saving is not None
    assert (saving.counterfactual, saving.saved) == (None, None)


def test_a_slim_context_saves_the_tokens_that_it_leaves_out_of_every_call() -> None:
    calls = [settled(GPT5), settled(GPT5)]
    saving = by_slimming(calls, 2_000, PRICES)
    assert saving is not None
    assert saving.saved == 2 * dollars("0.0025")
    assert saving.estimated
    assert by_slimming(calls, 0, PRICES) is None
    free = replace(settled(GPT5), cost_source=CostSource.LOCAL, cost=None, rates=None)
    assert by_slimming([free], 2_000, PRICES) is None
    hourly = replace(free, cost=5, rates={"hourly_usd": "1", "source": "backends.toml"})
    assert by_slimming([hourly], 2_000, PRICES) is None
    both = by_slimming([hourly, settled(GPT5)], 2_000, PRICES)
    assert both is not None and both.saved == dollars("0.0025")


HARD = FakeBackend(name="hard")
CHAIN = {"hard", "stand-in"}


def test_routing_saves_the_difference_to_the_hard_backend() -> None:
    saving = by_routing([settled(MINI)], [], HARD, CHAIN, PRICES)
    assert saving.counterfactual == dollars("0.0245")
    assert saving.saved == dollars("0.0245") - dollars("0.0049")
    assert saving.estimated


def test_routing_that_had_to_ask_the_hard_backend_after_all_has_cost_more() -> None:
    hard = settled(GPT5, backend="hard")
    saving = by_routing([hard], [settled(MINI)], HARD, CHAIN, PRICES)
    assert (saving.counterfactual, saving.actual) == (dollars("0.0245"), dollars("0.0245"))
    assert saving.saved == -dollars("0.0049")
    assert not saving.estimated


def test_who_stands_in_for_the_hard_backend_would_have_done_so_without_rules_too() -> None:
    failed, stand_in = settled(GPT5, backend="hard"), settled(MINI, backend="stand-in")
    saving = by_routing([stand_in], [settled(MINI), failed], HARD, CHAIN, PRICES)
    assert saving.counterfactual == dollars("0.0245") + dollars("0.0049")
    assert saving.saved == -dollars("0.0049"), "the routine call in vain"


def test_the_same_cent_is_saved_once() -> None:
    """What the provider's cache is said to save is not claimed by routing too."""
    cached = settled(MINI, USAGE_A)
    routing = by_routing([cached], [], HARD, CHAIN, PRICES)
    cache = by_provider_cache([cached], PRICES)
    assert routing.saved is not None and cache is not None and cache.saved is not None
    assert routing.saved + cache.saved == dollars("0.0245") - (cached.cost or 0)


def test_a_hard_backend_of_our_own_would_have_billed_nothing() -> None:
    own = replace(HARD, provider="local", model="llama", local=True)
    assert by_routing([settled(MINI)], [], own, CHAIN, PRICES).saved == -dollars("0.0049")


def test_what_was_paid_in_vain_before_a_kept_answer_is_its_overhead() -> None:
    saving = by_answer_cache("b", dollars("0.01"), [settled(MINI)])
    assert saving.saved == dollars("0.01") - dollars("0.0049")


def test_routing_to_our_own_machine_saves_the_whole_bill() -> None:
    own = replace(settled(MINI), cost_source=CostSource.LOCAL, cost=None, rates=None)
    assert by_routing([own], [], HARD, CHAIN, PRICES).saved == dollars("0.0245")


def test_an_unknown_part_makes_the_saving_unknown() -> None:
    unpriced = settled(("dashscope", "qwen3-max"))
    nameless = replace(HARD, provider="dashscope", model="qwen3-max")
    assert by_routing([unpriced], [], HARD, CHAIN, PRICES).saved is None
    assert by_routing([settled(MINI)], [unpriced], HARD, CHAIN, PRICES).saved is None
    assert by_routing([settled(MINI)], [], nameless, CHAIN, PRICES).saved is None
    assert by_answer_cache("b", None).saved is None


AMOUNTS = st.none() | st.integers(0, 10**13)


@given(AMOUNTS, AMOUNTS, AMOUNTS)
def test_saved_is_known_exactly_where_all_of_it_is(
    counterfactual: int | None, actual: int | None, overhead: int | None
) -> None:
    saving = Saving(SavingKind.ROUTING, "b", counterfactual, actual, overhead, estimated=True)
    parts = (counterfactual, actual, overhead)
    assert (saving.saved is None) == any(part is None for part in parts)
    if counterfactual is not None and actual is not None and overhead is not None:
        assert saving.saved == counterfactual - actual - overhead


def test_savings_return_as_they_were_written_once(data: Path) -> None:
    found = (
        Saving(SavingKind.ROUTING, "b", 5, 2, 1, estimated=True),
        Saving(SavingKind.SLIMMING, "b", None, 2, 0, estimated=False),
    )
    with closing(Ledger(data / "ledger.db")) as ledger:
        for rows in (found, (replace(found[0], actual=99),), ()):
            write_savings(ledger.file, "t", "c", "local", NOON.date(), rows)
        assert read_savings(ledger.file, "t") == found
        assert read_savings(ledger.file, "other") == ()
