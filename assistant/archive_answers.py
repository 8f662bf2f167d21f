"""Answers kept to be given again, in the ledger's file: each as long as its index stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, delete, select
from sqlalchemy.dialects.sqlite import insert

from assistant.cost.ledger import Ledger
from assistant.cost.ledger_schema import attempts
from assistant.cost.ledger_tables import kept_answers
from assistant.cost.models import CostSource

# Our own machine's hours are nobody's bill.
_BILL = case((attempts.c.cost_source == CostSource.LOCAL, 0), else_=attempts.c.cost).label("bill")

__all__ = ["KeptAnswer", "KeptAnswers"]


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """A backend's whole text, the ledger's row of the call that made it, and what that cost."""

    text: str
    attempt: str
    cost: int | None


class KeptAnswers:
    """The answers by their key; safe to share between threads and processes.

    All methods raise LedgerError when the file cannot be used.
    """

    def __init__(self, ledger: Ledger) -> None:
        self._file = ledger.file

    def find(self, key: str) -> KeptAnswer | None:
        k, a = kept_answers.c, attempts.c
        query = (
            select(k.text, k.attempt, _BILL)
            .join_from(kept_answers, attempts, a.id == k.attempt, isouter=True)
            .where(k.key == key)
        )
        with self._file.read() as connection:
            row = connection.execute(query).one_or_none()
        return None if row is None else KeptAnswer(row.text, row.attempt, row.bill)

    def keep(
        self, key: str, generation: int, conversation: str, answer: KeptAnswer, at: datetime
    ) -> None:
        """Keep an answer; those of earlier generations of the index go, they match no more."""
        row = {
            "key": key,
            "generation": generation,
            "conversation": conversation,
            "attempt": answer.attempt,
            "text": answer.text,
            "kept": at,
        }
        with self._file.write() as connection:
            connection.execute(delete(kept_answers).where(kept_answers.c.generation != generation))
            kept = insert(kept_answers).values(row)
            connection.execute(kept.on_conflict_do_update(index_elements=["key"], set_=row))
