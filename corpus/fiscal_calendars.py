"""When a company's fiscal periods end, told by those of its documents that say so; pure.

A call on the fourth quarter of fiscal 2025 seldom says that June ended it, but the filer's 10-K
does. What is told here serves the search alone: a document still shows only what it states.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from corpus.models import Document
from corpus.reporting_periods import SPILL

__all__ = ["with_ends"]

_PERIOD = re.compile(r"FY(\d{4})(?:Q([1-4]))?")


def with_ends(documents: Sequence[Document]) -> tuple[Document, ...]:
    """Return the documents, with the end of a fiscal period where others of the filer tell it."""
    calendars = _calendars(documents)
    return tuple(_with_end(document, calendars) for document in documents)


def _with_end(document: Document, calendars: dict[str, int]) -> Document:
    months = _months(document.fiscal_period)
    if document.period_end or months is None or document.company not in calendars:
        return document
    year, month = divmod(months + calendars[document.company], 12)
    return replace(document, period_end=date(year, month + 1, monthrange(year, month + 1)[1]))


def _calendars(documents: Iterable[Document]) -> dict[str, int]:
    """Return by company how many months after a calendar period the fiscal one ends, the usual."""
    counts: dict[str, Counter[int]] = {}
    for document in documents:
        months = _months(document.fiscal_period)
        if document.period_end and months is not None and document.company:
            ended = document.period_end - SPILL
            shift = ended.year * 12 + ended.month - 1 - months
            counts.setdefault(document.company, Counter())[shift] += 1
    return {company: shifts.most_common(1)[0][0] for company, shifts in counts.items()}


def _months(fiscal_period: str | None) -> int | None:
    """Return the last month of the calendar period of that name, counted from year 0."""
    found = _PERIOD.fullmatch(fiscal_period or "")
    return int(found[1]) * 12 + 3 * int(found[2] or 4) - 1 if found else None
