"""Follow-ups made whole without a model."""

from __future__ import annotations

import pytest

from corpus.aliases import Aliases
from corpus.query import rewrite, understand

QUARTER = "What were Microsoft's capital expenditures in the June 2025 quarter?"
FISCAL = "What was Boeing's cost of sales in Q4 FY2024?"
YEAR = "Why did Nike's gross margin fall in FY2023?"


def whole(question: str, *asked: str) -> str:
    return rewrite(question, [(earlier, "an answer") for earlier in asked])


@pytest.mark.parametrize(
    ("question", "asked", "added"),
    (
        ("And in the quarter after that?", FISCAL, "Boeing Q1 FY2025 cost of sales"),
        ("And in the quarter after that?", QUARTER,
         "Microsoft September 2025 quarter capital expenditures"),
        ("And the one after that?", QUARTER,
         "Microsoft September 2025 quarter capital expenditures"),
        ("And the one before?", YEAR, "Nike FY2022 gross margin fall"),
        ("And the year before?", FISCAL, "Boeing Q4 FY2023 cost of sales"),
        ("And the year before?", "How did Nike's sales grow in FY2023 from the prior year?",
         "Nike FY2021 sales grow"),
        ("And Q2?", FISCAL, "Boeing Q2 FY2024 cost of sales"),
        ("And in the same quarter of 2022?", FISCAL, "Boeing Q4 FY2022 cost of sales"),
        ("And for the full year?", FISCAL, "Boeing FY2024 cost of sales"),
        ("What about Airbnb?", FISCAL, "Q4 FY2024 cost of sales"),
        ("And Amazon?", QUARTER, "June 2025 quarter capital expenditures"),
        ("Why?", QUARTER, "Microsoft June 2025 quarter capital expenditures"),
        ("How does that compare with Google?", QUARTER,
         "Microsoft June 2025 quarter capital expenditures"),
        ("Is Google's higher than that?", QUARTER,
         "Microsoft June 2025 quarter capital expenditures"),
        ("Is that more than a year earlier?", FISCAL,
         "Boeing Q4 FY2024; Q4 FY2023 cost of sales"),
        ("Is that higher than in FY2021?", YEAR, "Nike FY2023 gross margin fall"),
        ("And R&D?", FISCAL, "Boeing Q4 FY2024"),
        ("What does it say now?", FISCAL, "Boeing cost of sales"),
        ("And what did they expect for the next quarter?", QUARTER,
         "Microsoft June 2025 quarter capital expenditures"),
        ("How many engineers work in research laboratories abroad?", QUARTER,
         "Microsoft June 2025 quarter"),
    ),
)  # fmt: skip
def test_a_follow_up_takes_what_it_does_not_say(question: str, asked: str, added: str) -> None:
    assert whole(question, asked) == f"{question} ({added})"


def test_a_follow_up_to_a_follow_up_goes_on_from_it() -> None:
    after = "And the quarter after that?"
    asked = (FISCAL, "And Airbnb?", after)
    assert whole(after, *asked) == f"{after} (Airbnb Q2 FY2025 cost of sales)"


def test_a_whole_question_moves_no_period_again() -> None:
    """What was resolved is not read as one more step in time."""
    for question in ("and the year before", "Is that more than a year earlier?"):
        periods = understand(whole(question, FISCAL)).periods
        assert "Q4 FY2022" not in map(str, periods), periods


@pytest.mark.parametrize(
    "question",
    (
        "How concentrated were NVIDIA's direct customers in fiscal 2026?",
        "What was Airbnb's revenue in FY2023?",
        "And what was Airbnb's revenue in FY2023?",
        "How did Coinbase cut its spending?",
        "Which acquisitions that Best Buy made were material?",
        "What is a neocloud?",
    ),
)
def test_a_new_question_is_left_alone(question: str) -> None:
    assert whole(question, QUARTER) == question


def test_without_history_nothing_is_added() -> None:
    assert rewrite("And what then?", []) == "And what then?"


def test_the_corpus_s_own_names_and_nicknames_are_known() -> None:
    asked = [("What was Zorblax Power's revenue in FY2023?", "")]
    aliases = Aliases((("the volt people", "Zorblax Power"),))
    question = "And the volt people in FY2022?"
    assert rewrite(question, asked, ("Zorblax Power",), aliases) == f"{question} (revenue)"
    follow_up = "And in FY2022?"
    assert rewrite(follow_up, asked, ("Zorblax Power",)) == f"{follow_up} (Zorblax Power revenue)"
