"""Pure: a table's rows to lines of text, and the lines that must stand over every group of rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from corpus.tokens import count_tokens
from ingest.blocks import Block
from ingest.sentences import fitting
from ingest.table_heads import column_heads, count_heads

__all__ = ["row_groups"]

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
    table = _lines(block)
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


def _lines(block: Block) -> _Lines:
    """Return the rows as "label | value | value" lines, one place a column."""
    rows = [row for row in block.rows if any(cell.strip() for cell in row)]
    heads = count_heads(replace(block, rows=tuple(rows)))
    body, sections, section = [], [], ""
    for row in rows[heads:]:
        line = _line(row)
        is_label = not any(row[1:])
        sections.append("" if is_label else section)
        section = line if is_label else section
        body.append(line)
    return _Lines(tuple(_head_lines(rows[:heads])), tuple(body), tuple(sections))


def _head_lines(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield lines for what stands over all columns, then one with what is over each of them."""
    columns = column_heads([row[1:] for row in rows])
    shared = set(columns[0]).intersection(*columns) if len(columns) > 1 else set()
    own = [" ".join(head for head in over if head not in shared) for over in columns]
    corners = [row[0] for row in rows if row[0]]
    last = corners.pop() if any(own) and corners else ""
    over_all = (head for head in (columns[0] if columns else ()) if head in shared)
    yield from (_line([head]) for head in (*corners, *over_all))
    if any(own):
        yield _line([last, *own])


def _line(row: Sequence[str]) -> str:
    """An empty cell keeps its place between others: what follows is another column's."""
    cells = [" ".join(cell.split()) for cell in row]
    while cells and not cells[-1]:
        cells.pop()
    return " | ".join(cells[not cells[0] :] if cells else ()).replace("|  |", "| |")
