"""The same questions over the same evidence, asked of several backends at the same time."""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain
from queue import SimpleQueue
from threading import Event as StopSignal
from threading import Thread

from assistant.archive_records import record_of
from assistant.backends.backend import Backend
from assistant.compared import VERSION, Asked, Comparison, Result
from assistant.comparing_job import Job
from assistant.comparing_results import Column, result_of
from assistant.cost.meter import Meter
from assistant.cost.models import Attempt, Purpose
from assistant.embedding_meter import on_behalf_of
from assistant.events import Answered, Event, EvidenceFound, Failed, Stopped
from assistant.inquiry import Inquiry, Searchable, find_evidence
from assistant.planning import only
from assistant.questions import Question
from assistant.research import ask
from corpus.errors import LoadFactorError

__all__ = ["AT_ONCE", "Happened", "Run", "compare", "turn_of"]

AT_ONCE = 8
"""Backends that are asked at the same time."""
UNEXPECTED = "Something went wrong on our side; the log has the details."

log = logging.getLogger(__name__)


def compare(
    inquiry: Inquiry,
    backends: Sequence[Backend],
    corpus: Searchable,
    meter: Meter,
    stop: StopSignal | None = None,
    clock: Callable[[], float] = time.perf_counter,
) -> Generator[tuple[str, Event], None, None]:
    """Ask every backend the same over the same evidence; yield (backend name, event) as they come.

    The evidence is found once. Every backend begins with EvidenceFound and ends with Answered,
    Failed or Stopped, whatever becomes of the others; its turn is `turn_of(inquiry, name)`. Where
    `stop` is set or the consumer leaves early, all are stopped and their rows settled.
    """
    stop = stop or StopSignal()
    began = clock()
    try:
        with on_behalf_of(inquiry.conversation, inquiry.turn, inquiry.user):
            found = find_evidence(inquiry, corpus)
    except LoadFactorError as error:
        yield from ((backend.name, Failed(str(error))) for backend in backends)
        return
    searched = clock() - began
    told: SimpleQueue[tuple[str, Event]] = SimpleQueue()

    def one(backend: Backend) -> None:
        turn = turn_of(inquiry, backend.name)
        mine = replace(inquiry, evidence=found, turn=turn, purpose=Purpose.COMPARE)
        try:
            for event in ask(
                mine, corpus=corpus, planner=only(backend), meter=meter, stop=stop, clock=clock
            ):
                is_first = isinstance(event, EvidenceFound)
                told.put((backend.name, EvidenceFound(found, searched) if is_first else event))
        except LoadFactorError as error:
            told.put((backend.name, Failed(str(error))))
        except Exception:
            log.exception("%s failed in a comparison", backend.name)
            told.put((backend.name, Failed(UNEXPECTED)))

    threads = _at_once([partial(one, backend) for backend in backends])
    try:
        yield from _until_all_ended(told, len(backends))
    except BaseException:
        stop.set()
        raise
    finally:
        for thread in threads:
            thread.join()


def _at_once(works: Sequence[Callable[[], None]]) -> list[Thread]:
    """Start the works, at most AT_ONCE at a time, in threads that keep no process from ending."""
    waiting = deque(works)

    def work() -> None:
        while True:
            try:
                mine = waiting.popleft()
            except IndexError:
                return
            mine()

    number = min(AT_ONCE, len(works))
    threads = [Thread(target=work, name=f"compare-{n}", daemon=True) for n in range(number)]
    for thread in threads:
        thread.start()
    return threads


def turn_of(inquiry: Inquiry, backend: str) -> str:
    """Return the turn under which the ledger holds a backend's calls for an inquiry."""
    return f"{inquiry.turn}-{backend}"


def _until_all_ended(
    told: SimpleQueue[tuple[str, Event]], running: int
) -> Iterator[tuple[str, Event]]:
    while running:
        name, event = told.get()
        running -= isinstance(event, Answered | Failed | Stopped)
        yield name, event


@dataclass(frozen=True, slots=True)
class Happened:
    """An event of one backend, for the `question`-th question; the last one has its result."""

    question: int
    backend: str
    event: Event
    result: Result | None = None


class Run:
    """A job being done, one question after another; `so_far` is what it has found."""

    def __init__(self, job: Job, corpus: Searchable, meter: Meter, stop: StopSignal) -> None:
        self.so_far = Comparison(
            version=VERSION,
            id=job.id,
            user=job.user,
            title=job.title,
            created=job.created,
            planned=len(job.questions),
            backends=job.compared,
            filters=job.filters,
        )
        self._job = job
        self._corpus = corpus
        self._meter = meter
        self._stop = stop

    def events(self) -> Iterator[Happened]:
        """Do the job, yielding what happens; `so_far` grows by a result at a time, in order.

        Of a question that is stopped, what there was of its answers counts; none after it is
        asked. Raises LedgerError.
        """
        for number, question in enumerate(self._job.questions):
            if self._stop.is_set():
                return
            yield from self._question(number, question)

    def _question(self, number: int, question: Question) -> Iterator[Happened]:
        inquiry = self._inquiry(question)
        columns = {backend.name: Column() for backend in self.so_far.backends}
        happens = compare(inquiry, self._job.backends, self._corpus, self._meter, self._stop)
        unasked = ((one.backend.name, Failed(one.reason)) for one in self._job.unasked)
        with closing(happens):
            for name, event in chain(happens, unasked):
                column = columns[name]
                column.take(event)
                self._note_question(number, question, column)
                if column.end is None:
                    yield Happened(number, name, event)
                    continue
                attempts = self._attempts(column, turn_of(inquiry, name))
                result = result_of(number, name, question.gold, column, attempts)
                self._note_result(result)
                yield Happened(number, name, event, result)

    def _inquiry(self, question: Question) -> Inquiry:
        return Inquiry(
            question.text,
            question.history,
            self._job.filters,
            self._job.evidence_tokens,
            conversation=self._job.id,
            user=self._job.user,
        )

    def _note_question(self, number: int, question: Question, column: Column) -> None:
        if len(self.so_far.questions) > number:
            return
        asked = Asked(
            question.id,
            question.text,
            question.history,
            question.gold,
            record_of(column.evidence, None).evidence,
            column.searched,
        )
        self.so_far = replace(self.so_far, questions=(*self.so_far.questions, asked))

    def _note_result(self, result: Result) -> None:
        order = {backend.name: place for place, backend in enumerate(self.so_far.backends)}
        results = [*self.so_far.results, result]
        results.sort(key=lambda one: (one.question, order[one.backend]))
        self.so_far = replace(self.so_far, results=tuple(results))

    def _attempts(self, column: Column, turn: str) -> tuple[Attempt, ...]:
        """Return the rows of a column's calls; an end that was asked for does not name them."""
        match column.end:
            case Answered(answer=answer):
                return answer.attempts
            case Failed(attempts=attempts):
                return attempts
        rows = self._meter.ledger.attempts(conversation=self._job.id)
        return tuple(row for row in rows if row.turn == turn)
