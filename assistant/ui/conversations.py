"""The conversations of this process, each found by its secret id, over the archive that keeps them.

They outlive tabs, reruns and the process: an answer is there when its reader comes back.
"""

from __future__ import annotations

import logging
from collections import OrderedDict, deque
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from threading import Lock
from uuid import uuid4

from assistant.archive import Archive, StoredTurn, TurnState
from assistant.conversation import Answer, Turn
from assistant.cost.errors import LedgerError
from assistant.inquiry import NO_FILTERS
from assistant.ui.worker import Produce, RunningTurn, Shown, Snapshot
from corpus.models import Filters

__all__ = ["Conversation", "Conversations", "PastTurn"]

HISTORY_TURNS = 6
USER = "local"

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PastTurn:
    """A turn of an earlier process, as the archive kept it."""

    id: str
    question: str
    now: Snapshot
    filters: Filters = NO_FILTERS

    @staticmethod
    def of(turn: StoredTurn) -> PastTurn:
        return PastTurn(
            turn.id,
            turn.question,
            Snapshot(
                evidence=turn.evidence,
                text=turn.text,
                answer=turn.answer,
                error=turn.error,
                stopped=turn.state is TurnState.STOPPED,
                interrupted=turn.state in {TurnState.INTERRUPTED, TurnState.RUNNING},
                finished=True,
            ),
            turn.filters,
        )


class Unkept:
    """Ends of turns that the ledger did not take; they are kept before the next turn begins."""

    def __init__(self) -> None:
        self._waiting: deque[Callable[[], None]] = deque()
        self._writing = Lock()

    def keep(self, end: Callable[[], None]) -> None:
        """Keep an end now, or as soon as the ledger takes it."""
        self._waiting.append(end)
        self.flush()

    def flush(self) -> None:
        with self._writing:
            while self._waiting:
                try:
                    self._waiting[0]()
                except LedgerError as error:
                    log.error("a turn's end is not kept yet: %s", error)
                    return
                self._waiting.popleft()


@dataclass(frozen=True, slots=True)
class Kept:
    """The archive's record of one running turn."""

    archive: Archive
    unkept: Unkept
    conversation: str
    turn: str
    question: str
    backend: str
    filters: Filters

    def begin(self) -> None:
        self.unkept.flush()
        self.archive.begin(
            self.conversation,
            USER,
            self.turn,
            self.question,
            self.backend,
            _now(),
            self.filters,
        )

    def end(self, snapshot: Snapshot) -> None:
        self.unkept.keep(
            partial(
                self.archive.finish,
                self.turn,
                _state(snapshot),
                text=snapshot.text,
                answer=snapshot.answer,
                evidence=snapshot.evidence or (),
                error=snapshot.error,
                at=_now(),
                filters=self.filters,
            )
        )


class Conversation:
    """Turns in order, of which only the last may be running."""

    def __init__(
        self,
        conversation_id: str,
        archive: Archive,
        past: tuple[PastTurn, ...] = (),
        unkept: Unkept | None = None,
    ) -> None:
        self.id = conversation_id
        self._archive = archive
        self._unkept = unkept or Unkept()
        self._lock = Lock()
        self._turns: tuple[Shown, ...] = past

    @property
    def turns(self) -> tuple[Shown, ...]:
        return self._turns

    @property
    def running(self) -> RunningTurn | None:
        last = self._turns[-1] if self._turns else None
        return last if isinstance(last, RunningTurn) and not last.now.finished else None

    def ask(
        self,
        turn_id: str,
        question: str,
        backend: str,
        produce: Produce,
        filters: Filters = NO_FILTERS,
    ) -> Shown:
        """Start a turn, unless `turn_id` was started before: one submit, one charge.

        While another turn runs, that one is returned and nothing is started.
        """
        with self._lock:
            known = next((turn for turn in self._turns if turn.id == turn_id), self.running)
            if known is not None:
                return known
            kept = Kept(self._archive, self._unkept, self.id, turn_id, question, backend, filters)
            turn = RunningTurn(turn_id, question, produce, kept, filters)
            self._turns += (turn,)
            turn.start()
            return turn

    def history(
        self, before: str | None = None, companies: Collection[str] = ()
    ) -> tuple[Turn, ...]:
        """Return the last answered turns, oldest first; only those before the turn `before`.

        Only those count that were confined to these companies, () for none: a question that is
        confined to others is no follow-up. Of a question that was asked again at once, the last
        answer counts.
        """
        answers: list[Answer] = []
        for turn in self._turns:
            if turn.id == before:
                break
            answer = turn.now.answer
            if answer is not None and set(turn.filters.companies) == set(companies):
                if answers and answers[-1].question == answer.question:
                    answers.pop()
                answers.append(answer)
        return tuple(Turn(answer.question, answer.text) for answer in answers)[-HISTORY_TURNS:]


class Conversations:
    """At most `limit` conversations in memory; the others are read anew when they are needed."""

    def __init__(self, archive: Archive, limit: int = 500) -> None:
        self._archive = archive
        self._limit = limit
        self._lock = Lock()
        self._known: OrderedDict[str, Conversation] = OrderedDict()
        self._unkept = Unkept()

    def new(self) -> Conversation:
        return self._remember(Conversation(uuid4().hex, self._archive, (), self._unkept))

    def find(self, conversation_id: str | None) -> Conversation | None:
        """Return a conversation by its id; an id that we did not give out names none."""
        with self._lock:
            found = self._known.get(conversation_id or "")
            if found is not None:
                self._known.move_to_end(found.id)
                return found
        if not conversation_id or self._archive.conversation(conversation_id) is None:
            return None
        past = tuple(map(PastTurn.of, self._archive.turns(conversation_id)))
        return self._remember(Conversation(conversation_id, self._archive, past, self._unkept))

    def forget(self, conversation_id: str) -> None:
        """Delete a conversation for good; a turn of it that runs is stopped. Its cost stays."""
        with self._lock:
            found = self._known.pop(conversation_id, None)
        if found is not None and found.running is not None:
            found.running.stop()
            found.running.join(5.0)
        self._archive.delete(conversation_id)

    def _remember(self, conversation: Conversation) -> Conversation:
        with self._lock:
            known = self._known.setdefault(conversation.id, conversation)
            idle = [key for key, one in self._known.items() if one.running is None]
            for key in idle[: max(0, len(self._known) - self._limit)]:
                del self._known[key]
        return known


def _state(snapshot: Snapshot) -> TurnState:
    if snapshot.answer is not None:
        return TurnState.ANSWERED
    return TurnState.STOPPED if snapshot.stopped else TurnState.FAILED


def _now() -> datetime:
    return datetime.now(UTC)
