"""What a session remembers of comparing; names session keys, as state and document_state do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import streamlit as st

from assistant.ui.resources import runtime

__all__ = [
    "BACKENDS",
    "FILE",
    "QUESTION",
    "SOURCE",
    "Chosen",
    "backends",
    "chosen",
    "forget",
    "new_id",
    "opened",
    "problem",
    "question",
    "remember",
    "remember_seen",
    "seen",
    "several_readers",
    "show_problem",
]

COMPARISON = "comparison"
BACKENDS = "compare backends"
QUESTION = "compare question"
FILE = "compare file"
SOURCE = "compare source"
LAST_BACKENDS = "compare last backends"
LAST_QUESTION = "compare last question"
PROBLEM = "compare problem"
SEEN = "compare seen"
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


def opened() -> str | None:
    """Return the comparison that the address names."""
    return st.query_params.get(COMPARISON)


def new_id() -> str:
    return f"compare-{uuid4().hex}"


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the widgets say; `file` is what was uploaded."""

    backends: tuple[str, ...]
    source: str | None
    question: str
    file: Any


def chosen() -> Chosen:
    """Return what the widgets of the form say now."""
    said = st.session_state
    return Chosen(
        backends=tuple(said.get(BACKENDS) or ()),
        source=said.get(SOURCE),
        question=str(said.get(QUESTION) or ""),
        file=said.get(FILE),
    )


def remember(comparison: str, chosen: Chosen) -> None:
    """Put a comparison into the address, and keep what was chosen: widgets forget it."""
    st.session_state[LAST_BACKENDS] = chosen.backends
    st.session_state[LAST_QUESTION] = chosen.question
    st.session_state.pop(PROBLEM, None)
    st.query_params[COMPARISON] = comparison
    remember_seen(comparison)


def forget() -> None:
    """Begin afresh; the comparison stays at its address."""
    st.query_params.pop(COMPARISON, None)


def backends() -> tuple[str, ...]:
    """Return the backends that were compared last."""
    found: tuple[str, ...] = st.session_state.get(LAST_BACKENDS, ())
    return found


def question() -> str:
    return str(st.session_state.get(LAST_QUESTION, ""))


def show_problem(message: str) -> None:
    st.session_state[PROBLEM] = message


def problem() -> str | None:
    """Return, once, why the last submit was not taken."""
    found: str | None = st.session_state.pop(PROBLEM, None)
    return found


def remember_seen(comparison: str) -> None:
    st.session_state[SEEN] = seen() | {comparison}


def seen() -> frozenset[str]:
    """Return the comparisons that this session began or was given the link of."""
    found: frozenset[str] = st.session_state.get(SEEN, frozenset())
    return found


def several_readers() -> bool:
    """Without sign-in, only an app that this machine alone can reach has one reader."""
    address = st.get_option("server.address")
    return runtime().settings.shared or address not in LOOPBACK
