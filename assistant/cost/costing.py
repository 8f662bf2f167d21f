"""What one attempt costs: while it is open, what is reserved for it; once it ended, its cost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Protocol

from assistant.cost.errors import InvalidUsage
from assistant.cost.models import (
    Attempt,
    AttemptState,
    CostSource,
    Price,
    Usage,
    UsageSource,
)
from assistant.cost.prices import Prices

__all__ = ["Costing", "Identity", "Prompt", "Terms", "hourly_rates"]

PICO_PER_DOLLAR = Decimal(10) ** 12
SECONDS_PER_HOUR = 3600
HOURLY = "hourly_usd"


class Identity(Protocol):
    """What the meter needs to know of a backend.

    `hourly_usd` is what an hour of our own machine costs, None where nobody has said;
    `service_tier` is what is asked of the provider; `prompt_cache` says that prompts are written
    to its cache, which costs more than reading them.
    """

    @property
    def name(self) -> str: ...
    @property
    def provider(self) -> str: ...
    @property
    def model(self) -> str: ...
    @property
    def local(self) -> bool: ...
    @property
    def destination(self) -> str: ...
    @property
    def priced_as(self) -> tuple[str, str] | None: ...
    @property
    def hourly_usd(self) -> Decimal | None: ...
    @property
    def service_tier(self) -> str | None: ...
    @property
    def prompt_cache(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Prompt:
    """Tokens of a prompt: `tokens` as our own tokenizer counts them, and the `most` that any
    provider's may: a token is one byte of UTF-8 at the least."""

    tokens: int
    most: int


@dataclass(frozen=True, slots=True)
class Terms:
    """What a cost depends on beside usage and model; see `Meter.settle`.

    With `reserved`, what was reserved stands for a call that cannot be priced in the end: to a
    budget, unknown is not nothing.
    """

    priced_as: tuple[str, str] | None = None
    max_output_tokens: int | None = None
    billed: int | None = None
    reserved: bool = False


class Costing:
    """Gives attempts their cost by the prices."""

    def __init__(self, prices: Prices) -> None:
        self._prices = prices

    def opened(
        self, attempt: Attempt, backend: Identity, prompt: Prompt | None, max_output: int | None
    ) -> Attempt:
        """Return the attempt with what the prompt costs, and as `cost_high` the most that the
        call may cost: the whole prompt uncached, or written to the cache, and `max_output`."""
        asked = replace(attempt, tier=backend.service_tier, usage=_begun(prompt))
        if backend.local:
            return replace(asked, rates=hourly_rates(backend.hourly_usd))
        most = prompt.most if prompt else None
        terms = Terms(backend.priced_as, 0)
        begun = self._priced(asked, replace(asked.usage, output_tokens=0), terms)
        worst = self._worst(asked, most, max_output or 0, terms)
        if begun.cost is None or not worst:
            return begun
        return replace(begun, cost_high=max(*worst, begun.cost))

    def _worst(self, asked: Attempt, most: int | None, longest: int, terms: Terms) -> list[int]:
        """Return the cost of the longest call, its prompt fresh or written to a cache, at the tier
        that is asked for and at the standard one, which providers fall back to."""
        fresh = Usage(input_tokens=most, output_tokens=longest, source=UsageSource.PROVIDER)
        usages = (fresh, replace(fresh, cache_write_5m_tokens=most))
        tiers = dict.fromkeys((asked.tier, None))
        found = [
            self._price(replace(asked, tier=tier), usage, terms).cost
            for tier in tiers
            for usage in usages
        ]
        return [cost for cost in found if cost is not None]

    def settled(self, attempt: Attempt, terms: Terms) -> Attempt:
        """Return an attempt that has ended with its cost.

        An answer from our own cache costs nothing, our own machine what an hour of it was said
        to cost, and a provider's own bill goes before any price.
        """
        if attempt.state is AttemptState.CACHED:
            return _costing(attempt, 0, CostSource.LOCAL)
        if attempt.cost_source is CostSource.LOCAL:
            return _costing(attempt, _hours(attempt), CostSource.LOCAL, attempt.rates)
        if terms.billed is not None:
            return _costing(attempt, terms.billed, CostSource.BILLED)
        settled = self._priced(attempt, attempt.usage, terms)
        if not terms.reserved or attempt.cost is None or attempt.cost_high is None:
            return settled
        if settled.cost is None:
            # Of what was written nobody knows more than the most: nearer than the prompt alone.
            return replace(attempt, cost=attempt.cost_high)
        if settled.cost_source is CostSource.ESTIMATED and settled.cost_high is not None:
            # Our own tokenizer is no bound on theirs: what was reserved for the prompt stands.
            return replace(settled, cost_high=max(settled.cost_high, attempt.cost_high))
        return settled

    def _priced(self, attempt: Attempt, usage: Usage, terms: Terms) -> Attempt:
        price = self._price(attempt, usage, terms)
        return replace(
            attempt,
            cost_low=price.low,
            cost=price.cost,
            cost_high=price.high,
            cost_source=price.source,
            rates=price.rates,
            price_version=price.version,
            overlay_hash=price.overlay_hash,
        )

    def _price(self, attempt: Attempt, usage: Usage, terms: Terms) -> Price:
        if terms.priced_as is not None:
            return self._price_of(attempt, terms.priced_as, usage, terms)
        served = (attempt.provider, attempt.model_served or attempt.model_requested)
        found = self._price_of(attempt, served, usage, terms)
        if found.cost is not None:
            return found
        # Servers echo names of their own; the rates that the row keeps name the model priced.
        return self._price_of(attempt, (attempt.provider, attempt.model_requested), usage, terms)

    def _price_of(
        self, attempt: Attempt, name: tuple[str, str], usage: Usage, terms: Terms
    ) -> Price:
        try:
            return self._prices.price(
                *name,
                usage,
                attempt.started,
                tier=attempt.tier,
                max_output_tokens=terms.max_output_tokens,
            )
        except InvalidUsage:
            return self._prices.unpriced()


def _begun(prompt: Prompt | None) -> Usage:
    if prompt is None:
        return Usage()
    return Usage(input_tokens=prompt.tokens, source=UsageSource.ESTIMATED)


def hourly_rates(hourly_usd: Decimal | None) -> dict[str, str] | None:
    """Return the rates of our own machine's hour as a row keeps them, None where it has none."""
    if hourly_usd is None:
        return None
    return {HOURLY: str(hourly_usd), "source": "backends.toml"}


def _hours(attempt: Attempt) -> int | None:
    """Return the attempt's seconds at its hourly rate, None while either is unknown."""
    if attempt.rates is None or attempt.total_seconds is None:
        return None
    seconds = Decimal(repr(attempt.total_seconds))
    dollars = Decimal(attempt.rates[HOURLY]) * seconds / SECONDS_PER_HOUR
    return int((dollars * PICO_PER_DOLLAR).to_integral_value(ROUND_HALF_EVEN))


def _costing(
    attempt: Attempt,
    pico: int | None,
    source: CostSource,
    rates: Mapping[str, str] | None = None,
) -> Attempt:
    return replace(
        attempt, cost_low=pico, cost=pico, cost_high=pico, cost_source=source, rates=rates
    )
