"""Pure: the lines of a page in reading order, each whole.

Marks raised beside a word join their line, pieces of a row join it, columns of prose are read one
after the other, and text on its side is read as its reader turns the page.
"""

from __future__ import annotations

import re
from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import zip_longest

from ingest.readers.pdf_gutters import by_columns
from ingest.readers.pdf_lines import PageLine

__all__ = ["in_reading_order"]

_TOUCHING = 0.3
_MARK_WORDS = 2
_NOTE = re.compile(r"(?:\(\w{1,2}\),? ?)+")
_MARK_HEIGHT = 0.85
_ABOVE = 1.2
_SAME_BASELINE = 0.6
_FAR = 6
_STRAY_WORDS = 8
_PASSED = 5

Lines = Sequence[PageLine]


def in_reading_order(lines: Lines) -> list[PageLine]:
    """Return the page's lines in reading order; lines without places stay as they are."""
    if not all(line.words for line in lines):
        return list(lines)
    return by_columns(_without_strays(_whole_rows(_with_marks(_upright(lines)))))


def _upright(lines: Lines) -> list[PageLine]:
    """Order a page that is mostly on its side from its top; lines turned otherwise come last."""
    turns = Counter(line.turned for line in lines for _ in line.words)
    turned = turns.most_common(1)[0][0] if turns else 0
    main = [line for line in lines if line.turned == turned]
    if turned:
        main.sort(key=lambda line: (-round(line.top), line.left))
    return [*main, *_below(main, [line for line in lines if line.turned != turned])]


def _below(main: Lines, turned: Lines) -> Iterator[PageLine]:
    """Yield the lines that are turned otherwise as if they stood under the others, well apart."""
    left = min((line.left for line in main), default=0.0)
    top = min((line.bottom for line in main), default=0.0)
    for line in turned:
        right, down = left - line.left, top - _FAR * line.height - line.top
        words = (replace(w, left=w.left + right, right=w.right + right) for w in line.words)
        moved = replace(
            line,
            left=line.left + right,
            right=line.right + right,
            top=line.top + down,
            bottom=line.bottom + down,
            words=tuple(words),
            turned=main[0].turned if main else line.turned,
        )
        top = moved.bottom
        yield moved


def _with_marks(lines: Lines) -> list[PageLine]:
    """Put raised and lowered marks, which pdfium yields as lines of their own, in their line."""
    marks = [n for n, line in enumerate(lines) if len(line.words) <= _MARK_WORDS]
    result = list(lines)
    taken: set[int] = set()
    bands = _Bands(lines)
    for number in marks:
        near = [at for at in bands.at(_middle(lines[number])) if at != number and at not in taken]
        host = _host(lines[number], result, near)
        if host is not None:
            mark = lines[number]
            words = tuple(replace(word, small=True) for word in mark.words)
            result[host] = _merged(result[host], replace(mark, words=words))
            taken.add(number)
    return [line for number, line in enumerate(result) if number not in taken]


class _Bands:
    """The numbers of lines by the bands of the page that they stand in, two at most."""

    def __init__(self, lines: Lines) -> None:
        self._band = max((_ABOVE * line.height for line in lines), default=0.0) or 1.0
        self._lines: dict[float, list[int]] = {}
        for number, line in enumerate(lines):
            for band in {line.bottom // self._band, _reach(line) // self._band}:
                self._lines.setdefault(band, []).append(number)

    def at(self, height: float) -> Sequence[int]:
        return self._lines.get(height // self._band, ())


def _middle(line: PageLine) -> float:
    return (line.top + line.bottom) / 2


def _reach(line: PageLine) -> float:
    """How far up the marks of a line go."""
    return line.bottom + _ABOVE * line.height


def _host(mark: PageLine, lines: Lines, near: Sequence[int]) -> int | None:
    middle = _middle(mark)
    for number in near:
        line = lines[number]
        if (
            line.bottom < middle < _reach(line)
            and (mark.height < _MARK_HEIGHT * line.height or _is_raised(mark, line))
            and line.left < mark.left < line.right + line.height
            and line.turned == mark.turned
        ):
            return number
    return None


def _is_raised(mark: PageLine, line: PageLine) -> bool:
    """Tell a footnote's mark, "(a)", above the baseline and in a gap of the line's words."""
    free = all(word.right <= mark.left or word.left >= mark.right for word in line.words)
    return bool(_NOTE.fullmatch(mark.text)) and mark.bottom > line.bottom + 1 and free


def _whole_rows(lines: Lines) -> list[PageLine]:
    """Join pieces on one baseline that follow each other from left to right."""
    rows: list[PageLine] = []
    for line in lines:
        before = rows[-1] if rows else None
        if (
            before
            and _on_one_line(before, line)
            and line.left > before.right - _TOUCHING * line.height
        ):
            rows[-1] = _merged(before, line)
        else:
            rows.append(line)
    return rows


def _without_strays(lines: Lines) -> list[PageLine]:
    """Put short lines that were drawn out of order where they stand on the page."""
    result: list[PageLine] = []
    strays: list[PageLine] = []
    tops: list[float] = []
    for line, after in zip_longest(lines, lines[1:]):
        passed = bisect_left(tops, line.bottom)
        if passed >= _PASSED and _is_stray(line, result[-1], after):
            strays.append(line)
        else:
            result.append(line)
            insort(tops, line.top)
    for stray in strays:
        _insert(result, stray)
    return result


def _is_stray(line: PageLine, before: PageLine, after: PageLine | None) -> bool:
    """Tell a short line far above the one before it that no further line of a column follows."""
    flows = after is not None and -line.height < line.bottom - after.top < line.height
    up = line.bottom - before.top > _FAR * line.height
    return up and not flows and len(line.words) <= _STRAY_WORDS and line.turned == before.turned


def _insert(lines: list[PageLine], stray: PageLine) -> None:
    for number, line in enumerate(lines):
        if _on_one_line(line, stray):
            clear = all(w.right < stray.left or w.left > stray.right for w in line.words)
            if clear:
                lines[number] = _merged(line, stray)
                return
        if line.top < stray.bottom + stray.height / 2:
            lines.insert(number, stray)
            return
    lines.append(stray)


def _on_one_line(a: PageLine, b: PageLine) -> bool:
    overlap = min(a.top, b.top) - max(a.bottom, b.bottom)
    return a.turned == b.turned and overlap > _SAME_BASELINE * max(a.height, b.height)


def _merged(line: PageLine, piece: PageLine) -> PageLine:
    words = tuple(sorted((*line.words, *piece.words), key=lambda word: word.left))
    return replace(
        line,
        text=" ".join(word.text for word in words),
        left=min(line.left, piece.left),
        right=max(line.right, piece.right),
        hidden=line.hidden or piece.hidden,
        words=words,
    )
