"""Comparisons written for tests: results and comparisons in a line each."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from assistant.compared import VERSION, Asked, Compared, Comparison, Result, ResultState, Tokens
from assistant.cost.models import CostSource
from assistant.cost.spent import Spent
from assistant.grading import UNKNOWN_GOLD, Gold

__all__ = ["PRICED", "UNMETERED", "UNPRICED", "asked", "comparison", "result"]

CENT = 10**10
"""Pico-dollars."""
PRICED = Spent(1, CENT, False, 0, 0)
UNMETERED = Spent(1, None, False, 0, 1)
UNPRICED = Spent(1, None, False, 1, 0)
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def result(question: int = 0, backend: str = "first", **changes: object) -> Result:
    made = Result(
        question=question,
        backend=backend,
        state=ResultState.ANSWERED,
        text="Zephyr spent $5 billion [1].",
        error=None,
        citations=1,
        dropped=0,
        figures=1,
        figures_verified=1,
        flags=(),
        spent=PRICED,
        cost_low=CENT,
        cost_high=CENT,
        source=CostSource.PRICED,
        tokens=Tokens(100, 0, 20, None, False, 0),
        first_token=0.5,
        seconds=2.0,
        attempts=("attempt",),
        correct=None,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def asked(text: str = "How much?", gold: Gold = UNKNOWN_GOLD) -> Asked:
    return Asked("q1", text, (), gold, (), 0.1)


def comparison(*results: Result, planned: int | None = None, **changes: object) -> Comparison:
    """A comparison of the backends of its results, by the labels First, Second and so on."""
    names = list(dict.fromkeys(one.backend for one in results))
    number = 1 + max((one.question for one in results), default=-1)
    made = Comparison(
        version=VERSION,
        id="compare-1",
        user="local",
        title="How much?",
        created=NOW,
        planned=number if planned is None else planned,
        backends=tuple(
            Compared(name, name.title(), "openai", f"model-{name}", "this machine")
            for name in names
        ),
        questions=tuple(asked() for _ in range(number)),
        results=results,
    )
    return replace(made, **changes)  # type: ignore[arg-type]
