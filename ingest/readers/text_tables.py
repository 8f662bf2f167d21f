"""Rows of text files: cells one a line are put side by side, pipes and tabs are split."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ingest.readers.html_grid import Cell, Cells, joined_cells
from ingest.readers.rows import CLOSERS, OPENERS, Row, is_value, split_row
from ingest.readers.shape import BULLETS, ends_sentence, is_page_number
from ingest.readers.text_heads import columns_in

__all__ = ["delimited_rows", "side_by_side", "unglued"]

_LONGEST_LABEL = 160
_STACKED_LEAST = 8
_RULE = re.compile(r"[\s|:+=_-]*")
_YEAR = re.compile(r"(?:19|20)\d\d[AE]?")
_GLUED_VALUES = re.compile(r"(?<=%)(?=[\d$(])|(?<=[a-z)])(?=\$\d)")
_GLUED_LABEL = re.compile(r"([A-Z][^\d$|]*[a-z)])(\(?\d.*)")


def unglued(line: str) -> str:
    """Return the line with the space that some dumps lose between a label and its values."""
    line = _GLUED_VALUES.sub(" ", line)
    found = _GLUED_LABEL.fullmatch(line)
    label, values = split_row(found.group(2)) if found else ("", ())
    return f"{found.group(1)} {found.group(2)}" if found and not label and len(values) > 1 else line


def side_by_side(lines: Sequence[str]) -> list[str]:
    """Put a label and the values that follow it, one a line, on one line.

    Text copied from web tables comes so: "Revenue", "$", "55,909", "$", "41,902", with empty
    lines between or without. Text that holds few such lines is returned as it is.
    """
    cells = sum(_is_cell(line) for line in lines)
    if cells < _STACKED_LEAST or cells * 20 < sum(map(bool, lines)):
        return list(lines)
    return list(_joined(lines))


def _is_cell(line: str) -> bool:
    return bool(line) and (is_value(line) or line in OPENERS or line in CLOSERS)


def _joined(lines: Sequence[str]) -> Iterator[str]:
    at = columns = 0
    while at < len(lines):
        line = lines[at]
        if not line:
            yield line
            at += 1
            continue
        values, end = _values_after(lines, at + 1)
        if _is_cell(line) and not is_page_number(line):
            values, end = _values_after(lines, at)
            yield " ".join(values)
        elif _takes_values(line, values):
            row = f"{line} {' '.join(_without_page_number(line, values, columns))}"
            columns = len(split_row(row)[1])
            years = all(_YEAR.fullmatch(value) for value in values)
            yield from (line, " ".join(values)) if years else (row,)
        else:
            yield line
            end = at + 1
        at = end


def _without_page_number(label: str, values: list[str], columns: int) -> list[str]:
    """Drop a bare number beyond the columns of the row before: a page ended below this row."""
    surplus = len(split_row(f"{label} {' '.join(values)}")[1]) - columns
    return values[:-1] if columns and surplus == 1 and is_page_number(values[-1]) else values


def _values_after(lines: Sequence[str], at: int) -> tuple[list[str], int]:
    """Return the cells from `at` on, over empty lines, and where the next other line stands."""
    values: list[str] = []
    end = at
    for number in range(at, len(lines)):
        if _is_cell(lines[number]):
            values.append(lines[number])
            end = number + 1
        elif lines[number]:
            break
    return values, end


def _takes_values(label: str, values: Sequence[str]) -> bool:
    if not values or len(label) > _LONGEST_LABEL or label in BULLETS:
        return False
    alone = len(values) == 1 and is_page_number(values[0])
    return not alone and (not ends_sentence(label) or label.endswith(":"))


def delimited_rows(lines: Sequence[str]) -> tuple[Row, ...]:
    """Return rows of lines whose cells are parted by pipes or tabs; rules between rows go.

    A row with a value missing keeps its other values in their columns where its cells are as
    many as a full row's.
    """
    split = [_cells(line) for line in lines if not _RULE.fullmatch(line)]
    rows = [(len(cells), joined_cells(_placed(cells))) for cells in split]
    columns = columns_in([_by_order(row) for _, row in rows])
    full = {count: row for count, row in rows if len(_by_order(row)) - 1 == columns}
    return tuple(_by_place(row, full.get(count, [])) for count, row in rows if row)


def _cells(line: str) -> list[str]:
    mark = "\t" if "\t" in line else "|"
    cells = [cell.strip() for cell in line.strip("\n").split(mark)]
    if mark == "|":
        cells = cells[line.lstrip().startswith("|") : len(cells) - line.rstrip().endswith("|")]
    return cells


def _placed(cells: Sequence[str]) -> list[Cell]:
    return [Cell(number, number, text) for number, text in enumerate(cells)]


def _by_order(row: Cells) -> Row:
    """A row's texts with the first column for its label, empty or not."""
    texts = [cell.text for cell in row]
    return tuple(texts if row and row[0].first == 0 else ["", *texts])


def _by_place(row: Cells, full: Cells) -> Row:
    """Put the values under those of a full row that they touch; by order if any touches none."""
    if len(row) < 2 or len(row) >= len(full):
        return _by_order(row)
    texts = [""] * len(full)
    for cell in row:
        under = [
            n
            for n, other in enumerate(full)
            if cell.first <= other.last and other.first <= cell.last
        ]
        if len(under) != 1 or texts[under[0]]:
            return _by_order(row)
        texts[under[0]] = cell.text
    while not texts[-1]:
        texts.pop()
    return tuple(texts)
