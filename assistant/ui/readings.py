"""What the meter reads: this answer, this conversation and today, settled or still running."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from assistant.cost.budget import Scope, Standing
from assistant.cost.ledger_savings import read_savings
from assistant.cost.models import Attempt, AttemptState, Purpose, Repriced, Totals, UsageSource
from assistant.cost.money import show_tokens, show_usd
from assistant.cost.savings import Saving
from assistant.cost.spent import Spent, known_sum, spent, spent_of_totals
from assistant.ui.resources import repriced
from assistant.wiring import Runtime
from corpus.tokens import count_tokens

__all__ = ["MeterView", "Reading", "read", "reading"]


@dataclass(frozen=True, slots=True)
class Reading:
    """The sums of one scope; a count that nobody knows is None, `estimated` concerns the tokens.

    `budgets` are those that limit the scope, the one that is nearest its end first.
    """

    label: str
    spent: Spent
    input_tokens: int | None
    output_tokens: int | None
    estimated: bool
    unknown: int
    budgets: tuple[Standing, ...] = ()

    @property
    def dollars(self) -> str:
        """What was spent, and of how much where there is a budget."""
        if not self.budgets:
            return self.spent.dollars
        budget = self.budgets[0]
        limit = show_usd(budget.limit)
        if budget.spent == (self.spent.cost or 0):
            return f"{self.spent.dollars} of {limit}"
        # Hours of our own machines are in the sum and in no budget.
        billed = show_usd(budget.spent, estimated=budget.estimated)
        return f"{self.spent.dollars} ({billed} of {limit})"

    @property
    def tokens(self) -> str:
        """What was read and written; a sum that leaves unknown counts out says so with a plus."""
        if self.budgets and (self.warns or self.input_tokens is None):
            return f"{self.budgets[0].percent} % used"
        taken = show_tokens(self.input_tokens, estimated=self.estimated)
        given = show_tokens(self.output_tokens, estimated=self.estimated)
        partly = " + —" if self.unknown else ""
        return f"{taken} in · {given} out{partly}"

    @property
    def warns(self) -> bool:
        return any(budget.warns for budget in self.budgets)


@dataclass(frozen=True, slots=True)
class MeterView:
    """All that the meter shows. `attempts` are the rows of the last turn, oldest first.

    `elsewhere` is the conversation's settled calls at other models' prices.
    """

    readings: tuple[Reading, ...]
    attempts: tuple[Attempt, ...]
    savings: tuple[Saving, ...]
    budgets: tuple[Standing, ...]
    elsewhere: tuple[Repriced, ...]


def read(
    product: Runtime, conversation: str, turn: str | None, text: str | None = None
) -> MeterView:
    """Read the meter. `text` is what a running turn has streamed so far: its open call is then
    estimated from it. Raises LedgerError."""
    meter = product.meter
    talk = meter.ledger.attempts(conversation=conversation)
    shown = tuple(_live(product, row, text) for row in talk) if text is not None else talk
    last = tuple(row for row in shown if row.turn == turn)
    budgets = meter.standings(conversation)
    today = _of_totals(
        "Today", _with_running(meter.today(), *_of_day(talk, shown, meter.day())), budgets
    )
    month = [b for b in budgets if b.scope is Scope.MONTH]
    return MeterView(
        readings=(
            reading("This answer", last),
            reading("Conversation", shown, _of(budgets, Scope.CONVERSATION)),
            today,
            *(_month(standing) for standing in month),
        ),
        attempts=last,
        savings=read_savings(meter.ledger.file, turn) if turn is not None else (),
        budgets=budgets,
        elsewhere=repriced([row for row in talk if _is_settled_call(row)]),
    )


def reading(label: str, attempts: Sequence[Attempt], budgets: tuple[Standing, ...] = ()) -> Reading:
    """Sum attempts; tokens are those of language models, of calls that were made."""
    talks = [
        row
        for row in attempts
        if row.purpose is not Purpose.EMBED and row.state is not AttemptState.CACHED
    ]
    return Reading(
        label=label,
        spent=spent(attempts),
        input_tokens=known_sum(row.usage.input_tokens for row in talks),
        output_tokens=known_sum(row.usage.output_tokens for row in talks),
        estimated=any(row.usage.source is UsageSource.ESTIMATED for row in talks),
        unknown=sum(map(_unknown, talks)),
        budgets=budgets,
    )


def _of_totals(label: str, totals: Totals, budgets: Sequence[Standing]) -> Reading:
    return Reading(
        label=label,
        spent=spent_of_totals(totals),
        input_tokens=totals.input_tokens,
        output_tokens=totals.output_tokens,
        estimated=totals.estimated,
        unknown=totals.unknown_tokens,
        budgets=_of(budgets, Scope.DAY, Scope.USER_DAY),
    )


def _month(standing: Standing) -> Reading:
    so_far = Spent(0, standing.spent, standing.estimated, unpriced=0, unmetered=0)
    return Reading("This month", so_far, None, None, False, 0, (standing,))


def _of(budgets: Iterable[Standing], *scopes: Scope) -> tuple[Standing, ...]:
    found = (budget for budget in budgets if budget.scope in scopes)
    return tuple(sorted(found, key=lambda budget: -budget.percent))


def _live(product: Runtime, row: Attempt, text: str) -> Attempt:
    if row.state is not AttemptState.OPEN:
        return row
    return product.meter.estimate(row, count_tokens(text))


def _of_day(
    rows: Sequence[Attempt], shown: Sequence[Attempt], day: date
) -> tuple[list[Attempt], list[Attempt]]:
    return [r for r in rows if r.day == day], [r for r in shown if r.day == day]


def _with_running(totals: Totals, rows: Sequence[Attempt], shown: Sequence[Attempt]) -> Totals:
    """Put what open calls have come to so far in place of what their prompts cost."""
    running = [
        (row, now)
        for row, now in zip(rows, shown, strict=True)
        if now is not row and now.cost is not None
    ]
    if not running:
        return totals
    more = sum((now.cost or 0) - (row.cost or 0) for row, now in running)
    tokens = sum(now.usage.output_tokens or 0 for _, now in running)
    return replace(
        totals,
        unknown_tokens=totals.unknown_tokens - len(running),
        unmetered=totals.unmetered - sum(row.cost is None for row, _ in running),
        cost=(totals.cost or 0) + more,
        output_tokens=(totals.output_tokens or 0) + tokens,
        cost_estimated=True,
    )


def _is_settled_call(row: Attempt) -> bool:
    return row.purpose is not Purpose.EMBED and row.state is not AttemptState.OPEN


def _unknown(row: Attempt) -> bool:
    return row.usage.input_tokens is None or row.usage.output_tokens is None
