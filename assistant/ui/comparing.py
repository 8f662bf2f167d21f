"""A comparison in a thread of its own, and all that this process runs, each found by its id."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from threading import Condition, Event, Lock, Thread
from time import monotonic

import streamlit as st

from assistant.archive_comparisons import ComparisonArchive
from assistant.compared import Comparison, Result
from assistant.comparing import UNEXPECTED, Happened, Run
from assistant.comparing_job import Job
from assistant.cost.models import Attempt
from assistant.events import Asking, TextDelta, Waiting
from assistant.inquiry import Searchable
from assistant.ui.resources import runtime
from corpus.errors import LoadFactorError

__all__ = ["Live", "RunningComparison", "View", "find", "running", "start"]

KEPT = 50
"""Comparisons that are held in memory after their end; all are in the archive."""
PATIENCE = 0.25
"""Longest silence between two looks, in seconds."""
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Live:
    """One backend's answer as it comes. `attempt` is the open row of its call, once it speaks."""

    text: str = ""
    notice: str | None = None
    asked: bool = False
    attempt: Attempt | None = None
    began: float = field(default_factory=monotonic)
    result: Result | None = None


@dataclass(frozen=True, slots=True)
class View:
    """How far a comparison is: the `question`-th question is being asked."""

    comparison: Comparison
    question: int
    columns: Mapping[str, Live]
    error: str | None = None
    finished: bool = False


class RunningComparison:
    """A job and the thread that does it, whoever watches; it is kept after every question."""

    def __init__(self, job: Job, corpus: Searchable, archive: ComparisonArchive) -> None:
        self.job = job
        self._archive = archive
        self._stop = Event()
        self._run = Run(job, corpus, runtime().meter, self._stop)
        self._ledger = runtime().meter.ledger
        self._changed = Condition()
        so_far = self._run.so_far
        self._view = View(so_far, 0, {backend.name: Live() for backend in so_far.backends})
        self._thread = Thread(target=self._do, name=job.id, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Ask the thread to end; what it has so far is kept."""
        self._stop.set()

    def join(self, seconds: float) -> None:
        self._thread.join(seconds)

    @property
    def now(self) -> View:
        with self._changed:
            return self._view

    def views(self, interval: float = 0.1) -> Iterator[View]:
        """Yield how far it is whenever that changed, at most once an interval (seconds)."""
        seen: View | None = None
        while seen is None or not seen.finished:
            began = monotonic()
            with self._changed:
                self._changed.wait_for(lambda: self._view is not seen, PATIENCE)  # noqa: B023
                seen = self._view
            yield seen
            rest = interval - (monotonic() - began)
            if not seen.finished and rest > 0:
                Event().wait(rest)

    def _do(self) -> None:
        try:
            self._archive.keep(self._run.so_far)
            for happened in self._run.events():
                self._take(happened)
                if happened.result and self._run.so_far.is_done(happened.question):
                    self._archive.keep(self._run.so_far)
        except LoadFactorError as error:
            self._update(error=str(error))
        except Exception:
            log.exception("comparison %s failed", self.job.id)
            self._update(error=UNEXPECTED)
        finally:
            self._keep()
            self._update(comparison=self._run.so_far, finished=True)

    def _keep(self) -> None:
        try:
            self._archive.keep(self._run.so_far)
        except Exception:
            # It is on the screen; that it was not kept must not take it away.
            log.exception("comparison %s was not kept", self.job.id)

    def _take(self, happened: Happened) -> None:
        now = self.now
        fresh = happened.question != now.question
        columns = {name: Live() for name in now.columns} if fresh else dict(now.columns)
        live = columns[happened.backend]
        match happened.event:
            case Asking():
                live = replace(live, asked=True, text="", notice=None, began=monotonic())
            case Waiting():
                notice = f"{happened.event.reason} Again in {happened.event.seconds:.0f} s."
                live = replace(live, notice=notice)
            case TextDelta():
                attempt = live.attempt or self._open_row(happened.backend)
                text = live.text + happened.event.text
                live = replace(live, notice=None, text=text, attempt=attempt)
        columns[happened.backend] = replace(live, result=happened.result)
        self._update(comparison=self._run.so_far, question=happened.question, columns=columns)

    def _open_row(self, backend: str) -> Attempt | None:
        """Return the row of the call that runs; of a set none: all its rows would be read."""
        if len(self.job.questions) > 1:
            return None
        rows = self._ledger.attempts(conversation=self.job.id)
        return next((row for row in reversed(rows) if row.backend == backend), None)

    def _update(self, **changes: object) -> None:
        with self._changed:
            self._view = replace(self._view, **changes)  # type: ignore[arg-type]
            self._changed.notify_all()


@dataclass(slots=True)
class _Known:
    lock: Lock = field(default_factory=Lock)
    by_id: dict[str, RunningComparison] = field(default_factory=dict)


@st.cache_resource(show_spinner=False)
def _known() -> _Known:
    return _Known()


def start(job: Job) -> RunningComparison:
    """Start a job, unless one of its id was started before: one submit, one charge."""
    known = _known()
    with known.lock:
        found = known.by_id.get(job.id)
        if found is None:
            ended = [key for key, one in known.by_id.items() if one.now.finished]
            for key in ended[: max(0, len(known.by_id) - KEPT)]:
                del known.by_id[key]
            product = runtime()
            archive = ComparisonArchive(product.meter.ledger)
            found = known.by_id[job.id] = RunningComparison(job, product.corpus, archive)
            found.start()
    return found


def running(comparison: str | None) -> RunningComparison | None:
    """Return a comparison that still runs in this process."""
    found = _known().by_id.get(comparison or "")
    return found if found is not None and not found.now.finished else None


def find(comparison: str | None) -> View | None:
    """Return a comparison that has ended, from memory or the archive. Raises LedgerError."""
    if not comparison:
        return None
    held = _known().by_id.get(comparison)
    if held is not None and held.now.finished:
        return held.now
    kept = ComparisonArchive(runtime().meter.ledger).find(comparison)
    return View(kept, 0, {}, finished=True) if kept is not None else None
