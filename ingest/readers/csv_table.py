"""CSV: delimited rows become the tables that they hold, cells as they are written."""

from __future__ import annotations

import csv

from corpus.errors import InputRefused
from corpus.models import Media
from ingest.blocks import Reading
from ingest.limits import Limits
from ingest.readers.clean import one_line
from ingest.readers.decoding import decode
from ingest.readers.delimited import delimiter_of, rows_of_text
from ingest.readers.sheet_heads import Cells
from ingest.readers.sheet_tables import sheet_blocks

__all__ = ["read_csv"]

_MOST_CELLS = 1_000_000


def read_csv(data: bytes, limits: Limits) -> Reading:
    """Read delimited text; raises InputRefused where it holds nothing or too much.

    The delimiter is a comma, semicolon, tab or bar, whichever cuts even rows. Numbers stay as
    they are written: "1.234,5" is not turned into "1,234.5".
    """
    decoded = decode(data)
    if len(decoded.text) > limits.characters:
        raise InputRefused(f"more than {limits.characters:,} characters of text")
    try:
        blocks = tuple(sheet_blocks(_rows(decoded.text)))
    except csv.Error as error:
        raise InputRefused(f"no CSV ({error}): look for a quote that is never closed") from error
    if not blocks:
        raise InputRefused("no text")
    return Reading(Media.CSV, blocks, warnings=decoded.warnings)


def _rows(text: str) -> list[Cells]:
    rows: list[Cells] = []
    count = 0
    for row in rows_of_text(text, delimiter_of(text)):
        cells = {column: shown for column, cell in enumerate(row) if (shown := one_line(cell))}
        count += len(cells)
        if count > _MOST_CELLS:
            raise InputRefused(f"more than {_MOST_CELLS:,} cells: keep the rows that you need")
        if cells or (rows and rows[-1]):
            rows.append(cells)
    return rows
