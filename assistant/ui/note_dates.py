"""As of when our notes are, and a word when the newest is old."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

import streamlit as st

from assistant.settings import Settings
from assistant.ui.escape import as_html, count
from corpus.models import Document

__all__ = ["as_of_dates", "note_dates", "notes_told", "outdated"]


def note_dates(documents: Sequence[Document], settings: Settings) -> None:
    """Draw a line on the research notes of the corpus; nothing where there are none."""
    days = as_of_dates(documents)
    if not days:
        return
    st.html(f'<div class="lf-where">{as_html(notes_told(days))}</div>')
    today = datetime.now(settings.zone).date()
    warning = outdated(days, today, settings.notes_max_age_days)
    if warning is not None:
        st.warning(warning, icon=":material/history:")


def as_of_dates(documents: Sequence[Document]) -> tuple[date, ...]:
    """Return the days that the notes with starter questions are as of, oldest first."""
    found = (document.published for document in documents if document.questions)
    return tuple(sorted(day for day in found if day is not None))


def notes_told(days: Sequence[date]) -> str:
    """Return "3 notes, as of 2026-05-01 to 2026-08-18"."""
    until = f" to {days[-1]}" if days[-1] != days[0] else ""
    return f"{count(len(days), 'note')}, as of {days[0]}{until}"


def outdated(days: Sequence[date], today: date, most_days: int) -> str | None:
    """Return a warning when the newest note is older than `most_days`, else None."""
    age = (today - days[-1]).days
    if age <= most_days:
        return None
    return (
        f"The newest note is as of {days[-1]}, {count(age, 'day')} ago: guidance and prices may "
        "have moved since. Check its figures against newer filings, and add or update notes."
    )
