"""Lines with what the layout says of them, put together to headings, paragraphs and tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from ingest.blocks import Block, BlockKind
from ingest.readers.line_tables import rows_of, table_spans
from ingest.readers.shape import (
    ends_sentence,
    heading_level,
    is_bullet,
    is_page_number,
    numbered_heading_level,
)

__all__ = ["Line", "assemble", "with_captions"]

_FULL = 0.8
_LARGE = 1.15
_MOST_LARGE_WORDS = 20
_LONGEST_CAPTION = 60
_HEADINGS_IN_A_ROW = 3
_OPEN_ENDS = frozenset({"and", "of", "the", "for", "to", "in", "on", "AND", "OF", "THE", "FOR"})


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text.

    `gap`: more space above than between the lines of a paragraph. `fill`: how far it reaches
    towards the right margin, 0 to 1. `size`: height relative to the document's body text.
    """

    text: str
    page: int | None = None
    gap: bool = False
    fill: float = 1.0
    size: float = 1.0


def assemble(lines: Sequence[Line]) -> list[Block]:
    """Return the blocks that the lines form, in order."""
    blocks: list[Block] = []
    at = 0
    texts = [line.text for line in lines]
    for first, first_row, end in table_spans(texts):
        blocks += _prose(lines[at:first])
        rows = rows_of(texts[first:end], first_row - first)
        blocks.append(Block(BlockKind.TABLE, "", page=lines[first].page, rows=rows))
        at = end
    return [*blocks, *_prose(lines[at:])]


def _prose(lines: Sequence[Line]) -> Iterator[Block]:
    blocks = [_block(paragraph) for paragraph in _paragraphs(lines)]
    # Names, addresses and lists of places look like headings one by one, but not in a row.
    for level, group in groupby(blocks, key=lambda block: block.level):
        run = list(group)
        demoted = level >= 3 and len(run) >= _HEADINGS_IN_A_ROW
        for block in run:
            yield Block(BlockKind.PARAGRAPH, block.text, page=block.page) if demoted else block


def _paragraphs(lines: Sequence[Line]) -> Iterator[list[Line]]:
    paragraph: list[Line] = []
    for line in lines:
        if paragraph and _starts(paragraph[-1], line, alone=len(paragraph) == 1):
            yield paragraph
            paragraph = []
        paragraph.append(line)
    if paragraph:
        yield paragraph


def _starts(before: Line, line: Line, *, alone: bool) -> bool:
    """Tell whether `line` begins a paragraph after `before`."""
    if is_bullet(line.text) or abs(before.size - line.size) > _LARGE - 1:
        return True
    if numbered_heading_level(line.text) and (line.gap or ends_sentence(before.text)):
        return True
    if alone and (_is_title(before) or _stands_apart(before, line)):
        return not _continues_title(before, line)
    if _is_title(line) and ends_sentence(before.text):
        return True
    short = before.fill < _FULL
    return (line.gap and (short or ends_sentence(before.text))) or (
        short and (ends_sentence(before.text) or _is_title(line))
    )


def _is_title(line: Line) -> bool:
    return line.fill < _FULL and heading_level(line.text) > 0


def _stands_apart(before: Line, line: Line) -> bool:
    if before.gap and line.gap:
        return heading_level(before.text) > 0
    return numbered_heading_level(before.text) > 0


def _continues_title(before: Line, line: Line) -> bool:
    """A title that wraps goes on in the same case: capitals, or a lower-case word."""
    if line.gap or before.fill < 0.5:
        return False
    if before.text.rpartition(" ")[2] in _OPEN_ENDS:
        return True
    return line.text[0].islower() or (before.text.isupper() and line.text.isupper())


def _block(paragraph: Sequence[Line]) -> Block:
    text = " ".join(line.text for line in paragraph)
    level = 0 if len(paragraph) > 3 else heading_level(text)
    if not level and _is_large(paragraph, text):
        level = 2
    kind = BlockKind.HEADING if level else BlockKind.PARAGRAPH
    return Block(kind, text, level=level, page=paragraph[0].page)


def _is_large(paragraph: Sequence[Line], text: str) -> bool:
    words = text.split()
    return (
        all(line.size > _LARGE for line in paragraph)
        and len(words) <= _MOST_LARGE_WORDS
        and any(character.isalpha() for character in text)
        and not is_page_number(text)
        and not text.endswith((".", ",", ";"))
    )


def with_captions(blocks: Iterable[Block]) -> list[Block]:
    """Return the blocks with the sentence that introduces a table as the table's caption.

    That is the last sentence of a paragraph ending in a colon, or a note of units such as
    "(In millions)": apart from the table its rows lose their scale.
    """
    result: list[Block] = []
    for block in blocks:
        if block.kind is BlockKind.TABLE and not block.text and result:
            before, caption = _split_caption(result[-1])
            if caption:
                result[-1:] = [before] if before else []
                block = replace(block, text=caption)
        result.append(block)
    return result


def _split_caption(block: Block) -> tuple[Block | None, str]:
    text = block.text
    introduces = text.endswith(":") or (text.startswith("(") and text.endswith(")"))
    if block.kind is not BlockKind.PARAGRAPH or not introduces:
        return block, ""
    head, stop, tail = text.rpartition(". ")
    if len(tail.split()) > _LONGEST_CAPTION:
        return block, ""
    if not head:
        return None, tail
    return Block(block.kind, head + stop.rstrip(), page=block.page), tail
