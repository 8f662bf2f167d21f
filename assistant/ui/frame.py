"""What is around every page: style, name, navigation and the meter."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from assistant.ui import meter, state
from assistant.ui.escape import as_label
from corpus.errors import LoadFactorError

if TYPE_CHECKING:
    from streamlit.navigation.page import StreamlitPage

__all__ = ["ABOUT", "ICON", "PAGES", "Entry", "pages", "run"]

HERE = Path(__file__).parent
# A file of ours: Streamlit's named icons are fetched from a font server when used as favicon.
ICON = HERE / "icon.svg"
TAGLINE = "AI capex, cited and metered"
ABOUT = "**Load Factor** answers from the documents in its corpus, cites them, and shows the cost."


@dataclass(frozen=True, slots=True)
class Entry:
    """A page of the navigation; the one at the root has an empty `url`."""

    file: str
    title: str
    url: str
    icon: str


PAGES = (
    Entry("chat.py", "Chat", "", ":material/forum:"),
    Entry("compare_page.py", "Compare", "compare", ":material/compare_arrows:"),
    Entry("costs_page.py", "Costs", "costs", ":material/payments:"),
    Entry("history_page.py", "History", "history", ":material/history:"),
    Entry("corpus_page.py", "Corpus", "corpus", ":material/library_books:"),
    Entry("backends_page.py", "Backends", "backends", ":material/hub:"),
)


def pages() -> list[StreamlitPage]:
    """Return the pages of the navigation."""
    return [
        st.Page(
            HERE / "pages" / entry.file,
            title=entry.title,
            url_path=entry.url or None,
            default=not entry.url,
        )
        for entry in PAGES
    ]


def run(page: StreamlitPage) -> None:
    """Draw a page and what surrounds it; what goes wrong becomes a sentence."""
    st.html(HERE / "style.css")
    try:
        _bar(on_chat=page.url_path == PAGES[0].url)
        with st.container(key=f"page-{page.title.lower()}"):
            page.run()
    except LoadFactorError as error:
        st.error(as_label(str(error)), icon=":material/error:")


def _bar(*, on_chat: bool) -> None:
    conversation = state.conversation()
    last = conversation.turns[-1].id if conversation.turns else None
    with st.container(key="bar", horizontal=True, vertical_alignment="center", gap="small"):
        st.html(
            f'<div class="lf-brand"><span class="lf-name">Load Factor</span>'
            f'<span class="lf-tagline">{TAGLINE}</span></div>'
        )
        with st.container(
            key="nav", horizontal=True, vertical_alignment="center", gap="small", width="content"
        ):
            for entry in PAGES:
                st.page_link(HERE / "pages" / entry.file, label=entry.title, icon=entry.icon)
            if on_chat and last is not None:
                _new_button()
        with st.container(key="meter", horizontal=True, vertical_alignment="center", gap="small"):
            meter.draw(conversation.id, last)


def _new_button() -> None:
    st.button(
        "New chat",
        icon=":material/add:",
        type="tertiary",
        key="new-chat",
        on_click=state.new_conversation,
    )
