"""The tables of conversations, turns, their citations and readers' marks, beside the attempts."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, Index, Integer, String, Table

from assistant.cost.ledger_schema import Instant, metadata

__all__ = ["conversations", "feedback", "metadata", "turn_citations", "turns"]

conversations = Table(
    "conversations",
    metadata,
    Column("id", String, primary_key=True),
    Column("user", String, nullable=False),
    Column("title", String, nullable=False),
    Column("created", Instant, nullable=False),
    Column("updated", Instant, nullable=False),
    Index("conversations_by_user", "user", "updated"),
)

turns = Table(
    "turns",
    metadata,
    Column("id", String, primary_key=True),
    Column("conversation", String, nullable=False),
    Column("ordinal", Integer, nullable=False),
    Column("question", String, nullable=False),
    Column("backend", String, nullable=False),
    Column("state", String, nullable=False),
    Column("text", String, nullable=False),
    Column("error", String),
    Column("record", JSON(none_as_null=True)),
    Column("started", Instant, nullable=False),
    Column("ended", Instant),
    Column("owner", String, nullable=False),
    Column("answered", Boolean),
    Column("supported", Boolean),
    Index("turns_by_conversation", "conversation", "ordinal"),
    Index("turns_by_state", "state", "owner"),
)

turn_citations = Table(
    "turn_citations",
    metadata,
    Column("turn", String, primary_key=True),
    Column("n", Integer, primary_key=True),
    Column("document", String, nullable=False),
    Index("turn_citations_by_document", "document"),
)

feedback = Table(
    "feedback",
    metadata,
    Column("turn", String, primary_key=True),
    Column("user", String, primary_key=True),
    Column("conversation", String, nullable=False),
    Column("useful", Boolean, nullable=False),
    Column("given", Instant, nullable=False),
)
