"""Adding documents from the browser: a progress line a file, a table of what became of each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from assistant.ui import state
from assistant.ui.escape import as_label
from assistant.ui.resources import runtime
from corpus.errors import LoadFactorError
from ingest.outcome import Event, Finished, Progress
from ingest.pipeline import ingest_upload

if TYPE_CHECKING:
    from streamlit.runtime.uploaded_file_manager import UploadedFile

__all__ = ["upload_box"]

TYPES = ("pdf", "html", "htm", "md", "txt")


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


def _take(file: UploadedFile) -> dict[str, object]:
    """Ingest one file while showing how far it is; return its row of the outcome table."""
    name = as_label(file.name)
    line = st.progress(0.0, f"{name}: reading …")
    product = runtime()
    limit = product.settings.upload_limit_mb
    try:
        for event in ingest_upload(file.name, file.getvalue(), product.corpus, limit):
            line.progress(*_stage(name, event))
            if isinstance(event, Finished):
                outcome = event.outcome
                return _row(file.name, outcome.status, outcome.reason, outcome.title,
                            outcome.pages, outcome.passages)  # fmt: skip
    except LoadFactorError as error:
        return _row(file.name, "refused", str(error))
    return _row(file.name, "refused", "nothing was read")


def _stage(name: str, event: Event) -> tuple[float, str]:
    match event:
        case Progress(passages=passages, done=done):
            share = done / passages if passages else 0.0
            return share, f"{name}: {done} of {passages} passages embedded"
        case Finished():
            return 1.0, f"{name}: done"
        case _:
            return 0.0, f"{name}: reading …"


def _row(
    name: str,
    status: str,
    reason: str | None,
    title: str | None = None,
    pages: int | None = None,
    passages: int | None = None,
) -> dict[str, object]:
    return {
        "File": name,
        "Result": str(status),
        "Reason": reason,
        "Title": title,
        "Pages": pages,
        "Passages": passages,
    }


def _outcomes(rows: Sequence[dict[str, object]]) -> None:
    if rows:
        st.dataframe(rows, hide_index=True, key="outcomes")
