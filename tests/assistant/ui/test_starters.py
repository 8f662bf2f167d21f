"""Starter questions suit what the corpus holds."""

from __future__ import annotations

from assistant.ui.starters import starters
from corpus.models import Document, Media


def document(title: str, *companies: str) -> Document:
    return Document(id=title, title=title, media=Media.TEXT, companies=companies)


def test_questions_are_about_companies_in_the_corpus() -> None:
    asked = starters([document("a", "Amazon"), document("b", "Meta")])
    assert asked
    assert all("Amazon" in question or "Meta" in question for question in asked)


def test_other_documents_are_asked_about_by_title() -> None:
    assert starters([document("Zephyr annual report", "Zephyr")]) == (
        "What does “Zephyr annual report” say?",
    )


def test_an_empty_corpus_suggests_nothing() -> None:
    assert starters([]) == ()
