"""Where sentences end: one reading for passages, quotes and answers alike; pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

__all__ = ["sentence_ends"]

_ENDING = re.compile(r"""(?<![.!?])[.!?]+["'”’)\]]*(?:\s*\[\d+\])*(?=\s)|[。！？]""")
_OPENING = re.compile(r"""\s*(?:["'“‘(\[•*–—-]+\s*)?[A-Z0-9$€£¥À-Þ\u0370-\uffff]""")
_LAST_WORD = re.compile(r"""[^\s"'“‘(\[]*$""")
_INITIALS = re.compile(r"(?:[A-Za-z]\.)+[A-Za-z]?|[A-Z]")
_ABBREVIATION = re.compile(
    r"inc|corp|co|ltd|llc|plc|mr|mrs|ms|dr|prof|sr|jr|st|vs|vol|fig|approx|est|dept|gen|sen"
    r"|rep|gov|etc|al|cf|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec|mt|ft|ave|blvd|sec|art|par"
    r"|pp|eds?|cos|bros|assn|intl",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"nos?", re.IGNORECASE)
_DIGIT = re.compile(r"\s*\d")


def sentence_ends(text: str, start: int = 0, end: int | None = None) -> Iterator[int]:
    """Yield the offsets just behind the sentences of `text[start:end]`, but for the last one.

    A full stop after an abbreviation ("U.S.", "Inc."), an initial or inside a number ends nothing:
    a sentence too many together does less harm than one cut in two.
    """
    for ending in _ENDING.finditer(text, start, len(text) if end is None else end):
        if _is_boundary(text, ending.start(), ending.end()):
            yield ending.end()


def _is_boundary(text: str, stop: int, end: int) -> bool:
    if text[stop] in "。！？":
        return True
    if not _OPENING.match(text, end):
        return False
    if text[stop] != "." or text[stop : stop + 2] == "..":
        return True
    found = _LAST_WORD.search(text, max(0, stop - 30), stop)
    word = found.group() if found else ""
    if _NUMBER.fullmatch(word):
        return not _DIGIT.match(text, end)
    return not (_INITIALS.fullmatch(word) or _ABBREVIATION.fullmatch(word))
