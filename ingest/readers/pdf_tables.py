"""Pure: the tables of a page, found and built by the places of its words.

A wrong table is worse than plain lines: where places do not settle the columns there is none.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from statistics import median

from ingest.readers.pdf_body import Labelled, body_rows, labelled
from ingest.readers.pdf_columns import Column, columns_of
from ingest.readers.pdf_heads import head_rows, heads_above
from ingest.readers.pdf_lines import PageLine
from ingest.readers.pdf_rows import TableRow, table_rows
from ingest.readers.rows import Row

__all__ = ["PageTable", "page_tables"]

_LOOK_AHEAD = 5
_GAP = 3.5
_LARGE = 1.2
_TIGHT = 0.6
_LINES_BETWEEN = 3
_SAME_LINE = 1.2
_BACK = 3.5
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class PageTable:
    """Rows on one grid made of the page's lines from `start` to `end` (exclusive).

    The first `heads` rows are heads of the `columns` right of the labels. `homeless` are words
    of these lines that stand over none of the columns.
    """

    start: int
    end: int
    rows: tuple[Row, ...]
    heads: int
    columns: tuple[Column, ...]
    homeless: tuple[str, ...] = ()


def page_tables(lines: Sequence[PageLine]) -> list[PageTable]:
    """Return the tables in order; none where lines have no places."""
    if not lines or not all(line.words for line in lines):
        return []
    rows = table_rows(lines)
    tables: list[PageTable] = []
    floor = 0
    for first, end in _runs(rows):
        table = _whole_table(rows, first, end, floor)
        if table:
            tables.append(_continued(tables[-1], table) if tables else table)
            floor = table.end
    return tables


def _whole_table(rows: Sequence[TableRow], first: int, end: int, floor: int) -> PageTable | None:
    """Return the table with as many of the lines over it as go into its rows word for word.

    None where not even its own lines do: they stay text, for no word of a page may be lost.
    """
    while floor <= first:
        try:
            table = _table(rows, first, end, floor)
        except ValueError:  # heads and columns that do not pair
            return None
        if table is None or _has_every_word(table, rows):
            return table
        floor = table.start + 1
    return None


def _has_every_word(table: PageTable, rows: Sequence[TableRow]) -> bool:
    lines = rows[table.start : table.end]
    needed = Counter(w for row in lines for chunk in row.chunks for w in _WORD.findall(chunk.text))
    cells = [*table.homeless, *(cell for row in table.rows for cell in row)]
    return needed <= Counter(word for cell in cells for word in _WORD.findall(cell))


def _runs(rows: Sequence[TableRow]) -> Iterator[tuple[int, int]]:
    """Yield the first row of figures and the end of rows that belong together."""
    at = 0
    while at < len(rows):
        if not rows[at].has_figures:
            at += 1
            continue
        end = _end_of_run(rows, at)
        yield at, end
        at = end


def _end_of_run(rows: Sequence[TableRow], start: int) -> int:
    end = at = start + 1
    while at < len(rows) and _follows(rows[at - 1], rows[at], rows[start]):
        if rows[at].has_figures:
            end = at + 1
        elif at - end >= _LOOK_AHEAD or not _may_stand_between(rows, at):
            break
        at += 1
    while end < len(rows) and _ends_label(rows[end - 1], rows[end]):
        end += 1
    return end


def _follows(before: TableRow, row: TableRow, first: TableRow) -> bool:
    gap = before.line.bottom - row.line.top
    # Values may stand beside the first line of a label of several lines.
    back = _BACK if row.label is None else _SAME_LINE
    return -back * first.height < gap < _GAP * first.height and (row.height < _LARGE * first.height)


def _may_stand_between(rows: Sequence[TableRow], at: int) -> bool:
    row = rows[at]
    if row.is_head or row.ends_table:
        return False
    following = at + 1 < len(rows) and rows[at + 1].has_figures
    if following or not row.is_wide or row.line.text.endswith(":"):
        return True
    figures = next(above for above in reversed(rows[:at]) if above.has_figures)
    return row.line.right < figures.cells[0].outer


def _ends_label(before: TableRow, row: TableRow) -> bool:
    """Tell the last line of the last row's label, or a sum without a label below its column."""
    gap = before.line.bottom - row.line.top
    if row.is_head or row.ends_table or len(row.chunks) > 1 or gap > _TIGHT * row.height:
        return False
    chunk = row.chunks[0]
    if chunk.quantity:
        return abs(chunk.right - before.chunks[-1].right) < row.height
    return chunk.text[0].islower() and not row.is_wide


def _table(rows: Sequence[TableRow], first: int, end: int, floor: int) -> PageTable | None:
    body = labelled(rows[first:end])
    height = median(row.height for row in rows[first:end])
    columns = columns_of([row.cells for row in body if row.row.has_figures], height)
    if not columns:
        return None
    found = heads_above(rows, first, floor, columns)
    if not _is_table(body, columns, len(found.rows)):
        return None
    labels = [row.label for row in body if row.label]
    edges = min((c.left for c in labels), default=0.0), max((c.right for c in labels), default=0.0)
    heads, homeless = head_rows(found.rows, columns, edges)
    start = found.start if heads else _first_section(rows, first, floor, body)
    sections = [_section(row) for row in rows[found.end if heads else start : first]]
    rows_below = body_rows([*sections, *body], columns)
    grid = (*heads, *rows_below)
    return PageTable(start, end, grid, len(heads), tuple(columns), tuple(homeless))


def _continued(before: PageTable, table: PageTable) -> PageTable:
    """Return the table with the heads of the one that it goes on with, column under column."""
    near = table.start - before.end <= _LINES_BETWEEN
    if table.heads or not near or len(before.columns) != len(table.columns):
        return table
    pairs = zip(before.columns, table.columns, strict=True)
    if not all(min(a.right, b.right) > max(a.outer, b.outer) for a, b in pairs):
        return table
    heads = before.rows[: before.heads]
    return replace(table, rows=(*heads, *table.rows), heads=before.heads)


def _first_section(
    rows: Sequence[TableRow], first: int, floor: int, body: Sequence[Labelled]
) -> int:
    """Walk up from the figures of a table without heads over labels of sections.

    These end in a colon, or begin where a label between the rows of figures begins.
    """
    between = [row.label.left for row in body if row.label and not row.cells]
    start = first
    while start > floor and len(rows[start - 1].chunks) == 1:
        row = rows[start - 1]
        same = any(abs(row.chunks[0].left - left) < 1 for left in between)
        if row.ends_table or row.is_wide or not (same or row.line.text.endswith(":")):
            break
        start -= 1
    return start


def _section(row: TableRow) -> Labelled:
    return Labelled(row, row.chunks[0], row.chunks[1:])


def _is_table(body: Sequence[Labelled], columns: Sequence[Column], heads: int) -> bool:
    counts = [len(row.cells) for row in body if row.row.has_figures and row.label]
    if not counts:
        return bool(heads) and len(body) > 1
    if len(columns) > 2 * max(counts) + 1:
        return False
    least = 1 if heads else 2
    return len(counts) >= (least if max(counts) > 1 else least + 1)
