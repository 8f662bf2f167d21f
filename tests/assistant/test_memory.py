from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.conversation import Turn
from assistant.memory import slim
from assistant.prompts import REFUSAL
from corpus.tokens import count_tokens

CAPEX = Turn("What capex does Meta expect for 2026?", "Meta expects $125 billion [1]. It rose [2].")
LONG = Turn(
    "What does Meta say of servers?", " ".join(["Meta buys servers for training [3]."] * 80)
)


def tokens(turns: tuple[Turn, ...]) -> int:
    return sum(count_tokens(turn.question) + count_tokens(turn.answer) for turn in turns)


@pytest.mark.parametrize(
    "question",
    [
        "How concentrated were NVIDIA's direct customers in fiscal 2026?",
        "What did CoreWeave say about prices of older GPUs at the end of 2025?",
    ],
)
def test_a_question_that_stands_by_itself_takes_no_history(question: str) -> None:
    assert slim(question, (CAPEX,)) == ()


def test_a_follow_up_takes_the_turn_before_without_its_markers() -> None:
    (turn,) = slim("And what about 2025?", (CAPEX,))
    assert turn == Turn(CAPEX.question, "Meta expects $125 billion. It rose.")


def test_turns_stay_in_order_and_the_oldest_go_first() -> None:
    short = [
        Turn(f"What is Meta's capex in {year}?", f"It was {year}.") for year in range(2010, 2026)
    ]
    kept = slim("And why?", short, budget_tokens=60)
    assert kept == tuple(short[-len(kept) :])
    assert 1 < len(kept) < len(short)


def test_a_long_answer_is_cut_at_the_end_of_a_sentence() -> None:
    (turn,) = slim("And why?", (LONG,), budget_tokens=100)
    assert turn.answer.endswith("training.")
    assert 50 < tokens((turn,)) <= 100


def test_the_newest_turn_is_kept_even_over_the_budget() -> None:
    (turn,) = slim("And why?", (CAPEX, LONG), budget_tokens=5)
    assert turn == Turn(LONG.question, "Meta buys servers for training.")


def test_a_refusal_keeps_its_first_sentence() -> None:
    refused = Turn(CAPEX.question, f"{REFUSAL} I looked for Meta. The closest: “Note” [1].")
    (turn,) = slim("And for 2025?", (refused,))
    assert turn.answer == REFUSAL


def test_without_history_there_is_none() -> None:
    assert slim("And why?", ()) == ()


@given(
    lengths=st.lists(st.integers(0, 60), min_size=1, max_size=5),
    budget=st.integers(20, 300),
)
def test_the_budget_holds_and_no_answer_is_left_without_text(
    lengths: list[int], budget: int
) -> None:
    history = [Turn("What is Meta's capex?", "It grew fast [1]. " * n or "Yes.") for n in lengths]
    kept = slim("And why?", history, budget_tokens=budget)
    assert kept
    assert tokens(kept) <= budget
    assert all(turn.answer for turn in kept)
