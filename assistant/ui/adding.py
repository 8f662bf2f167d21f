"""Adding documents on the Corpus page: files and links, and what became of them."""

from __future__ import annotations

import streamlit as st

from assistant.ui import state
from assistant.ui.links import link_form, take_link
from assistant.ui.outcomes import outcomes_table
from assistant.ui.uploads import take_uploads, upload_form

__all__ = ["adding_box"]


def adding_box() -> None:
    """Draw both ways in, progress while something comes in, and the outcomes of the last time."""
    from_here, from_elsewhere = st.columns((3, 2), gap="medium")
    with from_here:
        files = upload_form()
    with from_elsewhere:
        link = link_form()
    outcomes = take_uploads(files)
    if link is not None:
        outcomes += take_link(link)
    if outcomes:
        state.remember_outcomes(outcomes)
        # The documents below, and the totals above, are of before.
        st.rerun()
    outcomes_table(state.outcomes())
