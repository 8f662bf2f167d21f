"""Corpus: what we know, adding to it and removing from it."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from assistant.ui import state
from assistant.ui.escape import as_html, as_label, count
from assistant.ui.resources import runtime
from assistant.ui.uploads import upload_box
from corpus.errors import LoadFactorError
from corpus.models import Document
from ingest.originals import remove_document

TALLEST_TABLE = 560
ROW_HEIGHT = 35


def main() -> None:
    documents = runtime().corpus.documents()
    st.html(
        f'<div class="lf-title">Corpus</div><div class="lf-promise">{as_html(_totals(documents))}'
        "</div>"
    )
    upload_box()
    if not documents:
        st.info("The corpus is empty. Add a filing, a call, an article or a note above.")
        return
    wanted = st.text_input(
        "Filter",
        placeholder="Filter by title, company, form or period",
        label_visibility="collapsed",
        icon=":material/search:",
        key="filter",
    )
    shown = [document for document in documents if _matches(document, wanted)]
    chosen = _table(shown)
    if chosen is not None:
        _offer_removal(chosen)
    else:
        st.caption("Select a row to remove a document.")


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


def _matches(document: Document, wanted: str) -> bool:
    """Tell whether every word that was typed occurs in what the table shows."""
    row = " ".join(str(value) for value in _row(document).values() if value).casefold()
    return all(word in row for word in wanted.casefold().split())


def _row(document: Document) -> dict[str, object]:
    return {
        "Title": document.title,
        "Company": ", ".join(document.companies) or None,
        "Form": document.form,
        "Period": document.fiscal_period,
        "Published": document.published,
        "Pages": document.pages,
        "Passages": document.passages,
        "Added": document.sources[-1].added.date() if document.sources else None,
        "Sources": ", ".join(source.name for source in document.sources),
    }


def _table(documents: Sequence[Document]) -> Document | None:
    if not documents:
        st.caption("No document matches the filter.")
        return None
    event = st.dataframe(
        [_row(document) for document in documents],
        hide_index=True,
        placeholder="—",
        height=min(TALLEST_TABLE, ROW_HEIGHT * (len(documents) + 1) + 3),
        column_config={
            "Title": st.column_config.TextColumn(width="large"),
            "Company": st.column_config.TextColumn(width="medium"),
            "Pages": st.column_config.NumberColumn(width="small"),
            "Passages": st.column_config.NumberColumn(width="small"),
        },
        on_select="rerun",
        selection_mode="single-row",
        # A filter or a removal makes another table: a row number must not outlive its rows.
        key=f"documents-{hash(tuple(document.id for document in documents))}",
    )
    rows = event.selection.rows
    return documents[rows[0]] if rows and rows[0] < len(documents) else None


def _offer_removal(document: Document) -> None:
    if st.button(f"Remove “{as_label(document.title)}” …", icon=":material/delete:"):
        _confirm(document)


@st.dialog("Remove this document?")
def _confirm(document: Document) -> None:
    st.markdown(f"**{as_label(document.title)}**")
    st.markdown(
        f"It leaves the search with its {count(document.passages, 'passage')}, and citations of "
        "it in old answers no longer open. The copy kept here is deleted; the file that it came "
        "from is not touched."
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
    st.toast(f"Removed {as_label(document.title)}")
    st.rerun()


main()
