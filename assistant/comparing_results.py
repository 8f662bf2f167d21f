"""Pure: what one backend said, event by event, and the result that this makes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from assistant.compared import Result, ResultState, Tokens
from assistant.conversation import Answer, Evidence
from assistant.cost.models import Attempt, CostSource, Purpose, UsageSource
from assistant.cost.spent import known_sum, spent
from assistant.events import Answered, Asking, Event, EvidenceFound, Failed, Stopped, TextDelta
from assistant.grading import Gold, grade

__all__ = ["Column", "result_of"]

CERTAINTY = (
    CostSource.UNPRICED,
    CostSource.ESTIMATED,
    CostSource.LOCAL,
    CostSource.PRICED,
    CostSource.BILLED,
)
"""Where a cost is from, least certain first."""


@dataclass(slots=True)
class Column:
    """One backend's events taken together; `end` is the last of them, None while it runs."""

    evidence: tuple[Evidence, ...] = ()
    searched: float = 0.0
    text: str = ""
    end: Answered | Failed | Stopped | None = None
    _pieces: list[str] = field(default_factory=list)

    def take(self, event: Event) -> None:
        match event:
            case EvidenceFound():
                self.evidence, self.searched = event.evidence, event.seconds
            case Asking():
                self._pieces.clear()
            case TextDelta():
                self._pieces.append(event.text)
            case Answered() | Failed() | Stopped():
                self.end = event
                self.text = "".join(self._pieces)

    @property
    def answer(self) -> Answer | None:
        return self.end.answer if isinstance(self.end, Answered) else None


def result_of(
    question: int, backend: str, gold: Gold, column: Column, attempts: Sequence[Attempt]
) -> Result:
    """Return the result of a column that has ended; `attempts` are the rows of all its calls."""
    answer = column.answer
    state = _state(column)
    text = answer.text if answer is not None else column.text.strip()
    figures = answer.figures if answer is not None else ()
    return Result(
        question=question,
        backend=backend,
        state=state,
        text=text,
        error=column.end.message if isinstance(column.end, Failed) else None,
        citations=len(answer.citations) if answer is not None else 0,
        dropped=answer.dropped_citations if answer is not None else 0,
        figures=len(figures),
        figures_verified=sum(figure.verified for figure in figures),
        flags=answer.flags if answer is not None else (),
        spent=spent(attempts),
        cost_low=known_sum(attempt.cost_low for attempt in attempts),
        cost_high=known_sum(attempt.cost_high for attempt in attempts),
        source=min((a.cost_source for a in attempts), key=CERTAINTY.index, default=None),
        tokens=tokens_of(attempts),
        first_token=answer.seconds.first_token if answer is not None else None,
        seconds=answer.seconds.total if answer is not None else _total(attempts),
        attempts=tuple(attempt.id for attempt in attempts),
        correct=_correct(gold, state, answer, attempts),
        served=_served(attempts),
    )


def _served(attempts: Sequence[Attempt]) -> tuple[str, ...]:
    said = (one.model_served for one in attempts if one.purpose is not Purpose.EMBED)
    return tuple(dict.fromkeys(model for model in said if model))


def tokens_of(attempts: Sequence[Attempt]) -> Tokens:
    usages = [attempt.usage for attempt in attempts]
    return Tokens(
        input=known_sum(usage.input_tokens for usage in usages),
        cached=known_sum(usage.cache_read_tokens for usage in usages),
        output=known_sum(usage.output_tokens for usage in usages),
        reasoning=known_sum(usage.reasoning_tokens for usage in usages),
        estimated=any(usage.source is UsageSource.ESTIMATED for usage in usages),
        unknown=sum(u.input_tokens is None or u.output_tokens is None for u in usages),
    )


def _state(column: Column) -> ResultState:
    match column.end:
        case Answered(answer=answer):
            return ResultState.ANSWERED if answer.answered else ResultState.REFUSED
        case Failed():
            return ResultState.FAILED
        case _:
            return ResultState.STOPPED


def _correct(
    gold: Gold, state: ResultState, answer: Answer | None, attempts: Sequence[Attempt]
) -> bool | None:
    """A call that failed gave no correct answer; what was stopped or never asked had no chance."""
    if state is ResultState.STOPPED or not gold.gradable:
        return None
    if answer is None:
        return False if attempts else None
    return grade(
        gold, answer.text, answered=answer.answered, figures=answer.figures, flags=answer.flags
    )


def _total(attempts: Iterable[Attempt]) -> float | None:
    known = [a.total_seconds for a in attempts if a.total_seconds is not None]
    return sum(known) if known else None
