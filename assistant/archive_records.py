"""A finished turn as a record that holds no text of any document: only where that text stands.

What was quoted is looked up again when the turn is drawn. So an old turn opens the passages of a
document that was replaced since, and one that was removed is gone from old turns too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from pydantic import TypeAdapter

from assistant.conversation import (
    Answer,
    Citation,
    CitedFigure,
    Evidence,
    Flag,
    Seconds,
    Span,
    Step,
)
from assistant.cost.models import Attempt
from assistant.evidence import evidence_of
from corpus.errors import DocumentNotFound
from corpus.models import Document, Media, Passage

__all__ = ["Library", "Record", "answer_of", "evidence_from", "from_json", "record_of", "to_json"]

VERSION = 1


class Library(Protocol):
    """The part of the corpus that holds what old turns cite."""

    def passage(self, passage_id: str) -> Passage | None: ...
    def document(self, document_id: str) -> Document: ...


@dataclass(frozen=True, slots=True)
class DocumentFacts:
    """What is still said of a document that was removed; nothing of its text."""

    id: str
    title: str
    media: Media
    companies: tuple[str, ...]
    form: str | None
    fiscal_period: str | None
    published: date | None


@dataclass(frozen=True, slots=True)
class StoredEvidence:
    n: int
    document: DocumentFacts
    passages: tuple[str, ...]
    tokens: int


@dataclass(frozen=True, slots=True)
class StoredCitation:
    """A quote as offsets into its passage's text."""

    n: int
    passage: str
    quote: Span


@dataclass(frozen=True, slots=True)
class StoredStep:
    backend: str
    label: str
    destination: str
    reason: str
    outcome: str | None
    attempt: str | None


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    text: str
    answered: bool
    citations: tuple[StoredCitation, ...]
    figures: tuple[CitedFigure, ...]
    dropped: int
    flags: tuple[Flag, ...]
    steps: tuple[StoredStep, ...]
    attempt: str
    attempts: tuple[str, ...]
    seconds: Seconds


@dataclass(frozen=True, slots=True)
class Record:
    """What a turn leaves; `answer` is None for one that has none."""

    evidence: tuple[StoredEvidence, ...]
    answer: StoredAnswer | None
    version: int = VERSION


_JSON = TypeAdapter(Record)


def to_json(record: Record) -> dict[str, Any]:
    found: dict[str, Any] = _JSON.dump_python(record, mode="json")
    return found


def from_json(value: Mapping[str, Any]) -> Record:
    """Raises ValueError for what is no record of this version."""
    return _JSON.validate_python(value)


def record_of(evidence: Sequence[Evidence], answer: Answer | None) -> Record:
    return Record(
        evidence=tuple(map(_stored_evidence, evidence)),
        answer=_stored_answer(answer) if answer is not None else None,
    )


def evidence_from(record: Record, library: Library) -> tuple[Evidence, ...]:
    """Return the evidence with its text as the corpus holds it now, none where it was removed."""
    return tuple(_evidence(item, library) for item in record.evidence)


def answer_of(
    question: str,
    record: Record,
    evidence: Sequence[Evidence],
    attempts: Mapping[str, Attempt],
) -> Answer | None:
    """Return the answer of a record; `attempts` are the ledger's rows by id."""
    stored = record.answer
    if stored is None or stored.attempt not in attempts:
        return None
    return Answer(
        question=question,
        text=stored.text,
        answered=stored.answered,
        citations=tuple(_citations(stored.citations, evidence)),
        figures=stored.figures,
        evidence=tuple(evidence),
        dropped_citations=stored.dropped,
        attempt=attempts[stored.attempt],
        seconds=stored.seconds,
        flags=stored.flags,
        steps=tuple(_step(step, attempts) for step in stored.steps),
        attempts=tuple(attempts[name] for name in stored.attempts if name in attempts),
    )


def _stored_evidence(item: Evidence) -> StoredEvidence:
    document = item.document
    facts = DocumentFacts(
        id=document.id,
        title=document.title,
        media=document.media,
        companies=document.companies,
        form=document.form,
        fiscal_period=document.fiscal_period,
        published=document.published,
    )
    return StoredEvidence(item.n, facts, tuple(p.id for p in item.passages), item.tokens)


def _stored_answer(answer: Answer) -> StoredAnswer:
    return StoredAnswer(
        text=answer.text,
        answered=answer.answered,
        citations=tuple(map(_stored_citation, answer.citations)),
        figures=answer.figures,
        dropped=answer.dropped_citations,
        flags=answer.flags,
        steps=tuple(map(_stored_step, answer.steps)),
        attempt=answer.attempt.id,
        attempts=tuple(attempt.id for attempt in answer.attempts),
        seconds=answer.seconds,
    )


def _stored_citation(citation: Citation) -> StoredCitation:
    start = max(0, citation.passage.text.find(citation.quote))
    return StoredCitation(citation.n, citation.passage.id, (start, start + len(citation.quote)))


def _stored_step(step: Step) -> StoredStep:
    return StoredStep(
        backend=step.backend,
        label=step.label,
        destination=step.destination,
        reason=step.reason,
        outcome=step.outcome,
        attempt=step.attempt.id if step.attempt is not None else None,
    )


def _step(step: StoredStep, attempts: Mapping[str, Attempt]) -> Step:
    return Step(
        backend=step.backend,
        label=step.label,
        destination=step.destination,
        reason=step.reason,
        outcome=step.outcome,
        attempt=attempts.get(step.attempt or ""),
    )


def _evidence(item: StoredEvidence, library: Library) -> Evidence:
    try:
        document = library.document(item.document.id)
    except DocumentNotFound:
        document = Document(
            id=item.document.id,
            title=item.document.title,
            media=item.document.media,
            companies=item.document.companies,
            form=item.document.form,
            fiscal_period=item.document.fiscal_period,
            published=item.document.published,
        )
    passages = [
        library.passage(name) or Passage(name, document.id, place, "", "")
        for place, name in enumerate(item.passages)
    ]
    return evidence_of(item.n, document, passages, item.tokens)


def _citations(stored: Sequence[StoredCitation], evidence: Sequence[Evidence]) -> list[Citation]:
    places = {passage.id: (item, passage) for item in evidence for passage in item.passages}
    return [
        Citation(one.n, item.document, passage, passage.text[slice(*one.quote)])
        for one in stored
        if one.passage in places
        for item, passage in [places[one.passage]]
    ]
