"""Why a passage was chosen, in the words of the question's own parts; pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import chain

from corpus.forms import base_form
from corpus.models import Document, Passage, Reason, ReasonKind
from corpus.query import Query
from corpus.statement_pages import Showing
from corpus.terms import terms

__all__ = ["merged", "reasons"]

_OF_DOCUMENT = frozenset({ReasonKind.COMPANY, ReasonKind.PERIOD, ReasonKind.FORM})
_OF_WORDS = frozenset({ReasonKind.STATEMENT, ReasonKind.ITEM, ReasonKind.TERMS})
_KINDS = tuple(ReasonKind)
_BETWEEN = ", "
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


def merged(each: Iterable[Reason]) -> tuple[Reason, ...]:
    """Return the reasons of passages that are shown as one: each once, by kind.

    No word is named twice, and none is there for its meaning alone where another matches more.
    """
    found = tuple(dict.fromkeys(each))
    items = _words_in(reason.text for reason in found if reason.kind is ReasonKind.ITEM)
    words = dict.fromkeys(
        word
        for reason in found
        if reason.kind is ReasonKind.TERMS
        for word in reason.text.split(_BETWEEN)
        if word not in items
    )
    left_out = {ReasonKind.TERMS}
    if any(reason.kind in _OF_WORDS for reason in found):
        left_out.add(ReasonKind.MEANING)
    kept = [reason for reason in found if reason.kind not in left_out]
    if words:
        kept.append(Reason(ReasonKind.TERMS, _BETWEEN.join(words)))
    return tuple(sorted(kept, key=lambda reason: _KINDS.index(reason.kind)))


def _reasons(
    query: Query, document: Document, passage: Passage, showing: Showing
) -> Iterator[Reason]:
    yield from _of_document(query, document)
    for statement in query.statements:
        if statement in showing.primary:
            yield Reason(ReasonKind.STATEMENT, statement.value)
    asked = query.topic or query.terms
    named = {item: _words_in([item]) for item in query.items}
    words = _words_of(passage.text, frozenset(chain(asked, *named.values())))
    items = [item for item in query.items if named[item] <= words]
    yield from (Reason(ReasonKind.ITEM, item) for item in items)
    rest = words.difference(*(named[item] for item in items))
    matched = [word for word in asked if word in rest]
    if matched:
        yield Reason(ReasonKind.TERMS, _BETWEEN.join(matched[:NAMED_TERMS]))


def _words_in(texts: Iterable[str]) -> frozenset[str]:
    return frozenset(terms(" ".join(texts)))


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
