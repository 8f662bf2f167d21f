"""The meter: opens a row before a call, settles it after, and reads the sums."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, tzinfo
from decimal import Decimal
from uuid import uuid4

from assistant.cost.budget import NO_BUDGETS, Budgets, Standing
from assistant.cost.costing import Costing, Identity, Prompt, Terms, hourly_rates
from assistant.cost.forecast import Forecast, Sizes, forecast
from assistant.cost.ledger import Ledger
from assistant.cost.ledger_savings import write_savings
from assistant.cost.models import (
    Attempt,
    AttemptState,
    CostSource,
    Purpose,
    Totals,
    Usage,
    UsageSource,
)
from assistant.cost.prices import Prices
from assistant.cost.savings import Saving
from assistant.cost.settling import Settlements

__all__ = ["OWN_CACHE", "Identity", "Meter", "Prompt", "Work"]

OWN = "local"
HERE = "this machine"
OWN_CACHE = "nowhere (our own cache)"


@dataclass(frozen=True, slots=True)
class Work:
    """What our own machine did without a call: an embedder's batch, say.

    `tokens` by our own tokenizer; an hour costs `hourly_usd`, None where nobody has said. `ended`
    is aware.
    """

    backend: str
    model: str
    tokens: int
    seconds: float
    hourly_usd: Decimal | None
    ended: datetime


class Meter:
    """Counts what calls cost and holds them to the budgets. `zone` decides when a day begins."""

    def __init__(
        self,
        ledger: Ledger,
        prices: Prices,
        clock: Callable[[], datetime],
        zone: tzinfo = UTC,
        budgets: Budgets = NO_BUDGETS,
    ) -> None:
        self.ledger = ledger
        self.budgets = budgets
        self.prices = prices
        self._costing = Costing(prices)
        self._settlements = Settlements(ledger)
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
        prompt: Prompt | None = None,
        max_output_tokens: int | None = None,
    ) -> Attempt:
        """Write an open row and return it; call it before the backend is called.

        `parent` is the attempt that this one repeats or stands in for. The row is the reservation
        of the most that the call may cost; should this process die in mid-call, it stays as the
        estimate, from the prompt alone to `max_output_tokens` of reply.
        Raises BudgetExceeded where that does not fit a budget, LedgerError; without a row, no
        call should be made.
        """
        attempt = self._blank(backend, turn, conversation, user, purpose, parent)
        attempt = self._costing.opened(attempt, backend, prompt, max_output_tokens)
        self._settlements.write()
        self.ledger.open_attempt(attempt, self.budgets)
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

        `tier` is the one that the call was served at, None where the provider names none: then
        the one that was asked for counts. `max_output_tokens` bounds the cost of a reply whose
        usage was not reported. `priced_as` is the (provider, model) to price by instead of the
        attempt's own. `billed` is the provider's own bill in pico-dollars and goes before any
        price; 0 for a call that it refused. A usage that contradicts itself is kept as it came
        and left unpriced, or under a budget at what was reserved: the row is written regardless,
        and where the ledger cannot be written now, before the next one.
        Raises AttemptNotOpen for an attempt that was settled before.
        """
        ended = replace(
            attempt,
            state=state,
            usage=usage,
            finish_reason=finish_reason,
            model_served=model_served,
            tier=tier or attempt.tier,
            ended=self._clock(),
            first_token_seconds=first_token_seconds,
            total_seconds=total_seconds,
        )
        terms = Terms(priced_as, max_output_tokens, billed, reserved=bool(self.budgets))
        settled = self._costing.settled(ended, terms)
        self._settlements.settle(settled)
        return settled

    def record(self, work: Work, conversation: str, turn: str, user: str) -> Attempt:
        """Write the row of work that our own machine has done. Raises LedgerError."""
        row = Attempt(
            id=uuid4().hex,
            turn=turn,
            conversation=conversation,
            user=user,
            purpose=Purpose.EMBED,
            backend=work.backend,
            provider=OWN,
            model_requested=work.model,
            started=work.ended - timedelta(seconds=work.seconds),
            ended=work.ended,
            state=AttemptState.OK,
            sent_to=HERE,
            usage=Usage(input_tokens=work.tokens, source=UsageSource.ESTIMATED),
            cost_source=CostSource.LOCAL,
            rates=hourly_rates(work.hourly_usd),
            total_seconds=work.seconds,
            day=self._day_of(work.ended),
        )
        row = self._costing.settled(row, Terms())
        self.ledger.record(row)
        return row

    def recall(
        self, backend: Identity, *, turn: str, conversation: str, user: str, origin: str
    ) -> Attempt:
        """Write the row of an answer from our own cache; `origin` is the attempt that made it.

        It is no call, costs nothing and is counted nowhere again. Raises LedgerError.
        """
        blank = self._blank(backend, turn, conversation, user, Purpose.ANSWER, origin)
        row = replace(blank, ended=blank.started, state=AttemptState.CACHED, sent_to=OWN_CACHE)
        row = self._costing.settled(row, Terms())
        self.ledger.record(row)
        return row

    def save(self, turn: str, conversation: str, user: str, found: Sequence[Saving]) -> None:
        """Write what a turn saved. Raises LedgerError."""
        write_savings(self.ledger.file, turn, conversation, user, self.day(), found)

    def now(self) -> datetime:
        return self._clock()

    def estimate(self, attempt: Attempt, output_tokens: int) -> Attempt:
        """Return an open attempt as if it ended now after so many tokens; nothing is written."""
        rates = attempt.rates or {}
        model = (rates["provider"], rates["model"]) if "model" in rates else None
        now = replace(
            attempt,
            usage=replace(attempt.usage, output_tokens=output_tokens, source=UsageSource.ESTIMATED),
            total_seconds=(self._clock() - attempt.started).total_seconds(),
        )
        return self._costing.settled(now, Terms(model))

    def conversation(self, conversation: str) -> Totals:
        return self.ledger.totals(conversation=conversation)

    def today(self) -> Totals:
        """Return the sums of the current day in the meter's zone."""
        return self.ledger.totals(day=self.day())

    def day(self) -> date:
        """Return the current day in the meter's zone."""
        return self._day_of(self._clock())

    def standings(self, conversation: str, user: str = "local") -> tuple[Standing, ...]:
        """Return where each budget stands for a user's conversation now. Raises LedgerError."""
        return self.ledger.standings(self.budgets, conversation, user, self.day())

    def forecast(self, backend: Identity, sizes: Sizes, max_output: int | None) -> Forecast:
        """Return what the next question will cost on a backend. Raises LedgerError."""
        blank = self._blank(backend, "", "", "", Purpose.ANSWER, None)
        recent = self.ledger.recent(backend.name)
        return forecast(self._costing, blank, backend, sizes, max_output, recent)

    def _blank(
        self,
        backend: Identity,
        turn: str,
        conversation: str,
        user: str,
        purpose: Purpose,
        parent: str | None,
    ) -> Attempt:
        now = self._clock()
        return Attempt(
            id=uuid4().hex,
            turn=turn,
            conversation=conversation,
            user=user,
            purpose=purpose,
            backend=backend.name,
            provider=backend.provider,
            model_requested=backend.model,
            started=now,
            parent=parent,
            sent_to=backend.destination,
            cost_source=CostSource.LOCAL if backend.local else CostSource.UNPRICED,
            day=self._day_of(now),
        )

    def _day_of(self, instant: datetime) -> date:
        return instant.astimezone(self._zone).date()
