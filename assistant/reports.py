"""Pure: values of the product as the JSON objects that commands promise to other programs."""

from __future__ import annotations

from dataclasses import asdict
from decimal import Decimal
from typing import Any

from assistant.conversation import Answer, Citation, CitedFigure, Evidence
from assistant.cost.models import Attempt
from corpus.models import Document, Hit

__all__ = [
    "answer_json",
    "document_json",
    "failure_json",
    "plain_decimal",
    "removed_json",
    "search_json",
]

Json = dict[str, Any]
PICO = Decimal(10) ** 12
QUANTITY_DIGITS = 6


def document_json(document: Document) -> Json:
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
        "warnings": list(document.warnings),
        "sources": [source.location for source in document.sources],
    }


def removed_json(document: Document) -> Json:
    return {**document_json(document), "status": "removed"}


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
        "backend": answer.attempt.backend,
        "usage": _usage_json(answer.attempt),
        "cost": _cost_json(answer.attempt),
        "seconds": {
            name: None if value is None else round(value, 4)
            for name, value in asdict(answer.seconds).items()
        },
    }


def failure_json(question_id: str | None, question: str, message: str) -> Json:
    """The same keys as an answer, so that a reader of many rows need not tell them apart."""
    return {
        "id": question_id,
        "question": question,
        "answer": None,
        "answered": False,
        "citations": [],
        "figures": [],
        "evidence": [],
        "evidence_tokens": None,
        "usage": None,
        "cost": None,
        "seconds": None,
        "error": message,
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
    }


def _usage_json(attempt: Attempt) -> Json:
    usage = attempt.usage
    return {
        "input_tokens": usage.input_tokens,
        "cache_read_tokens": usage.cache_read_tokens,
        "output_tokens": usage.output_tokens,
        "reasoning_tokens": usage.reasoning_tokens,
        "source": usage.source.value,
    }


def _cost_json(attempt: Attempt) -> Json:
    usd = None if attempt.cost is None else plain_decimal(Decimal(attempt.cost) / PICO)
    return {"usd": usd, "source": attempt.cost_source.value}


def plain_decimal(value: Decimal) -> str:
    """Return the shortest decimal string without an exponent: 3.76E+10 is "37600000000"."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
