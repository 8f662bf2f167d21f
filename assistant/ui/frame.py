"""What is around every page: style, name, navigation and the meter."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from assistant.ui import meter, state
from assistant.ui.escape import as_label
from assistant.ui.resources import runtime
from corpus.errors import LoadFactorError

if TYPE_CHECKING:
    from streamlit.navigation.page import StreamlitPage

__all__ = ["ABOUT", "PAGES", "Entry", "around", "pages"]

HERE = Path(__file__).parent
TAGLINE = "AI capex, cited and metered"
ABOUT = "**Load Factor** answers from the documents in its corpus, cites them, and shows the cost."


@dataclass(frozen=True, slots=True)
class Entry:
    """A page of the navigation."""

    file: str
    title: str
    path: str
    icon: str
    default: bool = False


PAGES = (
    Entry("chat.py", "Chat", "chat", ":material/forum:", default=True),
    Entry("corpus_page.py", "Corpus", "corpus", ":material/library_books:"),
)


def pages() -> list[StreamlitPage]:
    """Return the pages of the navigation."""
    return [
        st.Page(
            HERE / "pages" / entry.file,
            title=entry.title,
            url_path=None if entry.default else entry.path,
            default=entry.default,
        )
        for entry in PAGES
    ]


@contextmanager
def around(page: StreamlitPage) -> Iterator[None]:
    """Draw what surrounds a page, and turn what goes wrong in it into a sentence."""
    st.html(HERE / "style.css")
    try:
        _bar()
        with st.container(key=f"page-{page.title.lower()}"):
            yield
    except LoadFactorError as error:
        st.error(as_label(str(error)), icon=":material/error:")


def _bar() -> None:
    product = runtime()
    conversation = state.conversation()
    last = conversation.turns[-1].id if conversation.turns else None
    readings = meter.read(product, conversation.id, last)
    with st.container(key="bar", horizontal=True, vertical_alignment="center", gap="small"):
        st.html(
            f'<div class="lf-brand"><span class="lf-name">Load Factor</span>'
            f'<span class="lf-tagline">{TAGLINE}</span></div>'
        )
        with st.container(key="nav", horizontal=True, gap="small", width="content"):
            for entry in PAGES:
                st.page_link(HERE / "pages" / entry.file, label=entry.title, icon=entry.icon)
        with st.container(key="meter", horizontal=True, vertical_alignment="center", gap="small"):
            meter.bar(readings)
            with st.popover("", icon=":material/info:", type="tertiary", key="about-meter"):
                meter.explanation(readings)
