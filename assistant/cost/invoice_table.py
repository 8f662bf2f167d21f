"""The rows of a provider's CSV file, whatever its encoding, delimiter and first lines."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from assistant.cost.errors import InvoiceRefused
from assistant.cost.invoice_columns import Columns, missing, recognise

__all__ = ["MAX_BYTES", "MAX_MB", "Row", "Table", "read_table"]

MAX_MB = 50
MAX_BYTES = MAX_MB * 1024 * 1024
"""A month of single calls is some megabytes; above this it is not an invoice."""

HEADER_ROWS = 40
"""Exports of clouds put the invoice's number, dates and total above the header: about ten rows."""

DELIMITERS = (",", ";", "\t")
EXPORT_AS_CSV = "Export the cost report as CSV and try again."
SIGNATURES = (
    (b"%PDF", "it is a PDF"),
    (b"PK\x03\x04", "it is an Excel workbook or a ZIP archive"),
    (b"\xd0\xcf\x11\xe0", "it is an Excel workbook"),
    (b"\x1f\x8b", "it is compressed (gzip)"),
)
BYTE_ORDER_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
CONTROLS = re.compile(r"[\x00-\x08\x0b\x0e-\x1f]")

Row = tuple[int, list[str]]
"""The number of a record's first line, counted from 1, and its cells."""


@dataclass(frozen=True, slots=True)
class Table:
    """A file's rows below its header; `above` are the rows that stand before it."""

    delimiter: str
    columns: Columns
    above: tuple[Row, ...]
    rows: tuple[Row, ...]


def read_table(name: str, data: bytes) -> Table:
    """Return the rows of the CSV file `name`.

    Raises InvoiceRefused for a file that is empty, too large, no text, or without a header that
    names a day and an amount.
    """
    text = _decode(name, data)
    for delimiter in DELIMITERS:
        above = _above_header(text, delimiter)
        if above is not None:
            return _table(name, text, delimiter, above)
    raise InvoiceRefused(f"{name}: {_why_no_header(text)}. {EXPORT_AS_CSV}")


def _table(name: str, text: str, delimiter: str, above: int) -> Table:
    try:
        rows = list(_records(text, delimiter))
    except csv.Error as error:
        raise InvoiceRefused(f"{name}: {error}. {EXPORT_AS_CSV}") from error
    columns = recognise(rows[above][1])
    assert columns is not None, "the header was recognised before"
    return Table(delimiter, columns, tuple(rows[:above]), tuple(rows[above + 1 :]))


def _above_header(text: str, delimiter: str) -> int | None:
    """Return how many records stand above the header; None where none of the first is one."""
    try:
        for index, (_, cells) in enumerate(islice(_records(text, delimiter), HEADER_ROWS)):
            if recognise(cells) is not None:
                return index
    except csv.Error:
        return None
    return None


def _records(text: str, delimiter: str) -> Iterator[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        for cells in reader:
            yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        raise csv.Error(f"the record that starts in line {line} is broken ({error})") from error


def _why_no_header(text: str) -> str:
    lines = text.strip().splitlines()[:HEADER_ROWS]
    widest = max((_cells(line) for line in lines), key=len)
    seen = ", ".join(cell.strip() for cell in widest[:12])
    return f"{missing(widest)}; its columns are {seen[:300]}"


def _cells(line: str) -> list[str]:
    return max((line.split(delimiter) for delimiter in DELIMITERS), key=len)


def _decode(name: str, data: bytes) -> str:
    if len(data) > MAX_BYTES:
        raise InvoiceRefused(
            f"{name}: {len(data):,} bytes are more than {MAX_MB} MB. "
            "Export fewer days, or a daily report instead of single calls."
        )
    for signature, what in SIGNATURES:
        if data.startswith(signature):
            raise InvoiceRefused(f"{name}: {what}, not a CSV file. {EXPORT_AS_CSV}")
    text = _text(data)
    if text is None:
        raise InvoiceRefused(f"{name}: it is not text. {EXPORT_AS_CSV}")
    if not text.strip():
        raise InvoiceRefused(f"{name}: the file is empty. {EXPORT_AS_CSV}")
    return text


def _text(data: bytes) -> str | None:
    marked = next((code for mark, code in BYTE_ORDER_MARKS if data.startswith(mark)), None)
    for encoding in (marked,) if marked else ("utf-8", "cp1252"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return None if CONTROLS.search(text) else text
    return None
