"""Pure: text to sentences, and over-long sentences to clauses and words; wording kept verbatim."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import pairwise

from corpus.sentences import sentence_ends

__all__ = ["fitting", "sentences"]

_CLAUSE = re.compile(r"(?<=[;:—–])\s+|(?<=,)\s+(?=\D)")
_SPACE = re.compile(r"\s+")
_DENSEST = 20
"""Characters a token at most: the tokenizer reads an unbroken run of any length as one token."""


def sentences(text: str) -> Iterator[str]:
    """Yield the sentences of `text`, stripped; together they hold every word, in order."""
    start = 0
    for end in (*sentence_ends(text), len(text)):
        if piece := text[start:end].strip():
            yield piece
        start = end


def fitting(text: str, limit: int, count: Callable[[str], int]) -> Iterator[str]:
    """Yield pieces of `text` of at most `limit` by `count`: clauses, else words, else characters.

    Pieces are as long as the limit allows; only white space at the cuts is lost.
    """
    if len(text) < 2 or (len(text) <= limit * _DENSEST and count(text) <= limit):
        yield text
        return
    for cut in (_CLAUSE, _SPACE):
        parts = _split(text, cut)
        if len(parts) > 1:
            for group in _grouped(text, parts, limit, count):
                yield from fitting(group, limit, count)
            return
    half = len(text) // 2
    yield from fitting(text[:half], limit, count)
    yield from fitting(text[half:], limit, count)


def _split(text: str, cut: re.Pattern[str]) -> list[tuple[int, int]]:
    marks = [0, *(m.end() for m in cut.finditer(text) if 0 < m.end() < len(text)), len(text)]
    return [(a, b) for a, b in pairwise(marks) if text[a:b].strip()]


def _grouped(
    text: str, parts: list[tuple[int, int]], limit: int, count: Callable[[str], int]
) -> Iterator[str]:
    start, size, end = parts[0][0], 0, parts[0][0]
    for a, b in parts:
        grown = count(text[a:b])
        if size and (size + grown > limit or b - start > limit * _DENSEST):
            yield text[start:end].strip()
            start, size = a, 0
        size, end = size + grown, b
    yield text[start:end].strip()
