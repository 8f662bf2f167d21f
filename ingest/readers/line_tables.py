"""Tables in running lines: where they stand, and their rows as cells.

A wrong table is worse than plain lines: a row whose values do not fit the table's columns stays
one cell with its text intact.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from ingest.readers.rows import UNFINISHED, Row, header_cells, is_value, split_row
from ingest.readers.shape import ends_sentence, is_bullet, numbered_heading_level

__all__ = ["Span", "rows_of", "table_spans"]

Span = tuple[int, int, int]
"""First line, first row of figures, end (exclusive)."""

_MOST_HEADER_LINES = 24
_HEADER_WIDTH = 60
_FILLER_WIDTH = 110
_LABEL_WORDS = 14
_LOOK_AHEAD = 3
_PERIOD_WORDS = re.compile(
    r"\b(?:(?:19|20)\d\d|ended|as of|months|weeks|quarter|fiscal|unaudited|change|"
    r"in (?:millions|thousands|billions))\b",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?:19|20)\d\d[AE]?")


def table_spans(lines: Sequence[str]) -> list[Span]:
    """Return the spans of lines that form tables, in order and apart."""
    counts = [_figures(line) for line in lines]
    spans: list[Span] = []
    at = floor = 0
    while at < len(lines):
        if not counts[at]:
            at += 1
            continue
        end = _end_of_run(lines, counts, at)
        first_row = _table_begins(lines, counts, at, end)
        if first_row < end:
            spans.append((_first_header(lines, first_row, floor), first_row, end))
            floor = end
        at = end
    return spans


def _figures(line: str) -> int:
    """Count the values that close a line; 0 for prose that happens to end in a number."""
    label, values = split_row(line)
    many = len(values) > 1
    if not values or is_bullet(line) or (not many and not label):
        return 0
    limit = _LABEL_WORDS * 2 if many else _LABEL_WORDS
    return len(values) if len(label.split()) <= limit else 0


def _end_of_run(lines: Sequence[str], counts: Sequence[int], start: int) -> int:
    end = start + 1
    at = end
    while at < len(lines):
        if counts[at]:
            end = at + 1
        elif at - end >= _LOOK_AHEAD or not _may_stand_in_table(lines, at):
            break
        at += 1
    return end


def _may_stand_in_table(lines: Sequence[str], at: int) -> bool:
    """Tell whether a line without figures may be a section's label or a wrapped one."""
    line = lines[at]
    if len(line) > _FILLER_WIDTH or numbered_heading_level(line):
        return False
    if line.endswith(":"):
        return len(line.split()) <= _LABEL_WORDS
    if line.isupper():
        # In capitals, a section of this table is followed by its rows, the next title is not.
        return at + 1 < len(lines) and all(split_row(lines[at + 1]))
    return not ends_sentence(line) and not is_bullet(line)


def _table_begins(lines: Sequence[str], counts: Sequence[int], start: int, end: int) -> int:
    """Return the first line of figures from which the run is a table, `end` where none is.

    A table's rows are named, two at least, and make a third of its lines. The run is walked from
    its end: each line is looked at once, however many of them begin no table.
    """
    first, rows, most = end, 0, 0
    for at in range(end - 1, start - 1, -1):
        if not counts[at]:
            continue
        if _named(lines[at]):
            rows, most = rows + 1, max(most, counts[at])
        if rows >= 2 and (most > 1 or rows >= 3) and 3 * rows >= end - at:
            first = at
    return first


def _named(line: str) -> bool:
    return bool(split_row(line)[0])


def _first_header(lines: Sequence[str], first_row: int, floor: int) -> int:
    """Walk up from the first row of figures over the lines that head its columns."""
    top = first_row
    while top > max(floor, first_row - _MOST_HEADER_LINES) and _may_head_columns(lines[top - 1]):
        top -= 1
    while top < first_row and not _heads_columns(lines, top, first_row):
        top += 1
    return top


def _may_head_columns(line: str) -> bool:
    if header_cells(line) or is_value(line):
        return True
    short = len(line) <= _HEADER_WIDTH and not line.isupper()
    return (
        short
        and not is_bullet(line)
        and not numbered_heading_level(line)
        and (not ends_sentence(line) or line.startswith("("))
    )


def _heads_columns(lines: Sequence[str], at: int, first_row: int) -> bool:
    """Tell a column's head from the title above it: a title is followed by periods or units."""
    line = lines[at]
    if _PERIOD_WORDS.search(line) or line.startswith("("):
        return True
    following = lines[at + 1] if at + 1 < first_row else ""
    return bool(following) and not (_PERIOD_WORDS.search(following) or following.startswith("("))


def rows_of(lines: Sequence[str], first_row: int) -> tuple[Row, ...]:
    """Return the lines as rows of cells; `first_row` is where the figures begin."""
    rows = [_head(line) or (line,) for line in lines[:first_row]]
    for section in _sections(lines[first_row:]):
        columns = _columns(section)
        for line in section:
            row = _row(line, columns, rows[-1][0] if rows else "")
            if rows and _continues_label(rows[-1], row):
                row = (f"{rows.pop()[0]} {row[0]}".strip(), *row[1:])
            rows.append(row)
    return tuple(rows)


def _sections(lines: Sequence[str]) -> Iterator[list[str]]:
    """Yield the lines from one row of periods to the next: each may have columns of its own."""
    section: list[str] = []
    for line in lines:
        if section and _head(line):
            yield section
            section = []
        section.append(line)
    yield section


def _head(line: str) -> Row:
    """Return the cells of a row of periods, () for any other line."""
    label, values = split_row(line)
    if not label and len(values) > 1 and all(map(_YEAR.fullmatch, values)):
        return ("", *values)
    return header_cells(line)


def _columns(lines: Sequence[str]) -> int:
    """Return how many values most rows have; the larger where two counts tie."""
    rows = (split_row(line) for line in lines if not _head(line))
    counts = Counter(len(values) for label, values in rows if values and label)
    return max(counts, key=lambda count: (counts[count], count), default=0)


def _row(line: str, columns: int, label_before: str) -> Row:
    """Split a row; numbers that end an unfinished label ("accounts of $944") stay with it."""
    label, values = split_row(line)
    surplus = len(values) - columns
    if surplus > 0 and columns and UNFINISHED.search(label or label_before):
        return (" ".join((label, *values[:surplus])).strip(), *values[surplus:])
    if values and (surplus >= 0 or not label):
        return _head(line) or (label, *values)
    return _head(line) or (line,)


def _continues_label(before: Row, row: Row) -> bool:
    """Tell whether a row goes on with the label that the row before, of one cell, began."""
    if len(before) > 1 or len(row) == 1 or before[0].endswith(":"):
        return False
    return row[0][:1].islower() or bool(UNFINISHED.search(before[0]) and not _head_like(before[0]))


def _head_like(text: str) -> bool:
    return bool(_PERIOD_WORDS.search(text)) or text.startswith("(")
