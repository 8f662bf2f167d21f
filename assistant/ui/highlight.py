"""Quotes marked inside a passage, as inert HTML. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import groupby

from assistant.ui.escape import as_html

__all__ = ["marked", "tabular"]

CELL = " | "


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


def tabular(text: str, quotes: Iterable[str]) -> str:
    """Return the text of a table as HTML: lines of cells as rows, a row that is quoted marked.

    Lines without cells stand between the tables as text.
    """
    quoted = [" ".join(quote.split()) for quote in quotes if quote.strip()]
    parts = []
    for cells, lines in groupby(text.splitlines(), key=lambda line: CELL in line):
        shown = [_row(line, quoted) if cells else as_html(line) for line in lines]
        parts.append(f"<table>{''.join(shown)}</table>" if cells else "<br>".join(shown))
    return "".join(parts)


def _row(line: str, quoted: Iterable[str]) -> str:
    plain = " ".join(line.split())
    marks = ' class="lf-quoted"' * any(plain in quote or quote in plain for quote in quoted)
    cells = (f"<td>{as_html(cell.strip())}</td>" for cell in line.split(CELL))
    return f"<tr{marks}>{''.join(cells)}</tr>"


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
