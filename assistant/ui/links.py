"""Adding what is elsewhere: a page by its address, filings of EDGAR by company and form.

The server reads nothing of its own disk for a browser: whoever can open a shared app could
otherwise read its files.
"""

from __future__ import annotations

from collections.abc import Iterator

import streamlit as st

from assistant.ui.arriving import follow, refused
from assistant.ui.resources import runtime
from ingest.outcome import Event, Outcome
from ingest.pipeline import ingest
from ingest.web.edgar import Edgar

__all__ = ["link_form", "take_link"]

BEGINNINGS = ("https://", "http://", "edgar:")
NO_LINK = "a link begins with https://, filings with edgar: as in edgar:NVDA:10-K"
LONGEST = 2000


def link_form() -> str | None:
    """Draw the line for a link; return what was submitted now."""
    with (
        st.form("link", clear_on_submit=True, border=False),
        st.container(key="link-line", horizontal=True, vertical_alignment="bottom", gap="small"),
    ):
        typed = st.text_input(
            "Link or filing",
            placeholder="https://… or edgar:NVDA:10-K:2",
            max_chars=LONGEST,
            key="link-text",
        )
        submitted = st.form_submit_button("Add", icon=":material/add_link:")
    if submitted and not typed.strip():
        st.info("Paste an address or name a filing first.")
    return typed.strip() or None if submitted else None


def take_link(link: str) -> list[Outcome]:
    """Ingest what a link or `edgar:` names; an outcome for each document, or the refusal."""
    if not link.lower().startswith(BEGINNINGS):
        return [refused(link, NO_LINK)]
    return follow(link, _events(link))


def _events(link: str) -> Iterator[Event]:
    product = runtime()
    with Edgar.of(product.settings.edgar_contact) as edgar:
        yield from ingest([link], product.corpus, edgar=edgar)
