"""The ledger: one row an attempt, opened before the call, settled once after it, then final."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

from sqlalchemy import ColumnElement, and_, func, insert, not_, or_, select, update

from assistant.cost.budget import NO_BUDGETS, Budgets, Standing
from assistant.cost.errors import AttemptNotOpen
from assistant.cost.ledger_budget import admit, standings
from assistant.cost.ledger_file import LedgerFile
from assistant.cost.ledger_schema import attempts, from_row, settlement, to_row
from assistant.cost.models import Attempt, AttemptState, CostSource, Purpose, Totals, UsageSource

__all__ = ["Ledger"]

ABANDONED = "process ended"
LATEST = 20
"""Answers that tell what is usual now."""


class Ledger:
    """Opens or creates the ledger at `path`; safe to share between threads.

    Raises LedgerError when the file cannot be used and LedgerTooNew for a newer schema.
    """

    def __init__(self, path: Path) -> None:
        self.file = LedgerFile(path)

    def open_attempt(self, attempt: Attempt, budgets: Budgets = NO_BUDGETS) -> None:
        """Write the row of a call that is about to be made; it stays ours while we live.

        The row reserves the attempt's `cost_high` in every budget, at once and whoever else asks.
        Raises BudgetExceeded, writing nothing, where that does not fit; ValueError for an attempt
        that is not open; LedgerError when the row cannot be written.
        """
        if attempt.state is not AttemptState.OPEN:
            raise ValueError(f"attempt {attempt.id} is {attempt.state}, not open")
        owner = self.file.claim()
        with self.file.write() as connection:
            admit(connection, attempt, budgets)
            connection.execute(insert(attempts).values(to_row(attempt) | {"owner": owner}))

    def record(self, attempt: Attempt) -> None:
        """Write the row of work that is over already, such as our own embedder's.

        Raises ValueError for an attempt that is open, LedgerError when it cannot be written.
        """
        if attempt.state is AttemptState.OPEN:
            raise ValueError(f"attempt {attempt.id} is still open")
        row = to_row(attempt) | {"owner": self.file.owner.id}
        with self.file.write() as connection:
            connection.execute(insert(attempts).values(row))

    def settle(self, attempt: Attempt) -> None:
        """Write how the call ended; the first settlement is final.

        Raises AttemptNotOpen, changing nothing, for a row that is unknown or was settled before;
        ValueError for an attempt that is still open; LedgerError when it cannot be written.
        """
        if attempt.state is AttemptState.OPEN:
            raise ValueError(f"attempt {attempt.id} is still open")
        is_open = and_(attempts.c.id == attempt.id, attempts.c.state == AttemptState.OPEN)
        with self.file.write() as connection:
            done = connection.execute(update(attempts).where(is_open).values(settlement(attempt)))
            if done.rowcount != 1:
                raise AttemptNotOpen(
                    f"{self.file.path}: attempt {attempt.id} is not open; it was settled before or "
                    "never started, and its row is left as it is."
                )

    def settle_stale(self, now: datetime) -> int:
        """Settle the open rows of processes that are gone as errors; return how many.

        A row keeps the estimate that it was opened with, so totals never drop. Call it at start.
        """
        is_open = attempts.c.state == AttemptState.OPEN
        with self.file.read() as connection:
            owners = connection.scalars(select(attempts.c.owner).where(is_open).distinct()).all()
        gone = [owner for owner in owners if self.file.owner.is_gone(owner)]
        self.file.owner.sweep()
        if not gone:
            return 0
        values = {"state": AttemptState.ERROR, "ended": now, "finish_reason": ABANDONED}
        stale = update(attempts).where(is_open, attempts.c.owner.in_(gone)).values(values)
        with self.file.write() as connection:
            return connection.execute(stale).rowcount

    def attempts(
        self, *, conversation: str | None = None, since: datetime | None = None
    ) -> tuple[Attempt, ...]:
        """Return the attempts of a conversation, started at or after `since`, oldest first."""
        query = select(attempts).where(*_scope(conversation, since))
        with self.file.read() as connection:
            rows = connection.execute(query.order_by(attempts.c.started, attempts.c.id)).mappings()
            return tuple(from_row(row) for row in rows)

    def recent(self, backend: str) -> tuple[Attempt, ...]:
        """Return a backend's latest answers, newest first."""
        a = attempts.c
        answers = (
            a.backend == backend,
            a.purpose.in_((Purpose.ANSWER, Purpose.COMPARE)),
            a.state == AttemptState.OK,
        )
        query = select(attempts).where(*answers).order_by(a.started.desc()).limit(LATEST)
        with self.file.read() as connection:
            rows = connection.execute(query).mappings()
            return tuple(from_row(row) for row in rows)

    def standings(
        self, budgets: Budgets, conversation: str, user: str, day: date
    ) -> tuple[Standing, ...]:
        """Return where each budget stands for a user's conversation on a day."""
        if not budgets:
            return ()
        with self.file.read() as connection:
            return standings(connection, budgets, conversation, user, day)

    def totals(self, *, conversation: str | None = None, day: date | None = None) -> Totals:
        """Return the sums of a conversation, of one day."""
        a = attempts.c
        talks = a.purpose != Purpose.EMBED
        local = and_(a.cost.is_(None), a.cost_source == CostSource.LOCAL)
        no_count = or_(a.input_tokens.is_(None), a.output_tokens.is_(None))
        query = select(
            func.count().label("attempts"),
            _count(talks, "talks"),
            *(func.sum(c).filter(talks).label(c.name) for c in (a.input_tokens, a.output_tokens)),
            *(func.sum(c).label(c.name) for c in (a.cost_low, a.cost, a.cost_high)),
            _count(and_(talks, no_count), "unknown_tokens"),
            _count(and_(talks, a.usage_source == UsageSource.ESTIMATED), "estimated"),
            _count(and_(a.cost.is_(None), not_(local)), "unpriced"),
            _count(and_(talks, local), "unmetered"),
            _count(and_(not_(talks), local), "unmetered_work"),
            _count(a.cost_source == CostSource.ESTIMATED, "cost_estimated"),
        ).where(a.state != AttemptState.CACHED, *_scope(conversation, day=day))
        with self.file.read() as connection:
            row = connection.execute(query).mappings().one()
        tokens = ("input_tokens", "output_tokens")
        costs = ("cost_low", "cost", "cost_high")
        return Totals(
            attempts=row["attempts"],
            **{name: row[name] if row["talks"] else 0 for name in tokens},
            **{name: row[name] if row["attempts"] else 0 for name in costs},
            unknown_tokens=row["unknown_tokens"],
            estimated=row["estimated"] > 0,
            unpriced=row["unpriced"],
            cost_estimated=row["cost_estimated"] > 0,
            unmetered=row["unmetered" if row["talks"] else "unmetered_work"],
        )

    def close(self) -> None:
        """Let go of the file; rows that are still open count as abandoned from now on."""
        self.file.close()


def _scope(
    conversation: str | None, since: datetime | None = None, day: date | None = None
) -> list[ColumnElement[bool]]:
    where = []
    if conversation is not None:
        where.append(attempts.c.conversation == conversation)
    if since is not None:
        where.append(attempts.c.started >= since)
    if day is not None:
        where.append(attempts.c.day == day)
    return where


def _count(condition: ColumnElement[bool], label: str) -> ColumnElement[int]:
    return func.count().filter(condition).label(label)
