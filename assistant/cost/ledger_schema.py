"""The ledger's tables, and attempts as their rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    Dialect,
    Float,
    Index,
    Integer,
    MetaData,
    RowMapping,
    String,
    Table,
)
from sqlalchemy.types import TypeDecorator

from assistant.cost.models import (
    Attempt,
    AttemptState,
    CostSource,
    Purpose,
    Usage,
    UsageSource,
)

__all__ = [
    "SCHEMA_VERSION",
    "TRIGGERS",
    "Instant",
    "attempts",
    "from_row",
    "metadata",
    "schema",
    "settlement",
    "to_row",
]

SCHEMA_VERSION = 3


class Instant(TypeDecorator[datetime]):
    """An aware time, kept as UTC text of one width, so that texts sort as times do."""

    impl = String(32)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("the ledger needs aware times")
        return value.astimezone(UTC).isoformat(timespec="microseconds")

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:
        return None if value is None else datetime.fromisoformat(value)


def _count(name: str) -> Column[int]:
    return Column(name, BigInteger)


metadata = MetaData()

COSTED_BY_DAY_AND_BACKEND = (
    "day",
    "backend",
    "state",
    "purpose",
    "input_tokens",
    "output_tokens",
    "usage_source",
    "cost_low",
    "cost",
    "cost_high",
    "cost_source",
    "total_seconds",
)

schema = Table("ledger_schema", metadata, Column("version", Integer, nullable=False))

attempts = Table(
    "attempts",
    metadata,
    Column("id", String, primary_key=True),
    Column("turn", String, nullable=False),
    Column("conversation", String, nullable=False),
    Column("user", String, nullable=False),
    Column("parent", String),
    Column("purpose", String, nullable=False),
    Column("backend", String, nullable=False),
    Column("provider", String, nullable=False),
    Column("model_requested", String, nullable=False),
    Column("model_served", String),
    Column("started", Instant, nullable=False),
    Column("ended", Instant),
    Column("state", String, nullable=False),
    Column("finish_reason", String),
    _count("input_tokens"),
    _count("cache_read_tokens"),
    _count("cache_write_5m_tokens"),
    _count("cache_write_1h_tokens"),
    _count("output_tokens"),
    _count("reasoning_tokens"),
    _count("web_searches"),
    Column("tier", String),
    Column("raw_usage", JSON(none_as_null=True)),
    Column("usage_source", String, nullable=False),
    _count("cost_low"),
    _count("cost"),
    _count("cost_high"),
    Column("cost_source", String, nullable=False),
    Column("rates", JSON(none_as_null=True)),
    Column("price_version", String),
    Column("overlay_hash", String),
    Column("first_token_seconds", Float),
    Column("total_seconds", Float),
    Column("owner", String, nullable=False),
    Column("sent_to", String),
    Column("day", Date),
    CheckConstraint("(cost IS NULL) = (cost_low IS NULL) AND (cost IS NULL) = (cost_high IS NULL)"),
    CheckConstraint("0 <= cost_low AND cost_low <= cost AND cost <= cost_high"),
    Index("attempts_by_conversation", "conversation", "started"),
    Index("attempts_by_start", "started"),
    Index("attempts_by_backend", "backend", "started"),
    Index("attempts_by_state", "state", "owner"),
    # Holds all that a budget asks: its sums are read inside every call's transaction.
    Index("attempts_by_day", "day", "user", "cost_source", "cost", "cost_high"),
    # Holds all that costs by day and backend are summed from, which are read at every look.
    Index("attempts_by_day_and_backend", *COSTED_BY_DAY_AND_BACKEND),
)

TRIGGERS = (
    "CREATE TRIGGER attempts_are_kept BEFORE DELETE ON attempts "
    "BEGIN SELECT RAISE(ABORT, 'attempts are kept'); END",
    "CREATE TRIGGER settled_attempts_are_final BEFORE UPDATE ON attempts "
    "WHEN OLD.state <> 'open' BEGIN SELECT RAISE(ABORT, 'settled attempts are final'); END",
)

USAGE_COLUMNS = {"raw": "raw_usage", "source": "usage_source"}
USAGE_FIELDS = {field.name: USAGE_COLUMNS.get(field.name, field.name) for field in fields(Usage)}
ATTEMPT_FIELDS = tuple(field.name for field in fields(Attempt) if field.name != "usage")
KNOWN_AT_START = frozenset(
    {
        "id",
        "turn",
        "conversation",
        "user",
        "parent",
        "sent_to",
        "day",
        "purpose",
        "backend",
        "provider",
        "model_requested",
        "started",
    }
)


def to_row(attempt: Attempt) -> dict[str, Any]:
    """Return the attempt's columns by name, without `owner`."""
    usage = {column: getattr(attempt.usage, name) for name, column in USAGE_FIELDS.items()}
    return {name: getattr(attempt, name) for name in ATTEMPT_FIELDS} | usage


def settlement(attempt: Attempt) -> dict[str, Any]:
    """Return the columns that a settlement writes."""
    return {name: value for name, value in to_row(attempt).items() if name not in KNOWN_AT_START}


def from_row(row: RowMapping | Mapping[str, Any]) -> Attempt:
    usage = {name: row[column] for name, column in USAGE_FIELDS.items()}
    values = {name: row[name] for name in ATTEMPT_FIELDS}
    return Attempt(
        **values
        | {
            "purpose": Purpose(row["purpose"]),
            "state": AttemptState(row["state"]),
            "cost_source": CostSource(row["cost_source"]),
            "usage": Usage(**usage | {"source": UsageSource(row["usage_source"])}),
        }
    )
