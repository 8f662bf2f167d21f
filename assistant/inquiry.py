"""A question and all that its answer depends on, and the evidence that is found for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol
from uuid import uuid4

from assistant.conversation import Evidence, Turn
from assistant.cost.models import Purpose
from assistant.evidence import DEFAULT_BUDGET, build_evidence
from corpus.models import Filters, Hit

__all__ = ["NO_FILTERS", "Inquiry", "Searchable", "find_evidence", "whole_in"]

HITS = 30
"""Passages asked of the search; the evidence budget decides how many are used."""
NO_FILTERS = Filters()


class Searchable(Protocol):
    """The part of the corpus that answering needs."""

    def search(self, question: str, k: int = 10, filters: Filters = ...) -> tuple[Hit, ...]: ...

    def whole(self, question: str, history: Sequence[tuple[str, str]]) -> str: ...


@dataclass(frozen=True, slots=True)
class Inquiry:
    """A question and all that its answer depends on beside corpus, backend and meter.

    With `evidence` given, nothing is searched: several backends may read the same passages. A
    `fresh` one is answered by a call even where the same answer is kept. `purpose` is what its
    calls are for.
    """

    question: str
    history: tuple[Turn, ...] = ()
    filters: Filters = NO_FILTERS
    evidence_tokens: int = DEFAULT_BUDGET
    conversation: str = field(default_factory=lambda: uuid4().hex)
    turn: str = field(default_factory=lambda: uuid4().hex)
    user: str = "local"
    evidence: tuple[Evidence, ...] | None = None
    fresh: bool = False
    purpose: Purpose = Purpose.ANSWER


def find_evidence(inquiry: Inquiry, corpus: Searchable) -> tuple[Evidence, ...]:
    """Return the evidence for an inquiry: what it was given, else what a search finds.

    Raises CorpusError.
    """
    if inquiry.evidence is not None:
        return inquiry.evidence
    whole = whole_in(corpus, inquiry.question, inquiry.history)
    hits = corpus.search(whole, HITS, inquiry.filters)
    return build_evidence(hits, inquiry.evidence_tokens)


def whole_in(corpus: Searchable, question: str, history: Sequence[Turn]) -> str:
    """Return the question with what a follow-up leaves to the earlier turns put in.

    Names are those that the corpus knows. Raises CorpusError.
    """
    return corpus.whole(question, [(turn.question, turn.answer) for turn in history])
