"""Pure: column heads of tables that come as text, spread over the columns that they stand for.

Text keeps the order of heads and loses how far they reach: "Three Months Ended", "Change" over
"2025 2024" head three columns, the first two of them together.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from ingest.readers.html_heads import is_period
from ingest.readers.rows import Row, is_value

__all__ = ["columns_in", "headed"]

_UNITS = re.compile(
    r"\(.*\)|\(?.*\b(?:millions|thousands|billions|unaudited)\b.*\)?", re.IGNORECASE
)
_SINGLE = re.compile(
    r"(?:[%$]|percent(?:age)?|amount|\w+-over-\w+|[yq]/[yq])?\s*(?:change|variance)|%|[yq]/[yq]",
    re.IGNORECASE,
)
_SPAN = re.compile(
    r"(?:for the )?(?:(?:three|six|nine|twelve|\d{1,2}) (?:months|weeks)"
    r"|(?:fiscal )?years?|quarters?) (?:ended|ending)\b.*|as of\b.*",
    re.IGNORECASE,
)
_UNFINISHED = re.compile(r"\b(?:ended|ending|as of)$", re.IGNORECASE)
_DAY = re.compile(r"[A-Z][a-z]{2,8}\.? \d{1,2},?")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_LONGEST_DATE = 25
_MOST_HEADS = 24


def headed(rows: Sequence[Row]) -> tuple[tuple[Row, ...], int]:
    """Return the rows with their heads over each column they cover, and how many rows are heads.

    Heads that do not fit the columns stay as they are, and are counted 0.
    """
    rows = _years_as_labels(rows)
    first = _body_begins(rows)
    columns = columns_in(rows[first:])
    notes, levels = _levels(rows[:first])
    spread = _spread(levels, columns) if levels and columns else None
    if spread is None:
        return tuple(rows), 0
    corners = [" ".join(notes), *[""] * len(spread)]
    heads = [(corner, *row) for corner, row in zip(corners, spread, strict=False)]
    return (*heads, *rows[first:]), len(heads)


def _years_as_labels(rows: Sequence[Row]) -> Sequence[Row]:
    """Maturities: a year before a value is the row's label where labelled rows have one less."""
    labelled = Counter(len(row) for row in rows if len(row) > 1 and row[0])
    usual = max(labelled, key=lambda count: labelled[count], default=0)
    return [row[1:] if _is_maturity(row) and len(row) == usual + 1 else row for row in rows]


def _is_maturity(row: Row) -> bool:
    return len(row) > 2 and not row[0] and bool(_YEAR.fullmatch(row[1]))


def columns_in(rows: Sequence[Row]) -> int:
    """Return how many values most rows have; the larger where two counts tie."""
    counts = Counter(len(row) - 1 for row in rows if len(row) > 1)
    return max(counts, key=lambda count: (counts[count], count), default=0)


def _body_begins(rows: Sequence[Row]) -> int:
    named = False
    for number, row in enumerate(rows[:_MOST_HEADS]):
        if any(is_value(cell) and not is_period(cell) for cell in row[1:]):
            return number
        if len(row) > 1:
            if named and row[0] and not (_is_head(row[0]) or all(map(_names_column, row[1:]))):
                return number
            named = True
        elif not _is_head(row[0]) and named:
            return number
    return 0


def _is_head(text: str) -> bool:
    return bool(_UNITS.fullmatch(text)) or _names_column(text)


def _names_column(text: str) -> bool:
    return bool(_SINGLE.fullmatch(text) or _SPAN.fullmatch(text)) or _is_date(text)


def _is_date(text: str) -> bool:
    return len(text) < _LONGEST_DATE and any(map(str.isdigit, text)) and is_period(text)


def _levels(rows: Sequence[Row]) -> tuple[list[str], list[list[str]]]:
    """Return the notes beside the heads, and the heads by level, the finest last."""
    notes: list[str] = []
    alone: list[str] = []
    levels: list[list[str]] = []
    for row in rows:
        corner = row[0]
        day = bool(_DAY.fullmatch(corner))
        if day and alone and _UNFINISHED.search(alone[-1]):
            # "Three Months Ended" in one line and "March 31," in the next.
            open_ends = alone if len(row) > 1 else alone[-1:]
            alone[-len(open_ends) :] = [_ended(text, corner) for text in open_ends]
        elif len(row) == 1 and _names_column(corner):
            alone.append(corner)
        elif corner:
            notes.append(corner)
        if len(row) > 1:
            levels.append(list(row[1:]))
    dates = [text for text in alone if _YEAR.search(text) and not _SPAN.fullmatch(text)]
    above = [text for text in alone if text not in dates]
    return notes, [level for level in (above, dates, *levels) if level]


def _ended(text: str, day: str) -> str:
    return f"{text} {day}" if _UNFINISHED.search(text) else text


def _spread(levels: Sequence[list[str]], columns: int) -> list[list[str]] | None:
    """Return each level with one head a column; None where the numbers do not work out."""
    *above, finest = levels
    spread: list[list[str]] = []
    below = finest
    for level in above:
        over = _over(level, len(finest), columns)
        if over is None:
            return None
        spread.append([text for text, _ in over])
        texts = iter(finest)
        below = [next(texts) if parted else "" for _, parted in over]
    return [*spread, below] if len(below) == columns else None


def _over(level: Sequence[str], under: int, columns: int) -> list[tuple[str, bool]] | None:
    """Return the head over each column, and whether a finer one stands below it."""
    if len(level) == columns == under:
        return [(text, True) for text in level]
    parted = [not _SINGLE.fullmatch(text) for text in level]
    count = sum(parted)
    if not count or under % count or len(level) - count != columns - under:
        return None
    return [
        (text, below)
        for text, below in zip(level, parted, strict=True)
        for _ in range(under // count if below else 1)
    ]
