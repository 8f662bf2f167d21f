"""The tables of a document as its reader makes them, cell by cell."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ingest.blocks import BlockKind
from ingest.cells import Cell, cells_of
from ingest.readers import HEAD_BYTES, detect, read_document

__all__ = ["Read", "ReadTable", "read_tables"]

TEXTS_ABOVE = 3


@dataclass(frozen=True, slots=True)
class ReadTable:
    page: int | None
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Read:
    pages: int
    tables: tuple[ReadTable, ...]


def read_tables(path: Path) -> Read:
    """Read a document; its pages are 0 where the format has none. Raises InputRefused."""
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    reading = read_document(path, detect(head, path.name))
    tables: list[ReadTable] = []
    above: list[str] = []
    for block in reading.blocks:
        if block.kind is BlockKind.TABLE:
            cells = tuple(cells_of(block, above[-TEXTS_ABOVE:]))
            tables.append(ReadTable(block.page, cells))
        # A caption holds for the tables that follow it without a word between.
        if block.text:
            above.append(block.text)
    return Read(reading.pages or 0, tuple(tables))
