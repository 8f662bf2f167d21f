"""The ledger: one row an attempt, opened before the call, settled once after it, then final.

SQLite in WAL mode. Any number of threads and processes may write: each write is one
`BEGIN IMMEDIATE` transaction that waits for its turn.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from threading import Lock

from filelock import FileLock, Timeout
from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    func,
    insert,
    inspect,
    or_,
    select,
    update,
)
from sqlalchemy.exc import DBAPIError

from assistant.cost.errors import AttemptNotOpen, LedgerError, LedgerTooNew
from assistant.cost.ledger_engine import ledger_engine
from assistant.cost.ledger_schema import (
    SCHEMA_VERSION,
    TRIGGERS,
    attempts,
    from_row,
    metadata,
    schema,
    settlement,
    to_row,
)
from assistant.cost.models import Attempt, AttemptState, CostSource, Totals, UsageSource
from assistant.cost.owner import Owner

__all__ = ["Ledger"]

BUSY_SECONDS = 30.0
ABANDONED = "process ended"


class Ledger:
    """Opens or creates the ledger at `path`; safe to share between threads.

    Raises LedgerError when the file cannot be used and LedgerTooNew for a newer schema.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._writing = Lock()
        self._owner = Owner(path.with_name(f"{path.name}.owners"))
        self._engine = ledger_engine(path, BUSY_SECONDS)
        self._prepare()

    def open_attempt(self, attempt: Attempt) -> None:
        """Write the row of a call that is about to be made; it stays ours while we live.

        Raises ValueError for an attempt that is not open, LedgerError when it cannot be written.
        """
        if attempt.state is not AttemptState.OPEN:
            raise ValueError(f"attempt {attempt.id} is {attempt.state}, not open")
        with self._disk():
            owner = self._owner.claim()
        with self._write() as connection:
            connection.execute(insert(attempts).values(to_row(attempt) | {"owner": owner}))

    def settle(self, attempt: Attempt) -> None:
        """Write how the call ended; the first settlement is final.

        Raises AttemptNotOpen, changing nothing, for a row that is unknown or was settled before;
        ValueError for an attempt that is still open; LedgerError when it cannot be written.
        """
        if attempt.state is AttemptState.OPEN:
            raise ValueError(f"attempt {attempt.id} is still open")
        is_open = and_(attempts.c.id == attempt.id, attempts.c.state == AttemptState.OPEN)
        with self._write() as connection:
            done = connection.execute(update(attempts).where(is_open).values(settlement(attempt)))
            if done.rowcount != 1:
                raise AttemptNotOpen(
                    f"{self._path}: attempt {attempt.id} is not open; it was settled before or "
                    "never started, and its row is left as it is."
                )

    def settle_stale(self, now: datetime) -> int:
        """Settle the open rows of processes that are gone as errors; return how many.

        A row keeps the estimate that it was opened with, so totals never drop. Call it at start.
        """
        is_open = attempts.c.state == AttemptState.OPEN
        with self._read() as connection:
            owners = connection.scalars(select(attempts.c.owner).where(is_open).distinct()).all()
        gone = [owner for owner in owners if self._owner.is_gone(owner)]
        self._owner.sweep()
        if not gone:
            return 0
        values = {"state": AttemptState.ERROR, "ended": now, "finish_reason": ABANDONED}
        stale = update(attempts).where(is_open, attempts.c.owner.in_(gone)).values(values)
        with self._write() as connection:
            return connection.execute(stale).rowcount

    def attempts(
        self, *, conversation: str | None = None, since: datetime | None = None
    ) -> tuple[Attempt, ...]:
        """Return the attempts of a conversation, started at or after `since`, oldest first."""
        query = select(attempts).where(*_scope(conversation, since))
        with self._read() as connection:
            rows = connection.execute(query.order_by(attempts.c.started, attempts.c.id)).mappings()
            return tuple(from_row(row) for row in rows)

    def totals(self, *, conversation: str | None = None, since: datetime | None = None) -> Totals:
        """Return the sums of a conversation, over attempts started at or after `since`."""
        a = attempts.c
        known = (a.input_tokens, a.output_tokens, a.cost_low, a.cost, a.cost_high)
        query = select(
            func.count().label("attempts"),
            *(func.sum(column).label(column.name) for column in known),
            _count(or_(a.input_tokens.is_(None), a.output_tokens.is_(None)), "unknown_tokens"),
            _count(a.usage_source == UsageSource.ESTIMATED, "estimated"),
            _count(a.cost.is_(None), "unpriced"),
            _count(a.cost_source == CostSource.ESTIMATED, "cost_estimated"),
        ).where(a.state != AttemptState.CACHED, *_scope(conversation, since))
        with self._read() as connection:
            row = connection.execute(query).mappings().one()
        nothing = row["attempts"] == 0
        return Totals(
            attempts=row["attempts"],
            **{column.name: 0 if nothing else row[column.name] for column in known},
            unknown_tokens=row["unknown_tokens"],
            estimated=row["estimated"] > 0,
            unpriced=row["unpriced"],
            cost_estimated=row["cost_estimated"] > 0,
        )

    def close(self) -> None:
        """Let go of the file; rows that are still open count as abandoned from now on."""
        self._owner.release()
        self._engine.dispose()

    def _prepare(self) -> None:
        with self._disk():
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with FileLock(f"{self._path}.lock", timeout=BUSY_SECONDS), self._write() as connection:
                _create(connection)
                found = connection.execute(select(schema.c.version)).scalar_one()
        if found > SCHEMA_VERSION:
            raise LedgerTooNew(
                f"{self._path} has ledger schema {found}, this version reads up to "
                f"{SCHEMA_VERSION}; update Load Factor or choose another --data folder."
            )

    @contextmanager
    def _disk(self) -> Iterator[None]:
        try:
            yield
        except (OSError, Timeout) as error:
            raise LedgerError(
                f"{self._path} cannot be opened ({error}); free the disk, mend its permissions "
                "or choose another --data folder."
            ) from error

    @contextmanager
    def _write(self) -> Iterator[Connection]:
        # Threads queue here rather than poll SQLite's lock.
        with self._writing, self._begin("BEGIN IMMEDIATE") as connection:
            yield connection

    @contextmanager
    def _read(self) -> Iterator[Connection]:
        with self._begin("BEGIN") as connection:
            yield connection

    @contextmanager
    def _begin(self, statement: str) -> Iterator[Connection]:
        try:
            with self._engine.execution_options(begin=statement).begin() as connection:
                yield connection
        except DBAPIError as error:
            raise LedgerError(
                f"{self._path} cannot be used ({error.orig}); look at the disk's space and the "
                "file's permissions, or put a copy of the file back."
            ) from error


def _create(connection: Connection) -> None:
    if not inspect(connection).has_table(schema.name):
        metadata.create_all(connection)
        for trigger in TRIGGERS:
            connection.exec_driver_sql(trigger)
        connection.execute(insert(schema).values(version=SCHEMA_VERSION))


def _scope(conversation: str | None, since: datetime | None) -> list[ColumnElement[bool]]:
    where = []
    if conversation is not None:
        where.append(attempts.c.conversation == conversation)
    if since is not None:
        where.append(attempts.c.started >= since)
    return where


def _count(condition: ColumnElement[bool], label: str) -> ColumnElement[int]:
    return func.count().filter(condition).label(label)
