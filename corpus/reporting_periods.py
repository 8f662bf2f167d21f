"""A reporting period as a value, and which documents speak for it; pure."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date, timedelta

from corpus.models import Document

__all__ = ["SPILL", "Period"]

SPILL = timedelta(days=6)
"""A year of 52 or 53 weeks ends up to six days beside the month's end: 2 July is June's quarter."""
FILED_AFTER = timedelta(days=6)
"""A current report is due four business days after its event."""

TOLD_AFTER = timedelta(days=60)
"""Calls and reports on a quarter come within 45 days of its end, late ones a little after."""


@dataclass(frozen=True, slots=True)
class Period:
    """A year, half, quarter, month or day; `fiscal` when the text says so.

    "FY2025", "Q2 2026" and "first half of 2025" are (2025, fiscal), (2026, quarter 2) and (2025,
    half 1). "The June 2025 quarter" is (2025, month 6), the quarter that ends in the month;
    "June 2025" is the month itself, (2025, month 6, calendar); "June 30, 2025" has the day too.
    """

    year: int
    quarter: int | None = None
    fiscal: bool = False
    month: int | None = None
    day: int | None = None
    half: int | None = None
    calendar: bool = False

    def __str__(self) -> str:
        """Return the period as analysts write it; `find_periods` reads it back."""
        if self.month is not None:
            return self._dated_name(f"{date(self.year, self.month, 1):%B}")
        prefix = "FY" if self.fiscal else ""
        part = f"Q{self.quarter} " if self.quarter else f"H{self.half} " if self.half else ""
        return f"{part}{prefix}{self.year}"

    @property
    def whole_year(self) -> bool:
        return self.quarter is None and self.month is None and self.half is None

    @property
    def ends(self) -> tuple[int, int]:
        """Year and month (1 to 12) of its end, a fiscal year taken for the calendar's; to sort."""
        if self.month is not None:
            return (self.year, self.month)
        return (self.year, 3 * (self.quarter or 2 * (self.half or 2)))

    @property
    def wider(self) -> Period | None:
        """What to look for where no document speaks for the period itself; None beyond a year.

        A day lies in its month, a month, quarter or half in its year; a fiscal year is looked for
        in the calendar, since some name it by the year it starts in and others by its end.
        """
        if self.day is not None:
            return Period(self.year, month=self.month, calendar=True)
        if not self.whole_year:
            return Period(self.year, fiscal=self.fiscal)
        return Period(self.year) if self.fiscal else None

    def moved(self, quarters: int) -> Period:
        """Return the period so many quarters later; after a whole year comes its first quarter."""
        if self.month is not None:
            return self._in_other_month(self.year * 12 + self.month - 1 + 3 * quarters)
        length = 1 if self.quarter else 2 if self.half else 4
        first = self.year * 4 + (self.quarter or 2 * (self.half or 1) - 1) - 1
        if quarters % length:
            edge = first if quarters < 0 else first + length - 1
            year, place = divmod(edge + quarters, 4)
            return replace(self, year=year, quarter=place + 1, half=None)
        year, place = divmod(first + quarters, 4)
        return replace(
            self,
            year=year,
            quarter=place + 1 if self.quarter else None,
            half=place // 2 + 1 if self.half else None,
        )

    def matches(self, document: Document) -> bool:
        """Tell whether the document reports on the period, as far as it says what it reports on.

        A fiscal year or quarter is what the filer calls so. A plain year matches that, a period
        that ended in that year, and a document published in it: "2026 guidance" is news of 2026.
        A plain quarter matches the filer's and the calendar's. A month or day matches a period
        that ended then, and a document published in the month or when a report of the day is due.
        """
        if self.day is not None:
            return self._near(document)
        if self.month is not None:
            return self._in_month(document)
        stated = document.fiscal_period or ""
        if self.half is not None:
            quarters = (2 * self.half - 1, 2 * self.half)
            return any(replace(self, half=None, quarter=q).matches(document) for q in quarters)
        if self.quarter is not None:
            return stated == f"FY{self.year}Q{self.quarter}" or (
                not self.fiscal and _quarter_of_end(document) == (self.year, self.quarter)
            )
        return stated.startswith(f"FY{self.year}") or (not self.fiscal and self._in_year(document))

    def _in_other_month(self, months: int) -> Period:
        """Return the month or day so many months after the year 0; the last day stays the last."""
        year, month = months // 12, months % 12 + 1
        day, last = self.day, monthrange(year, month)[1]
        if day is not None:
            at_end = day == monthrange(self.year, self.month or 1)[1]
            day = last if at_end else min(day, last)
        return replace(self, year=year, month=month, day=day)

    def _dated_name(self, month: str) -> str:
        if self.day is not None:
            return f"{month} {self.day}, {self.year}"
        return f"{month} {self.year}" + ("" if self.calendar else " quarter")

    def _near(self, document: Document) -> bool:
        asked = date(self.year, self.month or 1, self.day or 1)
        ended, published = document.period_end, document.published
        return (ended is not None and abs(ended - asked) <= SPILL) or (
            published is not None and timedelta(0) <= published - asked <= FILED_AFTER
        )

    def _in_month(self, document: Document) -> bool:
        ended, published = _settled_end(document), document.published
        wanted = (self.year, self.month)
        if ended is not None and (ended.year, ended.month) == wanted:
            return True
        if not self.calendar:
            return ended is None and self._told_after(document)
        return published is not None and (published.year, published.month) == wanted

    def _told_after(self, document: Document) -> bool:
        """Tell whether a call or report on a quarter that names no end came soon after this one."""
        told, month = document.published, self.month or 12
        ended = date(self.year, month, monthrange(self.year, month)[1])
        on_quarter = "Q" in (document.fiscal_period or "")
        return on_quarter and told is not None and timedelta(0) < told - ended <= TOLD_AFTER

    def _in_year(self, document: Document) -> bool:
        on_year = document.fiscal_period and "Q" not in document.fiscal_period
        dates = (_settled_end(document), None if on_year else document.published)
        return any(known is not None and known.year == self.year for known in dates)


def _settled_end(document: Document) -> date | None:
    """Return the end of the period, put back into the month that it closes."""
    return document.period_end - SPILL if document.period_end else None


def _quarter_of_end(document: Document) -> tuple[int, int] | None:
    ended = _settled_end(document)
    return (ended.year, (ended.month + 2) // 3) if ended else None
