"""The outline of a PDF, its bookmarks, as the headings of its sections."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, islice
from typing import Any

import pypdfium2 as pdfium

from ingest.blocks import Block, BlockKind
from ingest.readers.clean import one_line
from ingest.readers.shape import numbered_heading_level

__all__ = ["Entry", "outline_of", "with_outline"]

_LEAST_ENTRIES = 3
_MOST_ENTRIES = 5_000
_LONGEST_TITLE = 200
_DEEPEST = 6


@dataclass(frozen=True, slots=True)
class Entry:
    """A section's title, its level from 1 to 6 and the 1-based page where it begins."""

    title: str
    level: int
    page: int


def outline_of(pdf: Any) -> tuple[Entry, ...]:
    """Return the bookmarks that lead to pages; none where two at most do: they part nothing."""
    try:
        entries = tuple(_entries(islice(pdf.get_toc(), _MOST_ENTRIES)))
    except pdfium.PdfiumError:
        return ()
    return entries if len(entries) >= _LEAST_ENTRIES else ()


def _entries(bookmarks: Iterable[Any]) -> Iterator[Entry]:
    for bookmark in bookmarks:
        title = one_line(bookmark.get_title())
        target = bookmark.get_dest()
        page = target.get_index() if target else None
        if page is not None and 0 < len(title) <= _LONGEST_TITLE and any(map(str.isalpha, title)):
            level = numbered_heading_level(title) or min(bookmark.level + 1, _DEEPEST)
            yield Entry(title, level, page + 1)


def with_outline(blocks: Sequence[Block], entries: Sequence[Entry]) -> list[Block]:
    """Return the blocks with the outline's sections as headings.

    A line that the page shows becomes the heading, with the outline's level. A title that it does
    not show goes before what follows the section before it; but for the first page, which is the
    title itself.
    """
    result: list[Block] = []
    for page, group in groupby(blocks, key=lambda block: block.page):
        shown = list(group)
        at = 0
        for entry in (entry for entry in entries if entry.page == page):
            found = _shown(shown, at, entry)
            if found is not None:
                shown[found : found + _taken(shown, found, entry)] = _headed(shown[found], entry)
                at = found + 1
            elif page != 1 and not _in_table(shown, entry):
                shown.insert(at, Block(BlockKind.HEADING, entry.title, entry.level, page))
                at += 1
        result += shown
    return result


def _shown(blocks: Sequence[Block], start: int, entry: Entry) -> int | None:
    """Return the block that is, begins with or begins the entry's title."""
    title = _key(entry.title)
    for number in range(start, len(blocks)):
        block = blocks[number]
        if block.kind is BlockKind.TABLE:
            continue
        text = _key(block.text)
        if text == title or _runs_in(block, entry) or _taken(blocks, number, entry) > 1:
            return number
    return None


def _taken(blocks: Sequence[Block], at: int, entry: Entry) -> int:
    """How many blocks the title takes: "Item 1." and "Business" may stand apart."""
    if at + 1 < len(blocks) and blocks[at + 1].kind is not BlockKind.TABLE:
        both = _key(blocks[at].text) + _key(blocks[at + 1].text)
        if both == _key(entry.title):
            return 2
    return 1


def _runs_in(block: Block, entry: Entry) -> bool:
    rest = block.text[len(entry.title) :].lstrip(" .:—–-")
    begins = block.text.casefold().startswith(entry.title.casefold())
    return begins and block.kind is BlockKind.PARAGRAPH and rest[:1].isupper()


def _headed(block: Block, entry: Entry) -> list[Block]:
    heading = Block(BlockKind.HEADING, entry.title, entry.level, block.page)
    if _key(block.text) != _key(entry.title) and _runs_in(block, entry):
        rest = block.text[len(entry.title) :].lstrip(" .:—–-")
        return [heading, replace(block, text=rest)]
    return [heading]


def _in_table(blocks: Sequence[Block], entry: Entry) -> bool:
    title = _key(entry.title)
    return any(_key(cell) == title for block in blocks for row in block.rows for cell in row)


def _key(text: str) -> str:
    return "".join(re.findall(r"[^\W_]", text.casefold()))
