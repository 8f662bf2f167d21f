"""Where the original bytes of every document lie, under their own hash."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from corpus.models import Document, Media

__all__ = ["ORIGINALS", "missing_originals", "original_path"]

ORIGINALS = "originals"
_SUFFIXES = {
    Media.PDF: ".pdf",
    Media.HTML: ".html",
    Media.MARKDOWN: ".md",
    Media.TEXT: ".txt",
    Media.DOCX: ".docx",
    Media.PPTX: ".pptx",
    Media.XLSX: ".xlsx",
    Media.CSV: ".csv",
}


def original_path(data: Path, document_id: str, media: Media) -> Path:
    """Return where the original of a document lies, whether it is there or not."""
    return data / ORIGINALS / f"{document_id}{_SUFFIXES[media]}"


def missing_originals(data: Path, documents: Iterable[Document]) -> tuple[str, ...]:
    """Return the ids of documents whose original is not there."""
    return tuple(
        document.id
        for document in documents
        if not original_path(data, document.id, document.media).is_file()
    )
