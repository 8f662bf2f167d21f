"""From each version of the ledger's schema to the next; the only importer of Alembic.

A step says what that version changed, in its own words: it never reads today's tables, which may
have moved on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import JSON, BigInteger, Boolean, Column, Connection, Date, Integer, String

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


def _budgets(op: Operations) -> None:
    """Version 3: the day that an attempt counts for, how a turn was judged, savings, comparisons.

    Rows of before count for their day in UTC: which zone was meant then is not known.
    """
    op.add_column("attempts", Column("day", Date))
    op.execute("DROP TRIGGER settled_attempts_are_final")
    op.execute("UPDATE attempts SET day = substr(started, 1, 10)")
    op.execute(
        "CREATE TRIGGER settled_attempts_are_final BEFORE UPDATE ON attempts "
        "WHEN OLD.state <> 'open' BEGIN SELECT RAISE(ABORT, 'settled attempts are final'); END"
    )
    op.create_index("attempts_by_backend", "attempts", ["backend", "started"])
    op.create_index(
        "attempts_by_day", "attempts", ["day", "user", "cost_source", "cost", "cost_high"]
    )
    summed = ["state", "purpose", "input_tokens", "output_tokens", "usage_source"]
    costs = ["cost_low", "cost", "cost_high", "cost_source", "total_seconds"]
    op.create_index("attempts_by_day_and_backend", "attempts", ["day", "backend", *summed, *costs])
    op.add_column("turns", Column("answered", Boolean))
    op.add_column("turns", Column("supported", Boolean))
    op.execute(
        "UPDATE turns SET answered = json_extract(record, '$.answer.answered'), "
        "supported = json_array_length(record, '$.answer.flags') = 0 "
        "WHERE json_type(record, '$.answer') = 'object'"
    )
    _create_feedback(op)
    _create_savings(op)
    _create_kept(op)


def _create_feedback(op: Operations) -> None:
    op.create_table(
        "feedback",
        Column("turn", String, primary_key=True),
        Column("user", String, primary_key=True),
        Column("conversation", String, nullable=False),
        Column("useful", Boolean, nullable=False),
        Column("given", String(32), nullable=False),
    )


def _create_savings(op: Operations) -> None:
    op.create_table(
        "savings",
        Column("turn", String, primary_key=True),
        Column("kind", String, primary_key=True),
        Column("conversation", String, nullable=False),
        Column("user", String, nullable=False),
        Column("day", Date, nullable=False),
        Column("backend", String, nullable=False),
        Column("counterfactual", BigInteger),
        Column("actual", BigInteger),
        Column("overhead", BigInteger),
        Column("estimated", Boolean, nullable=False),
    )
    op.create_index("savings_by_day", "savings", ["day"])


def _create_kept(op: Operations) -> None:
    op.create_table(
        "kept_answers",
        Column("key", String, primary_key=True),
        Column("generation", Integer, nullable=False),
        Column("conversation", String, nullable=False),
        Column("attempt", String, nullable=False),
        Column("text", String, nullable=False),
        Column("kept", String(32), nullable=False),
    )
    op.create_index("kept_answers_by_conversation", "kept_answers", ["conversation"])
    op.create_table(
        "comparisons",
        Column("id", String, primary_key=True),
        Column("user", String, nullable=False),
        Column("title", String, nullable=False),
        Column("created", String(32), nullable=False),
        Column("record", JSON, nullable=False),
    )
    op.create_index("comparisons_by_user", "comparisons", ["user", "created"])


STEPS: Mapping[int, Callable[[Operations], None]] = {2: _conversations, 3: _budgets}
"""The steps by the version that each leads to."""
