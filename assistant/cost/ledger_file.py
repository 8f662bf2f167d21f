"""The file under the ledger and the archive: opened, migrated after a backup, shared by threads.

SQLite in WAL mode. Any number of threads and processes may write: each write is one
`BEGIN IMMEDIATE` transaction that waits for its turn.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import chain, count
from pathlib import Path
from shutil import copymode
from threading import Lock

from filelock import FileLock, Timeout
from sqlalchemy import Connection, insert, inspect, select, update
from sqlalchemy.exc import DBAPIError

from assistant.cost.errors import LedgerError, LedgerTooNew
from assistant.cost.ledger_engine import ledger_engine
from assistant.cost.ledger_migrations import STEPS, operations
from assistant.cost.ledger_schema import SCHEMA_VERSION, TRIGGERS, schema
from assistant.cost.ledger_tables import metadata
from assistant.cost.owner import Owner
from corpus.sqlite_files import unexchanged

__all__ = ["LedgerFile"]

BUSY_SECONDS = 30.0


class LedgerFile:
    """Opens, creates or migrates the file at `path`; safe to share between threads.

    `owner` is who opens rows in this process. Raises LedgerError when the file cannot be used and
    LedgerTooNew for a schema that a newer version wrote.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.owner = Owner(path.with_name(f"{path.name}.owners"))
        self._writing = Lock()
        self._engine = ledger_engine(path, BUSY_SECONDS)
        with unexchanged(path):
            self._prepare()

    def claim(self) -> str:
        """Return the name under which this process opens rows; they are its own while it lives."""
        with self._disk():
            return self.owner.claim()

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction that writes, all or nothing. Raises LedgerError."""
        # Threads queue here rather than poll SQLite's lock.
        with self._writing, self._begin("BEGIN IMMEDIATE") as connection:
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One transaction that sees one state of the file. Raises LedgerError."""
        with self._begin("BEGIN") as connection:
            yield connection

    def close(self) -> None:
        """Let go of the file; rows that are still open count as abandoned from now on."""
        self.owner.release()
        self._engine.dispose()

    def _prepare(self) -> None:
        with self._disk():
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with FileLock(f"{self.path}.lock", timeout=BUSY_SECONDS):
                self._migrate()

    def _migrate(self) -> None:
        with self.write() as connection:
            _create(connection)
            found = connection.execute(select(schema.c.version)).scalar_one()
        if found > SCHEMA_VERSION:
            raise LedgerTooNew(
                f"{self.path} has ledger schema {found}, this version reads up to "
                f"{SCHEMA_VERSION}; update Load Factor or choose another --data folder."
            )
        if found == SCHEMA_VERSION:
            return
        self._back_up(found)
        with self.write() as connection:
            for version in range(found + 1, SCHEMA_VERSION + 1):
                STEPS[version](operations(connection))
            connection.execute(update(schema).values(version=SCHEMA_VERSION))

    def _back_up(self, version: int) -> None:
        """Copy the file as it is before a migration; copies of earlier migrations are kept."""
        copy = _unused(self.path.with_name(f"{self.path.name}.v{version}.backup"))
        unfinished = copy.with_name(f"{copy.name}.part")
        unfinished.unlink(missing_ok=True)
        unfinished.touch()
        copymode(self.path, unfinished)
        with (
            closing(sqlite3.connect(self.path)) as old,
            closing(sqlite3.connect(unfinished)) as new,
        ):
            old.backup(new)
        unfinished.replace(copy)

    @contextmanager
    def _disk(self) -> Iterator[None]:
        try:
            yield
        except (OSError, Timeout, sqlite3.Error) as error:
            raise LedgerError(
                f"{self.path} cannot be opened ({error}); free the disk, mend its permissions "
                "or choose another --data folder."
            ) from error

    @contextmanager
    def _begin(self, statement: str) -> Iterator[Connection]:
        try:
            with self._engine.execution_options(begin=statement).begin() as connection:
                yield connection
        except DBAPIError as error:
            raise LedgerError(
                f"{self.path} cannot be used ({error.orig}); look at the disk's space and the "
                "file's permissions, or put a copy of the file back."
            ) from error


def _unused(path: Path) -> Path:
    """Return the path, with a number behind it where it is taken."""
    numbered = (path.with_name(f"{path.name}.{number}") for number in count(2))
    return next(name for name in chain([path], numbered) if not name.exists())


def _create(connection: Connection) -> None:
    if not inspect(connection).has_table(schema.name):
        metadata.create_all(connection)
        for trigger in TRIGGERS:
            connection.exec_driver_sql(trigger)
        connection.execute(insert(schema).values(version=SCHEMA_VERSION))
