"""Periods that a question names, and which documents speak for them; pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from corpus.models import Document

__all__ = ["Period", "find_periods"]


@dataclass(frozen=True, slots=True)
class Period:
    """A year or a quarter; `fiscal` when the question says so, `month` when the quarter ends then.

    "FY2025", "Q2 2026" and "the June 2025 quarter" are (2025, fiscal), (2026, quarter 2) and
    (2025, month 6).
    """

    year: int
    quarter: int | None = None
    fiscal: bool = False
    month: int | None = None

    def __str__(self) -> str:
        if self.month is not None:
            return f"{date(self.year, self.month, 1):%B} {self.year} quarter"
        prefix = "FY" if self.fiscal else ""
        return f"{prefix}{self.year}" + (f" Q{self.quarter}" if self.quarter else "")

    def matches(self, document: Document) -> bool:
        """Tell whether the document reports on the period, as far as it says what it reports on.

        A plain year matches the fiscal year, a period that ended in that year, or a document
        published in it: "2026 guidance" is news of 2026.
        """
        if self.month is not None:
            ended = document.period_end
            return ended is not None and (ended.year, ended.month) == (self.year, self.month)
        stated = document.fiscal_period or ""
        if self.quarter is not None:
            return stated == f"FY{self.year}Q{self.quarter}" or (
                not self.fiscal and _ended_in_quarter(document, self.year, self.quarter)
            )
        return stated.startswith(f"FY{self.year}") or (not self.fiscal and self._dated(document))

    def _dated(self, document: Document) -> bool:
        dates = (document.period_end, document.published)
        return any(known is not None and known.year == self.year for known in dates)


_MONTHS = [date(2000, month, 1).strftime("%B").lower() for month in range(1, 13)]
_YEAR = r"(?P<year>(?:19|20)\d{2})"
_SHORT = r"(?P<year>(?:19|20)\d{2}|\d{2})"
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4}
_FISCAL_WORD = r"(?:fy|fiscal(?:\s+year)?)\s*'?"
_PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b(?P<month>{'|'.join(_MONTHS)})\s+(?:\d{{1,2}},?\s+)?{_YEAR}\s+quarter\b",
        rf"\bquarter\s+end(?:ed|ing)\s+(?P<month>{'|'.join(_MONTHS)})\s+(?:\d{{1,2}},?\s+)?{_YEAR}",
        rf"\bq(?P<quarter>[1-4])\s*(?:of\s+)?(?P<fiscal>{_FISCAL_WORD}){_SHORT}\b",
        rf"\b(?P<fiscal>{_FISCAL_WORD}){_SHORT}[\s,]*q(?P<quarter>[1-4])\b",
        rf"\bq(?P<quarter>[1-4])[\s,]*(?:of\s+)?{_YEAR}\b",
        r"\bq(?P<quarter>[1-4])\s?'(?P<year>\d{2})\b",
        r"\b(?P<quarter>[1-4])q(?P<year>\d{2}|20\d{2})\b",
        rf"\b{_YEAR}\s*q(?P<quarter>[1-4])\b",
        rf"\b(?P<ordinal>{'|'.join(_ORDINALS)})[\s-]+quarter\s+(?:of\s+)?(?P<fiscal>{_FISCAL_WORD})?{_YEAR}",
        rf"\b(?P<fiscal>{_FISCAL_WORD}){_SHORT}\b",
        rf"(?<![\d$.,]){_YEAR}(?![\d%]|,\d|\.\d)",
    )
)
"""The longest spellings first; what one has matched, the next do not see."""


def find_periods(text: str) -> tuple[Period, ...]:
    """Return the periods that `text` names, each once, in order of appearance."""
    found = sorted(_matches(text), key=lambda pair: pair[0])
    return tuple(dict.fromkeys(period for _, period in found))


def _matches(text: str) -> Iterator[tuple[int, Period]]:
    rest = text
    for pattern in _PATTERNS:
        for match in pattern.finditer(rest):
            yield match.start(), _period({k: v for k, v in match.groupdict().items() if v})
        rest = pattern.sub(lambda match: " " * len(match.group()), rest)


def _period(parts: dict[str, str]) -> Period:
    year = int(parts["year"])
    quarter = parts.get("quarter")
    ordinal = parts.get("ordinal")
    month = parts.get("month")
    return Period(
        year=year if year > 99 else 2000 + year,
        quarter=int(quarter) if quarter else _ORDINALS.get((ordinal or "").lower()),
        fiscal="fiscal" in parts,
        month=_MONTHS.index(month.lower()) + 1 if month else None,
    )


def _ended_in_quarter(document: Document, year: int, quarter: int) -> bool:
    ended = document.period_end
    return ended is not None and (ended.year, (ended.month + 2) // 3) == (year, quarter)
