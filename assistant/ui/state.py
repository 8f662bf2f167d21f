"""What a session remembers; names session keys, as the other `_state` modules do.

The conversation's id is in the address too: who comes back to it finds the conversation again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import uuid4

import streamlit as st

from assistant.checkup import Checkup
from assistant.inquiry import NO_FILTERS
from assistant.ui import filter_state
from assistant.ui.conversations import Conversation
from assistant.ui.resources import conversations, runtime
from assistant.ui.worker import Shown
from corpus.models import Filters
from ingest.outcome import Outcome

__all__ = [
    "ASK",
    "PICKED_BACKEND",
    "PICKED_LOCALITY",
    "Opened",
    "Question",
    "backend",
    "checkups",
    "choose_backend",
    "conversation",
    "local_only",
    "new_conversation",
    "open_passage",
    "outcomes",
    "remember_checkup",
    "remember_outcomes",
    "seen",
    "show_picked",
    "submit",
    "submit_again",
    "submit_input",
    "take_opened",
    "take_picked_backend",
    "take_picked_locality",
    "take_question",
    "thumb",
    "thumb_of",
]

CONVERSATION = "conversation"
QUESTION = "question"
OPENED = "opened"
OUTCOMES = "upload outcomes"
SEEN = "conversations seen"
BACKEND = "backend"
LOCAL_ONLY = "local only"
CHECKUPS = "checkups"
ASK = "ask"
"""The key of the chat input."""
PICKED_BACKEND = "picked backend"
PICKED_LOCALITY = "picked locality"
"""The keys of the widgets that choose who answers."""


@dataclass(frozen=True, slots=True)
class Question:
    """A submitted question; `turn` is the same for every repeat of one submit.

    `backend` is the one that was chosen, or `auto`. A question that is asked again names the turn
    that it repeats as `again`.
    """

    turn: str
    text: str
    backend: str
    filters: Filters = NO_FILTERS
    again: str | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """The evidence number of a turn whose passage is to be shown."""

    turn: str
    n: int


def conversation() -> Conversation:
    """Return the session's conversation: the one in the address, in memory, or a new one."""
    known = conversations()
    found = known.find(st.query_params.get(CONVERSATION)) or known.find(
        st.session_state.get(CONVERSATION)
    )
    found = found or known.new()
    st.session_state[CONVERSATION] = found.id
    st.session_state[SEEN] = st.session_state.get(SEEN, frozenset()) | {found.id}
    if found.turns and st.query_params.get(CONVERSATION) != found.id:
        st.query_params[CONVERSATION] = found.id
    return found


def new_conversation() -> None:
    """Begin afresh; the old conversation stays at its address."""
    st.query_params.clear()
    st.session_state[CONVERSATION] = conversations().new().id
    st.session_state.pop(QUESTION, None)
    st.session_state.pop(OPENED, None)


def seen() -> frozenset[str]:
    """Return the conversations that this session began or was given the link of."""
    found: frozenset[str] = st.session_state.get(SEEN, frozenset())
    return found


def backend() -> str:
    """Return the backend that this session asks, by name."""
    return str(st.session_state.get(BACKEND) or runtime().settings.default_backend)


def choose_backend(name: str) -> None:
    st.session_state[BACKEND] = name


def show_picked(name: str | None) -> None:
    """Let the choice show this backend, None for nothing: a widget's old value may no longer be."""
    st.session_state[PICKED_BACKEND] = name


def take_picked_backend() -> None:
    """Keep what was picked: a widget's own value is lost when another page is shown."""
    choose_backend(str(st.session_state[PICKED_BACKEND]))


def local_only() -> bool:
    """Tell whether this session, or the deployment, keeps every question in its network."""
    return runtime().settings.local_only or bool(st.session_state.get(LOCAL_ONLY))


def take_picked_locality() -> None:
    st.session_state[LOCAL_ONLY] = bool(st.session_state[PICKED_LOCALITY])


def submit(text: str, turn: str | None = None) -> None:
    """Put a question forward for this run."""
    if text.strip():
        filters = filter_state.of(conversation())
        st.session_state[QUESTION] = Question(turn or uuid4().hex, text.strip(), backend(), filters)


def submit_again(again: Shown, name: str, turn: str) -> None:
    """Put the question of the turn `again` forward once more as it was, for the backend `name`."""
    st.session_state[QUESTION] = Question(turn, again.question, name, again.filters, again.id)


def thumb_of(turn: str) -> str:
    """Return the key of a turn's thumbs."""
    return f"thumb-{turn}"


def thumb(turn: str) -> int | None:
    """Return the thumb that was given to a turn: 1 up, 0 down."""
    given: int | None = st.session_state.get(thumb_of(turn))
    return given


def remember_checkup(found: Checkup) -> None:
    st.session_state[CHECKUPS] = {**checkups(), found.backend: found}


def checkups() -> dict[str, Checkup]:
    """Return what the last check of each backend showed, by its name."""
    remembered: dict[str, Checkup] = st.session_state.get(CHECKUPS, {})
    return remembered


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
