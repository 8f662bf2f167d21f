"""Pure: which of the first rows of an office table are its column heads; what a figure is there."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

__all__ = ["Cells", "has_figures", "head_rows", "is_figure"]

Cells = Mapping[int, str]
"""One row: text by column, empty cells left out."""

_FIGURE = re.compile(
    r"\W*(?:(?:USD|EUR|GBP|JPY|CHF|CNY|CAD|AUD|HKD|INR|US|C|A|HK|NT|R)\W{1,2})?"
    r"\d[\d.,'’\s]*(?:[eE][+-]?\d+)?\W*[xX]?"
)
_LONGEST_FIGURE = 40
_YEAR = re.compile(r"(?:19|20)\d\d")
_MOST_HEADS = 4


def is_figure(text: str) -> bool:
    """Tell whether a cell holds one quantity; a year and a date are heads or labels."""
    if len(text) > _LONGEST_FIGURE or _YEAR.fullmatch(text):
        return False
    return bool(_FIGURE.fullmatch(text))


def has_figures(row: Cells) -> bool:
    """Tell whether figures stand beside the row's first cell, or it is one and stands alone."""
    label = min(row, default=0)
    return any(is_figure(text) for column, text in row.items() if column != label or len(row) == 1)


def head_rows(rows: Sequence[Cells], width: int) -> int:
    """Return how many rows name the `width` columns of a table, 0 where none does.

    They are the leading rows without figures; below one that names all columns, only rows
    without a label of their own. In a table without any figure the first row is, where full.
    """
    label = min((column for row in rows for column in row), default=0)
    count, complete = 0, False
    for row in rows[:_MOST_HEADS]:
        if has_figures(row) or (complete and label in row) or not set(row) - {label}:
            break
        count += 1
        complete = complete or len(set(row) - {label}) >= width - 1
    if any(map(has_figures, rows)):
        return count
    return 1 if rows and len(rows) > 1 and len(rows[0]) >= max(width - 1, 2) else 0
