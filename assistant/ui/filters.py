"""What a question is confined to: chosen in a small window, told beside the question box."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from types import MappingProxyType

import streamlit as st

from assistant.inquiry import NO_FILTERS
from assistant.ui import filter_state
from assistant.ui.escape import as_html, count
from assistant.ui.filter_choices import choices, document_labels
from assistant.ui.resources import runtime
from corpus.filtering import admitted, describe
from corpus.models import Document, Filters

__all__ = ["draw", "searched", "told"]

DATES = "Both days count. A document whose date is not known is left out. Press Tab to apply."
FIRST_DAY = date(1993, 1, 1)
"""EDGAR holds nothing earlier."""
ANY = "Any"
NAMED_SO: Mapping[str, str] = MappingProxyType({})
"""Values that are shown as they are."""


def draw(place: str, filters: Filters, *, disabled: bool = False) -> None:
    """Draw the filters of a place: a conversation, by its id, or a page."""
    documents = runtime().corpus.documents()
    if not documents and filters == NO_FILTERS:
        return
    filter_state.show(place, filters)
    with st.container(key="filters", horizontal=True, vertical_alignment="center", gap="small"):
        with st.popover(
            _scope(filters, documents),
            icon=":material/filter_alt:",
            type="tertiary",
            key="filters-open",
            disabled=disabled,
        ):
            _fields(place, filters, documents)
        if filters == NO_FILTERS:
            return
        st.html(_chips(filters, documents))
        st.button(
            "Clear",
            icon=":material/close:",
            type="tertiary",
            key="filters-clear",
            help="Ask all documents again",
            disabled=disabled,
            on_click=filter_state.clear,
            args=(place,),
        )


def told(filters: Filters) -> str:
    """Return what a question was confined to as inert HTML, nothing where it was not."""
    if filters == NO_FILTERS:
        return ""
    words = " · ".join(describe(filters, runtime().corpus.documents()))
    named = filters.companies or filters.forms or filters.periods
    dated = "documents published " * (not named and bool(filters.since or filters.until))
    return f'<div class="lf-confined">Asked only of {dated}{as_html(words)}</div>'


def searched(filters: Filters) -> str:
    """Return what a question was put to, as a refusal names it."""
    return "corpus" if filters == NO_FILTERS else "documents asked"


def _scope(filters: Filters, documents: Sequence[Document]) -> str:
    if filters == NO_FILTERS:
        return f"All {count(len(documents), 'document')}"
    return f"{len(admitted(filters, documents)):,} of {count(len(documents), 'document')}"


def _chips(filters: Filters, documents: Sequence[Document]) -> str:
    left = admitted(filters, documents)
    words = "".join(f"<span>{as_html(text)}</span>" for text in describe(filters, documents))
    warning = "" if left else '<b role="alert">No document is left: nothing can be asked.</b>'
    return f'<div class="lf-filters{" lf-nothing" * (not left)}">{words}{warning}</div>'


def _fields(place: str, filters: Filters, documents: Sequence[Document]) -> None:
    offered = choices(filters, documents)
    _several(place, "companies", "Company", offered.companies)
    with st.container(horizontal=True, gap="small"):
        _several(place, "forms", "Form", offered.forms)
        _several(place, "periods", "Fiscal period", offered.periods)
    with st.container(horizontal=True, gap="small"):
        _date(place, "since", "Published since")
        _date(place, "until", "Published until")
    labels = document_labels(documents, filters.documents)
    _several(place, "documents", "Document", offered.documents, labels)


def _several(
    place: str, field: str, label: str, options: Sequence[str], names: Mapping[str, str] = NAMED_SO
) -> None:
    st.multiselect(
        label,
        options,
        format_func=lambda value: names.get(value, value),
        key=filter_state.key_of(place, field),
        placeholder=ANY,
        on_change=filter_state.take_shown,
        args=(place,),
    )


def _date(place: str, field: str, label: str) -> None:
    st.date_input(
        label,
        value=None,
        min_value=FIRST_DAY,
        format="YYYY-MM-DD",
        key=filter_state.key_of(place, field),
        help=DATES,
        on_change=filter_state.take_shown,
        args=(place,),
    )
