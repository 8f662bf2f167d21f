"""Marks of footnotes: set apart from the number or name that they stand at."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from ingest.readers.html_grid import Cell, Cells

__all__ = ["set_notes_apart", "with_notes_joined"]

_MARK = re.compile(r"(?:\(\w{1,2}\)|\*{1,3}|[†‡])+")
_RAISED = re.compile(r"vertical-align\s*:\s*(?:super|text-top)", re.IGNORECASE)
_BARE = re.compile(r"\d{1,2}(?:\s*,\s*\d{1,2})*")


def set_notes_apart(root: Any, name_of: Callable[[Any], str]) -> None:
    """Put a raised mark in parentheses: 1,234 with a raised 1 is not 12,341."""
    for element in root.iter():
        if name_of(element) != "sup" and not _RAISED.search(element.get("style") or ""):
            continue
        text = "".join(element.itertext()).strip()
        if _BARE.fullmatch(text) or _MARK.fullmatch(text):
            for inner in list(element):
                element.remove(inner)
            element.text = f" {text}" if _MARK.fullmatch(text) else f" ({text})"


def with_notes_joined(rows: Sequence[Cells]) -> list[Cells]:
    """Return the rows with each "(1)" joined to the cell that it touches.

    Where other rows have a cell that begins there, "(1)" is their column's figure, minus one.
    """
    begins = {cell.first for row in rows for cell in row if not _MARK.fullmatch(cell.text)}
    return [_joined(row, begins) for row in rows]


def _joined(row: Cells, begins: set[int]) -> Cells:
    joined: Cells = []
    for cell in row:
        if joined and _marks(joined[-1], cell, begins):
            before = joined[-1]
            joined[-1] = replace(before, text=f"{before.text} {cell.text}", last=cell.last)
        else:
            joined.append(cell)
    return joined


def _marks(before: Cell, cell: Cell, begins: set[int]) -> bool:
    touches = before.last + 1 == cell.first and bool(_MARK.fullmatch(cell.text))
    return touches and begins.isdisjoint(range(cell.first, cell.last + 1))
