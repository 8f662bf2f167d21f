"""A turn in a thread of its own: the call and its ledger row end well whatever the screen does.

Stop, rerun and a closed tab raise in the script; the thread goes on. The script only ever looks:
`snapshots` may be called by any number of script runs, at any time, as often as they like.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, replace
from threading import Condition, Event, Thread
from time import monotonic
from typing import Protocol

from assistant.conversation import Answer, Citation, Evidence, Step
from assistant.events import (
    Answered,
    Asking,
    Cited,
    EvidenceFound,
    Failed,
    Stopped,
    TextDelta,
    Waiting,
)
from assistant.events import Event as ResearchEvent
from assistant.inquiry import NO_FILTERS
from corpus.errors import LoadFactorError
from corpus.models import Filters

__all__ = ["Produce", "Record", "RunningTurn", "Shown", "Snapshot"]

Produce = Callable[[Event], Iterator[ResearchEvent]]
"""Begins an answer; the event given to it is set when its reader wants no more."""
PATIENCE = 0.25
"""Longest silence between two looks, in seconds."""
UNEXPECTED = "Something went wrong on our side; the log of the app has the details."

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """How far a turn has come. A finished turn holds an answer, an error, or was stopped.

    `interrupted` turns were cut off with the app itself. `notice` says what is waited for.
    """

    evidence: tuple[Evidence, ...] | None = None
    step: Step | None = None
    notice: str | None = None
    text: str = ""
    citations: tuple[Citation, ...] = ()
    answer: Answer | None = None
    error: str | None = None
    stopped: bool = False
    interrupted: bool = False
    finished: bool = False


class Shown(Protocol):
    """A turn as the screen needs it, running or past."""

    @property
    def id(self) -> str: ...
    @property
    def question(self) -> str: ...
    @property
    def filters(self) -> Filters: ...
    @property
    def now(self) -> Snapshot: ...


class Record(Protocol):
    """Where a turn is kept."""

    def begin(self) -> None: ...
    def end(self, snapshot: Snapshot) -> None: ...


class RunningTurn:
    """A question and the thread that answers it."""

    def __init__(
        self,
        turn_id: str,
        question: str,
        produce: Produce,
        record: Record | None = None,
        filters: Filters = NO_FILTERS,
    ) -> None:
        self.id = turn_id
        self.question = question
        self.filters = filters
        self._produce = produce
        self._record = record
        self._stop = Event()
        self._changed = Condition()
        self._snapshot = Snapshot()
        self._thread = Thread(target=self._run, name=f"turn-{turn_id}", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Ask the thread to end; what it has so far is kept and marked."""
        self._stop.set()

    def join(self, seconds: float) -> None:
        self._thread.join(seconds)

    @property
    def now(self) -> Snapshot:
        with self._changed:
            return self._snapshot

    def snapshots(self, interval: float = 0.05) -> Iterator[Snapshot]:
        """Yield how far the turn is whenever that changed, at most once an interval (seconds).

        A silent turn is shown again every quarter of a second.
        """
        seen: Snapshot | None = None
        while seen is None or not seen.finished:
            started = monotonic()
            with self._changed:
                # Streamlit can act on a click only when the script comes back to it.
                self._changed.wait_for(lambda: self._snapshot is not seen, PATIENCE)  # noqa: B023
                seen = self._snapshot
            yield seen
            if not seen.finished:
                self._rest(interval - (monotonic() - started))

    def _rest(self, seconds: float) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._snapshot.finished, timeout=max(0.0, seconds))

    def _run(self) -> None:
        try:
            if self._record is not None:
                self._record.begin()
            self._consume(self._produce(self._stop))
        except LoadFactorError as error:
            self._update(error=str(error))
        except Exception:
            log.exception("turn %s failed", self.id)
            self._update(error=UNEXPECTED)
        finally:
            self._keep()
            self._update(finished=True)

    def _keep(self) -> None:
        try:
            if self._record is not None:
                self._record.end(self.now)
        except Exception:
            # The answer is on the screen; that it was not kept must not take it away.
            log.exception("turn %s was not kept", self.id)

    def _consume(self, events: Iterator[ResearchEvent]) -> None:
        for event in events:
            self._take(event)
            settled = isinstance(event, Answered | Failed | Stopped)
            if self._stop.is_set() and not settled:
                self._update(stopped=True)
                break
        if isinstance(events, Generator):
            events.close()  # cancels the call and settles its row before the turn is finished

    def _take(self, event: ResearchEvent) -> None:
        match event:
            case EvidenceFound():
                self._update(evidence=event.evidence)
            case Asking():
                self._update(step=event.step, notice=None, text="", citations=())
            case Waiting():
                self._update(notice=f"{event.reason} Again in {event.seconds:.0f} s.")
            case TextDelta():
                self._update(notice=None, text=self.now.text + event.text)
            case Cited():
                self._update(citations=(*self.now.citations, event.citation))
            case Answered():
                self._update(answer=event.answer)
            case Failed():
                self._update(error=event.message)
            case Stopped():
                self._update(stopped=True)

    def _update(self, **changes: object) -> None:
        with self._changed:
            self._snapshot = replace(self._snapshot, **changes)  # type: ignore[arg-type]
            self._changed.notify_all()
