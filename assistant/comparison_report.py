"""Pure: a comparison as table cells, JSON objects and CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from assistant.compared import Comparison, Result, ResultState
from assistant.comparison_summary import Each, Summary, marks, summaries
from assistant.cost.money import show_range, show_tokens
from assistant.cost.spent import Spent

__all__ = [
    "outcome",
    "result_cells",
    "result_json",
    "results_csv",
    "summaries_csv",
    "summary_cells",
    "summary_json",
]

Json = dict[str, Any]
PICO = Decimal(10) ** 12
UNKNOWN = "—"
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
        "sent_to": backend.destination,
        "state": result.state.value,
        "correct": result.correct,
        "answer": result.text or None,
        "error": result.error,
        "citations_valid": result.citations,
        "citations_dropped": result.dropped,
        "figures": result.figures,
        "figures_verified": result.figures_verified,
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
        "sent_to": one.backend.destination,
        "questions": one.questions,
        "answered": one.answered,
        "refused": one.refused,
        "failed": one.failed,
        "stopped": one.stopped,
        "correct": one.correct if one.graded else None,
        "graded": one.graded,
        "all_citations_valid": one.cited,
        "figures": one.figures,
        "figures_verified": one.figures_verified,
        "cost": _cost(one.spent, one.cost_low, one.cost_high),
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


def result_cells(comparison: Comparison, number: int) -> tuple[dict[str, str], ...]:
    """Return the table of one question, one row a backend, by heading."""
    said = marks(summaries(comparison)) if not comparison.is_set else {}
    labels = {backend.name: backend.label for backend in comparison.backends}
    return tuple(
        _result_cells(result, labels[result.backend], said.get(result.backend, ()))
        for result in comparison.of_question(number)
    )


def summary_cells(comparison: Comparison) -> tuple[dict[str, str], ...]:
    """Return the table of a question set, one row a backend, by heading."""
    summed = summaries(comparison)
    said = marks(summed)
    return tuple(_summary_cells(one, said[one.backend.name]) for one in summed)


def results_csv(comparison: Comparison) -> str:
    """Return a row a question and backend; unknown is an empty cell, texts are never formulas."""
    return _csv(_flat(result_json(comparison, result)) for result in comparison.results)


def summaries_csv(comparison: Comparison) -> str:
    """Return a row a backend over all questions."""
    return _csv(_flat(summary_json(comparison, one)) for one in summaries(comparison))


def _result_cells(result: Result, label: str, said: Sequence[str]) -> dict[str, str]:
    tokens = result.tokens
    return {
        "Backend": " · ".join([label, *said]),
        "Result": outcome(result),
        "Dollars": _dollars(result.spent, result.cost_low, result.cost_high),
        "Tokens in": show_tokens(tokens.input, estimated=tokens.estimated),
        "Tokens out": show_tokens(tokens.output, estimated=tokens.estimated),
        "First token": _seconds(result.first_token),
        "Total": _seconds(result.seconds),
        "Citations valid": _of(result.citations, result.citations + result.dropped, result),
        "Figures verified": _of(result.figures_verified, result.figures, result),
    }


def _summary_cells(one: Summary, said: Sequence[str]) -> dict[str, str]:
    return {
        "Backend": " · ".join([one.backend.label, *said]),
        "Correct": f"{one.correct} of {one.graded}" if one.graded else UNKNOWN,
        "All citations valid": f"{one.cited} of {one.questions}",
        "Answered": str(one.answered),
        "Refused": str(one.refused),
        "Failed": str(one.failed),
        "Dollars": _dollars(one.spent, one.cost_low, one.cost_high),
        "Per answer": one.per_answer.dollars,
        "Per correct answer": one.per_correct.dollars,
        "Per cited answer": one.per_cited.dollars,
        "Tokens in": show_tokens(one.input, estimated=one.tokens_estimated),
        "Tokens out": show_tokens(one.output, estimated=one.tokens_estimated),
        "First token, median": _seconds(one.first_token),
        "Total, median": _seconds(one.seconds),
    }


def outcome(result: Result) -> str:
    """Return "answered, correct", "refused", "failed" and so on."""
    graded = {True: "correct", False: "not correct", None: ""}[result.correct]
    return ", ".join(filter(None, (result.state.value, graded)))


def _dollars(spent: Spent, low: int | None, high: int | None) -> str:
    """Return the sum, with its range where a part of it is an estimate."""
    between = show_range(low, high)
    ranged = spent.whole is not None and spent.estimated and "–" in between
    return f"{spent.dollars} ({between})" if ranged else spent.dollars


def _of(good: int, total: int, result: Result) -> str:
    """Nothing of nothing is no merit, and what has no answer was not checked."""
    checked = result.state in {ResultState.ANSWERED, ResultState.REFUSED}
    if not checked:
        return UNKNOWN
    return f"{good} of {total}" if total else "none"


def _seconds(value: float | None) -> str:
    return UNKNOWN if value is None else f"{value:.1f} s" if value >= 1 else f"{value:.2f} s"


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
