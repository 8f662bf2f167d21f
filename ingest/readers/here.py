"""Reading in this very process: what the children run; the parent never does."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

from corpus.errors import InputRefused
from corpus.models import Media
from ingest.blocks import Reading
from ingest.limits import Limits
from ingest.readers.process import REFUSED

__all__ = ["answer_with", "read_here"]

_OFFICE = frozenset({Media.DOCX, Media.PPTX, Media.XLSX, Media.CSV})


def read_here(media: Media, path: Path, limits: Limits) -> Reading:
    """Read a file as `media`; raises InputRefused with the reader's reason."""
    # Each branch imports one vendor: a child starts in the time of the reader it needs.
    if media is Media.PDF:
        from ingest.readers.pdf import read_pdf

        return read_pdf(path, limits)
    data = path.read_bytes()
    if media is Media.HTML:
        from ingest.readers.html import read_html

        return read_html(data, limits)
    if media is Media.MARKDOWN:
        from ingest.readers.markdown import read_markdown

        return read_markdown(data, limits)
    if media in _OFFICE:
        return _read_office(media, data, limits)
    from ingest.readers.text import read_text

    return read_text(data, limits)


def _read_office(media: Media, data: bytes, limits: Limits) -> Reading:
    if media is Media.DOCX:
        from ingest.readers.word import read_word

        return read_word(data, limits)
    if media is Media.PPTX:
        from ingest.readers.slides import read_slides

        return read_slides(data, limits)
    if media is Media.XLSX:
        from ingest.readers.sheets import read_workbook

        return read_workbook(data, limits)
    from ingest.readers.csv_table import read_csv

    return read_csv(data, limits)


def answer_with(make: Callable[[], str]) -> int:
    """Write what `make` returns to standard output, and return the child's exit status.

    What it refuses is written as {"refused": reason}, with status 3.
    """
    # Vendors may print; what they print must not get among the JSON.
    with os.fdopen(os.dup(1), "w", encoding="ascii") as answer:
        os.dup2(2, 1)
        try:
            answer.write(make())
        except InputRefused as refusal:
            answer.write(json.dumps({"refused": str(refusal)}))
            return REFUSED
    return 0
