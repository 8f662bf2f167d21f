"""Pure: the lines of a page in reading order, each whole.

Marks raised beside a word join their line, pieces of a row join it, columns of prose are read one
after the other, and text on its side is read as its reader turns the page.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise, zip_longest
from statistics import median

from ingest.readers.pdf_lines import PageLine
from ingest.readers.pdf_words import Word

__all__ = ["in_reading_order"]

_TOUCHING = 0.3
_MARK_WORDS = 2
_NOTE = re.compile(r"(?:\(\w{1,2}\),? ?)+")
_MARK_HEIGHT = 0.85
_SAME_BASELINE = 0.6
_FAR = 6
_STRAY_WORDS = 8
_PASSED = 5
_LEAST_LINES = 6
_LEAST_WORDS = 3.5
_WORDS_A_FIGURE = 8
_GUTTER = 0.8

Lines = Sequence[PageLine]


def in_reading_order(lines: Lines) -> list[PageLine]:
    """Return the page's lines in reading order; lines without places stay as they are."""
    if not all(line.words for line in lines):
        return list(lines)
    return _by_columns(_without_strays(_whole_rows(_with_marks(_upright(lines)))))


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
    for number in marks:
        host = _host(lines[number], result, taken | {number})
        if host is not None:
            mark = lines[number]
            words = tuple(replace(word, small=True) for word in mark.words)
            result[host] = _merged(result[host], replace(mark, words=words))
            taken.add(number)
    return [line for number, line in enumerate(result) if number not in taken]


def _host(mark: PageLine, lines: Lines, barred: set[int]) -> int | None:
    middle = (mark.top + mark.bottom) / 2
    for number, line in enumerate(lines):
        if (
            line.bottom < middle < line.top + line.height * 0.2
            and (mark.height < _MARK_HEIGHT * line.height or _is_raised(mark, line))
            and line.left < mark.left < line.right + line.height
            and number not in barred
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
    for line, after in zip_longest(lines, lines[1:]):
        passed = sum(above.top < line.bottom for above in result)
        is_stray = passed >= _PASSED and _is_stray(line, result[-1], after)
        (strays if is_stray else result).append(line)
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


def _by_columns(lines: Lines) -> list[PageLine]:
    """Read lines that a gutter parts, prose on both sides, as two columns."""
    result: list[PageLine] = []
    start = 0
    while start < len(lines):
        gutter, end = _gutter(lines, start)
        if gutter is None:
            result.append(lines[start])
            start += 1
            continue
        halves = [_halves(line, gutter) for line in lines[start:end]]
        result += [half for left, _ in halves for half in left]
        result += [half for _, right in halves for half in right]
        start = end
    return result


def _gutter(lines: Lines, start: int) -> tuple[float | None, int]:
    """Return where a gutter runs through the lines from `start` on, and where they end."""
    for place in _wide_gaps(lines[start]):
        end = start + 1
        while end < len(lines) and _parts(lines[end], place):
            end += 1
        halves = [_halves(line, place) for line in lines[start:end]]
        both = [(left[0], right[0]) for left, right in halves if left and right]
        if len(both) >= _LEAST_LINES and all(map(_is_prose, zip(*both, strict=True))):
            return place, end
    return None, start


def _wide_gaps(line: PageLine) -> Iterator[float]:
    for before, after in pairwise(line.words):
        if after.left - before.right > _GUTTER * line.height:
            yield (before.right + after.left) / 2


def _parts(line: PageLine, place: float) -> bool:
    return all(word.right < place or word.left > place for word in line.words)


def _halves(line: PageLine, place: float) -> tuple[list[PageLine], list[PageLine]]:
    left = [word for word in line.words if word.right < place]
    right = [word for word in line.words if word.left > place]
    return _of_words(line, left), _of_words(line, right)


def _of_words(line: PageLine, words: Sequence[Word]) -> list[PageLine]:
    if not words:
        return []
    text = " ".join(word.text for word in words)
    return [replace(line, text=text, left=words[0].left, right=words[-1].right, words=tuple(words))]


def _is_prose(lines: Lines) -> bool:
    """Tell running text, full of words and without wide gaps, from a table's column."""
    figures = sum(any(map(str.isdigit, word.text)) for line in lines for word in line.words)
    words = sum(len(line.words) for line in lines)
    gapless = sum(not any(True for _ in _wide_gaps(line)) for line in lines)
    return (
        median(len(line.words) for line in lines) >= _LEAST_WORDS
        and figures * _WORDS_A_FIGURE < words
        and gapless > 0.8 * len(lines)
    )
