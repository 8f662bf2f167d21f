"""Dated prices: what a usage costs at a provider; unknown is unpriced, never zero."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from decimal import ROUND_HALF_EVEN, Decimal
from importlib.metadata import version
from typing import TYPE_CHECKING

from assistant.cost.models import CostSource, Overlay, Price, Usage, UsageSource
from assistant.cost.overlay import OverlayTable
from assistant.cost.usage import check_usage

if TYPE_CHECKING:
    from genai_prices.types import ModelInfo, ModelPrice, TieredPrices
    from genai_prices.types import Usage as VendorUsage

__all__ = ["Prices"]

DATA = "genai-prices"
PICO_PER_DOLLAR = Decimal(10) ** 12
STANDARD_TIERS = frozenset({"auto", "default", "standard"})
# Providers name the same choice differently; a price variant matches on one of these keys.
TIER_KEYS = ("service_tier", "processing", "speed")

Quote = tuple[Decimal, Mapping[str, str]]
"""Dollars and the rates that made them."""


class Prices:
    """Prices of the genai-prices data; a deployment's own overlay entries go before them.

    Raises ConfigurationError for an overlay entry in another currency or entered twice.
    """

    def __init__(self, overlay: Iterable[Overlay] = ()) -> None:
        self._overlay = OverlayTable(overlay)
        self.version = f"{DATA} {version(DATA)}"

    @property
    def overlay_hash(self) -> str | None:
        return self._overlay.digest

    def price(
        self,
        provider: str,
        model: str,
        usage: Usage,
        at: datetime,
        *,
        tier: str | None = None,
        max_output_tokens: int | None = None,
    ) -> Price:
        """Return what `usage` costs at the aware instant `at`, rounded half-even to pico-dollars.

        `tier` is the provider's service tier ("flex", "priority", "batch"). Unpriced are: an
        unknown model, an entry that lacks a price which the usage needs, a tier that has no price
        for the model, and a usage without token counts. For a usage that the provider did not
        report, `high` counts `max_output_tokens`: the reply may be longer than what was seen.
        Raises InvalidUsage for counts that contradict each other, ValueError for a naive time.
        """
        if at.tzinfo is None:
            raise ValueError("a price needs an aware time")
        check_usage(usage)
        quote = self._quote(provider, model, usage, at, tier)
        if quote is None:
            return self.unpriced()
        dollars, rates = quote
        if usage.source is UsageSource.PROVIDER:
            return self._price(CostSource.PRICED, dollars, dollars, rates)
        longest = self._quote(provider, model, _longest(usage, max_output_tokens), at, tier)
        return self._price(CostSource.ESTIMATED, dollars, (longest or quote)[0], rates)

    def unpriced(self) -> Price:
        """Return the price of what has none: unknown, never zero."""
        return self._price(CostSource.UNPRICED)

    def _quote(
        self, provider: str, model: str, usage: Usage, at: datetime, tier: str | None
    ) -> Quote | None:
        if usage.input_tokens is None or usage.output_tokens is None:
            return None
        if entry := self._overlay.find(provider, model):
            if usage.web_searches or not _is_standard(tier):
                return None
            return self._overlay.dollars(entry, usage), self._overlay.rates(entry)
        return _quote_from_data(provider, model, usage, at, tier)

    def _price(
        self,
        source: CostSource,
        dollars: Decimal | None = None,
        most: Decimal | None = None,
        rates: Mapping[str, str] | None = None,
    ) -> Price:
        return Price(
            low=_pico(dollars),
            cost=_pico(dollars),
            high=_pico(most),
            source=source,
            rates=rates,
            version=self.version,
            overlay_hash=self.overlay_hash,
        )


def _longest(usage: Usage, max_output_tokens: int | None) -> Usage:
    return replace(usage, output_tokens=max(usage.output_tokens or 0, max_output_tokens or 0))


def _quote_from_data(
    provider: str, model: str, usage: Usage, at: datetime, tier: str | None
) -> Quote | None:
    # Imported on first use: searching and ingesting need not wait half a second for it.
    import genai_prices

    try:
        found = genai_prices.calc_price(
            _as_vendor_usage(usage),
            model,
            provider_id=provider,
            genai_request_timestamp=at,
            price_context=dict.fromkeys(TIER_KEYS, tier) if tier else None,
        )
    except (LookupError, ValueError):
        # The usage was checked, so a ValueError is a fault of the entry.
        return None
    if not _offers(found.model, tier, at) or not _covers(found.model_price, usage):
        return None
    rates = _rates(found.model_price, usage.input_tokens or 0)
    return found.total_price, {"provider": found.provider.id, "model": found.model.id, **rates}


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


def _is_standard(tier: str | None) -> bool:
    return tier is None or tier in STANDARD_TIERS


def _offers(model: ModelInfo, tier: str | None, at: datetime) -> bool:
    """The data gives the standard price, silently, for a tier that it does not know."""
    return _is_standard(tier) or any(
        variant.when[key] == tier
        for variant in model.price_variants or ()
        if variant.constraint is None or variant.constraint.active(at)
        for key in TIER_KEYS
        if key in variant.when
    )


def _covers(prices: ModelPrice, usage: Usage) -> bool:
    """The data gives $0, silently, for a kind of usage that an entry has no price for."""
    needs = (
        (usage.input_tokens, prices.input_mtok),
        (usage.output_tokens, prices.output_mtok),
        (usage.web_searches, prices.web_searches_kcount),
    )
    named = any(rate is not None for rate in vars(prices).values())
    return named and all(rate is not None for count, rate in needs if count)


def _rates(prices: ModelPrice, input_tokens: int) -> dict[str, str]:
    rates = {
        key: str(_at_size(rate, input_tokens))
        for key, rate in vars(prices).items()
        if rate is not None
    }
    return {**rates, "source": DATA}


def _at_size(rate: Decimal | TieredPrices, input_tokens: int) -> Decimal:
    """A context tier is a cliff: beyond its start, all tokens cost its rate."""
    if isinstance(rate, Decimal):
        return rate
    reached = [tier.price for tier in rate.tiers if input_tokens > tier.start]
    return reached[-1] if reached else rate.base


def _pico(dollars: Decimal | None) -> int | None:
    if dollars is None:
        return None
    return int((dollars * PICO_PER_DOLLAR).to_integral_value(ROUND_HALF_EVEN))
