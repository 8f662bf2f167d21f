"""The cost meter: what was spent, and what the same tokens would cost elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import streamlit as st

from assistant.backends.errors import UNREACHABLE
from assistant.conversation import Answer
from assistant.cost.models import Attempt, CostSource, Repriced, UsageSource
from assistant.cost.money import show_range, show_tokens, show_usd
from assistant.ui import state
from assistant.ui.escape import as_html, as_label
from assistant.ui.resources import repriced, runtime
from assistant.wiring import Runtime

__all__ = [
    "Reading",
    "answer_line",
    "bar",
    "cost_of",
    "explanation",
    "read",
    "reading",
    "turn_line",
]

HELP = (
    "**Dollars and tokens** are read from the ledger of this deployment, one row for every call. "
    "≈ marks an estimate (the provider reported no usage), — what has no known price. "
    "A backend on this machine costs no provider's money: \\$0.\n\n"
    "**Repriced, not run** is what the same tokens would cost at another model's list price, "
    "from a cache that works as it did here to no cache at all. Other models count tokens "
    "differently and answer at other lengths."
)


@dataclass(frozen=True, slots=True)
class Reading:
    """Sums over the attempts of one scope; None is unknown, `estimated` concerns the tokens."""

    label: str
    attempts: int
    input_tokens: int | None
    output_tokens: int | None
    estimated: bool
    cost: int | None
    cost_estimated: bool
    unpriced: int
    unknown: int
    elsewhere: tuple[Repriced, ...]

    @property
    def dollars(self) -> str:
        """What was spent; a sum that leaves unpriced calls out says so with a plus."""
        shown = show_usd(self.cost, estimated=self.cost_estimated)
        return f"{shown} + —" if self.unpriced and self.cost is not None else shown

    @property
    def tokens(self) -> str:
        """What was read and written; a sum that leaves unknown counts out says so with a plus."""
        taken = show_tokens(self.input_tokens, estimated=self.estimated)
        given = show_tokens(self.output_tokens, estimated=self.estimated)
        partly = " + —" if self.unknown else ""
        return f"{taken} in · {given} out{partly}"


def reading(label: str, attempts: Sequence[Attempt], elsewhere: tuple[Repriced, ...]) -> Reading:
    """Sum attempts; a count or cost that no attempt knows is None."""
    costs = [attempt.cost for attempt in attempts]
    return Reading(
        label=label,
        attempts=len(attempts),
        input_tokens=_sum(attempt.usage.input_tokens for attempt in attempts),
        output_tokens=_sum(attempt.usage.output_tokens for attempt in attempts),
        estimated=any(attempt.usage.source is UsageSource.ESTIMATED for attempt in attempts),
        cost=_sum(costs),
        cost_estimated=any(attempt.cost_source is CostSource.ESTIMATED for attempt in attempts),
        unpriced=costs.count(None),
        unknown=sum(_unknown(attempt) for attempt in attempts),
        elsewhere=elsewhere,
    )


def read(product: Runtime, conversation: str, turn: str | None) -> tuple[Reading, ...]:
    """Read the meter: the last answer, the conversation, today. Raises LedgerError."""
    ledger = product.meter.ledger
    talk = ledger.attempts(conversation=conversation)
    scopes = (
        ("This answer", tuple(attempt for attempt in talk if attempt.turn == turn)),
        ("Conversation", talk),
        ("Today", ledger.attempts(since=product.meter.midnight())),
    )
    return tuple(reading(label, found, repriced(found)) for label, found in scopes)


def bar(readings: Sequence[Reading]) -> None:
    """Draw the meter's cells."""
    cells = "".join(
        f'<div class="lf-cell"><span class="lf-label">{as_html(reading.label)}</span>'
        f'<span class="lf-value">{as_html(reading.dollars)}</span>'
        f'<span class="lf-tokens">{as_html(reading.tokens)}</span></div>'
        for reading in readings
    )
    elsewhere = "".join(
        f'<span class="lf-tokens"><b>{as_html(row.reference.label)}</b> '
        f"{as_html(_price(row))}</span>"
        for row in readings[1].elsewhere
    )
    st.html(
        f'<div class="lf-meter" role="status" aria-label="Cost meter">{cells}'
        f'<div class="lf-cell lf-elsewhere"><span class="lf-label">Conversation elsewhere · '
        f"repriced, not run</span>{elsewhere}</div></div>"
    )


def explanation(readings: Sequence[Reading]) -> None:
    """Draw the table of all scopes and what the numbers mean."""
    names = [as_label(row.reference.label) for row in readings[0].elsewhere]
    head = ["", "Spent", "Tokens", *(f"{name}, repriced" for name in names)]
    rows = [
        [reading.label, reading.dollars, reading.tokens, *map(_price, reading.elsewhere)]
        for reading in readings
    ]
    lines = [head, ["---"] * len(head), *([as_label(cell) for cell in row] for row in rows)]
    st.markdown("\n".join(f"| {' | '.join(line)} |" for line in lines))
    st.markdown(HELP)


def answer_line(answer: Answer) -> str:
    """Return, as inert HTML, what one answer took and what its tokens would cost elsewhere."""
    attempts = answer.attempts or (answer.attempt,)
    return _line(_label(answer.attempt), attempts, f"{answer.seconds.total:.1f} s")


def turn_line(turn: str) -> str:
    """Return the same of a turn that has no answer, from the ledger; empty where nobody was asked.

    Raises LedgerError.
    """
    ledger = runtime().meter.ledger
    talk = ledger.attempts(conversation=state.conversation().id)
    attempts = tuple(attempt for attempt in talk if attempt.turn == turn)
    return _line(_label(attempts[-1]), attempts, None) if attempts else ""


def _line(label: str, attempts: Sequence[Attempt], seconds: str | None) -> str:
    spent = reading("", attempts, repriced(attempts))
    calls = f"{spent.attempts} calls" if spent.attempts > 1 else None
    parts = (label, calls, f"{spent.tokens} tokens", spent.dollars, seconds)
    line = " · ".join(part for part in parts if part)
    places = " and ".join(_places(attempts))
    sent = f"Question and evidence went to {places}" if places else "Nothing was sent"
    elsewhere = " and ".join(f"{_price(row)} on {row.reference.label}" for row in spent.elsewhere)
    aside = f"The same tokens would cost {elsewhere} · repriced, not run" if elsewhere else ""
    return f"{as_html(line)}<br>{as_html(sent)}<br>{as_html(aside)}"


def cost_of(attempt: Attempt) -> str:
    """Return what one call cost, as text."""
    return reading("", (attempt,), ()).dollars


def _label(attempt: Attempt) -> str:
    known = {entry.name: entry.label for entry in runtime().backends.entries}
    return known.get(attempt.backend, attempt.backend)


def _places(attempts: Iterable[Attempt]) -> tuple[str, ...]:
    """Return where the calls that arrived went, each place once; — where a row does not say."""
    arrived = (attempt for attempt in attempts if attempt.finish_reason != UNREACHABLE)
    return tuple(dict.fromkeys(attempt.sent_to or "—" for attempt in arrived))


def _unknown(attempt: Attempt) -> bool:
    return attempt.usage.input_tokens is None or attempt.usage.output_tokens is None


def _price(row: Repriced) -> str:
    if row.low == row.high == 0:
        return "$0"
    shown = show_range(row.low, row.high, estimated=True)
    return f"{shown} + —" if row.unpriced and row.low is not None else shown


def _sum(values: Iterable[int | None]) -> int | None:
    found = list(values)
    known = [value for value in found if value is not None]
    return sum(known) if known or not found else None
