"""Sums over parts of the ledger as frozen values. Pure; money is integer pico-dollars."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from assistant.cost.models import Totals

__all__ = [
    "AnswerCounts",
    "Dimension",
    "Key",
    "Period",
    "SavingSums",
    "Sums",
    "UsageGroup",
    "add_up",
    "count_up",
    "regroup",
]

Key = tuple[str | None, ...]


class Dimension(StrEnum):
    """What costs are broken down by; `model` is the one that served, else the one asked for."""

    DAY = "day"
    BACKEND = "backend"
    MODEL = "model"
    PURPOSE = "purpose"
    USER = "user"
    CONVERSATION = "conversation"


@dataclass(frozen=True, slots=True)
class Period:
    """Days of the deployment's time zone, both included; None is open on that side."""

    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, slots=True)
class Sums:
    """Sums over the calls that share a key, one value a dimension; None is unknown.

    `cached` answers came from our own cache: they are no calls and in no other sum. `talks` are
    the calls of language models: tokens are theirs alone. A sum covers what is known and is None
    where nothing is: `unknown_tokens` calls lack a count, `estimated_tokens` calls have an
    estimated one, `unpriced` calls have no price, `unmetered` talks ran on our own machines, whose
    hours have none, as did `unmetered_work`, which is the embedder's; `estimated` costs are
    estimates. `cost_low` and `cost_high` bound `cost`. `seconds` are those of all calls together.
    """

    key: Key
    calls: int = 0
    cached: int = 0
    talks: int = 0
    input_tokens: int | None = None
    output_tokens: int | None = None
    unknown_tokens: int = 0
    estimated_tokens: int = 0
    cost_low: int | None = None
    cost: int | None = None
    cost_high: int | None = None
    unpriced: int = 0
    unmetered: int = 0
    unmetered_work: int = 0
    estimated: int = 0
    failed: int = 0
    running: int = 0
    seconds: float = 0.0

    @property
    def embeddings(self) -> int:
        """Return the calls of the embedder, which are no calls of a language model."""
        return self.calls - self.talks

    @property
    def totals(self) -> Totals:
        """Return the sums as the meter has them: those of no call are 0."""
        return Totals(
            attempts=self.calls,
            input_tokens=self.input_tokens if self.talks else 0,
            output_tokens=self.output_tokens if self.talks else 0,
            unknown_tokens=self.unknown_tokens,
            estimated=self.estimated_tokens > 0,
            cost_low=self.cost_low if self.calls else 0,
            cost=self.cost if self.calls else 0,
            cost_high=self.cost_high if self.calls else 0,
            unpriced=self.unpriced,
            cost_estimated=self.estimated > 0,
            unmetered=self.unmetered if self.talks else self.unmetered_work,
        )


@dataclass(frozen=True, slots=True)
class AnswerCounts:
    """Answers that were given; each counts for the call that gave it.

    `answered` are those that were no refusal, `supported` the ones of them that every check of
    citations and figures passed. `marked` were marked by a reader, `useful` by one as useful.
    `checked` were judged at all: the others, of a conversation that was deleted or of the command
    line, are known as `answers` alone.
    """

    key: str | None = None
    answers: int = 0
    checked: int = 0
    answered: int = 0
    supported: int = 0
    marked: int = 0
    useful: int = 0


@dataclass(frozen=True, slots=True)
class SavingSums:
    """What one kind of saving did in `turns` turns; sums cover those of which all is known.

    `unknown` turns lack one of the three amounts. All amounts are None where nothing is known.
    """

    kind: str
    turns: int
    unknown: int
    counterfactual: int | None
    actual: int | None
    overhead: int | None
    estimated: bool

    @property
    def saved(self) -> int | None:
        """Return counterfactual minus actual minus overhead; negative where saving cost money."""
        if self.counterfactual is None or self.actual is None or self.overhead is None:
            return None
        return self.counterfactual - self.actual - self.overhead


class UsageGroup(NamedTuple):
    """Sums over comparable calls; a tuple, because a period has tens of thousands of them.

    The calls share ten minutes (`bucket`, UTC, ISO text less its last digit of minutes), the
    input size (how many of the breaks that were asked for it exceeds) and the number of web
    searches of each. A count that a call lacks is 0.
    """

    bucket: str
    size: int
    searches: int
    calls: int
    estimated: int
    input_tokens: int
    cache_read_tokens: int
    cache_write_5m_tokens: int
    cache_write_1h_tokens: int
    output_tokens: int
    reasoning_tokens: int


COUNTS = (
    "calls",
    "cached",
    "talks",
    "unknown_tokens",
    "estimated_tokens",
    "unpriced",
    "unmetered",
    "unmetered_work",
    "estimated",
    "failed",
    "running",
)
AMOUNTS = ("input_tokens", "output_tokens", "cost_low", "cost", "cost_high")
ANSWER_COUNTS = ("answers", "checked", "answered", "supported", "marked", "useful")


def add_up(parts: Sequence[Sums], key: Key = ()) -> Sums:
    """Return the sum of disjoint parts; an amount is None where no part knows any of it."""
    counts: dict[str, int] = {name: sum(getattr(part, name) for part in parts) for name in COUNTS}
    sent, said, low, cost, high = (
        _known([getattr(part, name) for part in parts]) for name in AMOUNTS
    )
    return Sums(
        key,
        **counts,
        input_tokens=sent,
        output_tokens=said,
        cost_low=low,
        cost=cost,
        cost_high=high,
        seconds=sum(part.seconds for part in parts),
    )


def regroup(parts: Iterable[Sums], position: int) -> tuple[Sums, ...]:
    """Return one sum for each value at a position of the keys, in order of first appearance."""
    groups: defaultdict[str | None, list[Sums]] = defaultdict(list)
    for part in parts:
        groups[part.key[position]].append(part)
    return tuple(add_up(found, (value,)) for value, found in groups.items())


def count_up(parts: Sequence[AnswerCounts]) -> AnswerCounts:
    """Return the sum of answers of different keys."""
    return AnswerCounts(
        **{name: sum(getattr(part, name) for part in parts) for name in ANSWER_COUNTS}
    )


def _known(values: Sequence[int | None]) -> int | None:
    known = [value for value in values if value is not None]
    return sum(known) if known else None
