"""Adding files from the browser."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from assistant.ui.arriving import follow
from assistant.ui.resources import runtime
from ingest.outcome import Outcome
from ingest.uploads import ingest_upload

if TYPE_CHECKING:
    from streamlit.runtime.uploaded_file_manager import UploadedFile

__all__ = ["take_uploads", "upload_form"]

TYPES = ("pdf", "html", "htm", "docx", "pptx", "xlsx", "xlsm", "csv", "md", "txt")


def upload_form() -> Sequence[UploadedFile]:
    """Draw the upload box; return the files of this submit."""
    limit = runtime().settings.upload_limit_mb
    with st.form("upload", clear_on_submit=True, border=False):
        files = st.file_uploader(
            f"Add documents: PDF, HTML, Word, PowerPoint, Excel, CSV, Markdown or text, "
            f"up to {limit} MB each",
            type=list(TYPES),
            accept_multiple_files=True,
            max_upload_size=limit,
            key="upload-files",
        )
        submitted = st.form_submit_button(
            "Add to the corpus", type="primary", icon=":material/upload_file:"
        )
    if submitted and not files:
        st.info("Choose one or more files first.")
    return files if submitted else ()


def take_uploads(files: Sequence[UploadedFile]) -> list[Outcome]:
    """Ingest the files one after another, and return an outcome for each."""
    return [outcome for file in files for outcome in _taken(file)]


def _taken(file: UploadedFile) -> list[Outcome]:
    product = runtime()
    limit = product.settings.upload_limit_mb
    events = ingest_upload(file.name, file.getvalue(), product.corpus, limit)
    return follow(file.name, events)
