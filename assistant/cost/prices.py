"""Dated prices: what a usage costs at a provider; unknown is unpriced, never zero."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from decimal import ROUND_HALF_EVEN, Decimal

from assistant.cost.models import CostSource, Overlay, Price, Usage, UsageSource
from assistant.cost.overlay import OverlayTable
from assistant.cost.price_book import PriceBook, Quote, Rate, Regime, is_standard
from assistant.cost.price_data import PriceData
from assistant.cost.usage import check_usage

__all__ = ["Prices", "Rate", "Regime"]

PICO_PER_DOLLAR = Decimal(10) ** 12
RATE_KINDS = ("input_mtok", "cache_read_mtok", "output_mtok")


class Prices:
    """Prices of the genai-prices data; a deployment's own overlay entries go before them.

    `data` is price data that was fetched; without it, prices are those that the package brings.
    `version` names the data, as the ledger keeps it. Nothing is loaded before the first price.
    Raises ConfigurationError for an overlay entry in another currency or entered twice.
    """

    def __init__(self, overlay: Iterable[Overlay] = (), data: PriceData | None = None) -> None:
        self._overlay = OverlayTable(overlay)
        self._book = PriceBook(data)
        self.version = self._book.version

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

    def regime(self, provider: str, model: str, at: datetime) -> Regime | None:
        """Return the rates that apply at the aware instant `at`, None for an unpriced model.

        Two usages of one model, both within the same `breaks`, are priced by the same rates when
        their regimes are equal. Cheap after the first call for a model. Raises ValueError for a
        naive time.
        """
        if at.tzinfo is None:
            raise ValueError("a price needs an aware time")
        if entered := self._overlay.find(provider, model):
            rates = self._overlay.rates(entered)
            return Regime(tuple(Rate(kind, None, 0, rates[kind]) for kind in RATE_KINDS), ())
        entry = self._book.find(provider, model)
        return entry.regime(at) if entry else None

    def depends_on_the_hour(self, provider: str, model: str) -> bool:
        """Tell whether a model's regime may change within a UTC day; others change at midnight."""
        if self._overlay.find(provider, model):
            return False
        entry = self._book.find(provider, model)
        return entry is not None and entry.depends_on_the_hour

    def unpriced(self) -> Price:
        """Return the price of what has none: unknown, never zero."""
        return self._price(CostSource.UNPRICED)

    def _quote(
        self, provider: str, model: str, usage: Usage, at: datetime, tier: str | None
    ) -> Quote | None:
        if usage.input_tokens is None or usage.output_tokens is None:
            return None
        if entered := self._overlay.find(provider, model):
            if usage.web_searches or not is_standard(tier):
                return None
            return self._overlay.dollars(entered, usage), self._overlay.rates(entered)
        entry = self._book.find(provider, model)
        return entry.quote(usage, at, tier) if entry else None

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


def _pico(dollars: Decimal | None) -> int | None:
    if dollars is None:
        return None
    return int((dollars * PICO_PER_DOLLAR).to_integral_value(ROUND_HALF_EVEN))
