"""What a turn saved by the answer cache, the provider's cache, a slim context and routing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.archive_answers import KeptAnswer
from assistant.cost.models import Attempt
from assistant.cost.prices import Prices
from assistant.cost.savings import (
    Saving,
    by_answer_cache,
    by_provider_cache,
    by_routing,
    by_slimming,
)
from assistant.planning import Plan

__all__ = ["Ended", "savings_of"]


@dataclass(frozen=True, slots=True)
class Ended:
    """An answered turn: its plan, the calls of the leg that answered, and all other calls.

    `kept` is the answer that was given again, `left_out` how many tokens of the conversation a
    call did not have to read.
    """

    plan: Plan
    answered: Sequence[Attempt]
    others: Sequence[Attempt]
    kept: KeptAnswer | None
    left_out: int


def savings_of(turn: Ended, prices: Prices) -> tuple[Saving, ...]:
    """Return the savings of a turn, negative ones included."""
    return tuple(_savings(turn, prices))


def _savings(turn: Ended, prices: Prices) -> Iterator[Saving]:
    if turn.kept is not None:
        if turn.kept.cost != 0:
            yield by_answer_cache(turn.answered[-1].backend, turn.kept.cost, turn.others)
        return
    calls = [*turn.others, *turn.answered]
    if (cache := by_provider_cache(calls, prices)) is not None:
        yield cache
    if (slim := by_slimming(calls, turn.left_out, prices)) is not None:
        yield slim
    # A second chain is the hard backend in reserve: without rules it would have been asked first.
    if len(turn.plan) > 1:
        chain = turn.plan[-1]
        names = {leg.backend.name for leg in chain}
        yield by_routing(turn.answered, turn.others, chain[0].backend, names, prices)
