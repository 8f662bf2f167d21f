"""Tables of a page: cells on their grid, split numbers joined, spacer columns gone."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ingest.blocks import Block, BlockKind
from ingest.readers.rows import CLOSERS, OPENERS, Row, is_value
from ingest.readers.shape import is_bullet

__all__ = ["table_blocks"]

_WIDEST_SPAN = 60
_SPLIT_NUMBER = 2
_LONGEST_CELL = 160
_ROWS = frozenset({"tr"})
_CELLS = frozenset({"td", "th"})


@dataclass(frozen=True, slots=True)
class _Cell:
    """A cell's text and the first and last grid column that it covers."""

    first: int
    last: int
    text: str


def table_blocks(
    table: Any, name_of: Callable[[Any], str], text_of: Callable[[Any], str]
) -> list[Block]:
    """Return a TABLE block for a table of data, paragraphs for one that only lays out prose."""
    rows = [row for row in _grid(table, name_of, text_of) if row]
    body = [row for row in rows if _has_values(row)] or [row for row in rows if len(row) > 1]
    if len(rows) < 2 or not body or _is_prose(rows):
        return [Block(BlockKind.PARAGRAPH, " ".join(cell.text for cell in row)) for row in rows]
    slots = _slots(body)
    return [Block(BlockKind.TABLE, "", rows=tuple(_placed(row, slots) for row in rows))]


def _grid(
    table: Any, name_of: Callable[[Any], str], text_of: Callable[[Any], str]
) -> Iterator[list[_Cell]]:
    below: dict[int, int] = {}
    for row in table.iter():
        if name_of(row) not in _ROWS:
            continue
        column = 0
        cells: list[_Cell] = []
        covered = {at: left - 1 for at, left in below.items() if left > 1}
        for element in row:
            if name_of(element) not in _CELLS:
                continue
            while column in below:
                column += 1
            last = column + _span(element, "colspan") - 1
            height = _span(element, "rowspan")
            if height > 1:
                covered |= dict.fromkeys(range(column, last + 1), height - 1)
            cells.append(_Cell(column, last, text_of(element)))
            column = last + 1
        below = covered
        yield _joined(cells)


def _span(element: Any, attribute: str) -> int:
    value = element.get(attribute, "1").strip()
    return min(max(int(value), 1), _WIDEST_SPAN) if value.isdecimal() and len(value) < 5 else 1


def _joined(cells: Sequence[_Cell]) -> list[_Cell]:
    """Drop empty cells; join `$` and `(` to the next cell, `)` and `%` to the previous one."""
    joined: list[_Cell] = []
    opener = ""
    for cell in cells:
        if cell.text in OPENERS:
            opener += cell.text
        elif cell.text in CLOSERS and joined:
            joined[-1] = replace(joined[-1], text=joined[-1].text + cell.text)
        elif cell.text:
            joined.append(replace(cell, text=opener + cell.text))
            opener = ""
    return joined


def _has_values(row: Sequence[_Cell]) -> bool:
    return len(row) > 1 and any(is_value(cell.text) for cell in row[1:])


def _is_prose(rows: Sequence[Sequence[_Cell]]) -> bool:
    """Tell a list or paragraphs laid out as a table from data."""
    if any(_has_values(row) for row in rows if not is_bullet(row[0].text)):
        return False
    texts = [cell.text for row in rows for cell in row]
    bulleted = sum(is_bullet(row[0].text) for row in rows) * 2 >= len(rows)
    return bulleted or max(map(len, rows)) < 2 or sum(map(len, texts)) > _LONGEST_CELL * len(texts)


def _slots(body: Sequence[Sequence[_Cell]]) -> list[tuple[int, int]]:
    """Return the table's columns as spans of right edges, from left to right.

    A number with and without its `$` or `)` ends one or two grid columns apart: edges so near
    that no row uses both are one column.
    """
    rows_at: dict[int, set[int]] = {}
    for number, row in enumerate(body):
        for cell in row:
            rows_at.setdefault(cell.last, set()).add(number)
    slots: list[tuple[int, int]] = []
    users: set[int] = set()
    for edge in sorted(rows_at):
        near = bool(slots) and edge - slots[-1][1] <= _SPLIT_NUMBER
        if near and not users & rows_at[edge]:
            slots[-1] = (slots[-1][0], edge)
            users |= rows_at[edge]
        else:
            slots.append((edge, edge))
            users = set(rows_at[edge])
    return slots


def _placed(row: Sequence[_Cell], slots: Sequence[tuple[int, int]]) -> Row:
    """Put each cell at the first column that it covers; what it spans beyond stays empty."""
    texts = [""] * len(slots)
    for cell in row:
        place = next((i for i, (_, last) in enumerate(slots) if last >= cell.first), len(slots) - 1)
        texts[place] = f"{texts[place]} {cell.text}".strip()
    while texts and not texts[-1]:
        texts.pop()
    return tuple(texts)
