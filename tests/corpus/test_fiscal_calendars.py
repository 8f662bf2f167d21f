from __future__ import annotations

from datetime import date

import pytest

from corpus.fiscal_calendars import with_ends
from corpus.models import Document
from tests.corpus.making import document


def filed(period: str, ended: date | None, company: str = "Microsoft") -> Document:
    return document(f"{company}{period}{ended}", companies=(company,), fiscal_period=period,
                    period_end=ended)  # fmt: skip


ANNUAL = filed("FY2025", date(2025, 6, 30))


@pytest.mark.parametrize(
    ("period", "ended"),
    (
        ("FY2025Q4", date(2025, 6, 30)),
        ("FY2026Q1", date(2025, 9, 30)),
        ("FY2026Q2", date(2025, 12, 31)),
        ("FY2024", date(2024, 6, 30)),
    ),
)
def test_a_filer_s_year_end_tells_when_its_other_periods_end(period: str, ended: date) -> None:
    _, told = with_ends((ANNUAL, filed(period, None)))
    assert told.period_end == ended


def test_a_quarter_tells_as_well_as_a_year() -> None:
    _, told = with_ends(
        (filed("FY2026Q1", date(2025, 4, 27), "NVIDIA"), filed("FY2026Q2", None, "NVIDIA"))
    )
    assert told.period_end == date(2025, 7, 31)


def test_a_year_of_53_weeks_ends_in_the_month_before() -> None:
    _, told = with_ends((filed("FY2022", date(2023, 1, 2), "J"), filed("FY2022Q3", None, "J")))
    assert told.period_end == date(2022, 9, 30)


def test_nothing_is_told_for_another_filer_or_of_what_is_stated() -> None:
    stranger, noted = filed("FY2025Q1", None, "Meta"), document("n", companies=("Microsoft",))
    stated = filed("FY2026Q1", date(2025, 9, 28))
    assert with_ends((ANNUAL, ANNUAL, stranger, noted, stated))[2:] == (stranger, noted, stated)
