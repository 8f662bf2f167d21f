"""Pure: the passages of a piece of evidence as one text, where a table's head stands once.

Two lines say that something between is left out: `ROWS_LEFT_OUT` among the rows of one table,
which goes on below it under the same head, and `TEXT_LEFT_OUT` anywhere else, with the section that
begins there where it is another. A reader of tables must tell them apart: below the second one no
head, unit or label of an earlier table holds.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise, takewhile

from assistant.omissions import ROWS_LEFT_OUT, TEXT_LEFT_OUT
from corpus.models import Passage, PassageKind

__all__ = ["adjacent", "continues", "joined"]

CELL = "|"
_UNIT_OR_PERIOD = re.compile(
    r"\b(?:un)?audited\b|\b(?:dollars?|amounts?|shares?|in|except|per|common|share|data|and|thousands?"
    r"|millions?|billions?|three|six|nine|twelve|fiscal|first|second|third|fourth|years?|quarters?"
    r"|months|weeks|ended|ending|as|of|at|for|the|january|february|march|april|may|june|july|august"
    r"|september|october|november|december)\b|[\W\d_]",
    re.IGNORECASE,
)
"""Words of a caption that many tables of a filing share."""


def joined(passages: Sequence[Passage]) -> str:
    """Return the text of passages of one document, in its order; those without text are gone."""
    held = [passage for passage in passages if passage.text]
    parts = [passage.text for passage in held[:1]]
    for left, right in pairwise(held):
        parts.extend(_after(left, right))
    return "\n".join(parts)


def adjacent(left: Passage, right: Passage) -> bool:
    """Tell whether nothing stands between two passages of a document."""
    return abs(left.ordinal - right.ordinal) == 1


def continues(left: Passage, right: Passage) -> bool:
    """Tell whether both hold rows of one table: its caption, section and columns are the same.

    A head without a caption names no table: others in the same section may have the same columns.
    Nor does a caption of unit and period alone, or one whose tables begin with the same row: those
    are two periods of one kind.
    """
    if left.headings != right.headings or left.header != right.header:
        return False
    head = _head_lines(left, right)
    named = any(_UNIT_OR_PERIOD.sub("", line) for line in _lines(left)[: max(0, head - 1)])
    return named and not _labels(_lines(left)[head:]) & _labels(_lines(right)[head:])


def _lines(passage: Passage) -> list[str]:
    return passage.text.splitlines()


def _labels(lines: Sequence[str]) -> set[str]:
    return {line.partition(CELL)[0].strip().casefold() for line in lines if CELL in line}


def _after(left: Passage, right: Passage) -> list[str]:
    """Return the lines that `right` adds below `left`."""
    if adjacent(left, right):
        return _below(left, right)
    if continues(left, right):
        return [ROWS_LEFT_OUT, *right.text.splitlines()[_head_lines(left, right) :]]
    return [f"{TEXT_LEFT_OUT} {_section_begun(left, right)}".rstrip(), right.text]


def _section_begun(left: Passage, right: Passage) -> str:
    """Return the section that begins in what is left out, "" where none does."""
    section = right.headings[-1] if right.headings else ""
    return "" if right.headings == left.headings or section in right.text.splitlines() else section


def _below(left: Passage, right: Passage) -> list[str]:
    """Return a neighbour's lines without the head and the label that its rows stand under."""
    lines = right.text.splitlines()
    last_label = [line for line in left.text.splitlines() if CELL not in line][-1:]
    head = _head_lines(left, right) or _captions(left, right, last_label)
    if head and last_label and last_label == lines[head : head + 1]:
        head += 1
    return lines[head:]


def _head_lines(left: Passage, right: Passage) -> int:
    """Return how many lines, captions and column heads, `right` repeats from the top of `left`.

    The first line of cells is the one of column heads. Where the tables do not share it, none
    counts: what they share may be no more than the title of a page.
    """
    shared = _shared(left, right)
    return next((place for place, line in enumerate(shared, start=1) if CELL in line), 0)


def _captions(left: Passage, right: Passage, last_label: list[str]) -> int:
    """Return how many captions a table without column heads repeats from its neighbour.

    The last line may be a label of rows; it is repeated only while its rows go on.
    """
    shared = _shared(left, right)
    return len(shared) if shared[-1:] == last_label else max(0, len(shared) - 1)


def _shared(left: Passage, right: Passage) -> list[str]:
    """Return the lines that two tables have in common at the top."""
    if left.kind is not PassageKind.TABLE or right.kind is not PassageKind.TABLE:
        return []
    pairs = zip(left.text.splitlines(), right.text.splitlines(), strict=False)
    return [line for line, _ in takewhile(lambda pair: pair[0] == pair[1], pairs)]
