"""CSV that a spreadsheet cannot take for formulas. Pure."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from io import StringIO

__all__ = ["Cell", "csv_text"]

Cell = str | bool | int | float | Decimal | date | datetime | None
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What spreadsheets take for the beginning of a formula."""


def csv_text(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """Return the rows under their header; None is an empty cell, truth is "true" or "false".

    A text that would begin a formula gets an apostrophe before it, as spreadsheets themselves
    mark text. Numbers stay numbers, whatever their sign; a Decimal is written without exponent.
    """
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow([_written(cell) for cell in header])
    writer.writerows([_written(cell) for cell in row] for row in rows)
    return text.getvalue()


def _written(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, str):
        return f"'{cell}" if cell.startswith(FORMULA) else cell
    if isinstance(cell, Decimal):
        return format(cell, "f")
    return cell.isoformat() if isinstance(cell, date) else str(cell)
