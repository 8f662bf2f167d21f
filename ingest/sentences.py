"""Pure: text to sentences, and over-long sentences to clauses and words; wording kept verbatim."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import pairwise

__all__ = ["fitting", "sentences"]

_ENDING = re.compile(r"""[.!?]+["'”’)\]]*(?=\s)|[。！？]""")
_OPENING = re.compile(r"""\s*["'“‘(\[•*–—-]*\s*[A-Z0-9$€£¥À-Þ\u0370-\uffff]""")
_LAST_WORD = re.compile(r"""[^\s"'“‘(\[]*$""")
_INITIALS = re.compile(r"(?:[A-Za-z]\.)+[A-Za-z]?|[A-Z]")
_ABBREVIATION = re.compile(
    r"inc|corp|co|ltd|llc|plc|mr|mrs|ms|dr|prof|sr|jr|st|vs|nos?|vol|fig|approx|est|dept|gen|sen"
    r"|rep|gov|etc|al|cf|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec|mt|ft|ave|blvd|sec|art|par"
    r"|pp|eds?|cos|bros|assn|intl",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"(?<=[;:—–])\s+|(?<=,)\s+(?=\D)")
_SPACE = re.compile(r"\s+")
_DENSEST = 20
"""Characters a token at most: the tokenizer reads an unbroken run of any length as one token."""


def sentences(text: str) -> Iterator[str]:
    """Yield the sentences of `text`, stripped; together they hold every word, in order.

    A full stop after an abbreviation ("U.S.", "Inc."), an initial or inside a number ends nothing:
    a sentence too many together does less harm than one cut in two.
    """
    start = 0
    for ending in _ENDING.finditer(text):
        end = ending.end()
        if _is_boundary(text, ending.start(), end):
            if piece := text[start:end].strip():
                yield piece
            start = end
    if rest := text[start:].strip():
        yield rest


def _is_boundary(text: str, stop: int, end: int) -> bool:
    if text[stop] in "。！？":
        return True
    if not _OPENING.match(text, end):
        return False
    if text[stop] != "." or text[stop : stop + 2] == "..":
        return True
    found = _LAST_WORD.search(text, max(0, stop - 30), stop)
    word = found.group() if found else ""
    return not (_INITIALS.fullmatch(word) or _ABBREVIATION.fullmatch(word))


def fitting(text: str, limit: int, count: Callable[[str], int]) -> Iterator[str]:
    """Yield pieces of `text` of at most `limit` by `count`: clauses, else words, else characters.

    Pieces are as long as the limit allows; only white space at the cuts is lost.
    """
    if len(text) < 2 or (count(text) <= limit and len(text) <= limit * _DENSEST):
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
