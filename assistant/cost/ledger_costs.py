"""Sums over the ledger by SQL: one pass over a period for each question. Amounts are exact.

SQLite adds up 64-bit integers, of which pico-dollars fill one with 9.2 million dollars: amounts
are added up in two parts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, func, not_, or_, select

from assistant.cost.cost_sums import AnswerCounts, Dimension, Period, SavingSums, Sums
from assistant.cost.ledger_file import LedgerFile
from assistant.cost.ledger_schema import attempts
from assistant.cost.ledger_tables import savings
from assistant.cost.ledger_turns import conversations, feedback, turns
from assistant.cost.models import AttemptState, CostSource, Purpose, UsageSource

__all__ = [
    "answer_counts",
    "conversation_titles",
    "joined",
    "ledger_sums",
    "parts_of",
    "saving_sums",
    "within",
]

A = attempts.c
CALL = A.state != AttemptState.CACHED
TALK = and_(CALL, A.purpose != Purpose.EMBED)
LOCAL = and_(CALL, A.cost.is_(None), A.cost_source == CostSource.LOCAL)
MODEL = func.coalesce(A.model_served, A.model_requested)
COLUMNS: dict[Dimension, ColumnElement[Any]] = {
    Dimension.DAY: A.day,
    Dimension.BACKEND: A.backend,
    Dimension.MODEL: MODEL,
    Dimension.PURPOSE: A.purpose,
    Dimension.USER: A.user,
    Dimension.CONVERSATION: A.conversation,
}
APART = A.purpose.in_((Purpose.COMPARE, Purpose.CHECK))
"""Calls that answer nobody's question: their answers are no answers of a conversation."""
PART = 10**6
"""A million calls of a million dollars each stay within 64 bits, in either part."""
COSTS = (A.cost_low, A.cost, A.cost_high)
DELIVERED = and_(A.purpose == Purpose.ANSWER, A.state.in_((AttemptState.OK, AttemptState.CACHED)))


def within(period: Period, day: ColumnElement[Any] = A.day) -> list[ColumnElement[bool]]:
    """Return the conditions of a period on a column of days."""
    first = [day >= period.first] if period.first else []
    return [*first, day <= period.last] if period.last else first


def ledger_sums(
    file: LedgerFile, period: Period, *by: Dimension, apart: bool | None = None
) -> tuple[Sums, ...]:
    """Return the sums of the period's calls for each combination of values that occurs.

    `apart` takes comparisons and checks alone, or all but them; None takes every call. Without a
    dimension, one sum with an empty key. Raises LedgerError.
    """
    keys, sums = [COLUMNS[dimension] for dimension in by], _sums()
    costs = [part for cost in COSTS for part in parts_of(cost, CALL)]
    where = within(period) if apart is None else [*within(period), APART if apart else not_(APART)]
    query = select(*keys, *costs, *sums.values()).where(*where).group_by(*keys)
    with file.read() as connection:
        rows = connection.execute(query).all()
    return tuple(_read(row, len(keys), sums) for row in rows)


def _read(row: Sequence[Any], keys: int, sums: Iterable[str]) -> Sums:
    """Return a row as sums: its keys, two parts of each amount, the rest by the names of `sums`."""
    last = keys + 2 * len(COSTS)
    low, cost, high = joined(row[keys:last])
    key = tuple(None if value is None else str(value) for value in row[:keys])
    found: dict[str, Any] = dict(zip(sums, row[last:], strict=True))
    return Sums(key, cost_low=low, cost=cost, cost_high=high, **found)


def parts_of(
    amount: ColumnElement[Any], where: ColumnElement[bool]
) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    """Return the sum of an amount as two columns, which `joined` makes one of."""
    return func.sum(amount // PART).filter(where), func.sum(amount % PART).filter(where)


def joined(parts: Sequence[int | None]) -> tuple[int | None, ...]:
    """Return the sums of pairs of parts; None where nothing was added up."""
    pairs = zip(parts[::2], parts[1::2], strict=True)
    return tuple(None if high is None or low is None else high * PART + low for high, low in pairs)


def _sums() -> dict[str, ColumnElement[Any]]:
    """Return the columns of what is no amount by the fields of Sums."""
    no_count = or_(A.input_tokens.is_(None), A.output_tokens.is_(None))
    return {
        "calls": _count(CALL),
        "cached": _count(not_(CALL)),
        "talks": _count(TALK),
        "input_tokens": func.sum(A.input_tokens).filter(TALK),
        "output_tokens": func.sum(A.output_tokens).filter(TALK),
        "unknown_tokens": _count(and_(TALK, no_count)),
        "estimated_tokens": _count(and_(TALK, A.usage_source == UsageSource.ESTIMATED)),
        "unpriced": _count(and_(CALL, A.cost.is_(None), not_(LOCAL))),
        "unmetered": _count(and_(TALK, LOCAL)),
        "unmetered_work": _count(and_(LOCAL, A.purpose == Purpose.EMBED)),
        "estimated": _count(and_(CALL, A.cost_source == CostSource.ESTIMATED)),
        "failed": _count(A.state == AttemptState.ERROR),
        "running": _count(A.state == AttemptState.OPEN),
        "seconds": func.total(A.total_seconds).filter(CALL),
    }


def answer_counts(file: LedgerFile, period: Period, by: Dimension) -> tuple[AnswerCounts, ...]:
    """Return how many answers the period's calls gave, and how those were judged.

    Of several calls of one turn, the last that delivered an answer gave it. Raises LedgerError.
    """
    # SQLite takes the other columns from the row of the maximum.
    given = (
        select(A.turn, COLUMNS[by].label("key"), func.max(A.started))
        .where(DELIVERED, *within(period))
        .group_by(A.turn)
        .cte()
    )
    marks = (
        select(feedback.c.turn, func.max(feedback.c.useful).label("useful"))
        .group_by(feedback.c.turn)
        .cte()
    )
    query = (
        select(
            given.c.key,
            func.count(),
            func.count(turns.c.answered),
            _count(turns.c.answered),
            _count(and_(turns.c.answered, turns.c.supported)),
            func.count(marks.c.useful),
            _count(marks.c.useful),
        )
        .select_from(given)
        .outerjoin(turns, turns.c.id == given.c.turn)
        .outerjoin(marks, marks.c.turn == given.c.turn)
        .group_by(given.c.key)
    )
    with file.read() as connection:
        rows = connection.execute(query).all()
    return tuple(AnswerCounts(None if key is None else str(key), *counts) for key, *counts in rows)


def saving_sums(file: LedgerFile, period: Period) -> tuple[SavingSums, ...]:
    """Return what each kind of saving did in the period, by name. Raises LedgerError."""
    s = savings.c
    known = and_(s.counterfactual.is_not(None), s.actual.is_not(None), s.overhead.is_not(None))
    query = (
        select(
            s.kind,
            func.count(),
            _count(not_(known)),
            _count(s.estimated) > 0,
            *(
                part
                for c in (s.counterfactual, s.actual, s.overhead)
                for part in parts_of(c, known)
            ),
        )
        .where(*within(period, s.day))
        .group_by(s.kind)
        .order_by(s.kind)
    )
    with file.read() as connection:
        return tuple(_saving(*row) for row in connection.execute(query))


def _saving(
    kind: str, turns: int, unknown: int, estimated: bool, *amounts: int | None
) -> SavingSums:
    instead, actual, own = joined(amounts)
    return SavingSums(kind, turns, unknown, instead, actual, own, estimated)


def conversation_titles(file: LedgerFile, user: str) -> dict[str, str]:
    """Return the titles of a user's conversations by their ids. Raises LedgerError."""
    c = conversations.c
    with file.read() as connection:
        return {
            row.id: row.title
            for row in connection.execute(select(c.id, c.title).where(c.user == user))
        }


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.count().filter(condition)
