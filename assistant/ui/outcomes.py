"""What became of the inputs that were added last, a row each, as inert HTML."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from assistant.ui.escape import as_html, count
from ingest.outcome import Outcome

__all__ = ["outcomes_table", "warnings_list"]

PREFIX = "upload:"


def outcomes_table(outcomes: Sequence[Outcome]) -> None:
    """Draw the outcomes; nothing where there are none."""
    if outcomes:
        st.html(f'<table class="lf-outcomes">{"".join(map(_row, outcomes))}</table>')


def warnings_list(warnings: Sequence[str]) -> str:
    """Return what a reader should know of the reading, as HTML; empty where there is nothing."""
    items = "".join(f"<li>{as_html(warning)}</li>" for warning in warnings)
    return f'<ul class="lf-warned">{items}</ul>' if items else ""


def _row(outcome: Outcome) -> str:
    name = outcome.input.removeprefix(PREFIX)
    told = (
        outcome.title if outcome.title != name else None,
        count(outcome.pages, "page") if outcome.pages else None,
        count(outcome.passages, "passage") if outcome.passages else None,
        # The reason of an address begins with it.
        outcome.reason.removeprefix(f"{name} ") if outcome.reason else None,
    )
    cells = (
        f'<span class="lf-status lf-{outcome.status}">{outcome.status}</span>',
        f"<b>{as_html(name)}</b>",
        as_html(" · ".join(filter(None, told))) + warnings_list(outcome.warnings),
    )
    return f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"
