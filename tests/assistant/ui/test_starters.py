"""Starter questions come from the notes that the corpus holds."""

from __future__ import annotations

from datetime import date

from assistant.ui.starters import starters
from corpus.models import Document, Media


def note(title: str, topics: str, *questions: str, day: int = 1) -> Document:
    return Document(
        id=title,
        title=title,
        media=Media.MARKDOWN,
        form="note",
        published=date(2026, 5, day),
        topics=tuple(topics.split()),
        questions=questions,
    )


def test_questions_are_those_of_the_notes() -> None:
    held = [note("a", "capex", "What is spent?"), note("b", "tokens", "What is a token?")]
    assert set(starters(held)) == {"What is spent?", "What is a token?"}


def test_topics_are_as_unlike_as_can_be() -> None:
    held = [
        note("one", "capex leases", "1a?", "1b?", day=9),
        note("two", "capex leases", "2a?", "2b?", day=8),
        note("three", "tokens prices", "3a?", "3b?", day=7),
        note("four", "utilization", "4a?", day=6),
    ]
    asked = starters(held)
    assert asked[:3] == ("1a?", "3a?", "4a?")
    assert asked[3] == "2a?"
    assert len(asked) == 6


def test_no_more_than_asked_for_and_none_twice() -> None:
    held = [note(str(n), f"topic{n}", f"What is {n}?", "The same?") for n in range(9)]
    assert len(starters(held)) == 6
    assert len(starters(held[:2])) == 3


def test_other_documents_are_asked_about_by_title() -> None:
    report = Document(id="z", title="Zephyr annual report", media=Media.TEXT)
    assert starters([report]) == ("What does “Zephyr annual report” say?",)
    assert starters([report, note("a", "capex", "What is spent?")]) == ("What is spent?",)


def test_an_empty_corpus_suggests_nothing() -> None:
    assert starters([]) == ()
