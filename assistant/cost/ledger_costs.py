"""Sums over the ledger by SQL: one pass over a period for each question. Amounts are exact."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, func, not_, or_, select

from assistant.cost.cost_sums import AnswerCounts, Dimension, Period, SavingSums, Sums
from assistant.cost.ledger_file import LedgerFile
from assistant.cost.ledger_schema import attempts
from assistant.cost.ledger_tables import savings
from assistant.cost.ledger_turns import conversations, feedback, turns
from assistant.cost.models import AttemptState, CostSource, Purpose, UsageSource

__all__ = ["answer_counts", "conversation_titles", "ledger_sums", "saving_sums", "within"]

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
DELIVERED = and_(A.purpose == Purpose.ANSWER, A.state.in_((AttemptState.OK, AttemptState.CACHED)))


def within(period: Period, day: ColumnElement[Any] = A.day) -> list[ColumnElement[bool]]:
    """Return the conditions of a period on a column of days."""
    first = [day >= period.first] if period.first else []
    return [*first, day <= period.last] if period.last else first


def ledger_sums(file: LedgerFile, period: Period, *by: Dimension) -> tuple[Sums, ...]:
    """Return the sums of the period's calls for each combination of values that occurs.

    Without a dimension, one sum with an empty key. Raises LedgerError.
    """
    keys = [COLUMNS[dimension] for dimension in by]
    query = select(*keys, *_sums()).where(*within(period)).group_by(*keys)
    with file.read() as connection:
        rows = connection.execute(query).all()
    width = len(keys)
    return tuple(
        Sums(tuple(None if key is None else str(key) for key in row[:width]), *row[width:])
        for row in rows
    )


def _sums() -> tuple[ColumnElement[Any], ...]:
    """Return the columns in the order of the fields of Sums."""
    no_count = or_(A.input_tokens.is_(None), A.output_tokens.is_(None))
    return (
        _count(CALL),
        _count(not_(CALL)),
        _count(TALK),
        func.sum(A.input_tokens).filter(TALK),
        func.sum(A.output_tokens).filter(TALK),
        _count(and_(TALK, no_count)),
        _count(and_(TALK, A.usage_source == UsageSource.ESTIMATED)),
        func.sum(A.cost_low).filter(CALL),
        func.sum(A.cost).filter(CALL),
        func.sum(A.cost_high).filter(CALL),
        _count(and_(CALL, A.cost.is_(None), not_(LOCAL))),
        _count(and_(TALK, LOCAL)),
        _count(and_(LOCAL, A.purpose == Purpose.EMBED)),
        _count(and_(CALL, A.cost_source == CostSource.ESTIMATED)),
        _count(A.state == AttemptState.ERROR),
        _count(A.state == AttemptState.OPEN),
        func.total(A.total_seconds).filter(CALL),
    )


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
            *(func.sum(c).filter(known) for c in (s.counterfactual, s.actual, s.overhead)),
            _count(s.estimated) > 0,
        )
        .where(*within(period, s.day))
        .group_by(s.kind)
        .order_by(s.kind)
    )
    with file.read() as connection:
        return tuple(SavingSums(*row) for row in connection.execute(query))


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
