"""Adding documents from the browser: a progress line a file, a table of what became of each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from assistant.ui import state
from assistant.ui.escape import as_html, as_label, count
from assistant.ui.resources import runtime
from corpus.errors import LoadFactorError
from ingest.outcome import Event, Finished, Outcome, Progress, Status
from ingest.uploads import ingest_upload

if TYPE_CHECKING:
    from streamlit.runtime.uploaded_file_manager import UploadedFile

__all__ = ["upload_box"]

TYPES = ("pdf", "html", "htm", "md", "txt")
PREFIX = "upload:"


def upload_box() -> None:
    """Draw the upload form and the outcomes of the last upload."""
    limit = runtime().settings.upload_limit_mb
    with st.form("upload", clear_on_submit=True, border=False):
        files = st.file_uploader(
            f"Add documents: PDF, HTML, Markdown or text, up to {limit} MB each",
            type=list(TYPES),
            accept_multiple_files=True,
            max_upload_size=limit,
            key="upload-files",
        )
        submitted = st.form_submit_button(
            "Add to the corpus", type="primary", icon=":material/upload_file:"
        )
    if submitted and files:
        state.remember_outcomes([_take(file) for file in files])
        st.rerun()
    elif submitted:
        st.info("Choose one or more files first.")
    _outcomes(state.outcomes())


def _take(file: UploadedFile) -> Outcome:
    """Ingest one file while showing how far it is; return what became of it."""
    name = as_label(file.name)
    product = runtime()
    limit = product.settings.upload_limit_mb
    line = st.progress(0.0, f"{name}: reading …")
    try:
        for event in ingest_upload(file.name, file.getvalue(), product.corpus, limit):
            line.progress(*_stage(name, event))
            if isinstance(event, Finished):
                return event.outcome
    except LoadFactorError as error:
        return Outcome(file.name, Status.REFUSED, str(error))
    return Outcome(file.name, Status.REFUSED, "nothing was read")


def _stage(name: str, event: Event) -> tuple[float, str]:
    match event:
        case Progress(passages=passages, done=done):
            share = done / passages if passages else 0.0
            return share, f"{name}: {done} of {passages} passages embedded"
        case Finished():
            return 1.0, f"{name}: done"
        case _:
            return 0.0, f"{name}: reading …"


def _outcomes(outcomes: Sequence[Outcome]) -> None:
    rows = "".join(_row(outcome) for outcome in outcomes)
    if rows:
        st.html(f'<table class="lf-outcomes">{rows}</table>')


def _row(outcome: Outcome) -> str:
    told = (
        outcome.title if outcome.title != outcome.input else None,
        count(outcome.pages, "page") if outcome.pages else None,
        count(outcome.passages, "passage") if outcome.passages else None,
        outcome.reason,
    )
    name = outcome.input.removeprefix(PREFIX)
    cells = (
        f'<span class="lf-status lf-{outcome.status}">{outcome.status}</span>',
        f"<b>{as_html(name)}</b>",
        as_html(" · ".join(filter(None, told))),
    )
    return f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"
