"""What the analyst understands of a question, and of the periods that texts name."""

from __future__ import annotations

from datetime import date

import pytest

from assistant.backends.analyst_periods import Period, periods
from assistant.backends.analyst_question import analyse
from assistant.backends.analyst_wanted import Wanted


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("in 2024 and 2025", (Period(2024), Period(2025))),
        ("fiscal 2024", (Period(2024, fiscal=True),)),
        ("FY26", (Period(2026, fiscal=True),)),
        ("the first quarter of 2025", (Period(2025, quarter=1),)),
        ("Q3 FY2026", (Period(2026, quarter=3, fiscal=True),)),
        ("FY2026Q2", (Period(2026, quarter=2, fiscal=True),)),
        ("the March 2026 quarter", (Period(2026, month=3),)),
        ("on April 30, 2026", (Period(2026, month=4),)),
        ("the first nine months of fiscal year 2026", (Period(2026, fiscal=True, part="9M"),)),
        ("the second half of 2025", (Period(2025, part="H2"),)),
        ("$2025 and 2,025 and 3.2024", ()),
    ],
)
def test_periods_are_read(text: str, expected: tuple[Period, ...]) -> None:
    assert periods(text) == expected


@pytest.mark.parametrize(
    ("period", "day", "held"),
    [
        (Period(2026), date(2026, 4, 30), True),
        (Period(2026, quarter=1), date(2026, 3, 31), True),
        (Period(2026, quarter=1), date(2026, 4, 30), False),
        (Period(2026, quarter=1, fiscal=True), date(2026, 3, 31), False),
        (Period(2026, month=4), date(2026, 4, 29), True),
    ],
)
def test_a_period_holds_days_by_the_calendar(period: Period, day: date, held: bool) -> None:
    assert period.holds(day) is held


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("How much did Meta spend?", Wanted.MONEY),
        ("What was Oracle's capex in 2025?", Wanted.MONEY),
        ("What does an H100 cost per GPU-hour?", Wanted.RATE),
        ("What share of revenue came from Microsoft?", Wanted.PERCENT),
        ("What useful life do servers have?", Wanted.DURATION),
        ("How many GPUs does it run?", Wanted.COUNT),
        ("What is Oracle's headcount?", Wanted.COUNT),
        ("How much contracted power is there?", Wanted.COUNT),
        ("Who runs Meta Compute?", Wanted.PERSON),
        ("When did the deal close?", Wanted.DATE),
        ("Why did margins fall?", Wanted.REASON),
        ("How did Coinbase do it?", Wanted.MANNER),
        ("Is utilization high because of idle chips?", Wanted.PERCENT),
        ("What did Intel say about demand?", Wanted.STATEMENT),
        ("What does a power load factor measure?", Wanted.MEANING),
        ("What is meant by take-or-pay?", Wanted.MEANING),
        ("What is capex?", Wanted.MEANING),
        ("What is Meta's capex?", Wanted.MONEY),
        ("What is the capex?", Wanted.MONEY),
        ("How does backlog differ from RPO?", Wanted.MEANING),
        ("Where in a 10-K do I find purchase commitments?", Wanted.PLACE),
        ("What part of 3M's accounts receivable is past due?", Wanted.STATEMENT),
        ("What do the canals teach about capex?", Wanted.STATEMENT),
        ("What did the change mean for Amazon's operating income?", Wanted.STATEMENT),
        ("When did 3M define its segments anew?", Wanted.DATE),
        ("What is 2025 capex?", Wanted.MONEY),
        ("How much did Coinbase save by routing?", Wanted.AMOUNT),
    ],
)
def test_the_kind_of_answer_is_understood(question: str, wanted: Wanted) -> None:
    assert analyse(question).wanted is wanted


def test_a_question_falls_into_parts_companies_and_names() -> None:
    asked = analyse("What did Andy Jassy expect of Amazon's 2026 capex, and why did it rise?")
    assert [part.wanted for part in asked.parts] == [Wanted.MONEY, Wanted.REASON]
    assert asked.companies == ("Amazon",)
    assert asked.names == ("Andy Jassy",)
    assert asked.expected
    assert not asked.related


@pytest.mark.parametrize(
    ("question", "related"),
    [
        ("How much has Meta committed to CoreWeave?", True),
        ("What were the capex plans of Meta and Amazon?", False),
        ("Compare Meta with Amazon.", False),
        ("What does Meta plan?", False),
    ],
)
def test_dealings_are_told_from_comparisons(question: str, related: bool) -> None:
    assert analyse(question).related is related


def test_terms_to_tell_apart_are_parts() -> None:
    asked = analyse("What is the difference between allocation, MFU and a load factor?")
    assert [part.text for part in asked.parts] == ["allocation", "MFU", "a load factor"]
    assert asked.contrast
    assert not analyse("What is the difference between Meta's capex and Amazon's?").contrast
    assert [p.text for p in analyse("How does backlog differ from RPO?").parts] == [
        "backlog", "RPO",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("question", "standing"),
    [
        ("What are NVIDIA's purchase commitments?", True),
        ("How large is CoreWeave's backlog?", True),
        ("What were NVIDIA's purchase commitments?", False),
        ("What is Meta's 2026 capex?", False),
        ("What capex is Meta expected to have?", False),
        ("Why is the margin low?", False),
    ],
)
def test_a_figure_is_asked_for_as_it_stands_now(question: str, standing: bool) -> None:
    assert analyse(question).standing is standing


def test_which_one_is_asked_for_counts_less_than_what_it_is() -> None:
    weights = {term.word: term.weight for term in analyse("Who is the largest supplier?").terms}
    assert weights["largest"] < weights["supplier"]


def test_what_a_follow_up_leaves_to_earlier_turns_counts_less() -> None:
    asked = analyse("And its revenue?", " (Meta 2026 capital expenditure)")
    assert asked.companies == ("Meta",)
    assert asked.periods == (Period(2026),)
    weights = {term.word: term.weight for term in asked.terms}
    assert weights["revenue"] > weights["capital expenditure"]
