"""Pure: text whose lines are rows of delimited cells: its delimiter, and whether it is any."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator

__all__ = ["delimiter_of", "looks_delimited", "rows_of_text"]

_DELIMITERS = ",;\t|"
_SAMPLE = 200
_FEWEST_LINES = 5
_FEWEST_COLUMNS = 3
_LONGEST_CELL = 80
_DECLARED = "sep="


def delimiter_of(text: str) -> str:
    """Return the delimiter that cuts most of the first rows into one same number of cells.

    A first line "sep=;", which spreadsheet programs write and heed, decides. A comma where
    nothing tells.
    """
    first = text.partition("\n")[0].strip().casefold()
    if first.startswith(_DECLARED) and len(first) == len(_DECLARED) + 1:
        return first[-1]
    return max(_DELIMITERS, key=lambda delimiter: _evenness(text, delimiter))


def looks_delimited(text: str) -> bool:
    """Tell a table from prose that has commas: every line has the same cells, short ones."""
    # The last line may be cut off.
    sample = text[: text.rfind("\n")] if "\n" in text else ""
    rows = [row for row in _sampled(sample, delimiter_of(sample)) if any(row)]
    widths = {len(row) for row in rows}
    return (
        len(rows) >= _FEWEST_LINES
        and len(widths) == 1
        and widths.pop() >= _FEWEST_COLUMNS
        and max(len(cell) for row in rows for cell in row) <= _LONGEST_CELL
    )


def rows_of_text(text: str, delimiter: str) -> Iterator[list[str]]:
    """Yield the rows; raises csv.Error for a field of more than 131,072 characters."""
    start = text.find("\n") + 1 if text[:4].casefold() == _DECLARED else 0
    yield from csv.reader(io.StringIO(text[start:], newline=""), delimiter=delimiter)


def _evenness(text: str, delimiter: str) -> tuple[int, int]:
    """Rows of the commonest width and that width; a width of one cell counts for nothing."""
    widths = Counter(len(row) for row in _sampled(text, delimiter) if any(row))
    del widths[1]
    width, rows = max(widths.items(), key=lambda item: (item[1], item[0]), default=(0, 0))
    return rows, width


def _sampled(text: str, delimiter: str) -> list[list[str]]:
    rows: list[list[str]] = []
    try:
        for row in rows_of_text(text, delimiter):
            rows.append(row)
            if len(rows) == _SAMPLE:
                break
    except csv.Error:
        return []
    return rows
