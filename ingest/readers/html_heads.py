"""Pure: which rows of a page's table are heads, at its top and again further down."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import takewhile

from ingest.readers.html_grid import Cell, Cells
from ingest.readers.rows import is_value
from ingest.table_heads import is_figure

__all__ = ["Section", "figures_begin", "has_figures", "is_period", "sections"]

_NOTE_OF_UNITS = re.compile(
    r".*\b(?:millions?|thousands?|billions?|dollars?|unaudited|except|in years)\b.*|\([^()]*\)",
    re.IGNORECASE,
)
_SPAN = re.compile(r"\b(?:ended|months|weeks|quarter|as of)\b", re.IGNORECASE)
_MARKS = re.compile(r"\s*(?:\(\w{1,2}\)|\*{1,3}|†)$")
_MOST_HEADS = 6

Rows = Sequence[Cells]
Section = tuple[list[Cells], list[Cells]]
"""Head rows, and the rows under them."""


def is_period(text: str) -> bool:
    """Tell a column's period ("2024 (1)", "Year Ended June 30,") from a quantity or a name."""
    bare = _MARKS.sub("", text)
    dated = any(map(str.isdigit, bare)) and not is_figure(bare)
    return dated or bool(_SPAN.search(bare))


def has_figures(row: Cells) -> bool:
    """Tell whether the row holds a quantity beyond the place of its label."""
    return any(is_value(cell.text) and not is_period(cell.text) for cell in row if cell.first)


def figures_begin(rows: Rows) -> int:
    """Return the first grid column of figures that have something before them, 0 without any."""
    return min((c.first for row in rows for c in row[1:] if is_value(c.text)), default=0)


def sections(rows: Rows) -> Iterator[Section]:
    """Yield the table in parts, each with heads of its own: periods may come anew further down.

    New heads take the place of those of their height; finer ones below these stay.
    """
    count = _head_count(rows)
    begin = figures_begin(rows[count:])
    heads, body, fresh = list(rows[:count]), list[Cells](), list[Cells]()
    for row in rows[count:]:
        if _is_new_head(row, begin, below=bool(fresh)):
            fresh.append(row)
            continue
        if fresh and any(map(has_figures, body)):
            yield heads, body
            body = []
        if fresh:
            heads, fresh = _renewed(heads, fresh), []
        body.append(row)
    yield heads, [*body, *fresh]


def _is_new_head(row: Cells, begin: int, *, below: bool) -> bool:
    """`below`: the row before was a new head, which finer ones may follow."""
    if not begin or has_figures(row) or row[0].first < begin:
        return False
    return below or len(row) > 1 or is_period(row[0].text)


def _renewed(heads: Rows, fresh: Rows) -> list[Cells]:
    finer = heads[len(fresh) :] if heads and len(heads[-1]) > len(fresh[-1]) else []
    return [*fresh, *finer]


def _head_count(rows: Rows) -> int:
    """Return how many of the first rows are heads of columns or notes over them."""
    marked = sum(1 for _ in takewhile(_is_marked, rows))
    if marked:
        return marked
    figures = next((number for number, row in enumerate(rows) if has_figures(row)), None)
    if figures is None:
        return 1 if len(rows) > 1 and len(rows[0]) > 1 else 0
    return _by_shape(rows[: min(figures, _MOST_HEADS)])


def _is_marked(row: Cells) -> bool:
    return all(cell.named for cell in row)


def _by_shape(rows: Rows) -> int:
    """Count the heads among rows without figures: up to the first with a label of its own."""
    heads = 0
    for number, row in enumerate(rows):
        if _names_columns(row):
            if heads and _has_label(row) and not _goes_below(rows[number - 1], row):
                break
        elif not _NOTE_OF_UNITS.fullmatch(row[0].text):
            # Before the columns are named, a title; after it, the label of the rows below.
            if heads:
                break
            continue
        heads = number + 1
    return heads


def _names_columns(row: Cells) -> bool:
    return len(row) > 1 or row[0].first > 0


def _has_label(row: Cells) -> bool:
    first = row[0]
    return first.first == 0 and not first.again and not _NOTE_OF_UNITS.fullmatch(first.text)


def _goes_below(above: Cells, row: Cells) -> bool:
    """Tell whether a row parts the columns that a head above spans, or holds periods or units."""
    under = [sum(_overlap(head, cell) for cell in row) for head in above]
    return max(under, default=0) > 1 or all(
        is_period(cell.text) or _NOTE_OF_UNITS.fullmatch(cell.text) for cell in row[1:]
    )


def _overlap(head: Cell, cell: Cell) -> bool:
    return head.first <= cell.last and cell.first <= head.last
