"""From each version of the catalog's schema to the next; the corpus's only importer of Alembic.

A step says what that version changed, in its own words: it never reads today's tables, which may
have moved on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Column, Connection, Integer, String, Text

__all__ = ["STEPS", "operations"]


def operations(connection: Connection) -> Operations:
    """Return Alembic's operations inside the transaction of `connection`."""
    return Operations(MigrationContext.configure(connection))


def _tables_and_amendments(op: Operations) -> None:
    """Version 2: how many tables the reader found, and which filing an amended one amends.

    Of documents of before the count is 0 until they are read again.
    """
    op.add_column("documents", Column("tables", Integer, nullable=False, server_default="0"))
    op.add_column("documents", Column("amends", String(64)))


def _questions(op: Operations) -> None:
    """Version 3: the questions that a note says it answers; none of before, until it is read again.

    They are kept because the opening page shows them: it must not read files, nor YAML, itself.
    """
    op.add_column("documents", Column("questions", Text, nullable=False, server_default="[]"))


STEPS: Mapping[int, Callable[[Operations], None]] = {2: _tables_and_amendments, 3: _questions}
"""The steps by the version that each leads to."""
