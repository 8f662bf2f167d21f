"""Conversations: found again, renamed, shared by their link, deleted."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

import streamlit as st

from assistant.archive import StoredConversation
from assistant.cost.money import show_usd
from assistant.ui import state
from assistant.ui.conversations import USER
from assistant.ui.escape import as_html, as_label, count
from assistant.ui.resources import conversations, runtime

CHAT = Path(__file__).with_name("chat.py")
MOST = 200
LONGEST_TITLE = 120
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
PRIVATE = (
    "Several people use this app without sign-in: listed are the conversations that this tab "
    "began or opened. Others are found by their link."
)


def main() -> None:
    listed = _listed()
    st.html(
        f'<div class="lf-title">Conversations</div><div class="lf-promise">'
        f"{count(len(listed), 'conversation')}</div>"
    )
    if _several_readers():
        st.caption(PRIVATE)
    if not listed:
        st.info("No conversation yet. Ask something on the Chat page.")
        return
    wanted = st.text_input(
        "Filter",
        placeholder="Filter by title",
        label_visibility="collapsed",
        icon=":material/search:",
        key="filter-conversations",
    )
    shown = [one for one in listed if wanted.casefold() in one.title.casefold()]
    if not shown:
        st.caption("No conversation matches the filter.")
    for one in shown:
        _row(one)


def _listed() -> Sequence[StoredConversation]:
    among = state.seen() if _several_readers() else None
    return runtime().archive.conversations(USER, MOST, among)


def _several_readers() -> bool:
    """Without sign-in, only an app that this machine alone can reach has one reader."""
    address = st.get_option("server.address")
    return runtime().settings.shared or address not in LOOPBACK


def _row(one: StoredConversation) -> None:
    spent = runtime().meter.conversation(one.id)
    dollars = show_usd(spent.cost, estimated=spent.cost_estimated)
    facts = (f"{one.updated:%Y-%m-%d %H:%M}", count(one.turns, "question"), dollars)
    with st.container(
        key=f"conversation-{one.id}", horizontal=True, vertical_alignment="center", gap="small"
    ):
        st.page_link(CHAT, label=as_label(one.title), query_params={"conversation": one.id})
        st.html(f'<span class="lf-where">{as_html(" · ".join(facts))}</span>')
        with st.popover("", icon=":material/more_horiz:", type="tertiary", key=f"more-{one.id}"):
            _more(one)


def _more(one: StoredConversation) -> None:
    title = st.text_input("Title", value=one.title, max_chars=LONGEST_TITLE, key=f"title-{one.id}")
    if st.button("Rename", key=f"rename-{one.id}", disabled=not title.strip()):
        runtime().archive.rename(one.id, title.strip())
        st.rerun()
    st.caption("Link, for everybody who can open this app:")
    st.code(_link(one.id), language=None, wrap_lines=True)
    if st.button("Delete for good", icon=":material/delete:", key=f"delete-{one.id}"):
        conversations().forget(one.id)
        st.rerun()
    st.caption("What it cost stays in the ledger.")


def _link(conversation_id: str) -> str:
    url = urlsplit(st.context.url or "")
    return f"{url.scheme}://{url.netloc}/?conversation={conversation_id}"


main()
