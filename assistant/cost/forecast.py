"""What the next question will cost on a backend: expected, and at most, before anything is sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import median_low

from assistant.cost.costing import Costing, Identity, Prompt, Terms
from assistant.cost.models import Attempt, Usage, UsageSource
from assistant.cost.money import show_usd
from assistant.cost.spent import NOT_METERED

__all__ = ["Forecast", "Sizes", "forecast"]

BYTES_PER_TOKEN = 8
"""More than any prose: English has 4 to 5 bytes a word piece, tables fewer."""
USUAL_QUESTION = 40
USUAL_OUTPUT = 250
"""Tokens of a cited answer in a few sentences, until this backend has answered here."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """Most tokens of a prompt's parts, by our own tokenizer: instructions, conversation, evidence
    and the question."""

    instructions: int
    conversation: int
    evidence: int
    question: int

    @property
    def usual(self) -> int:
        """Return the tokens of a question without a conversation before it."""
        return self.instructions + self.evidence + USUAL_QUESTION

    @property
    def most(self) -> int:
        """Return more tokens than any tokenizer makes of all parts at their longest."""
        parts = self.instructions + self.conversation + self.evidence + self.question
        return parts * BYTES_PER_TOKEN


@dataclass(frozen=True, slots=True)
class Forecast:
    """The next call's cost in pico-dollars; None is unknown.

    `expected` is a median of this backend's last answers, or reckoned where it has none;
    `most` is what would be reserved for the longest prompt and the longest answer. `local` says
    that nobody bills it.
    """

    expected: int | None
    most: int | None
    local: bool

    @property
    def sentence(self) -> str:
        """Return "≈$0.0061, at most $0.058 a call", "not metered" or "— no price"."""
        if self.expected is None:
            return NOT_METERED if self.local else "— no price"
        if self.most is None:
            return show_usd(self.expected, estimated=True)
        return f"{show_usd(self.expected, estimated=True)}, at most {show_usd(self.most)} a call"


def forecast(
    costing: Costing,
    blank: Attempt,
    backend: Identity,
    sizes: Sizes,
    max_output: int | None,
    recent: Sequence[Attempt],
) -> Forecast:
    """Return the forecast for `backend` by its latest answers; `blank` is a row not yet begun."""
    prompt = Prompt(sizes.usual, sizes.most)
    opened = costing.opened(blank, backend, prompt, max_output)
    usual = replace(opened, usage=_usual(sizes, recent), total_seconds=_usual_seconds(recent))
    expected = costing.settled(usual, Terms(backend.priced_as)).cost
    most = opened.cost_high if max_output is not None else None
    return Forecast(expected, most, backend.local)


def _usual(sizes: Sizes, recent: Sequence[Attempt]) -> Usage:
    given = [row.usage.input_tokens for row in recent if row.usage.input_tokens is not None]
    made = [row.usage.output_tokens for row in recent if row.usage.output_tokens is not None]
    return Usage(
        input_tokens=median_low(given) if given else sizes.usual,
        output_tokens=median_low(made) if made else USUAL_OUTPUT,
        source=UsageSource.ESTIMATED,
    )


def _usual_seconds(recent: Sequence[Attempt]) -> float | None:
    taken = [row.total_seconds for row in recent if row.total_seconds is not None]
    return median_low(taken) if taken else None
