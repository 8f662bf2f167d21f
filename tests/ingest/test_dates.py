"""Dates as filings and transcripts write them."""

from __future__ import annotations

from datetime import date

import pytest

from ingest.dates import as_date, dates_in


@pytest.mark.parametrize(
    "text",
    [
        "February 6, 2025",
        "Feb. 6, 2025, 5:00 PM EST",
        "6 February 2025",
        "FEBRUARY 6 2025",
        "2025-02-06T07:29:12.000Z",
        "on February  6th, 2025",
    ],
)
def test_full_dates(text: str) -> None:
    assert as_date(text) == date(2025, 2, 6)


@pytest.mark.parametrize(
    "value", ["2025-02", "February 2025", "2025", "February 30, 2025", "", None]
)
def test_what_is_no_day_is_unknown(value: str | None) -> None:
    assert as_date(value) is None


def test_dates_come_in_order() -> None:
    assert list(dates_in("from May 1, 2024 to 2 June 2024")) == [date(2024, 5, 1), date(2024, 6, 2)]


def test_a_date_from_front_matter_may_be_one_already() -> None:
    assert as_date(date(2025, 2, 6)) == date(2025, 2, 6)
