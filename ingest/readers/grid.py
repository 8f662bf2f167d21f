"""Pure: cells that span rows and columns, put on one grid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ingest.blocks import Block, BlockKind
from ingest.readers.sheet_heads import head_rows, is_figure

__all__ = ["GridCell", "gridded"]

_WIDEST = 200


@dataclass(frozen=True, slots=True)
class GridCell:
    """A cell's text, its first row and column, counted from 0, and how many of each it covers."""

    row: int
    column: int
    text: str
    height: int = 1
    width: int = 1


def gridded(cells: Sequence[GridCell], heads: int, *, headed: bool = False) -> Block:
    """Return the cells as a TABLE block.

    `heads` are its header rows, 0 where the file does not tell them; `headed` says that the first
    row is drawn as one. A head stands in every column that it spans, a label in every row.
    """
    cells = [cell for cell in cells if cell.column < _WIDEST]
    plain = _table(cells, 0, heads)
    rows = [{at: text for at, text in enumerate(row) if text} for row in plain.rows]
    width = max(map(len, plain.rows), default=0)
    heads = heads or head_rows(rows, width) or int(headed and _names_columns(plain))
    return _table(cells, heads, heads)


def _names_columns(block: Block) -> bool:
    values = [cell for cell in block.rows[0][1:] if cell]
    return len(block.rows) > 1 and bool(values) and not all(map(is_figure, values))


def _table(cells: Sequence[GridCell], spanned: int, heads: int) -> Block:
    height = max((cell.row for cell in cells), default=-1) + 1
    width = max((_right(cell) for cell in cells), default=0)
    grid = [[""] * width for _ in range(height)]
    for cell in cells:
        across = range(cell.column, _right(cell) if cell.row < spanned else cell.column + 1)
        repeated = cell.column == 0 or cell.row < spanned
        down = range(cell.row, min(cell.row + cell.height, height) if repeated else cell.row + 1)
        for row in down:
            for column in across:
                grid[row][column] = cell.text
    block = Block(BlockKind.TABLE, "", rows=tuple(map(_trimmed, grid)), heads=heads)
    return replace(block, rows=tuple(row for row in block.rows if any(row)))


def _right(cell: GridCell) -> int:
    return min(cell.column + cell.width, _WIDEST)


def _trimmed(row: Sequence[str]) -> tuple[str, ...]:
    cells = list(row)
    while len(cells) > 1 and not cells[-1]:
        cells.pop()
    return tuple(cells)
