"""The tables that came with budgets and comparisons: savings, kept answers, comparisons."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Boolean, Column, Date, Index, Integer, String, Table

from assistant.cost.ledger_schema import Instant
from assistant.cost.ledger_turns import metadata

__all__ = ["comparisons", "kept_answers", "metadata", "savings"]

savings = Table(
    "savings",
    metadata,
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
    Index("savings_by_day", "day"),
)
"""One row a turn and kind, in pico-dollars; null is unknown."""

kept_answers = Table(
    "kept_answers",
    metadata,
    Column("key", String, primary_key=True),
    Column("generation", Integer, nullable=False),
    Column("conversation", String, nullable=False),
    Column("attempt", String, nullable=False),
    Column("text", String, nullable=False),
    Column("kept", Instant, nullable=False),
    Index("kept_answers_by_conversation", "conversation"),
)

comparisons = Table(
    "comparisons",
    metadata,
    Column("id", String, primary_key=True),
    Column("user", String, nullable=False),
    Column("title", String, nullable=False),
    Column("created", Instant, nullable=False),
    Column("record", JSON, nullable=False),
    Index("comparisons_by_user", "user", "created"),
)
