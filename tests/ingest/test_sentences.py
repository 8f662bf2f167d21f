"""Sentences keep their wording, and full stops inside them end nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.tokens import count_tokens
from ingest.sentences import fitting, sentences

WORDS = st.sampled_from(
    ["revenue", "U.S.", "Inc.", "5.5", "$95.2", "grew;", "cost,", "Capex", "No. 1", "12%", "“so”"]
)
TEXTS = st.lists(
    st.tuples(st.lists(WORDS, min_size=1, max_size=30), st.sampled_from([".", "!", "?", ".\n"])),
    max_size=8,
).map(lambda parts: " ".join(" ".join(words) + stop for words, stop in parts))


@pytest.mark.parametrize(
    "whole",
    [
        "The U.S. Government bought 5.5 million units.",
        "Harbor Mills, Inc. The company's name stays whole.",
        "J. P. Novak spoke in Nov. 2024 about item No. 4.",
        "It rose from $1.2 billion to $3.4 billion, vs. 12.5% before.",
        "a result of 3.x. lower case follows",
    ],
)
def test_a_full_stop_within_a_sentence_ends_nothing(whole: str) -> None:
    assert list(sentences(whole)) == [whole]


def test_sentences_of_a_transcript_without_line_breaks() -> None:
    text = 'Thank you. Revenue was $5.5 billion, up 12.1%! Was that expected? "Yes." It was.'
    assert list(sentences(text)) == [
        "Thank you.",
        "Revenue was $5.5 billion, up 12.1%!",
        "Was that expected?",
        '"Yes."',
        "It was.",
    ]


def test_ideographic_full_stops_need_no_space() -> None:
    assert list(sentences("売上高は増加した。利益も増加した。")) == [
        "売上高は増加した。",
        "利益も増加した。",
    ]


@given(TEXTS)
def test_no_word_is_lost_or_moved(text: str) -> None:
    assert " ".join(sentences(text)).split() == text.split()


@given(TEXTS, st.integers(min_value=5, max_value=60))
def test_pieces_fit_and_hold_every_word(text: str, limit: int) -> None:
    pieces = list(fitting(text, limit, count_tokens))
    assert all(count_tokens(piece) <= limit for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(text.split())


def test_a_long_sentence_is_cut_at_its_clauses() -> None:
    text = "we bought servers, which cost more; we leased sites, which cost less"
    assert list(fitting(text, 9, count_tokens)) == [
        "we bought servers, which cost more;",
        "we leased sites, which cost less",
    ]


@given(st.text(min_size=1, max_size=300), st.integers(min_value=4, max_value=40))
def test_any_text_fits(text: str, limit: int) -> None:
    pieces = list(fitting(text, limit, count_tokens))
    assert all(count_tokens(piece) <= limit or len(piece) == 1 for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(text.split())


def test_an_unbroken_run_of_any_length_is_cut() -> None:
    assert max(map(len, fitting("x" * 100_000, 200, count_tokens))) <= 200 * 20
