"""What is printed on a page around its text: running heads, footers and page numbers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from ingest.readers.pdf_lines import PageLine
from ingest.readers.pdf_words import chunks_of
from ingest.readers.rows import split_row
from ingest.readers.shape import is_contents_link, is_page_number

__all__ = ["without_furniture"]

Page = Sequence[PageLine]

_EDGE_LINES = 6
_YEAR = re.compile(r"(?:19|20)\d\d")
_LEAST_PAGES = 3
_LEAST_SHARE = 0.25
_MOST_WORDS = 25
_PERIOD = re.compile(r"\b(?:quarter|months|weeks|ended|change)\b")
_DIGITS = re.compile(r"\d+")


def without_furniture(pages: Sequence[Page]) -> tuple[tuple[PageLine, ...], ...]:
    """Return the pages without lines that repeat at the top or bottom of many, digits aside.

    The first page keeps what repeats: it is often the title. A bare number that is a page's
    first or last line goes too. Lines further in stay, repeated or not: they are text.
    """
    seen = Counter(key for page in pages for key in set(map(_key, _edges(page))))
    least = max(_LEAST_PAGES, int(len(pages) * _LEAST_SHARE))
    repeated = {key for key, count in seen.items() if count >= least}
    return tuple(
        tuple(_kept(page, repeated, title_page=number == 0)) for number, page in enumerate(pages)
    )


def _key(line: PageLine) -> str:
    return _DIGITS.sub("#", line.text.casefold())


def _edges(page: Page) -> Iterable[PageLine]:
    edges = [*page[:_EDGE_LINES], *page[max(_EDGE_LINES, len(page) - _EDGE_LINES) :]]
    return (line for line in edges if len(line.text.split()) <= _MOST_WORDS)


def _kept(page: Page, repeated: set[str], *, title_page: bool) -> Page:
    """Take furniture off both edges, up to the first line that is none."""
    start, end = 0, len(page)
    while start < end and _is_furniture(page[start], repeated, title_page=title_page):
        start += 1
    while end > start and _is_furniture(page[end - 1], repeated, title_page=title_page):
        end -= 1
    return page[start:end]


def _heads_columns(line: PageLine) -> bool:
    """Tell heads of a table that many pages hold: the same words, or periods, side by side."""
    chunks = [chunk.text.casefold() for chunk in chunks_of(line.words, line.height)]
    return len(chunks) > 1 and (len(set(chunks)) == 1 or all(map(_PERIOD.search, chunks)))


def _is_furniture(line: PageLine, repeated: set[str], *, title_page: bool) -> bool:
    if is_page_number(line.text) or is_contents_link(line.text):
        return True
    if _YEAR.fullmatch(line.text):
        # Over the first table of a page; digits aside it looks like every page's number.
        return False
    # A row of figures repeats too, digits aside, where many pages hold the same table.
    if _key(line) not in repeated or len(split_row(line.text)[1]) > 1 or _heads_columns(line):
        return False
    return "://" in line.text or not title_page
