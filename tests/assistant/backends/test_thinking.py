from __future__ import annotations

import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.backends.thinking import ThoughtFilter, without_thought


def shown(*deltas: str) -> str:
    thoughts = ThoughtFilter()
    return "".join(map(thoughts.feed, deltas)) + thoughts.close()


@pytest.mark.parametrize(
    ("said", "seen"),
    [
        ("<think>Let me see.</think>\n\nCapex was $5 billion [1].", "Capex was $5 billion [1]."),
        ("\n<think></think>Yes.", "Yes."),
        ("Capex was $5 billion [1].", "Capex was $5 billion [1]."),
        ("The tag <think> is text here.</think>", "The tag <think> is text here.</think>"),
        ("<thin", "<thin"),
        ("<think>never ended", ""),
        ("", ""),
    ],
)
def test_a_thought_at_the_beginning_is_left_out(said: str, seen: str) -> None:
    assert shown(said) == seen
    assert shown(*said) == seen


@given(st.text(alphabet="<think/> a", max_size=40), st.integers(1, 5))
def test_pieces_do_not_matter(said: str, size: int) -> None:
    pieces = [said[start : start + size] for start in range(0, len(said), size)]
    assert shown(*pieces) == shown(said)


def test_a_long_thought_is_not_held() -> None:
    thoughts = ThoughtFilter()
    thoughts.feed("<think>")
    tracemalloc.start()
    try:
        for number in range(1000):
            thoughts.feed(f"{number:>1000}")
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert held < 100_000
    assert thoughts.feed("</thi") + thoughts.feed("nk>Yes.") == "Yes."


@pytest.mark.parametrize(
    ("said", "seen"),
    [
        ("They ask for capex.\n</think>\n\nCapex was $5 billion [1].", "Capex was $5 billion [1]."),
        ("</think>Yes.", "Yes."),
        ("never answered</think>", ""),
        ("Yes.", "Yes."),
        ("The tag <think> is text here.</think>", "The tag <think> is text here.</think>"),
    ],
)
def test_a_thought_that_only_ends_in_the_text_is_no_answer(said: str, seen: str) -> None:
    assert without_thought(said) == seen
