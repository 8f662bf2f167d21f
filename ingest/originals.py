"""The original bytes of every document, kept under their own hash in data/originals."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path

from corpus.errors import CorpusUnwritable
from corpus.models import Document, Media
from corpus.originals import original_path
from corpus.store import Corpus

__all__ = ["keep_original", "original_path", "remove_document"]


def keep_original(data: Path, document_id: str, media: Media, content: bytes) -> Path:
    """Write the bytes whole or not at all, and return their path; what is there is left alone.

    Raises CorpusUnwritable when the disk is full or the folder cannot be written.
    """
    path = original_path(data, document_id, media)
    if path.is_file() and path.stat().st_size == len(content):
        return path
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _write_whole(path, content)
    except OSError as error:
        raise CorpusUnwritable(
            f"Cannot keep the original in {path.parent}: {error.strerror or error}. "
            "Free some space or choose another folder with --data."
        ) from error
    return path


def remove_document(corpus: Corpus, document_id: str) -> Document:
    """Remove a document from catalog and indexes, then its kept original; return what it was.

    Both under the write lock, so that a backup holds both or neither. Raises DocumentNotFound,
    CorpusBusy, CorpusUnwritable.
    """
    with corpus.writing() as writer:
        document = writer.remove(document_id)
        path = original_path(corpus.data, document.id, document.media)
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise CorpusUnwritable(
                f"{document.name} is out of the corpus, but its original {path} cannot be deleted: "
                f"{error.strerror or error}. Delete the file by hand."
            ) from error
    return document


def _write_whole(path: Path, content: bytes) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".part-")
    partial = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    except OSError:
        with suppress(OSError):
            partial.unlink()
        raise
