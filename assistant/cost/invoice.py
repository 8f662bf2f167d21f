"""A provider's invoice or cost export, read from CSV into lines of UTC days and pico-dollars.

Columns are recognised by meaning (see `invoice_columns`), because formats differ between
providers and change. What a file leaves open is settled by rules that `Invoice.assumptions`
states. Text that looks like a spreadsheet formula is data here and stays as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from assistant.cost.errors import InvoiceRefused
from assistant.cost.invoice_amounts import (
    has_decimal_commas,
    read_amount,
    read_number,
    refuse_foreign,
)
from assistant.cost.invoice_columns import Columns, currency_of, is_total
from assistant.cost.invoice_dates import month_stands_first, read_days
from assistant.cost.invoice_table import Row, Table, read_table

__all__ = ["Invoice", "InvoiceLine", "InvoiceWarning", "read_invoice"]


@dataclass(frozen=True, slots=True)
class InvoiceLine:
    """One line: an amount in pico-dollars for the UTC days `day` to `until`, both included.

    `line` is its number in the file, from 1. `model` is the provider's name for a model, None
    where the line names none. `kind` is the kind of tokens ("cached input"), `quantity` what
    the line counts. A count that is missing or unreadable is None. `currency` is always USD.
    """

    line: int
    day: date
    until: date
    model: str | None
    description: str
    kind: str | None
    quantity: Decimal | None
    amount: int
    currency: str = "USD"
    input_tokens: int | None = None
    output_tokens: int | None = None
    requests: int | None = None


@dataclass(frozen=True, slots=True)
class InvoiceWarning:
    """A line that was left out, by its number in the file, and why."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Invoice:
    """An invoice's lines; `first` and `last` are the UTC days that it covers.

    Days that the file lists without an amount belong to the period. `format` names the export
    as recognised; `provider` is the ledger's name of the provider, None where the format does
    not tell. `assumptions` are sentences for the reader about what the file does not state.
    """

    name: str
    format: str
    provider: str | None
    first: date
    last: date
    rows: tuple[InvoiceLine, ...]
    warnings: tuple[InvoiceWarning, ...]
    assumptions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Style:
    """How one file writes numbers and dates."""

    name: str
    columns: Columns
    decimal_commas: bool
    month_first: bool


def read_invoice(name: str, data: bytes) -> Invoice:
    """Return the invoice in the CSV file `name`.

    Lines that cannot be read, and totals of other lines, are left out and become warnings.

    Delimiter: comma, semicolon or tab. Encoding: UTF-8, UTF-16 with a byte order mark, else
    Windows-1252. Raises InvoiceRefused for a file over MAX_MB or that is no CSV text, has
    no header, no readable line, another currency than USD, or dates that may be read two ways.
    """
    table = read_table(name, data)
    _refuse_foreign_header(name, table)
    lines, warnings, days = _lines(table, _style(name, table))
    if not lines:
        raise InvoiceRefused(_no_line(name, warnings))
    kind = table.columns.format
    return Invoice(
        *(name, kind.name, kind.provider, min(days), max(days), tuple(lines), tuple(warnings)),
        _assumptions(table, lines),
    )


def _lines(
    table: Table, style: _Style
) -> tuple[list[InvoiceLine], list[InvoiceWarning], list[date]]:
    """Return the lines, what was left out, and every day that the file lists."""
    lines: list[InvoiceLine] = []
    warnings: list[InvoiceWarning] = []
    days: list[date] = []
    for row in table.rows:
        if any(cell.strip() for cell in row[1]):
            try:
                period = _days(row, style)
                days += period
                lines.append(_line(row, style, *period))
            except ValueError as reason:
                warnings.append(InvoiceWarning(row[0], str(reason)))
    return lines, warnings, days


def _line(row: Row, style: _Style, first: date, last: date) -> InvoiceLine:
    number, cells = row
    columns = style.columns
    where = f"{style.name}, line {number}"
    refuse_foreign(currency_of(_cell(cells, columns.currency)), where)
    if not _cell(cells, columns.amount):
        raise ValueError("it has no amount")
    amount = read_amount(_cell(cells, columns.amount), style.decimal_commas, where)
    model, description, kind = _what(cells, columns)
    if total := next((text for text in (model, description) if text and is_total(text)), None):
        raise ValueError(f"it is a total of other lines ({total[:40]!r})")
    quantity = read_number(_cell(cells, columns.quantity), style.decimal_commas)
    sent, received = _tokens(cells, style, kind, quantity)
    requests = _count(cells, columns.requests, style)
    return InvoiceLine(
        *(number, first, last, model, description, kind, quantity, amount),
        input_tokens=sent,
        output_tokens=received,
        requests=requests,
    )


def _days(row: Row, style: _Style) -> tuple[date, date]:
    cells, columns = row[1], style.columns
    if any(cell.strip() for cell in cells[columns.width :]):
        raise ValueError(f"it has {len(cells)} cells under {columns.width} columns")
    start, end = _cell(cells, columns.day), _cell(cells, columns.end)
    return read_days(start, end, style.month_first)


def _what(cells: Sequence[str], columns: Columns) -> tuple[str | None, str, str | None]:
    """Return the model, the description and the kind of tokens that a line names."""
    item = _cell(cells, columns.line_item)
    model = _cell(cells, columns.model)
    kind = _cell(cells, columns.kind)
    head, comma, rest = (model or item).partition(",")
    # "gpt-5-2025-08-07, cached input": every model's name has a number in it.
    if comma and any(sign.isdigit() for sign in head):
        model, kind = head.strip(), kind or rest.strip()
    return model or None, item or model, kind or None


def _tokens(
    cells: Sequence[str], style: _Style, kind: str | None, quantity: Decimal | None
) -> tuple[int | None, int | None]:
    """Return input and output tokens, from their columns or from a line of one kind."""
    sent = _count(cells, style.columns.input_tokens, style)
    received = _count(cells, style.columns.output_tokens, style)
    if kind is None or sent is not None or received is not None:
        return sent, received
    counted = _whole(quantity)
    if "input" in kind.casefold() or "cache" in kind.casefold():
        return counted, None
    return (None, counted) if "output" in kind.casefold() else (None, None)


def _count(cells: Sequence[str], position: int | None, style: _Style) -> int | None:
    return _whole(read_number(_cell(cells, position), style.decimal_commas))


def _whole(value: Decimal | None) -> int | None:
    return int(value) if value is not None and value == value.to_integral_value() else None


def _cell(cells: Sequence[str], position: int | None) -> str:
    return cells[position].strip() if position is not None and position < len(cells) else ""


def _style(name: str, table: Table) -> _Style:
    columns = table.columns
    amounts = (_cell(cells, columns.amount) for _, cells in table.rows)
    days = (
        (line, _cell(cells, position))
        for line, cells in table.rows
        for position in (columns.day, columns.end)
    )
    commas = has_decimal_commas(table.delimiter, amounts)
    return _Style(name, columns, commas, month_stands_first(name, days))


def _refuse_foreign_header(name: str, table: Table) -> None:
    """Refuse a currency stated in the amount's name or, as clouds do, above the header."""
    refuse_foreign(table.columns.stated, f"{name}, header")
    for line, cells in table.above:
        if cells and cells[0].strip().casefold() == "currency":
            refuse_foreign(currency_of(_cell(cells, 1)), f"{name}, line {line}")


def _no_line(name: str, warnings: Sequence[InvoiceWarning]) -> str:
    first = f" (line {warnings[0].line}: {warnings[0].reason})" if warnings else ""
    return (
        f"{name}: no line has a day and an amount{first}. Export a period in which something "
        "was billed, with one line a day and model."
    )


def _assumptions(table: Table, lines: Sequence[InvoiceLine]) -> tuple[str, ...]:
    columns = table.columns
    found = ["Times without a time zone are read as UTC."]
    if columns.currency is None and columns.stated is None:
        found.append("No column states the currency; amounts are read as US dollars.")
    if any(line.until > line.day for line in lines):
        found.append("Lines cover several days; the period is compared as a whole.")
    return tuple(found)
