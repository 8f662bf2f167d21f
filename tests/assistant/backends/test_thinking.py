from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.backends.thinking import ThoughtFilter


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
