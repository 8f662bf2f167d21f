"""Pure: text into sentences and table rows, as spans, so that a quote stays verbatim."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from assistant.omissions import is_omission
from corpus.sentences import sentence_ends

__all__ = ["Span", "is_item", "is_row", "sentences", "shared_runs", "spans", "words"]

Span = tuple[int, int]
"""Start and end offset of a piece of text."""

_INNER_BULLET = re.compile(r"\s+(?=•\s)")
_GOES_ON = re.compile(r"[a-z(,;%]")
_OPEN_END = re.compile(
    r"(?:,|\b(?:of|the|to|and|or|in|by|for|a|an|from|with|was|were|is|are|approximately|about))$"
)
_ITEM = re.compile(r"\s*(?:[-*•–+]|\d{1,2}[.)])\s")
_ORDINAL = re.compile(r"\s*\d{1,2}[.)]")
_WORD = re.compile(r"[A-Za-z][A-Za-z'’&-]*[A-Za-z]|[A-Za-z]|\d[\d,.]*\d|\d")


def is_row(line: str) -> bool:
    """Tell whether a line is a table row: cells between bars."""
    return line.count("|") >= 2 or (" | " in line and line.count("|") >= 1)


def is_item(text: str, position: int) -> bool:
    """Tell whether the line at `position` is an item of a list."""
    return _ITEM.match(text, text.rfind("\n", 0, position) + 1) is not None


def spans(text: str) -> tuple[Span, ...]:
    """Return the spans of the sentences and table rows of `text`, in order, without white space."""
    found: list[Span] = []
    for start, end in _blocks(text):
        if is_row(text[start:end]):
            found.append((start, end))
        else:
            found.extend(_sentences(text, start, end))
    return tuple(found)


def sentences(text: str) -> tuple[str, ...]:
    """Return the sentences and table rows of `text`."""
    return tuple(text[start:end] for start, end in spans(text))


def words(text: str) -> tuple[str, ...]:
    """Return the words and numbers of `text` in lower case."""
    return tuple(match.group().lower().replace("’", "'") for match in _WORD.finditer(text))


def shared_runs(text: str, source: str, length: int) -> tuple[Span, ...]:
    """Return the spans of `text` that repeat `length` or more words of `source` in a row."""
    known = set(_runs(words(source), length))
    places = [match.span() for match in _WORD.finditer(text)]
    found: list[Span] = []
    for first, run in enumerate(_runs(words(text), length)):
        if run not in known:
            continue
        start, end = places[first][0], places[first + length - 1][1]
        if found and start <= found[-1][1]:
            start = found.pop()[0]
        found.append((start, end))
    return tuple(found)


def _blocks(text: str) -> Iterator[Span]:
    """Yield rows, headings and paragraphs; a line that goes on with the last sentence is joined."""
    start: int | None = None
    end = position = 0
    for line in text.splitlines(keepends=True):
        bare = line.strip()
        goes_on = start is not None and bare and _GOES_ON.match(bare) and not is_row(bare)
        left_open = not _ITEM.match(line) and _OPEN_END.search(text, start or 0, end)
        if start is not None and not goes_on and not left_open:
            yield start, end
            start = None
        if bare:
            begin = position + len(line) - len(line.lstrip())
            alone = is_row(bare) or is_omission(bare)
            if alone and start is not None:
                yield start, end
                start = None
            end = position + len(line.rstrip())
            start = begin if start is None else start
            if alone:
                yield start, end
                start = None
        position += len(line)
    if start is not None:
        yield start, end


def _sentences(text: str, start: int, end: int) -> Iterator[Span]:
    bullets = (match.start() for match in _INNER_BULLET.finditer(text, start, end))
    begin = start
    for stop in sorted({*sentence_ends(text, start, end), *bullets, end}):
        piece = text[begin:stop]
        if stop != end and _ORDINAL.fullmatch(piece):
            continue
        if piece.strip():
            yield begin + len(piece) - len(piece.lstrip()), begin + len(piece.rstrip())
        begin = stop


def _runs(found: Sequence[str], length: int) -> list[tuple[str, ...]]:
    return [tuple(found[first : first + length]) for first in range(len(found) - length + 1)]
