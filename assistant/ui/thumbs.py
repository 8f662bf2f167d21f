"""Was this answer useful? A reader's thumb, for the cost per useful answer."""

from __future__ import annotations

from datetime import UTC, datetime

import streamlit as st

from assistant.ui import state
from assistant.ui.conversations import USER
from assistant.ui.resources import runtime

__all__ = ["draw"]


def draw(conversation: str, turn: str, useful: bool | None) -> None:
    """Draw the thumbs of one answer as they were given."""
    key = state.thumb_of(turn)
    st.feedback(
        "thumbs",
        key=key,
        default=None if useful is None else int(useful),
        on_change=_give,
        args=(conversation, turn),
    )


def _give(conversation: str, turn: str) -> None:
    given = state.thumb(turn)
    useful = None if given is None else bool(given)
    runtime().feedback.give(turn, conversation, USER, useful, datetime.now(UTC))
