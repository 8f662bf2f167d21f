"""Conversations and turns as the archive gives them back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from assistant.conversation import Answer, Evidence
from assistant.inquiry import NO_FILTERS
from corpus.models import Filters

__all__ = ["UNENDED", "StoredConversation", "StoredTurn", "TurnState"]


class TurnState(StrEnum):
    RUNNING = "running"
    ANSWERED = "answered"
    FAILED = "failed"
    STOPPED = "stopped"
    INTERRUPTED = "interrupted"


UNENDED = (TurnState.RUNNING, TurnState.INTERRUPTED)


@dataclass(frozen=True, slots=True)
class StoredConversation:
    """A conversation as it is listed; `turns` counts its questions."""

    id: str
    user: str
    title: str
    created: datetime
    updated: datetime
    turns: int


@dataclass(frozen=True, slots=True)
class StoredTurn:
    """A question and what became of it; `text` is what there was of an answer that did not end."""

    id: str
    conversation: str
    question: str
    backend: str
    state: TurnState
    text: str
    error: str | None
    answer: Answer | None
    evidence: tuple[Evidence, ...]
    started: datetime
    ended: datetime | None
    filters: Filters = NO_FILTERS
