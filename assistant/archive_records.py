"""A finished turn as a record that holds no text of any document: only where that text stands.

What was quoted is looked up again when the turn is drawn. So an old turn opens the passages of a
document that was replaced since, and one that was removed is gone from old turns too. Where a
passage's text is not what it was, it counts as gone: no other words may stand under a citation.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Protocol

from assistant.archive_schema import (
    VERSION,
    DocumentFacts,
    Record,
    StoredAnswer,
    StoredCitation,
    StoredEvidence,
    StoredPassage,
    StoredStep,
)
from assistant.conversation import Answer, Citation, Evidence, Step
from assistant.cost.models import Attempt
from assistant.evidence import evidence_of
from assistant.inquiry import NO_FILTERS
from corpus.errors import DocumentNotFound
from corpus.models import Document, Filters, Passage

__all__ = ["Library", "answer_of", "evidence_from", "record_of"]

DIGEST_DIGITS = 16


class Library(Protocol):
    """The part of the corpus that holds what old turns cite."""

    def passage(self, passage_id: str) -> Passage | None: ...
    def document(self, document_id: str) -> Document: ...


def record_of(
    evidence: Sequence[Evidence], answer: Answer | None, filters: Filters = NO_FILTERS
) -> Record:
    """Return the record of a turn; `answer` is None for one that has none."""
    return Record(
        version=VERSION,
        evidence=tuple(map(_stored_evidence, evidence)),
        answer=_stored_answer(answer) if answer is not None else None,
        filters=filters,
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
        source=document.sources[-1] if document.sources else None,
    )
    passages = tuple(StoredPassage(p.id, _digest(p.text)) for p in item.passages)
    return StoredEvidence(item.n, facts, passages, item.tokens, item.reasons)


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
    start = citation.passage.text.index(citation.quote)
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
    document = _document(item.document, library)
    passages = [
        _passage(stored, document.id, place, library) for place, stored in enumerate(item.passages)
    ]
    return evidence_of(item.n, document, passages, item.tokens, item.reasons)


def _document(facts: DocumentFacts, library: Library) -> Document:
    try:
        return library.document(facts.id)
    except DocumentNotFound:
        return Document(
            id=facts.id,
            title=facts.title,
            media=facts.media,
            companies=facts.companies,
            form=facts.form,
            fiscal_period=facts.fiscal_period,
            published=facts.published,
            sources=(facts.source,) if facts.source is not None else (),
        )


def _passage(stored: StoredPassage, document: str, place: int, library: Library) -> Passage:
    found = library.passage(stored.id)
    if found is not None and _digest(found.text) == stored.digest:
        return found
    return Passage(stored.id, document, place, text="", header="")


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:DIGEST_DIGITS]


def _citations(stored: Sequence[StoredCitation], evidence: Sequence[Evidence]) -> list[Citation]:
    places = {passage.id: (item, passage) for item in evidence for passage in item.passages}
    return [
        Citation(one.n, item.document, passage, passage.text[slice(*one.quote)])
        for one in stored
        if one.passage in places
        for item, passage in [places[one.passage]]
    ]
