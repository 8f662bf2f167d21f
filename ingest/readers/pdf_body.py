"""Pure: the rows of a table on its grid: labels that wrap made whole, values in their columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from ingest.readers.pdf_columns import Column, column_of
from ingest.readers.pdf_lines import HYPHEN
from ingest.readers.pdf_rows import TableRow
from ingest.readers.pdf_words import Chunk, Word, chunks_of
from ingest.readers.rows import UNFINISHED, Row

__all__ = ["Labelled", "body_rows", "labelled"]

_SAME_LEFT = 0.8
_TIGHT = 1.35
_SPACE = 0.3


@dataclass(frozen=True, slots=True)
class Labelled:
    """A row as its label and what stands right of it."""

    row: TableRow
    label: Chunk | None
    cells: tuple[Chunk, ...]


def labelled(rows: Sequence[TableRow]) -> list[Labelled]:
    """Return the rows with their labels; a number that stands where labels do is one: "2027"."""
    lefts = [row.label.left for row in rows if row.label]
    if not lefts:
        lefts = [row.chunks[0].left for row in rows if len(row.chunks) > 1]
    margin = min(lefts, default=0.0)
    return [_labelled(row, margin) for row in rows]


def _labelled(row: TableRow, margin: float) -> Labelled:
    first = row.chunks[0]
    at_margin = len(row.chunks) > 1 and first.outer - margin < _SAME_LEFT * row.height
    if row.label is None and not at_margin:
        return Labelled(row, None, row.chunks)
    return Labelled(row, first, row.chunks[1:])


def body_rows(rows: Sequence[Labelled], columns: Sequence[Column]) -> list[Row]:
    """Return the rows on the grid; a row of one cell is the label of a section."""
    placed = [_placed(row, columns) for row in rows]
    pitches = [a.row.line.top - b.row.line.top for a, b in pairwise(placed)]
    usual = median([p for p in pitches if p > 0] or [0.0])
    result: list[Row] = []
    before: Labelled | None = None
    for number, row in enumerate(placed):
        label = row.label.text if row.label else ""
        values = _values(row, columns)
        if before and _goes_on(before, row, usual, _full(placed, number, columns)):
            label = f"{result[-1][0]} {label}".strip()
            values = values or result[-1][1:]
            result.pop()
            row = Labelled(row.row, row.label or before.label, row.cells or before.cells)
        result.append((label, *values))
        before = row
    return result


def _placed(row: Labelled, columns: Sequence[Column]) -> Labelled:
    """Give a label the words left of all columns, and the columns the figures at its end."""
    label, cells = row.label, list(row.cells)
    while label and cells and not cells[0].quantity and cells[0].right <= columns[0].outer:
        cell = cells.pop(0)
        words = (*label.words, *cell.words)
        text = f"{label.text} {cell.text}"
        label = Chunk(text, label.left, cell.right, label.outer, False, words)
    if label and label.right > columns[0].left and len(label.words) > 1:
        label, taken = _cut(label, cells, columns)
        cells = [*taken, *cells]
    return Labelled(row.row, label, tuple(cells))


def _cut(
    label: Chunk, cells: Sequence[Chunk], columns: Sequence[Column]
) -> tuple[Chunk, list[Chunk]]:
    """Cut the figures off a label's end that stand in columns which are free."""
    free = min((column_of(cell, columns) for cell in cells), default=len(columns))
    start = len(label.words)
    while start > 1 and label.words[start - 1].left >= columns[0].outer - 1:
        start -= 1
    taken = chunks_of(label.words[start:], 1.0)
    if not taken or len(taken) > free or not all(cell.quantity for cell in taken):
        return label, []
    words: tuple[Word, ...] = label.words[:start]
    text = " ".join(word.text for word in words)
    return Chunk(text, label.left, words[-1].right, label.outer, False, words), taken


def _values(row: Labelled, columns: Sequence[Column]) -> Row:
    if not row.cells:
        return ()
    texts = [""] * len(columns)
    for cell in row.cells:
        at = column_of(cell, columns)
        texts[at] = f"{texts[at]} {cell.text}".strip()
    return tuple(texts)


def _goes_on(before: Labelled, row: Labelled, usual: float, full: bool) -> bool:
    """Tell whether a label that wraps goes on; its values stand on one of its lines.

    `full`: its first line has no room for another word.
    """
    if before.label is None or (before.cells and row.cells):
        return False
    text = before.label.text
    if text.endswith(":") or before.row.line.top - row.row.line.top > _TIGHT * usual:
        return False
    if row.label is None:
        return not before.cells
    if row.label.text[0].islower() or text.count("(") > text.count(")"):
        return True
    if before.cells:
        return False
    return bool(UNFINISHED.search(text)) or text.endswith(HYPHEN) or full


def _full(rows: Sequence[Labelled], at: int, columns: Sequence[Column]) -> bool:
    """Tell whether the row's first word would not have fitted on the line before.

    Rows below that are indented like it are its siblings, and the line before their section.
    """
    before, row = rows[at - 1].label, rows[at].label
    if (
        before is None
        or row is None
        or not rows[at].cells
        or before.text.isupper() != (row.text.isupper())
    ):
        return False
    following = rows[at + 1].label if at + 1 < len(rows) else None
    indented = row.left > before.left + 1
    if indented and (following is None or abs(following.left - row.left) < 1):
        return False
    first = row.words[0]
    needed = before.right + first.right - first.left + _SPACE * rows[at].row.height
    reach = max((r.label.right for r in rows if r.label and r.label is not before), default=0.0)
    return needed > (reach if reach >= before.right else columns[0].outer - rows[at].row.height)
