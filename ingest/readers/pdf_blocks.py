"""Pure: the pages of a PDF, furniture off, to headings, paragraphs and tables."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from statistics import median

from ingest.blocks import Block, BlockKind
from ingest.readers.lines import Line, assemble
from ingest.readers.pdf_lines import HYPHEN, PageLine
from ingest.readers.pdf_tables import page_tables

__all__ = ["blocks_of"]

_GAP = 1.35
_WORD = re.compile(r"[^\W\d_]+")
_BROKEN = re.compile(rf"([^\W\d_]*){HYPHEN} ?([^\W\d_]*)")

Pages = Sequence[Sequence[PageLine]]


def blocks_of(pages: Pages) -> Iterator[Block]:
    """Yield the blocks of the pages in order."""
    heights = [round(line.height, 1) for page in pages for line in page if line.height > 0]
    body = median(heights) if heights else 0.0
    mend = _mending(pages)
    for number, page in enumerate(pages, start=1):
        for block in _page_blocks(page, number, body):
            yield _mended(block, mend)


def _page_blocks(page: Sequence[PageLine], number: int, body: float) -> Iterator[Block]:
    shaped = _shaped(page, number, body)
    at = 0
    for table in page_tables(page):
        yield from assemble(shaped[at : table.start])
        if table.homeless:
            yield Block(BlockKind.PARAGRAPH, " ".join(table.homeless), page=number)
        yield Block(BlockKind.TABLE, "", page=number, rows=table.rows, heads=table.heads)
        at = table.end
    yield from assemble(shaped[at:])


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


def _mending(pages: Pages) -> Callable[[str], str]:
    """Return what mends words that a line's end had cut, with their hyphen or without.

    The document itself decides: a word that it also writes whole, or whose halves are no words
    of it, loses the hyphen.
    """
    words = Counter(
        word.casefold() for page in pages for line in page for word in _WORD.findall(line.text)
    )

    def whole(match: re.Match[str]) -> str:
        before, after = match.groups()
        together = words[(before + after).casefold()]
        apart = min(words[before.casefold()], words[after.casefold()])
        if before and after and (together or apart < 2):
            return before + after
        return f"{before}-{after}"

    return lambda text: _BROKEN.sub(whole, text) if HYPHEN in text else text


def _mended(block: Block, mend: Callable[[str], str]) -> Block:
    rows = block.rows
    if any(HYPHEN in cell for row in rows for cell in row):
        rows = tuple(tuple(map(mend, row)) for row in rows)
    return replace(block, text=mend(block.text), rows=rows)
