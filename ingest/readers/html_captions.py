"""Pure: what stands over a table and belongs to it: the sentence that introduces it, its notes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from ingest.blocks import Block, BlockKind

__all__ = ["captioned"]

_MOST_NOTES = 3
_LONGEST_CAPTION = 60
_UNIT = re.compile(
    r"\b(?:in (?:millions|thousands|billions|dollars)|unaudited|audited|except|amounts|restated"
    r"|continued|dollars)\b",
    re.IGNORECASE,
)
_INTRODUCES = re.compile(
    r":$|\bfollowing tables?\b|\bas follows\b|\((?:dollars )?in (?:millions|thousands|billions)"
    r"[^()]*\)\W*$",
    re.IGNORECASE,
)
_FOOTNOTE = re.compile(r"(?:\(\w{1,2}\)|\*{1,3}|[†‡])\s*\S|[\W_]+$")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z])")


def captioned(blocks: Iterable[Block]) -> list[Block]:
    """Return the blocks with each table's introduction and notes of units as its caption.

    A table that follows another with nothing between but footnotes stands under the same one.
    """
    result: list[Block] = []
    for block in blocks:
        if block.kind is BlockKind.TABLE and not block.text:
            before = _table_above(result)
            caption = _taken(result) if before is None else before.text
            block = replace(block, text=caption)
        result.append(block)
    return result


def _table_above(blocks: list[Block]) -> Block | None:
    for block in reversed(blocks):
        if block.kind is BlockKind.TABLE:
            return block
        if block.kind is not BlockKind.PARAGRAPH or not _FOOTNOTE.match(block.text):
            return None
    return None


def _taken(blocks: list[Block]) -> str:
    """Take the notes, and the last sentence of the paragraph before them if it introduces."""
    notes: list[str] = []
    while blocks and len(notes) < _MOST_NOTES and _is_note(blocks[-1]):
        notes.insert(0, blocks.pop().text)
    if blocks and blocks[-1].kind is BlockKind.PARAGRAPH:
        *before, last = _SENTENCE_END.split(blocks[-1].text)
        if _INTRODUCES.search(last) and len(last.split()) <= _LONGEST_CAPTION:
            kept = blocks.pop()
            if before:
                blocks.append(replace(kept, text=" ".join(before)))
            notes.insert(0, last)
    return " ".join(notes)


def _is_note(block: Block) -> bool:
    text = block.text
    in_brackets = text.startswith("(") and text.endswith(")")
    return block.kind is BlockKind.PARAGRAPH and in_brackets and bool(_UNIT.search(text))
