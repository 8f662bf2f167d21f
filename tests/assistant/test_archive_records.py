"""Turns survive as records that hold no document's text."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.archive_records import answer_of, evidence_from, record_of
from assistant.archive_schema import Record, from_json, to_json
from assistant.conversation import (
    Answer,
    Citation,
    CitedFigure,
    Evidence,
    Flag,
    FlagKind,
    Seconds,
    Step,
)
from assistant.cost.models import Attempt
from assistant.evidence import evidence_of
from corpus.errors import DocumentNotFound
from corpus.models import (
    Document,
    Media,
    Passage,
    PassageKind,
    Reason,
    ReasonKind,
    Source,
)
from tests.assistant.cost.samples import attempt

SECRET = "Zephyr's text: "
"""Stands in every passage, and must stand in no record."""
WORDS = st.text(st.characters(codec="utf-8"), max_size=30)
SPANS = st.tuples(st.integers(0, 10**6), st.integers(0, 10**6))
REASONS = st.lists(st.builds(Reason, st.sampled_from(ReasonKind), WORDS), max_size=3)
ATTEMPTS = {name: attempt(id=name) for name in ("first", "second", "third")}


@dataclass
class Shelf:
    """A corpus of a few documents in memory."""

    documents: dict[str, Document] = field(default_factory=dict)
    passages: dict[str, Passage] = field(default_factory=dict)

    def document(self, document_id: str) -> Document:
        if document_id not in self.documents:
            raise DocumentNotFound(document_id)
        return self.documents[document_id]

    def passage(self, passage_id: str) -> Passage | None:
        return self.passages.get(passage_id)

    def put(self, evidence: tuple[Evidence, ...]) -> Shelf:
        self.documents.update({item.document.id: item.document for item in evidence})
        self.passages.update({p.id: p for item in evidence for p in item.passages})
        return self


@st.composite
def packs(draw: st.DrawFn) -> tuple[Evidence, ...]:
    """Evidence of one to three documents, each of one to three passages."""
    return tuple(
        evidence_of(
            n,
            owner := draw(owners(n)),
            draw(spans(owner)),
            draw(st.integers(0, 3000)),
            tuple(draw(REASONS)),
        )
        for n in range(1, draw(st.integers(1, 3)) + 1)
    )


@st.composite
def owners(draw: st.DrawFn, n: int) -> Document:
    name = draw(WORDS)
    source = Source(f"https://example.com/{name}", name, datetime(2026, 11, 23, tzinfo=UTC), 5, 7)
    return Document(
        id=f"document-{n}",
        title=draw(WORDS),
        media=draw(st.sampled_from(Media)),
        companies=tuple(draw(st.lists(WORDS, max_size=2))),
        form=draw(st.none() | WORDS),
        fiscal_period=draw(st.none() | WORDS),
        published=draw(st.none() | st.dates()),
        sources=draw(st.sampled_from([(), (source,)])),
    )


@st.composite
def spans(draw: st.DrawFn, owner: Document) -> list[Passage]:
    return [
        Passage(
            id=f"{owner.id}:{ordinal}",
            document_id=owner.id,
            ordinal=ordinal,
            text=SECRET + draw(WORDS),
            header=draw(WORDS),
            kind=draw(st.sampled_from(PassageKind)),
            page=draw(st.none() | st.integers(1, 999)),
        )
        for ordinal in range(draw(st.integers(1, 3)))
    ]


@st.composite
def citations(draw: st.DrawFn, evidence: tuple[Evidence, ...]) -> tuple[Citation, ...]:
    def cited(item: Evidence) -> Citation:
        passage = draw(st.sampled_from(item.passages))
        start = draw(st.integers(0, len(passage.text)))
        end = draw(st.integers(start, len(passage.text)))
        return Citation(item.n, item.document, passage, passage.text[start:end])

    return tuple(map(cited, draw(st.lists(st.sampled_from(evidence), max_size=3))))


FIGURES = st.builds(
    CitedFigure,
    WORDS,
    st.decimals(allow_nan=False, allow_infinity=False),
    WORDS,
    st.booleans(),
    st.none() | st.integers(1, 9),
    SPANS,
)
FLAGS = st.builds(Flag, st.sampled_from(FlagKind), WORDS, st.lists(SPANS, max_size=2).map(tuple))
STEPS = st.builds(
    Step,
    WORDS,
    WORDS,
    WORDS,
    WORDS,
    st.none() | WORDS,
    st.none() | st.sampled_from(list(ATTEMPTS.values())),
)
SECONDS = st.builds(Seconds, st.floats(0, 1e6), st.none() | st.floats(0, 1e6), st.floats(0, 1e6))


@st.composite
def answers(draw: st.DrawFn) -> Answer:
    evidence = draw(packs())
    rows = st.sampled_from(list(ATTEMPTS.values()))
    return Answer(
        question=draw(WORDS),
        text=draw(WORDS),
        answered=draw(st.booleans()),
        citations=draw(citations(evidence)),
        figures=tuple(draw(st.lists(FIGURES, max_size=3))),
        evidence=evidence,
        dropped_citations=draw(st.integers(0, 9)),
        attempt=draw(rows),
        seconds=draw(SECONDS),
        flags=tuple(draw(st.lists(FLAGS, max_size=2))),
        steps=tuple(draw(st.lists(STEPS, max_size=2))),
        attempts=tuple(draw(st.lists(rows, max_size=3))),
    )


def stored(answer: Answer) -> str:
    return json.dumps(to_json(record_of(answer.evidence, answer)))


def drawn(answer: Answer, library: Shelf, attempts: dict[str, Attempt] = ATTEMPTS) -> Answer | None:
    """Return the answer after a way through JSON text."""
    record = from_json(json.loads(stored(answer)))
    return answer_of(answer.question, record, evidence_from(record, library), attempts)


@given(answers())
def test_an_answer_returns_as_it_was(answer: Answer) -> None:
    assert drawn(answer, Shelf().put(answer.evidence)) == answer


@given(answers())
def test_a_record_holds_no_text_of_a_document(answer: Answer) -> None:
    record = stored(answer)
    assert json.dumps(SECRET).strip('"') not in record
    assert json.loads(record)["version"] == 1


@given(packs())
def test_evidence_without_an_answer_returns_too(evidence: tuple[Evidence, ...]) -> None:
    record = from_json(to_json(record_of(evidence, None)))
    found = evidence_from(record, Shelf().put(evidence))
    assert found == evidence
    assert answer_of("q", record, found, ATTEMPTS) is None


@given(answers())
def test_what_was_removed_leaves_facts_and_no_text(answer: Answer) -> None:
    found = drawn(answer, Shelf())
    assert found is not None
    assert (found.text, found.figures, found.flags) == (answer.text, answer.figures, answer.flags)
    assert found.evidence_tokens == answer.evidence_tokens
    for now, then in zip(found.evidence, answer.evidence, strict=True):
        assert not now.text
        assert now.document == then.document
        assert now.document.name == then.document.name
    assert [(one.n, one.document, one.quote) for one in found.citations] == [
        (one.n, one.document, "") for one in answer.citations
    ]


SAMPLE_DOCUMENT = Document("d", "Report", Media.PDF)
SAMPLE_PASSAGE = Passage("d:0", "d", 0, "Zephyr spent $5 billion on turbines.", "Zephyr")
SAMPLE = Answer(
    question="How much?",
    text="$5 billion [1].",
    answered=True,
    citations=(Citation(1, SAMPLE_DOCUMENT, SAMPLE_PASSAGE, "spent $5 billion"),),
    figures=(CitedFigure("$5 billion", Decimal("5E+9"), "USD", True, 1, (0, 10)),),
    evidence=(evidence_of(1, SAMPLE_DOCUMENT, [SAMPLE_PASSAGE], 9),),
    dropped_citations=0,
    attempt=ATTEMPTS["first"],
    seconds=Seconds(0.1, None, 0.3),
)


def test_a_passage_that_was_cut_anew_is_not_quoted() -> None:
    """Ids are numbers within a document: after another cut they name other words."""
    library = Shelf().put(SAMPLE.evidence)
    library.passages["d:0"] = replace(SAMPLE_PASSAGE, text="Turbines cost Zephyr $9 billion.")
    found = drawn(SAMPLE, library)
    assert found is not None
    assert found.citations[0].quote == found.evidence[0].text == ""
    assert found.evidence[0].document == SAMPLE_DOCUMENT


def test_a_document_that_is_described_anew_is_shown_as_it_is_known_now() -> None:
    library = Shelf().put(SAMPLE.evidence)
    library.documents["d"] = replace(SAMPLE_DOCUMENT, title="Annual report")
    found = drawn(SAMPLE, library)
    assert found is not None
    assert found.citations[0].document.title == "Annual report"
    assert found.citations[0].quote == "spent $5 billion"


def test_without_the_row_of_its_call_there_is_no_answer() -> None:
    assert drawn(SAMPLE, Shelf(), {}) is None


def test_a_record_of_before_reasons_were_kept_opens_with_none() -> None:
    value = to_json(record_of(SAMPLE.evidence, SAMPLE))
    del value["evidence"][0]["reasons"]
    assert evidence_from(from_json(value), Shelf().put(SAMPLE.evidence)) == SAMPLE.evidence


def test_passages_with_text_between_them_are_marked_anew() -> None:
    passages = [replace(SAMPLE_PASSAGE, id=f"d:{n}", ordinal=n) for n in (0, 7)]
    evidence = (evidence_of(1, SAMPLE_DOCUMENT, passages, 21),)
    (found,) = evidence_from(record_of(evidence, None), Shelf().put(evidence))
    assert found.text == f"{SAMPLE_PASSAGE.text}\n[…]\n{SAMPLE_PASSAGE.text}"


def test_decimals_are_kept_exactly() -> None:
    value = Decimal("0.10000000000000000000000000000000000001")
    odd = replace(SAMPLE, figures=(replace(SAMPLE.figures[0], value=value),))
    found = drawn(odd, Shelf())
    assert found is not None
    assert found.figures[0].value == value


@pytest.mark.parametrize("change", ({"version": 2}, {"version": None}, {"answer": {}}))
def test_another_versions_record_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="Record"):
        from_json(to_json(record_of(SAMPLE.evidence, SAMPLE)) | change)


def test_a_record_says_its_version_or_is_none() -> None:
    value = to_json(Record(1, (), None))
    del value["version"]
    with pytest.raises(ValueError, match="version"):
        from_json(value)
