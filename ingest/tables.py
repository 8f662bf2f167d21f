"""Pure: a table's rows to lines of text, and the lines that must stand over every group of rows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from corpus.tokens import count_tokens
from ingest.blocks import Block
from ingest.sentences import fitting

__all__ = ["row_groups"]

_MOST_HEADS = 4
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_PERIOD = re.compile(
    rf"(?:(?:fy|cy|q[1-4]|[1-4]q)\s*'?)?(?:19|20)\d\d\s*[ae]?|{_MONTH}\s+\d{{1,2}},?(?:\s+\d{{4}})?"
    r"|.*\b(?:ended|months|weeks|quarter|as of|change)\b.*",
    re.IGNORECASE,
)
_UNIT = re.compile(r"\(?[^()]*\b(?:millions?|thousands?|billions?)\b.*", re.IGNORECASE)


_count = lru_cache(maxsize=4096)(count_tokens)


@dataclass(frozen=True, slots=True)
class _Lines:
    """A table as lines: `heads` name columns, periods and unit; `sections[i]` is the label row
    ("Current assets") that line i of `body` stands under, empty where there is none."""

    heads: tuple[str, ...]
    body: tuple[str, ...]
    sections: tuple[str, ...]


def row_groups(block: Block, captions: Sequence[str], budget: int) -> Iterator[str]:
    """Yield a table as texts of at most `budget` word pieces, each a group of whole rows.

    Captions and column heads stand over every group, with the label row that its first row
    belongs to. What would take more than half of a group comes once, in front: captions first.
    """
    table = _lines(block.rows)
    heads = list(table.heads) if _total(table.heads) <= budget // 2 else []
    repeated = list(captions)
    while repeated and _total([*repeated, *heads]) > budget // 2:
        repeated.pop(0)
    once = [*captions[: len(captions) - len(repeated)], *([] if heads else table.heads)]
    yield from _packed(once, [""] * len(once), [], budget)
    if table.body or not once:
        yield from _packed(table.body, table.sections, [*repeated, *heads], budget)


def _packed(
    lines: Sequence[str], sections: Sequence[str], top: list[str], budget: int
) -> Iterator[str]:
    room = budget - _total(top)
    group: list[str] = []
    for line, section in zip(lines, sections, strict=True):
        for part in fitting(line, room, _count):
            if group and _total(group) + _count(part) > room:
                if len(group) > 1 and group[-1] == section:
                    group.pop()
                yield "\n".join([*top, *group])
                group = [section] if section and _total([section, part]) <= room else []
            group.append(part)
    if group or top:
        yield "\n".join([*top, *group])


def _total(lines: Iterable[str]) -> int:
    return sum(map(_count, lines))


def _lines(rows: Sequence[Sequence[str]]) -> _Lines:
    """Return the rows as "label | value | value" lines, empty cells left out."""
    filled = [row for row in rows if any(cell.strip() for cell in row)]
    heads = _count_heads(filled)
    body, sections, section = [], [], ""
    for row in filled[heads:]:
        line = _line(row)
        is_label = not any(row[1:])
        sections.append("" if is_label else section)
        section = line if is_label else section
        body.append(line)
    return _Lines(tuple(_line(row) for row in filled[:heads]), tuple(body), tuple(sections))


def _count_heads(rows: Sequence[Sequence[str]]) -> int:
    """Leading rows without a figure; in a table without any figure, the first row."""
    heads, columns_named = 0, False
    for row in rows[:_MOST_HEADS]:
        values = [cell for cell in row[1:] if cell]
        if any(_is_figure(cell) for cell in values):
            return heads
        is_label = not values and not _PERIOD.fullmatch(row[0]) and not _UNIT.fullmatch(row[0])
        if is_label and (columns_named or heads):
            return heads
        columns_named = columns_named or bool(values)
        heads += 1
    has_figures = any(_is_figure(cell) for row in rows for cell in row[1:])
    return max(0, min(heads if has_figures else 1, len(rows) - 1))


def _is_figure(cell: str) -> bool:
    return any(character.isdigit() for character in cell) and not _PERIOD.fullmatch(cell)


def _line(row: Sequence[str]) -> str:
    return " | ".join(" ".join(cell.split()) for cell in row if cell.strip())
