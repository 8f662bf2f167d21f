"""Pure: the columns of a table by the places of its cells, and which of them a head stands over."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from ingest.readers.pdf_words import Chunk, Word
from ingest.readers.rows import header_cells

__all__ = ["Column", "column_of", "columns_of", "covered", "parts_of"]

_PERIOD = re.compile(
    r"\b(?:ended|ending|as of|at|months|weeks|quarters?|fiscal|years?|period|\w+ \d{1,2},?"
    r"|(?:19|20)\d\d)\b",
    re.IGNORECASE,
)
_CENTRED = 0.15
"""How far a head's middle may be from its columns' middle, in shares of their width."""
_NEAR = 1.8
"""Values of one column may be apart by so many line heights where no row has both."""
_LEAST_TEXTS = 2
_ALIGNED = 0.25
_MANY = 4


@dataclass(frozen=True, slots=True)
class Column:
    """Left and right edge of a column's values in points; `outer` is left of their `$`."""

    left: float
    right: float
    outer: float

    @property
    def center(self) -> float:
        return (self.outer + self.right) / 2


def columns_of(rows: Sequence[Sequence[Chunk]], height: float) -> list[Column] | None:
    """Return the columns from left to right; None where one row has two values in a column.

    Values that overlap are of one column; so are neighbours less than a few points apart that no
    row has both of (a dash in the middle, numbers at the right). Words make a column of their own
    where two rows have them at the same place; beside the labels, where half of the rows have.
    """
    values = [[cell for cell in row if cell.quantity] for row in rows]
    for overlap in (0.0, height * 0.45, height * 0.9):
        columns = _merged([cell for row in values for cell in row], overlap)
        if all(_apart(row, columns) for row in values):
            joined = _joined(columns, values, _NEAR * height)
            return sorted([*joined, *_of_words(rows, joined)], key=lambda c: c.left)
    return None


def _merged(cells: Iterable[Chunk], least: float) -> list[Column]:
    columns: list[Column] = []
    for cell in sorted(cells, key=lambda cell: cell.left):
        last = columns[-1] if columns else None
        if last and min(last.right, cell.right) - cell.left > least:
            right, outer = max(last.right, cell.right), min(last.outer, cell.outer)
            columns[-1] = Column(last.left, right, outer)
        else:
            columns.append(Column(cell.left, cell.right, cell.outer))
    return columns


def _apart(row: Sequence[Chunk], columns: Sequence[Column]) -> bool:
    places = [column_of(cell, columns) for cell in row]
    return len(set(places)) == len(places)


def _joined(
    columns: Sequence[Column], rows: Sequence[Sequence[Chunk]], near: float
) -> list[Column]:
    users: list[set[int]] = [set() for _ in columns]
    for number, row in enumerate(rows):
        for cell in row:
            users[column_of(cell, columns)].add(number)
    joined: list[Column] = []
    used: set[int] = set()
    for column, of_rows in zip(columns, users, strict=True):
        if joined and column.left - joined[-1].right < near and not used & of_rows:
            joined[-1] = Column(joined[-1].left, column.right, joined[-1].outer)
            used = used | of_rows
        else:
            joined.append(column)
            used = set(of_rows)
    return joined


def _of_words(rows: Sequence[Sequence[Chunk]], columns: Sequence[Column]) -> list[Column]:
    """Columns of words: where two rows at least have them, clear of the columns of values."""
    cells = [cell for row in rows for cell in row if not cell.quantity]
    places = _merged(cells, 0.0)
    counts = Counter(column_of(cell, places) for cell in cells)
    return [
        place
        for number, place in enumerate(places)
        if counts[number] >= (_LEAST_TEXTS if place.left > columns[0].right else len(rows) / 2)
        and not any(min(c.right, place.right) > max(c.outer, place.left) for c in columns)
    ]


def column_of(cell: Chunk, columns: Sequence[Column]) -> int:
    """Return the column that a cell overlaps most, else the one that ends nearest to its end."""
    return max(
        range(len(columns)),
        key=lambda at: (
            min(columns[at].right, cell.right) - max(columns[at].left, cell.left),
            -abs(columns[at].right - cell.right),
        ),
    )


def covered(
    heads: Sequence[Chunk], columns: Sequence[Column], below: Sequence[str]
) -> list[list[int]]:
    """Return for each head of a line the columns that it stands over; `below` are their own heads.

    One a column where there are as many. As many as there are heads where the columns' own
    heads repeat so often: 2023, 2024, 2023, 2024. Else those that it overlaps; and all that are
    nearer to it than to its neighbours where it is centred over them, as "Year Ended December 31,"
    is over three years.
    """
    if len(heads) == len(columns):
        return [[at] for at in range(len(columns))]
    length, rest = divmod(len(columns), max(len(heads), 1))
    if len(heads) > 1 and not rest and _repeats(below, length):
        return [list(range(at, at + length)) for at in range(0, len(columns), length)]
    return [
        _own(head, _nearest(number, heads, columns), columns) for number, head in enumerate(heads)
    ]


def _repeats(below: Sequence[str], length: int) -> bool:
    if length < 2 or not all(below):
        return False
    return len({tuple(below[at : at + length]) for at in range(0, len(below), length)}) == 1


def _nearest(number: int, heads: Sequence[Chunk], columns: Sequence[Column]) -> list[int]:
    """The columns whose middle is nearer to this head than to any other."""
    bounds = [(a.right + b.left) / 2 for a, b in pairwise(heads)]
    low = bounds[number - 1] if number else float("-inf")
    high = bounds[number] if number < len(bounds) else float("inf")
    return [at for at, column in enumerate(columns) if low < column.center <= high]


def _own(head: Chunk, nearest: Sequence[int], columns: Sequence[Column]) -> list[int]:
    touched = [
        at
        for at, column in enumerate(columns)
        if min(column.right, head.right) - max(column.outer, head.left) > 0
    ]
    # A single word in the middle of one column may be the first line of that column's own head.
    alone = len(touched) == 1 and _is_centred(head, touched, columns)
    if not alone or _PERIOD.search(head.text):
        group = _widest_centred(head, touched, nearest, columns)
        if group:
            return group
    if touched:
        return touched
    return [min(nearest, key=lambda at: abs(columns[at].center - head.center))] if nearest else []


def _widest_centred(
    head: Chunk, touched: Sequence[int], nearest: Sequence[int], columns: Sequence[Column]
) -> list[int]:
    """The most neighbouring columns, all that it touches among them, that it is centred over."""
    groups = [
        list(nearest[start:end])
        for start in range(len(nearest))
        for end in range(start + 2, len(nearest) + 1)
        if set(touched) <= set(nearest[start:end])
    ]
    centred = (group for group in groups if _is_centred(head, group, columns))
    return max(centred, key=len, default=[])


def _is_centred(head: Chunk, group: Sequence[int], columns: Sequence[Column]) -> bool:
    left, right = columns[group[0]].outer, columns[group[-1]].right
    return abs(head.center - (left + right) / 2) <= _CENTRED * (right - left)


def parts_of(chunk: Chunk, columns: Sequence[Column]) -> list[Chunk]:
    """Cut a chunk of several heads, set close to each other, into one a column."""
    touched = [c for c in columns if min(c.right, chunk.right) > max(c.outer, chunk.left)]
    if _MANY <= len(touched) == len(chunk.words) and all(
        abs(word.right - column.right) < _ALIGNED * (column.right - column.outer)
        or abs((word.left + word.right) / 2 - column.center)
        < _ALIGNED * (column.right - column.outer)
        for word, column in zip(chunk.words, touched, strict=True)
    ):
        return [_part(chunk, [word]) for word in chunk.words]
    return _periods(chunk)


def _part(chunk: Chunk, words: Sequence[Word]) -> Chunk:
    text = " ".join(word.text for word in words)
    left, right = words[0].left, words[-1].right
    return replace(chunk, text=text, left=left, right=right, outer=left, words=tuple(words))


def _periods(chunk: Chunk) -> list[Chunk]:
    """Cut a chunk of several periods, set close to each other, into one a column."""
    pieces = header_cells(chunk.text)[1:]
    dated = all(any(map(str.isdigit, piece)) for piece in pieces)
    if not dated or len(" ".join(pieces).split()) != len(chunk.words):
        return [chunk]
    parts: list[Chunk] = []
    start = 0
    for piece in pieces:
        words = chunk.words[start : start + len(piece.split())]
        start += len(words)
        parts.append(_part(chunk, words))
    return parts
