"""Pure: the lines over a table that name its columns, and their words over the columns."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ingest.readers.pdf_columns import Column, covered, parts_of
from ingest.readers.pdf_lines import PageLine
from ingest.readers.pdf_rows import TableRow, is_unit_note
from ingest.readers.pdf_words import Chunk, chunks_of
from ingest.readers.rows import Row

__all__ = ["Heads", "head_rows", "heads_above"]

_MOST_LINES = 60
_MOST_LABELS = 4
_MOST_WORDS = 12
_SENTENCE_WORDS = 8
_GAP = 3.5
_LARGE = 1.2
_SAME_BASELINE = 0.6
_AMOUNT = re.compile(r"[$€£]|\d[.,]\d")
_PERIOD = re.compile(r"\b(?:ended|ending|as of|months|weeks|years?|(?:19|20)\d\d)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Heads:
    """The page's lines from `start` to `end` (exclusive) as rows of heads from top to bottom."""

    start: int
    end: int
    rows: tuple[TableRow, ...]


@dataclass(frozen=True, slots=True)
class _Over:
    """What stands on one baseline over a table; `lines` are the places of its lines."""

    row: TableRow
    lines: frozenset[int]


def heads_above(
    rows: Sequence[TableRow], first: int, floor: int, columns: Sequence[Column]
) -> Heads:
    """Return the heads over the first row of figures, `rows[first]`, none from before `floor`.

    Between heads and figures may be labels of sections; these are no heads.
    """
    accepted: list[_Over] = []
    labels: list[_Over] = []
    below = rows[first]
    for over in _upwards(rows, first, floor):
        if not _is_near(over.row, below, rows[first]):
            break
        if accepted and _is_title(over.row, [kept.row for kept in accepted]):
            break
        if _is_head(over.row, rows[first], columns):
            accepted += [*labels, over] if accepted else [over]
            labels = []
        elif _is_label(over.row, columns) and len(labels) < _MOST_LABELS:
            labels.append(over)
        else:
            break
        below = over.row
    return _heads(accepted, first)


def _heads(accepted: Sequence[_Over], first: int) -> Heads:
    """Keep the heads whose lines come last before the figures, so that no other line is lost."""
    if not accepted:
        return Heads(first, first, ())
    end = max(at for over in accepted for at in over.lines) + 1
    places = {at for over in accepted for at in over.lines}
    start = end
    while start - 1 in places:
        start -= 1
    # A head of which one line lies further up goes back to the text whole.
    while cut := [at for o in accepted if min(o.lines) < start for at in o.lines if at >= start]:
        start = max(cut) + 1
    kept = [over.row for over in accepted if min(over.lines) >= start]
    return Heads(start, end, tuple(reversed(kept)))


def _upwards(rows: Sequence[TableRow], first: int, floor: int) -> Iterator[_Over]:
    """Yield what stands over the figures, line for line from the lowest: heads are often drawn
    column after column."""
    near = range(max(floor, first - _MOST_LINES), first)
    lowest = sorted(near, key=lambda at: (rows[at].line.bottom, at))
    group: list[int] = []
    for at in lowest:
        if group and not all(_beside(rows[other].line, rows[at].line) for other in group):
            yield _joined(rows, group)
            group = []
        group.append(at)
    if group:
        yield _joined(rows, group)


def _beside(a: PageLine, b: PageLine) -> bool:
    overlap = min(a.top, b.top) - max(a.bottom, b.bottom)
    apart = a.right <= b.left or b.right <= a.left
    clear = apart or all(w.right <= v.left or v.right <= w.left for w in a.words for v in b.words)
    return overlap > _SAME_BASELINE * min(a.height, b.height) and clear


def _joined(rows: Sequence[TableRow], group: Sequence[int]) -> _Over:
    if len(group) == 1:
        return _Over(rows[group[0]], frozenset(group))
    first = rows[group[0]]
    words = sorted((w for at in group for w in rows[at].line.words), key=lambda word: word.left)
    text = " ".join(word.text for word in words)
    line = replace(first.line, text=text, words=tuple(words))
    return _Over(
        replace(first, line=line, chunks=tuple(chunks_of(words, line.height))), frozenset(group)
    )


def _is_title(row: TableRow, below: Sequence[TableRow]) -> bool:
    """Tell the title from the heads: it stands over the note of units that is over the heads."""
    alone = len(row.chunks) == 1 and not _is_note(row) and not _PERIOD.search(row.line.text)
    return alone and any(map(_is_note, below[1:]))


def _is_note(row: TableRow) -> bool:
    return len(row.chunks) == 1 and is_unit_note(row.chunks[0].text)


def _is_near(row: TableRow, below: TableRow, first: TableRow) -> bool:
    gap = row.line.bottom - below.line.top
    return gap < _GAP * first.height and row.height < _LARGE * max(first.height, below.height)


def _is_head(row: TableRow, first: TableRow, columns: Sequence[Column]) -> bool:
    if _is_note(row):
        return True
    label = row.label
    labelled = label is not None and label.right <= columns[0].outer
    if row.ends_table or (row.has_figures and labelled and not row.has_spans):
        return False
    if row.line.text.endswith(":") and len(row.line.words) >= _SENTENCE_WORDS:
        return False
    if any(chunk.quantity and _AMOUNT.search(chunk.text) for chunk in row.chunks):
        return False
    over = [c for c in row.chunks if c.center > columns[0].outer - first.height]
    if len(over) == 1:
        return _may_head(over[0], first.height, columns)
    return bool(over) and all(len(c.text.split()) <= _MOST_WORDS for c in over)


def _may_head(chunk: Chunk, height: float, columns: Sequence[Column]) -> bool:
    """Tell a head from a title over the whole table, which begins left of the columns."""
    if len(chunk.text.split()) > _MOST_WORDS and not is_unit_note(chunk.text):
        return False
    touched = [c for c in columns if chunk.right > c.outer and chunk.left < c.right]
    if chunk.left >= columns[0].outer - 2 * height or _PERIOD.search(chunk.text):
        return True
    return len(touched) == 1 and (
        abs(chunk.right - touched[0].right) < height
        or abs(chunk.center - touched[0].center) < height
    )


def _is_label(row: TableRow, columns: Sequence[Column]) -> bool:
    return (
        not row.ends_table
        and not row.has_figures
        and all(c.right <= columns[0].outer + row.height for c in row.chunks)
    )


def head_rows(
    rows: Sequence[TableRow], columns: Sequence[Column], labels: tuple[float, float]
) -> tuple[list[Row], list[str]]:
    """Return the heads as rows on the table's grid, and those that stand over no column of it.

    `labels` are the edges of the labels below.
    """
    result: list[Row] = []
    homeless: list[str] = []
    below = [""] * len(columns)
    for row in reversed(rows):
        texts, over_none = _head_row(row, columns, labels, below)
        result.append(texts)
        homeless = [*over_none, *homeless]
        if len(texts) > 1:
            pairs = zip(texts[1:], below, strict=True)
            below = [f"{over} {text}".strip() for over, text in pairs]
    return result[::-1], homeless


def _head_row(
    row: TableRow, columns: Sequence[Column], labels: tuple[float, float], below: Sequence[str]
) -> tuple[Row, list[str]]:
    if _is_note(row):
        return (row.chunks[0].text,), []
    chunks = [part for chunk in row.chunks for part in parts_of(chunk, columns)]
    margin, reach = labels
    aside = [
        c
        for c in chunks
        if c.left - margin < row.height
        or c.right <= min(reach, columns[0].outer)
        or is_unit_note(c.text)
    ]
    heads = [c for c in chunks if c not in aside]
    texts = [""] * len(columns)
    homeless: list[str] = []
    for head, places in zip(heads, covered(heads, columns, below), strict=True):
        for at in places:
            texts[at] = f"{texts[at]} {head.text}".strip()
        if not places and head.center < columns[0].center:
            aside.append(head)
        elif not places:
            homeless.append(head.text)
    label = " ".join(c.text for c in sorted(aside, key=lambda chunk: chunk.left))
    return (label, *texts), homeless
