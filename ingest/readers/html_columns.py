"""Pure: the columns of a page's table, and each row's cells put into them.

Filings give one column of figures three or more columns of the page's grid, for `$`, number and
`)`, with empty ones between for looks. Two cells are in one column where they overlap, unless
some row holds both.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ingest.readers.html_grid import Cell, Cells
from ingest.readers.html_heads import figures_begin, is_period
from ingest.readers.rows import Row

__all__ = ["Column", "columns_of", "placed_head", "placed_row"]


@dataclass(frozen=True, slots=True)
class Column:
    """The first and last grid column of a table's column, and which rows have a cell in it."""

    first: int
    last: int
    rows: frozenset[int] = frozenset()

    def overlap(self, cell: Cell) -> int:
        """Grid columns shared with the cell; below 1, how far they are apart."""
        return min(self.last, cell.last) - max(self.first, cell.first) + 1


def columns_of(heads: Sequence[Cells], body: Sequence[Cells]) -> list[Column]:
    """Return the table's columns from left to right, that of the labels first."""
    found: list[Column] = []
    # A lone cell is a section's label or a remark: it may run over all columns.
    cells = [(number, cell) for number, row in enumerate(body) if len(row) > 1 for cell in row]
    for number, cell in sorted(cells, key=lambda pair: pair[1].last - pair[1].first):
        touched = [column for column in found if column.overlap(cell) > 0]
        joined = _union(cell, number, touched)
        if joined is not None:
            found = [column for column in found if column not in touched] + [joined]
    found.sort(key=lambda column: column.first)
    return _labels_joined(found, heads, body)


def _union(cell: Cell, number: int, touched: Sequence[Column]) -> Column | None:
    """Return the column that the cell makes of those it touches, None where it spans several."""
    rows: frozenset[int] = frozenset({number})
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
    places = range(len(columns))
    if columns[0].overlap(cell) > 0:
        over_all = alone and is_period(cell.text) and columns[-1].overlap(cell) > 0
        return places[1:] if over_all else [0]
    covered = [
        i for i in places if 2 * columns[i].overlap(cell) > columns[i].last - columns[i].first
    ]
    return covered or [max(places, key=lambda i: columns[i].overlap(cell))]


def placed_row(row: Cells, columns: Sequence[Column]) -> Row:
    """Put each cell into the column that it shares most with, the first of equals."""
    texts = [""] * len(columns)
    for cell in row:
        spans = sum(column.overlap(cell) > 0 for column in columns) > 1
        share = [
            min(column.overlap(cell), 1) if spans else column.overlap(cell) for column in columns
        ]
        place = share.index(max(share))
        texts[place] = f"{texts[place]} {cell.text}".strip()
    return _trimmed(texts)


def _trimmed(texts: list[str]) -> Row:
    while texts and not texts[-1]:
        texts.pop()
    return tuple(texts)
