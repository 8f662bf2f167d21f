"""The table of documents: filtered by what is typed, a row opens a document."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

import streamlit as st

from assistant.ui import document_state
from corpus.models import Document

__all__ = ["document_table", "matching"]

ROW_HEIGHT = 35
TALLEST_TABLE = 406
"""Pixels; the last row is cut, so that it is seen that more follow."""
WIDTHS = {
    "Title": 340,
    "Company": 140,
    "Form": 100,
    "Amendment": 215,
    "Period": 90,
    "Published": 95,
    "Pages": 65,
    "Passages": 80,
    "Warnings": 80,
    "Added": 95,
}
"""Pixels."""
Marks = Mapping[str, str]


def matching(documents: Sequence[Document], wanted: str) -> list[Document]:
    """Return the documents in whose row every word that was typed occurs."""
    marks = _marks(documents)
    words = wanted.casefold().split()
    searched = {document.id: _searched(_row(document, marks)) for document in documents}
    return [one for one in documents if all(word in searched[one.id] for word in words)]


def document_table(shown: Sequence[Document], documents: Sequence[Document]) -> None:
    """Draw the `shown` ones among all `documents`; whose row is selected is opened."""
    ids = [document.id for document in shown]
    opened = document_state.opened_document()
    marks = _marks(documents)
    key = document_state.table_key(ids)
    st.dataframe(
        [_row(document, marks) for document in shown],
        hide_index=True,
        placeholder="—",
        height=min(TALLEST_TABLE, ROW_HEIGHT * (len(shown) + 1) + 3),
        column_order=_columns(shown, marks),
        column_config={
            name: st.column_config.Column(width=pixels) for name, pixels in WIDTHS.items()
        },
        on_select=lambda: document_state.take_selected(key, ids),
        selection_mode="single-row",
        selection_default={"selection": {"rows": [ids.index(opened)]}} if opened in ids else None,
        key=key,
    )


def _row(document: Document, marks: Marks) -> dict[str, object]:
    return {
        "Title": document.title,
        "Company": ", ".join(document.companies) or None,
        "Form": document.form,
        "Amendment": marks.get(document.id),
        "Period": document.fiscal_period,
        "Published": document.published,
        "Pages": document.pages,
        "Passages": document.passages,
        "Warnings": len(document.warnings) or None,
        "Added": document.sources[-1].added.date() if document.sources else None,
        "Sources": ", ".join(source.name for source in document.sources),
    }


def _columns(shown: Sequence[Document], marks: Marks) -> list[str]:
    """Return the columns; those of amendments and warnings where there are any."""
    absent = set()
    if not any(document.id in marks for document in shown):
        absent.add("Amendment")
    if not any(document.warnings for document in shown):
        absent.add("Warnings")
    return [name for name in _row(shown[0], marks) if name not in absent]


def _searched(row: Mapping[str, object]) -> str:
    return " ".join(str(value) for value in row.values() if value).casefold()


def _marks(documents: Sequence[Document]) -> Marks:
    """Return what each amending or amended filing is told of the other, by id."""
    known = {document.id: document for document in documents}
    amending = [document for document in documents if document.amends in known]
    marks: defaultdict[str, list[str]] = defaultdict(list)
    for amendment in amending:
        original = known[amendment.amends or ""]
        marks[amendment.id].append(f"amends {_dated(original)}")
        marks[original.id].append(f"amended by {_dated(amendment)}")
    return {document_id: "; ".join(told) for document_id, told in marks.items()}


def _dated(document: Document) -> str:
    date = f", {document.published}" if document.published else ""
    return f"{document.form}{date}"
