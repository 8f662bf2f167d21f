"""Does a backend work? One short streamed call says whether it is reachable, streams, reports
usage, and has a price."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Event
from uuid import uuid4

from assistant.backends.backend import Backend
from assistant.backends.errors import TIMEOUT, UNREACHABLE, CallFailed
from assistant.backends.silence import silence_tracing
from assistant.calls import Call, Caller
from assistant.cost.meter import Meter
from assistant.cost.models import Attempt, Purpose
from assistant.prompts import render

__all__ = ["Checkup", "check_backend"]

CONVERSATION = "checks"
QUESTION = "Is there any evidence here?"
"""Without evidence the answer is the refusal: a sentence, long enough to come in pieces."""


@dataclass(frozen=True, slots=True)
class Checkup:
    """What one call showed. `attempt` is its row, with seconds and cost.

    `streams`: the text came in several pieces. `reports_usage`: the provider counted the tokens.
    `priced`: the call has a known cost. All three are None for a call that failed; `error` then
    says why and what to do.
    """

    backend: str
    reachable: bool
    streams: bool | None
    reports_usage: bool | None
    priced: bool | None
    error: str | None
    attempt: Attempt | None


def check_backend(
    backend: Backend, meter: Meter, *, clock: Callable[[], float] = time.perf_counter
) -> Checkup:
    """Make one short call, metered like any other, with the purpose `check`.

    Raises LedgerError when its row cannot be written.
    """
    silence_tracing()
    caller = Caller(meter, CONVERSATION, uuid4().hex, "local", clock, Event(), Purpose.CHECK)
    call = Call(caller, backend, render(QUESTION, (), ()))
    try:
        for _ in call.stream():
            pass
    except CallFailed as error:
        reached = error.reason not in {UNREACHABLE, TIMEOUT}
        return Checkup(backend.name, reached, None, None, None, str(error), call.attempt)
    assert call.attempt is not None
    return Checkup(
        backend=backend.name,
        reachable=True,
        streams=call.pieces > 1,
        reports_usage=call.reports_usage,
        priced=call.attempt.cost is not None,
        error=None,
        attempt=call.attempt,
    )
