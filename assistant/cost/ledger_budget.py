"""What is committed against each budget, read in the transaction that lets a call in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from sqlalchemy import ColumnElement, Connection, func, select

from assistant.cost.budget import Budgets, Scope, Standing, refusal
from assistant.cost.errors import BudgetExceeded
from assistant.cost.ledger_schema import attempts
from assistant.cost.models import Attempt, CostSource

__all__ = ["admit", "standings"]


def admit(connection: Connection, attempt: Attempt, budgets: Budgets) -> None:
    """Let a call in whose most expensive end, `attempt.cost_high`, fits every budget.

    The transaction must be one that writes the attempt's row: the row is the reservation.
    Raises BudgetExceeded naming the first budget that it does not fit.
    """
    if attempt.cost_source is CostSource.LOCAL or attempt.day is None:
        return
    for standing in _standings(
        connection, budgets, attempt.conversation, attempt.user, attempt.day
    ):
        needed = attempt.cost_high
        if needed is None or standing.committed + needed > standing.limit:
            raise BudgetExceeded(refusal(attempt.backend, needed, standing))


def standings(
    connection: Connection, budgets: Budgets, conversation: str, user: str, day: date
) -> tuple[Standing, ...]:
    """Return where each budget stands for a user's conversation on a day."""
    return tuple(_standings(connection, budgets, conversation, user, day))


def _standings(
    connection: Connection, budgets: Budgets, conversation: str, user: str, day: date
) -> Iterator[Standing]:
    a = attempts.c
    for scope, limit in budgets.limits.items():
        guessed = func.count().filter(a.cost_source == CostSource.ESTIMATED)
        sums = select(func.sum(a.cost), func.sum(a.cost_high), guessed).where(
            a.cost_source != CostSource.LOCAL, *_within(scope, conversation, user, day)
        )
        spent, committed, estimates = connection.execute(sums).one()
        yield Standing(scope, limit, spent or 0, committed or 0, estimates > 0)


def _within(
    scope: Scope, conversation: str, user: str, day: date
) -> tuple[ColumnElement[bool], ...]:
    a = attempts.c
    match scope:
        case Scope.CONVERSATION:
            return (a.conversation == conversation,)
        case Scope.USER_DAY:
            return (a.day == day, a.user == user)
        case Scope.DAY:
            return (a.day == day,)
        case Scope.MONTH:
            first = day.replace(day=1)
            return (a.day >= first, a.day < (first + timedelta(days=32)).replace(day=1))
