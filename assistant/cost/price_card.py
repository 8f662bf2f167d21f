"""What a model costs on a day, whatever the hour and however large the input. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from assistant.cost.models import CostSource, Usage, UsageSource
from assistant.cost.price_data import PACKAGE
from assistant.cost.prices import Prices, Rate, Regime

__all__ = ["PriceCard", "Span", "price_card", "rates_by_kind"]

STEP = timedelta(minutes=15)
"""Providers begin and end their peak hours on a quarter of an hour."""
STEPS = timedelta(days=1) // STEP
ONE_TOKEN_EACH = Usage(input_tokens=1, output_tokens=1, source=UsageSource.PROVIDER)


@dataclass(frozen=True, slots=True)
class Span:
    """Rates and the hours of the UTC day at which they apply ("01:00–04:00"), none for all day."""

    hours: tuple[str, ...]
    regime: Regime


@dataclass(frozen=True, slots=True)
class PriceCard:
    """The rates of a model in one UTC day; the span in force at the moment asked for is first.

    `source` is what the rates are from and when that was read, `version` the data consulted.
    """

    provider: str
    model: str
    source: str
    version: str
    spans: tuple[Span, ...]


def price_card(prices: Prices, provider: str, model: str, at: datetime) -> PriceCard | None:
    """Return the rates of a model in the UTC day of the aware `at`; None for an unpriced model."""
    price = prices.price(provider, model, ONE_TOKEN_EACH, at)
    if price.source is not CostSource.PRICED or price.rates is None:
        return None
    named = price.rates["source"]
    return PriceCard(
        provider=provider,
        model=model,
        source=price.version if named == PACKAGE else named,
        version=price.version,
        spans=_spans(prices, provider, model, at),
    )


def rates_by_kind(card: PriceCard | None) -> dict[str, str]:
    """Return all rates in dollars as text, by kind; none for an unpriced model.

    A kind is named as in the price data, with the service tier before it, and after it the input
    size and, where the rate is not the one in force, the hours: "input_mtok", "flex output_mtok",
    "input_mtok beyond 200000 tokens", "input_mtok 01:00–04:00 UTC".
    """
    return {
        _name(rate, hours): rate.usd
        for n, span in enumerate(card.spans if card else ())
        for rate in span.regime.rates
        for hours in (span.hours if n else [None])
    }


def _name(rate: Rate, hours: str | None) -> str:
    size = f"beyond {rate.beyond} tokens" if rate.beyond else None
    when = f"{hours} UTC" if hours else None
    return " ".join(part for part in (rate.tier, rate.kind, size, when) if part)


def _spans(prices: Prices, provider: str, model: str, at: datetime) -> tuple[Span, ...]:
    midnight = at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    steps: dict[Regime, list[int]] = {}
    # The regime in force comes first, because dicts keep their order.
    if now := prices.regime(provider, model, at):
        steps[now] = []
    for step in range(STEPS):
        if regime := prices.regime(provider, model, midnight + step * STEP):
            steps.setdefault(regime, []).append(step)
    return tuple(
        Span(() if len(found) == STEPS else _hours(found), regime)
        for regime, found in steps.items()
    )


def _hours(steps: list[int]) -> tuple[str, ...]:
    starts = [step for step in steps if step - 1 not in steps]
    ends = [step + 1 for step in steps if step + 1 not in steps]
    pairs = zip(starts, ends, strict=True)
    return tuple(f"{_clock(start)}–{_clock(end)}" for start, end in pairs)


def _clock(step: int) -> str:
    minutes = step * STEP // timedelta(minutes=1)
    return f"{minutes // 60:02}:{minutes % 60:02}"
