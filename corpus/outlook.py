"""Sentences that look ahead and hold a figure: guidance as filings and calls give it; pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from corpus.sentences import sentence_ends

__all__ = ["outlook"]

_AHEAD = re.compile(
    r"\b(?:expect(?:s|ed|ing|ations?)?|anticipat\w+|forecast\w*|project(?:s|ed|ing)\b|guid(?:e|es|ing|ance)"
    r"|outlook|estimat(?:e|es|ed)|plan(?:s|ned|ning)?\s+(?:to|for|on)|target(?:s|ed|ing)?"
    r"|(?:in|to|within|of)\s+(?:the|a|our)?\s*range|will\s+(?:be|grow|increase|decline|invest|spend)"
    r"|should\s+be|we\s+see|on\s+track)\b",
    re.IGNORECASE,
)
_FIGURE = re.compile(
    r"[$€£¥]\s?\d|\d\s?%|\b\d[\d,.]*\s*(?:million|billion|trillion|percent|basis)", re.I
)


def outlook(text: str) -> str:
    """Return the sentences of `text` that speak of what is expected and give a figure."""
    return " ".join(s for s in _sentences(text) if _AHEAD.search(s) and _FIGURE.search(s))


def _sentences(text: str) -> Iterator[str]:
    start = 0
    for end in (*sentence_ends(text), len(text)):
        yield text[start:end]
        start = end
