"""The file under the catalog: opened, created, or migrated after a backup."""

from __future__ import annotations

import sqlite3
from itertools import chain, count
from pathlib import Path

from sqlalchemy import Engine, create_engine, event, insert, inspect, select, update
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry

from corpus.catalog_amendments import mark_amendments
from corpus.catalog_migrations import STEPS, operations
from corpus.catalog_schema import SCHEMA_VERSION, meta, metadata
from corpus.errors import CorpusError, CorpusUnwritable
from corpus.sqlite_files import copy_database, unexchanged
from corpus.write_lock import LOCK_FILE, WAIT_SECONDS, WriteLock

__all__ = ["open_engine"]

PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000")


def open_engine(path: Path) -> Engine:
    """Return an engine on the SQLite catalog at `path`, of today's schema.

    An absent one is made and an older one migrated, after a copy of it as it was. Raises
    CorpusUnwritable when it cannot be opened or made, CorpusBusy when another process holds the
    write lock of one that has to be migrated, CorpusError when a newer version wrote it.
    """
    engine = create_engine(f"sqlite:///{path}")
    event.listen(engine, "connect", _configure)
    try:
        with unexchanged(path):
            _prepare(engine, path)
    except (SQLAlchemyError, sqlite3.Error, OSError) as error:
        engine.dispose()
        raise CorpusUnwritable(
            f"The catalog cannot be opened at {path}: {getattr(error, 'orig', error)}. "
            "Free disk space, make the folder writable, or choose another with --data."
        ) from error
    except CorpusError:
        engine.dispose()
        raise
    return engine


def _configure(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    for pragma in PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _prepare(engine: Engine, path: Path) -> None:
    if _version(engine, path) == SCHEMA_VERSION:
        return
    # Whoever had the lock first may have done it.
    with WriteLock(path.with_name(LOCK_FILE), WAIT_SECONDS).held():
        found = _version(engine, path)
        if found is None:
            _create(engine)
        elif found < SCHEMA_VERSION:
            copy_database(path, _unused(path.with_name(f"{path.name}.v{found}.backup")))
            _migrate(path, found)


def _version(engine: Engine, path: Path) -> int | None:
    """Return the version of the schema, None for a catalog that is not made yet."""
    with engine.connect() as connection:
        if not inspect(connection).has_table(meta.name):
            return None
        found = connection.scalar(select(meta.c.value).where(meta.c.key == "schema"))
    if found is not None and int(found) > SCHEMA_VERSION:
        raise CorpusError(
            f"The catalog at {path} has schema version {found}, this program knows "
            f"up to {SCHEMA_VERSION}. Update Load Factor, or choose another folder with --data."
        )
    return None if found is None else int(found)


def _create(engine: Engine) -> None:
    metadata.create_all(engine)
    with engine.begin() as connection:
        connection.execute(insert(meta).values(key="schema", value=str(SCHEMA_VERSION)))


def _migrate(path: Path, found: int) -> None:
    """Take every step in one transaction, which the driver would end before a change of tables."""
    engine = create_engine(f"sqlite:///{path}")
    event.listen(engine, "connect", _leave_transactions_to_us)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    try:
        with engine.begin() as connection:
            for version in range(found + 1, SCHEMA_VERSION + 1):
                STEPS[version](operations(connection))
            row = update(meta).where(meta.c.key == "schema")
            connection.execute(row.values(value=str(SCHEMA_VERSION)))
            # Filings of before are told of each other at once, not with the next change.
            mark_amendments(connection)
    finally:
        engine.dispose()


def _leave_transactions_to_us(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    connection.isolation_level = None


def _unused(path: Path) -> Path:
    """Return the path, with a number behind it where it is taken."""
    numbered = (path.with_name(f"{path.name}.{number}") for number in count(2))
    return next(name for name in chain([path], numbered) if not name.exists())
