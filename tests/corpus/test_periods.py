"""Periods in texts, and the documents that speak for them."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.models import Document, Media
from corpus.periods import Period, find_periods
from corpus.relative_periods import periods_meant, without_periods


def fiscal(year: int, quarter: int | None = None) -> Period:
    return Period(year, quarter, fiscal=True)


@pytest.mark.parametrize(
    ("text", "periods"),
    (
        ("FY2025 and fiscal 2026", (fiscal(2025), fiscal(2026))),
        ("fiscal year 2024, FY '23", (fiscal(2024), fiscal(2023))),
        ("Q2 FY24", (fiscal(2024, 2),)),
        ("FY2026Q2 and FY26-Q3", (fiscal(2026, 2), fiscal(2026, 3))),
        ("Q3 2025 and 4Q24", (Period(2025, 3), Period(2024, 4))),
        ("Q22023, Q3'2023 and Q4 '23", (Period(2023, 2), Period(2023, 3), Period(2023, 4))),
        ("the first quarter of 2025", (Period(2025, 1),)),
        ("2nd quarter 2025", (Period(2025, 2),)),
        ("second quarter of fiscal 2026", (fiscal(2026, 2),)),
        ("fiscal Q4 2024, second fiscal quarter of 2025", (fiscal(2024, 4), fiscal(2025, 2))),
        ("first half of 2025 and 2H25", (Period(2025, half=1), Period(2025, half=2))),
        ("first nine months of 2024", (Period(2024, 3),)),
        ("the June 2025 quarter", (Period(2025, month=6),)),
        ("the June quarter of 2025", (Period(2025, month=6),)),
        ("quarter ended June 30, 2025", (Period(2025, month=6),)),
        ("nine months ended 30 September 2025", (Period(2025, month=9),)),
        ("as of 31 December 2025", (Period(2025, month=12, day=31),)),
        ("on Dec. 3rd, 2025 or 2025-12-04",
         (Period(2025, month=12, day=3), Period(2025, month=12, day=4))),
        ("in April 2026", (Period(2026, month=4, calendar=True),)),
        ("February 30, 2024", (Period(2024, month=2, calendar=True),)),
        ("in 2024 and 2025", (Period(2024), Period(2025))),
        ("between 2024 and 2024", (Period(2024),)),
        ("$2,024 or 2024% of 2025.5 units", ()),
        ("notes due 2031 under the Act of 1934", ()),
    ),
)  # fmt: skip
def test_periods_of_a_text(text: str, periods: tuple[Period, ...]) -> None:
    assert find_periods(text) == periods


@pytest.mark.parametrize(
    ("text", "periods"),
    (
        ("fiscal years 2020 through 2022", (fiscal(2020), fiscal(2021), fiscal(2022))),
        ("FY2017 - FY2019", (fiscal(2017), fiscal(2018), fiscal(2019))),
        ("FY20-22", (fiscal(2020), fiscal(2021), fiscal(2022))),
        ("from 2021 to 2023", (Period(2021), Period(2022), Period(2023))),
        ("between 2021 and 2023", (Period(2021), Period(2023))),
        ("Q4 2024 to Q2 2025", (Period(2024, 4), Period(2025, 1), Period(2025, 2))),
        ("fiscal 2023 and 2024", (fiscal(2023), fiscal(2024))),
        ("Q1, Q2 and Q3 of FY24", (fiscal(2024, 1), fiscal(2024, 2), fiscal(2024, 3))),
        ("first and second quarters of 2025", (Period(2025, 1), Period(2025, 2))),
        ("the Q4 share of fiscal 2023", (fiscal(2023, 4), fiscal(2023))),
        ("Q4 of 2022 or 2023, then Q1", (Period(2022, 4), Period(2023))),
    ),
)
def test_ranges_and_lists_are_filled(text: str, periods: tuple[Period, ...]) -> None:
    assert find_periods(text) == periods


@pytest.mark.parametrize(
    ("text", "periods"),
    (
        ("FY2023 against the prior year", (fiscal(2023), fiscal(2022))),
        ("Q1 FY2024 against the previous quarter", (fiscal(2024, 1), fiscal(2023, 4))),
        ("Q2 2025 and a year earlier", (Period(2025, 2), Period(2024, 2))),
        ("the June 2025 quarter and a year ago", (Period(2025, month=6), Period(2024, month=6))),
        ("May 26, 2023 and the following year",
         (Period(2023, month=5, day=26), Period(2024, month=5, day=26))),
        ("Against the prior year, how was FY2023?", (fiscal(2022), fiscal(2023))),
        ("two years before FY2023", (fiscal(2021), fiscal(2023))),
        ("Was the prior year better? (FY2023)", (fiscal(2023),)),
        ("last quarter", ()),
    ),
)  # fmt: skip
def test_a_step_in_time_goes_from_a_period_named(text: str, periods: tuple[Period, ...]) -> None:
    assert periods_meant(text) == periods


def test_words_that_measure_time_are_no_topic() -> None:
    text = "the latest year-end debt and annual capex in fiscal 2024, a year earlier"
    assert without_periods(text).split() == ["the", "debt", "and", "capex", "in", ","]
    assert without_periods("current assets").split() == ["current", "assets"]


PERIODS = st.one_of(
    st.builds(Period, st.integers(1990, 2049), fiscal=st.booleans()),
    st.builds(Period, st.integers(1990, 2049), st.integers(1, 4), st.booleans()),
    st.builds(Period, st.integers(1990, 2049), half=st.integers(1, 2), fiscal=st.booleans()),
    st.builds(Period, st.integers(1990, 2049), month=st.integers(1, 12), calendar=st.booleans()),
    st.builds(Period, st.integers(1990, 2049), month=st.integers(1, 12), day=st.integers(1, 28)),
)


@given(PERIODS)
def test_a_period_is_read_back_as_it_is_written(period: Period) -> None:
    assert find_periods(f"in {period}?") == (period,)


@given(PERIODS, st.integers(1, 9))
def test_steps_of_whole_years_lead_back(period: Period, years: int) -> None:
    assert period.moved(4 * years).moved(-4 * years) == period


@pytest.mark.parametrize(
    ("period", "quarters", "moved"),
    (
        (fiscal(2025, 2), 1, fiscal(2025, 3)),
        (fiscal(2025, 4), 1, fiscal(2026, 1)),
        (fiscal(2025, 1), -1, fiscal(2024, 4)),
        (Period(2025, month=6), 1, Period(2025, month=9)),
        (Period(2025, month=12), 1, Period(2026, month=3)),
        (Period(2025, month=12, day=31), -1, Period(2025, month=9, day=30)),
        (Period(2025, month=9, day=30), 1, Period(2025, month=12, day=31)),
        (Period(2025, month=5, day=26), 1, Period(2025, month=8, day=26)),
        (Period(2025, half=1), 1, Period(2025, 3)),
        (Period(2025, half=1), -1, Period(2024, 4)),
        (fiscal(2025), 1, fiscal(2026, 1)),
        (fiscal(2025), -1, fiscal(2024, 4)),
        (Period(2025, half=1), 2, Period(2025, half=2)),
        (Period(2025, half=2), 2, Period(2026, half=1)),
    ),
)
def test_periods_move(period: Period, quarters: int, moved: Period) -> None:
    assert period.moved(quarters) == moved


def filing(stated: str | None, ended: date | None, published: date | None = None) -> Document:
    return Document(
        "id", "filing", Media.PDF, fiscal_period=stated, period_end=ended, published=published
    )


@pytest.mark.parametrize(
    ("period", "matches"),
    (
        (fiscal(2025), True),
        (fiscal(2025, 4), True),
        (Period(2025, 2), True),
        (fiscal(2025, 2), False),
        (Period(2025, half=1), True),
        (Period(2025, half=1, fiscal=True), False),
        (Period(2025, month=6), True),
        (Period(2025, month=3), False),
        (Period(2025, month=6, day=30), True),
        (Period(2025, month=6, day=15), False),
        (Period(2024), False),
    ),
)
def test_a_period_matches_what_a_document_says_of_itself(period: Period, matches: bool) -> None:
    assert period.matches(filing("FY2025Q4", date(2025, 6, 30))) is matches
    assert not period.matches(filing(None, None))


def test_a_plain_year_matches_what_was_published_in_it() -> None:
    article = filing(None, None, published=date(2026, 4, 9))
    assert Period(2026).matches(article)
    assert not fiscal(2026).matches(article)


def test_a_month_matches_what_was_published_in_it_and_its_quarter_does_not() -> None:
    call = filing("FY2026Q1", date(2026, 3, 31), published=date(2026, 4, 29))
    assert Period(2026, month=4, calendar=True).matches(call)
    assert not Period(2026, month=4).matches(call)


@pytest.mark.parametrize(("day", "matches"), ((24, True), (30, True), (17, False), (31, False)))
def test_a_day_matches_a_report_that_is_due_after_it(day: int, matches: bool) -> None:
    report = filing(None, None, published=date(2023, 5, 30))
    assert Period(2023, month=5, day=day).matches(report) is matches


def test_a_year_of_53_weeks_ends_with_its_month() -> None:
    report = filing("FY2023Q2", date(2023, 7, 2))
    assert Period(2023, 2).matches(report)
    assert not Period(2023, 3).matches(report)
    assert Period(2023, month=6).matches(report)
    assert Period(2023, month=6, day=30).matches(report)
    assert not Period(2023).matches(filing(None, date(2023, 1, 1)))
    assert Period(2022).matches(filing(None, date(2023, 1, 1)))


@pytest.mark.parametrize(
    ("period", "wider"),
    (
        (Period(2023, month=5, day=26), Period(2023, month=5, calendar=True)),
        (Period(2023, month=5, calendar=True), Period(2023)),
        (fiscal(2024, 2), fiscal(2024)),
        (fiscal(2024), Period(2024)),
        (Period(2024), None),
    ),
)
def test_a_period_is_looked_for_in_a_wider_one(period: Period, wider: Period | None) -> None:
    assert period.wider == wider


def test_periods_are_sorted_by_their_end() -> None:
    periods = [
        Period(2023, 3), Period(2024), Period(2024, month=5, day=2), Period(2024, half=1)
    ]  # fmt: skip
    assert sorted(periods, key=lambda period: period.ends) == [
        Period(2023, 3), Period(2024, month=5, day=2), Period(2024, half=1), Period(2024)
    ]  # fmt: skip
