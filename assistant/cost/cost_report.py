"""A period's costs: broken down, for each useful answer, saved. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_EVEN, Decimal

from assistant.cost.cost_sums import (
    AnswerCounts,
    Dimension,
    Period,
    SavingSums,
    Sums,
    add_up,
    count_up,
)
from assistant.cost.models import Totals
from assistant.cost.spent import Spent, known_sum, spent_of_totals

__all__ = ["CostReport", "CostRow", "build_report", "per_answer"]


@dataclass(frozen=True, slots=True)
class CostRow:
    """What the calls of one key took and what came of them; None is a key that rows lack.

    `asked` are the sums of the calls made for answers: all but comparisons and checks, which
    answer nobody's question.
    """

    key: str | None
    sums: Sums
    asked: Sums
    answers: AnswerCounts

    @property
    def totals(self) -> Totals:
        return self.sums.totals

    @property
    def spent(self) -> Spent:
        return spent_of_totals(self.totals)

    @property
    def bounds(self) -> tuple[int, int] | None:
        """Return the least and the most that was spent; None while a part of it is unknown."""
        low, high = self.totals.cost_low, self.totals.cost_high
        return None if self.spent.whole is None or low is None or high is None else (low, high)

    @property
    def spent_on_answers(self) -> Spent:
        return spent_of_totals(self.asked.totals)

    @property
    def per_useful(self) -> Spent | None:
        """Return what was spent on answers over those that a reader marked useful."""
        return per_answer(self.spent_on_answers, self.answers.useful)

    @property
    def per_supported(self) -> Spent | None:
        """Return what was spent on answers over those that passed every check."""
        return per_answer(self.spent_on_answers, self.answers.supported)


@dataclass(frozen=True, slots=True)
class CostReport:
    """A period broken down by one dimension; `total` is the sum of the rows.

    Days are in order; other rows begin with what cost most, what is unknown last. `daily` has
    the sums of each day and backend, for charts.
    """

    period: Period
    dimension: Dimension
    rows: tuple[CostRow, ...]
    total: CostRow
    savings: tuple[SavingSums, ...]
    daily: tuple[Sums, ...]

    @property
    def saved(self) -> int | None:
        """Return what is known to be saved, in pico-dollars; None where nothing of it is known."""
        return known_sum(saving.saved for saving in self.savings)

    @property
    def savings_unknown(self) -> int:
        return sum(saving.unknown for saving in self.savings)


def build_report(
    period: Period,
    dimension: Dimension,
    asked: Iterable[Sums],
    apart: Iterable[Sums],
    answers: Iterable[AnswerCounts],
    savings: Iterable[SavingSums],
    daily: Iterable[Sums],
) -> CostReport:
    """Put together what the ledger knows of a period.

    `asked` are the sums of calls made for answers, `apart` of comparisons and checks; their keys
    have one value each, those of `daily` two: a day and a backend.
    """
    counted = {found.key: found for found in answers}
    made_for = {part.key: part for part in asked}
    beside = {part.key: part for part in apart}
    rows = [
        CostRow(
            key[0],
            add_up([part for part in (made_for.get(key), beside.get(key)) if part], key),
            made_for.get(key, Sums(key)),
            counted.get(key[0], AnswerCounts(key[0])),
        )
        for key in made_for | beside
    ]
    order = _by_day if dimension is Dimension.DAY else _by_cost
    total = CostRow(
        None,
        add_up([row.sums for row in rows]),
        add_up([row.asked for row in rows]),
        count_up([row.answers for row in rows]),
    )
    return CostReport(
        *(period, dimension, tuple(sorted(rows, key=order)), total),
        *(tuple(savings), tuple(daily)),
    )


def per_answer(spent: Spent, answers: int) -> Spent | None:
    """Return what was spent for each of so many answers, rounded half-even; None for none."""
    if not answers:
        return None
    if spent.cost is None:
        return spent
    each = (Decimal(spent.cost) / answers).to_integral_value(ROUND_HALF_EVEN)
    return replace(spent, cost=int(each))


def _by_day(row: CostRow) -> tuple[str, ...]:
    return (row.key or "",)


def _by_cost(row: CostRow) -> tuple[bool, int, int, str]:
    cost = row.totals.cost
    return cost is None, -(cost or 0), -row.sums.calls, row.key or ""
