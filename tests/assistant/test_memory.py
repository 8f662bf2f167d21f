from __future__ import annotations

from assistant.conversation import Turn
from assistant.memory import DEFAULT_BUDGET, slim
from assistant.prompts import REFUSAL
from corpus.tokens import count_tokens

META = Turn(
    "What capex does Meta expect for 2026?", "It expects $125 billion [1] to $145 billion [2][3]."
)


def test_a_question_that_stands_by_itself_needs_no_history() -> None:
    assert (
        slim("What were Amazon's purchases of property and equipment in fiscal 2025?", [META]) == ()
    )
    assert slim("And why?", []) == ()


def test_a_follow_up_keeps_the_turn_that_it_leans_on_without_its_markers() -> None:
    (kept,) = slim("And for 2027?", [META])
    assert kept.question == META.question
    assert kept.answer == "It expects $125 billion to $145 billion."


def test_the_newest_turns_are_kept_within_the_budget() -> None:
    talk = [
        Turn(f"What capex does Meta expect for {year}?", "Much. " * 40)
        for year in range(2016, 2026)
    ]
    kept = slim("And after that?", talk, budget_tokens=300)
    assert kept
    assert [turn.question for turn in kept] == [turn.question for turn in talk[-len(kept) :]]
    assert len(slim("And after that?", talk, budget_tokens=1)) == 1


def test_long_answers_end_with_a_sentence_and_refusals_with_their_first() -> None:
    long = Turn(META.question, "Meta expects to spend a great deal of money on servers. " * 60)
    (kept,) = slim("And why?", [long])
    assert count_tokens(kept.answer) <= DEFAULT_BUDGET
    assert kept.answer.endswith("servers.")
    (refused,) = slim(
        "And why?", [Turn(META.question, f"{REFUSAL} I looked for much. Closest: X.")]
    )
    assert refused.answer == REFUSAL


def test_a_sentence_without_an_end_is_kept_whole() -> None:
    endless = Turn(META.question, "word " * 400)
    (kept,) = slim("And why?", [endless])
    assert kept.answer == endless.answer.strip()
