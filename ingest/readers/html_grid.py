"""A page's table as rows of placed cells: spans heeded, the parts of a number joined."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ingest.readers.rows import CLOSERS, OPENERS, is_value

__all__ = ["Cell", "Cells", "cells_by_row", "joined_cells"]

_WIDEST_SPAN = 60
_ROWS = frozenset({"tr"})
_CELLS = frozenset({"td", "th"})
_GAP = re.compile(r"(?<=[($€£¥])\s+(?=[\d(.—–-])|(?<=[\d—–-])\s+(?=[)%])|(?<=\))\s+(?=%)")


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell's text and the first and last grid column that it covers.

    `again`: the cell began in a row above and reaches down to this one. `named`: the page marks
    it as a head (`th`).
    """

    first: int
    last: int
    text: str
    again: bool = False
    named: bool = False


Cells = list[Cell]
"""One row, from left to right, empty cells left out."""


def cells_by_row(
    table: Any, name_of: Callable[[Any], str], text_of: Callable[[Any], str]
) -> Iterator[Cells]:
    """Yield the rows of a table; a cell that spans rows stands in each of them."""
    reaching: list[tuple[Cell, int]] = []
    for row in table.iter():
        if name_of(row) not in _ROWS:
            continue
        cells = [cell for cell, _ in reaching]
        taken = {column for cell in cells for column in range(cell.first, cell.last + 1)}
        reaching = [(cell, left - 1) for cell, left in reaching if left > 1]
        column = 0
        for element in row:
            name = name_of(element)
            if name not in _CELLS:
                continue
            while column in taken:
                column += 1
            last = column + _span(element, "colspan") - 1
            cell = Cell(column, last, text_of(element), named=name == "th")
            cells.append(cell)
            height = _span(element, "rowspan")
            if height > 1:
                reaching.append((replace(cell, again=True), height - 1))
            column = last + 1
        yield joined_cells(sorted(cells, key=lambda cell: cell.first))


def _span(element: Any, attribute: str) -> int:
    value = element.get(attribute, "1").strip()
    return min(max(int(value), 1), _WIDEST_SPAN) if value.isdecimal() and len(value) < 5 else 1


def joined_cells(cells: Sequence[Cell]) -> Cells:
    """Return the row without empty cells; `$` and `(` join the next cell, `)` and `%` the last."""
    joined: Cells = []
    opener: Cell | None = None
    for cell in cells:
        text = cell.text
        if text in OPENERS:
            opener = replace(cell, text=_both(opener, text))
        elif joined and _ends_number(joined[-1], cell):
            joined[-1] = replace(joined[-1], text=_tight(joined[-1].text + text), last=cell.last)
        elif text and opener:
            joined.append(replace(cell, text=_tight(opener.text + text), first=opener.first))
            opener = None
        elif text:
            joined.append(replace(cell, text=_tight(text)))
    return [*joined, opener] if opener else joined


def _both(opener: Cell | None, text: str) -> str:
    """`$` and `(` open one number; of two `$` the first one's is blank."""
    return opener.text + text if opener and text not in opener.text else text


def _ends_number(before: Cell, cell: Cell) -> bool:
    """Tell whether a cell is the rest of the number before it and no value of its own."""
    return cell.text in CLOSERS and is_value(before.text + cell.text)


def _tight(text: str) -> str:
    return _GAP.sub("", text)
