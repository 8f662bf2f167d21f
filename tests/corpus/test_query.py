from __future__ import annotations

import tomllib
from datetime import date
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.glossary import expand
from corpus.models import Document, Media
from corpus.periods import Period, find_periods
from corpus.query import rewrite, understand
from corpus.terms import content_terms, terms


@pytest.mark.parametrize(
    ("text", "found"),
    (
        ("$37.6 billion", ["$37.6", "37.6", "billion"]),
        ("up 9.4%", ["up", "9.4%", "9.4"]),
        ("1,234 of $1,234.5", ["1234", "of", "$1234.5", "1234.5"]),
        ("10-K, 10K and 8-k", ["10-k", "10-k", "and", "8-k"]),
        ("FY26 FY2026 Q2FY24", ["fy2026", "2026", "fy2026", "2026", "fy2024", "2024", "q2"]),
        ("H100s U.S. R&D AT&T", ["h100s", "us", "r&d", "at&t"]),
        ("data-center gpt-4", ["data", "center", "gpt-4", "gpt", "4"]),
        ("Meta’s don't", ["meta", "dont"]),
        ("— … ()", []),
    ),
)
def test_figures_forms_and_periods_stay_whole(text: str, found: list[str]) -> None:
    assert terms(text) == found


@given(st.text())
def test_terms_hold_no_space_and_are_lower_case(text: str) -> None:
    for term in terms(text):
        assert term
        assert not any(letter.isspace() for letter in term)


def test_stopwords_do_not_count() -> None:
    assert content_terms("What was the capex of the company for the year?") == ("capex", "year")


@pytest.mark.parametrize(
    ("text", "periods"),
    (
        ("FY2025 and fiscal 2026", (Period(2025, fiscal=True), Period(2026, fiscal=True))),
        ("fiscal year 2024, FY '23", (Period(2024, fiscal=True), Period(2023, fiscal=True))),
        ("Q2 FY24", (Period(2024, 2, fiscal=True),)),
        ("FY2026Q2", (Period(2026, 2, fiscal=True),)),
        ("Q3 2025 and 4Q24", (Period(2025, 3), Period(2024, 4))),
        ("the first quarter of 2025", (Period(2025, 1),)),
        ("second quarter of fiscal 2026", (Period(2026, 2, fiscal=True),)),
        ("the June 2025 quarter", (Period(2025, month=6),)),
        ("quarter ended June 30, 2025", (Period(2025, month=6),)),
        ("in 2024 and 2025", (Period(2024), Period(2025))),
        ("between 2024 and 2024", (Period(2024),)),
        ("$2,024 or 2024% of 2025.5 units", ()),
    ),
)
def test_periods_of_a_question(text: str, periods: tuple[Period, ...]) -> None:
    assert find_periods(text) == periods


@pytest.mark.parametrize(
    ("period", "matches"),
    (
        (Period(2025, fiscal=True), True),
        (Period(2025, 4, fiscal=True), True),
        (Period(2025, 2), True),
        (Period(2025, 2, fiscal=True), False),
        (Period(2025, month=6), True),
        (Period(2025, month=3), False),
        (Period(2024), False),
    ),
)
def test_a_period_matches_what_a_document_says_of_itself(period: Period, matches: bool) -> None:
    filing = Document(
        "id", "10-K", Media.PDF, fiscal_period="FY2025Q4", period_end=date(2025, 6, 30)
    )
    assert period.matches(filing) is matches
    assert not period.matches(Document("id", "note", Media.TEXT))


def test_a_plain_year_matches_what_was_published_in_it() -> None:
    article = Document("id", "article", Media.TEXT, published=date(2026, 4, 9))
    assert Period(2026).matches(article)
    assert not Period(2026, fiscal=True).matches(article)


def test_the_glossary_says_the_same_in_other_words() -> None:
    [group] = expand(terms("How much capex in 2025?"))
    phrases = {" ".join(phrase) for phrase in group}
    assert {"capital expenditures", "purchases of property and equipment"} <= phrases
    assert "capex" not in phrases
    [group] = expand(terms("cost of revenue"))
    assert ("net", "sales") not in group
    assert expand(terms("weather")) == ()


def test_the_glossary_repeats_no_phrase_within_a_group() -> None:
    rows = tomllib.loads(files("corpus").joinpath("glossary.toml").read_text("utf-8"))
    for group in rows["groups"]:
        assert len(group) >= 2
        assert len({tuple(terms(phrase)) for phrase in group}) == len(group), group


def test_a_question_is_understood() -> None:
    query = understand("What does Acme Power's 10-K for FY2025 say of capex?", ("Acme Power",))
    assert query.companies == ("Acme Power",)
    assert query.periods == (Period(2025, fiscal=True),)
    assert query.forms == ("10-K",)
    assert "capex" in query.terms
    assert understand("the last earnings call").forms == ("earnings call",)


ASKED = "What were Microsoft's capital expenditures in the June 2025 quarter?"


@pytest.mark.parametrize(
    ("question", "history", "inherits", "leaves"),
    (
        ("And what did they expect for the next quarter?", [ASKED],
         ("Microsoft", "June 2025 quarter", "capital expenditures"), ()),
        ("And Amazon?", [ASKED], ("June 2025 quarter", "capital expenditures"), ("Microsoft",)),
        ("And for FY2024?", [ASKED, "And Amazon?"], ("Amazon", "capital"), ("June", "Microsoft")),
        ("How many employees work in research laboratories abroad?", [ASKED],
         ("Microsoft", "June 2025 quarter"), ("expenditures",)),
    ),
)  # fmt: skip
def test_a_follow_up_is_made_whole(
    question: str, history: list[str], inherits: tuple[str, ...], leaves: tuple[str, ...]
) -> None:
    whole = rewrite(question, [(asked, "an answer") for asked in history])
    assert whole.startswith(question)
    assert all(part in whole for part in inherits), whole
    assert not any(part in whole for part in leaves), whole


def test_a_question_that_stands_alone_is_left_alone() -> None:
    question = "How concentrated were NVIDIA's direct customers in fiscal 2026?"
    assert rewrite(question, [(ASKED, "")]) == question
    assert rewrite("And what then?", []) == "And what then?"
