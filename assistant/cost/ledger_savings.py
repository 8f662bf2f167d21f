"""Savings beside the attempts: at most one row a turn and kind."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.dialects.sqlite import insert

from assistant.cost.ledger_file import LedgerFile
from assistant.cost.ledger_tables import savings
from assistant.cost.savings import Saving, SavingKind

__all__ = ["read_savings", "write_savings"]


def write_savings(
    file: LedgerFile, turn: str, conversation: str, user: str, day: date, found: Sequence[Saving]
) -> None:
    """Write a turn's savings; those that were written before stand. Raises LedgerError."""
    if not found:
        return
    whose = {"turn": turn, "conversation": conversation, "user": user, "day": day}
    rows = [
        {
            **whose,
            "kind": saving.kind.value,
            "backend": saving.backend,
            "counterfactual": saving.counterfactual,
            "actual": saving.actual,
            "overhead": saving.overhead,
            "estimated": saving.estimated,
        }
        for saving in found
    ]
    with file.write() as connection:
        connection.execute(insert(savings).on_conflict_do_nothing(), rows)


def read_savings(file: LedgerFile, turn: str) -> tuple[Saving, ...]:
    """Return a turn's savings by kind. Raises LedgerError."""
    query = select(savings).where(savings.c.turn == turn).order_by(savings.c.kind)
    with file.read() as connection:
        rows = connection.execute(query).mappings().all()
    return tuple(
        Saving(
            SavingKind(row["kind"]),
            row["backend"],
            row["counterfactual"],
            row["actual"],
            row["overhead"],
            row["estimated"],
        )
        for row in rows
    )
