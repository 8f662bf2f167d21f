"""Pure: which rows of a table are its column heads, and what stands over each column."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ingest.blocks import Block

__all__ = ["column_heads", "count_heads", "is_figure"]

_MOST_HEADS = 4
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_PERIOD = re.compile(
    rf"(?:(?:fy|cy|q[1-4]|[1-4]q|fiscal(?:\s+year)?)\s*'?)?(?:19|20)\d\d\s*[ae]?|{_MONTH}\s+\d{{1,2}},?(?:\s+\d{{4}})?"
    r"|.*\b(?:ended|months|weeks|quarter|as of|change)\b.*",
    re.IGNORECASE,
)
_DASH = re.compile(r"[$€£¥\s]*[—–-]+\s*[%)]?")
_UNIT = re.compile(r"\(?[^()]*\b(?:millions?|thousands?|billions?)\b.*", re.IGNORECASE)

Rows = Sequence[Sequence[str]]


def count_heads(block: Block) -> int:
    """Return how many of the table's first rows are heads: as its reader says, else by shape."""
    return min(block.heads, len(block.rows)) or _by_shape(block.rows)


def column_heads(rows: Rows) -> list[tuple[str, ...]]:
    """Return for each column the heads over it, top to bottom, without empty and repeated ones."""
    width = max(map(len, rows), default=0)
    return [
        tuple(dict.fromkeys(row[column] for row in rows if column < len(row) and row[column]))
        for column in range(width)
    ]


def is_figure(cell: str) -> bool:
    """Tell whether a cell holds a figure or a dash for none, and not a period ("2024")."""
    if _DASH.fullmatch(cell):
        return True
    return any(character.isdigit() for character in cell) and not _PERIOD.fullmatch(cell)


def _by_shape(rows: Rows) -> int:
    """Leading rows without a figure; in a table without any figure, the first row."""
    heads, columns_named = 0, False
    for row in rows[:_MOST_HEADS]:
        values = [cell for cell in row[1:] if cell]
        if any(map(is_figure, values)):
            return heads
        is_label = not values and not _PERIOD.fullmatch(row[0]) and not _UNIT.fullmatch(row[0])
        if is_label and (columns_named or heads):
            return heads
        columns_named = columns_named or bool(values)
        heads += 1
    has_figures = any(is_figure(cell) for row in rows for cell in row[1:])
    return max(0, min(heads if has_figures else 1, len(rows) - 1))
