"""Readers' thumbs beside the turns: was the answer useful?"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.dialects.sqlite import insert

from assistant.cost.ledger import Ledger
from assistant.cost.ledger_turns import feedback

__all__ = ["Feedback"]


class Feedback:
    """One mark a turn and user; the last one counts. All methods raise LedgerError."""

    def __init__(self, ledger: Ledger) -> None:
        self._file = ledger.file

    def give(
        self, turn: str, conversation: str, user: str, useful: bool | None, at: datetime
    ) -> None:
        """Keep whether an answer was useful; None takes the mark back."""
        mine = (feedback.c.turn == turn, feedback.c.user == user)
        row = {
            "turn": turn,
            "user": user,
            "conversation": conversation,
            "useful": useful,
            "given": at,
        }
        with self._file.write() as connection:
            if useful is None:
                connection.execute(delete(feedback).where(*mine))
                return
            given = insert(feedback).values(row)
            connection.execute(
                given.on_conflict_do_update(index_elements=["turn", "user"], set_=row)
            )

    def of(self, conversation: str, user: str) -> dict[str, bool]:
        """Return a user's marks in a conversation by turn."""
        c = feedback.c
        query = select(c.turn, c.useful).where(c.conversation == conversation, c.user == user)
        with self._file.read() as connection:
            return {row.turn: row.useful for row in connection.execute(query)}
