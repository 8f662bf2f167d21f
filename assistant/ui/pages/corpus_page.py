"""Corpus: what we know, adding to it, looking into it and removing from it."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from assistant.ui.adding import adding_box
from assistant.ui.document_report import document_report
from assistant.ui.document_state import opened_document
from assistant.ui.document_table import document_table, matching
from assistant.ui.escape import as_html, count
from assistant.ui.note_dates import note_dates
from assistant.ui.resources import runtime
from corpus.models import Document


def main() -> None:
    product = runtime()
    documents = product.corpus.documents()
    st.html(
        f'<div class="lf-title">Corpus</div><div class="lf-promise">{as_html(_totals(documents))}'
        "</div>"
    )
    note_dates(documents, product.settings)
    adding_box()
    if documents:
        _documents(documents)
    else:
        st.info("The corpus is empty. Add a filing, a call, an article or a note above.")
    opened = opened_document()
    if opened is not None:
        document_report(opened)
    elif documents:
        st.caption("Select a row to see what was read of a document, or to remove it.")


def _documents(documents: Sequence[Document]) -> None:
    wanted = st.text_input(
        "Filter",
        placeholder="Filter by title, company, form or period",
        label_visibility="collapsed",
        icon=":material/search:",
        key="filter",
    )
    shown = matching(documents, wanted)
    if shown:
        document_table(shown, documents)
    else:
        st.caption("No document matches the filter.")


def _totals(documents: Sequence[Document]) -> str:
    counts = (
        (len(documents), "document", "documents"),
        (
            len({name for document in documents for name in document.companies}),
            "company",
            "companies",
        ),
        (sum(document.pages or 0 for document in documents), "page", "pages"),
        (sum(document.passages for document in documents), "passage", "passages"),
    )
    return " · ".join(count(*counted) for counted in counts if counted[0]) or "No documents yet"


main()
