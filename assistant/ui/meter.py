"""The cost meter: what was spent, live, and what the same tokens would cost elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextvars import ContextVar

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from assistant.backends.errors import UNREACHABLE
from assistant.conversation import Answer
from assistant.cost.ledger_savings import read_savings
from assistant.cost.models import Attempt, AttemptState, Purpose
from assistant.ui import state, sums
from assistant.ui.escape import as_html
from assistant.ui.prices import elsewhere_price
from assistant.ui.readings import MeterView, Reading, read, reading
from assistant.ui.resources import repriced, runtime

__all__ = ["answer_line", "draw", "live", "turn_line", "warnings"]

_bar: ContextVar[DeltaGenerator] = ContextVar("the meter's bar")


def draw(conversation: str, turn: str | None) -> None:
    """Draw the meter; a click on it opens the arithmetic. Raises LedgerError."""
    view = read(runtime(), conversation, turn)
    slot = st.empty()
    _bar.set(slot)
    slot.html(_html(view))
    with st.popover("Open the arithmetic", type="tertiary", key="about-meter"):
        sums.draw(view)


def live(conversation: str, turn: str, text: str) -> None:
    """Let the meter show what a running turn has come to, given the text so far (≈)."""
    _bar.get().html(_html(read(runtime(), conversation, turn, text)))


def warnings(conversation: str) -> tuple[str, ...]:
    """Return a sentence for each budget that is nearly used up. Raises LedgerError."""
    return tuple(b.sentence for b in runtime().meter.standings(conversation) if b.warns)


def _html(view: MeterView) -> str:
    cells = "".join(map(_cell, view.readings))
    elsewhere = "".join(
        f'<span class="lf-tokens"><b>{as_html(row.reference.label)}</b> '
        f"{as_html(elsewhere_price(row))}</span>"
        for row in view.elsewhere
    )
    return (
        f'<div class="lf-meter" role="status" aria-label="Cost meter">{cells}'
        f'<div class="lf-cell lf-elsewhere"><span class="lf-label">Conversation elsewhere · '
        f"repriced, not run</span>{elsewhere}</div></div>"
    )


def _cell(reading: Reading) -> str:
    warns = " lf-warns" if reading.warns else ""
    return (
        f'<div class="lf-cell{warns}"><span class="lf-label">{as_html(reading.label)}</span>'
        f'<span class="lf-value">{as_html(reading.dollars)}</span>'
        f'<span class="lf-tokens">{as_html(reading.tokens)}</span></div>'
    )


def answer_line(turn: str, answer: Answer) -> str:
    """Return, as inert HTML, what one answer took and what its tokens would cost elsewhere."""
    attempts = answer.attempts or (answer.attempt,)
    line = _line(_label(answer.attempt), attempts, f"{answer.seconds.total:.1f} s")
    saved = map(sums.saving_sentence, read_savings(runtime().meter.ledger.file, turn))
    return "<br>".join([line, *(as_html(sentence) for sentence in saved)])


def turn_line(turn: str) -> str:
    """Return the same of a turn that has no answer, from the ledger; empty where nobody was asked.

    Raises LedgerError.
    """
    ledger = runtime().meter.ledger
    talk = ledger.attempts(conversation=state.conversation().id)
    attempts = tuple(row for row in talk if row.turn == turn and row.purpose is not Purpose.EMBED)
    return _line(_label(attempts[-1]), attempts, None) if attempts else ""


def _line(label: str, attempts: Sequence[Attempt], seconds: str | None) -> str:
    took = reading("", attempts)
    calls = f"{took.spent.calls} calls" if took.spent.calls > 1 else None
    again = all(attempt.state is AttemptState.CACHED for attempt in attempts)
    tokens = "given again from our own cache" if again else f"{took.tokens} tokens"
    line = " · ".join(part for part in (label, calls, tokens, took.dollars, seconds) if part)
    places = " and ".join(_places(attempts))
    sent = f"Question and evidence went to {places}" if places else "Nothing was sent"
    elsewhere = " and ".join(
        f"{elsewhere_price(row)} on {row.reference.label}"
        for row in repriced(attempts)
        if not again
    )
    aside = f"The same tokens would cost {elsewhere} · repriced, not run" if elsewhere else ""
    return "<br>".join(as_html(part) for part in (line, sent, aside) if part)


def _label(attempt: Attempt) -> str:
    known = {entry.name: entry.label for entry in runtime().backends.entries}
    return known.get(attempt.backend, attempt.backend)


def _places(attempts: Iterable[Attempt]) -> tuple[str, ...]:
    """Return where the calls that arrived went, each place once; — where a row does not say."""
    arrived = (
        attempt
        for attempt in attempts
        if attempt.finish_reason != UNREACHABLE and attempt.state is not AttemptState.CACHED
    )
    return tuple(dict.fromkeys(attempt.sent_to or "—" for attempt in arrived))
