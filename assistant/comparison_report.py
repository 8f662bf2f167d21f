"""Pure: a comparison as JSON objects and CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from assistant.compared import Comparison, Result
from assistant.comparison_summary import Each, Summary, summaries
from assistant.cost.spent import Spent

__all__ = [
    "result_json",
    "results_csv",
    "summaries_csv",
    "summary_json",
]

Json = dict[str, Any]
PICO = Decimal(10) ** 12
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What makes a spreadsheet take a cell for a formula."""


def result_json(comparison: Comparison, result: Result) -> Json:
    """One object a question and backend; dollars are decimal strings, null where unknown."""
    asked = comparison.questions[result.question]
    backend = next(one for one in comparison.backends if one.name == result.backend)
    return {
        "kind": "result",
        "comparison": comparison.id,
        "id": asked.id,
        "question": asked.text,
        "backend": backend.name,
        "model": backend.model,
        "served": list(result.served),
        "sent_to": backend.destination,
        "state": result.state.value,
        "correct": result.correct,
        "answer": result.text or None,
        "error": result.error,
        "citations_valid": result.citations,
        "citations_dropped": result.dropped,
        "figures": result.figures,
        "figures_verified": result.figures_verified,
        "all_citations_valid": result.cited,
        "supported": result.supported,
        "flags": [flag.kind.value for flag in result.flags],
        "cost": _cost(result.spent, result.cost_low, result.cost_high)
        | {"source": result.source and result.source.value},
        "tokens": {
            "input": result.tokens.input,
            "cache_read": result.tokens.cached,
            "output": result.tokens.output,
            "reasoning": result.tokens.reasoning,
            "estimated": result.tokens.estimated,
        },
        "seconds": {"first_token": _round(result.first_token), "total": _round(result.seconds)},
        "evidence": list(asked.passages),
        "attempts": list(result.attempts),
    }


def summary_json(comparison: Comparison, one: Summary) -> Json:
    """One object a backend over all questions that were asked."""
    return {
        "kind": "summary",
        "comparison": comparison.id,
        "backend": one.backend.name,
        "model": one.backend.model,
        "served": list(one.served),
        "sent_to": one.backend.destination,
        "questions": one.questions,
        "answered": one.answered,
        "refused": one.refused,
        "failed": one.failed,
        "stopped": one.stopped,
        "correct": one.correct if one.graded else None,
        "graded": one.graded,
        "all_citations_valid": one.cited,
        "supported": one.supported,
        "figures": one.figures,
        "figures_verified": one.figures_verified,
        "cost": _cost(one.spent, one.cost_low, one.cost_high),
        "per_question": _each(one.per_question),
        "per_answer": _each(one.per_answer),
        "per_correct": _each(one.per_correct),
        "per_cited": _each(one.per_cited),
        "tokens": {
            "input": one.input,
            "output": one.output,
            "estimated": one.tokens_estimated,
        },
        "seconds": {"first_token": _round(one.first_token), "total": _round(one.seconds)},
    }


def results_csv(comparison: Comparison) -> str:
    """Return a row a question and backend; unknown is an empty cell, texts are never formulas."""
    return _csv(_flat(result_json(comparison, result)) for result in comparison.results)


def summaries_csv(comparison: Comparison) -> str:
    """Return a row a backend over all questions."""
    return _csv(_flat(summary_json(comparison, one)) for one in summaries(comparison))


def _cost(spent: Spent, low: int | None, high: int | None) -> Json:
    whole = spent.whole is not None
    return {
        "usd": _usd(spent.whole),
        "usd_low": _usd(low) if whole else None,
        "usd_high": _usd(high) if whole else None,
        "estimated": spent.estimated,
        "calls": spent.calls,
        "unpriced_calls": spent.unpriced,
        "unmetered_calls": spent.unmetered,
    }


def _each(each: Each) -> Json:
    return {"usd": _usd(each.cost), "why_not": each.why or None}


def _usd(pico: int | None) -> str | None:
    if pico is None:
        return None
    text = format(Decimal(pico) / PICO, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _round(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def _flat(row: Mapping[str, Any]) -> dict[str, object]:
    """Return nested objects as columns of their own, lists as one cell."""
    flat: dict[str, object] = {}
    for name, value in row.items():
        if isinstance(value, Mapping):
            flat |= {f"{name}_{inner}": one for inner, one in value.items()}
        else:
            flat[name] = " ".join(value) if isinstance(value, list) else value
    return flat


def _csv(rows: Iterable[Mapping[str, object]]) -> str:
    found = list(rows)
    out = io.StringIO()
    writer = csv.DictWriter(out, list(found[0]) if found else ["comparison"])
    writer.writeheader()
    writer.writerows({name: _cell(value) for name, value in row.items()} for row in found)
    return out.getvalue()


def _cell(value: object) -> object:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str) and value.lstrip(" ").startswith(FORMULA):
        return f"'{value}"
    return value
