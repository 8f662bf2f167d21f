"""Models of the price data: what a usage costs at one of them, and which rates apply when."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING

from assistant.cost.models import Usage
from assistant.cost.price_data import (
    PACKAGE,
    PriceData,
    bundled_snapshot,
    bundled_version,
    read_snapshot,
)

if TYPE_CHECKING:
    from genai_prices.data_snapshot import DataSnapshot
    from genai_prices.types import ModelInfo, ModelPrice, PriceVariant, Provider, TieredPrices
    from genai_prices.types import Usage as VendorUsage

__all__ = ["PriceBook", "PriceEntry", "Quote", "Rate", "Regime", "is_standard"]

STANDARD_TIERS = frozenset({"auto", "default", "standard"})
# Providers name the same choice differently; a price variant matches on one of these keys.
TIER_KEYS = ("service_tier", "processing", "speed")
MOST_FOUND = 1_000
"""Look-ups that are remembered; servers may say a new name of a model with every answer."""
FAULTS_OF_AN_ENTRY = (LookupError, ValueError, ArithmeticError)

Quote = tuple[Decimal, Mapping[str, str]]
"""Dollars and the rates that made them."""


@dataclass(frozen=True, slots=True)
class Rate:
    """What a kind of usage ("input_mtok") costs beyond so many input tokens, in dollars as text.

    `tier` is the service tier that it is the price of, None for the standard one.
    """

    kind: str
    tier: str | None
    beyond: int
    usd: str


@dataclass(frozen=True, slots=True)
class Regime:
    """The rates of a model that apply together; equal for instants at which the same apply.

    `breaks` are the input sizes in tokens beyond which a context tier's price begins, ascending.
    """

    rates: tuple[Rate, ...]
    breaks: tuple[int, ...]


class PriceBook:
    """The models of fetched price data, or of the package's own; loaded at the first look-up."""

    def __init__(self, data: PriceData | None) -> None:
        self.version = data.version if data else bundled_version()
        self._data = data
        self._found: dict[tuple[str, str], PriceEntry | None] = {}

    def find(self, provider: str, model: str) -> PriceEntry | None:
        key = (provider, model)
        if key not in self._found:
            if len(self._found) >= MOST_FOUND:
                self._found.clear()
            self._found[key] = _find(self._snapshot, provider, model)
        return self._found[key]

    @cached_property
    def _snapshot(self) -> DataSnapshot:
        return read_snapshot(self._data.payload) if self._data else bundled_snapshot()


def _find(snapshot: DataSnapshot, provider: str, model: str) -> PriceEntry | None:
    try:
        return PriceEntry(*snapshot.find_provider_model(model, None, provider, None))
    except (LookupError, re.error):
        return None


class PriceEntry:
    """A model of the price data at the provider that it is asked of."""

    def __init__(self, provider: Provider, model: ModelInfo) -> None:
        self._provider = provider
        self._model = model
        # Of a model that another provider lends its entry, the data ignores the variants.
        own = any(model is one for one in provider.models)
        self._variants = tuple(model.price_variants or ()) if own else ()
        self._regimes: dict[tuple[int, ...], Regime | None] = {}

    def quote(self, usage: Usage, at: datetime, tier: str | None) -> Quote | None:
        """Return what a usage with known input and output costs, None where a price lacks."""
        context = dict.fromkeys(TIER_KEYS, tier) if tier else None
        try:
            prices = self._model.get_prices(at, context)
            offered = is_standard(tier) or self._offers(context or {}, at)
            if not offered or not _covers(prices, usage):
                return None
            found = self._model.calc_price(
                _as_vendor_usage(usage),
                self._provider,
                genai_request_timestamp=at,
                price_context=context,
            )
        except FAULTS_OF_AN_ENTRY:
            # The usage was checked before: it is the entry that is at fault.
            return None
        rates = _rates_at(prices, usage.input_tokens or 0)
        names = {"provider": self._provider.id, "model": self._model.id}
        return found.total_price, {**names, **rates, "source": PACKAGE}

    def regime(self, at: datetime) -> Regime | None:
        """Return the rates at the aware instant `at`, None where the entry has none."""
        try:
            standard = self._model.get_prices(at)
        except FAULTS_OF_AN_ENTRY:
            return None
        variants = self._active(at)
        key = (id(standard), *map(id, variants))
        if key not in self._regimes:
            self._regimes[key] = _regime(standard, variants)
        return self._regimes[key]

    @cached_property
    def depends_on_the_hour(self) -> bool:
        """Tell whether rates may change within a UTC day: some constraint is more than a date."""
        prices = self._model.prices
        dated = [one.constraint for one in prices] if isinstance(prices, list) else []
        constraints = [*dated, *(variant.constraint for variant in self._variants)]
        return any(one is not None and not hasattr(one, "start_date") for one in constraints)

    def _active(self, at: datetime) -> list[PriceVariant]:
        return [
            variant
            for variant in self._variants
            if variant.constraint is None or variant.constraint.active(at)
        ]

    def _offers(self, context: Mapping[str, str], at: datetime) -> bool:
        """The data gives the standard price, silently, for a tier that it does not know."""
        return any(
            all(context.get(key) == value for key, value in variant.when.items())
            for variant in self._active(at)
        )


def is_standard(tier: str | None) -> bool:
    return tier is None or tier in STANDARD_TIERS


def _as_vendor_usage(usage: Usage) -> VendorUsage:
    from genai_prices import Usage as VendorUsage

    writes = (usage.cache_write_5m_tokens or 0) + (usage.cache_write_1h_tokens or 0)
    return VendorUsage(
        input_tokens=usage.input_tokens,
        cache_read_tokens=usage.cache_read_tokens,
        cache_write_tokens=writes,
        cache_write_1h_tokens=usage.cache_write_1h_tokens,
        output_tokens=usage.output_tokens,
        output_reasoning_tokens=usage.reasoning_tokens,
        web_searches=usage.web_searches,
    )


def _covers(prices: ModelPrice, usage: Usage) -> bool:
    """The data gives $0, silently, for a kind of usage that an entry has no price for."""
    needs = (
        (usage.input_tokens, prices.input_mtok),
        (usage.output_tokens, prices.output_mtok),
        (usage.web_searches, prices.web_searches_kcount),
    )
    named = any(rate is not None for rate in vars(prices).values())
    return named and _knows(prices) and all(rate is not None for count, rate in needs if count)


def _knows(prices: ModelPrice) -> bool:
    """A kind that is newer than the installed package would be left out of the sum."""
    blank = type(prices)()
    return all(hasattr(blank, kind) for kind, rate in vars(prices).items() if rate is not None)


def _rates_at(prices: ModelPrice, input_tokens: int) -> dict[str, str]:
    """A context tier is a cliff: beyond its start, all tokens cost its rate."""
    rates = {}
    for kind, rate in vars(prices).items():
        if rate is not None:
            base, *tiers = _steps(rate)
            reached = [base, *(tier for tier in tiers if input_tokens > tier[0])]
            rates[kind] = f"{reached[-1][1]:f}"
    return rates


def _steps(rate: Decimal | TieredPrices) -> list[tuple[int, Decimal]]:
    if isinstance(rate, Decimal):
        return [(0, rate)]
    return [(0, rate.base), *((tier.start, tier.price) for tier in rate.tiers)]


def _regime(standard: ModelPrice, variants: list[PriceVariant]) -> Regime | None:
    rates = tuple(
        [
            *_rates_of(standard, None),
            *(
                rate
                for variant in variants
                for rate in _rates_of(variant.prices, "/".join(sorted(set(variant.when.values()))))
            ),
        ]
    )
    breaks = tuple(sorted({rate.beyond for rate in rates} - {0}))
    return Regime(rates, breaks) if rates and _knows(standard) else None


def _rates_of(prices: ModelPrice, tier: str | None) -> Iterator[Rate]:
    for kind, rate in vars(prices).items():
        if rate is not None:
            for beyond, price in _steps(rate):
                yield Rate(kind, tier, beyond, f"{price:f}")
