"""The conversations of this process: shared by all sessions, each found by its secret id only.

They outlive tabs and reruns, so an answer is there when its reader comes back.
"""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from uuid import uuid4

from assistant.conversation import Turn
from assistant.ui.worker import Produce, RunningTurn

__all__ = ["Conversation", "Conversations"]

HISTORY_TURNS = 6


class Conversation:
    """Turns in order, of which only the last may be running."""

    def __init__(self, conversation_id: str) -> None:
        self.id = conversation_id
        self._lock = Lock()
        self._turns: tuple[RunningTurn, ...] = ()

    @property
    def turns(self) -> tuple[RunningTurn, ...]:
        return self._turns

    @property
    def running(self) -> RunningTurn | None:
        last = self._turns[-1] if self._turns else None
        return last if last is not None and not last.now.finished else None

    def ask(self, turn_id: str, question: str, produce: Produce) -> RunningTurn:
        """Start a turn, unless `turn_id` was started before: one submit, one charge.

        While another turn runs, that one is returned and nothing is started.
        """
        with self._lock:
            known = next((turn for turn in self._turns if turn.id == turn_id), self.running)
            if known is not None:
                return known
            turn = RunningTurn(turn_id, question, produce)
            self._turns += (turn,)
            turn.start()
            return turn

    def history(self) -> tuple[Turn, ...]:
        """Return the last answered turns, oldest first."""
        answers = [turn.now.answer for turn in self._turns]
        return tuple(
            Turn(answer.question, answer.text) for answer in answers if answer is not None
        )[-HISTORY_TURNS:]


class Conversations:
    """At most `limit` conversations; those untouched longest are forgotten first."""

    def __init__(self, limit: int = 500) -> None:
        self._limit = limit
        self._lock = Lock()
        self._known: OrderedDict[str, Conversation] = OrderedDict()

    def new(self) -> Conversation:
        conversation = Conversation(uuid4().hex)
        with self._lock:
            self._known[conversation.id] = conversation
            while len(self._known) > self._limit:
                self._known.popitem(last=False)
        return conversation

    def find(self, conversation_id: str | None) -> Conversation | None:
        """Return a conversation by its id; an id that we did not give out names none."""
        with self._lock:
            found = self._known.get(conversation_id or "")
            if found is not None:
                self._known.move_to_end(found.id)
            return found
