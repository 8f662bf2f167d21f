"""Pure: a comparison as tables for people, one row a backend."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assistant.compared import Compared, Comparison, Result, ResultState
from assistant.comparison_summary import Summary, marks, summaries
from assistant.cost.money import show_range, show_tokens
from assistant.cost.spent import Spent

__all__ = ["Row", "outcome", "result_rows", "summary_rows"]

UNKNOWN = "—"
SERVED = "Served by"


@dataclass(frozen=True, slots=True)
class Row:
    """What was measured of one backend, by heading; `marks` say what it stands out for."""

    label: str
    marks: tuple[str, ...]
    cells: Mapping[str, str]


def result_rows(comparison: Comparison, number: int) -> tuple[Row, ...]:
    """Return the table of one question; where a model served that was not asked for, it says so."""
    said = marks(summaries(comparison)) if not comparison.is_set else {}
    known = {backend.name: backend for backend in comparison.backends}
    results = comparison.of_question(number)
    other = any(_is_another(known[result.backend], result.served) for result in results)
    return tuple(
        Row(
            known[result.backend].label,
            said.get(result.backend, ()),
            _result_cells(result) | _served(result.served, shown=other),
        )
        for result in results
    )


def summary_rows(comparison: Comparison) -> tuple[Row, ...]:
    """Return the table of a question set."""
    summed = summaries(comparison)
    said = marks(summed)
    other = any(_is_another(one.backend, one.served) for one in summed)
    return tuple(
        Row(
            one.backend.label,
            said[one.backend.name],
            _summary_cells(one) | _served(one.served, shown=other),
        )
        for one in summed
    )


def outcome(result: Result) -> str:
    """Return "answered, correct", "refused", "failed" and so on."""
    graded = {True: "correct", False: "not correct", None: ""}[result.correct]
    return ", ".join(filter(None, (result.state.value, graded)))


def _result_cells(result: Result) -> dict[str, str]:
    tokens = result.tokens
    return {
        "Result": outcome(result),
        "Dollars": _dollars(result.spent, result.cost_low, result.cost_high),
        "Tokens in": show_tokens(tokens.input, estimated=tokens.estimated),
        "Tokens out": show_tokens(tokens.output, estimated=tokens.estimated),
        "First token": _seconds(result.first_token),
        "Total": _seconds(result.seconds),
        "Citations valid": _of(result.citations, result.citations + result.dropped, result),
        "Figures verified": _of(result.figures_verified, result.figures, result),
    }


def _summary_cells(one: Summary) -> dict[str, str]:
    return {
        "Correct": f"{one.correct} of {one.graded}" if one.graded else UNKNOWN,
        "All citations valid": f"{one.cited} of {one.questions}",
        "Passed every check": f"{one.supported} of {one.questions}",
        "Answered": str(one.answered),
        "Refused": str(one.refused),
        "Failed": str(one.failed),
        "Dollars": _dollars(one.spent, one.cost_low, one.cost_high),
        "Per question": one.per_question.dollars,
        "Per answer": one.per_answer.dollars,
        "Per correct answer": one.per_correct.dollars,
        "Per cited answer": one.per_cited.dollars,
        "Tokens in": show_tokens(one.input, estimated=one.tokens_estimated),
        "Tokens out": show_tokens(one.output, estimated=one.tokens_estimated),
        "First token, median": _seconds(one.first_token),
        "Total, median": _seconds(one.seconds),
    }


def _is_another(backend: Compared, served: Sequence[str]) -> bool:
    return any(model != backend.model for model in served)


def _served(served: Sequence[str], *, shown: bool) -> dict[str, str]:
    return {SERVED: ", ".join(served) or UNKNOWN} if shown else {}


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
