"""Pure: a sheet of cells to blocks: its tables with captions and heads, and the text around them.

An empty row or column parts two tables only where what follows stands by itself: rows without
heads of their own go on with the table above, columns without labels of their own belong to the
labels on their left.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from itertools import pairwise

from ingest.blocks import Block, BlockKind
from ingest.readers.sheet_heads import Cells, has_figures, head_rows, is_figure

__all__ = ["sheet_blocks"]

_MOST_CAPTION_ROWS = 3
_MOST_BESIDE = 16
_LONGEST_CAPTION = 160
_UNIT = re.compile(
    r"\(.*\)|.*\b(?:millions?|thousands?|billions?)\b.*|[$€£¥]\s?(?:[mbk]n?)\b.*", re.I
)
_REMARK = re.compile(r"(?:source|note)s?\s*:|\*|\(\d+\)\s", re.IGNORECASE)
_FEWEST_WORDS = 6
"""Of a sentence; "Northwind Corp." is none."""


@dataclass(slots=True)
class _Area:
    """A table while rows are added to it; `first` to `last` are its columns."""

    first: int
    last: int
    heads: int
    rows: list[Cells] = field(default_factory=list)
    captions: tuple[str, ...] = ()


def sheet_blocks(
    rows: Sequence[Cells], spans: Mapping[tuple[int, int], int] | None = None
) -> Iterator[Block]:
    """Yield the blocks of a sheet, top to bottom, left to right.

    `rows` may be empty. `spans` gives the last column of cells that are merged over several, by
    row (index in `rows`) and column.
    """
    found: list[_Area | Block] = []
    areas: deque[_Area] = deque(maxlen=_MOST_BESIDE)
    waiting: list[str] = []
    for start, end in _runs([bool(row) for row in rows]):
        starts = {area.first for area in areas}
        for first, last in _columns(rows[start:end], starts):
            part = [_between(row, first, last) for row in rows[start:end]]
            if _is_text(part):
                waiting += [text for row in part for text in row.values()]
            elif area := _continued(areas, part, (first, last), waiting):
                area.rows += [*({area.first: text} for text in waiting), *part]
                waiting = []
            else:
                area, texts = _begun(part, (start, first, last), waiting, spans or {})
                found += [*_paragraphs(texts), area]
                areas.append(area)
                waiting = []
    found += _paragraphs(waiting)
    return (_table(item) if isinstance(item, _Area) else item for item in found)


def _is_text(part: Sequence[Cells]) -> bool:
    return all(len(row) < 2 for row in part) and not any(map(has_figures, part))


def _continued(
    areas: Iterable[_Area], part: Sequence[Cells], columns: tuple[int, int], waiting: Sequence[str]
) -> _Area | None:
    """Return the table above that the rows go on with: they have no heads, and stand under its
    columns, with a short label between at most."""
    first, last = columns
    above = [area for area in areas if area.first <= last and first <= area.last]
    if not above or _top(part)[1] or len(waiting) > 1 or not all(map(_is_caption, waiting)):
        return None
    area = above[-1]
    return area if area.heads and area.first <= first and last <= area.last else None


def _begun(
    part: Sequence[Cells],
    place: tuple[int, int, int],
    waiting: Sequence[str],
    spans: Mapping[tuple[int, int], int],
) -> tuple[_Area, list[str]]:
    """Return a new table, and the lines over it that are text of their own.

    Lines that stand apart are its captions, unless it has some; remarks and sentences never are.
    """
    start, first, last = place
    captions, heads = _top(part)
    texts = list(dict.fromkeys(waiting))
    over: list[str] = []
    while texts and len(over) < _MOST_CAPTION_ROWS and _is_caption(texts[-1]) and not captions:
        over.insert(0, texts.pop())
    body = _spanned(part[len(captions) :], heads, start + len(captions), spans)
    return _Area(first, last, heads, body, (*over, *captions)), texts


def _runs(filled: Sequence[bool]) -> Iterator[tuple[int, int]]:
    """Yield the runs of filled places as (start, end)."""
    edges = [i for i, (a, b) in enumerate(pairwise([False, *filled, False])) if a != b]
    yield from zip(edges[::2], edges[1::2], strict=True)


def _columns(rows: Sequence[Cells], starts: Set[int]) -> list[tuple[int, int]]:
    """Return the first and last column of each table that stands beside another in these rows.

    `starts` are the first columns of the tables above: what begins there goes on with them.
    """
    spans: list[tuple[int, int]] = []
    for column in sorted({column for row in rows for column in row}):
        if spans and column == spans[-1][1] + 1:
            spans[-1] = (spans[-1][0], column)
        else:
            spans.append((column, column))
    tables = spans[:1]
    for span in spans[1:]:
        if span[0] in starts or _stands_alone(rows, tables[-1], span):
            tables.append(span)
        else:
            tables[-1] = (tables[-1][0], span[1])
    return tables


def _stands_alone(rows: Sequence[Cells], left: tuple[int, int], right: tuple[int, int]) -> bool:
    """Both have figures, and the rows of the right one are labelled in its own first column."""
    lines = [_between(row, *right) for row in rows if has_figures(_between(row, *right))]
    labelled = sum(right[0] in row and not is_figure(row[right[0]]) for row in lines)
    left_figures = any(has_figures(_between(row, *left)) for row in rows)
    return left_figures and len(lines) > 1 and labelled * 2 > len(lines)


def _between(row: Cells, first: int, last: int) -> dict[int, str]:
    return {column: text for column, text in row.items() if first <= column <= last}


def _top(rows: Sequence[Cells]) -> tuple[tuple[str, ...], int]:
    """Return the lines over a table, and how many of the rows below them are column heads."""
    width = len({column for row in rows for column in row})
    captions: list[str] = []
    for row, below in pairwise(rows[: _MOST_CAPTION_ROWS + 1]):
        if len(row) != 1 or width < 2 or has_figures(row) or _heads_figures(row, below):
            break
        captions += row.values()
    body = rows[len(captions) :]
    heads = head_rows(body, width)
    return (tuple(captions) if heads else (), heads)


def _is_caption(text: str) -> bool:
    return len(text) <= _LONGEST_CAPTION and not _REMARK.match(text) and not _is_sentence(text)


def _is_sentence(text: str) -> bool:
    return text.endswith(".") and len(text.split()) >= _FEWEST_WORDS


def _paragraphs(texts: Sequence[str]) -> Iterator[Block]:
    for text in dict.fromkeys(texts):
        yield Block(BlockKind.PARAGRAPH, text)


def _heads_figures(row: Cells, below: Cells) -> bool:
    """Tell whether the only cell of a row names the only column of figures."""
    return any(column != min(below) and is_figure(below.get(column, "")) for column in row)


def _spanned(
    rows: Sequence[Cells], heads: int, start: int, spans: Mapping[tuple[int, int], int]
) -> list[Cells]:
    """Repeat heads over the columns that they stand for: merged ones, and in all but the last
    head row empty cells on their right."""
    result = list(rows)
    last = max((column for row in rows for column in row), default=0)
    for number in range(heads):
        row = dict(rows[number])
        label = min((column for line in rows for column in line), default=0)
        named = sorted(row)
        for at, column in enumerate(named):
            merged = spans.get((start + number, column))
            free = number < heads - 1 and column != label and merged is None
            until = named[at + 1] - 1 if at + 1 < len(named) else last
            for covered in range(column + 1, min(until, until if free else merged or column) + 1):
                row[covered] = row[column]
        result[number] = row
    return result


def _table(area: _Area) -> Block:
    used = sorted({column for row in area.rows for column in row})
    grid = [[row.get(column, "") for column in used] for row in area.rows]
    grid = _one_label_column(grid, area.heads)
    captions = list(dict.fromkeys(area.captions))
    if area.heads and not grid[0][0] and captions and _UNIT.fullmatch(captions[-1]):
        grid[0][0] = captions.pop()
    rows = tuple(_trimmed(row) for row in grid)
    return Block(BlockKind.TABLE, "\n".join(captions), rows=rows, heads=area.heads)


def _one_label_column(grid: list[list[str]], heads: int) -> list[list[str]]:
    """Labels that are indented by columns ("Revenue" in A, "Cloud" in B) stand in one column."""
    body = grid[heads:]
    width = len(grid[0])
    labels = 0
    while labels < width - 1 and not any(is_figure(row[labels]) for row in body):
        labels += 1
    while labels > 1 and any(sum(map(bool, row[:labels])) > 1 for row in body):
        labels -= 1
    if labels < 2:
        return grid
    return [[" ".join(dict.fromkeys(filter(None, row[:labels]))), *row[labels:]] for row in grid]


def _trimmed(row: Sequence[str]) -> tuple[str, ...]:
    cells = list(row)
    while len(cells) > 1 and not cells[-1]:
        cells.pop()
    return tuple(cells)
