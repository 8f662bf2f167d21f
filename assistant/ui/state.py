"""What a session remembers; the only module that names session keys.

The conversation's id is in the address too: who comes back to it finds the conversation again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import uuid4

import streamlit as st

from assistant.ui.conversations import Conversation
from assistant.ui.resources import conversations
from ingest.outcome import Outcome

__all__ = [
    "ASK",
    "Opened",
    "Question",
    "conversation",
    "new_conversation",
    "open_passage",
    "outcomes",
    "remember_outcomes",
    "submit",
    "submit_input",
    "take_opened",
    "take_question",
]

CONVERSATION = "conversation"
QUESTION = "question"
OPENED = "opened"
OUTCOMES = "upload outcomes"
ASK = "ask"
"""The key of the chat input."""


@dataclass(frozen=True, slots=True)
class Question:
    """A submitted question; `turn` is the same for every repeat of one submit."""

    turn: str
    text: str


@dataclass(frozen=True, slots=True)
class Opened:
    """The evidence number of a turn whose passage is to be shown."""

    turn: str
    n: int


def conversation() -> Conversation:
    """Return the session's conversation: the one in memory, in the address, or a new one."""
    known = conversations()
    found = known.find(st.session_state.get(CONVERSATION)) or known.find(
        st.query_params.get(CONVERSATION)
    )
    found = found or known.new()
    st.session_state[CONVERSATION] = found.id
    if found.turns and st.query_params.get(CONVERSATION) != found.id:
        st.query_params[CONVERSATION] = found.id
    return found


def new_conversation() -> None:
    """Begin afresh; the old conversation stays at its address."""
    st.query_params.clear()
    st.session_state[CONVERSATION] = conversations().new().id
    st.session_state.pop(QUESTION, None)
    st.session_state.pop(OPENED, None)


def submit(text: str, turn: str | None = None) -> None:
    """Put a question forward for this run."""
    if text.strip():
        st.session_state[QUESTION] = Question(turn or uuid4().hex, text.strip())


def submit_input() -> None:
    """Put forward what was typed into the chat input."""
    submit(str(st.session_state.get(ASK) or ""))


def take_question() -> Question | None:
    taken: Question | None = st.session_state.pop(QUESTION, None)
    return taken


def open_passage(turn: str, n: int) -> None:
    st.session_state[OPENED] = Opened(turn, n)


def take_opened() -> Opened | None:
    taken: Opened | None = st.session_state.pop(OPENED, None)
    return taken


def remember_outcomes(outcomes: Sequence[Outcome]) -> None:
    st.session_state[OUTCOMES] = tuple(outcomes)


def outcomes() -> tuple[Outcome, ...]:
    """Return what became of the files of the last upload."""
    remembered: tuple[Outcome, ...] = st.session_state.get(OUTCOMES, ())
    return remembered
