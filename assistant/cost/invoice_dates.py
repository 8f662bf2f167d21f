"""Days as exports write them: ISO dates and times, seconds since 1970, months, ordered dates."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

from assistant.cost.errors import InvoiceRefused

__all__ = ["month_stands_first", "read_days"]

EPOCH_SECONDS = re.compile(r"\d{10}(?:\.\d+)?")
EPOCH_MILLISECONDS = re.compile(r"\d{13}")
MONTH = re.compile(r"(\d{4})-(\d{1,2})")
ORDERED = re.compile(r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4})(?:[ ,T].*)?")
INSTANT = timedelta(microseconds=1)
MONTHS = 12


def month_stands_first(name: str, cells: Iterable[tuple[int, str]]) -> bool:
    """Tell whether dates like 12/31/2026 of a column, given with line numbers, are US dates.

    One date that can be read in one way only settles the column. Raises InvoiceRefused, naming
    the line, where none does or two contradict each other.
    """
    orders: dict[bool | None, int] = {}
    for line, cell in cells:
        match = ORDERED.fullmatch(cell.strip())
        if match is not None and int(match[1]) != int(match[3]):
            orders.setdefault(_month_first(int(match[1]), int(match[3])), line)
    if True in orders and False in orders:
        raise InvoiceRefused(
            f"{name}: the dates in lines {orders[True]} and {orders[False]} put day and month in "
            "different order. Export dates as YYYY-MM-DD."
        )
    if None in orders and len(orders) == 1:
        raise InvoiceRefused(
            f"{name}: the date in line {orders[None]} may be read as month/day or day/month, "
            "and no other date settles it. Export dates as YYYY-MM-DD."
        )
    return False not in orders


def read_days(start: str, end: str, month_first: bool) -> tuple[date, date]:
    """Return the first and last UTC day of a line; they differ where it covers several days.

    `end` may be blank. An end that is a time is the first instant outside; one that is a date is
    the last day. Times without a zone are read as UTC. Raises ValueError for what is no date.
    """
    first = _read(start, month_first)
    last = _month_end(first) if MONTH.fullmatch(start.strip()) else _day(first)
    if end.strip():
        until = _read(end, month_first)
        last = max(last, (until - INSTANT).date() if isinstance(until, datetime) else until)
    return _day(first), last


def _day(value: date) -> date:
    return value.date() if isinstance(value, datetime) else value


def _month_first(first: int, second: int) -> bool | None:
    if first > MONTHS:
        return False
    return True if second > MONTHS else None


def _month_end(day: date) -> date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def _read(text: str, month_first: bool) -> date:
    """Return a date, or a datetime in UTC where the text has a time."""
    bare = re.sub(r"\s*(UTC|GMT)$", "", text.strip())
    if not bare:
        raise ValueError("it has no date")
    try:
        return _parse(bare, month_first)
    except (ValueError, OverflowError, OSError) as error:
        raise ValueError(f"{bare[:40]!r} is not a date") from error


def _parse(text: str, month_first: bool) -> date:
    if EPOCH_SECONDS.fullmatch(text) or EPOCH_MILLISECONDS.fullmatch(text):
        seconds = int(text.partition(".")[0])
        return datetime.fromtimestamp(seconds // 1000 if len(text) == 13 else seconds, UTC)
    if match := MONTH.fullmatch(text):
        return date(int(match[1]), int(match[2]), 1)
    if match := ORDERED.fullmatch(text):
        first, second = int(match[1]), int(match[3])
        month, day = (first, second) if month_first else (second, first)
        return date(int(match[4]), month, day)
    return _parse_iso(text.replace("/", "-"))


def _parse_iso(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        moment = datetime.fromisoformat(text)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
