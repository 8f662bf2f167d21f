"""Why a passage was chosen, in the words of the question's own parts; pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from corpus.forms import base_form
from corpus.models import Document, Passage, Reason, ReasonKind
from corpus.query import Query
from corpus.statement_pages import Showing
from corpus.terms import terms

__all__ = ["reasons"]

_OF_DOCUMENT = frozenset({ReasonKind.COMPANY, ReasonKind.PERIOD, ReasonKind.FORM})
NAMED_TERMS = 4
"""Words of the question that are named, those that stand first in it."""


def reasons(
    query: Query, document: Document, passage: Passage, showing: Showing
) -> tuple[Reason, ...]:
    """Return what of the question the passage and its document match.

    One that matches in no word is there for its meaning alone.
    """
    found = tuple(_reasons(query, document, passage, showing))
    of_its_own = [reason for reason in found if reason.kind not in _OF_DOCUMENT]
    return found if of_its_own else (*found, Reason(ReasonKind.MEANING, "similar meaning"))


def _reasons(
    query: Query, document: Document, passage: Passage, showing: Showing
) -> Iterator[Reason]:
    yield from _of_document(query, document)
    for statement in query.statements:
        if statement in showing.primary:
            yield Reason(ReasonKind.STATEMENT, statement.value)
    asked = query.topic or query.terms
    words = _words_of(passage.text, frozenset((*asked, *terms(" ".join(query.items)))))
    for item in query.items:
        if set(terms(item)) <= words:
            yield Reason(ReasonKind.ITEM, item)
    matched = [word for word in asked if word in words]
    if matched:
        yield Reason(ReasonKind.TERMS, ", ".join(matched[:NAMED_TERMS]))


def _words_of(text: str, asked: frozenset[str]) -> set[str]:
    """Return which of the words asked for stand in the text; the rest of it is not cut up."""
    return set(_any_of(asked).findall(text.lower())) if asked else set()


@lru_cache(maxsize=8)
def _any_of(words: frozenset[str]) -> re.Pattern[str]:
    longest_first = sorted(words, key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)")


def _of_document(query: Query, document: Document) -> Iterator[Reason]:
    for name in query.companies:
        if name in document.companies:
            yield Reason(ReasonKind.COMPANY, name)
    for period in query.periods:
        if period.matches(document):
            yield Reason(ReasonKind.PERIOD, str(period))
    if document.form and base_form(document.form) in query.forms:
        yield Reason(ReasonKind.FORM, document.form)
