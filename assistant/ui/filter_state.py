"""What a session's questions are confined to; names session keys, as state does."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from datetime import date

import streamlit as st

from assistant.inquiry import NO_FILTERS
from assistant.ui.conversations import Conversation
from corpus.models import Filters

__all__ = ["COMPARE", "chosen", "clear", "key_of", "of", "show", "take_shown"]

FILTERS = "filters"
CLEARED = "filters cleared"
COMPARE = "compare"
"""The place of the filters of the Compare page; those of a chat are at its conversation's id."""


def of(conversation: Conversation) -> Filters:
    """Return what the next question is confined to: what was chosen here, else as the last was."""
    if conversation.id not in _known():
        last = conversation.turns[-1].filters if conversation.turns else NO_FILTERS
        _keep(conversation.id, last)
    return chosen(conversation.id)


def chosen(place: str) -> Filters:
    """Return the filters that were chosen at a place."""
    return _known().get(place, NO_FILTERS)


def clear(place: str) -> None:
    """End the filters of a place, with new widgets: a closed window's own would bring them back."""
    _keep(place, NO_FILTERS)
    st.session_state[CLEARED] = {**_cleared(), place: _cleared().get(place, 0) + 1}


def key_of(place: str, field: str) -> str:
    """Return the key of the widget that chooses a filter, a field of Filters."""
    return f"filter {field} {place} {_cleared().get(place, 0)}"


def show(place: str, filters: Filters) -> None:
    """Let the widgets of a place show these filters: a widget forgets its value, or keeps it."""
    for field in fields(Filters):
        value = getattr(filters, field.name)
        shown = list(value) if isinstance(value, tuple) else value
        key = key_of(place, field.name)
        if key not in st.session_state or st.session_state[key] != shown:
            st.session_state[key] = shown


def take_shown(place: str) -> None:
    """Keep what the widgets of a place show: their own values are lost with the page."""
    filters = Filters(
        companies=_several(place, "companies"),
        forms=_several(place, "forms"),
        periods=_several(place, "periods"),
        since=_date(place, "since"),
        documents=_several(place, "documents"),
        until=_date(place, "until"),
    )
    _keep(place, filters)


def _keep(place: str, filters: Filters) -> None:
    st.session_state[FILTERS] = {**_known(), place: filters}


def _known() -> dict[str, Filters]:
    known: dict[str, Filters] = st.session_state.get(FILTERS, {})
    return known


def _cleared() -> dict[str, int]:
    """Return how often the filters of each place were cleared."""
    cleared: dict[str, int] = st.session_state.get(CLEARED, {})
    return cleared


def _several(place: str, field: str) -> tuple[str, ...]:
    shown: Iterable[str] = st.session_state.get(key_of(place, field), ())
    return tuple(shown)


def _date(place: str, field: str) -> date | None:
    shown: date | None = st.session_state.get(key_of(place, field))
    return shown
