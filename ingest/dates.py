"""Pure: dates as filings, transcripts and front matter write them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

__all__ = ["DATE", "as_date", "dates_in", "months_after"]

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
DATE = (
    rf"(?:\b{_MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?\s*,?\s+20\d\d\b|\b\d{{1,2}}\s+{_MONTH}\s+20\d\d\b"
    r"|\b20\d\d-\d\d-\d\d(?!\d))"
)
"""Pattern of a full date, to be searched without case."""
_PARTS = re.compile(rf"({_MONTH})|(20\d\d)|(\d{{1,2}})", re.IGNORECASE)


def as_date(value: object) -> date | None:
    """Return the first full date in a value's text; None where there is none, or only a month."""
    return next(dates_in(str(value)), None) if value is not None else None


def dates_in(text: str) -> Iterator[date]:
    """Yield every full date in the text, in order; impossible ones are left out."""
    for match in re.finditer(DATE, text, re.IGNORECASE):
        if found := _parsed(match.group()):
            yield found


def _parsed(text: str) -> date | None:
    try:
        if text[:2] == "20" and text[4] == "-":
            return date.fromisoformat(text)
        parts = _PARTS.findall(text)
        month = next(_MONTHS.index(name[:3].lower()) + 1 for name, _, _ in parts if name)
        year = next(int(number) for _, number, _ in parts if number)
        day = next(int(number) for _, _, number in parts if number)
        return date(year, month, day)
    except (ValueError, StopIteration):
        return None


def months_after(start: date, months: int) -> date:
    """Return the date about `months` months on (30.44 days each): enough to name its year."""
    return start + timedelta(days=round(months * 30.4375))
