"""One format, one module: a file becomes blocks, in a process of its own.

This module stays light, for every child imports it first.
"""

from __future__ import annotations

from pathlib import Path

from corpus.errors import ReaderFailed
from corpus.models import Media
from ingest.blocks import Reading, reading_from_json
from ingest.limits import Limits
from ingest.readers.detect import HEAD_BYTES, SUPPORTED, detect
from ingest.readers.process import run_module

__all__ = ["HEAD_BYTES", "SUPPORTED", "Limits", "detect", "page_picture", "read_document"]


def read_document(path: Path, media: Media, limits: Limits | None = None) -> Reading:
    """Read a file as `media` in a child process.

    Raises InputRefused with the reader's reason (no text layer, a password), ReaderFailed when
    the child crashes, meets a limit or answers with anything but a reading.
    """
    limits = limits or Limits()
    what = f"{media} reader"
    caps = (str(limits.pages), str(limits.characters))
    output = run_module("ingest.readers", (media, str(path.resolve()), *caps), limits, what)
    try:
        return reading_from_json(output)
    except ValueError as error:
        raise ReaderFailed(f"the {what} did not answer with a reading") from error


def page_picture(
    path: Path, page: int, highlight: str, scale: float = 1.5, limits: Limits | None = None
) -> bytes:
    """Return a PNG of a PDF's 1-based page with the highlighted passage marked in yellow.

    `scale` is pixels a point (72 to the inch). Words of the passage that the page does not hold
    are left alone. Raises InputRefused for a page out of range or a PDF that cannot be opened,
    ReaderFailed when the child crashes or meets a limit.
    """
    limits = limits or Limits(seconds=30.0)
    arguments = (str(path.resolve()), str(page), f"{scale:.3f}", highlight)
    return run_module("ingest.readers.pdf_picture", arguments, limits, "page picture")
