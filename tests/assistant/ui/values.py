"""Documents, passages, evidence, attempts and answers for the tests of the screen."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

from assistant.conversation import Answer, Citation, CitedFigure, Evidence, Seconds
from assistant.cost.models import Attempt, AttemptState, CostSource, Purpose, Usage, UsageSource
from corpus.models import Document, Media, Passage, Source

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def document(title: str = "Zephyr annual report", **changes: object) -> Document:
    source = Source(location=f"upload:{title}", name=f"{title}.txt", added=NOW)
    made = Document(
        id=title.encode().hex().ljust(64, "0")[:64],
        title=title,
        media=Media.TEXT,
        companies=("Zephyr",),
        form="10-K",
        fiscal_period="FY2025",
        passages=1,
        sources=(source,),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def passage(of: Document, text: str) -> Passage:
    return Passage(id=f"{of.id}-0", document_id=of.id, ordinal=0, text=text, header="Zephyr")


def attempt(turn: str = "t", conversation: str = "c") -> Attempt:
    return Attempt(
        id=f"attempt-{turn}",
        turn=turn,
        conversation=conversation,
        user="local",
        purpose=Purpose.ANSWER,
        backend="offline",
        provider="local",
        model_requested="offline-analyst-1",
        started=NOW,
        state=AttemptState.OK,
        usage=Usage(input_tokens=1200, output_tokens=80, source=UsageSource.ESTIMATED),
        cost_low=0,
        cost=0,
        cost_high=0,
        cost_source=CostSource.LOCAL,
    )


def answer(text: str = "Zephyr spent **$5 billion** [1].", **changes: object) -> Answer:
    report = document()
    said = passage(report, "In fiscal 2025 Zephyr spent $5 billion on property and equipment.")
    evidence = Evidence(1, report, (said,), said.header, said.text, 20)
    made = Answer(
        question="How much did Zephyr spend?",
        text=text,
        answered=True,
        citations=(Citation(1, report, said, "Zephyr spent $5 billion"),),
        figures=(CitedFigure("$5 billion", Decimal(5_000_000_000), "USD", True, 1),),
        evidence=(evidence,),
        dropped_citations=0,
        attempt=attempt(),
        seconds=Seconds(0.01, 0.02, 0.03),
    )
    return replace(made, **changes)  # type: ignore[arg-type]
