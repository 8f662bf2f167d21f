"""What repricing, invoices and exports need of the ledger, by SQL."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from functools import reduce
from operator import add
from typing import Any

from sqlalchemy import ColumnElement, String, and_, case, func, literal, select, type_coerce

from assistant.cost.cost_sums import Period, UsageGroup
from assistant.cost.ledger_costs import CALL, MODEL, TALK, joined, parts_of, within
from assistant.cost.ledger_file import LedgerFile
from assistant.cost.ledger_schema import attempts
from assistant.cost.models import AttemptState, CostSource, UsageSource
from assistant.cost.reconciliation import LedgerDay

__all__ = ["EXPORTED", "export_rows", "ledger_days", "usage_groups"]

A = attempts.c
TEN_MINUTES = 15
"""Characters of a UTC time as text, up to the tens of its minutes."""
UTC_DAY = 10
BILLED = and_(CALL, A.cost_source != CostSource.LOCAL)
"""Nobody sends an invoice for our own machines."""
BATCH = 1_000
COUNTS = (
    A.input_tokens,
    A.cache_read_tokens,
    A.cache_write_5m_tokens,
    A.cache_write_1h_tokens,
    A.output_tokens,
    A.reasoning_tokens,
)
EXPORTED = tuple(
    column.name for column in attempts.c if column.name not in {"raw_usage", "owner", "rates"}
)
"""The columns of an export: all that say what a call took and cost."""


def usage_groups(file: LedgerFile, period: Period, breaks: Sequence[int]) -> tuple[UsageGroup, ...]:
    """Return the usage of the period's calls that can be repriced, in sums of like calls.

    Left out are calls without a count of input or output, and those whose counts contradict each
    other. `breaks` are input sizes in tokens; no group has calls on both sides of one.
    Raises LedgerError.
    """
    bucket = func.substr(_text(A.started), 1, TEN_MINUTES)
    size = reduce(add, (case((A.input_tokens > at, 1), else_=0) for at in breaks), literal(0))
    searches = func.coalesce(A.web_searches, 0)
    query = (
        select(
            bucket,
            size,
            searches,
            func.count(),
            func.count().filter(A.usage_source == UsageSource.ESTIMATED),
            *(func.coalesce(func.sum(column), 0) for column in COUNTS),
        )
        .where(TALK, *_possible(), *within(period))
        .group_by(bucket, size, searches)
    )
    with file.read() as connection:
        return tuple(map(UsageGroup._make, connection.execute(query)))


def ledger_days(file: LedgerFile, first: date, last: date) -> tuple[LedgerDay, ...]:
    """Return what may be billed of `first` to `last`, by UTC day, provider and model.

    Calls of our own machines are left out. The days are those of the start in UTC, as providers
    bill, not those of the deployment. Raises LedgerError.
    """
    start = _text(A.started)
    day = func.substr(start, 1, UTC_DAY)
    early = A.state.in_((AttemptState.STOPPED, AttemptState.ERROR))
    key = (day, A.provider, MODEL)
    costs = [part for c in (A.cost, A.cost_low, A.cost_high) for part in parts_of(c, BILLED)]
    query = (
        select(
            *key,
            func.count(),
            *costs,
            func.count().filter(A.cost.is_(None)),
            func.count().filter(A.usage_source == UsageSource.ESTIMATED),
            func.count().filter(early),
            func.sum(A.input_tokens),
            func.sum(A.output_tokens),
        )
        .where(BILLED, start >= first.isoformat(), start < (last + timedelta(days=1)).isoformat())
        .group_by(*key)
        .order_by(*key)
    )
    with file.read() as connection:
        return tuple(_ledger_day(*row) for row in connection.execute(query))


def _ledger_day(day: str, provider: str, model: str, calls: int, *sums: Any) -> LedgerDay:
    *costs, unpriced, estimated, early, sent, said = sums
    cost, low, high = joined(costs)
    return LedgerDay(
        *(date.fromisoformat(day), provider, model, calls, cost, low, high),
        *(unpriced, estimated, early, sent, said),
    )


def export_rows(file: LedgerFile, period: Period) -> Iterator[tuple[Any, ...]]:
    """Yield the period's rows, oldest first, with the columns of EXPORTED. Raises LedgerError."""
    columns = [attempts.c[name] for name in EXPORTED]
    query = select(*columns).where(*within(period)).order_by(A.started, A.id)
    with file.read() as connection:
        for row in connection.execution_options(yield_per=BATCH).execute(query):
            yield tuple(row)


def _text(column: ColumnElement[Any]) -> ColumnElement[str]:
    return type_coerce(column, String)


def _possible() -> tuple[ColumnElement[bool], ...]:
    """Return the conditions of counts that a price can be had for, as `check_usage` has them."""
    counts = (*COUNTS, A.web_searches)
    cached = reduce(add, (func.coalesce(column, 0) for column in COUNTS[1:4]))
    return (
        A.input_tokens.is_not(None),
        A.output_tokens.is_not(None),
        *(func.coalesce(column, 0) >= 0 for column in counts),
        cached <= A.input_tokens,
        func.coalesce(A.reasoning_tokens, 0) <= A.output_tokens,
    )
