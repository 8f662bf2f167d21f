"""PDF: text and boxes by pdfium; encryption, title and a second opinion by pypdf."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pypdfium2 as pdfium
from pypdf import PdfReader
from pypdf.errors import PyPdfError

from corpus.errors import InputRefused
from corpus.models import Media
from ingest.blocks import Reading
from ingest.limits import Limits
from ingest.readers.clean import one_line
from ingest.readers.lines import with_captions
from ingest.readers.pdf_blocks import blocks_of
from ingest.readers.pdf_furniture import without_furniture
from ingest.readers.pdf_lines import PageLine, page_lines
from ingest.readers.pdf_order import in_reading_order
from ingest.readers.pdf_outline import outline_of, with_outline

__all__ = ["open_pdf", "read_pdf"]

_MOST_NAMED_PAGES = 12
_DEFAULT_TITLES = ("untitled", "microsoft word", "document", "print", "powerpoint")

Pages = Sequence[Sequence[PageLine]]


def read_pdf(path: Path, limits: Limits) -> Reading:
    """Read a PDF page by page.

    Raises InputRefused for a PDF that is damaged, needs a password or has no text layer.
    """
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    pdf = open_pdf(path)
    count = len(pdf)
    second = _second_reader(path)
    pages = [_read_page(pdf, second, number) for number in range(min(count, limits.pages))]
    if not any(pages):
        raise InputRefused(f"no text layer ({count} pages); run OCR and ingest the result")
    if sum(len(line.text) for page in pages for line in page) > limits.characters:
        raise InputRefused(f"more than {limits.characters:,} characters of text")
    metadata = _metadata(second)
    blocks = with_captions(blocks_of(without_furniture(pages)))
    return Reading(
        media=Media.PDF,
        blocks=tuple(with_outline(blocks, outline_of(pdf))),
        pages=count,
        title=_title(metadata),
        metadata=metadata,
        warnings=tuple(_warnings(pages, count)),
    )


def open_pdf(path: Path) -> Any:
    """Return pdfium's document; raises InputRefused where it has none to give."""
    try:
        pdf = pdfium.PdfDocument(path)
    except pdfium.PdfiumError as error:
        if "password" in str(error).casefold():
            raise InputRefused("encrypted: it needs a password; remove it and retry") from error
        raise InputRefused("damaged: no PDF structure that can be read") from error
    if len(pdf) == 0:
        raise InputRefused("damaged: a PDF without pages")
    return pdf


def _second_reader(path: Path) -> PdfReader | None:
    try:
        reader = PdfReader(path)
        if reader.is_encrypted:
            reader.decrypt("")
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, RecursionError, OSError):
        return None
    return reader


def _read_page(pdf: Any, second: PdfReader | None, number: int) -> tuple[PageLine, ...]:
    try:
        page = pdf[number]
        textpage = page.get_textpage()
    except pdfium.PdfiumError:
        return _second_opinion(second, number)
    lines = tuple(in_reading_order(page_lines(textpage)))
    textpage.close()
    page.close()
    return lines or _second_opinion(second, number)


def _second_opinion(second: PdfReader | None, number: int) -> tuple[PageLine, ...]:
    if second is None:
        return ()
    try:
        text = second.pages[number].extract_text()
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError):
        return ()
    return tuple(PageLine(line) for line in map(one_line, text.splitlines()) if line)


def _metadata(reader: PdfReader | None) -> dict[str, object]:
    try:
        found = dict(reader.metadata or {}) if reader else {}
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError):
        return {}
    texts = {str(key).lstrip("/").casefold(): one_line(str(value)) for key, value in found.items()}
    return {f"pdf:{key}": text for key, text in texts.items() if text}


def _title(metadata: dict[str, object]) -> str | None:
    title = str(metadata.get("pdf:title", ""))
    made_up = title.casefold().startswith(_DEFAULT_TITLES) or " " not in title
    return None if made_up else title


def _warnings(pages: Pages, count: int) -> Iterator[str]:
    empty = [number for number, page in enumerate(pages, start=1) if not page]
    if empty:
        yield f"no text on {_named(empty)} of {count}"
    if len(pages) < count:
        yield f"only the first {len(pages):,} of {count:,} pages were read"
    hidden = [
        number for number, page in enumerate(pages, start=1) if any(line.hidden for line in page)
    ]
    if hidden:
        yield f"white, tiny or invisible text on {_named(hidden)}"


def _named(numbers: Sequence[int]) -> str:
    shown = ", ".join(map(str, numbers[:_MOST_NAMED_PAGES]))
    more = len(numbers) - _MOST_NAMED_PAGES
    plural = "s" if len(numbers) > 1 else ""
    return f"page{plural} {shown}" + (f" and {more} more" if more > 0 else "")
