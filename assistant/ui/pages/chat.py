"""Chat: ask, and read the figure, period, unit and page."""

from __future__ import annotations

from uuid import uuid4

import streamlit as st

from assistant.ui import (
    answer,
    citations,
    filter_state,
    filters,
    meter,
    picker,
    retrying,
    state,
    thumbs,
    turns,
)
from assistant.ui.conversations import USER, Conversation
from assistant.ui.escape import as_html, as_label, count
from assistant.ui.resources import runtime
from assistant.ui.starters import starters

PROMISE = "Ask about AI capex, utilization and model economics. Every figure comes with its source."
LONGEST_QUESTION = 4000


def main() -> None:
    conversation = state.conversation()
    asked = state.take_question()
    if asked is not None:
        turns.start(conversation, asked)
    running = conversation.running
    _input(disabled=running is not None)
    if not conversation.turns:
        _welcome()
        return
    marks = runtime().feedback.of(conversation.id, USER)
    for turn in conversation.turns:
        if running is not None and turn is running:
            answer.stream(running, conversation.id)
            st.rerun()
        answer.draw(turn)
        if turn.now.answer is not None:
            thumbs.draw(conversation.id, turn.id, marks.get(turn.id))
    retrying.offer(conversation.turns[-1])
    _panel(conversation)


def _input(*, disabled: bool) -> None:
    conversation = state.conversation()
    with st.bottom:
        for sentence in meter.warnings(conversation.id):
            st.html(f'<div class="lf-flag">Budget nearly used up: {as_html(sentence)}</div>')
        filters.draw(conversation.id, filter_state.of(conversation), disabled=disabled)
        st.chat_input(
            "Ask the corpus",
            key=state.ASK,
            max_chars=LONGEST_QUESTION,
            disabled=disabled,
            on_submit=state.submit_input,
        )
        picker.draw(disabled=disabled)


def _welcome() -> None:
    documents = runtime().corpus.documents()
    st.html(
        f'<div class="lf-welcome"><div class="lf-hero">What would you like to know?</div>'
        f'<div class="lf-promise">{PROMISE}</div></div>'
    )
    if not documents:
        st.info("The corpus is empty. Add documents on the Corpus page, then ask here.")
        return
    turn = uuid4().hex
    with st.container(key="starters"):
        for number, question in enumerate(starters(documents)):
            st.button(
                as_label(question),
                key=f"starter-{number}",
                width="stretch",
                on_click=state.submit,
                args=(question, turn),
            )
    companies = {company for document in documents for company in document.companies}
    st.html(
        f'<div class="lf-holds">{count(len(documents), "document")} on '
        f"{count(len(companies), 'company', 'companies')} in the corpus</div>"
    )


def _panel(conversation: Conversation) -> None:
    opened = state.take_opened()
    if opened is None:
        return
    turn = next((turn for turn in conversation.turns if turn.id == opened.turn), None)
    if turn is not None and turn.now.answer is not None:
        citations.panel(turn.id, turn.now.answer, opened.n)


main()
