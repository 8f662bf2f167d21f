"""Removing the opened document, after a question."""

from __future__ import annotations

import streamlit as st

from assistant.ui import document_state, state
from assistant.ui.escape import as_label, count
from assistant.ui.resources import runtime
from corpus.errors import LoadFactorError
from corpus.models import Document
from ingest.originals import remove_document

__all__ = ["offer_removal"]


def offer_removal(document: Document) -> None:
    if st.button(f"Remove “{as_label(document.title)}” …", icon=":material/delete:"):
        _confirm(document)


@st.dialog("Remove this document?")
def _confirm(document: Document) -> None:
    cited = runtime().archive.citations_of(document.id)
    st.markdown(f"**{as_label(document.title)}**")
    st.markdown(
        f"It leaves the corpus with its {count(document.passages, 'passage')}. "
        f"{count(cited, 'citation')} of it in old answers will no longer open. The copy kept here "
        "is deleted; the file that it came from is not touched."
    )
    with st.container(horizontal=True):
        if st.button("Remove", type="primary"):
            _remove(document)
        if st.button("Keep"):
            st.rerun()


def _remove(document: Document) -> None:
    try:
        remove_document(runtime().corpus, document.id)
    except LoadFactorError as error:
        st.error(as_label(str(error)))
        return
    state.remember_outcomes([])
    document_state.close_document()
    st.toast(f"Removed {as_label(document.title)}")
    st.rerun()
