"""What a reader makes of a document: blocks in reading order, frozen, with a JSON round trip."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from corpus.models import Media

__all__ = ["Block", "BlockKind", "Reading", "reading_from_json", "reading_to_json"]


class BlockKind(StrEnum):
    HEADING = "heading"
    PARAGRAPH = "paragraph"
    TABLE = "table"


@dataclass(frozen=True, slots=True)
class Block:
    """One heading, paragraph or table.

    `level` is 1 to 6 for headings and 0 otherwise. `page` is the 1-based physical page of a PDF, or
    the slide.
    A table's `rows` hold its cells as shown, header rows first; its `text` is the caption, often
    empty. Rows are on one grid: cell i of each row stands in column i, an empty cell is "", empty
    cells at a row's end may be left out. A head that spans columns stands in each of them. A row
    of one cell is the label of the rows below, or a line whose columns could not be told apart.
    `heads` counts the header rows, 0 where the reader cannot tell.
    """

    kind: BlockKind
    text: str
    level: int = 0
    page: int | None = None
    rows: tuple[tuple[str, ...], ...] = ()
    heads: int = 0


@dataclass(frozen=True, slots=True)
class Reading:
    """A document as read.

    `pages` counts physical pages, None where the format has none. `metadata` holds only JSON
    values: front matter under its own keys, others under "dei:", "html:", "pdf:", "office:" or
    "header:".
    """

    media: Media
    blocks: tuple[Block, ...]
    pages: int | None = None
    title: str | None = None
    metadata: Mapping[str, object] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


def reading_to_json(reading: Reading) -> str:
    """Return the reading as one line of ASCII JSON."""
    return json.dumps(
        {
            "media": reading.media,
            "blocks": [
                [block.kind, block.text, block.level, block.page, block.rows, block.heads]
                for block in reading.blocks
            ],
            "pages": reading.pages,
            "title": reading.title,
            "metadata": dict(reading.metadata),
            "warnings": reading.warnings,
        }
    )


def reading_from_json(text: str | bytes) -> Reading:
    """Return the reading written by `reading_to_json`; raises ValueError for anything else."""
    try:
        values = json.loads(text)
        return Reading(
            media=Media(values["media"]),
            blocks=tuple(_block(row) for row in values["blocks"]),
            pages=values["pages"],
            title=values["title"],
            metadata=values["metadata"],
            warnings=tuple(values["warnings"]),
        )
    except (KeyError, TypeError, RecursionError) as error:
        raise ValueError(f"not a reading: {error!r}") from error


def _block(row: list[Any]) -> Block:
    kind, text, level, page, rows, heads = row
    return Block(BlockKind(kind), text, level, page, tuple(map(tuple, rows)), heads)
