"""One backend is asked, with patience: a failed call is repeated a few times, each its own row."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from random import random

from langchain_core.messages import BaseMessage

from assistant.backends.backend import Backend
from assistant.backends.errors import CallFailed
from assistant.backends.pump import Stopped
from assistant.calls import Call, Caller
from assistant.citations import MarkerFilter, check
from assistant.conversation import Evidence
from assistant.cost.models import Attempt
from assistant.events import Cited, TextDelta, Waiting

__all__ = ["Asked", "Shown"]

TRIES = 3
FIRST_WAIT = 0.5
"""Seconds before the second try; doubled for the third, with up to a quarter more at random, so
that readers who were refused together do not come back together."""
MARKER = re.compile(r"\[(\d+)\]")
LONGEST_WAIT = 20.0
"""Seconds; a provider that asks for more is not waited for."""


@dataclass(slots=True)
class Asked:
    """The calls to one backend for one turn; `call` is the last, `attempts` are the settled rows.

    `first_text` is the caller's clock when the first text came.
    """

    caller: Caller
    backend: Backend
    messages: Sequence[BaseMessage]
    evidence: Sequence[Evidence]
    parent: str | None = None
    attempts: list[Attempt] = field(default_factory=list)
    call: Call | None = None
    first_text: float | None = None

    @property
    def text(self) -> str:
        """Return the text of the last call."""
        return self.call.text if self.call is not None else ""

    @property
    def finish_reason(self) -> str | None:
        return self.call.finish_reason if self.call is not None else None

    def events(self) -> Iterator[TextDelta | Cited | Waiting]:
        """Yield text and citations as they come, and the waits between calls.

        Raises CallFailed when the last try failed; what had no text yet and may go through later
        is tried again. Raises Stopped, LedgerError.
        """
        for number in range(1, TRIES + 1):
            try:
                yield from self._once()
                return
            except CallFailed as error:
                wait = _wait(error, number)
                if wait is None or self.text:
                    raise
                yield Waiting(str(error), wait)
                if self.caller.stop.wait(wait):
                    raise Stopped from error

    def _once(self) -> Iterator[TextDelta | Cited]:
        parent = self.attempts[0].id if self.attempts else self.parent
        self.call = call = Call(self.caller, self.backend, self.messages, parent)
        shown = Shown(self.evidence)
        try:
            for delta in call.stream():
                if self.first_text is None:
                    self.first_text = self.caller.clock()
                yield from shown.take(shown.markers.feed(delta))
            yield from shown.take(shown.markers.close())
        finally:
            if call.attempt is not None:
                self.attempts.append(call.attempt)


def _wait(error: CallFailed, number: int) -> float | None:
    """Return how many seconds to wait after a failed try, None when there is none after it."""
    if not error.transient or number == TRIES:
        return None
    if error.retry_after is not None:
        return error.retry_after if error.retry_after <= LONGEST_WAIT else None
    backoff: float = FIRST_WAIT * 2 ** (number - 1) * (1 + random() / 4)
    return backoff


@dataclass(slots=True)
class Shown:
    """What a reader has seen of the stream, and which evidence it has cited."""

    evidence: Sequence[Evidence]
    text: str = ""
    cited: set[int] = field(default_factory=set)
    markers: MarkerFilter = field(init=False)

    def __post_init__(self) -> None:
        self.markers = MarkerFilter({item.n for item in self.evidence})

    def take(self, text: str) -> Iterator[TextDelta | Cited]:
        if not text:
            return
        self.text += text
        yield TextDelta(text)
        if not self.cited.issuperset(map(int, MARKER.findall(text))):
            for citation in check(self.text, self.evidence).citations:
                if citation.n not in self.cited:
                    self.cited.add(citation.n)
                    yield Cited(citation)
