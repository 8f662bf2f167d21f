"""From each version of the ledger's schema to the next; the only importer of Alembic.

A step says what that version changed, in its own words: it never reads today's tables, which may
have moved on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import JSON, Column, Connection, Integer, String

__all__ = ["STEPS", "operations"]


def operations(connection: Connection) -> Operations:
    """Return Alembic's operations inside the transaction of `connection`."""
    return Operations(MigrationContext.configure(connection))


def _conversations(op: Operations) -> None:
    """Version 2: where the text of an attempt went; conversations and their turns."""
    op.add_column("attempts", Column("sent_to", String))
    op.create_table(
        "conversations",
        Column("id", String, primary_key=True),
        Column("user", String, nullable=False),
        Column("title", String, nullable=False),
        Column("created", String(32), nullable=False),
        Column("updated", String(32), nullable=False),
    )
    op.create_index("conversations_by_user", "conversations", ["user", "updated"])
    op.create_table(
        "turns",
        Column("id", String, primary_key=True),
        Column("conversation", String, nullable=False),
        Column("ordinal", Integer, nullable=False),
        Column("question", String, nullable=False),
        Column("backend", String, nullable=False),
        Column("state", String, nullable=False),
        Column("text", String, nullable=False),
        Column("error", String),
        Column("record", JSON),
        Column("started", String(32), nullable=False),
        Column("ended", String(32)),
        Column("owner", String, nullable=False),
    )
    op.create_index("turns_by_conversation", "turns", ["conversation", "ordinal"])
    op.create_index("turns_by_state", "turns", ["state", "owner"])
    op.create_table(
        "turn_citations",
        Column("turn", String, primary_key=True),
        Column("n", Integer, primary_key=True),
        Column("document", String, nullable=False),
    )
    op.create_index("turn_citations_by_document", "turn_citations", ["document"])


STEPS: Mapping[int, Callable[[Operations], None]] = {2: _conversations}
"""The steps by the version that each leads to."""
