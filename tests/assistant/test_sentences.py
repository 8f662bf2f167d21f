from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.sentences import is_item, sentences, shared_runs, spans, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Capex was $2.35 billion. It rose.", ["Capex was $2.35 billion.", "It rose."]),
        (
            "The U.S. Government paid No. 5 Corp. It did.",
            ["The U.S. Government paid No. 5 Corp. It did."],
        ),
        ("He said “no.” Then he left.", ["He said “no.”", "Then he left."]),
        ("A heading\nThe text goes on\nwith more.", ["A heading", "The text goes on\nwith more."]),
        (
            "Up to approximately\n$5 billion was spent.",
            ["Up to approximately\n$5 billion was spent."],
        ),
        ("Text.\nRevenue | 5 | 6\nCost | 1 | 2", ["Text.", "Revenue | 5 | 6", "Cost | 1 | 2"]),
        ("Included: • One thing. • Another.", ["Included:", "• One thing.", "• Another."]),
        ("- First. Still.\n- Second.", ["- First.", "Still.", "- Second."]),
        ("Costs of\n[…] Sales\nthe year.", ["Costs of", "[…] Sales", "the year."]),
        ("Row | 1\n…\nlabel\nRow | 2", ["Row | 1", "…", "label", "Row | 2"]),
        ("1. Apples,\n2. Pears and\n- Plums.", ["1. Apples,", "2. Pears and", "- Plums."]),
        ("", []),
    ],
)
def test_sentences_and_rows_are_told_apart(text: str, expected: list[str]) -> None:
    assert list(sentences(text)) == expected


@given(st.text(alphabet="ab .!?|\n$5•-“”", max_size=80))
def test_spans_are_in_order_and_hold_all_but_white_space(text: str) -> None:
    found = spans(text)
    assert all(start < end for start, end in found)
    assert list(found) == sorted(found)
    held = "".join("".join(text[start:end].split()) for start, end in found)
    assert held == "".join(text.split())


def test_words_are_lower_case_and_keep_figures() -> None:
    assert words("Capex of $37.6B, the company’s") == (
        "capex",
        "of",
        "37.6",
        "b",
        "the",
        "company's",
    )


def test_items_are_known_by_their_line() -> None:
    text = "Intro.\n- One. More.\n12) Two.\n2026 was good."
    places = [text.index(said) for said in ("Intro", "One", "More", "Two", "2026")]
    assert [is_item(text, place) for place in places] == [False, True, True, True, False]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("So: One two three four!", ["One two three four"]),
        ("ONE, two; three? no one two three", ["ONE, two; three", "one two three"]),
        ("one two no three four", []),
        ("", []),
    ],
)
def test_runs_of_words_that_a_text_repeats(text: str, found: list[str]) -> None:
    runs = shared_runs(text, "This is one two three four.", 3)
    assert [text[slice(*run)] for run in runs] == found
