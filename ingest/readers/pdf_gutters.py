"""Pure: the lines of a page that a gutter parts, read as two columns of prose."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from statistics import median

from ingest.readers.pdf_lines import PageLine
from ingest.readers.pdf_words import Word

__all__ = ["by_columns"]

_LEAST_LINES = 6
_GAPLESS = 0.8
_LEAST_GAPLESS = 2 * _GAPLESS - 1
"""More than this share of lines have no gap but the gutter where either side has `_GAPLESS`."""
_LEAST_WORDS = 3.5
_WORDS_A_FIGURE = 8
_GUTTER = 0.8

Lines = Sequence[PageLine]


def by_columns(lines: Lines) -> list[PageLine]:
    """Read lines that a gutter parts, prose on both sides, as two columns."""
    gapless = [_has_one_gap_at_most(line) for line in lines]
    result: list[PageLine] = []
    start = 0
    while start < len(lines):
        gutter, end = _gutter(lines, start, gapless)
        if gutter is None:
            result.append(lines[start])
            start += 1
            continue
        halves = [_halves(line, gutter) for line in lines[start:end]]
        result += [half for left, _ in halves for half in left]
        result += [half for _, right in halves for half in right]
        start = end
    return result


def _gutter(lines: Lines, start: int, gapless: Sequence[bool]) -> tuple[float | None, int]:
    """Return where a gutter runs through the lines from `start` on, and where they end."""
    for place in _wide_gaps(lines[start]):
        end = start + 1
        while end < len(lines) and _parts(lines[end], place):
            end += 1
        parted = [at for at in range(start, end) if lines[at].left < place < lines[at].right]
        # Only where two columns may be are the lines cut: a page has many gaps.
        if sum(gapless[at] for at in parted) <= _LEAST_GAPLESS * len(parted):
            continue
        halves = [_halves(line, place) for line in lines[start:end]]
        both = [(left[0], right[0]) for left, right in halves if left and right]
        if len(both) >= _LEAST_LINES and all(map(_is_prose, zip(*both, strict=True))):
            return place, end
    return None, start


def _wide_gaps(line: PageLine) -> Iterator[float]:
    for before, after in pairwise(line.words):
        if after.left - before.right > _GUTTER * line.height:
            yield (before.right + after.left) / 2


def _has_one_gap_at_most(line: PageLine) -> bool:
    words = tuple(sorted(line.words, key=lambda word: word.left))
    return len(list(_wide_gaps(replace(line, words=words)))) <= 1


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
        and gapless > _GAPLESS * len(lines)
    )
