"""Pure: the columns of a page's table, and each row's cells put into them.

Filings give one column of figures three or more columns of the page's grid, for `$`, number and
`)`, with empty ones between for looks. Two cells are in one column where they overlap, unless
some row holds both.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ingest.readers.html_grid import Cell, Cells
from ingest.readers.html_heads import figures_begin, is_period
from ingest.readers.rows import Row

__all__ = ["Column", "columns_of", "placed_head", "placed_row"]


@dataclass(frozen=True, slots=True)
class Column:
    """The first and last grid column of a table's column, and which rows have a cell in it.

    `rows` has the bit of each such row set: a long table's rows are too many to copy as a set.
    """

    first: int
    last: int
    rows: int = 0

    def overlap(self, cell: Cell) -> int:
        """Grid columns shared with the cell; below 1, how far they are apart."""
        return min(self.last, cell.last) - max(self.first, cell.first) + 1


def columns_of(heads: Sequence[Cells], body: Sequence[Cells]) -> list[Column]:
    """Return the table's columns from left to right, that of the labels first."""
    found: list[Column] = []
    # A lone cell is a section's label or a remark: it may run over all columns.
    cells = [(number, cell) for number, row in enumerate(body) if len(row) > 1 for cell in row]
    for number, cell in sorted(cells, key=lambda pair: pair[1].last - pair[1].first):
        touched = _touched(found, cell)
        joined = _union(cell, number, found[touched.start : touched.stop])
        if joined is not None:
            found[touched.start : touched.stop] = [joined]
    return _labels_joined(found, heads, body)


def _touched(columns: Sequence[Column], cell: Cell) -> range:
    """Return the places of the columns that the cell overlaps, empty where it lies between two.

    Columns stand apart, from left to right: of thousands only those near the cell are looked at.
    """
    begin = bisect_left(columns, cell.first, key=lambda column: column.last)
    return range(begin, bisect_right(columns, cell.last, begin, key=lambda column: column.first))


def _nearest(columns: Sequence[Column], cell: Cell) -> int:
    """Return the place of the column that the cell shares most with, the first of equals."""
    touched = _touched(columns, cell)
    beside = range(max(touched.start - 1, 0), min(touched.start + 1, len(columns)))
    return max(touched or beside, key=lambda place: columns[place].overlap(cell))


def _union(cell: Cell, number: int, touched: Sequence[Column]) -> Column | None:
    """Return the column that the cell makes of those it touches, None where it spans several."""
    rows = 1 << number
    for column in touched:
        if rows & column.rows:
            return None
        rows |= column.rows
    first = min((cell.first, *(column.first for column in touched)))
    last = max((cell.last, *(column.last for column in touched)))
    return Column(first, last, rows)


def _labels_joined(
    found: list[Column], heads: Sequence[Cells], body: Sequence[Cells]
) -> list[Column]:
    """Indented labels begin in grid columns of their own: join these while no row uses two."""
    figures = figures_begin(body)
    named = [cell for row in heads for cell in row]
    label, others = (found[0], found[1:]) if found else (Column(0, 0), [])
    if label.first >= figures > 0:
        return [Column(0, label.first - 1), *found]
    while others and others[0].last < figures and not label.rows & others[0].rows:
        if any(others[0].overlap(head) > 0 >= label.overlap(head) for head in named):
            break
        label = Column(label.first, others[0].last, label.rows | others[0].rows)
        others = others[1:]
    return [replace(label, first=0), *others]


def placed_head(row: Cells, columns: Sequence[Column]) -> Row:
    """Put each head over every column that it covers; over all of them it is the table's."""
    texts = [""] * len(columns)
    for cell in row:
        if cell.again:
            continue
        for place in _covered(cell, columns, alone=len(row) == 1):
            texts[place] = f"{texts[place]} {cell.text}".strip()
    return _trimmed(texts)


def _covered(cell: Cell, columns: Sequence[Column], *, alone: bool) -> Sequence[int]:
    if columns[0].overlap(cell) > 0:
        over_all = alone and is_period(cell.text) and columns[-1].overlap(cell) > 0
        return range(1, len(columns)) if over_all else [0]
    covered = [
        i
        for i in _touched(columns, cell)
        if 2 * columns[i].overlap(cell) > columns[i].last - columns[i].first
    ]
    return covered or [_nearest(columns, cell)]


def placed_row(row: Cells, columns: Sequence[Column]) -> Row:
    """Put each cell into the first column that it spans, or into the nearest one."""
    texts = [""] * len(columns)
    for cell in row:
        touched = _touched(columns, cell)
        place = touched.start if touched else _nearest(columns, cell)
        texts[place] = f"{texts[place]} {cell.text}".strip()
    return _trimmed(texts)


def _trimmed(texts: list[str]) -> Row:
    while texts and not texts[-1]:
        texts.pop()
    return tuple(texts)
