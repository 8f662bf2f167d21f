"""Who may see what: without sign-in, others' conversations are not listed to anybody."""

from __future__ import annotations

import streamlit as st

from assistant.cost.ledger_costs import conversation_titles
from assistant.ui import state
from assistant.ui.conversations import USER
from assistant.ui.resources import runtime

__all__ = ["listed_titles", "several_readers"]

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


def several_readers() -> bool:
    """Without sign-in, only an app that this machine alone can reach has one reader."""
    address = st.get_option("server.address")
    return runtime().settings.shared or address not in LOOPBACK


def listed_titles() -> dict[str, str]:
    """Return the titles of the conversations that this session may be shown, by their ids."""
    titles = conversation_titles(runtime().meter.ledger.file, USER)
    if not several_readers():
        return titles
    return {name: title for name, title in titles.items() if name in state.seen()}
