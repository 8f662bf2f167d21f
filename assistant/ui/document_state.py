"""Which document is open on the Corpus page: the address names it, so that its link can be sent."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

__all__ = ["close_document", "open_document", "opened_document", "table_key", "take_selected"]

DOCUMENT = "document"
OPENINGS = "documents opened"


def opened_document() -> str | None:
    """Return the id of the document that the address names."""
    return st.query_params.get(DOCUMENT)


def open_document(document_id: str) -> None:
    """Open a document otherwise than by its row: the table is made anew, with that row selected."""
    st.query_params[DOCUMENT] = document_id
    st.session_state[OPENINGS] = _openings() + 1


def close_document() -> None:
    st.query_params.pop(DOCUMENT, None)
    st.session_state[OPENINGS] = _openings() + 1


def table_key(shown: Sequence[str]) -> str:
    """Return the key of the table of these ids: a row number must not outlive its rows."""
    return f"documents-{hash(tuple(shown))}-{_openings()}"


def take_selected(key: str, shown: Sequence[str]) -> None:
    """Open the document whose row was selected in the table of `key`, close it when none is."""
    rows = st.session_state[key].selection.rows
    if rows and rows[0] < len(shown):
        st.query_params[DOCUMENT] = shown[rows[0]]
    else:
        st.query_params.pop(DOCUMENT, None)


def _openings() -> int:
    return int(st.session_state.get(OPENINGS, 0))
