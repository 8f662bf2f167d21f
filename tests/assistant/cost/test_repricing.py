"""Periods repriced in sums against the same calls repriced one by one."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.cost.comparison import reprice_attempts
from assistant.cost.cost_reading import read_costs, reprice_costs
from assistant.cost.cost_sums import Dimension, Period
from assistant.cost.ledger import Ledger
from assistant.cost.models import (
    Attempt,
    AttemptState,
    Overlay,
    Purpose,
    Reference,
    Repriced,
    Usage,
    UsageSource,
)
from assistant.cost.prices import Prices
from tests.assistant.cost.ledgers import call, keep
from tests.assistant.cost.samples import NOON, USAGE_A

OVERLAY = Overlay(
    "house", "own", Decimal("1.2"), Decimal("6"), None, "USD", "our contract", date(2026, 11, 1)
)
PRICES = Prices([OVERLAY])
GPT5 = Reference("GPT-5", "openai", "gpt-5")
DEEPSEEK = Reference("DeepSeek", "deepseek", "deepseek-v4-pro")
GEMINI = Reference("Gemini", "google", "gemini-2.5-pro")
HAIKU = Reference("Haiku", "anthropic", "claude-haiku-5-5")
SONAR = Reference("Sonar", "perplexity", "sonar")
OWN = Reference("Own", "house", "own")
UNKNOWN = Reference("Unknown", "dashscope", "qwen3-max")
ALL = (GPT5, DEEPSEEK, GEMINI, HAIKU, SONAR, OWN, UNKNOWN)


def in_sums(rows: Iterable[Attempt], references: Sequence[Reference]) -> tuple[Repriced, ...]:
    with tempfile.TemporaryDirectory() as folder, closing(Ledger(Path(folder, "l.db"))) as ledger:
        keep(ledger, *(replace(row, id=str(n)) for n, row in enumerate(rows)))
        report = read_costs(ledger.file, Period(), Dimension.BACKEND)
        return reprice_costs(ledger.file, report, references, PRICES, NOON)


def usage(fresh: int, read: int, said: int, thought: int) -> Usage:
    counts = (fresh + read, read, None, None, said + thought, thought)
    return Usage(*counts, UsageSource.PROVIDER)


USAGES = st.builds(
    usage,
    st.integers(0, 3_000) | st.integers(99_990, 300_000),
    st.integers(0, 5_000),
    st.integers(0, 2_000),
    st.integers(0, 900),
)
MOMENTS = st.integers(0, 60 * 24 * 4).map(lambda minutes: NOON + timedelta(minutes=minutes))


@given(st.lists(st.tuples(USAGES, MOMENTS), min_size=1, max_size=10))
@settings(max_examples=60)
def test_a_period_costs_what_its_calls_cost_one_by_one(calls: list[tuple[Usage, datetime]]) -> None:
    rows = [call(0, one, at=at) for one, at in calls]
    for summed, single in zip(in_sums(rows, ALL), reprice_attempts(rows, ALL, PRICES), strict=True):
        assert summed == single


def test_repricing_at_the_same_rates_is_the_identity() -> None:
    rows = [call(0, USAGE_A, at=NOON + timedelta(minutes=n)) for n in range(7)]
    spent = PRICES.price("openai", "gpt-5", USAGE_A, NOON).cost
    (found,) = in_sums(rows, [GPT5])
    assert spent is not None
    assert found.low == 7 * spent
    assert (found.low, found.high) == (7 * 15_500_000_000, 7 * 24_500_000_000)


def test_a_cache_that_is_written_and_not_read_costs_more_than_none() -> None:
    written = Usage(1_000, None, 1_000, None, 10, None, UsageSource.PROVIDER)
    mixed = [call(0, written), call(0, USAGE_A)]
    (summed,) = in_sums(mixed, [HAIKU])
    (single,) = reprice_attempts(mixed, [HAIKU], PRICES)
    assert None not in (summed.low, summed.high, single.low, single.high)
    assert (single.low or 0) <= (summed.low or 0) <= (summed.high or 0) <= (single.high or 0)


@pytest.mark.parametrize(
    "usage",
    [
        Usage(),
        Usage(input_tokens=10),
        Usage(100, 8_000, None, None, 5, None, UsageSource.PROVIDER),
        Usage(100, None, None, None, 5, 9, UsageSource.PROVIDER),
        Usage(100, -1, None, None, 5, None, UsageSource.PROVIDER),
    ],
    ids=["none", "no output", "cached more than all", "reasoned more than said", "negative"],
)
def test_calls_without_possible_counts_are_left_out(usage: Usage) -> None:
    (alone,) = in_sums([call(0, usage)], [GPT5])
    assert (alone.low, alone.high, alone.attempts, alone.unpriced) == (None, None, 1, 1)
    (beside,) = in_sums([call(0, usage), call(0, USAGE_A)], [GPT5])
    assert (beside.low, beside.unpriced) == (15_500_000_000, 1)


def test_answers_from_our_cache_and_the_embedder_are_not_repriced() -> None:
    rows = [
        call(0, USAGE_A, state=AttemptState.CACHED),
        call(0, USAGE_A, purpose=Purpose.EMBED),
    ]
    (found,) = in_sums(rows, [GPT5])
    assert (found.low, found.high, found.attempts, found.unpriced) == (0, 0, 0, 0)


def test_a_context_tier_that_has_ended_meanwhile_still_counts_for_its_time() -> None:
    sonnet = Reference("Sonnet", "anthropic", "claude-sonnet-4-6")
    then = datetime(2026, 2, 2, 12, tzinfo=UTC)
    (now_breaks, then_breaks) = (
        PRICES.regime(sonnet.provider, sonnet.model, at) for at in (NOON, then)
    )
    assert now_breaks is not None
    assert then_breaks is not None
    assert (now_breaks.breaks, then_breaks.breaks) == ((), (200_000,))
    sizes = (150_000, 200_000, 200_001, 250_000)
    rows = [call(0, replace(USAGE_A, input_tokens=size), at=then) for size in sizes]
    assert in_sums(rows, [sonnet]) == reprice_attempts(rows, [sonnet], PRICES)


def test_estimated_usage_is_marked() -> None:
    (found,) = in_sums([call(0, replace(USAGE_A, source=UsageSource.ESTIMATED))], [GPT5])
    assert found.estimated


def test_calls_at_the_edge_of_a_context_tier_stay_on_their_side() -> None:
    full = Usage(200_000, None, None, None, 1_000, None, UsageSource.PROVIDER)
    rows = [call(0, full), call(0, replace(full, cache_read_tokens=3))]
    assert in_sums(rows, [GEMINI]) == reprice_attempts(rows, [GEMINI], PRICES)
