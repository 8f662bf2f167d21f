"""Ask the last question again, of another backend or the same one."""

from __future__ import annotations

from uuid import uuid4

import streamlit as st

from assistant.ui import picker, state
from assistant.ui.escape import as_label
from assistant.ui.worker import Shown

__all__ = ["offer"]


def offer(turn: Shown) -> None:
    """Draw the choice of backends under a turn that has ended."""
    names = picker.choices()
    if not names:
        return
    with st.popover("Ask again with …", icon=":material/replay:", type="tertiary", key="again"):
        again = uuid4().hex
        for name in names:
            st.button(
                as_label(picker.name_of(name)),
                key=f"again-{name}",
                type="tertiary",
                on_click=state.submit_again,
                args=(turn, name, again),
            )
