"""The meter: opens a row before a call, settles it after, and reads the sums."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, tzinfo
from typing import Protocol
from uuid import uuid4

from assistant.cost.errors import InvalidUsage
from assistant.cost.ledger import Ledger
from assistant.cost.models import (
    Attempt,
    AttemptState,
    CostSource,
    Price,
    Purpose,
    Totals,
    Usage,
    UsageSource,
)
from assistant.cost.prices import Prices

__all__ = ["Identity", "Meter"]


class Identity(Protocol):
    """What the meter needs to know of a backend."""

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


class Meter:
    """Counts what calls cost. `zone` decides when a day begins."""

    def __init__(
        self,
        ledger: Ledger,
        prices: Prices,
        clock: Callable[[], datetime],
        zone: tzinfo = UTC,
    ) -> None:
        self.ledger = ledger
        self._prices = prices
        self._clock = clock
        self._zone = zone

    def start(
        self,
        backend: Identity,
        *,
        turn: str,
        conversation: str,
        user: str = "local",
        purpose: Purpose = Purpose.ANSWER,
        parent: str | None = None,
        input_tokens: int | None = None,
        max_output_tokens: int | None = None,
    ) -> Attempt:
        """Write an open row and return it; call it before the backend is called.

        `parent` is the attempt that this one repeats or stands in for. `input_tokens` is an
        estimate of the prompt's. The row then carries, in case this process dies in mid-call, a
        cost from the prompt alone to `max_output_tokens` of reply.
        Raises LedgerError; without a row, no call should be made.
        """
        attempt = Attempt(
            id=uuid4().hex,
            turn=turn,
            conversation=conversation,
            user=user,
            purpose=purpose,
            backend=backend.name,
            provider=backend.provider,
            model_requested=backend.model,
            started=self._clock(),
            parent=parent,
            sent_to=backend.destination,
            cost_source=CostSource.LOCAL if backend.local else CostSource.UNPRICED,
            day=self.day(),
        )
        if input_tokens is not None:
            prompt = Usage(input_tokens=input_tokens, source=UsageSource.ESTIMATED)
            attempt = replace(attempt, usage=prompt)
        attempt = self._with_cost(
            attempt,
            replace(attempt.usage, output_tokens=0),
            _Terms(backend.priced_as, max_output_tokens),
        )
        self.ledger.open_attempt(attempt)
        return attempt

    def settle(
        self,
        attempt: Attempt,
        usage: Usage,
        state: AttemptState,
        *,
        finish_reason: str | None = None,
        model_served: str | None = None,
        tier: str | None = None,
        max_output_tokens: int | None = None,
        priced_as: tuple[str, str] | None = None,
        billed: int | None = None,
        first_token_seconds: float | None = None,
        total_seconds: float | None = None,
    ) -> Attempt:
        """Write how the call ended and return the settled attempt, priced at its own start.

        `max_output_tokens` bounds the cost of a reply whose usage was not reported. `priced_as`
        is the (provider, model) to price by instead of the attempt's own. `billed` is the
        provider's own bill in pico-dollars and goes before any price; 0 for a call that it
        refused. A usage that contradicts itself is kept as it came and left unpriced: the row is
        written regardless.
        Raises AttemptNotOpen for an attempt that was settled before, LedgerError.
        """
        ended = replace(
            attempt,
            state=state,
            usage=usage,
            finish_reason=finish_reason,
            model_served=model_served,
            tier=tier,
            ended=self._clock(),
            first_token_seconds=first_token_seconds,
            total_seconds=total_seconds,
        )
        settled = self._with_cost(ended, usage, _Terms(priced_as, max_output_tokens, billed))
        self.ledger.settle(settled)
        return settled

    def conversation(self, conversation: str) -> Totals:
        return self.ledger.totals(conversation=conversation)

    def today(self) -> Totals:
        """Return the sums since midnight in the meter's zone."""
        return self.ledger.totals(since=self.midnight())

    def day(self) -> date:
        """Return the current day in the meter's zone."""
        return self._clock().astimezone(self._zone).date()

    def midnight(self) -> datetime:
        """Return when the current day began in the meter's zone."""
        now = self._clock().astimezone(self._zone)
        return now.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)

    def _with_cost(self, attempt: Attempt, usage: Usage, terms: _Terms) -> Attempt:
        costs_nothing = attempt.state is AttemptState.CACHED
        if costs_nothing or attempt.cost_source is CostSource.LOCAL:
            return _costing(attempt, 0, CostSource.LOCAL)
        if terms.billed is not None:
            return _costing(attempt, terms.billed, CostSource.BILLED)
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

    def _price(self, attempt: Attempt, usage: Usage, terms: _Terms) -> Price:
        if terms.priced_as is not None:
            return self._price_of(attempt, terms.priced_as, usage, terms)
        served = (attempt.provider, attempt.model_served or attempt.model_requested)
        found = self._price_of(attempt, served, usage, terms)
        if found.cost is not None:
            return found
        # Servers echo names of their own; the rates that the row keeps name the model priced.
        return self._price_of(attempt, (attempt.provider, attempt.model_requested), usage, terms)

    def _price_of(
        self, attempt: Attempt, name: tuple[str, str], usage: Usage, terms: _Terms
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


@dataclass(frozen=True, slots=True)
class _Terms:
    """What a cost depends on beside the usage; see `Meter.settle`."""

    priced_as: tuple[str, str] | None
    max_output_tokens: int | None
    billed: int | None = None


def _costing(attempt: Attempt, pico: int, source: CostSource) -> Attempt:
    return replace(attempt, cost_low=pico, cost=pico, cost_high=pico, cost_source=source)
