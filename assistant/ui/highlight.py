"""Quotes marked inside a passage, as inert HTML. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

from assistant.ui.escape import as_html

__all__ = ["marked"]


def marked(text: str, quotes: Iterable[str]) -> str:
    """Return the text as HTML with every quote that it holds inside `<mark>`.

    White space is compared as one blank; overlapping quotes become one mark.
    """
    parts: list[str] = []
    end = 0
    for start, stop in _merged(_spans(text, quotes)):
        parts += (as_html(text[end:start]), f"<mark>{as_html(text[start:stop])}</mark>")
        end = stop
    return "".join([*parts, as_html(text[end:])])


def _spans(text: str, quotes: Iterable[str]) -> list[tuple[int, int]]:
    patterns = (r"\s+".join(map(re.escape, quote.split())) for quote in quotes if quote.strip())
    return sorted(found.span() for pattern in patterns for found in re.finditer(pattern, text))


def _merged(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, stop in spans:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(stop, merged[-1][1]))
        else:
            merged.append((start, stop))
    return merged
