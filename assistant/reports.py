"""Pure: values of the product as the JSON objects that commands promise to other programs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from assistant.conversation import Answer, Citation, CitedFigure, Evidence, Flag, Step
from assistant.cost.models import Attempt, AttemptState, CostSource
from assistant.events import Failed
from corpus.models import Document, Hit, Reason

__all__ = [
    "answer_json",
    "document_json",
    "failure_json",
    "plain_decimal",
    "removed_json",
    "search_json",
    "turn_cost_json",
    "usd",
]

Json = dict[str, Any]
PICO = Decimal(10) ** 12
QUANTITY_DIGITS = 6
CERTAINTY = (
    CostSource.UNPRICED,
    CostSource.ESTIMATED,
    CostSource.PRICED,
    CostSource.BILLED,
    CostSource.LOCAL,
)
"""Where a cost is from, least certain first."""


def document_json(document: Document, amended_by: Sequence[Document] = ()) -> Json:
    """`amended_by` holds the amendments of a filing, the latest first."""
    return {
        "document_id": document.id,
        "document": document.name,
        "title": document.title,
        "media": document.media.value,
        "company": document.company,
        "companies": list(document.companies),
        "form": document.form,
        "fiscal_period": document.fiscal_period,
        "period_end": document.period_end and document.period_end.isoformat(),
        "published": document.published and document.published.isoformat(),
        "pages": document.pages,
        "passages": document.passages,
        "tables": document.tables,
        "amends": document.amends,
        "amended_by": [amendment.id for amendment in amended_by],
        "warnings": list(document.warnings),
        "sources": [source.location for source in document.sources],
    }


def removed_json(document: Document, citations: int) -> Json:
    """`citations` counts those of stored conversations that lose their text."""
    return {**document_json(document), "status": "removed", "citations_lost": citations}


def search_json(question_id: str | None, question: str, hits: tuple[Hit, ...]) -> Json:
    """One object of `loadfactor search --json`: pages are 1-based, null where there are none."""
    return {"id": question_id, "question": question, "hits": [_hit_json(hit) for hit in hits]}


def _hit_json(hit: Hit) -> Json:
    document, passage = hit.document, hit.passage
    return {
        "rank": hit.rank,
        "document": document.name,
        "document_id": document.id,
        "title": document.title,
        "company": document.company,
        "fiscal_period": document.fiscal_period,
        "page": passage.page,
        "page_last": passage.page_last,
        "score": round(hit.score, QUANTITY_DIGITS),
        "text": passage.text,
        "why": _why(hit.reasons),
    }


def answer_json(question_id: str | None, answer: Answer) -> Json:
    """One object of `loadfactor ask --json`: values and dollars are decimal strings."""
    return {
        "id": question_id,
        "question": answer.question,
        "answer": answer.text,
        "answered": answer.answered,
        "citations": [_citation_json(citation) for citation in answer.citations],
        "figures": [_figure_json(figure) for figure in answer.figures],
        "evidence": [_evidence_json(item) for item in answer.evidence],
        "evidence_tokens": answer.evidence_tokens,
        "dropped_citations": answer.dropped_citations,
        "supported": answer.supported,
        "flags": [_flag_json(flag, answer.text) for flag in answer.flags],
        "backend": answer.attempt.backend,
        "kept": answer.attempt.state is AttemptState.CACHED,
        "sent_to": answer.attempt.sent_to,
        "route": [_step_json(step) for step in answer.steps],
        "usage": _usage_json(answer.attempt),
        "cost": turn_cost_json(answer.attempts or (answer.attempt,)),
        "seconds": {
            name: None if value is None else round(value, 4)
            for name, value in asdict(answer.seconds).items()
        },
    }


def failure_json(question_id: str | None, question: str, failed: Failed) -> Json:
    """The same keys as an answer, so that a reader of many rows need not tell them apart."""
    attempt = failed.attempt
    return {
        "id": question_id,
        "question": question,
        "answer": None,
        "answered": False,
        "citations": [],
        "figures": [],
        "evidence": [],
        "evidence_tokens": None,
        "dropped_citations": 0,
        "supported": False,
        "flags": [],
        "backend": attempt and attempt.backend,
        "kept": False,
        "sent_to": attempt and attempt.sent_to,
        "route": [_step_json(step) for step in failed.steps],
        "usage": attempt and _usage_json(attempt),
        "cost": turn_cost_json(failed.attempts) if failed.attempts else None,
        "seconds": None,
        "error": failed.message,
    }


def _flag_json(flag: Flag, text: str) -> Json:
    return {
        "kind": flag.kind.value,
        "message": flag.message,
        "texts": [text[start:end] for start, end in flag.spans],
    }


def _step_json(step: Step) -> Json:
    return {
        "backend": step.backend,
        "sent_to": step.destination,
        "reason": step.reason,
        "outcome": step.outcome,
    }


def _citation_json(citation: Citation) -> Json:
    return {
        "n": citation.n,
        "document": citation.document.name,
        "page": citation.page,
        "page_last": citation.passage.page_last,
        "quote": citation.quote,
    }


def _figure_json(figure: CitedFigure) -> Json:
    return {
        "text": figure.text,
        "value": plain_decimal(figure.value),
        "unit": figure.unit,
        "verified": figure.verified,
        "n": figure.n,
    }


def _evidence_json(item: Evidence) -> Json:
    return {
        "n": item.n,
        "document": item.document.name,
        "page": item.page,
        "page_last": item.page_last,
        "text": item.text,
        "why": _why(item.reasons),
    }


def _why(reasons: Sequence[Reason]) -> list[str]:
    return [reason.text for reason in reasons]


def _usage_json(attempt: Attempt) -> Json:
    usage = attempt.usage
    return {
        "input_tokens": usage.input_tokens,
        "cache_read_tokens": usage.cache_read_tokens,
        "output_tokens": usage.output_tokens,
        "reasoning_tokens": usage.reasoning_tokens,
        "source": usage.source.value,
    }


def turn_cost_json(attempts: Sequence[Attempt]) -> Json:
    """The whole turn's cost; the source is that of its least certain part."""
    costs = [attempt.cost for attempt in attempts]
    known = [cost for cost in costs if cost is not None]
    whole = sum(known) if len(known) == len(costs) else None
    sources = {attempt.cost_source for attempt in attempts}
    return {
        "usd": usd(whole),
        "source": min(sources, key=CERTAINTY.index).value,
        "attempts": len(costs),
    }


def usd(pico: int | None) -> str | None:
    """Return pico-dollars as a decimal string of dollars, None where unknown."""
    return None if pico is None else plain_decimal(Decimal(pico) / PICO)


def plain_decimal(value: Decimal) -> str:
    """Return the shortest decimal string without an exponent: 3.76E+10 is "37600000000"."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
