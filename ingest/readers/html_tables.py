"""Tables of a page: what is a table of data, what only lays out prose, and the data's rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ingest.blocks import Block, BlockKind
from ingest.readers.html_columns import columns_of, placed_head, placed_row
from ingest.readers.html_grid import Cells, cells_by_row
from ingest.readers.html_heads import Section, sections
from ingest.readers.html_notes import with_notes_joined
from ingest.readers.rows import is_value
from ingest.readers.shape import is_bullet

__all__ = ["table_blocks"]

_LONGEST_CELL = 160


def table_blocks(
    table: Any, name_of: Callable[[Any], str], text_of: Callable[[Any], str]
) -> list[Block]:
    """Return TABLE blocks for a table of data, paragraphs for one that only lays out prose.

    A table that names its columns anew further down becomes one block for each naming.
    """
    placed = list(cells_by_row(table, name_of, text_of))
    rows = with_notes_joined([row for row in placed if any(not cell.again for cell in row)])
    if len(rows) < 2 or not any(len(row) > 1 for row in rows) or _is_prose(rows):
        return [Block(BlockKind.PARAGRAPH, " ".join(cell.text for cell in row)) for row in rows]
    return list(map(_block, sections(rows)))


def _block(section: Section) -> Block:
    heads, body = section
    columns = columns_of(heads, body)
    over = [placed_head(row, columns) for row in heads]
    rows = [placed_row(row, columns) for row in body]
    return Block(BlockKind.TABLE, "", rows=(*over, *rows), heads=len(over))


def _is_prose(rows: Sequence[Cells]) -> bool:
    """Tell a list or paragraphs laid out as a table from data."""
    if any(_has_values(row) for row in rows if not is_bullet(row[0].text)):
        return False
    texts = [cell.text for row in rows for cell in row]
    bulleted = sum(is_bullet(row[0].text) for row in rows) * 2 >= len(rows)
    return bulleted or max(map(len, rows)) < 2 or sum(map(len, texts)) > _LONGEST_CELL * len(texts)


def _has_values(row: Cells) -> bool:
    return len(row) > 1 and any(is_value(cell.text) for cell in row[1:])
