"""What is told while documents come in: one line of progress, then what became of each input."""

from __future__ import annotations

from collections.abc import Iterable

import streamlit as st

from assistant.ui.escape import as_label, count
from corpus.errors import LoadFactorError
from ingest.outcome import Event, Finished, Found, Outcome, Progress, Status

__all__ = ["follow", "refused"]


def follow(given: str, events: Iterable[Event]) -> list[Outcome]:
    """Show how far an input is, and return its outcomes; what broke off is one of them."""
    outcomes: list[Outcome] = []
    inputs = 1
    line = st.progress(0.0, f"{as_label(given)}: reading …")
    try:
        for event in events:
            if isinstance(event, Found):
                inputs = max(event.inputs, 1)
            line.progress(*_stage(given, event, len(outcomes), inputs))
            if isinstance(event, Finished):
                outcomes.append(event.outcome)
    except LoadFactorError as error:
        outcomes.append(refused(given, str(error)))
    return outcomes or [refused(given, "nothing was read")]


def refused(given: str, reason: str) -> Outcome:
    return Outcome(given, Status.REFUSED, reason)


def _stage(given: str, event: Event, finished: int, inputs: int) -> tuple[float, str]:
    """Return the share that is done, 0 to 1, and the line that says so."""
    place = f" · {finished + 1} of {inputs}" if inputs > 1 else ""
    match event:
        case Progress(name=name, passages=passages, done=done):
            share = done / passages if passages else 0.0
            told = f"{done} of {passages} passages embedded{place}"
            return (finished + share) / inputs, f"{as_label(name)}: {told}"
        case Finished():
            return (finished + 1) / inputs, f"{as_label(given)}: done{place}"
        case Found():
            found = f"{count(inputs, 'document')} found, " if inputs > 1 else ""
            return 0.0, f"{as_label(given)}: {found}reading …"
