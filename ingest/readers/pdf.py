"""PDF: text and boxes by pdfium; encryption, title and a second opinion by pypdf."""

from __future__ import annotations

import logging
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

import pypdfium2 as pdfium
from pypdf import PdfReader
from pypdf.errors import PyPdfError

from corpus.errors import InputRefused
from corpus.models import Media
from ingest.blocks import Block, Reading
from ingest.limits import Limits
from ingest.readers.clean import one_line
from ingest.readers.lines import Line, assemble, with_captions
from ingest.readers.pdf_furniture import without_furniture
from ingest.readers.pdf_lines import HYPHEN, PageLine, page_lines

__all__ = ["open_pdf", "read_pdf"]

_GAP = 1.35
_WORD = re.compile(r"[^\W\d_]+")
_BROKEN = re.compile(rf"([^\W\d_]*){HYPHEN}([^\W\d_]*)")
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
    return Reading(
        media=Media.PDF,
        blocks=tuple(with_captions(_blocks(_unbroken(without_furniture(pages))))),
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
    lines = page_lines(textpage)
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


def _unbroken(pages: Pages) -> Iterator[list[PageLine]]:
    """Yield the pages with words that a line's end had cut, with their hyphen or without.

    The document itself decides: a word that it also writes whole, or whose halves are no words
    of it, loses the hyphen.
    """
    words = Counter(
        word.casefold() for page in pages for line in page for word in _WORD.findall(line.text)
    )

    def mend(match: re.Match[str]) -> str:
        before, after = match.groups()
        whole = words[(before + after).casefold()]
        apart = min(words[before.casefold()], words[after.casefold()])
        return before + after if before and after and (whole or apart < 2) else f"{before}-{after}"

    for page in pages:
        yield [_mended(line, mend) if HYPHEN in line.text else line for line in page]


def _mended(line: PageLine, mend: Any) -> PageLine:
    text = _BROKEN.sub(mend, line.text).replace(HYPHEN, "-")
    return PageLine(text, line.left, line.right, line.top, line.bottom, line.hidden)


def _blocks(pages: Iterator[list[PageLine]]) -> Iterator[Block]:
    kept = list(pages)
    heights = [round(line.height, 1) for page in kept for line in page if line.height > 0]
    body = median(heights) if heights else 0.0
    for number, page in enumerate(kept, start=1):
        yield from assemble(_shaped(page, number, body))


def _shaped(page: Sequence[PageLine], number: int, body: float) -> list[Line]:
    """Say of each line what its box means: a gap above, how full it is, how large."""
    if not page:
        return []
    left = min(line.left for line in page)
    right = max(line.right for line in page)
    pitches = [above.top - below.top for above, below in pairwise(page) if above.top > below.top]
    pitch = min((p for p in pitches if p > body * 0.7), default=0.0)
    usual = median([p for p in pitches if pitch <= p < pitch * 1.6] or [0.0])
    shaped: list[Line] = []
    above: PageLine | None = None
    for line in page:
        gap = above is None or (usual > 0 and not -1 < above.top - line.top < usual * _GAP)
        fill = (line.right - left) / (right - left) if right > left else 1.0
        size = line.height / body if body and line.height > 0 else 1.0
        shaped.append(Line(line.text, number, gap, fill, round(size, 2)))
        above = line
    return shaped


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
